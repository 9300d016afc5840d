//===- Avx512Vnni.h - 8-bit kernels for AVX-512 VNNI ------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// vpdpbusd sums four products of unsigned and signed bytes into each of sixteen
// int32: 64 multiply-adds an instruction, without saturation. Only for
// compilers that are told to use it (-mavx512f -mavx512bw -mavx512vl
// -mavx512vnni).
//===----------------------------------------------------------------------===//

#ifndef VERNIER_RUNTIME_INTEGER_AVX512VNNI_H
#define VERNIER_RUNTIME_INTEGER_AVX512VNNI_H

#include "vernier/Runtime/Integer/Tile.h"
#include <immintrin.h>

#if !defined(__AVX512VNNI__) || !defined(__AVX512BW__) || !defined(__AVX512VL__)
#error "this file needs its instruction set enabled"
#endif

namespace mlir::vernier::runtime {

struct Avx512VnniInteger {
  static constexpr const char *name = "avx512-vnni";
  static constexpr int rows = 8, blocks = 3;
  using Sum = __m512i;
  using Lanes = __m512i;
  using Weights = __m512i;

  static VERNIER_ALWAYS_INLINE Sum zero() { return _mm512_setzero_si512(); }
  static VERNIER_ALWAYS_INLINE Lanes zeroLanes() { return _mm512_setzero_si512(); }
  static VERNIER_ALWAYS_INLINE Weights loadWeights(const int8_t *from) { return _mm512_loadu_si512(from); }
  static VERNIER_ALWAYS_INLINE Sum dot(Sum sum, uint32_t x, Weights w) {
    return _mm512_dpbusd_epi32(sum, _mm512_set1_epi32(static_cast<int>(x)), w);
  }
  static VERNIER_ALWAYS_INLINE __m512i widen(const int8_t *from) {
    return _mm512_maskz_cvtepi8_epi32(all, _mm_loadu_si128(reinterpret_cast<const __m128i *>(from)));
  }
  static VERNIER_ALWAYS_INLINE __m512i widen(const uint8_t *from) {
    return _mm512_maskz_cvtepu8_epi32(all, _mm_loadu_si128(reinterpret_cast<const __m128i *>(from)));
  }
  template <class T>
  static VERNIER_ALWAYS_INLINE Lanes multiplyAdd(Lanes sum, const T *x, int32_t xZero, const T *w, int32_t wZero) {
    const __m512i a = _mm512_sub_epi32(widen(x), _mm512_set1_epi32(xZero));
    const __m512i b = _mm512_sub_epi32(widen(w), _mm512_set1_epi32(wZero));
    return _mm512_add_epi32(sum, _mm512_mullo_epi32(a, b));
  }

  template <class T, class Requantizer>
  static VERNIER_ALWAYS_INLINE void finish(Sum sum, const int32_t *starts, int32_t correction,
                                           const Requantizer &requantize, int32_t channel, int32_t count, T *to) {
    sum = _mm512_add_epi32(sum, _mm512_loadu_si512(starts));
    sum = _mm512_sub_epi32(sum, _mm512_set1_epi32(correction));
    store(sum, requantize, channel, count, to);
  }
  template <class T, class Requantizer>
  static VERNIER_ALWAYS_INLINE void finishLanes(Lanes sum, const int32_t *starts, int32_t correction,
                                                const Requantizer &requantize, int32_t channel, int32_t count, T *to) {
    finish(sum, starts, correction, requantize, channel, count, to);
  }

private:
  // The zero-masking forms avoid a false warning of GCC 12 about the others.
  static constexpr __mmask16 all = 0xffff;

  template <class T, class Other>
  static VERNIER_ALWAYS_INLINE void store(__m512i sum, const Other &requantize, int32_t channel, int32_t count, T *to) {
    alignas(64) int32_t values[integerBlock];
    _mm512_store_si512(values, sum);
    for (int32_t c = 0; c < count; ++c)
      to[c] = static_cast<T>(requantize(values[c], channel + c));
  }
  /// FloatRequantizer on sixteen channels: vcvtps2dq rounds half to even.
  template <class T>
  static VERNIER_ALWAYS_INLINE void store(__m512i sum, const numerics::FloatRequantizer &r, int32_t channel,
                                          int32_t count, T *to) {
    const __mmask16 mask = static_cast<__mmask16>((1u << count) - 1);
    const __m512 scale = r.channelStride ? _mm512_maskz_loadu_ps(mask, r.scales + channel) : _mm512_set1_ps(*r.scales);
    __m512 real = _mm512_mul_ps(_mm512_maskz_cvtepi32_ps(all, sum), scale);
    real = _mm512_maskz_max_ps(all, real, _mm512_set1_ps(static_cast<float>(r.range.min - r.range.zeroPoint)));
    real = _mm512_maskz_min_ps(all, real, _mm512_set1_ps(static_cast<float>(r.range.max - r.range.zeroPoint)));
    const __m512i result = _mm512_add_epi32(_mm512_maskz_cvtps_epi32(all, real), _mm512_set1_epi32(r.range.zeroPoint));
    _mm_mask_storeu_epi8(to, mask, _mm512_maskz_cvtepi32_epi8(all, result));
  }
};

} // namespace mlir::vernier::runtime

#endif // VERNIER_RUNTIME_INTEGER_AVX512VNNI_H
