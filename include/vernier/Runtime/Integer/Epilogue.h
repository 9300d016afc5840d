//===- Epilogue.h - from sums to results, one by one ------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What instruction sets do with an arithmetic that they have no vectors for.
//===----------------------------------------------------------------------===//

#ifndef VERNIER_RUNTIME_INTEGER_EPILOGUE_H
#define VERNIER_RUNTIME_INTEGER_EPILOGUE_H

#include "vernier/Numerics/Requantize.h"

namespace mlir::vernier::runtime::detail {

/// The requantization of `count` channels from `channel` on.
template <class Requantizer> struct ScalarEpilogue {
  Requantizer requantize;
  int32_t channel, count;

  template <class T> VERNIER_ALWAYS_INLINE void operator()(const int32_t *sums, T *to) const {
    for (int32_t c = 0; c < count; ++c)
      to[c] = static_cast<T>(requantize(sums[c], channel + c));
  }
};

/// What stands for vectors where an arithmetic has none.
struct NoEpilogue {};

} // namespace mlir::vernier::runtime::detail

#endif // VERNIER_RUNTIME_INTEGER_EPILOGUE_H
