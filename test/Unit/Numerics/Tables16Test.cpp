//===- Tables16Test.cpp - tables that are interpolated --------------------===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "vernier/Numerics/Tables16.h"
#include <cmath>
#include <gtest/gtest.h>

using namespace mlir::vernier::numerics;

namespace {

TEST(Interpolated16, ComesCloseToASmoothFunction) {
  const float input = 1e-4f, output = 3e-5f;
  int16_t table[interpolatedEntries16];
  fillInterpolated16<float>(input, 0, output, [](float x) { return std::sin(x) / 2; }, table);
  for (int32_t x = -32768; x <= 32767; ++x)
    EXPECT_LE(std::fabs(interpolate16(x, table) - std::sin(double(x) * input) / 2 / output), 4.0) << x;
}

TEST(Interpolated16, SaturatesFarBeyondWhatIntegersHold) {
  int16_t table[interpolatedEntries16];
  fillInterpolated16<float>(1e-3f, 0, 1e-4f, [](float x) { return x < 0 ? -1e30f : 1e30f; }, table);
  EXPECT_EQ(interpolate16(-32768, table), -32768);
  EXPECT_EQ(interpolate16(32767, table), 32767);
}

TEST(Interpolated16, HoldsZeroWhereInfinitiesMeet) {
  int16_t table[interpolatedEntries16];
  fillInterpolated16<float>(1e-3f, 0, 1e-4f, [](float) { return std::numeric_limits<float>::infinity(); }, table);
  EXPECT_EQ(table[0], 0);
}

} // namespace
