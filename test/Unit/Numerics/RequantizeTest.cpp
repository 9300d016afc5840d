//===- RequantizeTest.cpp - the five requantizers at their ties -----------===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Accumulators are dialled to lie at or beside a tie, where the arithmetics
// differ. Oracles repeat the documented formula in wider types.
//===----------------------------------------------------------------------===//

#include "vernier/Numerics/Requantize.h"
#include <cmath>
#include <gtest/gtest.h>
#include <random>

using namespace mlir::vernier::numerics;

namespace {

constexpr QuantizedRange int8Range{3, -128, 127};

int32_t clampTo(const QuantizedRange &range, double value) {
  return int32_t(std::fmin(std::fmax(value + range.zeroPoint, range.min), range.max));
}

/// Accumulators around the ties of acc * scale, up to 2^30 in size.
template <class Check> void atTies(Check check) {
  std::mt19937_64 random(7);
  for (int i = 0; i < 200000; ++i) {
    const double scale = std::ldexp(1.0 + double(random() >> 12) * 0x1p-52, -int(random() % 24) - 1);
    const double step = double(int(random() % 300) - 150) + 0.5;
    const double accumulator = std::round(step / scale) + double(int(random() % 3) - 1);
    if (std::fabs(accumulator) < 0x1p30)
      check(int32_t(accumulator), scale);
  }
}

TEST(Requantize, DoubleTakesSumsOf64Bits) {
  const double scale = 0x1p-30;
  EXPECT_EQ((DoubleRequantizer{&scale, 0, int8Range}(int64_t(5) << 32, 0)), 20 + int8Range.zeroPoint);
}

TEST(Requantize, FloatRoundsTwiceThenHalfToEven) {
  atTies([](int32_t accumulator, double scale) {
    const float scales[] = {float(scale)};
    // A float product is exact in double before its one rounding.
    const float value = float(double(float(accumulator)) * double(scales[0]));
    const FloatRequantizer requantize{scales, 0, int8Range};
    ASSERT_EQ(requantize(accumulator, 0), clampTo(int8Range, std::nearbyint(double(value)))) << accumulator;
  });
}

TEST(Requantize, DoubleRoundsHalfAway) {
  atTies([](int32_t accumulator, double scale) {
    const DoubleRequantizer requantize{&scale, 0, int8Range};
    ASSERT_EQ(requantize(accumulator, 0), clampTo(int8Range, std::round(accumulator * scale))) << accumulator;
  });
}

TEST(Requantize, FixedPointFormsDifferOnlyAtNegativeTies) {
  int differences = 0;
  atTies([&](int32_t accumulator, double scale) {
    const FixedPointMultiplier m = quantizeMultiplier(scale);
    const int32_t away = FixedPointRequantizer{&m, 0, int8Range}(accumulator, 0);
    const int32_t up = FixedPointHalfUpRequantizer{&m, 0, int8Range}(accumulator, 0);
    const double high = std::floor(std::ldexp(double(accumulator) * m.multiplier, -31) + 0.5);
    const double exact = std::ldexp(high, m.shift);
    ASSERT_EQ(away, clampTo(int8Range, std::round(exact))) << accumulator << " * " << scale;
    ASSERT_EQ(up, clampTo(int8Range, std::floor(exact + 0.5))) << accumulator << " * " << scale;
    differences += away != up;
  });
  EXPECT_GT(differences, 100);
}

TEST(Requantize, MixedFormSwitchesAfterFullGroupsOfEight) {
  // -6 / 4 is a tie: half up gives -1, half away -2.
  const FixedPointMultiplier quarter = quantizeMultiplier(0.25);
  const FixedPointMixedRequantizer requantize{&quarter, 0, 11, {0, -128, 127}};
  EXPECT_EQ(requantize(-6, 7), -1);
  EXPECT_EQ(requantize(-6, 8), -2);
}

TEST(Requantize, SixteenBitForm) {
  const FixedPointMultiplier m = quantizeMultiplier(0.25);
  const FixedPoint64Requantizer requantize{&m, 0, {0, -32768, 32767}};
  EXPECT_EQ(requantize(-6, 0), -1);
  EXPECT_EQ(requantize(6, 0), 2);
}

TEST(Requantize, ChannelsHaveTheirOwnScale) {
  const float scales[] = {1.0f, 0.5f};
  const FloatRequantizer perAxis{scales, 1, {0, -128, 127}}, perTensor{scales, 0, {0, -128, 127}};
  EXPECT_EQ(perAxis(10, 1), 5);
  EXPECT_EQ(perTensor(10, 1), 10);
}

TEST(Requantize, EffectiveScalesRoundWhereTheirKernelsDo) {
  std::mt19937 random(8);
  std::uniform_real_distribution<float> uniform(0.001f, 1.0f);
  int differences = 0;
  for (int i = 0; i < 10000; ++i) {
    const float a = uniform(random), b = uniform(random), c = uniform(random);
    const float once = float(double(a) * double(b));
    ASSERT_EQ(effectiveScale(a, b, c), double(a) * double(b) / double(c));
    ASSERT_EQ(effectiveScaleFloatProduct(a, b, c), double(once) / double(c));
    ASSERT_EQ(effectiveScaleFloat(a, b, c), float(double(once) / double(c)));
    differences += effectiveScaleFloat(a, b, c) != float(effectiveScale(a, b, c));
  }
  EXPECT_GT(differences, 100);
}

} // namespace
