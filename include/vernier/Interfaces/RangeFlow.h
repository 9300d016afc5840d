//===- RangeFlow.h - Which part of a range counts ---------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_INTERFACES_RANGEFLOW_H
#define VERNIER_INTERFACES_RANGEFLOW_H

#include "mlir/IR/OpDefinition.h"
#include "vernier/Interfaces/QuantSpec.h"
#include <limits>
#include <optional>

namespace mlir::vernier {

/// All numbers from `min` to `max`.
struct Interval {
  double min = -std::numeric_limits<double>::infinity(), max = std::numeric_limits<double>::infinity();
};

/// What is known of the values of one operand.
struct RangeFlow {
  bool known = false;
  Interval range;
  /// No row, which lies along the last dimension, has a largest value below this.
  double lowestPeak = -std::numeric_limits<double>::infinity();
  /// No row has a smallest value above this.
  double highestValley = std::numeric_limits<double>::infinity();
};

} // namespace mlir::vernier

#include "vernier/Interfaces/RangeFlowInterfaces.h.inc"

#endif // VERNIER_INTERFACES_RANGEFLOW_H
