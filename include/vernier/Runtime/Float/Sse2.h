//===- Sse2.h - float kernels for x86 without fused multiply-add -*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Four lanes, each computed in double as numerics::fusedMultiplyAddInSoftware
// does. Every x86-64 processor runs this.
//===----------------------------------------------------------------------===//

#ifndef VERNIER_RUNTIME_FLOAT_SSE2_H
#define VERNIER_RUNTIME_FLOAT_SSE2_H

#include "vernier/Runtime/Float/FirstLanes.h"
#include "vernier/Runtime/Float/Kernels.h"
#include <emmintrin.h>

namespace mlir::vernier::runtime {

struct Sse2Float : detail::FirstLanes<Sse2Float> {
  static constexpr const char *name = "sse2";
  static constexpr int lanes = 4, rows = 2, blocks = 1;
  using Vector = __m128;

  static VERNIER_ALWAYS_INLINE Vector load(const float *from) { return _mm_loadu_ps(from); }
  static VERNIER_ALWAYS_INLINE void store(float *to, Vector v) { _mm_storeu_ps(to, v); }
  static VERNIER_ALWAYS_INLINE Vector broadcast(float value) { return _mm_set1_ps(value); }

  static VERNIER_ALWAYS_INLINE Vector fma(Vector a, Vector b, Vector c) {
    const __m128d low = _mm_add_pd(_mm_mul_pd(_mm_cvtps_pd(a), _mm_cvtps_pd(b)), _mm_cvtps_pd(c));
    const __m128d high = _mm_add_pd(_mm_mul_pd(upper(a), upper(b)), upper(c));
    // The two halves of each double: where one is halfway between floats, or too
    // small for a normal float, all lanes look closer.
    const __m128 first = _mm_castpd_ps(low), second = _mm_castpd_ps(high);
    const __m128i fraction = _mm_castps_si128(_mm_shuffle_ps(first, second, 0x88));
    const __m128i magnitude =
        _mm_and_si128(_mm_castps_si128(_mm_shuffle_ps(first, second, 0xdd)), _mm_set1_epi32(0x7fffffff));
    const __m128i tie = _mm_cmpeq_epi32(_mm_slli_epi32(fraction, 3), _mm_set1_epi32(int(1u << 31)));
    const __m128i tiny = _mm_and_si128(_mm_cmpgt_epi32(magnitude, _mm_setzero_si128()),
                                       _mm_cmplt_epi32(magnitude, _mm_set1_epi32((1023 - 126) << 20)));
    if (__builtin_expect(_mm_movemask_epi8(_mm_or_si128(tie, tiny)), 0))
      return fmaByLane(a, b, c);
    return _mm_movelh_ps(_mm_cvtpd_ps(low), _mm_cvtpd_ps(high));
  }

  /// NaN passes through: the instructions return their second operand then.
  static VERNIER_ALWAYS_INLINE Vector clamp(Vector v, Vector low, Vector high) {
    return _mm_max_ps(low, _mm_min_ps(high, v));
  }

private:
  static VERNIER_ALWAYS_INLINE __m128d upper(Vector v) { return _mm_cvtps_pd(_mm_movehl_ps(v, v)); }

  static VERNIER_NOINLINE Vector fmaByLane(Vector a, Vector b, Vector c) {
    float x[lanes], y[lanes], z[lanes];
    store(x, a);
    store(y, b);
    store(z, c);
    for (int i = 0; i < lanes; ++i)
      z[i] = numerics::fusedMultiplyAddInSoftware(x[i], y[i], z[i]);
    return load(z);
  }
};

} // namespace mlir::vernier::runtime

#endif // VERNIER_RUNTIME_FLOAT_SSE2_H
