//===- Inspect.cpp - vernier inspect ----------------------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Command.h"
#include "ModelFacts.h"
#include "vernier/Dialect/NN/Macs.h"
#include "vernier/Interfaces/TensorIdentity.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/JSON.h"

namespace mlir::vernier {
namespace {

struct Flags {
  llvm::cl::SubCommand command{"inspect", "Show what a model holds"};
  llvm::cl::opt<std::string> model{llvm::cl::Positional, llvm::cl::sub(command), llvm::cl::Required,
                                   llvm::cl::desc("MODEL")};
  llvm::cl::opt<bool> json{"json", llvm::cl::sub(command), llvm::cl::desc("Print as JSON")};
};

Flags &flags() {
  static Flags instance;
  return instance;
}

std::string describeValue(Value value) {
  std::string text;
  llvm::raw_string_ostream os(text);
  os << getTensorName(value) << ": " << summarize(value.getType());
  if (auto range = findRange(value))
    os << llvm::format(" in [%g, %g]", range->first, range->second);
  return text;
}

void printSubgraph(func::FuncOp function, llvm::raw_ostream &os) {
  os << "\nsubgraph @" << function.getName();
  if (function.isExternal()) {
    os << '\n';
    return;
  }
  const MemoryFacts memory = MemoryFacts::of(function);
  os << ": arena " << memory.arena << " bytes, at least " << memory.bound << " with any plan";
  if (memory.unknown)
    os << ", without " << memory.unknown << " tensors of unknown size";
  os << '\n';
  for (BlockArgument argument : function.getArguments())
    os << "  input   " << describeValue(argument) << '\n';
  for (Value output : function.front().getTerminator()->getOperands())
    os << "  output  " << describeValue(output) << '\n';
  unsigned index = 0;
  for (Operation &op : function.front()) {
    if (!isOperator(&op))
      continue;
    os << "  " << llvm::format("%4u", index++) << "  " << getOperatorName(&op);
    if (const uint64_t macs = nn::countMacs(&op))
      os << ", " << macs << " multiply-adds";
    os << '\n';
    for (Value operand : op.getOperands())
      if (!isa<NoneType>(operand.getType()))
        os << "          " << (TensorFacts::of(operand).isConstant ? "const " : "      ") << describeValue(operand)
           << '\n';
    for (Value result : op.getResults())
      os << "          ->    " << describeValue(result) << '\n';
  }
}

void printText(Model &model, llvm::raw_ostream &os) {
  const ModelFacts facts = ModelFacts::of(*model.module);
  os << model.path << ": " << model.bytes << " bytes, " << facts.constantBytes << " of them constants; "
     << facts.operatorCount << " operators, " << facts.macs << " multiply-adds\n";
  if (facts.constants.size() > 1) {
    os << "  constants:";
    for (auto [index, entry] : llvm::enumerate(facts.constants))
      os << (index ? ", " : " ") << entry.first << ' ' << entry.second;
    os << '\n';
  }
  for (auto &[name, kind] : facts.operators) {
    os << "  " << llvm::format("%5u", kind.count) << "  " << name;
    if (kind.macs)
      os << llvm::format("  (%.1f %% of multiply-adds)", 100 * double(kind.macs) / double(facts.macs));
    os << '\n';
  }
  for (func::FuncOp function : model.module->getOps<func::FuncOp>())
    printSubgraph(function, os);
}

void writeTensor(llvm::json::OStream &json, Value value) {
  const TensorFacts facts = TensorFacts::of(value);
  json.object([&] {
    json.attribute("name", llvm::json::fixUTF8(getTensorName(value)));
    json.attribute("type", summarize(value.getType()));
    json.attribute("element", facts.element);
    if (facts.shape)
      json.attributeArray("shape", [&] { llvm::for_each(*facts.shape, [&](int64_t size) { json.value(size); }); });
    json.attribute("constant", facts.isConstant);
    if (facts.bytes)
      json.attribute("bytes", *facts.bytes);
    if (!facts.scales.empty()) {
      json.attributeArray("scales", [&] { llvm::for_each(facts.scales, [&](double scale) { json.value(scale); }); });
      json.attributeArray("zero_points",
                          [&] { llvm::for_each(facts.zeroPoints, [&](int64_t point) { json.value(point); }); });
      if (facts.blockSize != 0)
        json.attribute("block_size", facts.blockSize);
      else if (facts.scales.size() > 1)
        json.attribute("axis", int64_t(facts.axis));
    }
    if (auto range = findRange(value)) {
      json.attribute("min", range->first);
      json.attribute("max", range->second);
    }
  });
}

void writeSubgraph(llvm::json::OStream &json, func::FuncOp function) {
  auto tensors = [&](StringRef key, auto &&values) {
    json.attributeArray(key, [&] {
      for (Value value : values)
        if (!isa<NoneType>(value.getType()))
          writeTensor(json, value);
    });
  };
  const MemoryFacts memory = MemoryFacts::of(function);
  json.object([&] {
    json.attribute("name", llvm::json::fixUTF8(function.getName()));
    json.attribute("arena_bytes", memory.arena);
    json.attribute("arena_lower_bound", memory.bound);
    json.attribute("tensors_of_unknown_size", int64_t(memory.unknown));
    tensors("inputs", function.getArguments());
    tensors("outputs", function.front().getTerminator()->getOperands());
    json.attributeArray("operators", [&] {
      for (Operation &op : function.front())
        if (isOperator(&op))
          json.object([&] {
            json.attribute("operator", getOperatorName(&op));
            json.attribute("macs", int64_t(nn::countMacs(&op)));
            tensors("inputs", op.getOperands());
            tensors("outputs", op.getResults());
          });
    });
  });
}

void printJson(Model &model, llvm::raw_ostream &os) {
  const ModelFacts facts = ModelFacts::of(*model.module);
  llvm::json::OStream json(os, 2);
  json.object([&] {
    json.attribute("model", llvm::json::fixUTF8(model.path));
    json.attribute("bytes", int64_t(model.bytes));
    json.attribute("constant_bytes", int64_t(facts.constantBytes));
    json.attributeObject("constant_bytes_by_type", [&] {
      for (auto &[element, bytes] : facts.constants)
        json.attribute(element, int64_t(bytes));
    });
    json.attribute("macs", int64_t(facts.macs));
    json.attributeObject("operators", [&] {
      for (auto &[name, kind] : facts.operators)
        json.attribute(name, int64_t(kind.count));
    });
    json.attributeArray("subgraphs", [&] {
      for (func::FuncOp function : model.module->getOps<func::FuncOp>())
        if (!function.isExternal())
          writeSubgraph(json, function);
    });
  });
  os << '\n';
}

int inspect() {
  ToolContext context;
  FailureOr<Model> model = loadModel(flags().model, context);
  if (failed(model))
    return kWrongInput;
  flags().json ? printJson(*model, llvm::outs()) : printText(*model, llvm::outs());
  return kDone;
}

} // namespace

Command inspectCommand() { return {flags().command, inspect}; }

} // namespace mlir::vernier
