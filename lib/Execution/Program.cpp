//===- Program.cpp - A function as calls of kernels on memory ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "vernier/Execution/Program.h"
#include "Plan.h"
#include "vernier/Interfaces/TensorIdentity.h"

namespace mlir::vernier {

FailureOr<Program> planProgram(func::FuncOp function, const ExecutionOptions &options) {
  FailureOr<std::shared_ptr<const ExecutionProgram>> plans = ExecutionProgram::build(function, options, {});
  if (failed(plans))
    return failure();
  const Plan &from = (*plans)->getEntry();
  Program program;
  program.inputs = from.inputs;
  program.outputs = from.outputs;
  program.owner = *plans;
  for (const Storage &storage : from.storages) {
    const auto kind = storage.kind == Storage::Kind::Constant ? ProgramMemory::Kind::Constant
                      : storage.kind == Storage::Kind::Input  ? ProgramMemory::Kind::Input
                      : storage.kind == Storage::Kind::State  ? ProgramMemory::Kind::State
                                                              : ProgramMemory::Kind::Arena;
    program.memories.push_back(
        {kind, storage.bytes, static_cast<const char *>(storage.data), storage.index, storage.initial, Type(), {}});
  }
  for (const PlannedTensor &tensor : from.tensors) {
    ProgramMemory &memory = program.memories[tensor.storage];
    if (memory.elementType)
      continue;
    memory.elementType = tensor.elementType;
    memory.shape = tensor.shape;
  }
  const auto memoryOf = [&](unsigned tensor) -> std::optional<unsigned> {
    return tensor == kAbsent ? std::nullopt : std::optional<unsigned>(from.tensors[tensor].storage);
  };
  bool complete = true;
  const auto refuse = [&](Operation *op, StringRef reason) {
    op->emitError() << describe(op) << " cannot be generated yet: " << reason;
    complete = false;
  };
  for (const Step &step : from.steps) {
    // All memory on the heap belongs to results of these two.
    if (step.control)
      refuse(step.op, "it runs functions or keeps values from run to run");
    else if (step.late)
      refuse(step.op, "its kernel follows from data");
    if (!step.run)
      continue;
    ProgramStep to;
    to.op = step.op;
    if (!step.describe)
      refuse(step.op, "its kernel has no form in source");
    else
      step.describe(to.calls);
    to.operands = llvm::map_to_vector(step.operands, memoryOf);
    to.results = llvm::map_to_vector(step.results, memoryOf);
    to.scratch = step.scratch;
    program.steps.push_back(std::move(to));
  }
  for (unsigned tensor : from.results)
    program.results.push_back(from.tensors[tensor].storage);
  if (!complete)
    return failure();
  return program;
}

} // namespace mlir::vernier
