//===- ErrorSums.h - How far one tensor is from another ---------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Sums over the elements of two tensors that should be equal, from which every figure of `vernier compare` follows.
// They take no more memory for more samples. Sums of doubles depend on the order of additions, so whoever wants the
// same bits from several threads merges whole samples in their order.

#ifndef VERNIER_EXECUTION_ERRORSUMS_H
#define VERNIER_EXECUTION_ERRORSUMS_H

#include "vernier/Reference/TensorRef.h"

namespace mlir::vernier {

/// Writes the real values of elements `from`, `from` + 1, ... of `tensor` to `values`: a quantized one's are
/// scale * (integer - zero point). Element types are those of `getElementKind`, per tensor where they are quantized.
void readReals(const TensorRef &tensor, int64_t from, MutableArrayRef<double> values);

/// How far two tensors are apart, summed up.
class ErrorSums {
public:
  /// Adds `expected` and `actual`, which have the same number of elements.
  void add(const TensorRef &expected, const TensorRef &actual);
  void merge(const ErrorSums &other);

  uint64_t count() const { return elements; }
  /// Elements that are infinite or NaN in one tensor alone, or differently in both. They are in no other figure.
  uint64_t nonFinite() const { return unequal; }
  /// Sum of squared errors over the sum of expected squares: 0 for equal tensors, infinite where zeros are expected.
  double relativeNoise() const;
  /// 10 log10 of the inverse of `relativeNoise`, in dB; infinite for equal tensors, NaN where nothing was counted.
  double sqnr() const;
  /// Of the expected values.
  double rms() const;
  /// Mean of |actual - expected|, and of actual - expected.
  double meanError() const { return elements ? absolute / double(elements) : 0; }
  double bias() const { return elements ? difference / double(elements) : 0; }
  double maxError() const { return largest; }
  /// Of the angle between the two as vectors; 1 where both are zero, 0 where one is.
  double cosine() const;

private:
  void add(ArrayRef<double> expected, ArrayRef<double> actual);

  uint64_t elements = 0, unequal = 0;
  double expectedSquares = 0, actualSquares = 0, products = 0, errorSquares = 0;
  double absolute = 0, difference = 0, largest = 0;
};

} // namespace mlir::vernier

#endif // VERNIER_EXECUTION_ERRORSUMS_H
