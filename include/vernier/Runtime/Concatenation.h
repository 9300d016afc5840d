//===- Concatenation.h - CONCATENATION of unequal scales --------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// uint8 networks join tensors whose parameters differ; every kernel set brings them to the output's in float. Joining
// equals is `copyBlocks` in StridedCopy.h.
//===----------------------------------------------------------------------===//

#ifndef VERNIER_RUNTIME_CONCATENATION_H
#define VERNIER_RUNTIME_CONCATENATION_H

#include "vernier/Numerics/LookupTable.h"
#include "vernier/Runtime/Elementwise.h"

namespace mlir::vernier::runtime {

/// y = clamp(round(x * scale + bias) + zero point), half away from zero.
struct ConcatenationRescale {
  float scale;
  float bias;
  int32_t zeroPoint;

  int32_t operator()(int32_t x) const {
    const float value = numerics::product(static_cast<float>(x), scale) + bias;
    return static_cast<int32_t>(numerics::clamp<int64_t>(int64_t(numerics::roundHalfAway(value)) + zeroPoint, 0, 255));
  }
};
inline ConcatenationRescale makeConcatenationRescale(numerics::AffineParams input, numerics::AffineParams output) {
  const float scale = numerics::product(input.scale, 1.0f / output.scale);
  return {scale, numerics::product(static_cast<float>(-input.zeroPoint), scale), output.zeroPoint};
}

/// A part of a concatenation, through a table: `count` blocks of `size` elements that lie `outputStep` apart in the
/// output.
template <class T>
inline void lookUpBlocks(int64_t count, int64_t size, int64_t outputStep, const T *input, const T table[256],
                         T *output) {
  for (int64_t i = 0; i < count; ++i)
    lookUp(size, input + i * size, table, output + i * outputStep);
}

} // namespace mlir::vernier::runtime

#endif // VERNIER_RUNTIME_CONCATENATION_H
