//===- FixedPointTest.cpp - multipliers and fixed-point functions ---------===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The oracles use __int128 and long double, which hold every intermediate
// value exactly or nearly so.
//===----------------------------------------------------------------------===//

#include "vernier/Numerics/FixedPointFunctions.h"
#include <cmath>
#include <gtest/gtest.h>
#include <random>

using namespace mlir::vernier::numerics;

namespace {

__extension__ typedef __int128 Wide;

constexpr int32_t int32Min = std::numeric_limits<int32_t>::min();
constexpr int32_t int32Max = std::numeric_limits<int32_t>::max();

/// floor(numerator / 2^shift).
Wide floorShift(Wide numerator, int shift) { return numerator >> shift; }

TEST(FixedPoint, QuantizeMultiplierIsTheNearestMantissa) {
  std::mt19937_64 random(2);
  for (int i = 0; i < 200000; ++i) {
    const double value = std::ldexp(1.0 + double(random() >> 12) * 0x1p-52, int(random() % 60) - 31);
    int exponent;
    const double mantissa = std::frexp(value, &exponent);
    int64_t expected = std::llround(mantissa * 0x1p31);
    if (expected == int64_t(1) << 31) {
      expected /= 2;
      ++exponent;
    }
    const FixedPointMultiplier m = quantizeMultiplier(value);
    ASSERT_EQ(m.multiplier, expected) << value;
    ASSERT_EQ(m.shift, exponent) << value;
  }
}

TEST(FixedPoint, QuantizeMultiplierAtItsEdges) {
  EXPECT_EQ(quantizeMultiplier(0.0).multiplier, 0);
  EXPECT_EQ(quantizeMultiplier(0x1p-33).multiplier, 0);
  EXPECT_EQ(quantizeMultiplier(0x1p-32).shift, -31);
  EXPECT_EQ(quantizeMultiplier(1.0).shift, 1);
  EXPECT_EQ(quantizeMultiplier(1.0).multiplier, 1 << 30);
  // Rounds up to the next power of two.
  EXPECT_EQ(quantizeMultiplier(1.0 - 0x1p-40).shift, 1);
  EXPECT_EQ(quantizeMultiplier(-0.75).multiplier, -1610612736);
}

TEST(FixedPoint, HighMultiplicationRoundsHalfUp) {
  EXPECT_EQ(saturatingRoundingDoublingHighMul(int32Min, int32Min), int32Max);
  EXPECT_EQ(saturatingRoundingDoublingHighMul(1 << 15, 1 << 15), 1);
  EXPECT_EQ(saturatingRoundingDoublingHighMul(-(1 << 15), 1 << 15), 0);
  std::mt19937 random(3);
  for (int i = 0; i < 500000; ++i) {
    const int32_t a = int32_t(random()), b = int32_t(random()) >> (random() % 31);
    const Wide expected = floorShift(Wide(a) * b * 2 + (Wide(1) << 31), 32);
    ASSERT_EQ(saturatingRoundingDoublingHighMul(a, b), int32_t(expected)) << a << " * " << b;
  }
}

TEST(FixedPoint, DivisionByAPowerOfTwoGoesAwayFromZeroOrUp) {
  EXPECT_EQ(roundingDivideByPOT(-6, 2), -2);
  EXPECT_EQ(roundingDivideByPOTHalfUp(-6, 2), -1);
  std::mt19937 random(4);
  for (int i = 0; i < 500000; ++i) {
    const int exponent = int(random() % 32);
    const int32_t value = int32_t(random()) >> (random() % 31);
    const double exact = std::ldexp(double(value), -exponent);
    ASSERT_EQ(roundingDivideByPOT(value, exponent), int32_t(std::round(exact))) << value << " >> " << exponent;
    ASSERT_EQ(roundingDivideByPOTHalfUp(value, exponent), int32_t(std::floor(exact + 0.5)))
        << value << " >> " << exponent;
  }
}

TEST(FixedPoint, ProductsComposeTheTwoRoundings) {
  std::mt19937_64 random(5);
  for (int i = 0; i < 300000; ++i) {
    const FixedPointMultiplier m{int32_t((random() >> 34) | (1u << 30)), int(random() % 20) - 16};
    const int32_t value = int32_t(random()) >> (8 + random() % 20);
    const Wide high =
        floorShift(Wide(value) * (Wide(1) << std::max(m.shift, 0)) * m.multiplier * 2 + (Wide(1) << 31), 32);
    const double exact = std::ldexp(double(high), std::min(m.shift, 0));
    if (std::fabs(exact) >= 0x1p31 || Wide(value) << std::max(m.shift, 0) != int32_t(value << std::max(m.shift, 0)))
      continue;
    ASSERT_EQ(multiplyByQuantizedMultiplier(value, m), int32_t(std::round(exact)));
    ASSERT_EQ(multiplyByQuantizedMultiplierHalfUp(value, m), int32_t(std::floor(exact + 0.5)));
  }
}

TEST(FixedPoint, SixtyFourBitProductsKeepFifteenBitsOfTheMultiplier) {
  std::mt19937_64 random(6);
  for (int i = 0; i < 300000; ++i) {
    const FixedPointMultiplier m{int32_t((random() >> 34) | (1u << 30)), -int(random() % 16) - 1};
    const int64_t value = int64_t(random()) >> 24;
    const Wide reduced = m.multiplier >= 0x7fff0000 ? 0x7fff : (Wide(m.multiplier) + 0x8000) >> 16;
    const int shift = 15 - m.shift;
    ASSERT_EQ(multiplyByQuantizedMultiplier64(value, m),
              int32_t(floorShift(Wide(value) * reduced + (Wide(1) << (shift - 1)), shift)));
  }
}

TEST(FixedPoint, SixteenBitProducts) {
  EXPECT_EQ(saturatingRoundingDoublingHighMul16(-32768, -32768), 32767);
  EXPECT_EQ(saturatingDoublingHighMul16(-32768, -32768), 32767);
  EXPECT_EQ(saturatingDoublingHighMul16(-3, 16384), -1);
  EXPECT_EQ(saturatingRoundingDoublingHighMul16(3, 16384), 2);
  EXPECT_EQ(saturatingRoundingDoublingHighMul16(-3, 16384), -1);
}

TEST(FixedPointFunctions, ExpIsCloseToTheRealOne) {
  EXPECT_EQ(expOnNegativeValues(0), int32Max);
  for (int32_t a = -1; a > -(1 << 30); a -= 1234577) {
    const double expected = std::exp(std::ldexp(double(a), -26));
    ASSERT_NEAR(std::ldexp(double(expOnNegativeValues(a)), -31), expected, 5e-7) << a;
  }
}

TEST(FixedPointFunctions, ReciprocalIsCloseToTheRealOne) {
  for (int64_t a = 0; a <= int32Max; a += 7654321)
    ASSERT_NEAR(std::ldexp(double(reciprocalOfOnePlus(int32_t(a))), -31), 1 / (1 + std::ldexp(double(a), -31)), 1e-8);
  int bits;
  // 3.0 with 12 integer bits: 1/3 = (2/3) * 2^-1.
  const int32_t third = reciprocal(3 << 19, 12, bits);
  EXPECT_NEAR(std::ldexp(double(third), -31 - bits), 1.0 / 3, 1e-8);
}

TEST(FixedPointFunctions, LogIsCloseToTheRealOne) {
  for (int64_t x = 1 << 19; x <= int32Max; x += 3456789)
    ASSERT_NEAR(std::ldexp(double(logOfAtLeastOne(int32_t(x))), -26), std::log(std::ldexp(double(x), -19)), 1e-5) << x;
}

TEST(FixedPointFunctions, InverseSqrtHasThePublishedValues) {
  // From the public unit test of TFLite's quantization_util.
  const struct {
    int32_t input, multiplier;
    int shift;
  } cases[] = {{0, int32Max, 0},           {1, int32Max, 0},         {2, 1518498372, 0},       {3, 1239850284, 0},
               {4, 1073741828, 0},         {100, 214748363, 0},      {10000, 343597361, 4},    {1000000, 274877901, 7},
               {100000000, 219902323, 10}, {1 << 30, 268435457, 12}, {int32Max, 189812531, 12}};
  for (const auto &c : cases) {
    const FixedPointMultiplier m = inverseSqrt(c.input);
    EXPECT_EQ(m.multiplier, c.multiplier) << c.input;
    EXPECT_EQ(m.shift, -c.shift) << c.input;
  }
}

} // namespace
