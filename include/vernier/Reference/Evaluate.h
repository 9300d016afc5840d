//===- Evaluate.h - Naive operators, the oracle -----------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One function for each operator, written as obvious loops from the specification and independent of `Runtime`, so
// that each can be held against the other. Speed is no aim.

#ifndef VERNIER_REFERENCE_EVALUATE_H
#define VERNIER_REFERENCE_EVALUATE_H

#include "mlir/IR/Operation.h"
#include "vernier/Numerics/NumericsTarget.h"
#include "vernier/Reference/TensorRef.h"

namespace mlir::vernier {

/// Computes `op` from `operands` into `results`, one tensor for each operand and result of `op`, with concrete
/// shapes; an absent optional operand is an empty TensorRef. Buffers hold as many elements as the shapes say
/// (sub-byte elements packed, low bits first), and results do not overlap operands.
///
/// Float results accumulate in double and are rounded once, so they are to be compared with a tolerance. Quantized
/// results are those of `target`, bit for bit (docs/Numerics.md); constant weights are assumed there.
///
/// Types without a form, shapes that do not fit together and indices out of range are errors on `op`; then results
/// hold unspecified values, but nothing outside the tensors was touched.
LogicalResult evaluateReference(Operation *op, ArrayRef<TensorRef> operands, ArrayRef<TensorRef> results,
                                numerics::NumericsTarget target);

/// Whether `op` is known here at all; its types may still have no form.
bool hasReference(Operation *op);

} // namespace mlir::vernier

#endif // VERNIER_REFERENCE_EVALUATE_H
