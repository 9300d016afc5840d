//===- FixedPointFunctions.h - exp, log, 1/x in int32 -----------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The integer softmax family of the reference kernels and TFLM is built on
// these fixed-point functions. A value is a raw int32 whose format the name or
// comment gives: Qm.n has m integer and n fractional bits. The polynomials and
// constants are those of the public gemmlowp fixed-point library, and results
// equal its bit for bit.
//===----------------------------------------------------------------------===//

#ifndef VERNIER_NUMERICS_FIXEDPOINTFUNCTIONS_H
#define VERNIER_NUMERICS_FIXEDPOINTFUNCTIONS_H

#include "vernier/Numerics/FixedPoint.h"

namespace mlir::vernier::numerics {

namespace detail {
/// The product of raw values; integer bits add.
inline int32_t mulRaw(int32_t a, int32_t b) { return saturatingRoundingDoublingHighMul(a, b); }

/// value * 2^exponent: saturates to the left, rounds half away from zero to the
/// right.
inline int32_t scaleByPOT(int32_t value, int exponent) {
  if (exponent <= 0)
    return roundingDivideByPOT(value, -exponent);
  return saturatingCast<int32_t>(static_cast<int64_t>(value) * (int64_t(1) << exponent));
}

/// (a + b) / 2, half away from zero.
inline int32_t roundingHalfSum(int32_t a, int32_t b) {
  const int64_t sum = static_cast<int64_t>(a) + b;
  return static_cast<int32_t>((sum + (sum >= 0 ? 1 : -1)) / 2);
}
} // namespace detail

/// e^a in Q0.31 for a <= 0 in Q5.26.
inline int32_t expOnNegativeValues(int32_t a) {
  using detail::mulRaw;
  if (a == 0)
    return std::numeric_limits<int32_t>::max();
  constexpr int fractionBits = 26;
  constexpr int32_t quarter = 1 << (fractionBits - 2);
  // a = x - 1/8 - remainder, where x - 1/8 is in [-1/4, 0) and remainder is a
  // multiple of 1/4.
  const int32_t fraction = (a & (quarter - 1)) - quarter;
  const int32_t remainder = wrapSub(fraction, a);
  // e^(x - 1/8) = c + c * (x + x^2/2 + x^3/6 + x^4/24) with c = e^-1/8.
  constexpr int32_t expMinusEighth = 1895147668, third = 715827883;
  const int32_t x = fraction * (1 << 5) + (1 << 28);
  const int32_t x2 = mulRaw(x, x), x3 = mulRaw(x2, x), x4 = mulRaw(x2, x2);
  const int32_t tail = roundingDivideByPOT(wrapAdd(mulRaw(wrapAdd(roundingDivideByPOT(x4, 2), x3), third), x2), 1);
  int32_t result = wrapAdd(expMinusEighth, mulRaw(expMinusEighth, wrapAdd(x, tail)));
  // e^-1/4, e^-1/2, e^-1, ..., e^-16.
  constexpr int32_t factors[] = {1672461947, 1302514674, 790015084, 290630308, 39332535, 720401, 242};
  for (int bit = 0; bit < 7; ++bit)
    if (remainder & (int32_t(1) << (fractionBits - 2 + bit)))
      result = mulRaw(result, factors[bit]);
  return result;
}

/// 1 / (1 + a) in Q0.31 for a in [0, 1) in Q0.31: three Newton steps.
inline int32_t reciprocalOfOnePlus(int32_t a) {
  using detail::mulRaw;
  const int32_t half = detail::roundingHalfSum(a, std::numeric_limits<int32_t>::max());
  // 48/17 - 32/17 * half, in Q2.29.
  int32_t x = wrapAdd(1515870810, mulRaw(half, -1010580540));
  for (int i = 0; i < 3; ++i) {
    const int32_t error = wrapSub(1 << 29, mulRaw(half, x));
    x = wrapAdd(x, detail::scaleByPOT(mulRaw(x, error), 2));
  }
  return detail::scaleByPOT(x, 1);
}

/// 1 / x in Q0.31 times a power of two: the reciprocal of x with `integerBits`
/// integer bits is the result times 2^-bitsOverUnit.
inline int32_t reciprocal(int32_t x, int integerBits, int &bitsOverUnit) {
  const int headroom = countLeadingZeros(static_cast<uint32_t>(x));
  bitsOverUnit = integerBits - headroom;
  return reciprocalOfOnePlus(
      static_cast<int32_t>((static_cast<uint32_t>(x) << headroom) - (static_cast<uint32_t>(1) << 31)));
}

/// The natural logarithm in Q5.26 of x >= 1 in Q12.19.
inline int32_t logOfAtLeastOne(int32_t x) {
  using detail::mulRaw;
  using detail::scaleByPOT;
  constexpr int inputBits = 12, sumBits = 6;
  constexpr int32_t log2 = 1488522236, sqrtSqrtHalf = 1805811301, sqrtHalf = 1518500250;
  constexpr int32_t alphaN = 117049297, alphaD = 127690142, alphaI = 1057819769, alphaF = 638450708;
  const int32_t quarter = roundingDivideByPOT(1 << 29, sumBits);
  const auto saturate = [](int64_t value) { return saturatingCast<int32_t>(value); };

  // Two candidate splits x = 2^n * r, with r around 1 and around sqrt(1/2); the
  // smaller r is the better one.
  const int headroomA = countLeadingZeros(static_cast<uint32_t>(x));
  const int32_t rA = scaleByPOT(mulRaw(scaleByPOT(x, headroomA - 1), sqrtHalf), 1);
  const int32_t powerA = saturate(int64_t(scaleByPOT(inputBits - headroomA, 31 - sumBits)) + quarter);
  const int headroomB = countLeadingZeros(static_cast<uint32_t>(mulRaw(x, sqrtHalf))) - 1;
  const int32_t rB = scaleByPOT(x, headroomB);
  const int32_t powerB = saturate(int64_t(scaleByPOT(inputBits - headroomB, 31 - sumBits)) - quarter);
  const int32_t r = rA < rB ? rA : rB;
  const int32_t power = powerA > powerB ? powerA : powerB;

  // log r by a rational approximation around sqrt(sqrt(1/2)).
  const int32_t p = detail::roundingHalfSum(r, sqrtSqrtHalf);
  const int32_t halfQ = wrapSub(r, sqrtSqrtHalf);
  const int32_t q = wrapAdd(halfQ, halfQ);
  const int32_t square = mulRaw(q, q);
  const int32_t numerator = wrapAdd(mulRaw(q, r), mulRaw(mulRaw(q, square), alphaN));
  const int32_t denominatorMinusOne =
      wrapAdd(mulRaw(p, wrapAdd(wrapAdd(alphaI, q), mulRaw(alphaD, square))), mulRaw(alphaF, q));
  const int32_t quotient = mulRaw(roundingDivideByPOT(numerator, sumBits), reciprocalOfOnePlus(denominatorMinusOne));
  return scaleByPOT(wrapAdd(mulRaw(power, log2), quotient), 1);
}

/// 1 / sqrt(x) of an integer as a multiplier, by five Newton steps; 0 and 1
/// give almost 1.
inline FixedPointMultiplier inverseSqrt(int32_t x) {
  using detail::mulRaw;
  if (x <= 1)
    return {std::numeric_limits<int32_t>::max(), 0};
  int rightShift = 11;
  while (x >= (1 << 29)) {
    x /= 4;
    ++rightShift;
  }
  const int pairs = (countLeadingZeros(static_cast<uint32_t>(x)) - 1) / 2 - 1;
  rightShift -= pairs;
  x <<= 2 * pairs;
  // Q3.28, where products of three factors have nine integer bits and of two
  // have six.
  const int32_t value = x >> 1;
  const int32_t half = roundingDivideByPOT(value, 1);
  constexpr int32_t threeHalves = (1 << 28) + (1 << 27);
  int32_t y = 1 << 28;
  for (int i = 0; i < 5; ++i) {
    const int32_t cube = detail::scaleByPOT(mulRaw(mulRaw(y, y), y), 6);
    y = detail::scaleByPOT(wrapSub(mulRaw(threeHalves, y), mulRaw(half, cube)), 3);
  }
  y = mulRaw(y, 1518500250); // sqrt(1/2) in Q0.31
  if (rightShift < 0) {
    y = wrapShiftLeft(y, -rightShift);
    rightShift = 0;
  }
  return {y, -rightShift};
}

} // namespace mlir::vernier::numerics

#endif // VERNIER_NUMERICS_FIXEDPOINTFUNCTIONS_H
