//===- NoiseInputs.h - Inputs where no samples are given --------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_LIB_DRIVER_NOISEINPUTS_H
#define VERNIER_LIB_DRIVER_NOISEINPUTS_H

#include "vernier/Execution/TensorIO.h"
#include <random>

namespace mlir::vernier {

/// Fills the inputs `tensors`: integers of 8 and 16 bits with any value, floats with -1 to 1. Wider integers, which are
/// mostly indices, and booleans are at most `largestIndex`; what no data file holds is 0.
void fillWithNoise(ArrayRef<TensorInfo> tensors, TensorBuffers &buffers, std::mt19937 &random, unsigned largestIndex);

} // namespace mlir::vernier

#endif // VERNIER_LIB_DRIVER_NOISEINPUTS_H
