//===- Pad.h - PAD, SPACE_TO_BATCH_ND, BATCH_TO_SPACE_ND --------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Padding with a constant, which for quantized tensors is the zero point, and
// the two operators that move blocks of space to the batch dimension and back.
//===----------------------------------------------------------------------===//

#ifndef VERNIER_RUNTIME_PAD_H
#define VERNIER_RUNTIME_PAD_H

#include "vernier/Runtime/StridedCopy.h"

namespace mlir::vernier::runtime {

/// PAD and PADV2: `before[i]` and `after[i]` elements of `value` (not negative)
/// around dimension i. Buffers must not overlap.
template <class T>
inline void pad(const Shape &input, const int32_t *before, const int32_t *after, T value, const T *data, T *output) {
  if (input.rank == 0) {
    *output = *data;
    return;
  }
  // The innermost dimension that grows as runs of whole blocks, those before it as an odometer over the output.
  int inner = input.rank - 1;
  int64_t block = 1;
  for (; inner > 0 && before[inner] == 0 && after[inner] == 0; --inner)
    block *= input.dims[inner];
  int64_t rows = 1;
  for (int i = 0; i < inner; ++i)
    rows *= int64_t(input.dims[i]) + before[i] + after[i];
  const int64_t head = before[inner] * block, valid = input.dims[inner] * block, tail = after[inner] * block;
  const auto fill = [&](int64_t count) {
    for (int64_t i = 0; i < count; ++i)
      output[i] = value;
    output += count;
  };
  int32_t index[maxRank] = {};
  for (int64_t row = 0; row < rows; ++row) {
    bool inside = true;
    for (int i = 0; i < inner; ++i)
      inside = inside && index[i] >= before[i] && index[i] < before[i] + input.dims[i];
    if (inside) {
      fill(head);
      std::memcpy(output, data, static_cast<size_t>(valid) * sizeof(T));
      output += valid;
      data += valid;
      fill(tail);
    } else {
      fill(head + valid + tail);
    }
    for (int d = inner - 1; d >= 0 && ++index[d] == before[d] + input.dims[d] + after[d]; --d)
      index[d] = 0;
  }
}

/// The same with a value that the network computes.
template <class T>
inline void padWith(const Shape &input, const int32_t *before, const int32_t *after, const T *value, const T *data,
                    T *output) {
  pad(input, before, after, *value, data, output);
}

/// SPACE_TO_BATCH_ND and its inverse over one or two spatial dimensions (one:
/// width = 1). `space` is the side with fewer batches, `batch` the other:
/// [batches * blockHeight * blockWidth][batchHeight][batchWidth][channels].
struct SpaceToBatchParams {
  int32_t batches;
  int32_t spaceHeight, spaceWidth;
  int32_t batchHeight, batchWidth;
  int32_t channels;
  int32_t blockHeight, blockWidth;
  /// Padding (to batch) or crop (to space) at the top and the left.
  int32_t top, left;
};

namespace detail {
/// Calls `cell(spacePixel, batchPixel)` for each pixel of the batch side;
/// spacePixel is -1 outside the space side.
template <class Cell> inline void forEachBatchPixel(const SpaceToBatchParams &p, Cell cell) {
  int64_t at = 0;
  for (int32_t by = 0; by < p.blockHeight; ++by)
    for (int32_t bx = 0; bx < p.blockWidth; ++bx)
      for (int32_t n = 0; n < p.batches; ++n)
        for (int32_t y = 0; y < p.batchHeight; ++y)
          for (int32_t x = 0; x < p.batchWidth; ++x, ++at) {
            const int32_t sy = y * p.blockHeight + by - p.top;
            const int32_t sx = x * p.blockWidth + bx - p.left;
            const bool inside = sy >= 0 && sy < p.spaceHeight && sx >= 0 && sx < p.spaceWidth;
            cell(inside ? (int64_t(n) * p.spaceHeight + sy) * p.spaceWidth + sx : int64_t(-1), at);
          }
}
} // namespace detail

template <class T> inline void spaceToBatch(const SpaceToBatchParams &p, T value, const T *input, T *output) {
  detail::forEachBatchPixel(p, [&](int64_t space, int64_t batch) {
    T *to = output + batch * p.channels;
    if (space >= 0)
      std::memcpy(to, input + space * p.channels, sizeof(T) * static_cast<size_t>(p.channels));
    else
      for (int32_t c = 0; c < p.channels; ++c)
        to[c] = value;
  });
}

template <class T> inline void batchToSpace(const SpaceToBatchParams &p, const T *input, T *output) {
  detail::forEachBatchPixel(p, [&](int64_t space, int64_t batch) {
    if (space >= 0)
      std::memcpy(output + space * p.channels, input + batch * p.channels, sizeof(T) * static_cast<size_t>(p.channels));
  });
}

} // namespace mlir::vernier::runtime

#endif // VERNIER_RUNTIME_PAD_H
