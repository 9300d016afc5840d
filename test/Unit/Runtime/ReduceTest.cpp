//===- ReduceTest.cpp - sums, means, extremes, arg max --------------------===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "vernier/Runtime/Reduce.h"
#include "RandomData.h"
#include "vernier/Runtime/Compare.h"
#include "vernier/Runtime/Elementwise.h"
#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>

using namespace mlir::vernier::runtime;
using namespace mlir::vernier::numerics;

namespace {

TEST(Reduce, FoldsAlongAnySetOfAxes) {
  RandomData random(70);
  const Shape shape{4, {3, 4, 5, 2}};
  const auto input = random.vector<int8_t>(shape.size());
  for (int mask = 0; mask < 16; ++mask) {
    bool reduced[4];
    int64_t size = 1;
    for (int i = 0; i < 4; ++i) {
      reduced[i] = mask >> i & 1;
      size *= reduced[i] ? 1 : shape.dims[i];
    }
    std::vector<int32_t> sums(size), expected(size), largest(size, -1000), expectedLargest(size, -1000);
    reduce(shape, reduced, input.data(), SumFold(), sums.data());
    reduce(shape, reduced, input.data(), [](int32_t a, int32_t x) { return std::max(a, x); }, largest.data());
    for (int64_t i = 0; i < shape.size(); ++i) {
      const int64_t index[] = {i / 40, i / 10 % 4, i / 2 % 5, i % 2};
      int64_t at = 0;
      for (int d = 0; d < 4; ++d)
        at = reduced[d] ? at : at * shape.dims[d] + index[d];
      expected[at] += input[i];
      expectedLargest[at] = std::max<int32_t>(expectedLargest[at], input[i]);
    }
    EXPECT_EQ(sums, expected) << "axes " << mask;
    EXPECT_EQ(largest, expectedLargest) << "axes " << mask;
  }
}

/// Half a step at the shift, and half of the half that the high product lost.
constexpr double twoRoundings = 0.76;

TEST(Reduce, MeansAndSumsAreWithinAStep) {
  RandomData random(71);
  for (int trial = 0; trial < 3000; ++trial) {
    const int count = random.integer(1, 200);
    const AffineParams in{random.real(0.01f, 0.2f), random.integer(-128, 127)};
    const float meanScale = in.scale * random.real(0.3f, 2.0f), sumScale = meanScale * 10;
    const QuantizedRange range{random.integer(-128, 127), -128, 127};
    const int32_t sum = random.integer(-128 * count, 127 * count);
    const double real = double(in.scale) * (double(sum) - double(count) * in.zeroPoint);
    const auto quantized = [&](double value, double scale) {
      return std::fmin(std::fmax(value / scale + range.zeroPoint, -128), 127);
    };
    ASSERT_NEAR(makeMeanXnnpack(count, in, meanScale, range)(sum), quantized(real / count, meanScale), 0.501);
    ASSERT_NEAR(makeMeanFixedPoint(count, in, meanScale, range)(sum), quantized(real / count, meanScale), twoRoundings);
    ASSERT_NEAR(makeSumXnnpack(count, in, sumScale, range)(sum), quantized(real, sumScale), 0.501);
    ASSERT_NEAR(makeSumFixedPoint(count, in, sumScale, range)(sum), quantized(real, sumScale), twoRoundings);
  }
}

TEST(Reduce, MeanFormsPartAtTies) {
  // The mean of -10 over 4 is -2.5: to even, or away from zero.
  const QuantizedRange range{0, -128, 127};
  EXPECT_EQ(makeMeanXnnpack(4, {1.0f, 0}, 1.0f, range)(-10), -2);
  EXPECT_EQ(makeMeanFixedPoint(4, {1.0f, 0}, 1.0f, range)(-10), -3);
}

TEST(Reduce, ArgMaxTakesTheFirstOfEquals) {
  const int8_t input[] = {1, 9, 5, 9, 9, 2};
  int32_t output[2];
  argBest(1, 3, 2, input, Greater(), output);
  EXPECT_EQ(output[0], 2); // 1, 5, 9
  EXPECT_EQ(output[1], 0); // 9, 9, 2
  argBest(1, 6, 1, input, Greater(), output);
  EXPECT_EQ(output[0], 1);
  argBest(1, 6, 1, input, Less(), output);
  EXPECT_EQ(output[0], 0);
}

} // namespace
