//===- Avx2Depthwise.h - interleaved taps for AVX2 --------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// vpmaddwd sums two neighbouring products of sixteen bits: taps of two rows become neighbours by unpacking, 16 channels
// at a time.
//===----------------------------------------------------------------------===//

#ifndef VERNIER_RUNTIME_INTEGER_AVX2DEPTHWISE_H
#define VERNIER_RUNTIME_INTEGER_AVX2DEPTHWISE_H

#include "vernier/Runtime/Integer/Avx2Epilogue.h"
#include <cstring>

namespace mlir::vernier::runtime {

struct Avx2Interleaved {
  using Element = unsigned char;
  using Requantizer = numerics::FloatRequantizer;
  /// Channels that are computed at once.
  static constexpr int channels = 16;
  using Order = Avx2UnpackedOrder;
  struct Sums {
    __m256i half[2];
  };
  /// Pairs of rows 0 and 1, then of 2 and 3, each in the order of the sums.
  struct Taps {
    __m256i quarter[4];
  };

  static constexpr bool readsInPlace = false;

  static VERNIER_ALWAYS_INLINE Taps interleave(const unsigned char *a, const unsigned char *b, const unsigned char *c,
                                               const unsigned char *d) {
    return pairs(_mm256_cvtepu8_epi16(load(a)), _mm256_cvtepu8_epi16(load(b)), _mm256_cvtepu8_epi16(load(c)),
                 _mm256_cvtepu8_epi16(load(d)));
  }
  static VERNIER_ALWAYS_INLINE Taps interleaveWeights(const unsigned char *const (&rows)[4]) {
    return pairs(_mm256_cvtepi8_epi16(load(rows[0])), _mm256_cvtepi8_epi16(load(rows[1])),
                 _mm256_cvtepi8_epi16(load(rows[2])), _mm256_cvtepi8_epi16(load(rows[3])));
  }
  static VERNIER_ALWAYS_INLINE void sumProducts(Sums &sums, const Taps &x, const Taps &w) {
#pragma GCC unroll 4
    for (int j = 0; j < 4; ++j)
      sums.half[j % 2] = _mm256_add_epi32(sums.half[j % 2], _mm256_madd_epi16(x.quarter[j], w.quarter[j]));
  }
  static VERNIER_ALWAYS_INLINE void sumWeights(Sums &sums, const Taps &w) {
    const __m256i one = _mm256_set1_epi16(1);
    sumProducts(sums, {{one, one, one, one}}, w);
  }
  static VERNIER_ALWAYS_INLINE Sums makeStarts(const Sums &sums, const int32_t *bias, int32_t zero) {
    alignas(32) int32_t ordered[channels];
    for (int c = 0; c < channels; ++c)
      ordered[Order::place(c)] = bias[c];
    Sums starts;
    for (int h = 0; h < 2; ++h)
      starts.half[h] = _mm256_sub_epi32(_mm256_load_si256(reinterpret_cast<const __m256i *>(ordered) + h),
                                        _mm256_mullo_epi32(sums.half[h], _mm256_set1_epi32(zero)));
    return starts;
  }

  using VectorEpilogue = Avx2Epilogue<Order>;
  static VERNIER_ALWAYS_INLINE VectorEpilogue prepare(const float *scales, const numerics::QuantizedRange &range) {
    return VectorEpilogue::of(scales, range);
  }
  static VERNIER_ALWAYS_INLINE __m128i finishInRegisters(const Sums &sums, const Avx2Epilogue<Order> &epilogue) {
    return _mm256_castsi256_si128(epilogue.pack<int8_t>(sums.half[0], sums.half[1], sums.half[0], sums.half[1]));
  }
  /// Sums in the order of their channels.
  static VERNIER_ALWAYS_INLINE void store(const Sums &sums, int32_t *to) {
    int32_t ordered[channels];
    std::memcpy(ordered, sums.half, sizeof(ordered));
    for (int c = 0; c < channels; ++c)
      to[c] = ordered[Order::place(c)];
  }
  static VERNIER_ALWAYS_INLINE void store(__m128i results, int32_t count, int8_t *to) {
    if (count == channels) {
      _mm_storeu_si128(reinterpret_cast<__m128i *>(to), results);
      return;
    }
    alignas(16) int8_t all[channels];
    _mm_store_si128(reinterpret_cast<__m128i *>(all), results);
    for (int32_t c = 0; c < count; ++c)
      to[c] = all[c];
  }
  template <int Width>
  static VERNIER_ALWAYS_INLINE void copyInput(const int8_t *from, int32_t count, unsigned char *to) {
    if (Width == channels && count == channels) {
      _mm_store_si128(reinterpret_cast<__m128i *>(to),
                      _mm_xor_si128(_mm_loadu_si128(reinterpret_cast<const __m128i *>(from)), _mm_set1_epi8(-128)));
      return;
    }
    for (int32_t c = 0; c < count; ++c)
      to[c] = static_cast<unsigned char>(from[c] + 128);
  }
  template <int Width> static VERNIER_ALWAYS_INLINE void storePiece(const int8_t *from, int32_t count, int8_t *to) {
    if (count == Width)
      std::memcpy(to, from, Width);
    else
      for (int32_t c = 0; c < count; ++c)
        to[c] = from[c];
  }

protected:
  static VERNIER_ALWAYS_INLINE __m128i load(const unsigned char *from) {
    return _mm_loadu_si128(reinterpret_cast<const __m128i *>(from));
  }
  static VERNIER_ALWAYS_INLINE Taps pairs(__m256i a, __m256i b, __m256i c, __m256i d) {
    return {{_mm256_unpacklo_epi16(a, b), _mm256_unpackhi_epi16(a, b), _mm256_unpacklo_epi16(c, d),
             _mm256_unpackhi_epi16(c, d)}};
  }
};

} // namespace mlir::vernier::runtime

#endif // VERNIER_RUNTIME_INTEGER_AVX2DEPTHWISE_H
