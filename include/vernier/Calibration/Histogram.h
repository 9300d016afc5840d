//===- Histogram.h - counts in bins of power-of-two width -------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Bin k covers [k * 2^exponent, (k + 1) * 2^exponent), so a histogram coarsens exactly: two neighbours become one,
// counts are integers, and nothing is ever interpolated. Merging is therefore associative and commutative to the last
// bit.

#ifndef VERNIER_CALIBRATION_HISTOGRAM_H
#define VERNIER_CALIBRATION_HISTOGRAM_H

#include <cstdint>
#include <vector>

namespace mlir::vernier {

/// Counts of the bins `firstBin`, `firstBin + 1`, ... up to the last one in use.
///
/// The exponent of a histogram of values is a function of their minimum and maximum alone, `exponentFor`; with it bins
/// and counts are a function of the multiset of values. That function never decreases as the range grows, and halving
/// bins is exact (floor(floor(x / 2^e) / 2) = floor(x / 2^(e + 1))), so counting finely and coarsening later gives what
/// counting coarsely gives: any order, any split, the same bits.
struct Histogram {
  /// Bins are as fine as this many allow.
  static constexpr int64_t kMaxBins = 2048;
  /// No bin is finer than 2^-126: the inverse is still a float.
  static constexpr int kMinExponent = -126;
  /// The largest exponent a histogram of floats needs: 2048 bins of 2^118 hold [-2^128, 2^128).
  static constexpr int kMaxExponent = 118;

  int exponent = kMinExponent;
  int64_t firstBin = 0;
  std::vector<uint64_t> counts;

  bool empty() const { return counts.empty(); }
  int64_t lastBin() const { return firstBin + static_cast<int64_t>(counts.size()) - 1; }
  bool operator==(const Histogram &other) const;

  /// The smallest exponent, at least `kMinExponent`, for which the bins of min ... max are at most `kMaxBins` and their
  /// numbers are below 2^23 in magnitude, so that float arithmetic finds them exactly. Finite, min <= max.
  static int exponentFor(float min, float max);

  /// The bin that holds finite `value`: floor(value / 2^exponent). At an exponent from `exponentFor`, or a larger one.
  static int64_t binOf(float value, int exponent);

  /// Makes room, coarsening where needed, for bins `first` ... `last` of width 2^`newExponent` (not below `exponent`
  /// unless empty) beside the present ones.
  void extend(int newExponent, int64_t first, int64_t last);

  /// Adds the counts of `other`: the result is the histogram of both sets of values.
  void merge(const Histogram &other);
};

} // namespace mlir::vernier

#endif // VERNIER_CALIBRATION_HISTOGRAM_H
