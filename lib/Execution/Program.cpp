//===- Program.cpp - A function as calls of kernels on memory ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "vernier/Execution/Program.h"
#include "Plan.h"
#include "vernier/Interfaces/TensorIdentity.h"

namespace mlir::vernier {
namespace {

/// Writes down plans, each once.
class Writer {
public:
  /// The place of `plan` among the functions.
  unsigned add(const Plan &plan);

  std::vector<ProgramFunction> functions;
  bool isComplete = true;

private:
  void refuse(Operation *op, StringRef reason) {
    op->emitError() << describe(op) << " cannot be generated yet: " << reason;
    isComplete = false;
  }
  ProgramStep write(const Plan &plan, const Step &step);
  void writeControl(const Plan &plan, const Step &step, ProgramStep &to);

  llvm::DenseMap<const Plan *, unsigned> places;
};

} // namespace

static std::vector<ProgramMemory> writeMemories(const Plan &plan) {
  std::vector<ProgramMemory> memories;
  for (const Storage &storage : plan.storages) {
    const auto kind = storage.kind == Storage::Kind::Constant ? ProgramMemory::Kind::Constant
                      : storage.kind == Storage::Kind::Input  ? ProgramMemory::Kind::Input
                      : storage.kind == Storage::Kind::State  ? ProgramMemory::Kind::State
                                                              : ProgramMemory::Kind::Arena;
    memories.push_back(
        {kind, storage.bytes, static_cast<const char *>(storage.data), storage.index, storage.initial, Type(), {}});
  }
  for (const PlannedTensor &tensor : plan.tensors) {
    ProgramMemory &memory = memories[tensor.storage];
    if (memory.elementType)
      continue;
    memory.elementType = tensor.elementType;
    memory.shape = tensor.shape;
  }
  return memories;
}

/// Whether `tensors` of a plan have the shapes that are known of tensors `others` of another.
static bool haveSameShapes(const Plan &plan, ArrayRef<unsigned> tensors, const Plan &other, ArrayRef<unsigned> others) {
  return tensors.size() == others.size() && llvm::all_of_zip(tensors, others, [&](unsigned a, unsigned b) {
           const PlannedTensor &one = plan.tensors[a], &two = other.tensors[b];
           return one.isKnown && two.isKnown && one.shape == two.shape;
         });
}

void Writer::writeControl(const Plan &plan, const Step &step, ProgramStep &to) {
  to.control = step.control->kind;
  to.variable = step.control->variable;
  for (const Plan *callee : step.control->plans)
    to.functions.push_back(add(*callee));
  const bool isKnown = llvm::all_of(step.results, [&](unsigned tensor) { return plan.tensors[tensor].isKnown; });
  bool agree = true;
  switch (*to.control) {
  case ControlKind::Call:
  case ControlKind::CallOnce:
  case ControlKind::If:
    for (const Plan *callee : step.control->plans)
      agree &= haveSameShapes(plan, step.results, *callee, callee->results);
    break;
  case ControlKind::While:
    // The condition's arguments are those of the body.
    agree = haveSameShapes(plan, step.results, *step.control->plans[1], step.control->plans[1]->results) &&
            haveSameShapes(plan, step.results, *step.control->plans[1], step.control->plans[1]->arguments);
    break;
  case ControlKind::Handle:
  case ControlKind::Read:
  case ControlKind::Assign:
    break;
  }
  if (!isKnown || !agree)
    refuse(step.op, "the shape of its results follows from data");
}

ProgramStep Writer::write(const Plan &plan, const Step &step) {
  const auto memoryOf = [&](unsigned tensor) -> std::optional<unsigned> {
    return tensor == kAbsent ? std::nullopt : std::optional<unsigned>(plan.tensors[tensor].storage);
  };
  ProgramStep to;
  to.op = step.op;
  to.operands = llvm::map_to_vector(step.operands, memoryOf);
  to.results = llvm::map_to_vector(step.results, memoryOf);
  to.scratch = step.scratch;
  if (step.control)
    writeControl(plan, step, to);
  else if (step.late)
    refuse(step.op, "its kernel follows from data");
  else if (step.run && !step.describe)
    refuse(step.op, "its kernel has no form in source");
  else if (step.run)
    step.describe(to.calls);
  return to;
}

unsigned Writer::add(const Plan &plan) {
  auto [found, isNew] = places.try_emplace(&plan, functions.size());
  if (!isNew)
    return found->second;
  // Those that it runs come behind it.
  const unsigned place = found->second;
  functions.emplace_back();
  ProgramFunction function{writeMemories(plan), {}, plan.inputs, plan.outputs, {}};
  for (const Step &step : plan.steps)
    if (step.run || step.control || step.late)
      function.steps.push_back(write(plan, step));
  for (unsigned tensor : plan.results)
    function.results.push_back(plan.tensors[tensor].storage);
  functions[place] = std::move(function);
  return place;
}

FailureOr<Program> planProgram(func::FuncOp function, const ExecutionOptions &options) {
  FailureOr<std::shared_ptr<const ExecutionProgram>> plans = ExecutionProgram::build(function, options, {});
  if (failed(plans))
    return failure();
  const Plan &entry = (*plans)->getEntry();
  for (const TensorInfo &port : llvm::concat<const TensorInfo>(entry.inputs, entry.outputs))
    if (isa<nn::ResourceType>(port.elementType))
      return function.emitError() << "cannot be generated yet: '" << port.name
                                  << "' is the handle of a variable, which no caller can have";
  Writer writer;
  writer.add(entry);
  if (!writer.isComplete)
    return failure();
  return Program{std::move(writer.functions), *plans};
}

} // namespace mlir::vernier
