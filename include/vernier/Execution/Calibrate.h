//===- Calibrate.h - Watching a network's values over samples ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_EXECUTION_CALIBRATE_H
#define VERNIER_EXECUTION_CALIBRATE_H

#include "vernier/Calibration/Statistics.h"
#include "vernier/Execution/Executor.h"
#include "vernier/IO/Data.h"

namespace mlir::vernier {

/// Runs the network over all of `samples` and observes every `quantx.fake_quant` that has a name.
///
/// Memory does not grow with samples, and the result does not depend on their order. A value that is
/// NaN or infinite is an error that names tensor and sample: a range would be meaningless. Errors of
/// the data are diagnosed at `function`. `progress` is told after each sample how many are done.
FailureOr<Statistics> calibrate(func::FuncOp function, Executor &executor, SampleStream &samples, StringRef modelName,
                                function_ref<void(uint64_t)> progress);

} // namespace mlir::vernier

#endif // VERNIER_EXECUTION_CALIBRATE_H
