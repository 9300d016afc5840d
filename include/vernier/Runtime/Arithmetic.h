//===- Arithmetic.h - ADD, SUB, MUL and their like --------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Function objects for `mapElements`: float arithmetic with its fused clamp,
// and the quantized forms of XNNPACK (one rounding) and of TFLite (three
// roundings in fixed point).
//===----------------------------------------------------------------------===//

#ifndef VERNIER_RUNTIME_ARITHMETIC_H
#define VERNIER_RUNTIME_ARITHMETIC_H

#include "vernier/Numerics/Affine.h"
#include "vernier/Numerics/FixedPointFunctions.h"
#include "vernier/Numerics/LookupTable.h"
#include "vernier/Numerics/Trigonometry.h"
#include <cmath>

namespace mlir::vernier::runtime {

using numerics::AffineParams;
using numerics::FixedPointMultiplier;
using numerics::FloatRange;
using numerics::QuantizedRange;

struct AddFloat {
  FloatRange range;
  float operator()(float a, float b) const { return range.clamp(a + b); }
};
struct SubFloat {
  FloatRange range;
  float operator()(float a, float b) const { return range.clamp(a - b); }
};
struct MulFloat {
  FloatRange range;
  float operator()(float a, float b) const { return range.clamp(numerics::product(a, b)); }
};
struct DivFloat {
  FloatRange range;
  float operator()(float a, float b) const { return range.clamp(a / b); }
};
struct PowFloat {
  float operator()(float a, float b) const { return numerics::portablePow(a, b); }
};
struct Atan2Float {
  float operator()(float y, float x) const { return numerics::portableAtan2(y, x); }
};
struct SquaredDifferenceFloat {
  float operator()(float a, float b) const { return numerics::product(a - b, a - b); }
};
/// For every arithmetic type; quantized operands share their parameters with
/// the result.
struct Maximum {
  template <class T> T operator()(T a, T b) const { return a < b ? b : a; }
};
struct Minimum {
  template <class T> T operator()(T a, T b) const { return b < a ? b : a; }
};

/// ADD and SUB as XNNPACK computes them: y = clamp(((a*x1 + b*x2 + bias) >>
/// shift) + zero point), half up.
struct AddXnnpack {
  int32_t lhsMultiplier;
  int32_t rhsMultiplier;
  int32_t bias;
  int32_t shift;
  QuantizedRange range;

  int32_t operator()(int32_t lhs, int32_t rhs) const {
    return range.clamp(((lhs * lhsMultiplier + rhs * rhsMultiplier + bias) >> shift) + range.zeroPoint);
  }
};

/// Whether XNNPACK runs an 8-bit ADD or SUB: both scale ratios are in [2^-10,
/// 2^8).
inline bool xnnpackTakesAdd(float lhs, float rhs, float output) {
  const float l = lhs / output, r = rhs / output;
  return l >= 1.0f / 1024 && l < 256.0f && r >= 1.0f / 1024 && r < 256.0f;
}

/// `subtract`: SUB instead of ADD. `range` holds the output's zero point and
/// clamp (ties to even).
inline AddXnnpack makeAddXnnpack(AffineParams lhs, AffineParams rhs, float outputScale, const QuantizedRange &range,
                                 bool subtract) {
  const float l = lhs.scale / outputScale, r = rhs.scale / outputScale;
  const int exponent = static_cast<int>(numerics::bitCast<uint32_t>(l > r ? l : r) >> 23) - 127;
  const int shift = 20 - exponent;
  const double power = static_cast<double>(int64_t(1) << shift);
  const int32_t a = numerics::roundHalfEven(l * power);
  const int32_t b = numerics::roundHalfEven(r * power) * (subtract ? -1 : 1);
  return {a, b, (1 << (shift - 1)) - a * lhs.zeroPoint - b * rhs.zeroPoint, shift, range};
}

namespace detail {
/// numerics::saturatingRoundingDoublingHighMul in a form that compilers make vectors of: it rounds half up, and of the
/// quotient 32 bits are kept, which a shift of unsigned numbers gives, too.
VERNIER_ALWAYS_INLINE int32_t highMulInVectors(int32_t a, int32_t b) {
  if (a == b && a == std::numeric_limits<int32_t>::min())
    return std::numeric_limits<int32_t>::max();
  const int64_t nudged = static_cast<int64_t>(a) * b + (int64_t(1) << 30);
  return static_cast<int32_t>(static_cast<uint64_t>(nudged) >> 31);
}
/// numerics::multiplyByQuantizedMultiplier with it.
VERNIER_ALWAYS_INLINE int32_t multiplyInVectors(int32_t value, FixedPointMultiplier m) {
  const int left = m.shift > 0 ? m.shift : 0, right = m.shift > 0 ? 0 : -m.shift;
  const int32_t shifted = left < 32 ? numerics::wrapShiftLeft(value, left) : 0;
  return numerics::roundingDivideByPOT(highMulInVectors(shifted, m.multiplier), right);
}
} // namespace detail

/// ADD and SUB as TFLite's own kernels compute them: both inputs to twice the
/// larger scale, left-shifted by 20, 16 bits by 15.
struct AddFixedPoint {
  int32_t lhsZeroPoint;
  int32_t rhsZeroPoint;
  int32_t leftShift;
  FixedPointMultiplier lhs;
  FixedPointMultiplier rhs;
  FixedPointMultiplier output;
  int32_t rhsSign;
  QuantizedRange range;

  VERNIER_ALWAYS_INLINE int32_t operator()(int32_t l, int32_t r) const {
    const int32_t a = detail::multiplyInVectors(numerics::wrapShiftLeft(l - lhsZeroPoint, leftShift), lhs);
    const int32_t b = detail::multiplyInVectors(numerics::wrapShiftLeft(r - rhsZeroPoint, leftShift), rhs);
    const int32_t sum = numerics::wrapAdd(a, rhsSign * b);
    return range.clamp(numerics::wrapAdd(detail::multiplyInVectors(sum, output), range.zeroPoint));
  }
};

inline AddFixedPoint makeAddFixedPoint(AffineParams lhs, AffineParams rhs, float outputScale,
                                       const QuantizedRange &range, bool subtract, int leftShift = 20) {
  const double twiceLarger = 2 * static_cast<double>(lhs.scale > rhs.scale ? lhs.scale : rhs.scale);
  return {lhs.zeroPoint,
          rhs.zeroPoint,
          leftShift,
          numerics::quantizeMultiplier(static_cast<double>(lhs.scale) / twiceLarger),
          numerics::quantizeMultiplier(static_cast<double>(rhs.scale) / twiceLarger),
          numerics::quantizeMultiplier(twiceLarger / ((1 << leftShift) * static_cast<double>(outputScale))),
          subtract ? -1 : 1,
          range};
}

/// ADD of 16 bits as LiteRT's optimized kernel computes it, in groups of 16 elements of equal shapes: the shift by 15
/// is one with the multiplier's, so that an input is rounded once.
struct AddRoundedOnce {
  FixedPointMultiplier lhs;
  FixedPointMultiplier rhs;
  FixedPointMultiplier output;
  QuantizedRange range;

  static VERNIER_ALWAYS_INLINE int32_t scale(int32_t value, FixedPointMultiplier by) {
    const int left = by.shift > 0 ? by.shift : 0, right = by.shift > 0 ? 0 : -by.shift;
    const int32_t shifted = numerics::wrapShiftLeft(value, left) >> right;
    return detail::highMulInVectors(shifted, by.multiplier);
  }

  VERNIER_ALWAYS_INLINE int32_t operator()(int32_t l, int32_t r) const {
    const int32_t sum = numerics::wrapAdd(scale(l, lhs), scale(r, rhs));
    return range.clamp(detail::multiplyInVectors(sum, output));
  }
};

/// `sum` has no zero points.
inline AddRoundedOnce makeAddRoundedOnce(const AddFixedPoint &sum) {
  const auto shifted = [&](FixedPointMultiplier m) {
    const int shift = m.shift + sum.leftShift;
    return FixedPointMultiplier{m.multiplier, shift < -31 ? -31 : shift};
  };
  return {shifted(sum.lhs), shifted(sum.rhs), sum.output, sum.range};
}

/// MUL as XNNPACK computes it: a float product of the exact integer product,
/// half to even.
struct MulXnnpack {
  int32_t lhsZeroPoint;
  int32_t rhsZeroPoint;
  float scale;
  QuantizedRange range;

  int32_t operator()(int32_t l, int32_t r) const {
    const float value = static_cast<float>((l - lhsZeroPoint) * (r - rhsZeroPoint)) * scale;
    return numerics::roundHalfEvenSmall(numerics::clamp(value, static_cast<float>(range.min - range.zeroPoint),
                                                        static_cast<float>(range.max - range.zeroPoint))) +
           range.zeroPoint;
  }
};

/// Whether XNNPACK runs an 8-bit MUL: the multiplier is in [2^-16, 2^8).
inline bool xnnpackTakesMul(float lhs, float rhs, float output) {
  const float scale = numerics::effectiveScaleFloat(lhs, rhs, output);
  return scale >= 1.0f / 65536 && scale < 256.0f;
}

inline MulXnnpack makeMulXnnpack(AffineParams lhs, AffineParams rhs, float outputScale, const QuantizedRange &range) {
  return {lhs.zeroPoint, rhs.zeroPoint, numerics::effectiveScaleFloat(lhs.scale, rhs.scale, outputScale), range};
}

/// MUL as TFLite's own kernels compute it. The multiplier is formed in float.
struct MulFixedPoint {
  int32_t lhsZeroPoint;
  int32_t rhsZeroPoint;
  FixedPointMultiplier output;
  QuantizedRange range;

  int32_t operator()(int32_t l, int32_t r) const {
    const int32_t value = (l - lhsZeroPoint) * (r - rhsZeroPoint);
    return range.clamp(numerics::wrapAdd(numerics::multiplyByQuantizedMultiplier(value, output), range.zeroPoint));
  }
};

inline MulFixedPoint makeMulFixedPoint(AffineParams lhs, AffineParams rhs, float outputScale,
                                       const QuantizedRange &range) {
  return {lhs.zeroPoint, rhs.zeroPoint,
          numerics::quantizeMultiplier(numerics::effectiveScaleFloat(lhs.scale, rhs.scale, outputScale)), range};
}

/// SQUARED_DIFFERENCE on int8, every kernel set.
struct SquaredDifferenceFixedPoint {
  int32_t lhsZeroPoint;
  int32_t rhsZeroPoint;
  FixedPointMultiplier lhs;
  FixedPointMultiplier rhs;
  FixedPointMultiplier output;
  QuantizedRange range;

  static constexpr int leftShift = 7;
  int32_t operator()(int32_t l, int32_t r) const {
    const int32_t a = numerics::multiplyByQuantizedMultiplier((l - lhsZeroPoint) * (1 << leftShift), lhs);
    const int32_t b = numerics::multiplyByQuantizedMultiplier((r - rhsZeroPoint) * (1 << leftShift), rhs);
    const int32_t square = numerics::wrapMul(a - b, a - b);
    return range.clamp(numerics::wrapAdd(numerics::multiplyByQuantizedMultiplier(square, output), range.zeroPoint));
  }
};

inline SquaredDifferenceFixedPoint makeSquaredDifferenceFixedPoint(AffineParams lhs, AffineParams rhs,
                                                                   float outputScale, const QuantizedRange &range) {
  const double twiceLarger = 2 * static_cast<double>(lhs.scale > rhs.scale ? lhs.scale : rhs.scale);
  const float divisor = static_cast<float>(1 << (2 * SquaredDifferenceFixedPoint::leftShift)) * outputScale;
  return {lhs.zeroPoint,
          rhs.zeroPoint,
          numerics::quantizeMultiplier(static_cast<double>(lhs.scale) / twiceLarger),
          numerics::quantizeMultiplier(static_cast<double>(rhs.scale) / twiceLarger),
          numerics::quantizeMultiplier(numerics::product(twiceLarger, twiceLarger) / static_cast<double>(divisor)),
          range};
}

/// DIV of every kernel set: the dividend, shifted left as far as it goes, times
/// the divisor's reciprocal in Q0.31, rescaled by one shift that takes all
/// others back. A divisor of 0 gives 0.
struct DivFixedPoint {
  int32_t lhsZeroPoint, rhsZeroPoint;
  FixedPointMultiplier multiplier;
  QuantizedRange range;

  int32_t operator()(int32_t x, int32_t y) const {
    const int32_t divisor = y - rhsZeroPoint;
    const int32_t dividend = divisor < 0 ? lhsZeroPoint - x : x - lhsZeroPoint;
    if (dividend == 0 || divisor == 0)
      return range.clamp(range.zeroPoint);
    const int headroom = numerics::countLeadingZeros(static_cast<uint32_t>(dividend < 0 ? ~dividend : dividend)) - 1;
    int bitsOverUnit;
    const int32_t inverse = numerics::reciprocal(divisor < 0 ? -divisor : divisor, 31, bitsOverUnit);
    const int32_t quotient =
        numerics::saturatingRoundingDoublingHighMul(numerics::wrapShiftLeft(dividend, headroom), inverse);
    const int shift = bitsOverUnit + headroom - multiplier.shift;
    const int32_t scaled = numerics::saturatingRoundingDoublingHighMul(quotient, multiplier.multiplier);
    return range.clamp((shift > 31 ? 0 : numerics::roundingDivideByPOT(scaled, shift)) + range.zeroPoint);
  }
};
/// `multiplier.shift` must not exceed 22.
inline DivFixedPoint makeDivFixedPoint(AffineParams lhs, AffineParams rhs, float outputScale,
                                       const QuantizedRange &range) {
  return {lhs.zeroPoint, rhs.zeroPoint,
          numerics::quantizeMultiplier(static_cast<double>(lhs.scale / numerics::product(rhs.scale, outputScale))),
          range};
}

} // namespace mlir::vernier::runtime

#include "vernier/Runtime/SumLanes.h"

#endif // VERNIER_RUNTIME_ARITHMETIC_H
