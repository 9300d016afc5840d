//===- LookupTable.h - a function of one 8-bit value as a table -*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// An 8-bit tensor has 256 values, so any function of one element is a table:
// dequantize, evaluate in float, multiply by the reciprocal of the output
// scale, round.
//===----------------------------------------------------------------------===//

#ifndef VERNIER_NUMERICS_LOOKUPTABLE_H
#define VERNIER_NUMERICS_LOOKUPTABLE_H

#include "vernier/Numerics/Affine.h"

namespace mlir::vernier::numerics {

/// The scale and zero point of one side of an 8-bit operator.
struct AffineParams {
  float scale;
  int32_t zeroPoint;
};

/// Fills `table` with `function(real)` for every value of `T` (int8_t or
/// uint8_t); index with `uint8_t(value)`. TFLite rounds half away from zero and
/// XNNPACK half to even.
template <class T, Ties ties, class Function>
inline void fillLookupTable(const AffineParams &input, const AffineParams &output, Function function, T table[256]) {
  static_assert(sizeof(T) == 1, "a table of 8-bit values");
  const float reciprocal = 1.0f / output.scale;
  constexpr int32_t low = std::numeric_limits<T>::min(), high = std::numeric_limits<T>::max();
  for (int32_t value = low; value <= high; ++value) {
    const float result = function(dequantize(value, input.scale, input.zeroPoint));
    const int64_t quantized = int64_t(round<ties>(result * reciprocal)) + output.zeroPoint;
    table[static_cast<uint8_t>(value)] = static_cast<T>(clamp<int64_t>(quantized, low, high));
  }
}

} // namespace mlir::vernier::numerics

#endif // VERNIER_NUMERICS_LOOKUPTABLE_H
