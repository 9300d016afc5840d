//===- SliceAt.h - Slices whose bounds are data -----------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How many elements a slice takes is known, where they begin is not: the row of a loop's counter.
//===----------------------------------------------------------------------===//

#ifndef VERNIER_RUNTIME_SLICEAT_H
#define VERNIER_RUNTIME_SLICEAT_H

#include "vernier/Runtime/StridedCopy.h"

namespace mlir::vernier::runtime {

/// SLICE: `output` from `begin` on; a `size` of -1 reaches to the end. Returns false where the bounds lie outside of
/// the input, or take another number of elements than `output` has.
template <class T, class Index>
inline bool sliceAt(const Shape &inputShape, const Shape &outputShape, const Index *begin, const Index *size,
                    const T *input, T *output) {
  int32_t first[maxRank] = {};
  for (int i = 0; i < inputShape.rank; ++i) {
    const int64_t from = begin[i], dim = inputShape.dims[i], count = outputShape.dims[i];
    if (from < 0 || from > dim || count > dim - from || (size[i] == -1 ? dim - from : size[i]) != count)
      return false;
    first[i] = static_cast<int32_t>(from);
  }
  stridedCopy(makeSlice(inputShape, first, nullptr, outputShape.dims), input, output);
  return true;
}

/// One dimension of the input of a STRIDED_SLICE: which entry of its bounds is about it, or -1 where none is; the
/// stride and the masks; how many elements it gives.
struct SliceAxis {
  int32_t entry = -1, stride = 1;
  bool hasBegin = false, hasEnd = false, shrinks = false;
  /// The end counts from where the slice begins.
  bool isOffset = false;
  int32_t count = 0;
};

struct StridedSliceAt {
  Shape input;
  SliceAxis axes[maxRank];
};

/// Where one dimension begins, or -1 where these bounds give another number of elements.
inline int64_t beginOf(const SliceAxis &axis, int32_t dim, int64_t begin, int64_t end) {
  if (begin != static_cast<int32_t>(begin) || end != static_cast<int32_t>(end))
    return -1;
  if (axis.shrinks) {
    const int64_t at = axis.hasBegin ? (begin < 0 ? begin + dim : begin) : axis.stride > 0 ? 0 : dim - 1;
    return at < dim ? at : -1;
  }
  const int32_t from = static_cast<int32_t>(begin);
  if (axis.isOffset)
    end += resolveStridedSlice(dim, from, 0, axis.stride, axis.hasBegin, false).begin;
  constexpr int64_t low = INT32_MIN, high = INT32_MAX;
  const SliceBounds bounds = resolveStridedSlice(dim, from, static_cast<int32_t>(numerics::clamp(end, low, high)),
                                                 axis.stride, axis.hasBegin, axis.hasEnd);
  // Where nothing is taken, the first element may be the one before the first.
  return bounds.size != axis.count ? -1 : bounds.size == 0 ? 0 : bounds.begin;
}

/// STRIDED_SLICE. Returns false as `sliceAt` does.
template <class T, class Index>
inline bool stridedSliceAt(const StridedSliceAt &p, const Index *begin, const Index *end, const T *input, T *output) {
  int32_t first[maxRank] = {}, strides[maxRank] = {}, counts[maxRank] = {};
  for (int i = 0; i < p.input.rank; ++i) {
    const SliceAxis &axis = p.axes[i];
    strides[i] = axis.shrinks ? 1 : axis.stride;
    counts[i] = axis.count;
    if (axis.entry < 0)
      continue;
    const int64_t from = beginOf(axis, p.input.dims[i], begin[axis.entry], end[axis.entry]);
    if (from < 0)
      return false;
    first[i] = static_cast<int32_t>(from);
  }
  stridedCopy(makeSlice(p.input, first, strides, counts), input, output);
  return true;
}

} // namespace mlir::vernier::runtime

#endif // VERNIER_RUNTIME_SLICEAT_H
