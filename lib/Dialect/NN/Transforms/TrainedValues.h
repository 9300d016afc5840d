//===- TrainedValues.h - Integers of a file as float values -----*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What passes share that turn quantized tensors back into float ones: the values of constants, and the ranges that
// quantized types stand for.

#ifndef VERNIER_LIB_DIALECT_NN_TRANSFORMS_TRAINEDVALUES_H
#define VERNIER_LIB_DIALECT_NN_TRANSFORMS_TRAINEDVALUES_H

#include "mlir/IR/Builders.h"
#include "vernier/Dialect/NN/NN.h"
#include "vernier/Interfaces/QuantTypeChecks.h"
#include "vernier/Interfaces/TrainedRange.h"

namespace mlir::vernier::nn {

/// The place of element `i` of a constant of shape `shape` in the scales of `parameters`.
size_t sliceOf(const QuantParameters &parameters, ArrayRef<int64_t> shape, int64_t i);

/// The real values of a constant of quantized type, of 2 to 16 bits; nothing where data is missing.
std::optional<std::vector<float>> dequantizeConstant(ConstOp constant);

/// A float32 constant of `values` with the identity of `original`. `trained`, where it is not null, is the quantized
/// element type on whose grid they lie.
ConstOp createTrainedConstant(OpBuilder &builder, ConstOp original, ArrayRef<float> values, Type trained);

/// The real values that per-tensor `parameters` can express.
TrainedRange rangeOf(const QuantParameters &parameters);

/// Gives `value` the range that `op` rounds it to. Two ranges that differ are warned of; the value takes what holds
/// both.
void addTrainedRange(Operation *op, Value value, TrainedRange range);

} // namespace mlir::vernier::nn

#endif // VERNIER_LIB_DIALECT_NN_TRANSFORMS_TRAINEDVALUES_H
