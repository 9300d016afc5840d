//===- Avx2.h - 8-bit kernels for AVX2 --------------------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Products of sixteen bits, summed in pairs by vpmaddwd: exact, unlike
// vpmaddubsw, which saturates. Only for compilers that are told to use it
// (-mavx2).
//===----------------------------------------------------------------------===//

#ifndef VERNIER_RUNTIME_INTEGER_AVX2_H
#define VERNIER_RUNTIME_INTEGER_AVX2_H

#include "vernier/Runtime/Integer/Epilogue.h"
#include "vernier/Runtime/Integer/Tile.h"
#include <immintrin.h>

#if !defined(__AVX2__)
#error "this file needs its instruction set enabled"
#endif

namespace mlir::vernier::runtime {

struct Avx2Integer {
  static constexpr const char *name = "avx2";
  static constexpr int blocks = 1;
  template <int> using TileRows = detail::IntegerTileRows<2, 1>;
  using Interleaved = void;
  /// Four vectors of four channels; each channel has two partial sums.
  struct Sum {
    __m256i quad[4];
  };
  struct Weights {
    __m256i quad[4];
  };
  /// Four inputs in 16 bits each, over and over.
  using Inputs = __m256i;
  /// Sixteen channels.
  struct Lanes {
    __m256i half[2];
  };

  /// Start values go to the first of a channel's two sums; `finish` adds both.
  static VERNIER_ALWAYS_INLINE Sum begin(const int32_t *starts) {
    Sum sum;
#pragma GCC unroll 4
    for (int q = 0; q < 4; ++q)
      sum.quad[q] = _mm256_cvtepu32_epi64(load16(starts + 4 * q));
    return sum;
  }
  static VERNIER_ALWAYS_INLINE Sum subtract(Sum sum, int32_t correction) {
#pragma GCC unroll 4
    for (int q = 0; q < 4; ++q)
      sum.quad[q] = _mm256_sub_epi32(sum.quad[q], _mm256_set1_epi64x(static_cast<uint32_t>(correction)));
    return sum;
  }
  static VERNIER_ALWAYS_INLINE Lanes zeroLanes() { return {{_mm256_setzero_si256(), _mm256_setzero_si256()}}; }
  static VERNIER_ALWAYS_INLINE __m128i load16(const void *from) {
    return _mm_loadu_si128(static_cast<const __m128i *>(from));
  }
  static VERNIER_ALWAYS_INLINE Weights loadWeights(const int8_t *from) {
    return {{_mm256_cvtepi8_epi16(load16(from)), _mm256_cvtepi8_epi16(load16(from + 16)),
             _mm256_cvtepi8_epi16(load16(from + 32)), _mm256_cvtepi8_epi16(load16(from + 48))}};
  }
  static VERNIER_ALWAYS_INLINE Inputs loadInputs(const unsigned char *from) {
    int word;
    std::memcpy(&word, from, sizeof(word));
    return _mm256_cvtepu8_epi16(_mm_set1_epi32(word));
  }
  /// `count` inputs as unsigned bytes; up to 63 bytes behind them may be written.
  template <class T> static VERNIER_ALWAYS_INLINE void copyInputs(int32_t count, const T *from, unsigned char *to) {
    for (int32_t i = 0; i < count; ++i)
      to[i] = static_cast<unsigned char>(from[i] + detail::inputShift<T>);
  }
  static VERNIER_ALWAYS_INLINE void fillInputs(int32_t count, int value, unsigned char *to) {
    std::memset(to, value, static_cast<size_t>(count));
  }
  static VERNIER_ALWAYS_INLINE Sum dot(Sum sum, Inputs inputs, const Weights &w) {
#pragma GCC unroll 4
    for (int q = 0; q < 4; ++q)
      sum.quad[q] = _mm256_add_epi32(sum.quad[q], _mm256_madd_epi16(inputs, w.quad[q]));
    return sum;
  }
  static VERNIER_ALWAYS_INLINE __m256i widen(const int8_t *from, int32_t zero) {
    return _mm256_sub_epi32(_mm256_cvtepi8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i *>(from))),
                            _mm256_set1_epi32(zero));
  }
  static VERNIER_ALWAYS_INLINE __m256i widen(const uint8_t *from, int32_t zero) {
    return _mm256_sub_epi32(_mm256_cvtepu8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i *>(from))),
                            _mm256_set1_epi32(zero));
  }
  template <class T>
  static VERNIER_ALWAYS_INLINE Lanes multiplyAdd(Lanes sum, const T *x, int32_t xZero, const T *w, int32_t wZero) {
#pragma GCC unroll 2
    for (int h = 0; h < 2; ++h)
      sum.half[h] = _mm256_add_epi32(sum.half[h], _mm256_mullo_epi32(widen(x + 8 * h, xZero), widen(w + 8 * h, wZero)));
    return sum;
  }

  template <int Blocks, class Requantizer>
  static VERNIER_ALWAYS_INLINE detail::ScalarEpilogue<Requantizer> prepare(const Requantizer &requantize,
                                                                           int32_t channel, int32_t count) {
    return {requantize, channel, count};
  }
  template <int Rows, int Blocks, class Requantizer, class T>
  static VERNIER_ALWAYS_INLINE void finish(const Sum (&sums)[Rows][Blocks],
                                           const detail::ScalarEpilogue<Requantizer> &epilogue, T *to,
                                           ptrdiff_t stride) {
    // Adjacent pairs add up to channels 0 1 4 5 2 3 6 7.
    const auto pairs = [](__m256i a, __m256i b) { return _mm256_permute4x64_epi64(_mm256_hadd_epi32(a, b), 0xd8); };
#pragma GCC unroll 4
    for (int r = 0; r < Rows; ++r)
      store(Lanes{{pairs(sums[r][0].quad[0], sums[r][0].quad[1]), pairs(sums[r][0].quad[2], sums[r][0].quad[3])}},
            epilogue.requantize, epilogue.channel, epilogue.count, to + r * stride);
  }

  template <class T, class Requantizer>
  static VERNIER_ALWAYS_INLINE void finishLanes(Lanes sum, const int32_t *starts, int32_t correction,
                                                const Requantizer &requantize, int32_t channel, int32_t count, T *to) {
#pragma GCC unroll 2
    for (int h = 0; h < 2; ++h) {
      sum.half[h] = _mm256_add_epi32(sum.half[h], _mm256_loadu_si256(reinterpret_cast<const __m256i *>(starts) + h));
      sum.half[h] = _mm256_sub_epi32(sum.half[h], _mm256_set1_epi32(correction));
    }
    store(sum, requantize, channel, count, to);
  }

private:
  template <class T, class Requantizer>
  static VERNIER_ALWAYS_INLINE void store(const Lanes &sum, const Requantizer &requantize, int32_t channel,
                                          int32_t count, T *to) {
    alignas(32) int32_t values[integerBlock];
    const bool vectors = requantizesInVectors(requantize) && count == integerBlock;
#pragma GCC unroll 2
    for (int h = 0; h < 2; ++h)
      _mm256_store_si256(reinterpret_cast<__m256i *>(values) + h,
                         vectors ? requantizeVector(sum.half[h], requantize, channel + 8 * h) : sum.half[h]);
    for (int32_t c = 0; c < count; ++c)
      to[c] = static_cast<T>(vectors ? values[c] : requantize(values[c], channel + c));
  }
  static VERNIER_ALWAYS_INLINE bool requantizesInVectors(const numerics::FloatRequantizer &) { return true; }
  template <class Other> static VERNIER_ALWAYS_INLINE bool requantizesInVectors(const Other &) { return false; }

  /// FloatRequantizer on eight channels: vcvtps2dq rounds half to even.
  static VERNIER_ALWAYS_INLINE __m256i requantizeVector(__m256i value, const numerics::FloatRequantizer &r,
                                                        int32_t channel) {
    const __m256 scale = r.channelStride ? _mm256_loadu_ps(r.scales + channel) : _mm256_set1_ps(*r.scales);
    __m256 real = _mm256_mul_ps(_mm256_cvtepi32_ps(value), scale);
    real = _mm256_max_ps(real, _mm256_set1_ps(static_cast<float>(r.range.min - r.range.zeroPoint)));
    real = _mm256_min_ps(real, _mm256_set1_ps(static_cast<float>(r.range.max - r.range.zeroPoint)));
    return _mm256_add_epi32(_mm256_cvtps_epi32(real), _mm256_set1_epi32(r.range.zeroPoint));
  }
  template <class Other> static VERNIER_ALWAYS_INLINE __m256i requantizeVector(__m256i value, const Other &, int32_t) {
    return value;
  }
};

} // namespace mlir::vernier::runtime

#endif // VERNIER_RUNTIME_INTEGER_AVX2_H
