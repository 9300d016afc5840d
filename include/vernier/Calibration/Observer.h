//===- Observer.h - what values a tensor takes ------------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Sees a tensor's values over all samples, in bounded memory: range, counts and a histogram. The result depends on the
// multiset of values only, not on the order of samples, how they were cut into blocks, or who observed which.

#ifndef VERNIER_CALIBRATION_OBSERVER_H
#define VERNIER_CALIBRATION_OBSERVER_H

#include "vernier/Calibration/Histogram.h"
#include "llvm/ADT/ArrayRef.h"
#include <cstdint>

namespace mlir::vernier {

/// Watches one tensor.
class Observer {
public:
  /// Without a histogram it sees range and counts only, which is several times faster.
  explicit Observer(bool keepsHistogram = true) : keepsHistogram(keepsHistogram) {}

  /// Takes in `values`. Returns false if one of them is NaN or infinite: those are counted, and kept out of range and
  /// histogram. The caller knows which tensor and sample that was.
  bool observe(llvm::ArrayRef<float> values);

  /// Takes in what `other` has seen: the same bits as one observer that saw both. Both keep histograms, or neither.
  void merge(const Observer &other);

  /// Number of finite values seen.
  uint64_t count() const { return finiteCount; }
  uint64_t nanCount() const { return nans; }
  uint64_t positiveInfinityCount() const { return positiveInfinities; }
  uint64_t negativeInfinityCount() const { return negativeInfinities; }

  /// The finite values' range; `count()` must not be 0. A zero is +0.
  float min() const { return minimum; }
  float max() const { return maximum; }
  /// Empty without values, and where none is kept.
  const Histogram &histogram() const { return bins; }

private:
  /// Counts the values that are not finite, and puts the others into `finite`.
  void countOthers(llvm::ArrayRef<float> values, std::vector<float> &finite);
  /// Extends the range to hold finite `low` and `high`; returns whether it did not.
  bool widen(float low, float high);

  bool keepsHistogram;
  float minimum = 0, maximum = 0;
  uint64_t finiteCount = 0, nans = 0, positiveInfinities = 0, negativeInfinities = 0;
  Histogram bins;
};

} // namespace mlir::vernier

#endif // VERNIER_CALIBRATION_OBSERVER_H
