//===- Quantize.h - Steps that quantize and calibrate share -----*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_LIB_DRIVER_QUANTIZE_H
#define VERNIER_LIB_DRIVER_QUANTIZE_H

#include "DataFlags.h"
#include "vernier/Calibration/Statistics.h"
#include "vernier/Pipelines/Quantize.h"
#include "vernier/Transforms/Recipe.h"

namespace mlir::vernier {

/// Refuses models that are quantized already, fuses, and marks what `recipe` quantizes. Operators whose type or tensor
/// `keepFloat` names stay float: rules for them are added to `recipe`.
LogicalResult prepareModel(Model &model, Recipe &recipe, ArrayRef<std::string> keepFloat = {});

/// Runs a marked model over the samples at `path`, with progress on a terminal. Ranges of minimum and maximum need no
/// `histograms`.
FailureOr<Statistics> calibrateOnData(Model &model, StringRef path, const DataFlags &flags, bool histograms);

} // namespace mlir::vernier

#endif // VERNIER_LIB_DRIVER_QUANTIZE_H
