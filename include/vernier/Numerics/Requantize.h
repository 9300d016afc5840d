//===- Requantize.h - from an accumulator to an 8-bit result ----*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A requantizer maps an int32 accumulator and a channel to a clamped output
// value. One type per arithmetic that LiteRT uses, all with the same call, so
// that a kernel is a template over them. docs/Numerics.md says which kernel set
// uses which.
//===----------------------------------------------------------------------===//

#ifndef VERNIER_NUMERICS_REQUANTIZE_H
#define VERNIER_NUMERICS_REQUANTIZE_H

#include "vernier/Numerics/FixedPoint.h"

namespace mlir::vernier::numerics {

/// Where an integer result lives: its zero point and its clamp, which includes
/// the fused activation.
struct QuantizedRange {
  int32_t zeroPoint;
  int32_t min;
  int32_t max;

  constexpr int32_t clamp(int32_t value) const { return numerics::clamp(value, min, max); }
};

/// The real multiplier of convolutions: input scale x weight scale / output
/// scale in double.
inline double effectiveScale(float input, float weight, float output) {
  return static_cast<double>(input) * static_cast<double>(weight) / static_cast<double>(output);
}

/// The same for uint8 CONV_2D and DEPTHWISE_CONV_2D in the fixed-point kernels
/// and for a per-tensor BATCH_MATMUL or FULLY_CONNECTED in TFLM: the product of
/// the input scales is a float first.
inline double effectiveScaleFloatProduct(float input, float weight, float output) {
  return static_cast<double>(product(input, weight)) / static_cast<double>(output);
}

/// XNNPACK's multiplier: two roundings to float.
inline float effectiveScaleFloat(float input, float weight, float output) { return product(input, weight) / output; }

/// Parameters are arrays indexed by channel * `channelStride`: 1 for per-axis,
/// 0 for per-tensor quantization.

/// `f32`: XNNPACK. Clamps in float, then rounds half to even.
struct FloatRequantizer {
  const float *scales;
  int32_t channelStride;
  QuantizedRange range;

  VERNIER_ALWAYS_INLINE int32_t operator()(int32_t accumulator, int32_t channel) const {
    const float value = static_cast<float>(accumulator) * scales[channel * channelStride];
    return roundHalfEvenInRange(numerics::clamp(value, static_cast<float>(range.min - range.zeroPoint),
                                                static_cast<float>(range.max - range.zeroPoint))) +
           range.zeroPoint;
  }
};

/// `fx2`: reference kernels and TFLM. Two roundings, half away from zero at the
/// shift.
struct FixedPointRequantizer {
  const FixedPointMultiplier *multipliers;
  int32_t channelStride;
  QuantizedRange range;

  VERNIER_ALWAYS_INLINE int32_t operator()(int32_t accumulator, int32_t channel) const {
    return range.clamp(
        wrapAdd(multiplyByQuantizedMultiplier(accumulator, multipliers[channel * channelStride]), range.zeroPoint));
  }
};

/// `fxu`: optimized kernels on x86. As `fx2`, but half up at the shift.
struct FixedPointHalfUpRequantizer {
  const FixedPointMultiplier *multipliers;
  int32_t channelStride;
  QuantizedRange range;

  VERNIER_ALWAYS_INLINE int32_t operator()(int32_t accumulator, int32_t channel) const {
    return range.clamp(wrapAdd(multiplyByQuantizedMultiplierHalfUp(accumulator, multipliers[channel * channelStride]),
                               range.zeroPoint));
  }
};

/// The optimized kernels on x86 that quantize a whole buffer of accumulators at
/// its end, DEPTHWISE_CONV_2D and TRANSPOSE_CONV: `fxu` for channels in full
/// groups of eight, `fx2` for the rest.
struct FixedPointMixedRequantizer {
  const FixedPointMultiplier *multipliers;
  int32_t channelStride;
  int32_t channels;
  QuantizedRange range;

  VERNIER_ALWAYS_INLINE int32_t operator()(int32_t accumulator, int32_t channel) const {
    const FixedPointMultiplier &m = multipliers[channel * channelStride];
    const int32_t value = channel < channels / 8 * 8 ? multiplyByQuantizedMultiplierHalfUp(accumulator, m)
                                                     : multiplyByQuantizedMultiplier(accumulator, m);
    return range.clamp(wrapAdd(value, range.zeroPoint));
  }
};

/// `dbl`: FULLY_CONNECTED in the reference kernels. A product in double, half
/// away from zero. Sums have 32 or 64 bits.
struct DoubleRequantizer {
  const double *scales;
  int32_t channelStride;
  QuantizedRange range;

  template <class Sum> VERNIER_ALWAYS_INLINE int32_t operator()(Sum accumulator, int32_t channel) const {
    const double value = static_cast<double>(accumulator) * scales[channel * channelStride];
    return range.clamp(wrapAdd(roundHalfAway(value), range.zeroPoint));
  }
};

/// `m64`: 16x8 kernels with a 64-bit accumulator.
struct FixedPoint64Requantizer {
  const FixedPointMultiplier *multipliers;
  int32_t channelStride;
  QuantizedRange range;

  VERNIER_ALWAYS_INLINE int32_t operator()(int64_t accumulator, int32_t channel) const {
    return range.clamp(
        wrapAdd(multiplyByQuantizedMultiplier64(accumulator, multipliers[channel * channelStride]), range.zeroPoint));
  }
};

} // namespace mlir::vernier::numerics

#endif // VERNIER_NUMERICS_REQUANTIZE_H
