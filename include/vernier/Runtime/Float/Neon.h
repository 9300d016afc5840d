//===- Neon.h - float kernels for ARMv8 -------------------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Four lanes, 24 accumulators: six rows of one block, with four registers for weights. Every ARMv8 processor in its
// 64-bit state runs this.
//===----------------------------------------------------------------------===//

#ifndef VERNIER_RUNTIME_FLOAT_NEON_H
#define VERNIER_RUNTIME_FLOAT_NEON_H

#include "vernier/Runtime/Float/FirstLanes.h"
#include "vernier/Runtime/Float/Kernels.h"
#include <arm_neon.h>

namespace mlir::vernier::runtime {

struct NeonFloat : detail::FirstLanes<NeonFloat> {
  static constexpr const char *name = "neon";
  static constexpr int lanes = 4, rows = 6, blocks = 1;
  using Vector = float32x4_t;

  static VERNIER_ALWAYS_INLINE Vector load(const float *from) { return vld1q_f32(from); }
  static VERNIER_ALWAYS_INLINE void store(float *to, Vector v) { vst1q_f32(to, v); }
  static VERNIER_ALWAYS_INLINE Vector broadcast(float value) { return vdupq_n_f32(value); }
  static VERNIER_ALWAYS_INLINE Vector fma(Vector a, Vector b, Vector c) { return vfmaq_f32(c, a, b); }
  /// NaN passes through, and -0 stays within a range from 0 on: fmin and fmax would change its sign.
  static VERNIER_ALWAYS_INLINE Vector clamp(Vector v, Vector low, Vector high) {
    v = vbslq_f32(vcltq_f32(high, v), high, v);
    return vbslq_f32(vcltq_f32(v, low), low, v);
  }
};

} // namespace mlir::vernier::runtime

#endif // VERNIER_RUNTIME_FLOAT_NEON_H
