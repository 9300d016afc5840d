//===- MirrorPad.h - MIRROR_PAD ---------------------------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Padding with the tensor's own mirror image.
//===----------------------------------------------------------------------===//

#ifndef VERNIER_RUNTIME_MIRRORPAD_H
#define VERNIER_RUNTIME_MIRRORPAD_H

#include "vernier/Runtime/Shape.h"

namespace mlir::vernier::runtime {

/// `skipped` is 1 where the border element is left out of the image (REFLECT) and 0 where it is repeated (SYMMETRIC).
/// Neither `before[i]` nor `after[i]` may exceed dims[i] - skipped. Buffers must not overlap.
template <class T>
inline void mirrorPad(const Shape &input, const int32_t *before, const int32_t *after, int32_t skipped, const T *data,
                      T *output) {
  int64_t dense[maxRank] = {};
  denseStrides(input, dense);
  int64_t count = 1;
  for (int d = 0; d < input.rank; ++d)
    count *= int64_t(input.dims[d]) + before[d] + after[d];
  int32_t index[maxRank] = {};
  for (int64_t i = 0; i < count; ++i) {
    int64_t from = 0;
    for (int d = 0; d < input.rank; ++d) {
      const int32_t size = input.dims[d], at = index[d] - before[d];
      from += dense[d] * (at < 0 ? skipped - 1 - at : at >= size ? 2 * (size - 1) + 1 - skipped - at : at);
    }
    output[i] = data[from];
    for (int d = input.rank - 1; d >= 0 && ++index[d] == before[d] + input.dims[d] + after[d]; --d)
      index[d] = 0;
  }
}

} // namespace mlir::vernier::runtime

#endif // VERNIER_RUNTIME_MIRRORPAD_H
