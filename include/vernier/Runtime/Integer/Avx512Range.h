//===- Avx512Range.h - from rounded sums to bytes ---------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The end of FloatRequantizer with AVX-512, for tiles and for depthwise convolutions.
//===----------------------------------------------------------------------===//

#ifndef VERNIER_RUNTIME_INTEGER_AVX512RANGE_H
#define VERNIER_RUNTIME_INTEGER_AVX512RANGE_H

#include "vernier/Runtime/Integer/Epilogue.h"
#include <immintrin.h>

namespace mlir::vernier::runtime {

/// The clamp of FloatRequantizer on 64 bytes, which are unsigned until the end: whether results are signed follows from
/// the range, and numbers from 0 to 127 are the same bytes either way. In every lane: results may lie over anything, so
/// that scalars would be read and spread again after each of them.
struct Avx512Range {
  __m512i zeroPoint, least, most, signs;
  bool startsAtZero;

  static VERNIER_ALWAYS_INLINE Avx512Range of(const numerics::QuantizedRange &range) {
    const int32_t shift = range.min < 0 ? 128 : 0;
    return {_mm512_set1_epi16(static_cast<short>(range.zeroPoint + shift)),
            _mm512_set1_epi8(static_cast<char>(range.min + shift)),
            _mm512_set1_epi8(static_cast<char>(range.max + shift)), _mm512_set1_epi8(static_cast<char>(shift)),
            detail::startsAtZero(range)};
  }
  /// Two vectors of rounded sums as words. Packing works within each quarter of a vector, and saturates, so that clamps
  /// may follow it.
  VERNIER_ALWAYS_INLINE __m512i packWords(__m512i a, __m512i b) const {
    const __m512i words = _mm512_packs_epi32(a, b);
    return startsAtZero ? words : _mm512_adds_epi16(words, zeroPoint);
  }
  VERNIER_ALWAYS_INLINE __m512i packBytes(__m512i low, __m512i high) const {
    const __m512i bytes = _mm512_packus_epi16(low, high);
    return _mm512_xor_si512(startsAtZero ? bytes : _mm512_min_epu8(_mm512_max_epu8(bytes, least), most), signs);
  }
  /// Four vectors of rounded sums, or, where not `Four`, two, as bytes.
  template <bool Four> VERNIER_ALWAYS_INLINE __m512i pack(const __m512i (&rounded)[4]) const {
    const __m512i low = packWords(rounded[0], rounded[1]);
    return packBytes(low, Four ? packWords(rounded[2], rounded[3]) : low);
  }
};

} // namespace mlir::vernier::runtime

#endif // VERNIER_RUNTIME_INTEGER_AVX512RANGE_H
