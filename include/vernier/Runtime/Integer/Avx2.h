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
#include "vernier/Runtime/Integer/Avx2Words.h"

#if !defined(__AVX2__)
#error "this file needs its instruction set enabled"
#endif

namespace mlir::vernier::runtime {

struct Avx2Integer : detail::ScalarFinish {
  static constexpr const char *name = "avx2";
  /// Strips are widened once, not in every tile.
  using Element = uint16_t;
  static constexpr int parts = 2, vectors = 2;
  static constexpr int blocks = 1;
  // Of 16 registers, 10 are sums: with 12, compilers spill.
  template <int> using TileRows = detail::IntegerTileRows<5, 4, 2, 1>;
  using Interleaved = Avx2Interleaved;
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
  static VERNIER_ALWAYS_INLINE Sum subtract(Sum sum, int32_t correction) { return sum - correction; }
  static VERNIER_ALWAYS_INLINE Lanes zeroLanes() { return {{_mm256_setzero_si256(), _mm256_setzero_si256()}}; }
  /// Bytes go to the upper halves of sixteen bits, and down from there with their signs.
  template <int Part> static VERNIER_ALWAYS_INLINE Weights loadWeights(const int8_t *from) {
    constexpr char k = 2 * Part, none = -128;
    const __m256i order = _mm256_setr_epi8(
        none, k, none, k + 1, none, k + 4, none, k + 5, none, k + 8, none, k + 9, none, k + 12, none, k + 13, //
        none, k, none, k + 1, none, k + 4, none, k + 5, none, k + 8, none, k + 9, none, k + 12, none, k + 13);
    return reinterpret_cast<Vector>(_mm256_srai_epi16(_mm256_shuffle_epi8(load32(from), order), 8));
  }
  template <int Part> static VERNIER_ALWAYS_INLINE Inputs loadInputs(const Element *from) {
    int two;
    std::memcpy(&two, from + 2 * Part, sizeof(two));
    return reinterpret_cast<Vector>(_mm256_set1_epi32(two));
  }
  /// Left to itself, a compiler adds products of several steps first, for which there are no registers.
  static VERNIER_ALWAYS_INLINE Sum dot(Sum sum, Inputs x, Weights w) {
    sum += reinterpret_cast<Vector>(_mm256_madd_epi16(reinterpret_cast<__m256i>(x), reinterpret_cast<__m256i>(w)));
    __asm__("" : "+x"(sum));
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
  template <class T>
  static VERNIER_ALWAYS_INLINE Lanes multiplyAdd(Lanes sum, const T *x, int32_t xZero, const T *w, int32_t wZero) {
#pragma GCC unroll 2
    for (int h = 0; h < 2; ++h)
      sum.half[h] = _mm256_add_epi32(sum.half[h], _mm256_mullo_epi32(widen(x + 8 * h, xZero), widen(w + 8 * h, wZero)));
    return sum;
  }

  using detail::ScalarFinish::finish;
  using detail::ScalarFinish::prepare;
  struct FloatEpilogue {
    Avx2Epilogue<Avx2NaturalOrder> vector;
    detail::ScalarEpilogue<numerics::FloatRequantizer> scalar;
  };
  template <int Blocks>
  static VERNIER_ALWAYS_INLINE FloatEpilogue prepare(const numerics::FloatRequantizer &r, int32_t channel,
                                                     int32_t count) {
    float scales[integerBlock] = {};
    for (int32_t c = 0; c < count; ++c)
      scales[c] = r.scales[(channel + c) * r.channelStride];
    return {Avx2Epilogue<Avx2NaturalOrder>::of(scales, r.range), {r, channel, count}};
  }
  /// Two rows at once.
  template <int Rows, int Vectors, class T>
  static VERNIER_ALWAYS_INLINE void finish(const Sum (&sums)[Rows][Vectors], const FloatEpilogue &epilogue, T *to,
                                           ptrdiff_t stride) {
    // Scales of 1 and more are rare.
    if (__builtin_expect(!epilogue.vector.isBounded, 0))
      return finish(sums, epilogue.scalar, to, stride);
#pragma GCC unroll 16
    for (int r = 0; r < Rows; r += 2) {
      const int next = r + 1 < Rows ? r + 1 : r;
      const __m256i bytes =
          epilogue.vector.pack<T>(reinterpret_cast<__m256i>(sums[r][0]), reinterpret_cast<__m256i>(sums[r][1]),
                                  reinterpret_cast<__m256i>(sums[next][0]), reinterpret_cast<__m256i>(sums[next][1]));
      store(_mm256_castsi256_si128(bytes), epilogue.scalar.count, to + r * stride);
      if (next != r)
        store(_mm256_extracti128_si256(bytes, 1), epilogue.scalar.count, to + next * stride);
    }
  }
  template <class T, class Requantizer>
  static VERNIER_ALWAYS_INLINE void finishLanes(Lanes sum, const int32_t *starts, int32_t correction,
                                                const Requantizer &requantize, int32_t channel, int32_t count, T *to) {
    Sum sums[1][2];
    for (int h = 0; h < 2; ++h)
      sums[0][h] = reinterpret_cast<Vector>(sum.half[h]) + begin(starts + 8 * h) - correction;
    finish(sums, prepare<1>(requantize, channel, count), to, 0);
  }

private:
  /// Stores the channels that there are.
  template <class T> static VERNIER_ALWAYS_INLINE void store(__m128i bytes, int32_t count, T *to) {
    if (count == integerBlock) {
      _mm_storeu_si128(reinterpret_cast<__m128i *>(to), bytes);
      return;
    }
    alignas(16) T all[integerBlock];
    _mm_store_si128(reinterpret_cast<__m128i *>(all), bytes);
    for (int32_t c = 0; c < count; ++c)
      to[c] = all[c];
  }
  static VERNIER_ALWAYS_INLINE __m128i load16(const void *from) {
    return _mm_loadu_si128(static_cast<const __m128i *>(from));
  }
  static VERNIER_ALWAYS_INLINE __m256i load32(const void *from) {
    return _mm256_loadu_si256(static_cast<const __m256i *>(from));
  }
};

} // namespace mlir::vernier::runtime

#endif // VERNIER_RUNTIME_INTEGER_AVX2_H
