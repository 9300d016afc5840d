//===- NotNegative.h - Exponents that integers have -------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_RUNTIME_NOTNEGATIVE_H
#define VERNIER_RUNTIME_NOTNEGATIVE_H

#include <cstdint>

namespace mlir::vernier::runtime {

/// Whether none of `count` values is below 0: a power of integers has no other exponents.
inline bool areNotNegative(int64_t count, const int32_t *values) {
  for (int64_t i = 0; i < count; ++i)
    if (values[i] < 0)
      return false;
  return true;
}

} // namespace mlir::vernier::runtime

#endif // VERNIER_RUNTIME_NOTNEGATIVE_H
