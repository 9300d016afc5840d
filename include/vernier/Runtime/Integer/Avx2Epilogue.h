//===- Avx2Epilogue.h - from sums to bytes with AVX2 ------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// FloatRequantizer on 16 channels of two pixels at once. Instructions that combine pairs work within each half of a
// vector, so sums are not in the order of their channels; an `Order` says where a channel's sum is, and puts bytes in
// order.
//===----------------------------------------------------------------------===//

#ifndef VERNIER_RUNTIME_INTEGER_AVX2EPILOGUE_H
#define VERNIER_RUNTIME_INTEGER_AVX2EPILOGUE_H

#include "vernier/Runtime/Integer/Epilogue.h"
#include <immintrin.h>

namespace mlir::vernier::runtime {

/// In order; packing mixes them.
struct Avx2NaturalOrder {
  static VERNIER_ALWAYS_INLINE int place(int channel) { return channel; }
  static VERNIER_ALWAYS_INLINE __m256i arrange(__m256i bytes) {
    return _mm256_permutevar8x32_epi32(bytes, _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7));
  }
  /// The same for what was packed once only.
  static VERNIER_ALWAYS_INLINE __m256i arrangeWords(__m256i words) { return _mm256_permute4x64_epi64(words, 0xd8); }
};

/// Channels 0 to 3 and 8 to 11, then the others: what unpacking makes, and packing undoes.
struct Avx2UnpackedOrder {
  static VERNIER_ALWAYS_INLINE int place(int channel) {
    return (channel & 3) | (channel & 8) >> 1 | (channel & 4) << 1;
  }
  static VERNIER_ALWAYS_INLINE __m256i arrange(__m256i bytes) { return _mm256_permute4x64_epi64(bytes, 0xd8); }
  static VERNIER_ALWAYS_INLINE __m256i arrangeWords(__m256i words) { return words; }
};

/// Stores the first `count` of 16 bytes. A copy of unknown length would be a call, which spills every vector.
VERNIER_ALWAYS_INLINE void avx2Store(__m128i bytes, int32_t count, void *to) {
  auto *at = static_cast<char *>(to);
  if (count == 16)
    return _mm_storeu_si128(reinterpret_cast<__m128i *>(at), bytes);
  if (count & 8) {
    _mm_storel_epi64(reinterpret_cast<__m128i *>(at), bytes);
    bytes = _mm_unpackhi_epi64(bytes, bytes);
    at += 8;
  }
  if (count & 4) {
    const int four = _mm_cvtsi128_si32(bytes);
    std::memcpy(at, &four, 4);
    bytes = _mm_srli_si128(bytes, 4);
    at += 4;
  }
  if (count & 2) {
    const auto two = static_cast<int16_t>(_mm_extract_epi16(bytes, 0));
    std::memcpy(at, &two, 2);
    bytes = _mm_srli_si128(bytes, 2);
    at += 2;
  }
  if (count & 1)
    *at = static_cast<char>(_mm_extract_epi8(bytes, 0));
}

template <class Order> struct Avx2Epilogue {
  alignas(32) float scales[16];
  /// In every lane: results may lie over anything, so that scalars would be read and spread again after each of them.
  __m256i zeroPoint, least, most;
  bool startsAtZero;
  /// No sum leaves the range of int32: all scales are below 1.
  bool isBounded;

  /// `natural`: the scales of 16 channels.
  static VERNIER_ALWAYS_INLINE Avx2Epilogue of(const float *natural, const numerics::QuantizedRange &range) {
    Avx2Epilogue epilogue{{},
                          _mm256_set1_epi16(static_cast<short>(range.zeroPoint)),
                          _mm256_set1_epi8(static_cast<char>(range.min)),
                          _mm256_set1_epi8(static_cast<char>(range.max)),
                          detail::startsAtZero(range),
                          true};
    for (int c = 0; c < 16; ++c) {
      epilogue.scales[Order::place(c)] = natural[c];
      epilogue.isBounded &= natural[c] < 1;
    }
    return epilogue;
  }

  /// 16 bytes of pixel `a`, then of pixel `b`. Packing saturates, so clamps may follow it.
  template <class T> VERNIER_ALWAYS_INLINE __m256i pack(__m256i a0, __m256i a1, __m256i b0, __m256i b1) const {
    return packWords<T>(_mm256_packs_epi32(round(a0, 0), round(a1, 1)), _mm256_packs_epi32(round(b0, 0), round(b1, 1)));
  }

  /// 8 bytes of each of four pixels, of the first 8 channels.
  template <class T> VERNIER_ALWAYS_INLINE __m256i packFirst(__m256i a, __m256i b, __m256i c, __m256i d) const {
    static_assert(std::is_same<Order, Avx2NaturalOrder>::value, "these are in order");
    return packWords<T>(_mm256_packs_epi32(round(a, 0), round(b, 0)), _mm256_packs_epi32(round(c, 0), round(d, 0)));
  }

private:
  template <class T> VERNIER_ALWAYS_INLINE __m256i packWords(__m256i low, __m256i high) const {
    if (startsAtZero) {
      const __m256i bytes = _mm256_packus_epi16(low, high);
      return Order::arrange(std::is_signed<T>::value ? _mm256_xor_si256(bytes, least) : bytes);
    }
    low = _mm256_adds_epi16(low, zeroPoint);
    high = _mm256_adds_epi16(high, zeroPoint);
    return Order::arrange(std::is_signed<T>::value
                              ? _mm256_min_epi8(_mm256_max_epi8(_mm256_packs_epi16(low, high), least), most)
                              : _mm256_min_epu8(_mm256_max_epu8(_mm256_packus_epi16(low, high), least), most));
  }
  /// vcvtps2dq rounds half to even.
  VERNIER_ALWAYS_INLINE __m256i round(__m256i sums, int half) const {
    return _mm256_cvtps_epi32(_mm256_mul_ps(_mm256_cvtepi32_ps(sums), _mm256_load_ps(scales + 8 * half)));
  }
};

} // namespace mlir::vernier::runtime

#endif // VERNIER_RUNTIME_INTEGER_AVX2EPILOGUE_H
