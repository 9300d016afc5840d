//===- ObserverTest.cpp -----------------------------------------------------===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "vernier/Calibration/Observer.h"
#include "vernier/Numerics/InstructionSet.h"
#include "llvm/ADT/STLExtras.h"
#include "gtest/gtest.h"
#include <algorithm>
#include <cfloat>
#include <cmath>
#include <cstring>
#include <map>
#include <random>

using namespace mlir::vernier;

namespace {
/// Values of very different magnitude and both signs, many of them zero, some subnormal.
std::vector<float> manyValues(size_t size, unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal;
  std::vector<float> values(size);
  for (float &value : values) {
    value = normal(random);
    switch (random() % 8) {
    case 0:
      value = 0;
      break;
    case 1:
      value *= 1e-42f;
      break;
    case 2:
      value = -0.0f;
      break;
    case 3:
      value *= 50;
      break;
    }
  }
  return values;
}

/// What the definition of the histogram says, value by value in doubles.
Histogram oracle(llvm::ArrayRef<float> values) {
  double min = *std::min_element(values.begin(), values.end()), max = *std::max_element(values.begin(), values.end());
  for (int exponent = -126;; ++exponent) {
    auto bin = [&](double value) { return std::floor(value / std::pow(2.0, exponent)); };
    if (bin(max) - bin(min) >= 2048 || std::max(-min, max) / std::pow(2.0, exponent) >= 8388608)
      continue;
    Histogram histogram{exponent, static_cast<int64_t>(bin(min)), std::vector<uint64_t>(bin(max) - bin(min) + 1)};
    for (float value : values)
      ++histogram.counts[static_cast<int64_t>(bin(value)) - histogram.firstBin];
    return histogram;
  }
}

void expectEqual(const Observer &a, const Observer &b) {
  EXPECT_EQ(a.count(), b.count());
  EXPECT_EQ(a.nanCount(), b.nanCount());
  EXPECT_EQ(a.positiveInfinityCount(), b.positiveInfinityCount());
  EXPECT_EQ(a.negativeInfinityCount(), b.negativeInfinityCount());
  float aRange[2] = {a.min(), a.max()}, bRange[2] = {b.min(), b.max()};
  EXPECT_EQ(std::memcmp(aRange, bRange, sizeof aRange), 0) << "bit for bit, the sign of zero included";
  EXPECT_EQ(a.histogram(), b.histogram());
}

Observer observed(llvm::ArrayRef<float> values) {
  Observer observer;
  observer.observe(values);
  return observer;
}
} // namespace

TEST(ObserverTest, CountsWhatTheDefinitionSays) {
  // Sizes around the block and the lane count, and far above both.
  for (size_t size : {1, 2, 15, 16, 17, 4095, 4096, 4097, 100003}) {
    std::vector<float> values = manyValues(size, size);
    Observer observer;
    EXPECT_TRUE(observer.observe(values));
    EXPECT_EQ(observer.count(), size);
    EXPECT_EQ(observer.min(), *std::min_element(values.begin(), values.end()));
    EXPECT_EQ(observer.max(), *std::max_element(values.begin(), values.end()));
    EXPECT_EQ(observer.histogram(), oracle(values)) << size;
  }
}

TEST(ObserverTest, EveryInstructionSetSeesTheSame) {
  using numerics::InstructionSet;
  const InstructionSet largest = numerics::chosenInstructionSet();
  std::vector<float> values = manyValues(20011, 6);
  values[100] = NAN;
  numerics::chosenInstructionSet() = InstructionSet::Generic;
  const Observer generic = observed(values);
  for (InstructionSet set : {InstructionSet::Avx2, InstructionSet::Avx512})
    if (set <= largest) {
      numerics::chosenInstructionSet() = set;
      expectEqual(observed(values), generic);
    }
  numerics::chosenInstructionSet() = largest;
}

TEST(ObserverTest, WithoutAHistogramItSeesTheRestAlike) {
  std::vector<float> values = manyValues(20011, 7);
  values[5] = INFINITY;
  const Observer full = observed(values);
  Observer range(/*keepsHistogram=*/false);
  EXPECT_FALSE(range.observe(values));
  EXPECT_EQ(range.count(), full.count());
  EXPECT_EQ(range.min(), full.min());
  EXPECT_EQ(range.max(), full.max());
  EXPECT_TRUE(range.histogram().empty());
}

TEST(ObserverTest, HandlesTheEndsOfTheFloatRange) {
  for (std::vector<float> values : {std::vector<float>{FLT_MAX, -FLT_MAX, -FLT_TRUE_MIN, FLT_TRUE_MIN, -1, 0},
                                    {-FLT_TRUE_MIN, FLT_TRUE_MIN},
                                    {-0.0f},
                                    {FLT_MAX},
                                    {-FLT_MAX},
                                    {FLT_MIN, 2 * FLT_MIN},
                                    {1000, 1000.0001f},
                                    {-8388609, -8388608}})
    EXPECT_EQ(observed(values).histogram(), oracle(values)) << values.front();
}

TEST(ObserverTest, TheOrderOfSamplesDoesNotShow) {
  std::vector<float> values = manyValues(60000, 1);
  // Growing step by step meets every coarsening on the way.
  std::sort(values.begin(), values.end(), [](float a, float b) { return std::fabs(a) < std::fabs(b); });
  Observer sorted;
  for (size_t i = 0; i < values.size(); i += 1000)
    sorted.observe(llvm::ArrayRef(values).slice(i, 1000));
  std::mt19937 random(2);
  for (int round = 0; round < 5; ++round) {
    std::shuffle(values.begin(), values.end(), random);
    Observer shuffled;
    for (llvm::ArrayRef<float> rest = values; !rest.empty();) {
      llvm::ArrayRef<float> block = rest.take_front(1 + random() % 9000);
      shuffled.observe(block);
      rest = rest.drop_front(block.size());
    }
    expectEqual(shuffled, sorted);
  }
}

TEST(ObserverTest, TheSignOfZeroDoesNotShow) {
  Observer negative = observed({-0.0f, -0.0f}), mixed = observed({-1.0f});
  EXPECT_FALSE(std::signbit(negative.min()));
  EXPECT_FALSE(std::signbit(negative.max()));
  mixed.observe({-0.0f});
  EXPECT_FALSE(std::signbit(mixed.max()));
}

TEST(ObserverTest, MergingIsOnePassOverBoth) {
  std::vector<float> values = manyValues(30000, 3);
  values[123] = NAN;
  values[20000] = INFINITY;
  values[29999] = -INFINITY;
  Observer whole = observed(values);
  std::mt19937 random(4);
  for (int round = 0; round < 10; ++round) {
    size_t cut = random() % values.size(), cut2 = cut + random() % (values.size() - cut);
    llvm::ArrayRef<float> all = values;
    Observer a = observed(all.take_front(cut)), b = observed(all.slice(cut, cut2 - cut)),
             c = observed(all.drop_front(cut2));
    Observer left = a, right = c;
    left.merge(b);
    left.merge(c);
    b.merge(a);
    right.merge(b);
    expectEqual(left, whole);
    expectEqual(right, whole);
  }
}

TEST(ObserverTest, KeepsNonFiniteValuesApart) {
  std::vector<float> values = manyValues(10000, 5);
  Observer clean = observed(values);
  values.insert(values.begin() + 5000, {NAN, INFINITY, -NAN, -INFINITY, INFINITY});
  Observer observer;
  EXPECT_FALSE(observer.observe(values));
  EXPECT_EQ(observer.nanCount(), 2u);
  EXPECT_EQ(observer.positiveInfinityCount(), 2u);
  EXPECT_EQ(observer.negativeInfinityCount(), 1u);
  EXPECT_EQ(observer.count(), clean.count());
  EXPECT_EQ(observer.min(), clean.min());
  EXPECT_EQ(observer.max(), clean.max());
  EXPECT_EQ(observer.histogram(), clean.histogram());
}

TEST(ObserverTest, SeesNoRangeInNonFiniteValuesAlone) {
  Observer observer;
  EXPECT_FALSE(observer.observe({NAN, INFINITY}));
  EXPECT_EQ(observer.count(), 0u);
  EXPECT_TRUE(observer.histogram().empty());
  EXPECT_TRUE(observer.observe({5.0f}));
  EXPECT_EQ(observer.min(), 5);
  EXPECT_EQ(observer.max(), 5);
}

TEST(ObserverTest, AnEmptySpanIsFine) {
  Observer observer;
  EXPECT_TRUE(observer.observe({}));
  EXPECT_EQ(observer.count(), 0u);
}
