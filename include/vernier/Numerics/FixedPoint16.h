//===- FixedPoint16.h - exp, logistic and tanh in 16 bits -------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The functions of LSTM gates, bit-exact with gemmlowp's on 16-bit values (public/../fixedpoint.h): Taylor series,
// a barrel shifter of powers of e, and Newton's division, every product rounded to 16 bits. An input with n integer
// bits is Qn.(15-n); results are Q0.15.
//===----------------------------------------------------------------------===//

#ifndef VERNIER_NUMERICS_FIXEDPOINT16_H
#define VERNIER_NUMERICS_FIXEDPOINT16_H

#include "vernier/Numerics/FixedPoint.h"

namespace mlir::vernier::numerics {

namespace detail {
inline int16_t mulRaw16(int16_t a, int16_t b) { return saturatingRoundingDoublingHighMul16(a, b); }
inline int16_t wrapAdd16(int32_t a, int32_t b) { return static_cast<int16_t>(a + b); }

/// Constants are those of the 32-bit functions, rounded.
constexpr int16_t narrow16(int32_t constant) { return static_cast<int16_t>((int64_t(constant) + (1 << 15)) >> 16); }

/// 2 / (1 + a) in Q2.13, for `a` in [0, 1).
inline int16_t twoOverOnePlus16(int16_t a) {
  const int32_t sum = int32_t(a) + std::numeric_limits<int16_t>::max();
  const int16_t half = static_cast<int16_t>((sum + 1) / 2);
  int16_t x = wrapAdd16(narrow16(1515870810), mulRaw16(half, narrow16(-1010580540)));
  for (int i = 0; i < 3; ++i) {
    const int16_t error = wrapAdd16(1 << 13, -mulRaw16(half, x));
    x = wrapAdd16(x, saturatingCast<int16_t>(int32_t(mulRaw16(x, error)) * 4));
  }
  return x;
}
} // namespace detail

/// e^a for `a` <= 0 of `integerBits` integer bits, up to 7.
inline int16_t expOnNegativeValues16(int16_t a, int integerBits) {
  using detail::mulRaw16;
  using detail::narrow16;
  using detail::wrapAdd16;
  if (a == 0)
    return std::numeric_limits<int16_t>::max();
  const int fractionBits = 15 - integerBits;
  const int32_t quarter = 1 << (fractionBits - 2);
  // a = fraction - remainder with fraction in [-1/4, 0) and remainder a multiple of 1/4.
  const int32_t fraction = (a & (quarter - 1)) - quarter;
  const int32_t remainder = fraction - a;
  // e^fraction by a series around -1/8, in Q0.15.
  const int16_t x = wrapAdd16(fraction * (1 << integerBits), 1 << 12);
  const int16_t x2 = mulRaw16(x, x), x3 = mulRaw16(x2, x), x4 = mulRaw16(x2, x2);
  const int16_t thirds = mulRaw16(wrapAdd16(roundingDivideByPOT(x4, 2), x3), narrow16(715827883));
  const int16_t tail = static_cast<int16_t>(roundingDivideByPOT(wrapAdd16(thirds, x2), 1));
  constexpr int16_t expMinusEighth = narrow16(1895147668);
  int16_t result = saturatingCast<int16_t>(int32_t(expMinusEighth) + mulRaw16(expMinusEighth, wrapAdd16(x, tail)));
  // e^-1/4, e^-1/2, e^-1, ..., e^-16.
  constexpr int32_t factors[] = {1672461947, 1302514674, 790015084, 290630308, 39332535, 720401, 242};
  for (int bit = 0; bit < 7 && integerBits > bit - 2; ++bit)
    if (remainder & (1 << (fractionBits - 2 + bit)))
      result = mulRaw16(result, narrow16(factors[bit]));
  // The barrel shifter ends at 32.
  if (integerBits > 5 && a < -(1 << (fractionBits + 5)))
    return 0;
  return result;
}

/// 1 / (1 + e^-a) for `a` in Q3.12.
inline int16_t logistic16(int16_t a) {
  if (a == 0)
    return 1 << 14;
  // -32768 has no opposite and stays what it is.
  const int16_t negative = a > 0 ? static_cast<int16_t>(-a) : a;
  const int16_t quotient = detail::twoOverOnePlus16(expOnNegativeValues16(negative, 3));
  // Half of it has one fractional bit more: Q1.14 to Q0.15.
  const int16_t positive = saturatingCast<int16_t>(int32_t(quotient) * 2);
  return a > 0 ? positive : static_cast<int16_t>(std::numeric_limits<int16_t>::max() - positive);
}

/// The hyperbolic tangent of `a` of `integerBits` integer bits, 0 to 6.
inline int16_t tanh16(int16_t a, int integerBits) {
  if (a == 0)
    return 0;
  const int16_t negative = a < 0 ? a : static_cast<int16_t>(-a);
  // (1 - e^2a) / (1 + e^2a): doubling moves the point.
  const int16_t quotient = detail::twoOverOnePlus16(expOnNegativeValues16(negative, integerBits + 1));
  const int16_t magnitude = saturatingCast<int16_t>(int32_t(detail::wrapAdd16(quotient, -(1 << 13))) * 4);
  return a < 0 ? static_cast<int16_t>(-magnitude) : magnitude;
}

} // namespace mlir::vernier::numerics

#endif // VERNIER_NUMERICS_FIXEDPOINT16_H
