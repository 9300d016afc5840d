//===- Indexing.h - Elements by index, sums along indices ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_RUNTIME_INDEXING_H
#define VERNIER_RUNTIME_INDEXING_H

#include "vernier/Runtime/Shape.h"
#include <algorithm>

namespace mlir::vernier::runtime {

/// output[o][d][i] = d == indices[o][i] ? *on : *off.
template <class T, class Index>
inline void oneHot(int64_t outer, int64_t depth, int64_t inner, const Index *indices, const T *on, const T *off,
                   T *output) {
  for (int64_t o = 0; o < outer; ++o, indices += inner)
    for (int64_t d = 0; d < depth; ++d)
      for (int64_t i = 0; i < inner; ++i)
        *output++ = static_cast<int64_t>(indices[i]) == d ? *on : *off;
}

/// `size` times the one value.
template <class T> inline void fillWith(int64_t size, const T *value, T *output) { std::fill_n(output, size, *value); }

/// The shape that shapes of `left` and `right` dimensions broadcast to. False where they do not.
template <class T> inline bool broadcastShapes(int64_t left, int64_t right, const T *lhs, const T *rhs, T *output) {
  const int64_t rank = left < right ? right : left;
  for (int64_t i = 0; i < rank; ++i) {
    const T a = i + left < rank ? 1 : lhs[i + left - rank];
    const T b = i + right < rank ? 1 : rhs[i + right - rank];
    if (a != b && a != 1 && b != 1)
      return false;
    output[i] = a == 1 ? b : a;
  }
  return true;
}

/// `input` with `update` from `start` on, which is moved so that the update stays within.
template <class T, class Index>
inline void updateSlice(const Shape &whole, const Shape &part, const T *input, const T *update, const Index *start,
                        T *output) {
  std::copy_n(input, whole.size(), output);
  int64_t dense[maxRank] = {}, at = 0;
  denseStrides(whole, dense);
  // The update is what runs through in order; the box that it fills is strided.
  Traversal<1> box;
  box.rank = whole.rank;
  for (int d = 0; d < whole.rank; ++d) {
    const int64_t first = static_cast<int64_t>(start[d]), last = whole.dims[d] - part.dims[d];
    at += (first < 0 ? 0 : first > last ? last : first) * dense[d];
    box.dims[d] = part.dims[d];
    box.strides[0][d] = dense[d];
  }
  T *to = output + at;
  forEachRun(simplify(box), [&](int64_t i, const int64_t (&offsets)[1], const int64_t (&steps)[1], int32_t length) {
    for (int32_t n = 0; n < length; ++n)
      to[offsets[0] + n * steps[0]] = update[i + n];
  });
}

/// The number of `boundaries`, which ascend, that are not above each element.
template <class T>
inline void bucketize(int64_t size, int64_t count, const float *boundaries, const T *input, int32_t *output) {
  for (int64_t i = 0; i < size; ++i)
    output[i] = static_cast<int32_t>(std::upper_bound(boundaries, boundaries + count, input[i]) - boundaries);
}

/// The `k` largest of each row in descending order, the earlier of equal ones
/// first. `order` has room for `size` indices.
template <class T, class Index>
inline void topK(int64_t rows, int32_t size, int32_t k, const T *input, int32_t *order, T *values, Index *indices) {
  for (int64_t row = 0; row < rows; ++row, input += size) {
    for (int32_t i = 0; i < size; ++i)
      order[i] = i;
    std::partial_sort(order, order + k, order + size,
                      [&](int32_t a, int32_t b) { return input[a] > input[b] || (!(input[b] > input[a]) && a < b); });
    for (int32_t i = 0; i < k; ++i) {
      *values++ = input[order[i]];
      *indices++ = static_cast<Index>(order[i]);
    }
  }
}

/// Adds slices of `size` elements at `count` index vectors of `depth` elements
/// into `output`, which starts at 0. False if an index is out of range.
template <class T, class Index, class Add>
inline bool scatterND(const Shape &shape, int64_t count, int32_t depth, const Index *indices, const T *updates, Add add,
                      T *output) {
  const int64_t size = shape.size(depth, shape.rank);
  std::fill_n(output, shape.size(), T(0));
  for (int64_t n = 0; n < count; ++n, indices += depth, updates += size) {
    int64_t at = 0;
    for (int32_t d = 0; d < depth; ++d) {
      if (indices[d] < 0 || indices[d] >= shape.dims[d])
        return false;
      at = at * shape.dims[d] + static_cast<int64_t>(indices[d]);
    }
    for (int64_t i = 0; i < size; ++i)
      output[at * size + i] = add(output[at * size + i], updates[i]);
  }
  return true;
}

/// A tensor seen as [outer][first][middle][second][inner]: reverses the first
/// lengths[b] steps of the sequence. The batch is `first` if `batchFirst`, else
/// `second`. False if a length is out of range.
struct ReverseSequenceParams {
  int64_t outer, first, middle, second, inner;
  bool batchFirst;
};
template <class T, class Index>
inline bool reverseSequence(const ReverseSequenceParams &p, const T *input, const Index *lengths, T *output) {
  const int64_t steps = p.batchFirst ? p.second : p.first;
  for (int64_t b = 0; b < (p.batchFirst ? p.first : p.second); ++b)
    if (lengths[b] < 0 || static_cast<int64_t>(lengths[b]) > steps)
      return false;
  for (int64_t o = 0; o < p.outer; ++o)
    for (int64_t f = 0; f < p.first; ++f)
      for (int64_t m = 0; m < p.middle; ++m)
        for (int64_t s = 0; s < p.second; ++s, output += p.inner) {
          const int64_t length = static_cast<int64_t>(lengths[p.batchFirst ? f : s]), step = p.batchFirst ? s : f;
          const int64_t from = step < length ? length - 1 - step : step;
          const int64_t row =
              ((o * p.first + (p.batchFirst ? f : from)) * p.middle + m) * p.second + (p.batchFirst ? from : s);
          std::copy_n(input + row * p.inner, p.inner, output);
        }
  return true;
}

/// Matrices with `diagonal`; elsewhere as in `input`, or 0 where that is null.
template <class T>
inline void setDiagonal(int64_t matrices, int64_t rows, int64_t columns, const T *input, const T *diagonal, T *output) {
  const int64_t length = rows < columns ? rows : columns;
  for (int64_t m = 0; m < matrices; ++m, diagonal += length)
    for (int64_t r = 0; r < rows; ++r)
      for (int64_t c = 0; c < columns; ++c, ++output) {
        *output = r == c ? diagonal[r] : input ? *input : T(0);
        input += input != nullptr;
      }
}

/// Running sums over `size` elements that are `inner` apart.
template <class T, class Add>
inline void cumulativeSum(int64_t outer, int64_t size, int64_t inner, bool exclusive, bool reverse, const T *input,
                          Add add, T *output) {
  for (int64_t o = 0; o < outer; ++o)
    for (int64_t i = 0; i < inner; ++i) {
      T sum = 0;
      for (int64_t s = 0; s < size; ++s) {
        const int64_t at = (o * size + (reverse ? size - 1 - s : s)) * inner + i;
        const T next = add(sum, input[at]);
        output[at] = exclusive ? sum : next;
        sum = next;
      }
    }
}

/// Folds slice n of the input into slice ids[n] of `segments`, which start at
/// `initial`; ids below 0 are dropped. False if an id is too large.
template <class T, class Index, class Fold>
inline bool foldSegments(int64_t count, int64_t slice, int64_t segments, T initial, const T *input, const Index *ids,
                         Fold fold, T *output) {
  std::fill_n(output, segments * slice, initial);
  for (int64_t n = 0; n < count; ++n, input += slice) {
    if (ids[n] >= segments)
      return false;
    for (int64_t i = 0; ids[n] >= 0 && i < slice; ++i) {
      T &to = output[static_cast<int64_t>(ids[n]) * slice + i];
      to = fold(to, input[i]);
    }
  }
  return true;
}

} // namespace mlir::vernier::runtime

#endif // VERNIER_RUNTIME_INDEXING_H
