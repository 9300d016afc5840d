//===- Avx512VnniDepthwise.h - interleaved taps for AVX-512 -----*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// vpdpbusd sums four neighbouring bytes. Bytes of four rows become neighbours by unpacking, 64 channels at a time, in
// an order that packing to bytes undoes: lane l of vector j has channels 16 l + 4 j to 16 l + 4 j + 3.
//===----------------------------------------------------------------------===//

#ifndef VERNIER_RUNTIME_INTEGER_AVX512VNNIDEPTHWISE_H
#define VERNIER_RUNTIME_INTEGER_AVX512VNNIDEPTHWISE_H

#include "vernier/Runtime/Integer/Avx512Range.h"
#include "vernier/Runtime/Integer/Epilogue.h"
#include "vernier/Runtime/Integer/Packing.h"
#include <cstddef>
#include <cstring>
#include <immintrin.h>

namespace mlir::vernier::runtime {

struct Avx512VnniInterleaved {
  // GCC 12 spills arrays of __m512i, not of its own vectors.
  typedef int Vector __attribute__((vector_size(64)));
  using Element = unsigned char;
  using Requantizer = numerics::FloatRequantizer;
  /// Channels that are computed at once.
  static constexpr int channels = 64;
  /// Sums, inputs or weights of 64 channels.
  struct Lanes {
    Vector quarter[4];
  };
  using Sums = Lanes;
  using Taps = Lanes;

  /// Four rows of 64 bytes.
  static VERNIER_ALWAYS_INLINE Lanes interleave(const unsigned char *a, const unsigned char *b, const unsigned char *c,
                                                const unsigned char *d) {
    const __m512i r0 = _mm512_loadu_si512(a), r1 = _mm512_loadu_si512(b), r2 = _mm512_loadu_si512(c),
                  r3 = _mm512_loadu_si512(d);
    const __m512i low01 = _mm512_unpacklo_epi8(r0, r1), high01 = _mm512_unpackhi_epi8(r0, r1),
                  low23 = _mm512_unpacklo_epi8(r2, r3), high23 = _mm512_unpackhi_epi8(r2, r3);
    return {{reinterpret_cast<Vector>(_mm512_unpacklo_epi16(low01, low23)),
             reinterpret_cast<Vector>(_mm512_unpackhi_epi16(low01, low23)),
             reinterpret_cast<Vector>(_mm512_unpacklo_epi16(high01, high23)),
             reinterpret_cast<Vector>(_mm512_unpackhi_epi16(high01, high23))}};
  }
  /// Three vectors of an image, anywhere, and one that nobody asks for.
  static constexpr bool readsInPlace = true;
  template <class T> static VERNIER_ALWAYS_INLINE Taps interleave(const T *a, const T *b, const T *c) {
    return interleave<T>(_mm512_loadu_si512(a), _mm512_loadu_si512(b), _mm512_loadu_si512(c));
  }
  /// Of 64 bytes those from `begin` up to `end`; the others are padding.
  using Part = __mmask64;
  static VERNIER_ALWAYS_INLINE Part part(ptrdiff_t begin, ptrdiff_t end) {
    if (begin >= channels || end <= 0)
      return 0;
    const Part from = begin > 0 ? ~Part(0) << begin : ~Part(0);
    return end < channels ? from & ~Part(0) >> (channels - end) : from;
  }
  static constexpr ptrdiff_t leastDenseRow = 1;
  template <class T>
  static VERNIER_ALWAYS_INLINE Taps interleaveParts(const T *a, Part partA, const T *b, Part partB, const T *c,
                                                    Part partC, int32_t padding) {
    if ((partA & partB & partC) == ~Part(0))
      return interleave(a, b, c);
    const __m512i around = _mm512_set1_epi8(static_cast<char>(padding - detail::inputShift<T>));
    return interleave<T>(_mm512_mask_loadu_epi8(around, partA, a), _mm512_mask_loadu_epi8(around, partB, b),
                         _mm512_mask_loadu_epi8(around, partC, c));
  }
  /// Where every second pixel is in two vectors of bytes: pixels of 4, 8, 16 or 32 bytes.
  static constexpr bool picksPixels = true;
  struct Pixels {
    __m512i even, odd;
  };
  static VERNIER_ALWAYS_INLINE Pixels pixels(int32_t bytes) {
    alignas(64) int32_t words[16];
    for (int32_t i = 0; i < 16; ++i)
      words[i] = i + 4 * i / bytes * (bytes / 4);
    const __m512i even = _mm512_load_si512(words);
    return {even, _mm512_add_epi32(even, _mm512_set1_epi32(bytes / 4))};
  }
  template <class T>
  static VERNIER_ALWAYS_INLINE Taps interleaveSeconds(const T *row, const ptrdiff_t (&places)[4],
                                                      const Part (&parts)[4], const Pixels &pixels, int32_t padding) {
    const __m512i around = _mm512_set1_epi8(static_cast<char>(padding - detail::inputShift<T>));
    __m512i bytes[4];
#pragma GCC unroll 4
    for (int i = 0; i < 4; ++i)
      bytes[i] = _mm512_mask_loadu_epi8(around, parts[i], row + places[i]);
    return interleave<T>(_mm512_permutex2var_epi32(bytes[0], pixels.even, bytes[1]),
                         _mm512_permutex2var_epi32(bytes[0], pixels.odd, bytes[1]),
                         _mm512_permutex2var_epi32(bytes[2], pixels.even, bytes[3]));
  }
  static VERNIER_ALWAYS_INLINE Taps broadcast(int32_t byte) {
    const Vector all = reinterpret_cast<Vector>(_mm512_set1_epi8(static_cast<char>(byte)));
    return {{all, all, all, all}};
  }
  static VERNIER_ALWAYS_INLINE Taps interleaveWeights(const unsigned char *const (&rows)[4]) {
    return interleave(rows[0], rows[1], rows[2], rows[3]);
  }
  /// Weights stay bytes: differences from a zero point may not fit.
  static constexpr bool hasWideWeights = false;
  /// The same four weights for every channel.
  static VERNIER_ALWAYS_INLINE Taps repeatWeights(uint32_t four) {
    const Vector all = reinterpret_cast<Vector>(_mm512_set1_epi32(static_cast<int>(four)));
    return {{all, all, all, all}};
  }
  static VERNIER_ALWAYS_INLINE void sumProducts(Lanes &sums, const Lanes &x, const Lanes &w) {
#pragma GCC unroll 4
    for (int j = 0; j < 4; ++j)
      sums.quarter[j] = reinterpret_cast<Vector>(_mm512_dpbusd_epi32(reinterpret_cast<__m512i>(sums.quarter[j]),
                                                                     reinterpret_cast<__m512i>(x.quarter[j]),
                                                                     reinterpret_cast<__m512i>(w.quarter[j])));
  }
  static VERNIER_ALWAYS_INLINE void sumWeights(Lanes &sums, const Lanes &w) {
    const Vector ones = Vector{} + 0x01010101;
    sumProducts(sums, {{ones, ones, ones, ones}}, w);
  }
  /// bias - zero * (sum of weights), in the order of Lanes.
  static VERNIER_ALWAYS_INLINE Lanes makeStarts(const Lanes &sums, const int32_t *bias, int32_t zero) {
    Lanes starts;
    for (int j = 0; j < 4; ++j)
      starts.quarter[j] = reinterpret_cast<Vector>(
          _mm512_sub_epi32(reinterpret_cast<__m512i>(gather(bias + 4 * j)),
                           _mm512_mullo_epi32(reinterpret_cast<__m512i>(sums.quarter[j]), _mm512_set1_epi32(zero))));
    return starts;
  }

  /// Ranges are those of the results, signed or not.
  static constexpr bool signedResults = false;
  /// FloatRequantizer on 64 channels, in the order of Lanes.
  struct VectorEpilogue {
    alignas(64) float scales[64];
    Avx512Range range;
    static constexpr bool isBounded = true;
    /// Scaled sums may leave the range of int32: not all scales are below 1.
    bool mayOverflow;
  };
  static VERNIER_ALWAYS_INLINE VectorEpilogue prepare(const float *scales, const numerics::QuantizedRange &range) {
    VectorEpilogue epilogue{{}, Avx512Range::of(range), false};
    __mmask16 large = 0;
    for (int j = 0; j < 4; ++j) {
      const __m512 ordered = reinterpret_cast<__m512>(gather(scales + 4 * j));
      large = static_cast<__mmask16>(large | _mm512_cmp_ps_mask(ordered, _mm512_set1_ps(1), _CMP_NLT_UQ));
      _mm512_store_ps(epilogue.scales + 16 * j, ordered);
    }
    epilogue.mayOverflow = large != 0;
    return epilogue;
  }
  /// The results of 64 bytes.
  static VERNIER_ALWAYS_INLINE __m512i finishInRegisters(const Lanes &sums, const VectorEpilogue &epilogue) {
    __m512 scaled[4];
#pragma GCC unroll 4
    for (int j = 0; j < 4; ++j)
      scaled[j] = _mm512_mul_ps(_mm512_maskz_cvtepi32_ps(0xffff, reinterpret_cast<__m512i>(sums.quarter[j])),
                                _mm512_load_ps(epilogue.scales + 16 * j));
    // What is too large for an int32 would become the least one; what is too small does.
    if (__builtin_expect(epilogue.mayOverflow, 0)) {
#pragma GCC unroll 4
      for (int j = 0; j < 4; ++j)
        scaled[j] = _mm512_maskz_min_ps(0xffff, scaled[j], _mm512_set1_ps(65536));
    }
    __m512i rounded[4];
#pragma GCC unroll 4
    for (int j = 0; j < 4; ++j)
      rounded[j] = _mm512_maskz_cvtps_epi32(0xffff, scaled[j]);
    return epilogue.range.pack<true>(rounded);
  }
  /// Sums of 64 bytes, in the order of these.
  static VERNIER_ALWAYS_INLINE void store(const Lanes &sums, int32_t *to) {
    alignas(64) int32_t ordered[64];
    for (int j = 0; j < 4; ++j)
      std::memcpy(ordered + 16 * j, &sums.quarter[j], sizeof(Vector));
    reorder(ordered, to);
  }
  /// Stores the first `count` bytes.
  static VERNIER_ALWAYS_INLINE void store(__m512i bytes, int32_t count, uint8_t *to) {
    if (count == 64)
      _mm512_storeu_si512(to, bytes);
    else
      _mm512_mask_storeu_epi8(to, ~__mmask64(0) >> (64 - count), bytes);
  }
  /// `count` of `Width` bytes, made unsigned.
  template <int Width, class T>
  static VERNIER_ALWAYS_INLINE void copyInput(const T *from, int32_t count, unsigned char *to) {
    constexpr auto shift = static_cast<char>(detail::inputShift<T>);
    const __mmask64 mask = ~__mmask64(0) >> (64 - count);
    if constexpr (Width == 64)
      _mm512_store_si512(to, _mm512_xor_si512(_mm512_maskz_loadu_epi8(mask, from), _mm512_set1_epi8(shift)));
    else if constexpr (Width == 32)
      _mm256_store_si256(
          reinterpret_cast<__m256i *>(to),
          _mm256_xor_si256(_mm256_maskz_loadu_epi8(static_cast<__mmask32>(mask), from), _mm256_set1_epi8(shift)));
    else if constexpr (Width == 16)
      _mm_store_si128(reinterpret_cast<__m128i *>(to),
                      _mm_xor_si128(_mm_maskz_loadu_epi8(static_cast<__mmask16>(mask), from), _mm_set1_epi8(shift)));
    else
      _mm_storel_epi64(reinterpret_cast<__m128i *>(to),
                       _mm_xor_si128(_mm_maskz_loadu_epi8(static_cast<__mmask16>(mask), from), _mm_set1_epi8(shift)));
  }
  /// `count` of `Width` bytes of a piece.
  template <int Width> static void storePiece(const uint8_t *from, int32_t count, uint8_t *to);

private:
  template <class T> static VERNIER_ALWAYS_INLINE Taps interleave(__m512i a, __m512i b, __m512i c) {
    const __m512i shift = _mm512_set1_epi8(static_cast<char>(detail::inputShift<T>));
    a = _mm512_xor_si512(a, shift);
    b = _mm512_xor_si512(b, shift);
    c = _mm512_xor_si512(c, shift);
    const __m512i lowAB = _mm512_unpacklo_epi8(a, b), highAB = _mm512_unpackhi_epi8(a, b),
                  lowC = _mm512_unpacklo_epi8(c, c), highC = _mm512_unpackhi_epi8(c, c);
    return {{reinterpret_cast<Vector>(_mm512_unpacklo_epi16(lowAB, lowC)),
             reinterpret_cast<Vector>(_mm512_unpackhi_epi16(lowAB, lowC)),
             reinterpret_cast<Vector>(_mm512_unpacklo_epi16(highAB, highC)),
             reinterpret_cast<Vector>(_mm512_unpackhi_epi16(highAB, highC))}};
  }
  /// Every fourth four of 64 numbers, which is one vector in the order of Lanes.
  static VERNIER_ALWAYS_INLINE Vector gather(const void *natural) {
    const auto *from = static_cast<const char *>(natural);
    __m512i vector = _mm512_castsi128_si512(_mm_loadu_si128(reinterpret_cast<const __m128i *>(from)));
    vector = _mm512_inserti32x4(vector, _mm_loadu_si128(reinterpret_cast<const __m128i *>(from + 64)), 1);
    vector = _mm512_inserti32x4(vector, _mm_loadu_si128(reinterpret_cast<const __m128i *>(from + 128)), 2);
    return reinterpret_cast<Vector>(
        _mm512_inserti32x4(vector, _mm_loadu_si128(reinterpret_cast<const __m128i *>(from + 192)), 3));
  }
  /// The order is its own inverse.
  template <class Number> static VERNIER_ALWAYS_INLINE void reorder(const Number *natural, Number *to) {
    for (int j = 0; j < 4; ++j)
      for (int l = 0; l < 4; ++l)
        std::memcpy(to + 16 * j + 4 * l, natural + 16 * l + 4 * j, 4 * sizeof(Number));
  }
};

template <>
VERNIER_ALWAYS_INLINE void Avx512VnniInterleaved::storePiece<32>(const uint8_t *from, int32_t count, uint8_t *to) {
  const __m256i bytes = _mm256_load_si256(reinterpret_cast<const __m256i *>(from));
  if (count == 32)
    _mm256_storeu_si256(reinterpret_cast<__m256i *>(to), bytes);
  else
    _mm256_mask_storeu_epi8(to, ~__mmask32(0) >> (32 - count), bytes);
}
template <>
VERNIER_ALWAYS_INLINE void Avx512VnniInterleaved::storePiece<16>(const uint8_t *from, int32_t count, uint8_t *to) {
  const __m128i bytes = _mm_load_si128(reinterpret_cast<const __m128i *>(from));
  if (count == 16)
    _mm_storeu_si128(reinterpret_cast<__m128i *>(to), bytes);
  else
    _mm_mask_storeu_epi8(to, static_cast<__mmask16>(0xffff >> (16 - count)), bytes);
}
template <>
VERNIER_ALWAYS_INLINE void Avx512VnniInterleaved::storePiece<8>(const uint8_t *from, int32_t count, uint8_t *to) {
  const __m128i bytes = _mm_loadl_epi64(reinterpret_cast<const __m128i *>(from));
  if (count == 8)
    _mm_storel_epi64(reinterpret_cast<__m128i *>(to), bytes);
  else
    _mm_mask_storeu_epi8(to, static_cast<__mmask16>(0xff >> (8 - count)), bytes);
}

} // namespace mlir::vernier::runtime

#endif // VERNIER_RUNTIME_INTEGER_AVX512VNNIDEPTHWISE_H
