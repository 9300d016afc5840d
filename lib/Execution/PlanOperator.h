//===- PlanOperator.h - A kernel for one operator ---------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Asks an operator's planner until it has what it needs: shapes of results that no type says, which the planner says
// itself, and values of operands, which may have to be computed first.
//===----------------------------------------------------------------------===//

#ifndef VERNIER_LIB_EXECUTION_PLANOPERATOR_H
#define VERNIER_LIB_EXECUTION_PLANOPERATOR_H

#include "Kernels/Planner.h"
#include "vernier/Execution/Executor.h"

namespace mlir::vernier {

/// A tensor's type and shape.
struct TensorShape {
  Type elementType;
  /// While it is not known: a guess.
  SmallVector<int64_t> shape;
  bool isKnown = true;
};

struct OperatorPlan {
  PlannedKernel kernel;
  /// There is no kernel before the values of this operand are known.
  std::optional<unsigned> missingValue;
};

/// Plans `op` for `options`, and makes the shapes of `results` known. Fails with a diagnostic.
FailureOr<OperatorPlan> planOperator(Operation *op, ArrayRef<TensorRef> operands, MutableArrayRef<TensorShape> results,
                                     const ExecutionOptions &options);

/// The type of `value`, its shape where that is static, else a guess of its shape: what the file records, or what is
/// `like` it. `value` is a tensor.
TensorShape guessShape(Value value, ArrayRef<int64_t> like = {});

/// Bytes of a tensor of this type and shape; fails with a diagnostic about `value` for those that do not execute: too
/// large, of a type that no kernel knows.
FailureOr<int64_t> getTensorBytes(Value value, Type elementType, ArrayRef<int64_t> shape);

/// An error about `value` that begins with its operator, or its place among the function's inputs.
InFlightDiagnostic emitTensorError(Value value);

} // namespace mlir::vernier

#endif // VERNIER_LIB_EXECUTION_PLANOPERATOR_H
