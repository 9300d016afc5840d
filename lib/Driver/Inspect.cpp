//===- Inspect.cpp - vernier inspect ----------------------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Command.h"
#include "vernier/Dialect/NN/NN.h"
#include "vernier/Interfaces/ConstantData.h"
#include "vernier/Interfaces/TensorIdentity.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/JSON.h"

namespace mlir::vernier {
namespace {

struct Flags {
  llvm::cl::SubCommand command{"inspect", "Show what a model holds"};
  llvm::cl::opt<std::string> model{llvm::cl::Positional, llvm::cl::sub(command), llvm::cl::Required, llvm::cl::desc("MODEL")};
  llvm::cl::opt<bool> json{"json", llvm::cl::sub(command), llvm::cl::desc("Print as JSON")};
};

Flags &flags() {
  static Flags instance;
  return instance;
}

bool isOperator(Operation *op) {
  return !isa<nn::ConstOp, nn::NoValueOp, nn::VariableOp, func::FuncOp, ModuleOp>(op) && !op->hasTrait<OpTrait::IsTerminator>();
}

/// Operators by name in order of first appearance, and the bytes of constants.
std::vector<std::pair<std::string, unsigned>> countOperators(ModuleOp module, uint64_t &constantBytes) {
  std::vector<std::pair<std::string, unsigned>> counts;
  llvm::StringMap<size_t> places;
  module.walk<WalkOrder::PreOrder>([&](Operation *op) {
    if (auto constant = dyn_cast<nn::ConstOp>(op))
      if (auto data = getConstantData(constant.getValue()))
        constantBytes += data->bytes().size();
    if (!isOperator(op))
      return;
    std::string name = getOperatorName(op);
    auto [place, isNew] = places.try_emplace(name, counts.size());
    if (isNew)
      counts.emplace_back(name, 0);
    ++counts[place->second].second;
  });
  return counts;
}

void printText(Model &model) {
  uint64_t constantBytes = 0;
  auto counts = countOperators(*model.module, constantBytes);
  unsigned total = 0;
  for (auto &entry : counts)
    total += entry.second;
  llvm::outs() << model.path << ": " << model.bytes << " bytes, " << constantBytes << " of them constants; " << total << " operators\n";
  for (auto &[name, count] : counts)
    llvm::outs() << "  " << llvm::format("%5u", count) << "  " << name << '\n';
  for (func::FuncOp function : model.module->getOps<func::FuncOp>()) {
    llvm::outs() << "\nsubgraph @" << function.getName() << '\n';
    if (function.isExternal())
      continue;
    for (BlockArgument argument : function.getArguments())
      llvm::outs() << "  input   " << getTensorName(argument) << ": " << summarize(argument.getType()) << '\n';
    for (Value output : function.front().getTerminator()->getOperands())
      llvm::outs() << "  output  " << getTensorName(output) << ": " << summarize(output.getType()) << '\n';
    unsigned index = 0;
    function.walk<WalkOrder::PreOrder>([&](Operation *op) {
      if (!isOperator(op))
        return;
      llvm::outs() << "  " << llvm::format("%4u", index++) << "  " << getOperatorName(op) << '\n';
      for (Value operand : op->getOperands())
        if (!isa<NoneType>(operand.getType()))
          llvm::outs() << "          " << (getConstantElements(operand) ? "const " : "      ") << getTensorName(operand) << ": "
                       << summarize(operand.getType()) << '\n';
      for (Value result : op->getResults())
        llvm::outs() << "          ->    " << getTensorName(result) << ": " << summarize(result.getType()) << '\n';
    });
  }
}

void printJson(Model &model) {
  uint64_t constantBytes = 0;
  auto counts = countOperators(*model.module, constantBytes);
  llvm::json::OStream json(llvm::outs(), 2);
  auto tensor = [&](Value value) {
    json.object([&] {
      json.attribute("name", getTensorName(value));
      json.attribute("type", summarize(value.getType()));
      json.attribute("constant", bool(getConstantElements(value)));
    });
  };
  json.object([&] {
    json.attribute("model", model.path);
    json.attribute("bytes", int64_t(model.bytes));
    json.attribute("constant_bytes", int64_t(constantBytes));
    json.attributeObject("operators", [&] {
      for (auto &[name, count] : counts)
        json.attribute(name, int64_t(count));
    });
    json.attributeArray("subgraphs", [&] {
      for (func::FuncOp function : model.module->getOps<func::FuncOp>()) {
        if (function.isExternal())
          continue;
        json.object([&] {
          json.attribute("name", function.getName());
          json.attributeArray("inputs", [&] { llvm::for_each(function.getArguments(), tensor); });
          json.attributeArray("outputs", [&] { llvm::for_each(function.front().getTerminator()->getOperands(), tensor); });
          json.attributeArray("operators", [&] {
            function.walk<WalkOrder::PreOrder>([&](Operation *op) {
              if (!isOperator(op))
                return;
              json.object([&] {
                json.attribute("operator", getOperatorName(op));
                json.attributeArray("inputs", [&] { llvm::for_each(op->getOperands(), tensor); });
                json.attributeArray("outputs", [&] { llvm::for_each(op->getResults(), tensor); });
              });
            });
          });
        });
      }
    });
  });
  llvm::outs() << '\n';
}

int inspect() {
  ToolContext context;
  FailureOr<Model> model = loadModel(flags().model, context);
  if (failed(model))
    return kWrongInput;
  flags().json ? printJson(*model) : printText(*model);
  return kDone;
}

} // namespace

Command inspectCommand() { return {flags().command, inspect}; }

} // namespace mlir::vernier
