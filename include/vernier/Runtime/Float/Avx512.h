//===- Avx512.h - float kernels for AVX-512 ---------------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Sixteen lanes, 24 accumulators: twelve rows of two blocks, which keeps both
// multiply-add units busy. Only for compilers that are told to use it
// (-mavx512f).
//===----------------------------------------------------------------------===//

#ifndef VERNIER_RUNTIME_FLOAT_AVX512_H
#define VERNIER_RUNTIME_FLOAT_AVX512_H

#include "vernier/Runtime/Float/Kernels.h"
#include <immintrin.h>

#if !(defined(__AVX512F__))
#error "this file needs its instruction set enabled"
#endif

namespace mlir::vernier::runtime {

struct Avx512Float {
  static constexpr const char *name = "avx512";
  static constexpr int lanes = 16, rows = 12, blocks = 2;
  using Vector = __m512;

  static VERNIER_ALWAYS_INLINE Vector load(const float *from) { return _mm512_loadu_ps(from); }
  static VERNIER_ALWAYS_INLINE void store(float *to, Vector v) { _mm512_storeu_ps(to, v); }
  static VERNIER_ALWAYS_INLINE Vector broadcast(float value) { return _mm512_set1_ps(value); }
  static VERNIER_ALWAYS_INLINE Vector fma(Vector a, Vector b, Vector c) { return _mm512_fmadd_ps(a, b, c); }
  /// NaN passes through: the instructions return their second operand then.
  static VERNIER_ALWAYS_INLINE Vector clamp(Vector v, float low, float high) {
    return _mm512_maskz_max_ps(__mmask16(-1), _mm512_set1_ps(low),
                               _mm512_maskz_min_ps(__mmask16(-1), _mm512_set1_ps(high), v));
  }
};

} // namespace mlir::vernier::runtime

#endif // VERNIER_RUNTIME_FLOAT_AVX512_H
