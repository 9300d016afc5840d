//===- Gather.h - GATHER and GATHER_ND --------------------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Indices come from the network's data, so they are checked: a kernel returns
// false at the first one out of range.
//===----------------------------------------------------------------------===//

#ifndef VERNIER_RUNTIME_GATHER_H
#define VERNIER_RUNTIME_GATHER_H

#include "vernier/Runtime/Shape.h"

namespace mlir::vernier::runtime {

/// input [batches][outer][extent][inner], indices [batches][count], output
/// [batches][outer][count][inner].
struct GatherParams {
  int64_t batches, outer;
  int32_t extent;
  int64_t inner;
  int64_t count;
};

template <class T, class Index>
inline bool gather(const GatherParams &p, const T *input, const Index *indices, T *output) {
  for (int64_t b = 0; b < p.batches; ++b)
    for (int64_t o = 0; o < p.outer; ++o)
      for (int64_t i = 0; i < p.count; ++i, output += p.inner) {
        const Index index = indices[b * p.count + i];
        if (index < 0 || index >= p.extent)
          return false;
        std::memcpy(output, input + ((b * p.outer + o) * p.extent + static_cast<int64_t>(index)) * p.inner,
                    sizeof(T) * static_cast<size_t>(p.inner));
      }
  return true;
}

/// indices [count][depth] address the first `depth` dimensions of `input`;
/// output [count][the other dimensions].
template <class T, class Index>
inline bool gatherND(const Shape &input, int64_t count, int32_t depth, const T *data, const Index *indices, T *output) {
  const int64_t slice = input.size(depth, input.rank);
  for (int64_t i = 0; i < count; ++i, indices += depth, output += slice) {
    int64_t at = 0;
    for (int32_t d = 0; d < depth; ++d) {
      if (indices[d] < 0 || indices[d] >= input.dims[d])
        return false;
      at = at * input.dims[d] + static_cast<int64_t>(indices[d]);
    }
    std::memcpy(output, data + at * slice, sizeof(T) * static_cast<size_t>(slice));
  }
  return true;
}

} // namespace mlir::vernier::runtime

#endif // VERNIER_RUNTIME_GATHER_H
