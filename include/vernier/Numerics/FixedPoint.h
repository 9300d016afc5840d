//===- FixedPoint.h - multiplication by a real number in int32 --*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// TFLite multiplies an int32 by a real number as a rounding high product with a
// Q0.31 mantissa and a rounding shift. The two roundings, and which way a tie
// goes at the shift, are what tells its kernel sets apart.
//===----------------------------------------------------------------------===//

#ifndef VERNIER_NUMERICS_FIXEDPOINT_H
#define VERNIER_NUMERICS_FIXEDPOINT_H

#include "vernier/Numerics/Rounding.h"

namespace mlir::vernier::numerics {

/// The real number `multiplier * 2^(shift - 31)`; `|multiplier|` is in [2^30,
/// 2^31), or 0.
struct FixedPointMultiplier {
  int32_t multiplier = 0;
  int shift = 0;
};

/// The nearest fixed-point multiplier of a finite `value` (TFLite's
/// QuantizeMultiplier, double-rounding build). Below 2^-32 the result is 0.
inline FixedPointMultiplier quantizeMultiplier(double value) {
  const uint64_t bits = bitCast<uint64_t>(value);
  int exponent = static_cast<int>((bits >> 52) & 0x7ff) - 1022;
  // Zero and denormal numbers are far below 2^-32.
  if (exponent == -1022)
    return {};
  // The mantissa in [0.5, 1) with the sign of `value`.
  const double mantissa = bitCast<double>((bits & ~(uint64_t(0x7ff) << 52)) | (uint64_t(1022) << 52));
  int64_t fixed = roundHalfAway64(product(mantissa, 2147483648.0));
  if (fixed == int64_t(1) << 31) {
    fixed /= 2;
    ++exponent;
  }
  if (exponent < -31)
    return {};
  return {static_cast<int32_t>(fixed), exponent};
}

/// Saturating rounding doubling high multiplication: `a * b / 2^31`, nudged by
/// half towards the sign of the product, then truncated towards zero.
inline int32_t saturatingRoundingDoublingHighMul(int32_t a, int32_t b) {
  if (a == b && a == std::numeric_limits<int32_t>::min())
    return std::numeric_limits<int32_t>::max();
  const int64_t ab = static_cast<int64_t>(a) * b;
  const int64_t nudge = ab >= 0 ? int64_t(1) << 30 : 1 - (int64_t(1) << 30);
  return static_cast<int32_t>((ab + nudge) / (int64_t(1) << 31));
}

/// `value / 2^exponent`, half away from zero; 0 <= exponent <= 31.
inline int32_t roundingDivideByPOT(int32_t value, int exponent) {
  const int32_t mask = static_cast<int32_t>((int64_t(1) << exponent) - 1);
  const int32_t remainder = value & mask;
  const int32_t threshold = (mask >> 1) + (value < 0);
  return (value >> exponent) + (remainder > threshold);
}

/// `value / 2^exponent`, half up; 0 <= exponent <= 31.
inline int32_t roundingDivideByPOTHalfUp(int32_t value, int exponent) {
  const int64_t half = (int64_t(1) << exponent) >> 1;
  return static_cast<int32_t>((value + half) >> exponent);
}

/// `value * m` as the reference kernels round it ("fx2"): high product, then a
/// shift half away from zero. The left shift of a multiplier above 1 wraps.
inline int32_t multiplyByQuantizedMultiplier(int32_t value, FixedPointMultiplier m) {
  const int left = m.shift > 0 ? m.shift : 0;
  const int right = m.shift > 0 ? 0 : -m.shift;
  const int32_t shifted = left < 32 ? wrapShiftLeft(value, left) : 0;
  return roundingDivideByPOT(saturatingRoundingDoublingHighMul(shifted, m.multiplier), right);
}

/// `value * m` as the optimized x86 kernels round it ("fxu"): the shift goes
/// half up.
inline int32_t multiplyByQuantizedMultiplierHalfUp(int32_t value, FixedPointMultiplier m) {
  const int left = m.shift > 0 ? m.shift : 0;
  const int right = m.shift > 0 ? 0 : -m.shift;
  const int32_t shifted = left < 32 ? wrapShiftLeft(value, left) : 0;
  return roundingDivideByPOTHalfUp(saturatingRoundingDoublingHighMul(shifted, m.multiplier), right);
}

/// `value * m` of 16x8 kernels with a 64-bit accumulator ("m64"): the mantissa
/// has 15 bits, one rounding half up. Needs -2^47 <= value < 2^47 and -31 <=
/// m.shift < 8.
inline int32_t multiplyByQuantizedMultiplier64(int64_t value, FixedPointMultiplier m) {
  const int32_t reduced = m.multiplier < 0x7fff0000 ? (m.multiplier + (1 << 15)) >> 16 : 0x7fff;
  const int totalShift = 15 - m.shift;
  return static_cast<int32_t>((value * reduced + (int64_t(1) << (totalShift - 1))) >> totalShift);
}

/// The product of Q0.15 numbers, rounded (16-bit SRDHM).
inline int16_t saturatingRoundingDoublingHighMul16(int16_t a, int16_t b) {
  if (a == b && a == std::numeric_limits<int16_t>::min())
    return std::numeric_limits<int16_t>::max();
  const int32_t ab = static_cast<int32_t>(a) * b;
  const int32_t nudge = ab >= 0 ? 1 << 14 : 1 - (1 << 14);
  return static_cast<int16_t>((ab + nudge) / (1 << 15));
}

/// The product of Q0.15 numbers, truncated towards zero.
inline int16_t saturatingDoublingHighMul16(int16_t a, int16_t b) {
  if (a == b && a == std::numeric_limits<int16_t>::min())
    return std::numeric_limits<int16_t>::max();
  return static_cast<int16_t>(static_cast<int32_t>(a) * b / (1 << 15));
}

} // namespace mlir::vernier::numerics

#endif // VERNIER_NUMERICS_FIXEDPOINT_H
