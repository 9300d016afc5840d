//===- Rule.h - One rule of the contract ------------------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A rule is a row: what must hold, what happens otherwise, what to do, and a function that looks at one model, tensor
// or operator. A family of rules is a table in a file of its own.

#ifndef VERNIER_LIB_CHECK_RULE_H
#define VERNIER_LIB_CHECK_RULE_H

#include "View.h"
#include "vernier/Check/Check.h"
#include "vernier/Interfaces/QuantInterfaces.h"

namespace mlir::vernier::check {

struct Rule;

/// Where a finding points, from the file inwards.
struct Site {
  Site() = default;
  Site(const GraphView &graph) : graph(&graph) {}
  Site(const OperatorView &op, const TensorView *tensor = nullptr)
      : graph(op.graph), op(&op), tensor(tensor ? tensor->index : -1) {}
  Site(const TensorView &tensor) : graph(tensor.graph), tensor(tensor.index) {}

  const GraphView *graph = nullptr;
  const OperatorView *op = nullptr;
  int64_t tensor = -1;
};

/// What a rule is given beside its subject, and where it leaves what it found.
class Context {
public:
  Context(const ModelView &model, const Options &options, Report &report)
      : model(model), options(options), result(report) {}

  const ModelView &model;
  const Options &options;

  void report(const Site &site, std::string expected, std::string found);

  const Rule *rule = nullptr;

private:
  Report &result;
};

/// Which runtimes a rule is about.
enum : unsigned { kLiteRT = 1, kTFLM = 2, kEdgeTPU = 4, kAll = kLiteRT | kTFLM | kEdgeTPU };

struct Rule {
  StringLiteral id;
  Severity severity;
  StringLiteral summary, consequence, cure;
  unsigned runtimes;
  void (*model)(Context &) = nullptr;
  void (*graph)(Context &, const GraphView &) = nullptr;
  void (*tensor)(Context &, const TensorView &) = nullptr;
  void (*op)(Context &, const OperatorView &) = nullptr;

  using Text = StringLiteral;
  constexpr Rule(Text id, Severity s, Text what, Text then, Text cure, void (*check)(Context &), unsigned on = kAll)
      : id(id), severity(s), summary(what), consequence(then), cure(cure), runtimes(on), model(check) {}
  constexpr Rule(Text id, Severity s, Text what, Text then, Text cure, void (*check)(Context &, const GraphView &),
                 unsigned on = kAll)
      : id(id), severity(s), summary(what), consequence(then), cure(cure), runtimes(on), graph(check) {}
  /// Sees sound tensors only; see `forAnyTensor`.
  constexpr Rule(Text id, Severity s, Text what, Text then, Text cure, void (*check)(Context &, const TensorView &),
                 unsigned on = kAll)
      : id(id), severity(s), summary(what), consequence(then), cure(cure), runtimes(on), tensor(check) {}
  /// Sees sound operators only.
  constexpr Rule(Text id, Severity s, Text what, Text then, Text cure, void (*check)(Context &, const OperatorView &),
                 unsigned on = kAll)
      : id(id), severity(s), summary(what), consequence(then), cure(cure), runtimes(on), op(check) {}
};

/// The families, in the order in which findings appear. Structure looks at whatever is there; the others see what
/// structure found sound.
struct Family {
  StringLiteral name;
  ArrayRef<Rule> (*rules)();
};
ArrayRef<Rule> structureRules();
ArrayRef<Rule> versionRules();
ArrayRef<Rule> kernelRules();
ArrayRef<Rule> quantizationRules();
ArrayRef<Rule> operatorRules();
ArrayRef<Rule> integerRules();

/// Marks the tensors and operators of `model` that refer to nothing amiss, and gives each such operator its form in
/// `nn`, which `module` owns.
void findSound(ModelView &model, ModuleOp module);

/// The largest of the releases that the operators of `model` need.
llvm::VersionTuple findNeededRuntime(const ModelView &model);

/// The kernels that the operators of `model` run in on `options.runtime`.
std::vector<KernelUse> chooseKernels(const ModelView &model, const Options &options);

/// The operator's side of the quantization contract, if it has one and its form in `nn` verifies.
QuantizableOpInterface getContract(const OperatorView &op);

/// The scheme that the types of the operator say it is in; nothing if its activations are not integers.
std::optional<Scheme> getScheme(const OperatorView &op);

/// The tensor of a slot of `op`, or null.
const TensorView *at(const OperatorView &op, ValueSlot slot);

/// "0.00392157", with every digit that counts.
std::string show(double value);
/// "scale 0.5, zero point 3", "scales 0.5, 0.25, ... (16)".
std::string showParameters(const TensorView &tensor);
/// "1x28x28x1xINT8".
std::string showType(const TensorView &tensor);

} // namespace mlir::vernier::check

#endif // VERNIER_LIB_CHECK_RULE_H
