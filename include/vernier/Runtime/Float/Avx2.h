//===- Avx2.h - float kernels for AVX2 and FMA ------------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Eight lanes, twelve accumulators: six rows of one block.
// Only for compilers that are told to use it (-mavx2 -mfma).
//===----------------------------------------------------------------------===//

#ifndef VERNIER_RUNTIME_FLOAT_AVX2_H
#define VERNIER_RUNTIME_FLOAT_AVX2_H

#include "vernier/Runtime/Float/Kernels.h"
#include <immintrin.h>

#if !(defined(__AVX2__) && defined(__FMA__))
#error "this file needs its instruction set enabled"
#endif

namespace mlir::vernier::runtime {

struct Avx2Float {
  static constexpr const char *name = "avx2";
  static constexpr int lanes = 8, rows = 6, blocks = 1;
  using Vector = __m256;

  static VERNIER_ALWAYS_INLINE Vector load(const float *from) { return _mm256_loadu_ps(from); }
  static VERNIER_ALWAYS_INLINE void store(float *to, Vector v) { _mm256_storeu_ps(to, v); }
  static VERNIER_ALWAYS_INLINE Vector broadcast(float value) { return _mm256_set1_ps(value); }
  static VERNIER_ALWAYS_INLINE Vector fma(Vector a, Vector b, Vector c) { return _mm256_fmadd_ps(a, b, c); }
  /// The first `count` lanes, 0 < count < lanes, from or to memory that may end there.
  static VERNIER_ALWAYS_INLINE Vector loadFirst(const float *from, int32_t count) {
    return _mm256_maskload_ps(from, firstLanes(count));
  }
  static VERNIER_ALWAYS_INLINE void storeFirst(float *to, Vector v, int32_t count) {
    _mm256_maskstore_ps(to, firstLanes(count), v);
  }
  /// NaN passes through: the instructions return their second operand then.
  static VERNIER_ALWAYS_INLINE Vector clamp(Vector v, Vector low, Vector high) {
    return _mm256_max_ps(low, _mm256_min_ps(high, v));
  }

private:
  static VERNIER_ALWAYS_INLINE __m256i firstLanes(int32_t count) {
    return _mm256_cmpgt_epi32(_mm256_set1_epi32(count), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
  }
};

} // namespace mlir::vernier::runtime

#endif // VERNIER_RUNTIME_FLOAT_AVX2_H
