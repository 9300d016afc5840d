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

/// What an operator does that runs functions or touches variables.
enum class ControlKind {
  Call,     ///< one function, with the operands as its arguments
  CallOnce, ///< one function the first time that anybody asks for it
  If,       ///< the first function where operand 0 is true, else the second; the other operands are its arguments
  While,    ///< while the first function of the values is true, they become the second function of them
  Handle,   ///< the result names a variable
  Read,     ///< the value of the variable that operand 0 names
  Assign,   ///< operand 1 becomes the value of the variable that operand 0 names
};

/// The calls that one operator makes, or what else it does.
struct ProgramStep {
  Operation *op;
  SmallVector<KernelCall> calls;
  std::optional<ControlKind> control;
  /// Places among the program's functions of those that it runs; the number of the variable that it names.
  SmallVector<unsigned, 2> functions;
  int64_t variable = 0;
  /// Memory of the operator's operands and results, in order; nothing for an absent operand.
  SmallVector<std::optional<unsigned>> operands, results;
  std::optional<unsigned> scratch;
};

/// One function for arguments of certain shapes.
struct ProgramFunction {
  std::vector<ProgramMemory> memories;
  std::vector<ProgramStep> steps;
  SmallVector<TensorInfo> inputs, outputs;
  /// Memory of each output.
  SmallVector<unsigned> results;
};

/// The calls of a function, and of all functions that it runs, on memory that is still to be placed.
struct Program {
  /// The entry point first; none runs itself.
  std::vector<ProgramFunction> functions;
  /// Keeps the data of constants.
  std::shared_ptr<const void> owner;
};

/// Plans `function` as an executor does. Fails with a diagnostic for each operator that cannot be executed, or whose
/// kernel no source can call.
FailureOr<Program> planProgram(func::FuncOp function, const ExecutionOptions &options);

} // namespace mlir::vernier

#endif // VERNIER_EXECUTION_PROGRAM_H
