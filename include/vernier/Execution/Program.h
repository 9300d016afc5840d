//===- Program.h - A function as calls of kernels on memory -----*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What an executor does in a run, for those that write it down instead.
//===----------------------------------------------------------------------===//

#ifndef VERNIER_EXECUTION_PROGRAM_H
#define VERNIER_EXECUTION_PROGRAM_H

#include "vernier/Execution/Executor.h"
#include "vernier/Execution/KernelCall.h"

namespace mlir::vernier {

/// Memory of one tensor, of several that share it, or of a call's scratch.
struct ProgramMemory {
  /// A state keeps its value from run to run.
  enum class Kind { Constant, Input, State, Arena };
  Kind kind;
  int64_t bytes;
  /// Constant: its data.
  const char *data;
  /// Input: which one.
  unsigned input;
  /// State: the byte that it starts with everywhere.
  char initial;
  /// The first tensor that it is; scratch memory is bytes.
  Type elementType;
  SmallVector<int64_t> shape;
};

/// The calls that one operator makes.
struct ProgramStep {
  Operation *op;
  SmallVector<KernelCall> calls;
  /// Memory of the operator's operands and results, in order; nothing for an absent operand.
  SmallVector<std::optional<unsigned>> operands, results;
  std::optional<unsigned> scratch;
};

struct Program {
  std::vector<ProgramMemory> memories;
  std::vector<ProgramStep> steps;
  SmallVector<TensorInfo> inputs, outputs;
  /// Memory of each output.
  SmallVector<unsigned> results;
  /// Keeps the data of constants.
  std::shared_ptr<const void> owner;
};

/// Plans `function` as an executor does. Fails with a diagnostic for each operator that cannot be executed, or whose
/// kernel no source can call.
FailureOr<Program> planProgram(func::FuncOp function, const ExecutionOptions &options);

} // namespace mlir::vernier

#endif // VERNIER_EXECUTION_PROGRAM_H
