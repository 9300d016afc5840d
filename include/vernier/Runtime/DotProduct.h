//===- DotProduct.h - one run of a reduction --------------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// For operators that meet each weight once, and kernels that are no instruction set's own. gcc at -O2 makes vectors of
// loops only where it knows how often they run.
//===----------------------------------------------------------------------===//

#ifndef VERNIER_RUNTIME_DOTPRODUCT_H
#define VERNIER_RUNTIME_DOTPRODUCT_H

#include "vernier/Numerics/Bits.h"

namespace mlir::vernier::runtime {

namespace detail {
// Clang makes the better loop of one whose length it does not know.
#if defined(__clang__)
constexpr bool sumsInBlocks = false;
#else
constexpr bool sumsInBlocks = true;
#endif

/// Sum over i of (x[i] - xZero) * (w[i] - wZero), modulo 2^N of the unsigned type `Sum`. Blocks of a fixed length
/// become vectors where a compiler is shy of others: numbers of 8 bits, or of 16 without a zero point, by weights of 8
/// bits.
template <class Sum, int32_t Block = 256, class T, class W>
VERNIER_ALWAYS_INLINE Sum sumOfProducts(int32_t count, const T *x, int32_t xZero, const W *w, int32_t wZero) {
  Sum sum = 0;
  if constexpr (sumsInBlocks && sizeof(W) == 1 && sizeof(T) <= 2 && Block > 1) {
    if (sizeof(T) == 1 || xZero == 0) {
      for (; count >= Block; count -= Block, x += Block, w += Block) {
        int32_t partial = 0;
        for (int32_t i = 0; i < Block; ++i)
          partial += static_cast<int16_t>(x[i] - xZero) * static_cast<int16_t>(w[i] - wZero);
        sum += static_cast<Sum>(partial);
      }
      return sum + sumOfProducts<Sum, (Block > 64 ? 64 : Block > 16 ? 16 : 1)>(count, x, xZero, w, wZero);
    }
  }
  for (int32_t i = 0; i < count; ++i)
    sum += static_cast<Sum>((x[i] - xZero) * (w[i] - wZero));
  return sum;
}

} // namespace detail

/// The sum of (x[i] - zeroPoint) * w[i], which wraps at 32 bits.
inline int32_t dotProduct(int32_t size, const int8_t *x, int32_t zeroPoint, const int8_t *w) {
  return static_cast<int32_t>(detail::sumOfProducts<uint32_t>(size, x, zeroPoint, w, 0));
}

} // namespace mlir::vernier::runtime

#endif // VERNIER_RUNTIME_DOTPRODUCT_H
