//===- Avx2.h - 8-bit kernels for AVX2 --------------------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Products of sixteen bits, summed in pairs by vpmaddwd: exact, unlike vpmaddubsw, which saturates, and as fast, as
// that needs a second multiplication to widen its sums. Only for compilers that are told to use it (-mavx2).
//===----------------------------------------------------------------------===//

#ifndef VERNIER_RUNTIME_INTEGER_AVX2_H
#define VERNIER_RUNTIME_INTEGER_AVX2_H

#include "vernier/Runtime/Integer/Avx2Depthwise.h"
#include "vernier/Runtime/Integer/Avx2Tile.h"
#include "vernier/Runtime/Integer/Avx2Words.h"
#include "vernier/Runtime/Integer/Strip.h"

#if !defined(__AVX2__)
#error "this file needs its instruction set enabled"
#endif

namespace mlir::vernier::runtime {

struct Avx2Float;

struct Avx2Integer : detail::ScalarFinish {
  static constexpr const char *name = "avx2";
  /// Strips are widened once, not in every tile.
  using Element = uint16_t;
  static constexpr int parts = 2, vectors = 2;
  /// Tiles are not pipelined.
  static constexpr int32_t leastPipelinedPixels = 0;
  static constexpr int blocks = 1;
  template <int> using TileRows = detail::Avx2AllPixels;
  /// What scales sums to float; only Hybrid.h needs more of it than the name.
  using Floats = Avx2Float;
  using Interleaved = Avx2Interleaved;
  using UnsignedInterleaved = Avx2UnsignedInterleaved;
  /// What inputs of T take.
  template <class T> using Tiles = std::conditional_t<sizeof(T) == 1, Avx2Integer, Avx2WordsOf<Avx2Integer>>;
  // GCC 12 spills arrays of __m256i, not of its own vectors.
  typedef int Vector __attribute__((vector_size(32)));
  using Sum = Vector;
  /// Two of the four weights of each channel, in sixteen bits, and the two inputs for them.
  using Weights = Vector;
  using Inputs = Vector;
  /// Sixteen channels.
  struct Lanes {
    __m256i half[2];
  };

  static VERNIER_ALWAYS_INLINE Sum begin(const int32_t *starts) { return reinterpret_cast<Vector>(load32(starts)); }
  static VERNIER_ALWAYS_INLINE Sum subtract(Sum sum, int32_t correction) {
    return reinterpret_cast<Vector>(_mm256_sub_epi32(reinterpret_cast<__m256i>(sum), _mm256_set1_epi32(correction)));
  }
  static VERNIER_ALWAYS_INLINE Lanes zeroLanes() { return {{_mm256_setzero_si256(), _mm256_setzero_si256()}}; }
  template <int Part> static VERNIER_ALWAYS_INLINE Weights loadWeights(const int8_t *from) {
    return loadPairs(from + 16 * Part);
  }
  template <int Part> static VERNIER_ALWAYS_INLINE Inputs loadInputs(const Element *from) {
    return loadTwo(from + 2 * Part);
  }
  /// The pairs of eight channels, to be widened or widened already.
  static VERNIER_ALWAYS_INLINE Weights loadPairs(const int8_t *from) {
    return reinterpret_cast<Vector>(_mm256_cvtepi8_epi16(load16(from)));
  }
  static VERNIER_ALWAYS_INLINE Weights loadPairs(const int16_t *from) {
    return reinterpret_cast<Vector>(_mm256_load_si256(reinterpret_cast<const __m256i *>(from)));
  }
  /// `count` weights, a multiple of 16.
  static VERNIER_ALWAYS_INLINE void widen(ptrdiff_t count, const int8_t *from, int16_t *to) {
    for (ptrdiff_t i = 0; i < count; i += 16)
      _mm256_store_si256(reinterpret_cast<__m256i *>(to + i), _mm256_cvtepi8_epi16(load16(from + i)));
  }
  // With 12 sums and two vectors of weights, two registers are left. Compilers need more, as they load ahead and add
  // products of several steps first: in assembly nothing moves.
  static VERNIER_ALWAYS_INLINE Inputs loadTwo(const Element *from) {
    typedef int Two __attribute__((may_alias, aligned(2)));
    Inputs x;
    __asm__ volatile("vpbroadcastd %1, %0" : "=x"(x) : "m"(*reinterpret_cast<const Two *>(from)));
    return x;
  }
  static VERNIER_ALWAYS_INLINE Sum dot(Sum sum, Inputs x, Weights w) {
    Vector products;
    __asm__ volatile("vpmaddwd %2, %3, %1\n\tvpaddd %1, %0, %0" : "+x"(sum), "=&x"(products) : "x"(w), "x"(x));
    return sum;
  }
  /// `count` inputs, made unsigned; up to a vector behind them may be written.
  template <class T> static VERNIER_ALWAYS_INLINE void copyInputs(int32_t count, const T *from, Element *to) {
    const __m128i shift = _mm_set1_epi8(static_cast<char>(detail::inputShift<T>));
    for (; count >= 16; count -= 16, from += 16, to += 16)
      _mm256_storeu_si256(reinterpret_cast<__m256i *>(to), _mm256_cvtepu8_epi16(_mm_xor_si128(load16(from), shift)));
    for (int32_t i = 0; i < count; ++i)
      to[i] = static_cast<Element>(from[i] + detail::inputShift<T>);
  }
  template <class T>
  static VERNIER_ALWAYS_INLINE bool copyShortRow(int32_t, int32_t, int32_t, int, const T *, Element *) {
    return false;
  }
  static VERNIER_ALWAYS_INLINE void fillInputs(int32_t count, int value, Element *to) {
    for (int32_t i = 0; i < count; ++i)
      to[i] = static_cast<Element>(value);
  }
  static VERNIER_ALWAYS_INLINE __m256i widen(const int8_t *from, int32_t zero) {
    return _mm256_sub_epi32(_mm256_cvtepi8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i *>(from))),
                            _mm256_set1_epi32(zero));
  }
  static VERNIER_ALWAYS_INLINE __m256i widen(const uint8_t *from, int32_t zero) {
    return _mm256_sub_epi32(_mm256_cvtepu8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i *>(from))),
                            _mm256_set1_epi32(zero));
  }
  template <class T, class W>
  static VERNIER_ALWAYS_INLINE Lanes multiplyAdd(Lanes sum, const T *x, int32_t xZero, const W *w, int32_t wZero) {
#pragma GCC unroll 2
    for (int h = 0; h < 2; ++h)
      sum.half[h] = _mm256_add_epi32(sum.half[h], _mm256_mullo_epi32(widen(x + 8 * h, xZero), widen(w + 8 * h, wZero)));
    return sum;
  }

  using detail::ScalarFinish::finish;
  using detail::ScalarFinish::prepare;
  using FloatEpilogue = detail::Avx2TileEpilogue;
  template <int Blocks>
  static VERNIER_ALWAYS_INLINE FloatEpilogue prepare(const numerics::FloatRequantizer &r, int32_t channel,
                                                     int32_t count) {
    float scales[integerBlock] = {};
    for (int32_t c = 0; c < count; ++c)
      scales[c] = r.scales[(channel + c) * r.channelStride];
    return {Avx2Epilogue<Avx2NaturalOrder>::of(scales, r.range), {r, channel, count}};
  }
  /// Two rows of 16 channels at once.
  template <int Rows, class T>
  static VERNIER_ALWAYS_INLINE void finish(const Sum (&sums)[Rows][2], const FloatEpilogue &epilogue, T *to,
                                           ptrdiff_t stride) {
    // Scales of 1 and more are rare.
    if (__builtin_expect(!epilogue.isBounded, 0))
      return finish(sums, epilogue.scalar, to, stride);
    // In a register: results may lie over anything.
    const int32_t count = epilogue.scalar.count;
#pragma GCC unroll 16
    for (int r = 0; r < Rows; r += 2) {
      const int next = r + 1 < Rows ? r + 1 : r;
      const __m256i bytes =
          epilogue.pack<T>(reinterpret_cast<__m256i>(sums[r][0]), reinterpret_cast<__m256i>(sums[r][1]),
                           reinterpret_cast<__m256i>(sums[next][0]), reinterpret_cast<__m256i>(sums[next][1]));
      avx2Store(_mm256_castsi256_si128(bytes), count, to + r * stride);
      if (next != r)
        avx2Store(_mm256_extracti128_si256(bytes, 1), count, to + next * stride);
    }
  }
  /// Four rows of up to 8 channels at once.
  template <int Rows, class T>
  static VERNIER_ALWAYS_INLINE void finish(const Sum (&sums)[Rows][1], const FloatEpilogue &epilogue, T *to,
                                           ptrdiff_t stride) {
    if (__builtin_expect(!epilogue.isBounded, 0))
      return finish(sums, epilogue.scalar, to, stride);
    constexpr int last = Rows - 1;
#pragma GCC unroll 16
    for (int r = 0; r < Rows; r += 4) {
      const __m256i bytes = epilogue.packFirst<T>(reinterpret_cast<__m256i>(sums[r][0]),
                                                  reinterpret_cast<__m256i>(sums[r + 1 < last ? r + 1 : last][0]),
                                                  reinterpret_cast<__m256i>(sums[r + 2 < last ? r + 2 : last][0]),
                                                  reinterpret_cast<__m256i>(sums[r + 3 < last ? r + 3 : last][0]));
      const __m128i low = _mm256_castsi256_si128(bytes), high = _mm256_extracti128_si256(bytes, 1);
      avx2Store(low, epilogue.scalar.count, to + r * stride);
      if (r + 1 < Rows)
        avx2Store(_mm_unpackhi_epi64(low, low), epilogue.scalar.count, to + (r + 1) * stride);
      if (r + 2 < Rows)
        avx2Store(high, epilogue.scalar.count, to + (r + 2) * stride);
      if (r + 3 < Rows)
        avx2Store(_mm_unpackhi_epi64(high, high), epilogue.scalar.count, to + (r + 3) * stride);
    }
  }
  template <class T, class Requantizer>
  static VERNIER_ALWAYS_INLINE void finishLanes(Lanes sum, const int32_t *starts, int32_t correction,
                                                const Requantizer &requantize, int32_t channel, int32_t count, T *to) {
    Sum sums[1][2];
    for (int h = 0; h < 2; ++h)
      sums[0][h] =
          subtract(reinterpret_cast<Vector>(_mm256_add_epi32(sum.half[h], load32(starts + 8 * h))), correction);
    finish(sums, prepare<1>(requantize, channel, count), to, 0);
  }

private:
  static VERNIER_ALWAYS_INLINE __m128i load16(const void *from) {
    return _mm_loadu_si128(static_cast<const __m128i *>(from));
  }
  static VERNIER_ALWAYS_INLINE __m256i load32(const void *from) {
    return _mm256_loadu_si256(static_cast<const __m256i *>(from));
  }
};

/// More pixels than elsewhere: their numbers are twice as wide, and tiles of few pixels waste weights.
template <> constexpr int32_t detail::integerStripSize<Avx2Integer> = 12 * 1024;

} // namespace mlir::vernier::runtime

#endif // VERNIER_RUNTIME_INTEGER_AVX2_H
