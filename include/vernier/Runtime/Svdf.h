//===- Svdf.h - Fully connected over a window of time, by rank --*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//

#ifndef VERNIER_RUNTIME_SVDF_H
#define VERNIER_RUNTIME_SVDF_H

#include "vernier/Numerics/FixedPoint.h"
#include "vernier/Runtime/Recurrent.h"

namespace mlir::vernier::runtime {

/// Shapes: x [batches][inputs], time weights [filters][steps], state [batches][filters][steps], y [batches][units].
struct SvdfShape {
  int32_t batches, inputs, filters, steps, rank;
  int32_t units() const { return filters / rank; }
};

/// Makes room for the newest step: each window moves by one.
template <class T> inline void shiftWindows(const SvdfShape &s, T *state) {
  const ptrdiff_t windows = static_cast<ptrdiff_t>(s.batches) * s.filters;
  for (ptrdiff_t w = 0; w < windows; ++w)
    for (int32_t t = 0; t + 1 < s.steps; ++t)
      state[w * s.steps + t] = state[w * s.steps + t + 1];
}

/// The float form; `scratch` has a float for each batch and filter.
struct SvdfFloat {
  SvdfShape shape;
  DenseMatrix feature;
  const float *timeWeights;
  /// Null for none.
  const float *bias;
  RecurrentActivation activation;

  /// `watch(0, data, count)` sees the state.
  template <class Dense, class Watch = IgnoreValues>
  void operator()(const Dense &dense, const float *x, float *state, float *y, float *scratch,
                  const Watch &watch = {}) const {
    const SvdfShape &s = shape;
    const ptrdiff_t windows = static_cast<ptrdiff_t>(s.batches) * s.filters;
    shiftWindows(s, state);
    dense(feature, s.batches, x, nullptr, scratch);
    for (ptrdiff_t w = 0; w < windows; ++w)
      state[w * s.steps + s.steps - 1] = scratch[w];
    for (ptrdiff_t b = 0; b < s.batches; ++b)
      for (ptrdiff_t u = 0; u < s.units(); ++u) {
        float sum = bias ? bias[u] : 0.0f;
        for (ptrdiff_t f = u * s.rank; f < (u + 1) * s.rank; ++f) {
          const float *window = state + (b * s.filters + f) * s.steps;
          for (ptrdiff_t t = 0; t < s.steps; ++t)
            sum = numerics::fusedMultiplyAdd(timeWeights[f * s.steps + t], window[t], sum);
        }
        y[b * s.units() + u] = applyActivation(activation, sum);
      }
    watch(0, state, windows * s.steps);
  }
};

/// The integer form: `State` int16_t as LiteRT has it, int8_t as TFLM also does. Its zero point is 0 for int16_t.
template <class State> struct SvdfInteger {
  SvdfShape shape;
  int32_t inputZeroPoint, stateZeroPoint, outputZeroPoint;
  /// Input and feature scales over the state's; state and time scales over the output's.
  numerics::FixedPointMultiplier toState, toOutput;
  const int8_t *featureWeights;
  const State *timeWeights;
  /// Null for none.
  const int32_t *bias;

  void operator()(const int8_t *x, State *state, int8_t *y) const {
    shiftWindows(shape, state);
    for (ptrdiff_t b = 0; b < shape.batches; ++b)
      for (ptrdiff_t f = 0; f < shape.filters; ++f) {
        int32_t sum = 0;
        for (ptrdiff_t i = 0; i < shape.inputs; ++i)
          sum =
              numerics::wrapAdd(sum, featureWeights[f * shape.inputs + i] * (x[b * shape.inputs + i] - inputZeroPoint));
        const int32_t value = numerics::multiplyByQuantizedMultiplier(sum, toState) + stateZeroPoint;
        state[(b * shape.filters + f) * shape.steps + shape.steps - 1] = numerics::saturatingCast<State>(value);
      }
    for (ptrdiff_t b = 0; b < shape.batches; ++b)
      for (ptrdiff_t u = 0; u < shape.units(); ++u) {
        int32_t sum = bias ? bias[u] : 0;
        for (ptrdiff_t f = u * shape.rank; f < (u + 1) * shape.rank; ++f) {
          const State *window = state + (b * shape.filters + f) * shape.steps;
          for (ptrdiff_t t = 0; t < shape.steps; ++t)
            sum = numerics::wrapAdd(sum, timeWeights[f * shape.steps + t] * (window[t] - stateZeroPoint));
        }
        y[b * shape.units() + u] =
            numerics::saturatingCast<int8_t>(numerics::multiplyByQuantizedMultiplier(sum, toOutput) + outputZeroPoint);
      }
  }
};

} // namespace mlir::vernier::runtime

#endif // VERNIER_RUNTIME_SVDF_H
