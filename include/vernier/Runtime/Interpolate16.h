//===- Interpolate16.h - Functions of 16-bit tensors ------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_RUNTIME_INTERPOLATE16_H
#define VERNIER_RUNTIME_INTERPOLATE16_H

#include "vernier/Numerics/Tables16.h"

namespace mlir::vernier::runtime {

/// output[i] = the value at input[i] of a table that numerics::fillInterpolated16 has filled.
inline void lookUp16(int64_t size, const int16_t *input, const int16_t *table, int16_t *output) {
  for (int64_t i = 0; i < size; ++i)
    output[i] = static_cast<int16_t>(numerics::interpolate16(input[i], table));
}

} // namespace mlir::vernier::runtime

#endif // VERNIER_RUNTIME_INTERPOLATE16_H
