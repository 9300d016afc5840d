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
#include <cstring>

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
/// Compilers make vectors of loops of a known length that write to arrays of their own.
constexpr int rowBlock = 64;

/// The smallest and largest of 0 and of `size` values; NaN is neither.
inline RowLimits findLimits(int64_t size, const float *values) {
  constexpr int lanes = 32;
  float min[lanes] = {}, max[lanes] = {};
  for (; size >= lanes; size -= lanes, values += lanes)
    for (int i = 0; i < lanes; ++i) {
      min[i] = values[i] < min[i] ? values[i] : min[i];
      max[i] = values[i] > max[i] ? values[i] : max[i];
    }
  RowLimits limits{0, 0};
  for (int64_t i = 0; i < size; ++i) {
    limits.min = values[i] < limits.min ? values[i] : limits.min;
    limits.max = values[i] > limits.max ? values[i] : limits.max;
  }
  for (int i = 0; i < lanes; ++i) {
    limits.min = min[i] < limits.min ? min[i] : limits.min;
    limits.max = max[i] > limits.max ? max[i] : limits.max;
  }
  return limits;
}

/// As roundHalfAway, of a number within [-2^22, 2^22], in a form that compilers make vectors of: the difference is
/// exact.
VERNIER_ALWAYS_INLINE int32_t roundHalfAwaySmall(float value) {
  const auto whole = static_cast<int32_t>(value);
  const float rest = value - static_cast<float>(whole);
  return whole + (rest >= 0.5f ? 1 : 0) - (rest <= -0.5f ? 1 : 0);
}

/// A number of steps as an integer, half away from zero. NaN gives the zero point.
VERNIER_ALWAYS_INLINE int32_t quantizeSteps(float steps, const QuantizedRange &range) {
  const float number = steps != steps ? 0.0f : steps;
  return roundHalfAwaySmall(numerics::clamp(number, static_cast<float>(range.min - range.zeroPoint),
                                            static_cast<float>(range.max - range.zeroPoint))) +
         range.zeroPoint;
}

/// stored[i] = quantize(values[i]).
template <class Quantize>
inline void quantizeBlocks(int64_t size, const float *values, int8_t *stored, const Quantize &quantize) {
  for (; size >= rowBlock; size -= rowBlock, values += rowBlock, stored += rowBlock) {
    int8_t part[rowBlock];
    for (int i = 0; i < rowBlock; ++i)
      part[i] = static_cast<int8_t>(quantize(values[i]));
    std::memcpy(stored, part, rowBlock);
  }
  for (int64_t i = 0; i < size; ++i)
    stored[i] = static_cast<int8_t>(quantize(values[i]));
}

/// As quantizeSteps of each product with `factor`.
inline void quantizeProducts(int64_t size, const float *values, float factor, const QuantizedRange &range,
                             int8_t *stored) {
  const auto quantize = [&](float steps) { return quantizeSteps(steps, range); };
  for (; size >= rowBlock; size -= rowBlock, values += rowBlock, stored += rowBlock) {
    float products[rowBlock];
    for (int i = 0; i < rowBlock; ++i)
      products[i] = values[i] * factor;
#if defined(__GNUC__) || defined(__clang__)
    // As `product`: no compiler joins it with what is subtracted from it.
    __asm__("" : "+m"(products));
#endif
    quantizeBlocks(rowBlock, products, stored, quantize);
  }
  for (int64_t i = 0; i < size; ++i)
    stored[i] = static_cast<int8_t>(quantize(product(values[i], factor)));
}
} // namespace detail

/// XNNPACK's `qd8`: always asymmetric, half to even.
struct QuantizeRowXnnpack {
  RowParameters operator()(int64_t size, const float *values, int8_t *stored) const {
    const detail::RowLimits limits = detail::findLimits(size, values);
    const float reciprocal = limits.min == limits.max ? 1.0f : 255.0f / (limits.max - limits.min);
    const float low = product(limits.min, reciprocal), high = product(limits.max, reciprocal);
    const float exact = (-128.0f + low) + (127.0f + high) > 0 ? -128.0f - low : 127.0f - high;
    const int32_t zeroPoint = roundHalfEven(numerics::clamp(exact, -128.0f, 127.0f));
    const QuantizedRange range{zeroPoint, -128, 127};
    detail::quantizeBlocks(size, values, stored,
                           [&](float value) { return quantizeByReciprocal(value, reciprocal, range); });
    return {1.0f / reciprocal, zeroPoint};
  }
};

/// TFLite's symmetric form: [-127, 127], half away from zero.
struct QuantizeRowSymmetric {
  RowParameters operator()(int64_t size, const float *values, int8_t *stored) const {
    const detail::RowLimits limits = detail::findLimits(size, values);
    const float largest = -limits.min > limits.max ? -limits.min : limits.max;
    if (largest == 0) {
      for (int64_t i = 0; i < size; ++i)
        stored[i] = 0;
      return {1.0f, 0};
    }
    detail::quantizeProducts(size, values, 127.0f / largest, {0, -127, 127}, stored);
    return {largest / 127.0f, 0};
  }
};

/// TFLite's asymmetric form (`asymmetric_quantize_inputs`): [-128, 127], half away from zero.
struct QuantizeRowAsymmetric {
  RowParameters operator()(int64_t size, const float *values, int8_t *stored) const {
    const detail::RowLimits limits = detail::findLimits(size, values);
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
    detail::quantizeProducts(size, values, 1.0f / scale, {zeroPoint, -128, 127}, stored);
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
