//===- RangeMethods.h - from statistics to a range to quantize --*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A range method decides which part of a tensor's values the integers have to cover. `minMaxRange` covers all of them:
// nothing is clipped, and one outlier stretches the scale for every other value.

#ifndef VERNIER_CALIBRATION_RANGEMETHODS_H
#define VERNIER_CALIBRATION_RANGEMETHODS_H

#include "vernier/Calibration/Statistics.h"

namespace mlir::vernier {

/// A closed interval of finite floats, min <= max. It need not contain zero: nudging is the quantizer's business.
struct Range {
  float min = 0, max = 0;
};

inline Range minMaxRange(const TensorStatistics &statistics) { return {statistics.min, statistics.max}; }

} // namespace mlir::vernier

#endif // VERNIER_CALIBRATION_RANGEMETHODS_H
