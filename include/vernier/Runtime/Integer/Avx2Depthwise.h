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
  /// Products are of signed numbers: inputs are taken as they are.
  using Element = int8_t;
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

  template <class T> static VERNIER_ALWAYS_INLINE Taps interleave(const T *a, const T *b, const T *c, const T *d) {
    return pairs(widen(a), widen(b), widen(c), widen(d));
  }
  /// Three rows of an image.
  static constexpr bool readsInPlace = true;
  template <class T> static VERNIER_ALWAYS_INLINE Taps interleave(const T *a, const T *b, const T *c) {
    return pairs(widen(a), widen(b), widen(c), _mm256_setzero_si256());
  }
  /// Of 16 bytes those from `begin` up to `end`; the others are padding.
  struct Part {
    int32_t begin, end;
  };
  static VERNIER_ALWAYS_INLINE Part part(ptrdiff_t begin, ptrdiff_t end) {
    const auto within = [](ptrdiff_t at) { return static_cast<int32_t>(at < 0 ? 0 : at > channels ? channels : at); };
    return {within(begin), within(end)};
  }
  /// In shorter rows too many vectors hold padding.
  static constexpr ptrdiff_t leastDenseRow = 128;
  template <class T>
  static VERNIER_ALWAYS_INLINE Taps interleaveParts(const T *a, Part partA, const T *b, Part partB, const T *c,
                                                    Part partC, int32_t padding) {
    return pairs(widenPart(a, partA, padding), widenPart(b, partB, padding), widenPart(c, partC, padding),
                 _mm256_setzero_si256());
  }
  static constexpr bool picksPixels = false;
  static VERNIER_ALWAYS_INLINE Taps broadcast(int32_t input) {
    const __m256i all = _mm256_set1_epi16(static_cast<short>(input));
    return {{all, all, all, all}};
  }
  static VERNIER_ALWAYS_INLINE Taps interleaveWeights(const unsigned char *const (&rows)[4]) {
    return pairs(widen(signedBytes(rows[0])), widen(signedBytes(rows[1])), widen(signedBytes(rows[2])),
                 widen(signedBytes(rows[3])));
  }
  /// Weights are widened: differences from a zero point fit.
  static constexpr bool hasWideWeights = true;
  static VERNIER_ALWAYS_INLINE Taps subtractFromWeights(Taps w, int32_t zero) {
#pragma GCC unroll 4
    for (int j = 0; j < 4; ++j)
      w.quarter[j] = _mm256_sub_epi16(w.quarter[j], _mm256_set1_epi16(static_cast<short>(zero)));
    return w;
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

  /// Ranges are those of signed results, which are made unsigned as they are stored.
  static constexpr bool signedResults = true;
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
  static VERNIER_ALWAYS_INLINE void store(__m128i results, int32_t count, int8_t *to) { avx2Store(results, count, to); }
  /// The same where results are unsigned.
  static VERNIER_ALWAYS_INLINE void store(__m128i results, int32_t count, uint8_t *to) {
    avx2Store(_mm_xor_si128(results, _mm_set1_epi8(-128)), count, to);
  }
  template <int Width, class T> static VERNIER_ALWAYS_INLINE void copyInput(const T *from, int32_t count, T *to) {
    storePiece<Width>(from, count, to);
  }
  template <int Width, class T> static VERNIER_ALWAYS_INLINE void storePiece(const T *from, int32_t count, T *to) {
    if (count == Width)
      std::memcpy(to, from, Width);
    else
      for (int32_t c = 0; c < count; ++c)
        to[c] = from[c];
  }

protected:
  static VERNIER_ALWAYS_INLINE const int8_t *signedBytes(const unsigned char *bytes) {
    return reinterpret_cast<const int8_t *>(bytes);
  }
  static VERNIER_ALWAYS_INLINE __m256i widen(const int8_t *from) {
    return _mm256_cvtepi8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i *>(from)));
  }
  static VERNIER_ALWAYS_INLINE __m256i widen(const uint8_t *from) {
    return _mm256_cvtepu8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i *>(from)));
  }
  template <class T> static VERNIER_ALWAYS_INLINE __m256i widenPart(const T *from, Part part, int32_t padding) {
    if (part.begin == 0 && part.end == channels)
      return widen(from);
    alignas(16) T bytes[channels];
    std::memset(bytes, padding, sizeof(bytes));
    for (int32_t i = part.begin; i < part.end; ++i)
      bytes[i] = from[i];
    return widen(bytes);
  }
  static VERNIER_ALWAYS_INLINE Taps pairs(__m256i a, __m256i b, __m256i c, __m256i d) {
    return {{_mm256_unpacklo_epi16(a, b), _mm256_unpackhi_epi16(a, b), _mm256_unpacklo_epi16(c, d),
             _mm256_unpackhi_epi16(c, d)}};
  }
};

/// The same beside inputs of uint8.
struct Avx2UnsignedInterleaved : Avx2Interleaved {
  using Element = uint8_t;
};

} // namespace mlir::vernier::runtime

#endif // VERNIER_RUNTIME_INTEGER_AVX2DEPTHWISE_H
