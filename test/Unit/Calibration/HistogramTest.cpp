//===- HistogramTest.cpp ----------------------------------------------------===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "vernier/Calibration/Histogram.h"
#include "gtest/gtest.h"
#include <cfloat>

using namespace mlir::vernier;

using Counts = std::vector<uint64_t>;

TEST(HistogramTest, TheExponentIsTheFinestThatFits) {
  // 2048 bins of 2^-9 cover [-2, 2), and 2 itself is in one more.
  EXPECT_EQ(Histogram::exponentFor(-2, 2 - 0x1p-20f), -9);
  EXPECT_EQ(Histogram::exponentFor(-2, 2), -8);
  EXPECT_EQ(Histogram::exponentFor(-FLT_MAX, FLT_MAX), Histogram::kMaxExponent);
  EXPECT_EQ(Histogram::exponentFor(0, 0), Histogram::kMinExponent);
  EXPECT_EQ(Histogram::exponentFor(-FLT_TRUE_MIN, FLT_TRUE_MIN), Histogram::kMinExponent);
  // A narrow range far from zero: bin numbers stay below 2^23.
  EXPECT_EQ(Histogram::exponentFor(1000, 1000), 9 - 22);
}

TEST(HistogramTest, BinsAreHalfOpenAndAnchoredAtZero) {
  EXPECT_EQ(Histogram::binOf(0, -1), 0);
  EXPECT_EQ(Histogram::binOf(0.5f, -1), 1);
  EXPECT_EQ(Histogram::binOf(-0.5f, -1), -1);
  EXPECT_EQ(Histogram::binOf(-0.75f, -1), -2);
  EXPECT_EQ(Histogram::binOf(-FLT_TRUE_MIN, 118), -1);
  EXPECT_EQ(Histogram::binOf(FLT_TRUE_MIN, 118), 0);
}

TEST(HistogramTest, CoarseningJoinsNeighbours) {
  Histogram histogram{0, -3, {1, 2, 3, 4, 5}}; // bins -3 to 1
  histogram.extend(1, -2, 0);
  EXPECT_EQ(histogram, (Histogram{1, -2, Counts{1, 5, 9}})); // {-4, -3} {-2, -1} {0, 1}
}

TEST(HistogramTest, ExtendingKeepsCounts) {
  Histogram histogram{0, 1, {7}};
  histogram.extend(0, -1, 2);
  EXPECT_EQ(histogram, (Histogram{0, -1, Counts{0, 0, 7, 0}}));
}

TEST(HistogramTest, MergesDifferentWidths) {
  Histogram fine{-1, -1, {1, 2}}, coarse{1, 0, {4}};
  Histogram oneWay = fine, other = coarse;
  oneWay.merge(coarse);
  other.merge(fine);
  EXPECT_EQ(oneWay, (Histogram{1, -1, Counts{1, 6}}));
  EXPECT_EQ(other, oneWay);
}

TEST(HistogramTest, MergingCoarsensWhenBothDoNotFit) {
  Histogram low{0, -2000, {1}}, high{0, 2000, {2}};
  low.merge(high);
  EXPECT_EQ(low.exponent, 1);
  EXPECT_EQ(low.firstBin, -1000);
  EXPECT_EQ(low.counts.size(), 2001u);
  EXPECT_EQ(low.counts.back(), 2u);
}

TEST(HistogramTest, MergingNothingChangesNothing) {
  Histogram some{0, 5, {1}}, none;
  some.merge(none);
  EXPECT_EQ(some, (Histogram{0, 5, Counts{1}}));
  none.merge(some);
  EXPECT_EQ(none, some);
}
