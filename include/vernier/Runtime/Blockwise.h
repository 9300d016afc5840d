//===- Blockwise.h - Dense layers with several scales in a row --*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// FULLY_CONNECTED of float rows over a matrix of 4-bit integers with a scale for each block of a row. Rows of the input
// are quantized when they come; docs/Numerics.md, "Dynamic range".
//===----------------------------------------------------------------------===//

#ifndef VERNIER_RUNTIME_BLOCKWISE_H
#define VERNIER_RUNTIME_BLOCKWISE_H

#include "vernier/Numerics/DynamicRange.h"
#include "vernier/Runtime/FullyConnected.h"

namespace mlir::vernier::runtime {

namespace detail {
/// The two integers of a byte, the first in the low bits.
inline int32_t lowNibble(uint8_t byte) { return static_cast<int32_t>(byte & 15) - ((byte & 8) << 1); }
inline int32_t highNibble(uint8_t byte) { return lowNibble(static_cast<uint8_t>(byte >> 4)); }
} // namespace detail

/// The sums of the weights of each row, negated, times their scales: what a zero point of the input adds. `filter` has
/// two integers in a byte, `scales` one number for each `block` of them.
inline void sumBlocks(const FullyConnectedParams &p, int32_t block, const uint8_t *filter, const float *scales,
                      float *sums) {
  for (int32_t channel = 0; channel < p.outputChannels; ++channel) {
    float sum = 0;
    for (int32_t first = 0; first < p.inputChannels; first += block, filter += block / 2) {
      int32_t weights = 0;
      for (int32_t i = 0; i < block / 2; ++i)
        weights += detail::lowNibble(filter[i]) + detail::highNibble(filter[i]);
      sum = numerics::fusedMultiplyAdd(static_cast<float>(-weights), *scales++, sum);
    }
    sums[channel] = sum;
  }
}

/// FULLY_CONNECTED as XNNPACK computes it. `sums` are those of `sumBlocks`; `stored` holds one row of the input.
inline void fullyConnectedBlockwise(const FullyConnectedParams &p, int32_t block, const float *input,
                                    const uint8_t *filter, const float *scales, const float *sums, const float *bias,
                                    const numerics::FloatRange &range, int8_t *stored, float *output) {
  for (int32_t n = 0; n < p.batches; ++n, input += p.inputChannels, output += p.outputChannels) {
    const numerics::RowParameters row = numerics::QuantizeRowXnnpack()(p.inputChannels, input, stored);
    const uint8_t *weights = filter;
    const float *scale = scales;
    for (int32_t channel = 0; channel < p.outputChannels; ++channel) {
      float sum = numerics::product(sums[channel], static_cast<float>(row.zeroPoint));
      for (int32_t first = 0; first < p.inputChannels; first += block, weights += block / 2) {
        int32_t dot = 0;
        for (int32_t i = 0; i < block / 2; ++i)
          dot += stored[first + 2 * i] * detail::lowNibble(weights[i]) +
                 stored[first + 2 * i + 1] * detail::highNibble(weights[i]);
        sum = numerics::fusedMultiplyAdd(static_cast<float>(dot), *scale++, sum);
      }
      output[channel] = range.clamp(numerics::product(sum, row.scale) + (bias ? bias[channel] : 0.0f));
    }
  }
}

} // namespace mlir::vernier::runtime

#endif // VERNIER_RUNTIME_BLOCKWISE_H
