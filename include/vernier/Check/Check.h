//===- Check.h - Does a .tflite file keep the contract? ---------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The rules that a `.tflite` file must keep so that a runtime loads it and computes what it says, each as one entry of
// a table. They look at the file itself, not at a module made of it: import normalizes. See docs/Check.md.

#ifndef VERNIER_CHECK_CHECK_H
#define VERNIER_CHECK_CHECK_H

#include "mlir/IR/MLIRContext.h"
#include "vernier/IO/MappedFile.h"
#include "llvm/Support/VersionTuple.h"
#include <optional>
#include <string>
#include <vector>

namespace mlir::vernier::check {

/// Whose contract a file is held to.
enum class Runtime { LiteRT, TFLM, EdgeTPU };

/// "litert", "tflm" or "edgetpu"; nothing for another name.
std::optional<Runtime> parseRuntime(StringRef name);
StringRef getName(Runtime runtime);

/// An error: the file does not load, aborts, or computes something else than it says. A warning: it works, but not as
/// its writer will have meant.
enum class Severity { Error, Warning };

/// What a rule says, whatever the file.
struct RuleInfo {
  /// Stable: scripts may rely on it.
  StringRef id;
  StringRef family;
  Severity severity;
  /// What must hold.
  StringRef summary;
  /// What happens otherwise, and what to do about it.
  StringRef consequence, cure;
};

/// Every rule, family by family.
std::vector<RuleInfo> listRules();

/// One place where a file breaks a rule. Numbers that do not apply are -1.
struct Finding {
  StringRef rule;
  Severity severity = Severity::Error;
  int64_t subgraph = -1, op = -1, tensor = -1;
  /// The same with names: "subgraph 0 'main': operator 3 (CONV_2D): tensor 17 'conv/w'".
  std::string place;
  std::string expected, found;
  StringRef consequence, cure;
};

/// Which of a runtime's kernels an operator will run in, and why not in a faster one.
struct KernelUse {
  int64_t subgraph = -1, op = -1;
  std::string name, tensor;
  StringRef kernels;
  /// Empty where the kernels are the fastest there are.
  std::string reason;
};

/// What a file is held to.
struct Options {
  Runtime runtime = Runtime::LiteRT;
  /// The oldest release that must run the file; empty for any.
  llvm::VersionTuple minRuntime;
};

/// All that was found, and what each operator will run in.
struct Report {
  std::vector<Finding> findings;
  std::vector<KernelUse> kernels;
  /// The first release whose operators are all that the file asks for; empty where none is known.
  llvm::VersionTuple neededRuntime;

  unsigned count(Severity severity) const;
};

/// Checks `file`, any bytes. What cannot be read is a finding, too, and the rest is checked as far as it can be.
Report checkModel(std::shared_ptr<const MappedFile> file, const Options &options, MLIRContext *context);

} // namespace mlir::vernier::check

#endif // VERNIER_CHECK_CHECK_H
