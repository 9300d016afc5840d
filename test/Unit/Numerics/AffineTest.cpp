//===- AffineTest.cpp - quantize, dequantize, activation clamps, tables ---===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "vernier/Numerics/Elementary.h"
#include "vernier/Numerics/LookupTable.h"
#include <cmath>
#include <gtest/gtest.h>
#include <random>

using namespace mlir::vernier::numerics;

namespace {

TEST(Affine, QuantizeFormsFollowTheirFormulas) {
  std::mt19937 random(9);
  std::uniform_real_distribution<float> uniform(0.001f, 0.5f);
  const QuantizedRange range{-7, -128, 127};
  int differences = 0;
  for (int i = 0; i < 200000; ++i) {
    const float scale = uniform(random);
    // Half of the values lie on a tie.
    const float x = float(int(random() % 600) - 300) * 0.5f * scale;
    const float quotient = float(double(x) / double(scale));
    const float reciprocal = float(1.0 / double(scale)), scaled = float(double(x) * double(reciprocal));
    const int byDivision = quantizeByDivision(x, scale, range);
    const int byReciprocal = quantizeByReciprocal(x, reciprocal, range);
    ASSERT_EQ(byDivision, int(std::fmin(std::fmax(std::round(double(quotient)) - 7, -128), 127)));
    ASSERT_EQ(byReciprocal, int(std::fmin(std::fmax(std::nearbyint(double(scaled)) - 7, -128), 127)));
    differences += byDivision != byReciprocal;
  }
  EXPECT_GT(differences, 1000);
}

TEST(Affine, QuantizeSaturates) {
  const QuantizedRange range{127, -128, 127};
  EXPECT_EQ(quantizeByDivision(1e30f, 1e-10f, range), 127);
  EXPECT_EQ(quantizeByDivision(-INFINITY, 1.0f, range), -128);
  EXPECT_EQ(quantizeByReciprocal(1e30f, 1e10f, range), 127);
  EXPECT_EQ(quantizeByReciprocal(-INFINITY, 1.0f, range), -128);
  EXPECT_EQ(quantizeByReciprocal(NAN, 1.0f, range), -128);
  EXPECT_EQ(quantizeByReciprocal(INFINITY, 0.0f, range), -128);
}

TEST(Affine, DequantizeIsOneRounding) {
  for (int q = -128; q < 128; ++q)
    EXPECT_EQ(dequantize(q, 0.1f, -5), float(double(0.1f) * (q + 5)));
}

TEST(Affine, ActivationClampsDifferAtTies) {
  // 6 / scale = 62.5 exactly.
  const float scale = 6.0f / 62.5f;
  ASSERT_EQ(6.0f / scale, 62.5f);
  const auto even = activationRange<Ties::Even>(FusedActivation::Relu6, scale, 0, -128, 127);
  const auto away = activationRange<Ties::Away>(FusedActivation::Relu6, scale, 0, -128, 127);
  EXPECT_EQ(even.max, 62);
  EXPECT_EQ(away.max, 63);
  EXPECT_EQ(even.min, 0);
}

TEST(Affine, ActivationClampsStayInTheType) {
  const auto relu = activationRange<Ties::Even>(FusedActivation::Relu, 0.5f, -140, -128, 127);
  EXPECT_EQ(relu.min, -128);
  EXPECT_EQ(relu.max, 127);
  const auto relu6 = activationRange<Ties::Away>(FusedActivation::Relu6, 1e-20f, 4, -128, 127);
  EXPECT_EQ(relu6.min, 4);
  EXPECT_EQ(relu6.max, 127);
  const auto sign = activationRange<Ties::Away>(FusedActivation::ReluN1To1, 0.25f, 10, -128, 127);
  EXPECT_EQ(sign.min, 6);
  EXPECT_EQ(sign.max, 14);
  const auto none = activationRange<Ties::Away>(FusedActivation::None, 0.25f, 10, 0, 255);
  EXPECT_EQ(none.min, 0);
  EXPECT_EQ(none.max, 255);
}

TEST(LookupTable, HoldsTheNearestValueOfTheFunction) {
  int8_t table[256];
  const AffineParams input{0.05f, 3}, output{1.0f / 256, -128};
  fillLookupTable<int8_t, Ties::Away>(input, output, [](float x) { return portableLogistic(x); }, table);
  for (int q = -128; q < 128; ++q) {
    const double exact = 256 / (1 + std::exp(-double(0.05f) * (q - 3))) - 128;
    EXPECT_NEAR(table[uint8_t(q)], std::fmin(exact, 127), 0.5 + 1e-4) << q;
  }
}

TEST(LookupTable, UnsignedTypesIndexFromZero) {
  uint8_t table[256];
  fillLookupTable<uint8_t, Ties::Even>({1.0f, 0}, {2.0f, 0}, [](float x) { return x; }, table);
  EXPECT_EQ(table[5], 2); // 2.5 to even
  EXPECT_EQ(table[7], 4); // 3.5 to even
  EXPECT_EQ(table[255], 128);
}

} // namespace
