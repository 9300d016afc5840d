//===- RangeMethods.h - from statistics to a range to quantize --*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A range method decides which part of a tensor's values the integers have to cover. Minimum and maximum cover all of
// them: nothing is clipped, and one outlier stretches the scale for every other value. The others read the histogram
// and trade clipped outliers for a finer scale.

#ifndef VERNIER_CALIBRATION_RANGEMETHODS_H
#define VERNIER_CALIBRATION_RANGEMETHODS_H

#include "vernier/Calibration/Statistics.h"

namespace mlir::vernier {

/// A closed interval of finite floats, min <= max. It need not contain zero: nudging is the quantizer's business.
struct Range {
  float min = 0, max = 0;
};

/// Which values the integers cover.
enum class RangeMethod : int {
  MinMax,     ///< all values
  Percentile, ///< all but the outermost 0.01 % on either side
  MSE,        ///< the range with the smallest mean squared error of rounding and clipping
  Entropy,    ///< the range whose quantized distribution diverges least from the original (Kullback-Leibler)
};

/// The method called `name` (minmax, percentile, mse, entropy), or nothing.
std::optional<RangeMethod> parseRangeMethod(llvm::StringRef name);

/// The name that `parseRangeMethod` takes.
llvm::StringRef getRangeMethodName(RangeMethod method);

/// The integers that the range will be spread over.
struct RangeTarget {
  /// Number of steps between the lowest and the highest integer: 255 for 8 bits.
  double steps = 255;
  /// The range is symmetric about zero.
  bool symmetric = false;
};

/// The range of `statistics` by `method`. Never wider than minimum and maximum, and with them where there is no
/// histogram. A function of counts and bins alone, in arithmetic that does not depend on the machine. Bounds other than
/// the minimum and the maximum are edges of bins. With `symmetric`, one method decides the magnitude.
Range chooseRange(const TensorStatistics &statistics, RangeMethod method, RangeTarget target = {});

} // namespace mlir::vernier

#endif // VERNIER_CALIBRATION_RANGEMETHODS_H
