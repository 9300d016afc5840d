//===- Check.cpp - Does a .tflite file keep the contract? -------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "vernier/Check/Check.h"
#include "Rule.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"
#include "vernier/Dialect/NN/NN.h"
#include "llvm/ADT/StringSwitch.h"

namespace mlir::vernier::check {

static constexpr Family kFamilies[] = {
    {"structure", structureRules},
    {"versions", versionRules},
    {"kernels", kernelRules},
    {"quantization parameters", quantizationRules},
    {"operator contracts", operatorRules},
    {"integers", integerRules},
};

/// Files that are no flatbuffer have nothing to apply rules to.
static constexpr StringLiteral kNotAFlatBuffer = "flatbuffer";

std::optional<Runtime> parseRuntime(StringRef name) {
  return llvm::StringSwitch<std::optional<Runtime>>(name)
      .Case("litert", Runtime::LiteRT)
      .Case("tflm", Runtime::TFLM)
      .Case("edgetpu", Runtime::EdgeTPU)
      .Default(std::nullopt);
}

StringRef getName(Runtime runtime) {
  switch (runtime) {
  case Runtime::LiteRT:
    return "litert";
  case Runtime::TFLM:
    return "tflm";
  case Runtime::EdgeTPU:
    return "edgetpu";
  }
  return "";
}

static unsigned maskOf(Runtime runtime) { return 1u << static_cast<unsigned>(runtime); }

std::vector<RuleInfo> listRules() {
  std::vector<RuleInfo> rules;
  for (const Family &family : kFamilies)
    for (const Rule &rule : family.rules())
      rules.push_back({rule.id, family.name, rule.severity, rule.summary, rule.consequence, rule.cure});
  return rules;
}

unsigned Report::count(Severity severity) const {
  return llvm::count_if(findings, [&](const Finding &finding) { return finding.severity == severity; });
}

void Context::report(const Site &site, std::string expected, std::string found) {
  Finding finding;
  finding.rule = rule->id;
  finding.severity = rule->severity;
  tflite::Place place = model.place();
  if (site.graph) {
    finding.subgraph = site.graph->index;
    place = place.atSubGraph(site.graph->index);
  }
  if (site.op) {
    finding.op = site.op->index;
    place = place.atOperator(site.op->index);
  }
  if (site.tensor >= 0) {
    finding.tensor = site.tensor;
    place = place.atTensor(site.tensor);
  }
  finding.place = place.strInFile();
  finding.expected = std::move(expected);
  finding.found = std::move(found);
  finding.consequence = rule->consequence;
  finding.cure = rule->cure;
  result.findings.push_back(std::move(finding));
}

static void apply(const Rule &rule, Context &context) {
  context.rule = &rule;
  if (rule.model)
    rule.model(context);
  for (const GraphView &graph : context.model.graphs) {
    if (rule.graph)
      rule.graph(context, graph);
    if (rule.tensor)
      for (const TensorView &tensor : graph.tensors)
        if (tensor.isSound)
          rule.tensor(context, tensor);
    if (rule.op)
      for (const OperatorView &op : graph.operators)
        if (op.isSound)
          rule.op(context, op);
  }
}

Report checkModel(std::shared_ptr<const MappedFile> file, const Options &options, MLIRContext *context) {
  Report report;
  auto opened = tflite::FlatBufferModel::openStructure(file);
  if (!opened) {
    const Rule &rule = *llvm::find_if(structureRules(), [](const Rule &r) { return r.id == kNotAFlatBuffer; });
    Finding finding;
    finding.rule = rule.id;
    finding.severity = rule.severity;
    finding.expected = "a sound flatbuffer";
    finding.found = llvm::toString(opened.takeError());
    finding.consequence = rule.consequence;
    finding.cure = rule.cure;
    report.findings.push_back(std::move(finding));
    return report;
  }
  context->loadDialect<nn::NNDialect, func::FuncDialect, quant::QuantDialect>();
  ModelView model(*opened);
  model.fileSize = file->bytes().size();
  OwningOpRef<ModuleOp> module = ModuleOp::create(UnknownLoc::get(context));
  if (!model.graphs.empty())
    findSound(model, *module);
  Context found(model, options, report);
  for (const Family &family : kFamilies)
    for (const Rule &rule : family.rules())
      if (rule.runtimes & maskOf(options.runtime))
        apply(rule, found);
  report.kernels = chooseKernels(model, options);
  report.neededRuntime = findNeededRuntime(model);
  return report;
}

} // namespace mlir::vernier::check
