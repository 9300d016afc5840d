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
  /// The first `count` lanes, 0 < count < lanes, from or to memory that may end there.
  static VERNIER_ALWAYS_INLINE Vector loadFirst(const float *from, int32_t count) {
    return _mm512_maskz_loadu_ps(static_cast<__mmask16>((1u << count) - 1), from);
  }
  static VERNIER_ALWAYS_INLINE void storeFirst(float *to, Vector v, int32_t count) {
    _mm512_mask_storeu_ps(to, static_cast<__mmask16>((1u << count) - 1), v);
  }
  /// NaN passes through: the instructions return their second operand then.
  static VERNIER_ALWAYS_INLINE Vector clamp(Vector v, Vector low, Vector high) {
    return _mm512_maskz_max_ps(__mmask16(-1), low, _mm512_maskz_min_ps(__mmask16(-1), high, v));
  }
};

} // namespace mlir::vernier::runtime

#endif // VERNIER_RUNTIME_FLOAT_AVX512_H
