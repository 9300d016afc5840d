//===- Avx512VnniWords.h - 16x8 kernels for AVX-512 VNNI --------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// vpdpwssd sums two products of sixteen bits into each of sixteen int32: 32 multiply-adds an instruction. Weights are
// bytes in memory and widened as they are loaded, once for all pixels of a tile.
//===----------------------------------------------------------------------===//

#ifndef VERNIER_RUNTIME_INTEGER_AVX512VNNIWORDS_H
#define VERNIER_RUNTIME_INTEGER_AVX512VNNIWORDS_H

#include "vernier/Runtime/Integer/Avx512WordEpilogue.h"
#include "vernier/Runtime/Integer/Tile.h"

namespace mlir::vernier::runtime {

/// Depthwise: taps of two rows become neighbours by unpacking, 32 channels at a time.
struct Avx512VnniInterleavedWords {
  static constexpr bool readsInPlace = false, hasWideWeights = true, signedResults = true;
  typedef int Vector __attribute__((vector_size(64)));
  using Element = int16_t;
  using Requantizer = numerics::FixedPoint64Requantizer;
  static constexpr int channels = 32;
  /// Lane l of vector j has channels 8 l + 4 j to 8 l + 4 j + 3; packing undoes that.
  struct Sums {
    Vector half[2];
  };
  /// Pairs of rows 0 and 1, then of 2 and 3, each in the order of the sums.
  struct Taps {
    Vector quarter[4];
  };

  static VERNIER_ALWAYS_INLINE Taps interleave(const Element *a, const Element *b, const Element *c, const Element *d) {
    return pairs(_mm512_load_si512(a), _mm512_load_si512(b), _mm512_load_si512(c), _mm512_load_si512(d));
  }
  static VERNIER_ALWAYS_INLINE Taps interleaveWeights(const unsigned char *const (&rows)[4]) {
    return pairs(widen(rows[0]), widen(rows[1]), widen(rows[2]), widen(rows[3]));
  }
  // Clang makes a multiplication and an addition of the instruction's intrinsic where it takes that for faster, and
  // loads the inputs of a whole step before, for which there are no registers.
  static VERNIER_ALWAYS_INLINE Vector dot(Vector sum, Vector x, Vector w) {
#if defined(__clang__)
    __asm__ volatile("vpdpwssd %2, %1, %0" : "+v"(sum) : "v"(x), "v"(w));
    return sum;
#else
    return reinterpret_cast<Vector>(_mm512_dpwssd_epi32(reinterpret_cast<__m512i>(sum), reinterpret_cast<__m512i>(x),
                                                        reinterpret_cast<__m512i>(w)));
#endif
  }
  static VERNIER_ALWAYS_INLINE Vector broadcast(const Element *two) {
#if defined(__clang__)
    Vector vector;
    __asm__ volatile("vpbroadcastd %1, %0" : "=v"(vector) : "m"(*reinterpret_cast<const char (*)[4]>(two)));
    return vector;
#else
    int word;
    std::memcpy(&word, two, sizeof(word));
    return reinterpret_cast<Vector>(_mm512_set1_epi32(word));
#endif
  }
  static VERNIER_ALWAYS_INLINE void sumProducts(Sums &sums, const Taps &x, const Taps &w) {
#pragma GCC unroll 4
    for (int j = 0; j < 4; ++j)
      sums.half[j % 2] = dot(sums.half[j % 2], x.quarter[j], w.quarter[j]);
  }
  static VERNIER_ALWAYS_INLINE void sumWeights(Sums &, const Taps &) {}
  /// There is no zero point.
  static VERNIER_ALWAYS_INLINE Sums makeStarts(const Sums &, const int32_t *bias, int32_t) {
    int32_t ordered[channels];
    reorder(bias, ordered);
    Sums starts;
    std::memcpy(starts.half, ordered, sizeof(ordered));
    return starts;
  }

  using VectorEpilogue = Avx512WordEpilogue<2>;
  static VERNIER_ALWAYS_INLINE VectorEpilogue prepare(const numerics::FixedPointMultiplier *multipliers,
                                                      const numerics::QuantizedRange &range) {
    numerics::FixedPointMultiplier ordered[channels];
    reorder(multipliers, ordered);
    return VectorEpilogue::of(ordered, range);
  }
  static VERNIER_ALWAYS_INLINE __m512i finishInRegisters(const Sums &sums, const VectorEpilogue &epilogue) {
    return epilogue.isShort ? finishInRegisters<true>(sums, epilogue) : finishInRegisters<false>(sums, epilogue);
  }
  /// Sums in the order of their channels.
  static VERNIER_ALWAYS_INLINE void store(const Sums &sums, int32_t *to) {
    int32_t ordered[channels];
    std::memcpy(ordered, sums.half, sizeof(ordered));
    restore(ordered, to);
  }
  static VERNIER_ALWAYS_INLINE void store(__m512i results, int32_t count, int16_t *to) {
    if (count == channels)
      _mm512_storeu_si512(to, results);
    else
      _mm512_mask_storeu_epi16(to, ~__mmask32(0) >> (32 - count), results);
  }
  template <int Width> static VERNIER_ALWAYS_INLINE void copyInput(const int16_t *from, int32_t count, int16_t *to) {
    if constexpr (Width == 32)
      _mm512_store_si512(to, _mm512_maskz_loadu_epi16(~__mmask32(0) >> (32 - count), from));
    else if constexpr (Width == 16)
      _mm256_store_si256(reinterpret_cast<__m256i *>(to),
                         _mm256_maskz_loadu_epi16(static_cast<__mmask16>(0xffff >> (16 - count)), from));
    else
      _mm_store_si128(reinterpret_cast<__m128i *>(to),
                      _mm_maskz_loadu_epi16(static_cast<__mmask8>(0xff >> (8 - count)), from));
  }
  template <int Width> static VERNIER_ALWAYS_INLINE void storePiece(const int16_t *from, int32_t count, int16_t *to) {
    if (count == Width)
      std::memcpy(to, from, Width * sizeof(int16_t));
    else if constexpr (Width == 16)
      _mm256_mask_storeu_epi16(to, static_cast<__mmask16>(0xffff >> (16 - count)),
                               _mm256_load_si256(reinterpret_cast<const __m256i *>(from)));
    else
      _mm_mask_storeu_epi16(to, static_cast<__mmask8>(0xff >> (8 - count)),
                            _mm_load_si128(reinterpret_cast<const __m128i *>(from)));
  }

private:
  template <bool Short>
  static VERNIER_ALWAYS_INLINE __m512i finishInRegisters(const Sums &sums, const VectorEpilogue &epilogue) {
    return epilogue.pack(epilogue.requantize<Short>(reinterpret_cast<__m512i>(sums.half[0]), 0),
                         epilogue.requantize<Short>(reinterpret_cast<__m512i>(sums.half[1]), 1));
  }
  template <class Number> static VERNIER_ALWAYS_INLINE void reorder(const Number *natural, Number *to) {
    for (int j = 0; j < 2; ++j)
      for (int l = 0; l < 4; ++l)
        std::memcpy(to + 16 * j + 4 * l, natural + 8 * l + 4 * j, 4 * sizeof(Number));
  }
  template <class Number> static VERNIER_ALWAYS_INLINE void restore(const Number *ordered, Number *to) {
    for (int j = 0; j < 2; ++j)
      for (int l = 0; l < 4; ++l)
        std::memcpy(to + 8 * l + 4 * j, ordered + 16 * j + 4 * l, 4 * sizeof(Number));
  }
  static VERNIER_ALWAYS_INLINE __m512i widen(const unsigned char *from) {
    return _mm512_cvtepi8_epi16(_mm256_loadu_si256(reinterpret_cast<const __m256i *>(from)));
  }
  static VERNIER_ALWAYS_INLINE Taps pairs(__m512i a, __m512i b, __m512i c, __m512i d) {
    return {
        {reinterpret_cast<Vector>(_mm512_unpacklo_epi16(a, b)), reinterpret_cast<Vector>(_mm512_unpackhi_epi16(a, b)),
         reinterpret_cast<Vector>(_mm512_unpacklo_epi16(c, d)), reinterpret_cast<Vector>(_mm512_unpackhi_epi16(c, d))}};
  }
};

/// `Bytes` is the same for inputs of 8 bits, which has what does not depend on them.
template <class Bytes> struct Avx512VnniWordsOf : Bytes {
  using typename Bytes::Sum;
  using typename Bytes::Vector;
  using Element = int16_t;
  using Weights = Vector;
  using Inputs = Vector;
  static constexpr int parts = 2;
  /// Tiles are not pipelined.
  static constexpr int32_t leastPipelinedPixels = 0;
  using Interleaved = Avx512VnniInterleavedWords;

  template <int Part> static VERNIER_ALWAYS_INLINE Weights loadWeights(const int8_t *from) {
    return reinterpret_cast<Vector>(
        _mm512_cvtepi8_epi16(_mm256_loadu_si256(reinterpret_cast<const __m256i *>(from + 32 * Part))));
  }
  /// Two inputs in each lane.
  template <int Part> static VERNIER_ALWAYS_INLINE Inputs loadInputs(const Element *from) {
    return Interleaved::broadcast(from + 2 * Part);
  }
  static VERNIER_ALWAYS_INLINE Sum dot(Sum sum, Inputs x, Weights w) {
    return Avx512VnniInterleavedWords::dot(sum, x, w);
  }
  /// Up to 31 elements behind the last may be written.
  static VERNIER_ALWAYS_INLINE void copyInputs(int32_t count, const Element *from, Element *to) {
    for (; count >= 32; count -= 32, from += 32, to += 32)
      _mm512_storeu_si512(to, _mm512_loadu_si512(from));
    if (count > 0)
      _mm512_storeu_si512(to, _mm512_maskz_loadu_epi16((uint32_t(1) << count) - 1, from));
  }
  static VERNIER_ALWAYS_INLINE bool copyShortRow(int32_t left, int32_t count, int32_t size, int zero,
                                                 const Element *from, Element *to) {
    if (size > 32)
      return false;
    const __mmask32 mask = ~__mmask32(0) >> (32 - count) << left;
    _mm512_storeu_si512(to, _mm512_mask_loadu_epi16(_mm512_set1_epi16(static_cast<short>(zero)), mask, from - left));
    return true;
  }
  static VERNIER_ALWAYS_INLINE void fillInputs(int32_t count, int value, Element *to) {
    for (; count > 0; count -= 32, to += 32)
      _mm512_storeu_si512(to, _mm512_set1_epi16(static_cast<short>(value)));
  }
  using Bytes::widen;
  static VERNIER_ALWAYS_INLINE __m512i widen(const Element *from) {
    return _mm512_maskz_cvtepi16_epi32(0xffff, _mm256_loadu_si256(reinterpret_cast<const __m256i *>(from)));
  }
  static VERNIER_ALWAYS_INLINE typename Bytes::Lanes multiplyAdd(typename Bytes::Lanes sum, const Element *x, int32_t,
                                                                 const int8_t *w, int32_t) {
    return _mm512_add_epi32(sum, _mm512_mullo_epi32(widen(x), widen(w)));
  }

  /// FixedPoint64Requantizer on up to 64 channels.
  template <int Blocks> struct WordEpilogue {
    Avx512WordEpilogue<Blocks> vector;
    detail::ScalarEpilogue<numerics::FixedPoint64Requantizer> scalar;
  };
  template <int Blocks>
  static VERNIER_ALWAYS_INLINE WordEpilogue<Blocks> prepare(const numerics::FixedPoint64Requantizer &r, int32_t channel,
                                                            int32_t count) {
    constexpr int size = Blocks * integerBlock;
    if (r.channelStride == 1 && count == size)
      return {Avx512WordEpilogue<Blocks>::of(r.multipliers + channel, r.range), {r, channel, count}};
    numerics::FixedPointMultiplier all[size];
    for (int c = 0; c < size; ++c)
      all[c] = r.multipliers[(channel + (c < count ? c : 0)) * r.channelStride];
    return {Avx512WordEpilogue<Blocks>::of(all, r.range), {r, channel, count}};
  }
  using Bytes::finish;
  using Bytes::prepare;
  /// Vectors go by twos, whichever rows they are of.
  template <int Rows, int Blocks>
  static VERNIER_ALWAYS_INLINE void finish(const Sum (&sums)[Rows][Blocks], const WordEpilogue<Blocks> &epilogue,
                                           int16_t *to, ptrdiff_t stride) {
    // Multipliers of a half and more are rare.
    if (__builtin_expect(!epilogue.vector.isBounded, 0))
      return finish(sums, epilogue.scalar, to, stride);
    if (epilogue.vector.isShort)
      finishVectors<true>(sums, epilogue, to, stride);
    else
      finishVectors<false>(sums, epilogue, to, stride);
  }
  template <class T, class Requantizer>
  static VERNIER_ALWAYS_INLINE void finishLanes(typename Bytes::Lanes sum, const int32_t *starts, int32_t,
                                                const Requantizer &requantize, int32_t channel, int32_t count, T *to) {
    const Sum sums[1][1] = {{reinterpret_cast<Sum>(_mm512_add_epi32(sum, _mm512_loadu_si512(starts)))}};
    finish(sums, prepare<1>(requantize, channel, count), to, 0);
  }

private:
  template <bool Short, int Rows, int Blocks>
  static VERNIER_ALWAYS_INLINE void finishVectors(const Sum (&sums)[Rows][Blocks], const WordEpilogue<Blocks> &epilogue,
                                                  int16_t *to, ptrdiff_t stride) {
    constexpr int all = Rows * Blocks;
    Vector results[all];
#pragma GCC unroll 4
    for (int b = 0; b < Blocks; ++b)
#pragma GCC unroll 16
      for (int r = 0; r < Rows; ++r)
        results[r * Blocks + b] = reinterpret_cast<Vector>(
            epilogue.vector.template requantize<Short>(reinterpret_cast<__m512i>(sums[r][b]), b));
    const int32_t count = epilogue.scalar.count;
#pragma GCC unroll 32
    for (int i = 0; i < all; i += 2) {
      const int next = i + 1 < all ? i + 1 : i;
      const __m512i words = Avx512WordEpilogue<Blocks>::inOrder(
          epilogue.vector.pack(reinterpret_cast<__m512i>(results[i]), reinterpret_cast<__m512i>(results[next])));
      int16_t *first = to + i / Blocks * stride + i % Blocks * integerBlock;
      int16_t *second = to + next / Blocks * stride + next % Blocks * integerBlock;
      if (count == Blocks * integerBlock && second == first + integerBlock) {
        _mm512_storeu_si512(first, words);
        continue;
      }
      storeBlock(__builtin_shufflevector(words, words, 0, 1, 2, 3), count - i % Blocks * integerBlock, first);
      if (next != i)
        storeBlock(__builtin_shufflevector(words, words, 4, 5, 6, 7), count - next % Blocks * integerBlock, second);
    }
  }
  /// The channels of a block that there are.
  static VERNIER_ALWAYS_INLINE void storeBlock(__m256i words, int32_t count, int16_t *to) {
    if (count >= integerBlock)
      _mm256_storeu_si256(reinterpret_cast<__m256i *>(to), words);
    else if (count > 0)
      _mm256_mask_storeu_epi16(to, static_cast<__mmask16>(0xffff >> (integerBlock - count)), words);
  }
};

} // namespace mlir::vernier::runtime

#endif // VERNIER_RUNTIME_INTEGER_AVX512VNNIWORDS_H
