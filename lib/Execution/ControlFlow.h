//===- ControlFlow.h - Operators that run functions, and variables ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// These need more than memory: the plans of other functions, and what lives from one run to the next.
//===----------------------------------------------------------------------===//

#ifndef VERNIER_LIB_EXECUTION_CONTROLFLOW_H
#define VERNIER_LIB_EXECUTION_CONTROLFLOW_H

#include "Plan.h"

namespace mlir::vernier {

/// One operator to plan.
struct ControlRequest {
  Operation *op;
  ExecutionProgram &program;
  /// What is known of each operand; a null type where it is absent.
  ArrayRef<TensorShape> operands;
  /// Made known where they are the same in every run.
  MutableArrayRef<TensorShape> results;
};

using ControlPlanner = FailureOr<ControlStep> (*)(const ControlRequest &request);

/// The planner of operators called `name`, or null.
ControlPlanner findControlPlanner(StringRef name);

} // namespace mlir::vernier

#endif // VERNIER_LIB_EXECUTION_CONTROLFLOW_H
