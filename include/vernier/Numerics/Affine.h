//===- Affine.h - quantize, dequantize, fused activations -------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The affine map `real = scale * (quantized - zero point)` in float, in both of
// the forms that LiteRT has, and the clamp that a fused activation leaves on
// each side of it.
//===----------------------------------------------------------------------===//

#ifndef VERNIER_NUMERICS_AFFINE_H
#define VERNIER_NUMERICS_AFFINE_H

#include "vernier/Numerics/Requantize.h"

namespace mlir::vernier::numerics {

/// Reference kernels: divides by the scale, rounds half away from zero, then
/// clamps. NaN gives the zero point.
inline int32_t quantizeByDivision(float value, float scale, const QuantizedRange &range) {
  const int64_t rounded = roundHalfAway(value / scale);
  return static_cast<int32_t>(
      clamp<int64_t>(rounded + range.zeroPoint, static_cast<int64_t>(range.min), static_cast<int64_t>(range.max)));
}

/// XNNPACK and the optimized kernels: multiplies by the reciprocal of the scale
/// (rounded to float), clamps in float, then rounds half to even. NaN gives the
/// lower end, as x86's MAX makes it. For integers of up to 16 bits, and in a form
/// of which compilers make vectors.
inline int32_t quantizeByReciprocal(float value, float reciprocal, const QuantizedRange &range) {
  const float least = static_cast<float>(range.min - range.zeroPoint);
  const float most = static_cast<float>(range.max - range.zeroPoint);
  const float scaled = value * reciprocal;
  const float atLeast = scaled > least ? scaled : least;
  return roundHalfEvenSmall(atLeast < most ? atLeast : most) + range.zeroPoint;
}

/// One rounding to float; equals `float(double(scale) * (value - zeroPoint))`
/// for 8-bit values.
inline float dequantize(int32_t value, float scale, int32_t zeroPoint) {
  return product(static_cast<float>(value - zeroPoint), scale);
}

/// The activations that TFLite fuses into an operator, and RELU_0_TO_1, which stands alone.
enum class FusedActivation { None, Relu, ReluN1To1, Relu6, Relu0To1 };

/// The clamp of a fused activation on float results.
struct FloatRange {
  float min = -std::numeric_limits<float>::infinity();
  float max = std::numeric_limits<float>::infinity();

  VERNIER_ALWAYS_INLINE constexpr float clamp(float value) const { return numerics::clamp(value, min, max); }
};

constexpr FloatRange activationRange(FusedActivation activation) {
  switch (activation) {
  case FusedActivation::Relu:
    return {0.0f, std::numeric_limits<float>::infinity()};
  case FusedActivation::ReluN1To1:
    return {-1.0f, 1.0f};
  case FusedActivation::Relu6:
    return {0.0f, 6.0f};
  case FusedActivation::Relu0To1:
    return {0.0f, 1.0f};
  case FusedActivation::None:
    break;
  }
  return {};
}

/// The clamp of a fused activation on integers of [`typeMin`, `typeMax`].
/// `ties`: `Even` for operators that XNNPACK runs, `Away` for every other
/// kernel.
template <Ties ties>
inline QuantizedRange activationRange(FusedActivation activation, float scale, int32_t zeroPoint, int32_t typeMin,
                                      int32_t typeMax) {
  QuantizedRange range{zeroPoint, typeMin, typeMax};
  const FloatRange real = activationRange(activation);
  const auto quantize = [&](float value) {
    return clamp<int64_t>(int64_t(round<ties>(value / scale)) + zeroPoint, typeMin, typeMax);
  };
  if (activation == FusedActivation::None)
    return range;
  range.min = static_cast<int32_t>(quantize(real.min));
  if (activation != FusedActivation::Relu)
    range.max = static_cast<int32_t>(quantize(real.max));
  return range;
}

} // namespace mlir::vernier::numerics

#endif // VERNIER_NUMERICS_AFFINE_H
