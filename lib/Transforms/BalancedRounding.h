//===- BalancedRounding.h - Rounding errors that cancel ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_LIB_TRANSFORMS_BALANCEDROUNDING_H
#define VERNIER_LIB_TRANSFORMS_BALANCEDROUNDING_H

#include "vernier/Interfaces/QuantTypeChecks.h"
#include <vector>

namespace mlir::vernier {

/// The weights of `data` on the grid of `parameters`, rounded so that in each slice of `channelAxis` the errors add up
/// to at most half a step: what the mean of the input makes of them cancels.
std::vector<float> roundBalanced(ArrayRef<float> data, ArrayRef<int64_t> shape, const QuantParameters &parameters,
                                 unsigned channelAxis);

} // namespace mlir::vernier

#endif // VERNIER_LIB_TRANSFORMS_BALANCEDROUNDING_H
