//===- ResizeNearestNeighbor.h - RESIZE_NEAREST_NEIGHBOR --------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Copies the nearest input pixel; every kernel set agrees, whatever the element
// type.
//===----------------------------------------------------------------------===//

#ifndef VERNIER_RUNTIME_RESIZENEARESTNEIGHBOR_H
#define VERNIER_RUNTIME_RESIZENEARESTNEIGHBOR_H

#include "vernier/Runtime/ResizeBilinear.h"

namespace mlir::vernier::runtime {

namespace detail {
inline int32_t nearest(int32_t at, int32_t input, int32_t output, const ResizeParams &p) {
  const float scale = resizeScale(input, output, p);
  const float position = numerics::product(static_cast<float>(at) + (p.halfPixelCenters ? 0.5f : 0.0f), scale);
  const int32_t index = p.alignCorners ? numerics::roundHalfAway(position) : static_cast<int32_t>(position);
  return index < input ? index : input - 1;
}
} // namespace detail

/// Buffers must not overlap.
template <class T> inline void resizeNearestNeighbor(const ResizeParams &p, const T *input, T *output) {
  for (int32_t n = 0; n < p.batches; ++n)
    for (int32_t y = 0; y < p.outputHeight; ++y) {
      const ptrdiff_t row =
          static_cast<ptrdiff_t>(n) * p.inputHeight + detail::nearest(y, p.inputHeight, p.outputHeight, p);
      for (int32_t x = 0; x < p.outputWidth; ++x, output += p.channels)
        std::memcpy(output,
                    input + (row * p.inputWidth + detail::nearest(x, p.inputWidth, p.outputWidth, p)) * p.channels,
                    sizeof(T) * static_cast<size_t>(p.channels));
    }
}

} // namespace mlir::vernier::runtime

#endif // VERNIER_RUNTIME_RESIZENEARESTNEIGHBOR_H
