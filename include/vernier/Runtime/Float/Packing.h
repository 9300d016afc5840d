//===- Packing.h - float filters as tiles read them -------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A tile reads 16 consecutive output channels at every step of the reduction.
// Packing puts them side by side, whatever the instruction set, so a packed
// filter can be a constant of a program that picks its instruction set at run
// time.
//===----------------------------------------------------------------------===//

#ifndef VERNIER_RUNTIME_FLOAT_PACKING_H
#define VERNIER_RUNTIME_FLOAT_PACKING_H

#include "vernier/Runtime/Conv2D.h"
#include "vernier/Runtime/FullyConnected.h"

#if defined(__GNUC__) || defined(__clang__)
#define VERNIER_NOINLINE __attribute__((noinline))
#else
#define VERNIER_NOINLINE
#endif

namespace mlir::vernier::runtime {

/// Output channels in a block of a packed filter.
constexpr int32_t floatBlock = 16;

/// Floats in a packed matrix of `depth` reduction steps and `outputs` output
/// channels: [blocks][depth][16].
VERNIER_ALWAYS_INLINE constexpr int64_t packedFloatSize(int64_t depth, int64_t outputs) {
  return (outputs + floatBlock - 1) / floatBlock * floatBlock * depth;
}

/// Packs a filter [outputs][depth]. Channels that fill up the last block are 0.
inline void packFloatFilter(int64_t depth, int64_t outputs, const float *filter, float *packed) {
  for (int64_t first = 0; first < outputs; first += floatBlock)
    for (int64_t k = 0; k < depth; ++k)
      for (int64_t c = first; c < first + floatBlock; ++c)
        *packed++ = c < outputs ? filter[c * depth + k] : 0.0f;
}

/// Packs a matrix [depth][outputs], as the right operand of a product has it.
inline void packFloatMatrix(int64_t depth, int64_t outputs, const float *matrix, float *packed) {
  for (int64_t first = 0; first < outputs; first += floatBlock)
    for (int64_t k = 0; k < depth; ++k)
      for (int64_t c = first; c < first + floatBlock; ++c)
        *packed++ = c < outputs ? matrix[k * outputs + c] : 0.0f;
}

/// The same for a convolution's filter
/// [outputChannels][filterHeight][filterWidth][inputChannels / groups], each
/// group on its own; for a transpose convolution, groups = 1.
constexpr int64_t packedConvFilterSize(const Conv2DParams &p) {
  return p.groups * packedFloatSize(int64_t(p.filterHeight) * p.filterWidth * (p.inputChannels / p.groups),
                                    p.outputChannels / p.groups);
}
inline void packConvFilter(const Conv2DParams &p, const float *filter, float *packed) {
  const int64_t depth = int64_t(p.filterHeight) * p.filterWidth * (p.inputChannels / p.groups);
  const int64_t outputs = p.outputChannels / p.groups;
  for (int32_t g = 0; g < p.groups; ++g)
    packFloatFilter(depth, outputs, filter + g * outputs * depth, packed + g * packedFloatSize(depth, outputs));
}

} // namespace mlir::vernier::runtime

#endif // VERNIER_RUNTIME_FLOAT_PACKING_H
