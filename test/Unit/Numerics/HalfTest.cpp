//===- HalfTest.cpp - binary16 against LLVM's soft floats ------------------===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "vernier/Numerics/Half.h"
#include "llvm/ADT/APFloat.h"
#include <gtest/gtest.h>
#include <random>

using namespace mlir::vernier::numerics;

namespace {

uint16_t oracle(float value) {
  llvm::APFloat number(value);
  bool inexact;
  number.convert(llvm::APFloat::IEEEhalf(), llvm::APFloat::rmNearestTiesToEven, &inexact);
  return uint16_t(number.bitcastToAPInt().getZExtValue());
}

TEST(Half, EveryNumberReadsBackAsItself) {
  for (uint32_t bits = 0; bits < 0x10000; ++bits) {
    const float value = halfToFloat(uint16_t(bits));
    if (value != value)
      continue;
    ASSERT_EQ(floatToHalf(value), bits) << bits;
    ASSERT_EQ(oracle(value), bits) << bits;
  }
}

TEST(Half, NaNStaysNaN) {
  const uint16_t half = floatToHalf(std::numeric_limits<float>::quiet_NaN());
  EXPECT_NE(halfToFloat(half), halfToFloat(half));
}

TEST(Half, TiesBetweenNeighboursGoToEven) {
  for (uint32_t bits = 0; bits < 0x7bff; ++bits) {
    const float low = halfToFloat(uint16_t(bits)), high = halfToFloat(uint16_t(bits + 1));
    const float middle = low + (high - low) / 2;
    for (const float value : {middle, std::nextafter(middle, low), std::nextafter(middle, high), -middle})
      ASSERT_EQ(floatToHalf(value), oracle(value)) << value;
  }
}

TEST(Half, EveryKindOfBitPatternAgreesWithLLVM) {
  std::mt19937 random(1);
  for (int i = 0; i < 200000; ++i) {
    const float value = bitCast<float>(static_cast<uint32_t>(random()));
    if (value == value) {
      ASSERT_EQ(floatToHalf(value), oracle(value)) << value;
    }
  }
  for (const float value : {65504.0f, 65519.99f, 65520.0f, 0x1p-24f, 0x1p-25f, 0x1.000002p-25f, 0x1p-14f})
    EXPECT_EQ(floatToHalf(value), oracle(value)) << value;
}

} // namespace
