//===- FixedPoint16Test.cpp - exp, logistic and tanh in 16 bits ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "vernier/Numerics/FixedPoint16.h"
#include "gtest/gtest.h"
#include <cmath>

using namespace mlir::vernier::numerics;

namespace {

// Every product is rounded to 16 bits and Newton's division has three of them: a few units in the last place are lost.
constexpr double kUnit = 1.0 / 32768;

TEST(FixedPoint16, LogisticIsCloseEverywhere) {
  for (int a = -32768; a <= 32767; ++a)
    ASSERT_NEAR(logistic16(int16_t(a)) * kUnit, 1 / (1 + std::exp(-a / 4096.0)), 8 * kUnit) << a;
}

TEST(FixedPoint16, TanhIsCloseForEveryNumberOfIntegerBits) {
  for (int bits = 0; bits <= 6; ++bits)
    for (int a = -32768; a <= 32767; ++a)
      ASSERT_NEAR(tanh16(int16_t(a), bits) * kUnit, std::tanh(std::ldexp(a, bits - 15)), 14 * kUnit)
          << bits << " " << a;
}

TEST(FixedPoint16, TanhIsOddAndZeroAtZero) {
  EXPECT_EQ(tanh16(0, 3), 0);
  for (int a = 1; a <= 32767; ++a)
    ASSERT_EQ(tanh16(int16_t(a), 4), -tanh16(int16_t(-a), 4)) << a;
}

TEST(FixedPoint16, LogisticOfZeroIsHalf) { EXPECT_EQ(logistic16(0), 1 << 14); }

TEST(FixedPoint16, ExpEndsWhereItsBarrelShifterDoes) {
  EXPECT_EQ(expOnNegativeValues16(0, 7), 32767);
  EXPECT_EQ(expOnNegativeValues16(-32768, 7), 0);
  EXPECT_EQ(expOnNegativeValues16(-8193, 7), 0) << "below -32";
}

} // namespace
