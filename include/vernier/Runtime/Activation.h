//===- Activation.h - activations, one element at a time --------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Function objects for `mapElements` and `tabulate`: the float activations and
// unary functions, and the quantized ones that are integer arithmetic rather
// than a table of a float function.
//===----------------------------------------------------------------------===//

#ifndef VERNIER_RUNTIME_ACTIVATION_H
#define VERNIER_RUNTIME_ACTIVATION_H

#include "vernier/Numerics/ElementaryLanes.h"
#include "vernier/Numerics/FixedPointFunctions.h"
#include "vernier/Numerics/LookupTable.h"
#include "vernier/Numerics/Trigonometry.h"
#include <cmath>

namespace mlir::vernier::runtime {

/// RELU, RELU6, RELU_N1_TO_1 in float: FloatRange::clamp. These are the others.
struct Logistic {
  float operator()(float x) const { return numerics::portableLogistic(x); }
};
struct Tanh {
  float operator()(float x) const { return numerics::portableTanh(x); }
};
/// mapElements of Elementwise.h for them: several at once.
inline void mapElements(int64_t size, const float *input, const Logistic &, float *output) {
  numerics::mapInDouble<numerics::elementaryLanes>(
      size, input, [](auto x) { return numerics::logisticOfLanes(x); }, output);
}
inline void mapElements(int64_t size, const float *input, const Tanh &, float *output) {
  numerics::mapInDouble<numerics::elementaryLanes>(
      size, input, [](auto x) { return numerics::tanhOfLanes(x); }, output);
}
struct Exp {
  float operator()(float x) const { return numerics::portableExp(x); }
};
struct Log {
  float operator()(float x) const { return numerics::portableLog(x); }
};
struct Abs {
  float operator()(float x) const { return std::fabs(x); }
};
struct Neg {
  float operator()(float x) const { return -x; }
};
struct Sqrt {
  float operator()(float x) const { return std::sqrt(x); }
};
struct Rsqrt {
  float operator()(float x) const { return 1.0f / std::sqrt(x); }
};
struct Square {
  float operator()(float x) const { return numerics::product(x, x); }
};
struct Floor {
  float operator()(float x) const { return std::floor(x); }
};
struct Ceil {
  float operator()(float x) const { return std::ceil(x); }
};
/// To the nearest integer, ties to even.
struct Round {
  float operator()(float x) const {
    // Beyond 2^23 every float is an integer.
    return x > -0x1p23f && x < 0x1p23f ? std::copysign(static_cast<float>(numerics::roundHalfEven(x)), x) : x;
  }
};
struct Sign {
  float operator()(float x) const { return static_cast<float>((x > 0) - (x < 0)); }
};
struct Sin {
  float operator()(float x) const { return numerics::portableSin(x); }
};
struct Cos {
  float operator()(float x) const { return numerics::portableCos(x); }
};
struct Relu {
  numerics::FloatRange range;
  float operator()(float x) const { return range.clamp(x); }
};
/// x * relu6(x + 3) / 6.
struct HardSwish {
  float operator()(float x) const { return numerics::product(x, numerics::clamp(x + 3.0f, 0.0f, 6.0f)) / 6.0f; }
};
struct LeakyRelu {
  float alpha;
  float operator()(float x) const { return x > 0 ? x : numerics::product(x, alpha); }
};
/// Of an element and its slope: PRELU.
struct Prelu {
  float operator()(float x, float alpha) const { return x >= 0 ? x : numerics::product(x, alpha); }
};

/// Requantizing QUANTIZE of the reference kernels, and RELU, RELU6 and
/// RELU_N1_TO_1 of every kernel set, whose activation `range` holds.
struct RequantizeFixedPoint {
  int32_t inputZeroPoint;
  numerics::FixedPointMultiplier multiplier;
  numerics::QuantizedRange range;

  int32_t operator()(int32_t x) const {
    return range.clamp(numerics::multiplyByQuantizedMultiplier(x - inputZeroPoint, multiplier) + range.zeroPoint);
  }
};
inline RequantizeFixedPoint makeRequantizeFixedPoint(numerics::AffineParams input, float outputScale,
                                                     const numerics::QuantizedRange &range) {
  return {input.zeroPoint,
          numerics::quantizeMultiplier(static_cast<double>(input.scale) / static_cast<double>(outputScale)), range};
}

/// ABS on int8, every kernel set.
struct AbsFixedPoint {
  RequantizeFixedPoint rescale;
  int32_t operator()(int32_t x) const {
    const int32_t value = x - rescale.inputZeroPoint;
    return rescale(rescale.inputZeroPoint + (value < 0 ? -value : value));
  }
};

/// Whether all of `input` is at least `least`: roots of numbers below zero are errors to LiteRT.
template <class T> inline bool allAtLeast(int64_t size, int32_t least, const T *input) {
  for (int64_t i = 0; i < size; ++i)
    if (input[i] < least)
      return false;
  return true;
}

/// SQRT on int8, every kernel set: a quotient truncated towards zero. Real
/// inputs below 0 are errors to LiteRT and give the zero point here.
struct SqrtQuantized {
  numerics::AffineParams input;
  float outputScale;
  numerics::QuantizedRange range;

  int32_t operator()(int32_t x) const {
    const float real = numerics::dequantize(x, input.scale, input.zeroPoint);
    if (!(real > 0))
      return range.clamp(range.zeroPoint);
    const float value = numerics::clamp(std::sqrt(real) / outputScale, 0.0f, 65536.0f);
    return range.clamp(static_cast<int32_t>(value) + range.zeroPoint);
  }
};

/// RSQRT on int8, every kernel set: an inverse square root with 20 fractional
/// bits, then the output's scale. Real 0 gives the largest output; values below
/// it are errors to LiteRT and give the zero point here.
struct RsqrtFixedPoint {
  int32_t inputZeroPoint;
  numerics::FixedPointMultiplier back;
  numerics::QuantizedRange range;

  static constexpr int fractionBits = 20;
  int32_t operator()(int32_t x) const {
    const int32_t value = x - inputZeroPoint;
    if (value < 0)
      return range.clamp(range.zeroPoint);
    if (value == 0)
      return range.max;
    numerics::FixedPointMultiplier inverse = numerics::inverseSqrt(value);
    inverse.shift += fractionBits;
    const int32_t root = numerics::multiplyByQuantizedMultiplier(1, inverse);
    return range.clamp(numerics::wrapAdd(numerics::multiplyByQuantizedMultiplier(root, back), range.zeroPoint));
  }
};
/// `back.shift` must not be below -31.
inline RsqrtFixedPoint makeRsqrtFixedPoint(numerics::AffineParams input, float outputScale,
                                           const numerics::QuantizedRange &range) {
  numerics::FixedPointMultiplier back =
      numerics::quantizeMultiplier(1.0 / static_cast<double>(numerics::product(std::sqrt(input.scale), outputScale)));
  back.shift -= RsqrtFixedPoint::fractionBits;
  return {input.zeroPoint, back, range};
}

/// Requantizing QUANTIZE of the optimized kernels on x86, which LiteRT runs by
/// default between int8 and uint8 and at ratios that XNNPACK refuses: half up
/// for elements in full groups of 16, as `RequantizeFixedPoint` for the rest.
template <class In, class Out>
inline void requantizeOptimized(int64_t size, const In *input, const RequantizeFixedPoint &rescale, Out *output) {
  for (int64_t i = 0; i < size; ++i)
    output[i] = static_cast<Out>(i < size / 16 * 16
                                     ? rescale.range.clamp(numerics::multiplyByQuantizedMultiplierHalfUp(
                                                               input[i] - rescale.inputZeroPoint, rescale.multiplier) +
                                                           rescale.range.zeroPoint)
                                     : rescale(input[i]));
}

/// XNNPACK's requantization: an 8-bit fraction, half up.
struct RequantizeXnnpack {
  int32_t inputZeroPoint;
  int32_t multiplier;
  numerics::QuantizedRange range;

  int32_t operator()(int32_t x) const {
    return range.clamp((((x - inputZeroPoint) * multiplier + 128) >> 8) + range.zeroPoint);
  }
};
/// Whether XNNPACK requantizes at this ratio of scales: it is in [2^-8, 2^7].
inline bool xnnpackTakesRequantize(float input, float output) {
  const float ratio = input / output;
  return ratio >= 1.0f / 256 && ratio <= 128.0f;
}
inline RequantizeXnnpack makeRequantizeXnnpack(numerics::AffineParams input, float outputScale,
                                               const numerics::QuantizedRange &range) {
  return {input.zeroPoint, numerics::roundHalfEven(256.0f * (input.scale / outputScale)), range};
}

/// LEAKY_RELU of TFLite's own kernels: two multipliers, both formed in float.
struct LeakyReluFixedPoint {
  int32_t inputZeroPoint;
  numerics::FixedPointMultiplier positive;
  numerics::FixedPointMultiplier negative;
  numerics::QuantizedRange range;

  int32_t operator()(int32_t x) const {
    const int32_t value = x - inputZeroPoint;
    int32_t scaled;
    if (value >= 0) {
      scaled = numerics::multiplyByQuantizedMultiplier(value, positive);
    } else {
      const bool flips = negative.multiplier < 0;
      scaled = numerics::multiplyByQuantizedMultiplier(
          value, {flips ? numerics::wrapSub(0, negative.multiplier) : negative.multiplier, negative.shift});
      scaled = flips ? numerics::wrapSub(0, scaled) : scaled;
    }
    return range.clamp(numerics::wrapAdd(scaled, range.zeroPoint));
  }
};
inline LeakyReluFixedPoint makeLeakyReluFixedPoint(numerics::AffineParams input, float alpha, float outputScale,
                                                   const numerics::QuantizedRange &range) {
  return {input.zeroPoint, numerics::quantizeMultiplier(input.scale / outputScale),
          numerics::quantizeMultiplier(numerics::product(input.scale, alpha) / outputScale), range};
}

/// LEAKY_RELU of XNNPACK: 8-bit fractions.
struct LeakyReluXnnpack {
  int32_t inputZeroPoint;
  int32_t positive;
  int32_t negative;
  numerics::QuantizedRange range;

  int32_t operator()(int32_t x) const {
    const int32_t value = x - inputZeroPoint;
    return range.clamp(((value * (value >= 0 ? positive : negative) + 128) >> 8) + range.zeroPoint);
  }
};
inline LeakyReluXnnpack makeLeakyReluXnnpack(numerics::AffineParams input, float alpha, float outputScale,
                                             const numerics::QuantizedRange &range) {
  const float ratio = input.scale / outputScale;
  return {input.zeroPoint, numerics::roundHalfEven(256.0f * ratio),
          numerics::roundHalfEven(256.0f * numerics::product(ratio, alpha)), range};
}

/// PRELU on 8 bits; every kernel set.
struct PreluFixedPoint {
  int32_t inputZeroPoint;
  int32_t alphaZeroPoint;
  numerics::FixedPointMultiplier positive;
  numerics::FixedPointMultiplier negative;
  numerics::QuantizedRange range;

  int32_t operator()(int32_t x, int32_t alpha) const {
    const int32_t value = x - inputZeroPoint;
    const int32_t scaled = value >= 0
                               ? numerics::multiplyByQuantizedMultiplier(value, positive)
                               : numerics::multiplyByQuantizedMultiplier(value * (alpha - alphaZeroPoint), negative);
    return range.clamp(numerics::wrapAdd(scaled, range.zeroPoint));
  }
};
inline PreluFixedPoint makePreluFixedPoint(numerics::AffineParams input, numerics::AffineParams alpha,
                                           float outputScale, const numerics::QuantizedRange &range) {
  return {input.zeroPoint, alpha.zeroPoint, numerics::quantizeMultiplier(input.scale / outputScale),
          numerics::quantizeMultiplier(numerics::effectiveScaleFloat(input.scale, alpha.scale, outputScale)), range};
}

/// HARD_SWISH on 8 bits, every kernel set: 16-bit fixed point. `relu` maps [-3,
/// 3] to [-1, 1] in Q0.15.
struct HardSwishFixedPoint {
  int32_t inputZeroPoint;
  int16_t outputMultiplier;
  int outputExponent;
  int16_t reluMultiplier;
  int reluExponent;
  numerics::QuantizedRange range;

  int32_t operator()(int32_t x) const {
    const auto narrow = [](int64_t value) { return numerics::saturatingCast<int16_t>(value); };
    const int16_t value = static_cast<int16_t>((x - inputZeroPoint) * (1 << 7));
    const int16_t onOutputScale = numerics::saturatingRoundingDoublingHighMul16(value, outputMultiplier);
    int16_t relu = value;
    if (reluExponent > 0)
      relu = narrow(static_cast<int64_t>(relu) * (int64_t(1) << (reluExponent - 1)));
    relu = numerics::saturatingRoundingDoublingHighMul16(relu, reluMultiplier);
    if (reluExponent > 0)
      relu = narrow(static_cast<int64_t>(relu) * 2);
    if (reluExponent < 0)
      relu = static_cast<int16_t>(numerics::roundingDivideByPOT(relu, -reluExponent));
    relu = static_cast<int16_t>((relu + (1 << 15)) >> 1);
    const int16_t result = numerics::saturatingDoublingHighMul16(relu, onOutputScale);
    return range.clamp(static_cast<int16_t>(numerics::roundingDivideByPOT(result, -outputExponent) + range.zeroPoint));
  }
};

/// The ratio input scale / output scale must be below 128, which is what LiteRT
/// accepts.
inline HardSwishFixedPoint makeHardSwishFixedPoint(numerics::AffineParams input, float outputScale,
                                                   const numerics::QuantizedRange &range) {
  const float fineScale = (1.0f / 128.0f) * input.scale;
  const numerics::FixedPointMultiplier output = numerics::quantizeMultiplier(fineScale / outputScale);
  const numerics::FixedPointMultiplier relu = numerics::quantizeMultiplier(fineScale / (3.0f / 32768.0f));
  const auto to16 = [](int32_t multiplier) {
    constexpr int32_t largest = (1 << 15) - 1;
    return static_cast<int16_t>(
        multiplier >= std::numeric_limits<int32_t>::max() - (1 << 15) ? largest : (multiplier + (1 << 15)) >> 16);
  };
  return {input.zeroPoint, to16(output.multiplier), output.shift, to16(relu.multiplier), relu.shift, range};
}

} // namespace mlir::vernier::runtime

#endif // VERNIER_RUNTIME_ACTIVATION_H
