//===- Recurrent.h - Sequences and states -----------------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_LIB_REFERENCE_RECURRENT_H
#define VERNIER_LIB_REFERENCE_RECURRENT_H

#include "Call.h"
#include "DynamicRange.h"
#include "vernier/Dialect/NN/Recurrent.h"

namespace mlir::vernier::reference {

/// A matrix of [rows][columns], or what is left of it when it is absent: nothing, which multiplies to zeros.
struct Matrix {
  std::vector<double> values;
  int64_t rows = 0, columns = 0;
  /// Values are integers in steps of `scale`: vectors are quantized, too, before they meet them.
  std::optional<RowKernel> hybrid;
  float scale = 1;

  /// `rounding`: of vectors, where `tensor` is quantized.
  static Matrix of(const TensorRef &tensor, RowKernel rounding = RowKernel::Symmetric);
  explicit operator bool() const { return !values.empty(); }
  /// The dot product of row `row` with `vector`. A matrix of one row less is a diagonal.
  double dot(int64_t row, ArrayRef<double> vector) const;
};

/// A sequence of vectors, wherever time is.
struct Sequence {
  int64_t batches, times, features;
  bool timeMajor;

  /// The place of feature 0 at time `time` of batch `batch` in a tensor of `width` features.
  int64_t at(int64_t batch, int64_t time, int64_t width) const {
    return (timeMajor ? time * batches + batch : batch * times + time) * width;
  }
  static FailureOr<Sequence> of(const Call &call, const TensorRef &tensor, bool timeMajor);
};

/// `tensor` as real numbers, dequantized if need be; nothing where it is absent.
std::vector<double> realsOf(const TensorRef &tensor);

/// How an operator with dynamic range rounds vectors; `asymmetric`: the file asks for it.
inline RowKernel vectorRounding(bool asymmetric) { return asymmetric ? RowKernel::Asymmetric : RowKernel::Symmetric; }

/// The function that recurrent operators fuse.
double applyRecurrentActivation(nn::Activation activation, double value);

/// Fails unless each of `operands` that is there is float32, or int8 of one scale, without a zero point, and constant.
LogicalResult expectFloats(const Call &call, ArrayRef<unsigned> operands);

} // namespace mlir::vernier::reference

#endif // VERNIER_LIB_REFERENCE_RECURRENT_H
