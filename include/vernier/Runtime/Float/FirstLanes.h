//===- FirstLanes.h - a vector's first lanes, one by one --------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_RUNTIME_FLOAT_FIRSTLANES_H
#define VERNIER_RUNTIME_FLOAT_FIRSTLANES_H

#include "vernier/Numerics/Bits.h"

namespace mlir::vernier::runtime::detail {

/// What instruction sets without masks inherit: the first `count` lanes, 0 < count < lanes, from or to memory that may
/// end there.
template <class Isa> struct FirstLanes {
  static VERNIER_ALWAYS_INLINE auto loadFirst(const float *from, int32_t count) {
    float lane[Isa::lanes] = {};
    for (int32_t i = 0; i < count; ++i)
      lane[i] = from[i];
    return Isa::load(lane);
  }
  template <class Vector> static VERNIER_ALWAYS_INLINE void storeFirst(float *to, Vector v, int32_t count) {
    float lane[Isa::lanes];
    Isa::store(lane, v);
    for (int32_t i = 0; i < count; ++i)
      to[i] = lane[i];
  }
};

} // namespace mlir::vernier::runtime::detail

#endif // VERNIER_RUNTIME_FLOAT_FIRSTLANES_H
