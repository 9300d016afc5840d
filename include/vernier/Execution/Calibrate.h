//===- Calibrate.h - What values a network's tensors take -------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Runs samples through a function and observes every value that is going to be quantized, in the functions that it
// calls too. Memory does not grow with the number of samples, and the result does not depend on their order.

#ifndef VERNIER_EXECUTION_CALIBRATE_H
#define VERNIER_EXECUTION_CALIBRATE_H

#include "vernier/Calibration/Statistics.h"
#include "vernier/Execution/Executor.h"
#include "vernier/IO/Data.h"

namespace mlir::vernier {

/// How samples are observed.
struct CalibrationOptions {
  /// Samples are run by so many threads; what is seen does not depend on it.
  unsigned threads = 1;
  /// Whether statistics have histograms. A range that is nothing but minimum and maximum needs none.
  bool histograms = true;
};

/// Observes each `quantx.fake_quant` of the module that runs when `function` does, over all of `samples` and all rounds
/// of loops, under its name; those of constants are left out. `executor` is one of `function`, `modelName` is what the
/// statistics say they are of, `progress` hears how many samples are done.
///
/// Fails with a diagnostic that names tensor and sample at a NaN, at an infinity in an input, and for a tensor without
/// a finite value. Infinities inside the network are a warning, once for each tensor: they stay out of the range.
FailureOr<Statistics> calibrate(func::FuncOp function, Executor &executor, SampleStream &samples, StringRef modelName,
                                const CalibrationOptions &options = {},
                                std::function<void(uint64_t done)> progress = nullptr);

} // namespace mlir::vernier

#endif // VERNIER_EXECUTION_CALIBRATE_H
