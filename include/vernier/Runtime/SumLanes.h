//===- SumLanes.h - sums of bytes in vectors --------------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// AddXnnpack on a block of elements. What compilers make of its loop narrows sums by permutations or down to a quarter
// vector each, and takes half as long again: packing with saturation narrows two vectors at once, and clamps.
//===----------------------------------------------------------------------===//

#ifndef VERNIER_RUNTIME_SUMLANES_H
#define VERNIER_RUNTIME_SUMLANES_H

#include "vernier/Runtime/Arithmetic.h"
#include <limits>
#include <type_traits>
#if defined(__AVX2__)
#include <immintrin.h>

namespace mlir::vernier::runtime {
namespace detail {

#if defined(__AVX512BW__)
/// 64 bytes, or 16 sums.
struct SumLanes {
  using Vector = __m512i;
  static constexpr int bytes = 64;
  /// GCC warns of what intrinsics without a mask leave undefined.
  static constexpr __mmask16 everything = 0xffff;

  static VERNIER_ALWAYS_INLINE Vector load(const int8_t *from) {
    return _mm512_maskz_cvtepi8_epi32(everything, _mm_loadu_si128(reinterpret_cast<const __m128i *>(from)));
  }
  static VERNIER_ALWAYS_INLINE Vector load(const uint8_t *from) {
    return _mm512_maskz_cvtepu8_epi32(everything, _mm_loadu_si128(reinterpret_cast<const __m128i *>(from)));
  }
  static VERNIER_ALWAYS_INLINE Vector all(int32_t value) { return _mm512_set1_epi32(value); }
  static VERNIER_ALWAYS_INLINE Vector allWords(int32_t value) { return _mm512_set1_epi16(static_cast<int16_t>(value)); }
  static VERNIER_ALWAYS_INLINE Vector add(Vector a, Vector b) { return _mm512_add_epi32(a, b); }
  static VERNIER_ALWAYS_INLINE Vector multiply(Vector a, Vector b) { return _mm512_mullo_epi32(a, b); }
  static VERNIER_ALWAYS_INLINE Vector shift(Vector a, __m128i by) { return _mm512_maskz_sra_epi32(everything, a, by); }
  static VERNIER_ALWAYS_INLINE Vector addWords(Vector a, Vector b) { return _mm512_adds_epi16(a, b); }
  static VERNIER_ALWAYS_INLINE Vector clampWords(Vector a, Vector low, Vector high) {
    return _mm512_min_epi16(_mm512_max_epi16(a, low), high);
  }
  static VERNIER_ALWAYS_INLINE Vector pack(Vector a, Vector b) { return _mm512_packs_epi32(a, b); }
  static VERNIER_ALWAYS_INLINE void store(Vector a, Vector b, int8_t *to) {
    storeInOrder(_mm512_packs_epi16(a, b), to);
  }
  static VERNIER_ALWAYS_INLINE void store(Vector a, Vector b, uint8_t *to) {
    storeInOrder(_mm512_packus_epi16(a, b), to);
  }

private:
  static VERNIER_ALWAYS_INLINE void storeInOrder(Vector packed, void *to) {
    const Vector order = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
    _mm512_storeu_si512(to, _mm512_maskz_permutexvar_epi32(everything, order, packed));
  }
};
#else
/// 32 bytes, or 8 sums.
struct SumLanes {
  using Vector = __m256i;
  static constexpr int bytes = 32;

  static VERNIER_ALWAYS_INLINE Vector load(const int8_t *from) {
    return _mm256_cvtepi8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i *>(from)));
  }
  static VERNIER_ALWAYS_INLINE Vector load(const uint8_t *from) {
    return _mm256_cvtepu8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i *>(from)));
  }
  static VERNIER_ALWAYS_INLINE Vector all(int32_t value) { return _mm256_set1_epi32(value); }
  static VERNIER_ALWAYS_INLINE Vector allWords(int32_t value) { return _mm256_set1_epi16(static_cast<int16_t>(value)); }
  static VERNIER_ALWAYS_INLINE Vector add(Vector a, Vector b) { return _mm256_add_epi32(a, b); }
  static VERNIER_ALWAYS_INLINE Vector multiply(Vector a, Vector b) { return _mm256_mullo_epi32(a, b); }
  static VERNIER_ALWAYS_INLINE Vector shift(Vector a, __m128i by) { return _mm256_sra_epi32(a, by); }
  static VERNIER_ALWAYS_INLINE Vector addWords(Vector a, Vector b) { return _mm256_adds_epi16(a, b); }
  static VERNIER_ALWAYS_INLINE Vector clampWords(Vector a, Vector low, Vector high) {
    return _mm256_min_epi16(_mm256_max_epi16(a, low), high);
  }
  static VERNIER_ALWAYS_INLINE Vector pack(Vector a, Vector b) { return _mm256_packs_epi32(a, b); }
  static VERNIER_ALWAYS_INLINE void store(Vector a, Vector b, int8_t *to) {
    storeInOrder(_mm256_packs_epi16(a, b), to);
  }
  static VERNIER_ALWAYS_INLINE void store(Vector a, Vector b, uint8_t *to) {
    storeInOrder(_mm256_packus_epi16(a, b), to);
  }

private:
  static VERNIER_ALWAYS_INLINE void storeInOrder(Vector packed, void *to) {
    const Vector order = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7);
    _mm256_storeu_si256(static_cast<__m256i *>(to), _mm256_permutevar8x32_epi32(packed, order));
  }
};
#endif
} // namespace detail

/// mapBlock of Elementwise.h for sums of bytes; `output` may be an operand.
template <class T, std::enable_if_t<sizeof(T) == 1, int> = 0>
VERNIER_ALWAYS_INLINE void mapBlock(const AddXnnpack &sum, const T *lhs, const T *rhs, T *output) {
  using Lanes = detail::SumLanes;
  using Vector = Lanes::Vector;
  constexpr int part = Lanes::bytes / 4;
  const Vector l = Lanes::all(sum.lhsMultiplier), r = Lanes::all(sum.rhsMultiplier), bias = Lanes::all(sum.bias);
  const Vector zeroPoint = Lanes::allWords(sum.range.zeroPoint);
  const Vector low = Lanes::allWords(sum.range.min), high = Lanes::allWords(sum.range.max);
  const bool isClamped = sum.range.min > std::numeric_limits<T>::min() || sum.range.max < std::numeric_limits<T>::max();
  const __m128i shift = _mm_cvtsi32_si128(sum.shift);
  for (int i = 0; i < 64; i += Lanes::bytes) {
    Vector sums[4];
#pragma GCC unroll 4
    for (int j = 0; j < 4; ++j) {
      Vector a = Lanes::load(lhs + i + j * part), b = Lanes::load(rhs + i + j * part);
      // A known multiplier is a product all the same: compilers make up to eight shifts and sums of one.
      __asm__("" : "+v"(a), "+v"(b));
      sums[j] = Lanes::shift(Lanes::add(Lanes::add(Lanes::multiply(a, l), bias), Lanes::multiply(b, r)), shift);
    }
    // Packing saturates, and so does the sum: what is beyond 16 bits is beyond the range.
    Vector first = Lanes::addWords(Lanes::pack(sums[0], sums[1]), zeroPoint);
    Vector second = Lanes::addWords(Lanes::pack(sums[2], sums[3]), zeroPoint);
    if (isClamped) {
      first = Lanes::clampWords(first, low, high);
      second = Lanes::clampWords(second, low, high);
    }
    Lanes::store(first, second, output + i);
  }
}

} // namespace mlir::vernier::runtime
#endif // defined(__AVX2__)

#endif // VERNIER_RUNTIME_SUMLANES_H
