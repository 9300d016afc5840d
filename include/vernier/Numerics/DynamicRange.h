//===- DynamicRange.h - Activations quantized at run time -------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Operators with float activations and integer weights quantize each row of their input when they run, multiply
// integers and scale the sums back to float. How rows are rounded and in which order the two scales are multiplied is
// the numerics target's: docs/Numerics.md, "Dynamic range".

#ifndef VERNIER_NUMERICS_DYNAMICRANGE_H
#define VERNIER_NUMERICS_DYNAMICRANGE_H

#include "vernier/Numerics/Affine.h"

namespace mlir::vernier::numerics {

/// How a row was quantized: real = scale * (stored - zeroPoint).
struct RowParameters {
  float scale;
  int32_t zeroPoint;
};

namespace detail {
struct RowLimits {
  float min, max;
};
/// The smallest and largest of `size` values and of `start`.
inline RowLimits findLimits(int64_t size, const float *values, RowLimits limits) {
  for (int64_t i = 0; i < size; ++i) {
    limits.min = values[i] < limits.min ? values[i] : limits.min;
    limits.max = values[i] > limits.max ? values[i] : limits.max;
  }
  return limits;
}
} // namespace detail

/// XNNPACK's `qd8`: always asymmetric, half to even.
struct QuantizeRowXnnpack {
  RowParameters operator()(int64_t size, const float *values, int8_t *stored) const {
    const detail::RowLimits limits = detail::findLimits(size, values, {0.0f, 0.0f});
    const float reciprocal = limits.min == limits.max ? 1.0f : 255.0f / (limits.max - limits.min);
    const float low = product(limits.min, reciprocal), high = product(limits.max, reciprocal);
    const float exact = (-128.0f + low) + (127.0f + high) > 0 ? -128.0f - low : 127.0f - high;
    const int32_t zeroPoint = roundHalfEven(numerics::clamp(exact, -128.0f, 127.0f));
    const QuantizedRange range{zeroPoint, -128, 127};
    for (int64_t i = 0; i < size; ++i)
      stored[i] =
          static_cast<int8_t>(values[i] != values[i] ? -128 : quantizeByReciprocal(values[i], reciprocal, range));
    return {1.0f / reciprocal, zeroPoint};
  }
};

/// TFLite's symmetric form: [-127, 127], half away from zero.
struct QuantizeRowSymmetric {
  RowParameters operator()(int64_t size, const float *values, int8_t *stored) const {
    const detail::RowLimits limits = detail::findLimits(size, values, {0.0f, 0.0f});
    const float largest = -limits.min > limits.max ? -limits.min : limits.max;
    if (largest == 0) {
      for (int64_t i = 0; i < size; ++i)
        stored[i] = 0;
      return {1.0f, 0};
    }
    const float reciprocal = 127.0f / largest;
    for (int64_t i = 0; i < size; ++i)
      stored[i] = static_cast<int8_t>(numerics::clamp(roundHalfAway(product(values[i], reciprocal)), -127, 127));
    return {largest / 127.0f, 0};
  }
};

/// TFLite's asymmetric form (`asymmetric_quantize_inputs`): [-128, 127], half away from zero.
struct QuantizeRowAsymmetric {
  RowParameters operator()(int64_t size, const float *values, int8_t *stored) const {
    const detail::RowLimits limits = detail::findLimits(size, values, {0.0f, 0.0f});
    if (limits.min == limits.max) {
      for (int64_t i = 0; i < size; ++i)
        stored[i] = 0;
      return {1.0f, 0};
    }
    const double step = static_cast<double>(limits.max - limits.min) / 255.0;
    const double low = static_cast<double>(limits.min) / step, high = static_cast<double>(limits.max) / step;
    // The end that is represented with the smaller error.
    const double exact = 128.0 - low < 127.0 + high ? -128.0 - low : 127.0 - high;
    const int32_t zeroPoint = roundHalfAway(numerics::clamp(exact, -128.0, 127.0));
    const float scale = static_cast<float>(step);
    const float reciprocal = 1.0f / scale;
    for (int64_t i = 0; i < size; ++i)
      stored[i] = static_cast<int8_t>(
          numerics::clamp<int64_t>(int64_t(roundHalfAway(product(values[i], reciprocal))) + zeroPoint, -128, 127));
    return {scale, zeroPoint};
  }
};

/// The bfloat16 number nearest to `value`, which is finite, ties to even.
inline float roundToBFloat(float value) {
  const uint32_t bits = bitCast<uint32_t>(value);
  return bitCast<float>((bits + 0x7fffu + ((bits >> 16) & 1u)) & 0xffff0000u);
}

/// A channel and how many there are: some kernels treat the last few apart.
struct ChannelPlace {
  int32_t channel, channels;
};

/// XNNPACK: the last product and the bias in one rounding.
struct ScaleFused {
  float operator()(int32_t sum, float row, float weight, float bias, ChannelPlace) const {
    return fusedMultiplyAdd(product(static_cast<float>(sum), row), weight, bias);
  }
};
/// Scales are multiplied first.
struct ScaleByProduct {
  float operator()(int32_t sum, float row, float weight, float bias, ChannelPlace) const {
    return product(static_cast<float>(sum), product(row, weight)) + bias;
  }
};
/// The weight's scale first, then the row's.
struct ScaleByWeightFirst {
  float operator()(int32_t sum, float row, float weight, float bias, ChannelPlace) const {
    return product(product(static_cast<float>(sum), weight), row) + bias;
  }
};
/// The same for channels in full groups of four; the row's scale first for the others.
struct ScaleInGroups {
  float operator()(int32_t sum, float row, float weight, float bias, ChannelPlace at) const {
    const bool isLeft = at.channel >= at.channels / 4 * 4;
    return product(product(static_cast<float>(sum), isLeft ? row : weight), isLeft ? weight : row) + bias;
  }
};

/// From the sum of one row to a float result. Arrays are indexed by channel * `channelStride`, the bias, which may be
/// null, by channel.
template <class Scale> struct HybridRequantizer {
  const float *scales;
  int32_t channelStride;
  int32_t channels;
  const float *bias;
  float rowScale;
  FloatRange range;

  float operator()(int32_t sum, int32_t channel) const {
    return range.clamp(Scale()(sum, rowScale, scales[channel * channelStride], bias ? bias[channel] : 0.0f,
                               ChannelPlace{channel, channels}));
  }
};

} // namespace mlir::vernier::numerics

#endif // VERNIER_NUMERICS_DYNAMICRANGE_H
