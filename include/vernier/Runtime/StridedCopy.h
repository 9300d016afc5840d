//===- StridedCopy.h - every rearrangement ----------------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// An operator that only moves elements is one kernel, a strided read into a
// dense output, and a function that plans the strides. Elements are bytes to
// it: any trivially copyable type of the right size will do.
//===----------------------------------------------------------------------===//

#ifndef VERNIER_RUNTIME_STRIDEDCOPY_H
#define VERNIER_RUNTIME_STRIDEDCOPY_H

#include "vernier/Runtime/Shape.h"

namespace mlir::vernier::runtime {

/// output (dense) = input read along `plan`. Buffers must not overlap.
template <class T> inline void stridedCopy(const Traversal<1> &plan, const T *input, T *output) {
  forEachRun(plan, [&](int64_t at, const int64_t (&offsets)[1], const int64_t (&steps)[1], int32_t length) {
    const T *from = input + offsets[0];
    if (steps[0] == 1) {
      std::memcpy(output + at, from, sizeof(T) * static_cast<size_t>(length));
      return;
    }
    for (int32_t i = 0; i < length; ++i)
      output[at + i] = from[i * steps[0]];
  });
}

/// TRANSPOSE: output dimension i is input dimension `permutation[i]`.
constexpr Traversal<1> makeTranspose(const Shape &input, const int32_t *permutation) {
  int64_t dense[maxRank] = {};
  denseStrides(input, dense);
  Traversal<1> plan;
  plan.rank = input.rank;
  for (int i = 0; i < input.rank; ++i) {
    plan.dims[i] = input.dims[permutation[i]];
    plan.strides[0][i] = dense[permutation[i]];
  }
  return simplify(plan);
}

/// SLICE and STRIDED_SLICE after their masks are resolved: output element i of
/// a dimension is input element begin + i * stride, which must lie within the
/// input. `strides` may be null for all ones.
constexpr Traversal<1> makeSlice(const Shape &input, const int32_t *begin, const int32_t *strides,
                                 const int32_t *outputDims) {
  int64_t dense[maxRank] = {};
  denseStrides(input, dense);
  Traversal<1> plan;
  plan.rank = input.rank;
  for (int i = 0; i < input.rank; ++i) {
    plan.dims[i] = outputDims[i];
    plan.offsets[0] += begin[i] * dense[i];
    plan.strides[0][i] = dense[i] * (strides ? strides[i] : 1);
  }
  return simplify(plan);
}

/// The clipped bounds of one dimension of a STRIDED_SLICE: where it starts and
/// how many elements it has. Without `hasBegin` or `hasEnd` (the masks) the
/// slice runs from or to the end that the stride's sign implies; `stride` is
/// not 0.
struct SliceBounds {
  int32_t begin, size;
};
constexpr SliceBounds resolveStridedSlice(int32_t dim, int32_t begin, int32_t end, int32_t stride, bool hasBegin,
                                          bool hasEnd) {
  const int64_t low = stride > 0 ? 0 : -1, high = stride > 0 ? dim : int64_t(dim) - 1;
  const auto clip = [&](int64_t at) { return numerics::clamp(at < 0 ? at + dim : at, low, high); };
  const int64_t first = hasBegin ? clip(begin) : stride > 0 ? low : high;
  const int64_t last = hasEnd ? clip(end) : stride > 0 ? high : low;
  const int64_t span = stride > 0 ? last - first : first - last;
  const int64_t step = stride > 0 ? stride : -int64_t(stride);
  return {static_cast<int32_t>(first), static_cast<int32_t>(span <= 0 ? 0 : (span + step - 1) / step)};
}

/// BROADCAST_TO. Returns false if `input` does not broadcast to `output`.
constexpr bool makeBroadcastTo(const Shape &input, const Shape &output, Traversal<1> &plan) {
  if (input.rank > output.rank)
    return false;
  int64_t dense[maxRank] = {};
  denseStrides(input, dense);
  Traversal<1> full;
  full.rank = output.rank;
  for (int i = 0; i < output.rank; ++i) {
    const int from = i - (output.rank - input.rank);
    full.dims[i] = output.dims[i];
    if (from < 0 || input.dims[from] == 1)
      continue;
    if (input.dims[from] != output.dims[i])
      return false;
    full.strides[0][i] = dense[from];
  }
  plan = simplify(full);
  return true;
}

/// SPACE_TO_DEPTH of [batches][height][width][channels] in blocks of `block` x
/// `block`.
constexpr Traversal<1> makeSpaceToDepth(int32_t batches, int32_t height, int32_t width, int32_t channels,
                                        int32_t block) {
  const int32_t order[] = {0, 1, 3, 2, 4, 5};
  return makeTranspose({6, {batches, height / block, block, width / block, block, channels}}, order);
}

/// DEPTH_TO_SPACE of [batches][height][width][channels].
constexpr Traversal<1> makeDepthToSpace(int32_t batches, int32_t height, int32_t width, int32_t channels,
                                        int32_t block) {
  const int32_t order[] = {0, 1, 3, 2, 4, 5};
  return makeTranspose({6, {batches, height, width, block, block, channels / (block * block)}}, order);
}

/// Copies `count` blocks of `size` elements between buffers whose blocks lie
/// `inputStep` and `outputStep` elements apart: the body of CONCATENATION,
/// SPLIT, PACK and UNPACK, called once for each part. For a part of a
/// concatenation along `axis`, with outer and inner the sizes before and after
/// that axis: count = outer, size = inputStep = part's extent * inner,
/// outputStep = whole extent * inner, `output` at the part's first element.
template <class T>
inline void copyBlocks(int64_t count, int64_t size, int64_t inputStep, int64_t outputStep, const T *input, T *output) {
  for (int64_t i = 0; i < count; ++i)
    std::memcpy(output + i * outputStep, input + i * inputStep, sizeof(T) * static_cast<size_t>(size));
}

} // namespace mlir::vernier::runtime

#endif // VERNIER_RUNTIME_STRIDEDCOPY_H
