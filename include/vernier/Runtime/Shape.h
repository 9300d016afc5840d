//===- Shape.h - dense shapes and broadcasting ------------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Shapes are small fixed arrays, so that a generated program can hold them as constants. Broadcasting is strides: a
// dimension that an operand repeats over has stride 0, and neighbouring dimensions that behave alike are merged.
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

/// How `N` operands are read to produce a result of shape `dims`.
template <int N> struct Broadcast {
  int32_t rank = 0;
  int32_t dims[maxRank] = {};
  int64_t strides[N][maxRank] = {};
};

/// Plans the broadcast of `operands` (NumPy rules, dimensions aligned at the end). Returns false if the shapes do not
/// fit each other. Result dimensions are merged where that changes nothing.
template <int N> constexpr bool makeBroadcast(const Shape (&operands)[N], Broadcast<N> &plan) {
  plan = Broadcast<N>();
  int rank = 0;
  for (int n = 0; n < N; ++n)
    rank = operands[n].rank > rank ? operands[n].rank : rank;
  int64_t next[N] = {};
  for (int n = 0; n < N; ++n)
    next[n] = 1;
  // From the innermost dimension outwards; reversed at the end.
  int count = 0;
  for (int i = 1; i <= rank; ++i) {
    int32_t extent = 1;
    for (int n = 0; n < N; ++n) {
      const int32_t dim = i <= operands[n].rank ? operands[n].dims[operands[n].rank - i] : 1;
      if (dim != 1 && extent != 1 && dim != extent)
        return false;
      extent = dim != 1 ? dim : extent;
    }
    int64_t stride[N] = {};
    for (int n = 0; n < N; ++n) {
      const int32_t dim = i <= operands[n].rank ? operands[n].dims[operands[n].rank - i] : 1;
      stride[n] = dim == 1 ? 0 : next[n];
      next[n] *= dim;
    }
    if (extent == 1)
      continue;
    bool merges = count > 0;
    for (int n = 0; merges && n < N; ++n)
      merges = stride[n] == plan.strides[n][count - 1] * plan.dims[count - 1] &&
               (stride[n] != 0) == (plan.strides[n][count - 1] != 0);
    if (merges) {
      plan.dims[count - 1] *= extent;
      continue;
    }
    plan.dims[count] = extent;
    for (int n = 0; n < N; ++n)
      plan.strides[n][count] = stride[n];
    ++count;
  }
  if (count == 0) {
    plan.dims[0] = 1;
    count = 1;
  }
  plan.rank = count;
  for (int i = 0; i < count / 2; ++i) {
    const int j = count - 1 - i;
    const int32_t dim = plan.dims[i];
    plan.dims[i] = plan.dims[j];
    plan.dims[j] = dim;
    for (int n = 0; n < N; ++n) {
      const int64_t stride = plan.strides[n][i];
      plan.strides[n][i] = plan.strides[n][j];
      plan.strides[n][j] = stride;
    }
  }
  return true;
}

/// Calls `run(outputOffset, offsets, steps, length)` for each innermost run of the result, in order. `steps[n]` is
/// the stride of operand `n` within the run.
template <int N, class Run> inline void forEachRun(const Broadcast<N> &plan, Run run) {
  const int inner = plan.rank - 1;
  const int32_t length = plan.dims[inner];
  int64_t outer = 1;
  for (int i = 0; i < inner; ++i)
    outer *= plan.dims[i];
  int32_t index[maxRank] = {};
  int64_t offsets[N] = {}, steps[N];
  for (int n = 0; n < N; ++n)
    steps[n] = plan.strides[n][inner];
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
