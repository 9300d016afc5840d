//===- Convert.h - QUANTIZE, DEQUANTIZE, CAST -------------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Conversions between element types. Requantizing from one 8-bit type to
// another is in Activation.h.
//===----------------------------------------------------------------------===//

#ifndef VERNIER_RUNTIME_CONVERT_H
#define VERNIER_RUNTIME_CONVERT_H

#include "vernier/Numerics/Affine.h"
#include "vernier/Numerics/Half.h"

namespace mlir::vernier::runtime {

/// QUANTIZE from float as the reference kernels do it: for `mapElements`.
struct QuantizeByDivision {
  float scale;
  numerics::QuantizedRange range;
  int32_t operator()(float x) const { return numerics::quantizeByDivision(x, scale, range); }
};

/// QUANTIZE from float as XNNPACK and the optimized kernels do it.
struct QuantizeByReciprocal {
  float reciprocal;
  numerics::QuantizedRange range;
  int32_t operator()(float x) const { return numerics::quantizeByReciprocal(x, reciprocal, range); }
};

/// What the optimized kernel of 16 bits, which takes eight at a time, leaves over: as by division, but in double. 16
/// bits have no zero point.
struct QuantizeByExactDivision {
  float scale;
  numerics::QuantizedRange range;
  int32_t operator()(float x) const {
    const int64_t rounded = numerics::roundHalfAway64(static_cast<double>(x) / static_cast<double>(scale));
    return static_cast<int32_t>(numerics::clamp<int64_t>(rounded, range.min, range.max));
  }
};

/// QUANTIZE from one type of 8 bits to the other where nothing but the zero point changes.
struct MoveZeroPoint {
  int32_t by;
  int32_t operator()(int32_t x) const { return x + by; }
};

/// DEQUANTIZE with one scale.
struct Dequantize {
  float scale;
  int32_t zeroPoint;
  /// numerics::dequantize, which nothing is added to.
  float operator()(int32_t x) const { return static_cast<float>(x - zeroPoint) * scale; }
};

/// DEQUANTIZE per axis: input, output [outer][channels][inner]. `zeroPoints`
/// may be null for zeros.
template <class T>
inline void dequantizePerAxis(int64_t outer, int64_t channels, int64_t inner, const float *scales,
                              const int32_t *zeroPoints, const T *input, float *output) {
  for (int64_t o = 0; o < outer; ++o)
    for (int64_t c = 0; c < channels; ++c)
      for (int64_t i = 0; i < inner; ++i)
        *output++ = numerics::dequantize(*input++, scales[c], zeroPoints ? zeroPoints[c] : 0);
}

/// QUANTIZE per axis from float, with the zero point of each channel; `range` holds the limits.
template <class T>
inline void quantizePerAxis(int64_t outer, int64_t channels, int64_t inner, const float *scales,
                            const int32_t *zeroPoints, const numerics::QuantizedRange &range, const float *input,
                            T *output) {
  for (int64_t o = 0; o < outer; ++o)
    for (int64_t c = 0; c < channels; ++c) {
      const numerics::QuantizedRange channel{zeroPoints[c], range.min, range.max};
      for (int64_t i = 0; i < inner; ++i)
        *output++ = static_cast<T>(numerics::quantizeByDivision(*input++, scales[c], channel));
    }
}

/// DEQUANTIZE per axis of integers of 2 or 4 bits, as many in a byte as it holds, the first in the low bits.
inline void dequantizePacked(int32_t bits, int64_t outer, int64_t channels, int64_t inner, const float *scales,
                             const int32_t *zeroPoints, const uint8_t *input, float *output) {
  int64_t at = 0;
  for (int64_t o = 0; o < outer; ++o)
    for (int64_t c = 0; c < channels; ++c)
      for (int64_t i = 0; i < inner; ++i, ++at) {
        const int32_t sign = 1 << (bits - 1);
        const int32_t stored = (input[at * bits / 8] >> (at * bits % 8)) & (2 * sign - 1);
        *output++ = numerics::dequantize((stored ^ sign) - sign, scales[c], zeroPoints ? zeroPoints[c] : 0);
      }
}

/// The value of IEEE 754 half-precision bits; exact.
struct HalfToFloat {
  float operator()(uint16_t half) const { return numerics::halfToFloat(half); }
};

/// CAST between arithmetic types, truncating towards zero; a float out of range
/// saturates and NaN gives 0, where C++ has no answer.
template <class To> struct Cast {
  template <class From> To operator()(From x) const {
    if constexpr (std::is_floating_point<From>::value && std::is_integral<To>::value &&
                  !std::is_same<To, bool>::value) {
      using Limits = std::numeric_limits<To>;
      if (x != x)
        return 0;
      // The power of two above the largest value is exact in every
      // floating-point type.
      const From above = static_cast<From>(Limits::max() / 2 + 1) * 2;
      return x <= static_cast<From>(Limits::min()) ? Limits::min() : x >= above ? Limits::max() : static_cast<To>(x);
    } else {
      return static_cast<To>(x);
    }
  }
};
/// CAST from bool, of which any byte but 0 is true.
template <class To> struct CastBool {
  To operator()(uint8_t x) const { return Cast<To>()(x != 0); }
};

} // namespace mlir::vernier::runtime

#endif // VERNIER_RUNTIME_CONVERT_H
