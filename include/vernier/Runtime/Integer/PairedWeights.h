//===- PairedWeights.h - 8-bit filters for products of pairs ----*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// An instruction that sums products by twos wants two weights of each channel side by side, and those of eight channels
// in one vector once they are widened: the steps of a packed filter, [16][4] in Packing.h, become [2][2][8][2].
//===----------------------------------------------------------------------===//

#ifndef VERNIER_RUNTIME_INTEGER_PAIREDWEIGHTS_H
#define VERNIER_RUNTIME_INTEGER_PAIREDWEIGHTS_H

#include "vernier/Runtime/Integer/Packing.h"

namespace mlir::vernier::runtime {

/// Where byte `at` of half a step, 8 channels of 4 weights, is in that order.
VERNIER_ALWAYS_INLINE constexpr int32_t pairedPlace(int32_t at) {
  const int32_t channel = at / integerStep, weight = at % integerStep;
  return weight / 2 * integerBlock + 2 * channel + weight % 2;
}

/// Brings `size` bytes of packed weights into pairs.
inline void pairWeights(const int8_t *packed, int64_t size, int8_t *paired) {
  constexpr int32_t half = integerBlock * integerStep / 2;
  for (int64_t first = 0; first < size; first += half)
    for (int32_t at = 0; at < half; ++at)
      paired[first + pairedPlace(at)] = packed[first + at];
}

/// The reverse.
inline void unpairWeights(const int8_t *paired, int64_t size, int8_t *packed) {
  constexpr int32_t half = integerBlock * integerStep / 2;
  for (int64_t first = 0; first < size; first += half)
    for (int32_t at = 0; at < half; ++at)
      packed[first + at] = paired[first + pairedPlace(at)];
}

} // namespace mlir::vernier::runtime

#endif // VERNIER_RUNTIME_INTEGER_PAIREDWEIGHTS_H
