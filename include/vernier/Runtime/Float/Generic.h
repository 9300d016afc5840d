//===- Generic.h - float kernels in plain C++ -------------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Four lanes of fused multiply-add. A compiler whose target has fused
// multiply-add makes vectors of them; for one without, this is correct and
// slow.
//===----------------------------------------------------------------------===//

#ifndef VERNIER_RUNTIME_FLOAT_GENERIC_H
#define VERNIER_RUNTIME_FLOAT_GENERIC_H

#include "vernier/Runtime/Float/Kernels.h"

namespace mlir::vernier::runtime {

struct GenericFloat {
  static constexpr const char *name = "generic";
  static constexpr int lanes = 4, rows = 4, blocks = 1;
  struct Vector {
    float lane[lanes];
  };

  static Vector load(const float *from) {
    Vector v;
    for (int i = 0; i < lanes; ++i)
      v.lane[i] = from[i];
    return v;
  }
  static void store(float *to, Vector v) {
    for (int i = 0; i < lanes; ++i)
      to[i] = v.lane[i];
  }
  static Vector broadcast(float value) { return {{value, value, value, value}}; }
  static Vector fma(Vector a, Vector b, Vector c) {
    for (int i = 0; i < lanes; ++i)
      c.lane[i] = numerics::fusedMultiplyAdd(a.lane[i], b.lane[i], c.lane[i]);
    return c;
  }
  /// The first `count` lanes, 0 < count < lanes.
  static Vector loadFirst(const float *from, int32_t count) {
    Vector v{};
    for (int i = 0; i < count; ++i)
      v.lane[i] = from[i];
    return v;
  }
  static void storeFirst(float *to, Vector v, int32_t count) {
    for (int i = 0; i < count; ++i)
      to[i] = v.lane[i];
  }
  static Vector clamp(Vector v, Vector low, Vector high) {
    for (int i = 0; i < lanes; ++i)
      v.lane[i] = numerics::clamp(v.lane[i], low.lane[i], high.lane[i]);
    return v;
  }
};

} // namespace mlir::vernier::runtime

#endif // VERNIER_RUNTIME_FLOAT_GENERIC_H
