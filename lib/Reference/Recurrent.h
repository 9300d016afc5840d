//===- Recurrent.h - Sequences and states -----------------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_LIB_REFERENCE_RECURRENT_H
#define VERNIER_LIB_REFERENCE_RECURRENT_H

#include "Call.h"
#include "vernier/Dialect/NN/Recurrent.h"

namespace mlir::vernier::reference {

/// A matrix of [rows][columns], or what is left of it when it is absent: nothing, which multiplies to zeros.
struct Matrix {
  std::vector<double> values;
  int64_t rows = 0, columns = 0;

  static Matrix of(const TensorRef &tensor);
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

/// `tensor` as real numbers; nothing where it is absent.
inline std::vector<double> realsOf(const TensorRef &tensor) {
  return tensor ? readReals(tensor) : std::vector<double>();
}

/// The function that recurrent operators fuse.
double applyRecurrentActivation(nn::Activation activation, double value);

/// Fails unless each of `operands` that is there is float32.
LogicalResult expectFloats(const Call &call, ArrayRef<unsigned> operands);

} // namespace mlir::vernier::reference

#endif // VERNIER_LIB_REFERENCE_RECURRENT_H
