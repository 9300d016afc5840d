//===- Shape.h - dense shapes and broadcasting ------------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Shapes are small fixed arrays, so that a generated program can hold them as
// constants. Broadcasting, slicing and transposing are strides: a dimension
// that an operand repeats over has stride 0.
//===----------------------------------------------------------------------===//

#ifndef VERNIER_RUNTIME_SHAPE_H
#define VERNIER_RUNTIME_SHAPE_H

#include "vernier/Numerics/Bits.h"
#include <cstddef>

namespace mlir::vernier::runtime {

/// The largest rank that the kernels take.
constexpr int maxRank = 8;

/// A dense row-major shape.
struct Shape {
  int32_t rank = 0;
  int32_t dims[maxRank] = {};

  /// The number of elements of dimensions [begin, end).
  constexpr int64_t size(int begin, int end) const {
    int64_t count = 1;
    for (int i = begin; i < end; ++i)
      count *= dims[i];
    return count;
  }
  constexpr int64_t size() const { return size(0, rank); }
};

/// How `N` operands are read, in elements, to visit a box of `dims` in
/// row-major order.
template <int N> struct Traversal {
  int32_t rank = 0;
  int32_t dims[maxRank] = {};
  int64_t offsets[N] = {};
  int64_t strides[N][maxRank] = {};
};

/// Drops dimensions of one element and merges neighbours that all operands walk
/// through alike; the rank stays at least 1 and the order of visits is the
/// same. This makes innermost runs long.
template <int N> constexpr Traversal<N> simplify(const Traversal<N> &from) {
  Traversal<N> to;
  for (int n = 0; n < N; ++n)
    to.offsets[n] = from.offsets[n];
  for (int i = 0; i < from.rank; ++i) {
    if (from.dims[i] == 1)
      continue;
    bool merges = to.rank > 0 && from.dims[i] != 0;
    for (int n = 0; merges && n < N; ++n)
      merges = to.strides[n][to.rank - 1] == from.strides[n][i] * from.dims[i];
    if (!merges)
      ++to.rank;
    to.dims[to.rank - 1] = (merges ? to.dims[to.rank - 1] : 1) * from.dims[i];
    for (int n = 0; n < N; ++n)
      to.strides[n][to.rank - 1] = from.strides[n][i];
  }
  if (to.rank == 0) {
    to.rank = 1;
    to.dims[0] = 1;
  }
  return to;
}

/// The strides of a dense tensor: `strides[i]` for its dimension i.
constexpr void denseStrides(const Shape &shape, int64_t (&strides)[maxRank]) {
  int64_t next = 1;
  for (int i = shape.rank - 1; i >= 0; --i) {
    strides[i] = next;
    next *= shape.dims[i];
  }
}

/// Plans the broadcast of `operands` (NumPy rules: dimensions are aligned at
/// the end). Returns false if the shapes do not fit each other.
template <int N> constexpr bool makeBroadcast(const Shape (&operands)[N], Traversal<N> &plan) {
  Traversal<N> full;
  for (int n = 0; n < N; ++n)
    full.rank = operands[n].rank > full.rank ? operands[n].rank : full.rank;
  for (int i = 0; i < full.rank; ++i)
    full.dims[i] = 1;
  for (int n = 0; n < N; ++n) {
    const int missing = full.rank - operands[n].rank;
    int64_t dense[maxRank] = {};
    denseStrides(operands[n], dense);
    for (int i = missing; i < full.rank; ++i) {
      const int32_t dim = operands[n].dims[i - missing];
      if (dim == 1)
        continue;
      if (full.dims[i] != 1 && full.dims[i] != dim)
        return false;
      full.dims[i] = dim;
      full.strides[n][i] = dense[i - missing];
    }
  }
  plan = simplify(full);
  return true;
}

/// Calls `run(outputOffset, offsets, steps, length)` for each innermost run in
/// order; `steps[n]` is the stride of operand `n` within the run, and the
/// output is dense.
template <int N, class Run> inline void forEachRun(const Traversal<N> &plan, Run run) {
  const int inner = plan.rank - 1;
  const int32_t length = plan.dims[inner];
  int64_t outer = length != 0;
  for (int i = 0; i < inner; ++i)
    outer *= plan.dims[i];
  int32_t index[maxRank] = {};
  int64_t offsets[N], steps[N];
  for (int n = 0; n < N; ++n) {
    offsets[n] = plan.offsets[n];
    steps[n] = plan.strides[n][inner];
  }
  for (int64_t i = 0; i < outer; ++i) {
    run(i * length, offsets, steps, length);
    for (int d = inner - 1; d >= 0; --d) {
      ++index[d];
      for (int n = 0; n < N; ++n)
        offsets[n] += plan.strides[n][d];
      if (index[d] < plan.dims[d])
        break;
      for (int n = 0; n < N; ++n)
        offsets[n] -= plan.strides[n][d] * plan.dims[d];
      index[d] = 0;
    }
  }
}

} // namespace mlir::vernier::runtime

#endif // VERNIER_RUNTIME_SHAPE_H
