//===- Avx2Words.h - 16x8 kernels for AVX2 ----------------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// As Avx2.h, which multiplies sixteen bits, too: inputs need no widening, and weights are in the order that it wants.
//===----------------------------------------------------------------------===//

#ifndef VERNIER_RUNTIME_INTEGER_AVX2WORDS_H
#define VERNIER_RUNTIME_INTEGER_AVX2WORDS_H

#include "vernier/Runtime/Integer/Avx2Depthwise.h"
#include "vernier/Runtime/Integer/Tile.h"

namespace mlir::vernier::runtime {

/// FixedPoint64Requantizer on 16 channels, as in Avx512WordEpilogue.h.
template <class Order> struct Avx2WordEpilogue {
  alignas(32) int32_t multipliers[16], laterShifts[16];
  /// Of every second channel, beginning with the first and with the second of each vector.
  alignas(32) int64_t evenHalves[2][4], oddHalves[2][4];
  numerics::QuantizedRange range;
  /// All multipliers are below one half.
  bool isBounded;

  static VERNIER_ALWAYS_INLINE Avx2WordEpilogue of(const numerics::FixedPointMultiplier *natural,
                                                   const numerics::QuantizedRange &range) {
    Avx2WordEpilogue epilogue;
    epilogue.range = range;
    epilogue.isBounded = true;
    for (int c = 0; c < 16; ++c) {
      const int32_t reduced = natural[c].multiplier < 0x7fff0000 ? (natural[c].multiplier + (1 << 15)) >> 16 : 0x7fff;
      // 0 has any shift.
      const int shift = reduced == 0 ? 32 : 15 - natural[c].shift, later = shift > 32 ? shift - 32 : 0;
      const int at = Order::place(c);
      epilogue.multipliers[at] = static_cast<int32_t>(static_cast<uint32_t>(reduced) << ((32 - shift + later) & 31));
      epilogue.laterShifts[at] = later;
      (at % 2 ? epilogue.oddHalves : epilogue.evenHalves)[at / 8][at % 8 / 2] = int64_t(1) << (31 + later);
      epilogue.isBounded &= shift >= 16;
    }
    return epilogue;
  }

  /// 16 results in order.
  VERNIER_ALWAYS_INLINE __m256i pack(__m256i first, __m256i second) const {
    const __m256i words = _mm256_packs_epi32(requantize(first, 0), requantize(second, 1));
    return _mm256_min_epi16(
        _mm256_max_epi16(Order::arrangeWords(words), _mm256_set1_epi16(static_cast<short>(range.min))),
        _mm256_set1_epi16(static_cast<short>(range.max)));
  }

private:
  VERNIER_ALWAYS_INLINE __m256i requantize(__m256i sums, int half) const {
    const __m256i even = load(multipliers + 8 * half), odd = _mm256_srli_epi64(even, 32);
    const __m256i low = _mm256_add_epi64(_mm256_mul_epi32(sums, even), load(evenHalves[half]));
    const __m256i high = _mm256_add_epi64(_mm256_mul_epi32(_mm256_srli_epi64(sums, 32), odd), load(oddHalves[half]));
    return _mm256_srav_epi32(_mm256_blend_epi32(_mm256_srli_epi64(low, 32), high, 0xaa), load(laterShifts + 8 * half));
  }
  static VERNIER_ALWAYS_INLINE __m256i load(const void *from) {
    return _mm256_load_si256(static_cast<const __m256i *>(from));
  }
};

/// Depthwise: inputs have sixteen bits already.
struct Avx2InterleavedWords : Avx2Interleaved {
  static constexpr bool readsInPlace = false;
  using Element = int16_t;
  using Requantizer = numerics::FixedPoint64Requantizer;

  static VERNIER_ALWAYS_INLINE Taps interleave(const Element *a, const Element *b, const Element *c, const Element *d) {
    return pairs(load(a), load(b), load(c), load(d));
  }
  using VectorEpilogue = Avx2WordEpilogue<Order>;
  static VERNIER_ALWAYS_INLINE VectorEpilogue prepare(const numerics::FixedPointMultiplier *multipliers,
                                                      const numerics::QuantizedRange &range) {
    return VectorEpilogue::of(multipliers, range);
  }
  static VERNIER_ALWAYS_INLINE __m256i finishInRegisters(const Sums &sums, const VectorEpilogue &epilogue) {
    return epilogue.pack(sums.half[0], sums.half[1]);
  }
  using Avx2Interleaved::store;
  static VERNIER_ALWAYS_INLINE void store(__m256i results, int32_t count, int16_t *to) {
    if (count == channels) {
      _mm256_storeu_si256(reinterpret_cast<__m256i *>(to), results);
      return;
    }
    alignas(32) int16_t all[channels];
    _mm256_store_si256(reinterpret_cast<__m256i *>(all), results);
    for (int32_t c = 0; c < count; ++c)
      to[c] = all[c];
  }
  template <int Width> static VERNIER_ALWAYS_INLINE void copyInput(const int16_t *from, int32_t count, int16_t *to) {
    storePiece<Width>(from, count, to);
  }
  template <int Width> static VERNIER_ALWAYS_INLINE void storePiece(const int16_t *from, int32_t count, int16_t *to) {
    if (count == Width)
      std::memcpy(to, from, Width * sizeof(int16_t));
    else
      for (int32_t c = 0; c < count; ++c)
        to[c] = from[c];
  }

private:
  static VERNIER_ALWAYS_INLINE __m256i load(const Element *from) {
    return _mm256_load_si256(reinterpret_cast<const __m256i *>(from));
  }
};

/// `Bytes` is the same for inputs of 8 bits, which has what does not depend on them.
template <class Bytes> struct Avx2WordsOf : Bytes {
  using typename Bytes::Lanes;
  using typename Bytes::Sum;
  using typename Bytes::Vector;
  using Element = int16_t;
  using Interleaved = Avx2InterleavedWords;
  // Of 16 registers, 10 are sums: with 12, compilers spill.
  template <int> using TileRows = detail::IntegerTileRows<5, 4, 2, 1>;

  template <int Part> static VERNIER_ALWAYS_INLINE Vector loadWeights(const int8_t *from) {
    return reinterpret_cast<Vector>(
        _mm256_cvtepi8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i *>(from + 32 * Part))));
  }
  template <int Part> static VERNIER_ALWAYS_INLINE Vector loadInputs(const Element *from) {
    int two;
    std::memcpy(&two, from + 2 * Part, sizeof(two));
    return reinterpret_cast<Vector>(_mm256_set1_epi32(two));
  }
  static VERNIER_ALWAYS_INLINE void copyInputs(int32_t count, const Element *from, Element *to) {
    for (; count >= 16; count -= 16, from += 16, to += 16)
      _mm256_storeu_si256(reinterpret_cast<__m256i *>(to), _mm256_loadu_si256(reinterpret_cast<const __m256i *>(from)));
    for (int32_t i = 0; i < count; ++i)
      to[i] = from[i];
  }
  static VERNIER_ALWAYS_INLINE bool copyShortRow(int32_t, int32_t, int32_t, int, const Element *, Element *) {
    return false;
  }
  static VERNIER_ALWAYS_INLINE void fillInputs(int32_t count, int value, Element *to) {
    for (int32_t i = 0; i < count; ++i)
      to[i] = static_cast<Element>(value);
  }
  static VERNIER_ALWAYS_INLINE Lanes multiplyAdd(Lanes sum, const Element *x, int32_t, const int8_t *w, int32_t) {
#pragma GCC unroll 2
    for (int h = 0; h < 2; ++h)
      sum.half[h] = _mm256_add_epi32(
          sum.half[h],
          _mm256_mullo_epi32(_mm256_cvtepi16_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i *>(x + 8 * h))),
                             Bytes::widen(w + 8 * h, 0)));
    return sum;
  }

  struct WordEpilogue {
    Avx2WordEpilogue<Avx2NaturalOrder> vector;
    detail::ScalarEpilogue<numerics::FixedPoint64Requantizer> scalar;
  };
  template <int Blocks>
  static VERNIER_ALWAYS_INLINE WordEpilogue prepare(const numerics::FixedPoint64Requantizer &r, int32_t channel,
                                                    int32_t count) {
    numerics::FixedPointMultiplier multipliers[integerBlock];
    for (int32_t c = 0; c < integerBlock; ++c)
      multipliers[c] = r.multipliers[(channel + (c < count ? c : 0)) * r.channelStride];
    return {Avx2WordEpilogue<Avx2NaturalOrder>::of(multipliers, r.range), {r, channel, count}};
  }
  using Bytes::finish;
  using Bytes::prepare;
  template <int Rows, int Vectors>
  static VERNIER_ALWAYS_INLINE void finish(const Sum (&sums)[Rows][Vectors], const WordEpilogue &epilogue, Element *to,
                                           ptrdiff_t stride) {
    // Multipliers of a half and more are rare.
    if (__builtin_expect(!epilogue.vector.isBounded, 0))
      return finish(sums, epilogue.scalar, to, stride);
#pragma GCC unroll 16
    for (int r = 0; r < Rows; ++r)
      Interleaved::store(
          epilogue.vector.pack(reinterpret_cast<__m256i>(sums[r][0]), reinterpret_cast<__m256i>(sums[r][1])),
          epilogue.scalar.count, to + r * stride);
  }
  template <class T, class Requantizer>
  static VERNIER_ALWAYS_INLINE void finishLanes(Lanes sum, const int32_t *starts, int32_t,
                                                const Requantizer &requantize, int32_t channel, int32_t count, T *to) {
    Sum sums[1][2];
    for (int h = 0; h < 2; ++h)
      sums[0][h] = reinterpret_cast<Vector>(sum.half[h]) + Bytes::begin(starts + 8 * h);
    finish(sums, prepare<1>(requantize, channel, count), to, 0);
  }
};

} // namespace mlir::vernier::runtime

#endif // VERNIER_RUNTIME_INTEGER_AVX2WORDS_H
