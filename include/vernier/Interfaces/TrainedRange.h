//===- TrainedRange.h - What quantization-aware training decided ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_INTERFACES_TRAINEDRANGE_H
#define VERNIER_INTERFACES_TRAINEDRANGE_H

#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/Value.h"
#include "mlir/Support/LLVM.h"
#include <optional>

namespace mlir::vernier {

/// The range of real values that a network was trained to quantize a tensor to.
struct TrainedRange {
  double min = 0, max = 0;
};

/// Discardable attribute on operators (two numbers for each result, then for each internal tensor, NaN where there is
/// no range) and on function arguments (two numbers).
llvm::StringLiteral getTrainedRangeAttrName();

/// The range of `value`, a result or a function's argument, or nothing. It takes the place of what
/// calibration would see.
std::optional<TrainedRange> getTrainedRange(Value value);

/// Fails, with an error that names `attr`, unless it is pairs of numbers: finite with min <= max, or both NaN.
LogicalResult verifyTrainedRange(function_ref<InFlightDiagnostic()> emitError, Attribute attr);

/// Records the range of `value`.
void setTrainedRange(Value value, TrainedRange range);

/// The range of the internal tensor `index` of `op`, or nothing.
std::optional<TrainedRange> getTrainedInternalRange(Operation *op, unsigned index);
void setTrainedInternalRange(Operation *op, unsigned index, TrainedRange range);

/// Discardable attribute on float constants that were integers before: their quantized element type. Storing them with
/// its scales again loses nothing.
llvm::StringLiteral getTrainedTypeAttrName();

/// What the constant `value` was stored as, or null.
Type getTrainedType(Value value);

} // namespace mlir::vernier

#endif // VERNIER_INTERFACES_TRAINEDRANGE_H
