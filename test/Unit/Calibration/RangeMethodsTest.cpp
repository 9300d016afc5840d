//===- RangeMethodsTest.cpp -------------------------------------------------===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "vernier/Calibration/RangeMethods.h"
#include "vernier/Calibration/Observer.h"
#include "gtest/gtest.h"
#include <cmath>

using namespace mlir::vernier;

namespace {

TensorStatistics observe(const std::vector<float> &values) {
  Observer observer;
  observer.observe(values);
  return TensorStatistics::of(observer);
}

/// 20,000 values, dense around zero and thin outside (quantiles of a logistic distribution), from -10 to 10.
std::vector<float> bell() {
  std::vector<float> values;
  for (int i = 1; i < 20000; ++i)
    values.push_back(float(std::log(i / (20000.0 - i))));
  return values;
}

/// The mean squared error of quantizing `values` to `steps` steps on [min, max], by the definition.
double squaredError(const std::vector<float> &values, Range range, double steps) {
  double low = std::min(range.min, 0.0f), high = std::max(range.max, 0.0f), step = (high - low) / steps, sum = 0;
  for (float value : values) {
    double inside = std::min(std::max(double(value), low), high);
    double error = value - std::round(inside / step) * step;
    sum += error * error;
  }
  return sum / double(values.size());
}

constexpr RangeMethod kClipping[] = {RangeMethod::Percentile, RangeMethod::MSE, RangeMethod::Entropy};
constexpr RangeMethod kSearching[] = {RangeMethod::MSE, RangeMethod::Entropy};

TEST(RangeMethodsTest, NamesAreTheCommandLines) {
  EXPECT_EQ(parseRangeMethod("minmax"), RangeMethod::MinMax);
  EXPECT_EQ(parseRangeMethod("entropy"), RangeMethod::Entropy);
  EXPECT_FALSE(parseRangeMethod("MSE "));
}

TEST(RangeMethodsTest, MinMaxKeepsEveryValue) {
  Range range = chooseRange(observe({-3, 1, 70}), RangeMethod::MinMax);
  EXPECT_EQ(range.min, -3);
  EXPECT_EQ(range.max, 70);
}

TEST(RangeMethodsTest, ALoneOutlierIsCut) {
  std::vector<float> values = bell();
  values.push_back(50);
  TensorStatistics statistics = observe(values);
  for (RangeMethod method : {RangeMethod::Percentile, RangeMethod::Entropy}) {
    Range range = chooseRange(statistics, method);
    EXPECT_LT(range.max, 20) << int(method);
    EXPECT_GT(range.max, 5) << int(method);
    EXPECT_LT(range.min, -5) << int(method);
  }
}

TEST(RangeMethodsTest, NeverWiderThanTheValues) {
  TensorStatistics statistics = observe(bell());
  for (RangeMethod method : kClipping) {
    Range range = chooseRange(statistics, method);
    EXPECT_GE(range.min, statistics.min);
    EXPECT_LE(range.max, statistics.max);
  }
}

TEST(RangeMethodsTest, PercentileLeavesOneInTenThousandOutside) {
  std::vector<float> values;
  for (int i = 0; i < 100000; ++i)
    values.push_back(float(i) / 1000);
  Range range = chooseRange(observe(values), RangeMethod::Percentile);
  // Ten values lie below 0.01 and ten above 99.99; bins are 1/16 wide.
  EXPECT_NEAR(range.min, 0.01, 1.0 / 16);
  EXPECT_NEAR(range.max, 99.99, 1.0 / 16);
  EXPECT_LE(range.min, 0.01f);
  EXPECT_GE(range.max, 99.989f);
}

TEST(RangeMethodsTest, MseKeepsAnOutlierThatWouldCostMore) {
  std::vector<float> values = bell();
  values.push_back(1000);
  EXPECT_GT(chooseRange(observe(values), RangeMethod::MSE).max, 900);
}

TEST(RangeMethodsTest, MseFindsALowerErrorThanAnyOtherCut) {
  // Four bits, where clipping pays most.
  std::vector<float> values = bell();
  TensorStatistics statistics = observe(values);
  Range chosen = chooseRange(statistics, RangeMethod::MSE, {15, true});
  double error = squaredError(values, chosen, 15);
  for (int part = 1; part <= 40; ++part) {
    Range other{statistics.min * float(part) / 40, statistics.max * float(part) / 40};
    // Bins stand for their middles: two parts in a hundred.
    EXPECT_LE(error, squaredError(values, other, 15) * 1.02) << part;
  }
}

TEST(RangeMethodsTest, EvenValuesAreNotCut) {
  std::vector<float> values;
  for (int i = -2000; i <= 2000; ++i)
    values.push_back(float(i) / 1000);
  for (RangeMethod method : kSearching) {
    Range range = chooseRange(observe(values), method);
    EXPECT_LT(range.min, -1.9) << int(method);
    EXPECT_GT(range.max, 1.9) << int(method);
  }
}

TEST(RangeMethodsTest, ZerosOfAReluDoNotShrinkTheRange) {
  std::vector<float> values(1000000, 0.0f);
  for (int i = 1; i <= 1000; ++i)
    values.push_back(float(i) / 100);
  for (RangeMethod method : kSearching) {
    Range range = chooseRange(observe(values), method);
    EXPECT_EQ(range.min, 0) << int(method);
    EXPECT_GT(range.max, 9) << int(method);
  }
}

TEST(RangeMethodsTest, ConstantTensorsAndBareRangesKeepTheirRange) {
  TensorStatistics bare;
  bare.min = -1, bare.max = 6;
  for (RangeMethod method : kClipping) {
    EXPECT_EQ(chooseRange(bare, method).max, 6);
    Range constant = chooseRange(observe({2.5f, 2.5f}), method);
    EXPECT_EQ(constant.min, 2.5f);
    EXPECT_EQ(constant.max, 2.5f);
  }
}

TEST(RangeMethodsTest, RangesBesideZeroStayInside) {
  std::vector<float> values = bell();
  for (float &value : values)
    value += 20;
  TensorStatistics statistics = observe(values);
  for (RangeMethod method : kClipping) {
    Range range = chooseRange(statistics, method);
    EXPECT_GE(range.min, statistics.min);
    EXPECT_GT(range.max, 25);
    EXPECT_LE(range.max, statistics.max);
  }
}

TEST(RangeMethodsTest, DenormalsAndLargestFloatsHoldTogether) {
  for (float scale : {0x1p-140f, 0x1p120f}) {
    std::vector<float> values = bell();
    for (float &value : values)
      value *= scale;
    for (RangeMethod method : kClipping) {
      Range range = chooseRange(observe(values), method);
      EXPECT_LT(range.min, 0);
      EXPECT_GT(range.max, 0);
    }
  }
}

} // namespace
