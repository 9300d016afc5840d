//===- ElementwiseTest.cpp - arithmetic, activations, conversions ---------===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Quantized operators are compared with their formula in double or int64, and
// with the real operation to within one step.
//===----------------------------------------------------------------------===//

#include "vernier/Runtime/Elementwise.h"
#include "RandomData.h"
#include "vernier/Runtime/Activation.h"
#include "vernier/Runtime/Arithmetic.h"
#include "vernier/Runtime/Compare.h"
#include "vernier/Runtime/Convert.h"
#include "vernier/Runtime/IntegerArithmetic.h"
#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>

using namespace mlir::vernier::runtime;
using namespace mlir::vernier::numerics;

namespace {

constexpr QuantizedRange fullRange{3, -128, 127};

double quantized(double real, double scale, const QuantizedRange &range) {
  return std::fmin(std::fmax(real / scale + range.zeroPoint, range.min), range.max);
}

/// The form for vectors gives what the scalar form does.
TEST(Elementwise, FixedPointProductsInVectors) {
  RandomData random(60);
  constexpr int32_t low = std::numeric_limits<int32_t>::min(), high = std::numeric_limits<int32_t>::max();
  const std::vector<int32_t> values = random.vector<int32_t>(2000);
  for (int shift = -31; shift <= 40; ++shift)
    for (size_t i = 0; i < values.size(); ++i) {
      const FixedPointMultiplier m{i % 9 ? (values[i] & high) | 1 << 30 : 0, shift};
      for (const int32_t value : {low, high, values[values.size() - 1 - i] >> (i % 31)})
        ASSERT_EQ(mlir::vernier::runtime::detail::multiplyInVectors(value, m), multiplyByQuantizedMultiplier(value, m))
            << value << " times " << m.multiplier << ", shift " << shift;
    }
}

/// Lengths that are not whole blocks, too; what is no number is the lowest value.
TEST(Elementwise, QuantizesByTheReciprocal) {
  RandomData random(61);
  const float infinity = std::numeric_limits<float>::infinity();
  std::vector<float> values = {0.0f, 0.25f, -0.25f, 0.75f, infinity, -infinity, NAN, -NAN, 3e38f, -3e38f};
  while (values.size() < 64 * 3 + 17)
    values.push_back(static_cast<float>(random.integer(-4000, 4000)) / 32);
  std::vector<int8_t> stored(values.size());
  mapElements(static_cast<int64_t>(values.size()), values.data(), QuantizeByReciprocal{2.0f, fullRange}, stored.data());
  for (size_t i = 0; i < values.size(); ++i) {
    const double expected = std::nearbyint(std::fmin(std::fmax(values[i] * 2.0, -131), 124)) + 3;
    EXPECT_EQ(stored[i], std::isnan(values[i]) ? -128 : expected) << values[i];
  }
}

TEST(Elementwise, MapsABufferOntoItself) {
  RandomData random(62);
  const auto before = random.vector<int8_t>(200);
  auto after = before;
  mapElements(200, after.data(), MoveZeroPoint{-1}, after.data());
  for (size_t i = 0; i < before.size(); ++i)
    EXPECT_EQ(after[i], static_cast<int8_t>(before[i] - 1));
}

TEST(Broadcast, ReadsEveryOperandByItsOwnCoordinates) {
  RandomData random(40);
  for (int trial = 0; trial < 300; ++trial) {
    Shape shapes[2];
    const int rank = random.integer(1, 6);
    int dims[6];
    for (int i = 0; i < rank; ++i)
      dims[i] = random.integer(1, 4);
    for (Shape &shape : shapes) {
      shape.rank = random.integer(0, rank);
      for (int i = 0; i < shape.rank; ++i)
        shape.dims[i] = random.integer(0, 2) ? dims[rank - shape.rank + i] : 1;
    }
    const auto lhs = random.vector<int32_t>(shapes[0].size()), rhs = random.vector<int32_t>(shapes[1].size());
    // The result's shape and the offset of an index in an operand, spelled out.
    int out[6] = {1, 1, 1, 1, 1, 1};
    for (const Shape &shape : shapes)
      for (int i = 0; i < shape.rank; ++i)
        out[6 - shape.rank + i] = std::max(out[6 - shape.rank + i], shape.dims[i]);
    const auto offset = [&](const Shape &shape, const int *index) {
      int64_t at = 0;
      for (int i = 0; i < shape.rank; ++i)
        at = at * shape.dims[i] + (shape.dims[i] == 1 ? 0 : index[6 - shape.rank + i]);
      return at;
    };
    std::vector<int32_t> expected;
    int index[6];
    for (index[0] = 0; index[0] < out[0]; ++index[0])
      for (index[1] = 0; index[1] < out[1]; ++index[1])
        for (index[2] = 0; index[2] < out[2]; ++index[2])
          for (index[3] = 0; index[3] < out[3]; ++index[3])
            for (index[4] = 0; index[4] < out[4]; ++index[4])
              for (index[5] = 0; index[5] < out[5]; ++index[5])
                expected.push_back(std::max(lhs[offset(shapes[0], index)], rhs[offset(shapes[1], index)]));
    Traversal<2> plan;
    ASSERT_TRUE(makeBroadcast(shapes, plan));
    std::vector<int32_t> output(expected.size());
    mapElements(plan, lhs.data(), rhs.data(), Maximum(), output.data());
    ASSERT_EQ(output, expected) << "trial " << trial;
  }
}

/// Runs of any length over more than a block of results, whose second operand repeats.
TEST(Broadcast, RepeatsChannels) {
  RandomData random(41);
  for (const int channels : {1, 2, 3, 16, 17, 63, 64, 65, 130})
    for (const int pixels : {1, 21, 64, 200}) {
      const Shape image{2, {pixels, channels}}, constants{1, {channels}};
      const auto values = random.vector<int32_t>(image.size()), each = random.vector<int32_t>(channels);
      std::vector<int32_t> expected(values.size()), output(values.size());
      for (const bool swapped : {false, true}) {
        for (size_t i = 0; i < values.size(); ++i) {
          const int32_t difference = wrapSub(values[i], each[i % each.size()]);
          expected[i] = swapped ? wrapSub(0, difference) : difference;
        }
        Traversal<2> plan;
        ASSERT_TRUE(makeBroadcast<2>({swapped ? constants : image, swapped ? image : constants}, plan));
        mapElements(plan, (swapped ? each : values).data(), (swapped ? values : each).data(), SubInteger<int32_t>(),
                    output.data());
        EXPECT_EQ(output, expected) << pixels << " x " << channels << (swapped ? ", swapped" : "");
      }
    }
}

TEST(Broadcast, RefusesShapesThatDoNotFit) {
  Traversal<2> plan;
  EXPECT_FALSE(makeBroadcast<2>({Shape{2, {2, 3}}, Shape{1, {2}}}, plan));
}

TEST(Broadcast, AnEmptyOperandGivesAnEmptyResult) {
  Traversal<2> plan;
  ASSERT_TRUE(makeBroadcast<2>({Shape{2, {0, 3}}, Shape{1, {3}}}, plan));
  forEachRun(plan, [](int64_t, const int64_t (&)[2], const int64_t (&)[2], int32_t) { FAIL(); });
}

TEST(Arithmetic, XnnpackAddFollowsItsFormulaAndTheRealSum) {
  RandomData random(41);
  for (int trial = 0; trial < 2000; ++trial) {
    const AffineParams a{random.real(0.01f, 0.5f), random.integer(-128, 127)};
    const AffineParams b{random.real(0.01f, 0.5f), random.integer(-128, 127)};
    const float scale = random.real(0.05f, 1.0f);
    const bool subtract = trial & 1;
    const AddXnnpack add = makeAddXnnpack(a, b, scale, fullRange, subtract);
    const double ratio = std::max(a.scale / scale, b.scale / scale);
    const int shift = 20 - std::ilogb(ratio);
    const int64_t ma = std::llrint(std::ldexp(double(a.scale / scale), shift));
    const int64_t mb = std::llrint(std::ldexp(double(b.scale / scale), shift)) * (subtract ? -1 : 1);
    for (int i = 0; i < 50; ++i) {
      const int x = random.integer(-128, 127), y = random.integer(-128, 127);
      const double exact = double(ma * (x - a.zeroPoint) + mb * (y - b.zeroPoint));
      const double expected =
          std::fmin(std::fmax(std::floor(std::ldexp(exact, -shift) + 0.5) + fullRange.zeroPoint, -128), 127);
      ASSERT_EQ(add(x, y), expected);
      const double real =
          double(a.scale) * (x - a.zeroPoint) + (subtract ? -1 : 1) * double(b.scale) * (y - b.zeroPoint);
      ASSERT_NEAR(add(x, y), quantized(real, scale, fullRange), 0.51);
    }
  }
}

TEST(Arithmetic, FixedPointAddIsWithinHalfAStepOfTheRealSum) {
  RandomData random(42);
  for (int trial = 0; trial < 2000; ++trial) {
    const AffineParams a{random.real(0.01f, 0.5f), random.integer(-128, 127)};
    const AffineParams b{random.real(0.01f, 0.5f), random.integer(-128, 127)};
    const float scale = random.real(0.05f, 1.0f);
    const AddFixedPoint add = makeAddFixedPoint(a, b, scale, fullRange, trial & 1);
    const int x = random.integer(-128, 127), y = random.integer(-128, 127);
    const double real =
        double(a.scale) * (x - a.zeroPoint) + (trial & 1 ? -1 : 1) * double(b.scale) * (y - b.zeroPoint);
    ASSERT_NEAR(add(x, y), quantized(real, scale, fullRange), 0.5001);
  }
}

TEST(Arithmetic, MulFormsRoundTiesDifferently) {
  // 0.25 * 3 * 2 = 1.5; with scale 1, and negative.
  const AffineParams a{0.5f, 0}, b{0.5f, 0};
  const QuantizedRange range{0, -128, 127};
  EXPECT_EQ(makeMulXnnpack(a, b, 1.0f, range)(5, 2), 2); // 2.5 to even
  EXPECT_EQ(makeMulFixedPoint(a, b, 1.0f, range)(5, 2), 3);
  EXPECT_EQ(makeMulXnnpack(a, b, 1.0f, range)(-5, 2), -2);
  EXPECT_EQ(makeMulFixedPoint(a, b, 1.0f, range)(-5, 2), -3);
}

TEST(Arithmetic, XnnpackRefusesExtremeRatios) {
  EXPECT_TRUE(xnnpackTakesAdd(1.0f, 0.5f, 1.0f));
  EXPECT_FALSE(xnnpackTakesAdd(333.0f, 1.0f, 1.0f));
  EXPECT_FALSE(xnnpackTakesAdd(1e-4f, 1.0f, 1.0f));
  EXPECT_TRUE(xnnpackTakesMul(1.0f, 1.0f, 1.0f));
  EXPECT_FALSE(xnnpackTakesMul(1e-3f, 2e-3f, 1.0f));
  EXPECT_TRUE(xnnpackTakesRequantize(1.0f, 1.0f));
  EXPECT_FALSE(xnnpackTakesRequantize(143.0f, 1.0f));
}

TEST(Arithmetic, SquaredDifferenceIsCloseToTheRealOne) {
  RandomData random(43);
  for (int trial = 0; trial < 2000; ++trial) {
    const AffineParams a{random.real(0.01f, 0.1f), random.integer(-20, 20)}, b{a.scale, random.integer(-20, 20)};
    const float scale = a.scale * a.scale * random.real(100.0f, 400.0f);
    const int x = random.integer(-128, 127), y = random.integer(-128, 127);
    const double difference = double(a.scale) * (x - a.zeroPoint) - double(b.scale) * (y - b.zeroPoint);
    ASSERT_NEAR(makeSquaredDifferenceFixedPoint(a, b, scale, fullRange)(x, y),
                quantized(difference * difference, scale, fullRange), 0.55);
  }
}

/// Half a step at the shift, and half of the half that the high product lost.
constexpr double twoRoundings = 0.76;

TEST(Activation, EightBitFormsAreWithinAStepOfTheRealFunction) {
  RandomData random(44);
  for (int trial = 0; trial < 300; ++trial) {
    const AffineParams in{random.real(0.02f, 0.2f), random.integer(-128, 127)};
    const float scale = in.scale * random.real(0.5f, 2.0f), alpha = random.real(-0.2f, 1.2f);
    const auto requantizeXnnpack = makeRequantizeXnnpack(in, scale, fullRange);
    const auto requantize = makeRequantizeFixedPoint(in, scale, fullRange);
    const auto leakyXnnpack = makeLeakyReluXnnpack(in, alpha, scale, fullRange);
    const auto leaky = makeLeakyReluFixedPoint(in, alpha, scale, fullRange);
    const auto hardSwish = makeHardSwishFixedPoint(in, scale, fullRange);
    const SqrtQuantized sqrt{in, scale, fullRange};
    const AbsFixedPoint abs{requantize};
    for (int q = -128; q < 128; ++q) {
      const double real = double(in.scale) * (q - in.zeroPoint);
      // XNNPACK's multipliers have eight fractional bits.
      const double coarse = 0.51 + std::abs(q - in.zeroPoint) / 512.0;
      ASSERT_NEAR(requantizeXnnpack(q), quantized(real, scale, fullRange), coarse);
      ASSERT_NEAR(requantize(q), quantized(real, scale, fullRange), twoRoundings);
      const double leakyReal = real > 0 ? real : alpha * real;
      ASSERT_NEAR(leakyXnnpack(q), quantized(leakyReal, scale, fullRange), coarse);
      ASSERT_NEAR(leaky(q), quantized(leakyReal, scale, fullRange), twoRoundings);
      const double swish = real * std::fmin(std::fmax(real + 3, 0), 6) / 6;
      ASSERT_NEAR(hardSwish(q), quantized(swish, scale, fullRange), 0.8);
      ASSERT_NEAR(abs(q), quantized(std::fabs(real), scale, fullRange), twoRoundings);
      if (real >= 0) {
        const double root = quantized(std::sqrt(real), scale, fullRange);
        ASSERT_LE(sqrt(q), root + 1e-4);
        ASSERT_GT(sqrt(q), root - 1 - 1e-4);
      }
    }
  }
}

TEST(Activation, OptimizedRequantizationRoundsUpInFullGroupsOfSixteen) {
  const auto rescale = makeRequantizeFixedPoint({0.25f, 0}, 1.0f, {0, -128, 127});
  const std::vector<int8_t> input(18, -6);
  std::vector<int8_t> output(18);
  requantizeOptimized(18, input.data(), rescale, output.data());
  EXPECT_EQ(output[15], -1);
  EXPECT_EQ(output[16], -2);
}

TEST(Activation, PreluMultipliesNegativesByTheirSlope) {
  const QuantizedRange range{0, -128, 127};
  const auto prelu = makePreluFixedPoint({0.5f, 0}, {0.25f, 0}, 0.5f, range);
  EXPECT_EQ(prelu(40, 2), 40);
  EXPECT_EQ(prelu(-40, 2), -20);
  EXPECT_EQ(Prelu()(-2.0f, 0.5f), -1.0f);
}

TEST(Activation, TablesAgreeWithTheirFunction) {
  int8_t table[256];
  const auto rescale = makeRequantizeFixedPoint({0.3f, 5}, 0.2f, fullRange);
  tabulate<int8_t>(rescale, table);
  for (int q = -128; q < 128; ++q) {
    int8_t looked;
    const int8_t value = int8_t(q);
    lookUp(1, &value, table, &looked);
    EXPECT_EQ(looked, rescale(q));
  }
}

TEST(Convert, HalfPrecisionIsExact) {
  for (int bits = 0; bits < 65536; ++bits) {
    const int exponent = bits >> 10 & 31, mantissa = bits & 1023;
    const float value = HalfToFloat()(uint16_t(bits));
    if (exponent == 31) {
      EXPECT_EQ(std::isnan(value), mantissa != 0) << bits;
      EXPECT_EQ(std::isinf(value), mantissa == 0) << bits;
      continue;
    }
    const double magnitude = exponent ? std::ldexp(1024 + mantissa, exponent - 25) : std::ldexp(mantissa, -24);
    EXPECT_EQ(value, bits >> 15 ? -magnitude : magnitude) << bits;
    EXPECT_EQ(std::signbit(value), bits >> 15 != 0) << bits;
  }
}

TEST(Convert, CastTruncatesAndSaturates) {
  EXPECT_EQ(Cast<int32_t>()(-1.9f), -1);
  EXPECT_EQ(Cast<uint8_t>()(300.0f), 255);
  EXPECT_EQ(Cast<int32_t>()(3e9f), 2147483647);
  EXPECT_EQ(Cast<int64_t>()(-INFINITY), std::numeric_limits<int64_t>::min());
  EXPECT_EQ(Cast<int8_t>()(NAN), 0);
  EXPECT_EQ(Cast<bool>()(0.5f), true);
  EXPECT_EQ(Cast<float>()(true), 1.0f);
}

TEST(Convert, PerAxisDequantizeUsesItsChannel) {
  const int8_t input[] = {1, 2, 3, 4};
  const float scales[] = {1.0f, 10.0f};
  float output[4];
  dequantizePerAxis(1, 2, 2, scales, nullptr, input, output);
  EXPECT_EQ(output[1], 2.0f);
  EXPECT_EQ(output[2], 30.0f);
}

TEST(Compare, QuantizedOperandsAreBroughtToOneScale) {
  const auto less = makeCompareQuantized<Less>({0.5f, 0}, {0.25f, 10});
  EXPECT_TRUE(less(9, 10 + 19));
  EXPECT_FALSE(less(10, 10 + 20));
  EXPECT_TRUE((makeCompareQuantized<Equal>({0.5f, 0}, {0.25f, 10})(10, 30)));
}

TEST(Select, BroadcastsItsCondition) {
  const bool condition[] = {true, false};
  const int32_t a[] = {1, 2, 3, 4}, b[] = {5, 6, 7, 8};
  int32_t output[4];
  Traversal<3> plan;
  ASSERT_TRUE(makeBroadcast<3>({Shape{2, {2, 1}}, Shape{2, {2, 2}}, Shape{2, {2, 2}}}, plan));
  select(plan, condition, a, b, output);
  EXPECT_EQ(std::vector<int32_t>(output, output + 4), (std::vector<int32_t>{1, 2, 7, 8}));
}

} // namespace
