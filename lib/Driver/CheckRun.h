//===- CheckRun.h - vernier check --run -------------------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_LIB_DRIVER_CHECKRUN_H
#define VERNIER_LIB_DRIVER_CHECKRUN_H

#include "DataFlags.h"
#include "vernier/Check/RunTargets.h"

namespace mlir::vernier {

/// Runs the main function of the model at `path` in all numerics, on the samples at `samples`, or on noise if that is
/// empty. Errors are printed.
FailureOr<check::PartingReport> runTargets(StringRef path, StringRef samples, const DataFlags &flags,
                                           ToolContext &context);

} // namespace mlir::vernier

#endif // VERNIER_LIB_DRIVER_CHECKRUN_H
