//===- RoundingTest.cpp - ties, saturation and contraction ----------------===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "vernier/Numerics/Rounding.h"
#include <cmath>
#include <gtest/gtest.h>
#include <random>

using namespace mlir::vernier::numerics;

namespace {

int32_t saturate(double value) {
  if (value != value)
    return 0;
  return static_cast<int32_t>(std::fmin(std::fmax(value, -2147483648.0), 2147483647.0));
}

TEST(Rounding, TiesGoToEvenOrAway) {
  const float ties[] = {-2.5f, -1.5f, -0.5f, 0.5f, 1.5f, 2.5f};
  const int32_t even[] = {-2, -2, 0, 0, 2, 2}, away[] = {-3, -2, -1, 1, 2, 3};
  for (int i = 0; i < 6; ++i) {
    EXPECT_EQ(roundHalfEven(ties[i]), even[i]) << ties[i];
    EXPECT_EQ(roundHalfEven(double(ties[i])), even[i]) << ties[i];
    EXPECT_EQ(roundHalfEvenInRange(ties[i]), even[i]) << ties[i];
    EXPECT_EQ(roundHalfEvenSmall(ties[i]), even[i]) << ties[i];
    EXPECT_EQ(roundHalfAway(ties[i]), away[i]) << ties[i];
    EXPECT_EQ(roundHalfAway(double(ties[i])), away[i]) << ties[i];
  }
}

TEST(Rounding, JustBelowATieIsNotATie) {
  EXPECT_EQ(roundHalfAway(std::nextafter(0.5f, 0.0f)), 0);
  EXPECT_EQ(roundHalfAway(std::nextafter(0.5, 0.0)), 0);
  EXPECT_EQ(roundHalfEven(std::nextafter(1.5f, 0.0f)), 1);
  EXPECT_EQ(roundHalfEven(std::nextafter(2.5, 3.0)), 3);
}

TEST(Rounding, SaturatesAndMapsNaNToZero) {
  EXPECT_EQ(roundHalfEven(3e9f), 2147483647);
  EXPECT_EQ(roundHalfAway(-3e9), -2147483647 - 1);
  EXPECT_EQ(roundHalfAway(2147483647.5), 2147483647);
  EXPECT_EQ(roundHalfEven(-INFINITY), -2147483647 - 1);
  EXPECT_EQ(roundHalfEven(NAN), 0);
  EXPECT_EQ(roundHalfAway(double(NAN)), 0);
}

TEST(Rounding, EveryKindOfBitPatternAgreesWithTheMathLibrary) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 1000000; ++i) {
    const float f = bitCast<float>(static_cast<uint32_t>(random()));
    const double d = bitCast<double>(random());
    // Most patterns are huge or tiny: also look where fractions are.
    const float near = static_cast<float>(static_cast<int64_t>(random()) >> 40) / 8;
    for (const float x : {f, near}) {
      ASSERT_EQ(roundHalfEven(x), saturate(std::nearbyint(double(x)))) << x;
      ASSERT_EQ(roundHalfAway(x), saturate(std::round(double(x)))) << x;
    }
    ASSERT_EQ(roundHalfEvenInRange(near), roundHalfEven(near)) << near;
    ASSERT_EQ(roundHalfEvenSmall(near), roundHalfEven(near)) << near;
    for (const double x : {d, double(near) * 3}) {
      ASSERT_EQ(roundHalfEven(x), saturate(std::nearbyint(x))) << x;
      ASSERT_EQ(roundHalfAway(x), saturate(std::round(x))) << x;
    }
  }
}

TEST(Rounding, AProductIsRoundedBeforeItIsAdded) {
  // (1 + e)^2 = 1 + 2e + e^2; only a fused operation would keep e^2.
  const float x = 1.0f + 0x1p-20f;
  EXPECT_EQ(product(x, x) - (1.0f + 0x1p-19f), 0.0f);
  const double y = 1.0 + 0x1p-40;
  EXPECT_EQ(product(y, y) - (1.0 + 0x1p-39), 0.0);
}

TEST(Rounding, SaturatingCastClampsToTheNarrowType) {
  EXPECT_EQ(saturatingCast<int8_t>(int32_t(200)), 127);
  EXPECT_EQ(saturatingCast<int8_t>(int32_t(-200)), -128);
  EXPECT_EQ(saturatingCast<uint8_t>(int32_t(-1)), 0);
  EXPECT_EQ(saturatingCast<uint8_t>(int32_t(256)), 255);
  EXPECT_EQ(saturatingCast<int32_t>(int64_t(1) << 40), 2147483647);
}

} // namespace
