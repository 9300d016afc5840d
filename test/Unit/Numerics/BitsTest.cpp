//===- BitsTest.cpp - fused multiply-add without an instruction -----------===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "vernier/Numerics/Bits.h"
#include <cmath>
#include <gtest/gtest.h>
#include <random>

using namespace mlir::vernier::numerics;

namespace {

/// The same bits; one NaN is as good as another.
void expectFused(float a, float b, float c) {
  const float expected = std::fma(a, b, c), found = fusedMultiplyAddInSoftware(a, b, c);
  if (expected != expected) {
    EXPECT_NE(found, found);
    return;
  }
  EXPECT_EQ(bitCast<uint32_t>(found), bitCast<uint32_t>(expected)) << std::hexfloat << a << " * " << b << " + " << c;
}

TEST(FusedMultiplyAdd, RoundsOnce) {
  // The exact result is just beside halfway between two floats, closer than a double can tell.
  expectFused(1.0f + 0x1p-23f, 1.0f - 0x1p-23f, 0x1p-24f);
  for (float tiny : {0x1p-149f, -0x1p-149f, 0x1p-100f, -0x1p-100f})
    for (float even : {1.0f, 1.0f + 0x1p-23f})
      expectFused(tiny, 1.0f, even + 0.0f), expectFused(0x1p-12f + 0x1p-35f, 0x1p-12f, even),
          expectFused(even, even, tiny);
}

TEST(FusedMultiplyAdd, HandlesSubnormalsAndSpecialValues) {
  const float values[] = {
      0.0f,      -0.0f,    1.0f,     -1.0f,     0x1p-149f, -0x1p-149f,      0x1.fffffcp-127f, 0x1p-126f, 0x1p-75f,
      -0x1p-75f, 0x1p-74f, INFINITY, -INFINITY, NAN,       0x1.fffffep127f, -0x1.fffffep127f, 0x1p-63f,  0x1.8p-75f};
  for (float a : values)
    for (float b : values)
      for (float c : values)
        expectFused(a, b, c);
}

TEST(FusedMultiplyAdd, AgreesWithTheMathLibrary) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 300000; ++i) {
    const auto next = [&](int exponents) {
      // Few mantissa bits make ties likely.
      const uint32_t mantissa = uint32_t(random()) & (i % 3 ? 0x7fffff : 0x7ff000);
      return bitCast<float>(uint32_t(random()) << 31 | uint32_t(127 - exponents / 2 + random() % exponents) << 23 |
                            mantissa);
    };
    const float a = next(40), b = next(40), c = next(80);
    expectFused(a, b, c);
    expectFused(a, b, -(a * b));
    expectFused(a, b, a * b * 0x1p24f);
    expectFused(a * 0x1p-70f, b * 0x1p-70f, c * 0x1p-100f);
  }
}

} // namespace
