//===- Recurrent.h - What recurrent kernels share, and the simple ones ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Float kernels are handed the matrix product, an object `dense(matrix, rows, x, bias, y)`: y = W x + bias for each of
// `rows` rows, bias null for none.
//===----------------------------------------------------------------------===//

#ifndef VERNIER_RUNTIME_RECURRENT_H
#define VERNIER_RUNTIME_RECURRENT_H

#include "vernier/Numerics/Elementary.h"
#include <cmath>
#include <cstddef>

namespace mlir::vernier::runtime {

/// The functions of ActivationFunctionType, in its order.
enum class RecurrentActivation { None, Relu, ReluN1To1, Relu6, Tanh, SignBit };

inline float applyActivation(RecurrentActivation activation, float x) {
  switch (activation) {
  case RecurrentActivation::None:
    return x;
  case RecurrentActivation::Relu:
    return x < 0 ? 0.0f : x;
  case RecurrentActivation::ReluN1To1:
    return numerics::clamp(x, -1.0f, 1.0f);
  case RecurrentActivation::Relu6:
    return numerics::clamp(x, 0.0f, 6.0f);
  case RecurrentActivation::Tanh:
    return numerics::portableTanh(x);
  case RecurrentActivation::SignBit:
    return std::signbit(x) ? 1.0f : 0.0f;
  }
  return x;
}

/// A float matrix [outputs][inputs], packed by `packFloatFilter` (Float/Packing.h).
struct DenseMatrix {
  const float *packed;
  int32_t inputs, outputs;
};

/// Stands where nobody wants the values of internal tensors.
struct IgnoreValues {
  template <class Value> void operator()(Value, const float *, ptrdiff_t) const {}
};

/// Runs an integer kernel, an object of LstmInteger.h or Svdf.h.
template <class Kernel, class... Arguments>
inline void runIntegerRecurrent(const Kernel &kernel, const Arguments &...arguments) {
  kernel(arguments...);
}

/// How a sequence lies in memory: [time][batch][feature] or [batch][time][feature].
struct SequenceShape {
  int32_t batches, times;
  bool timeMajor;

  /// Calls `step(row, firstBatch, rows)` for each step of time in order, or from the end: `rows` batches from
  /// `firstBatch` on are side by side at row `row` of the sequence.
  template <class Step> void forEachStep(bool forward, Step step) const {
    for (int32_t b = 0; b < (timeMajor ? 1 : batches); ++b)
      for (int32_t t = 0; t < times; ++t) {
        const int32_t at = forward ? t : times - 1 - t;
        if (timeMajor)
          step(static_cast<ptrdiff_t>(at) * batches, 0, batches);
        else
          step(static_cast<ptrdiff_t>(b) * times + at, b, 1);
      }
  }
};

/// RNN and its sequences. Shapes: x [rows][inputs], auxiliary x [rows][auxiliaryInputs], state [batch][units], y rows
/// of `outputStride`.
struct Rnn {
  int32_t inputs, auxiliaryInputs, units, outputStride;
  DenseMatrix input, recurrent, auxiliary;
  const float *bias;
  RecurrentActivation activation;

  /// `scratch` holds 2 * `units` floats for each batch. `auxiliaryX` is null where there is none.
  template <class Dense>
  void operator()(const Dense &dense, const SequenceShape &shape, bool forward, const float *x, const float *auxiliaryX,
                  float *state, float *y, float *scratch) const {
    shape.forEachStep(forward, [&](ptrdiff_t row, int32_t batch, int32_t rows) {
      // The state is read by the recurrent product and written last.
      float *h = state + static_cast<ptrdiff_t>(batch) * units;
      float *sum = scratch, *part = scratch + static_cast<ptrdiff_t>(rows) * units;
      const ptrdiff_t count = static_cast<ptrdiff_t>(rows) * units;
      dense(input, rows, x + row * inputs, bias, sum);
      if (auxiliaryX) {
        dense(auxiliary, rows, auxiliaryX + row * auxiliaryInputs, nullptr, part);
        for (ptrdiff_t i = 0; i < count; ++i)
          sum[i] += part[i];
      }
      dense(recurrent, rows, h, nullptr, part);
      for (ptrdiff_t i = 0; i < count; ++i)
        h[i] = applyActivation(activation, sum[i] + part[i]);
      for (int32_t r = 0; r < rows; ++r)
        for (int32_t u = 0; u < units; ++u)
          y[(row + r) * outputStride + u] = h[static_cast<ptrdiff_t>(r) * units + u];
    });
  }
};

} // namespace mlir::vernier::runtime

#endif // VERNIER_RUNTIME_RECURRENT_H
