//===- FakeQuant.h - rounding as quantization would, in float ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Simulated quantization: what a value is after it was quantized and
// dequantized.
//===----------------------------------------------------------------------===//

#ifndef VERNIER_RUNTIME_FAKEQUANT_H
#define VERNIER_RUNTIME_FAKEQUANT_H

#include "vernier/Numerics/Affine.h"

namespace mlir::vernier::runtime {

/// y = scale * (clamp(round(x / scale) + zero point, min, max) - zero point),
/// halves away from zero, with a scale and a zero point for each channel.
/// input, output [outer][channels][inner]; may be one buffer.
inline void fakeQuant(int64_t outer, int64_t channels, int64_t inner, const float *scales, const int32_t *zeroPoints,
                      int32_t min, int32_t max, const float *input, float *output) {
  for (int64_t o = 0; o < outer; ++o)
    for (int64_t c = 0; c < channels; ++c) {
      const numerics::QuantizedRange range{zeroPoints[c], min, max};
      for (int64_t i = 0; i < inner; ++i) {
        // In 64 bits: a bias has the whole range of 32.
        const int64_t rounded = numerics::roundHalfAway64(static_cast<double>(*input++ / scales[c]));
        const int64_t stored =
            numerics::clamp<int64_t>(rounded, int64_t(min) - range.zeroPoint, int64_t(max) - range.zeroPoint);
        *output++ = static_cast<float>(numerics::product(static_cast<double>(scales[c]), static_cast<double>(stored)));
      }
    }
}

} // namespace mlir::vernier::runtime

#endif // VERNIER_RUNTIME_FAKEQUANT_H
