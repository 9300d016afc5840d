//===- ElementaryTest.cpp - our own exp, log, tanh, logistic --------------===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "vernier/Numerics/Elementary.h"
#include <cmath>
#include <gtest/gtest.h>
#include <random>

using namespace mlir::vernier::numerics;

namespace {

constexpr long double bound = 0x1p-45L;

#define EXPECT_CLOSE(actual, expected)                                                                                 \
  ASSERT_LE(std::fabs((long double)(actual) - (expected)), bound *std::fabs(expected)) << x

TEST(Elementary, DoubleFormsAreWithinTheStatedError) {
  std::mt19937_64 random(10);
  for (int i = 0; i < 300000; ++i) {
    const double unit = double(random() >> 11) * 0x1p-53;
    const double x = (unit - 0.5) * std::ldexp(1.0, int(random() % 24) - 14);
    EXPECT_CLOSE(portableExp(x * 0.5), std::exp((long double)(x) / 2));
    EXPECT_CLOSE(portableTanh(x), std::tanh((long double)(x)));
    EXPECT_CLOSE(portableLogistic(x * 0.5), 1 / (1 + std::exp(-(long double)(x) / 2)));
    const double positive = std::ldexp(1.0 + unit, int(random() % 300) - 150);
    ASSERT_LE(std::fabs((long double)(portableLog(positive)) - std::log((long double)(positive))),
              bound * std::fmax(std::fabs(std::log((long double)(positive))), 0.01L))
        << positive;
  }
}

TEST(Elementary, FloatFormsAreTheNearestFloatButForDoubleRounding) {
  std::mt19937 random(11);
  std::uniform_real_distribution<float> uniform(-20.0f, 20.0f);
  for (int i = 0; i < 100000; ++i) {
    const float x = uniform(random);
    ASSERT_EQ(portableExp(x), float(std::exp((long double)(x)))) << x;
    ASSERT_EQ(portableTanh(x), float(std::tanh((long double)(x)))) << x;
    ASSERT_EQ(portableLogistic(x), float(1 / (1 + std::exp(-(long double)(x))))) << x;
    ASSERT_EQ(portableLog(std::fabs(x)), float(std::log(std::fabs((long double)(x))))) << x;
  }
}

TEST(Elementary, SpecialValues) {
  EXPECT_EQ(portableExp(0.0), 1.0);
  EXPECT_EQ(portableExp(1000.0), INFINITY);
  EXPECT_EQ(portableExp(-1000.0), 0.0);
  EXPECT_EQ(portableExp(89.0f), INFINITY);
  EXPECT_EQ(portableExp(-INFINITY), 0.0);
  EXPECT_TRUE(std::isnan(portableExp(double(NAN))));
  EXPECT_EQ(portableLog(1.0), 0.0);
  EXPECT_EQ(portableLog(0.0), -INFINITY);
  EXPECT_EQ(portableLog(double(INFINITY)), INFINITY);
  EXPECT_TRUE(std::isnan(portableLog(-1.0)));
  EXPECT_EQ(portableTanh(0.0f), 0.0f);
  EXPECT_EQ(portableTanh(-INFINITY), -1.0);
  EXPECT_TRUE(std::isnan(portableTanh(double(NAN))));
  EXPECT_EQ(portableLogistic(-INFINITY), 0.0);
  EXPECT_EQ(portableLogistic(double(INFINITY)), 1.0);
}

} // namespace
