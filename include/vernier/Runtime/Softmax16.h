//===- Softmax16.h - SOFTMAX on int16 ---------------------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Every kernel set: exponentials and the reciprocal of their sum from interpolated tables.

#ifndef VERNIER_RUNTIME_SOFTMAX16_H
#define VERNIER_RUNTIME_SOFTMAX16_H

#include "vernier/Numerics/Tables16.h"
#include <cstddef>

namespace mlir::vernier::runtime {

/// Fills the tables of e^x for x in [-10, 0] and of 1 / (1 + x) for x in [0, 1].
inline void fillSoftmaxTables16(int16_t *exponentials, int16_t *reciprocals) {
  constexpr double range = 65535.0;
  numerics::fillInterpolated16<double>(
      10.0 / range, 32767, 2.0 / range, [](double x) { return numerics::exponential16(x); }, exponentials);
  numerics::fillInterpolated16<double>(
      1.0 / range, -32768, 2.0 / range, [](double x) { return 1.0 / (1.0 + x); }, reciprocals);
}

/// input, output [rows][depth], results in Q0.15; `scale` brings differences to steps of 10 / 65535. A row has fewer
/// than 65536 elements.
inline void softmax16(int64_t rows, int32_t depth, const numerics::FixedPointMultiplier &scale,
                      const int16_t *exponentials, const int16_t *reciprocals, const int16_t *input, int16_t *output) {
  for (int64_t row = 0; row < rows; ++row, input += depth, output += depth) {
    int32_t largest = -32768;
    for (int32_t c = 0; c < depth; ++c)
      largest = input[c] > largest ? input[c] : largest;
    int32_t sum = 0;
    for (int32_t c = 0; c < depth; ++c) {
      const int32_t steps = numerics::multiplyByQuantizedMultiplier(input[c] - largest, scale);
      const int32_t at = numerics::clamp(numerics::wrapAdd(steps, 32767), -32768, 32767);
      output[c] = static_cast<int16_t>(numerics::interpolate16(at, exponentials));
      sum += output[c];
    }
    // The sum as a number in [1, 2) with 16 fractional bits, its 1 taken off and the rest centered.
    const int headroom = numerics::countLeadingZeros(static_cast<uint32_t>(sum));
    const int64_t shifted = ((static_cast<int64_t>(sum) << (headroom - 1)) + (1 << 13)) >> 14;
    const int32_t at = static_cast<int32_t>(numerics::clamp<int64_t>(shifted - (1 << 15) - (1 << 16), -32768, 32767));
    const int64_t reciprocal = numerics::interpolate16(at, reciprocals);
    const int shift = 31 - headroom;
    for (int32_t c = 0; c < depth; ++c)
      output[c] = static_cast<int16_t>(
          numerics::clamp<int64_t>((output[c] * reciprocal + (int64_t(1) << (shift - 1))) >> shift, 0, 32767));
  }
}

} // namespace mlir::vernier::runtime

#endif // VERNIER_RUNTIME_SOFTMAX16_H
