//===- DotProduct.h - of a row of weights and a vector ----------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// For operators that meet each weight once. gcc at -O2 makes vectors of loops only where it knows how often they run,
// and every compiler finds the instruction for pairs of 16-bit products in these.
//===----------------------------------------------------------------------===//

#ifndef VERNIER_RUNTIME_DOTPRODUCT_H
#define VERNIER_RUNTIME_DOTPRODUCT_H

#include <cstddef>
#include <cstdint>

namespace mlir::vernier::runtime {

namespace detail {
template <int size> inline uint32_t dotProductOf(const int8_t *x, int16_t zeroPoint, const int8_t *w) {
  int32_t sum = 0;
  for (int i = 0; i < size; ++i)
    sum += static_cast<int16_t>(x[i] - zeroPoint) * static_cast<int16_t>(w[i]);
  return static_cast<uint32_t>(sum);
}
} // namespace detail

/// The sum of (x[i] - zeroPoint) * w[i], which wraps at 32 bits.
inline int32_t dotProduct(int32_t size, const int8_t *x, int32_t zeroPoint, const int8_t *w) {
  const int16_t zero = static_cast<int16_t>(zeroPoint);
  uint32_t sum = 0;
  int32_t i = 0;
  for (; i + 64 <= size; i += 64)
    sum += detail::dotProductOf<64>(x + i, zero, w + i);
  for (; i + 16 <= size; i += 16)
    sum += detail::dotProductOf<16>(x + i, zero, w + i);
  for (; i < size; ++i)
    sum += static_cast<uint32_t>((x[i] - zeroPoint) * w[i]);
  return static_cast<int32_t>(sum);
}

} // namespace mlir::vernier::runtime

#endif // VERNIER_RUNTIME_DOTPRODUCT_H
