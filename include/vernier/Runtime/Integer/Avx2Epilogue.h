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

template <class Order> struct Avx2Epilogue {
  alignas(32) float scales[16];
  numerics::QuantizedRange range;
  /// No sum leaves the range of int32: all scales are below 1.
  bool isBounded;

  /// `natural`: the scales of 16 channels.
  static VERNIER_ALWAYS_INLINE Avx2Epilogue of(const float *natural, const numerics::QuantizedRange &range) {
    Avx2Epilogue epilogue{{}, range, true};
    for (int c = 0; c < 16; ++c) {
      epilogue.scales[Order::place(c)] = natural[c];
      epilogue.isBounded &= natural[c] < 1;
    }
    return epilogue;
  }

  /// 16 bytes of pixel `a`, then of pixel `b`. Packing saturates, so clamps may follow it.
  template <class T> VERNIER_ALWAYS_INLINE __m256i pack(__m256i a0, __m256i a1, __m256i b0, __m256i b1) const {
    const __m256i zero = _mm256_set1_epi16(static_cast<short>(range.zeroPoint));
    const __m256i low = _mm256_adds_epi16(_mm256_packs_epi32(round(a0, 0), round(a1, 1)), zero);
    const __m256i high = _mm256_adds_epi16(_mm256_packs_epi32(round(b0, 0), round(b1, 1)), zero);
    const __m256i least = _mm256_set1_epi8(static_cast<char>(range.min)),
                  most = _mm256_set1_epi8(static_cast<char>(range.max));
    return Order::arrange(std::is_signed<T>::value
                              ? _mm256_min_epi8(_mm256_max_epi8(_mm256_packs_epi16(low, high), least), most)
                              : _mm256_min_epu8(_mm256_max_epu8(_mm256_packus_epi16(low, high), least), most));
  }

private:
  /// vcvtps2dq rounds half to even.
  VERNIER_ALWAYS_INLINE __m256i round(__m256i sums, int half) const {
    return _mm256_cvtps_epi32(_mm256_mul_ps(_mm256_cvtepi32_ps(sums), _mm256_load_ps(scales + 8 * half)));
  }
};

} // namespace mlir::vernier::runtime

#endif // VERNIER_RUNTIME_INTEGER_AVX2EPILOGUE_H
