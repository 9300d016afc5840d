//===- Avx512WordEpilogue.h - from sums to int16 with AVX-512 ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// FixedPoint64Requantizer on 16 sums of 32 bits at once: (sum * m + 2^(shift - 1)) >> shift, exactly. m has 15 bits, so
// for shifts of up to 32 it may be moved up until the result is the upper half of a product of 64 bits. What is beyond
// 32 is shifted afterwards: rounding down twice is rounding down once.
//===----------------------------------------------------------------------===//

#ifndef VERNIER_RUNTIME_INTEGER_AVX512WORDEPILOGUE_H
#define VERNIER_RUNTIME_INTEGER_AVX512WORDEPILOGUE_H

#include "vernier/Numerics/Requantize.h"
#include <cstddef>
#include <cstring>
#include <immintrin.h>

namespace mlir::vernier::runtime {

/// `Blocks` times 16 channels, in the order of their sums.
template <int Blocks> struct Avx512WordEpilogue {
  typedef int Ints __attribute__((vector_size(64)));
  typedef long long Longs __attribute__((vector_size(64)));
  typedef unsigned long long UnsignedLongs __attribute__((vector_size(64)));

  Ints multipliers[Blocks], laterShifts[Blocks];
  Longs evenHalves[Blocks], oddHalves[Blocks];
  numerics::QuantizedRange range;
  /// All multipliers are below one half.
  bool isBounded;
  /// No shift is larger than 32.
  bool isShort;

  static VERNIER_ALWAYS_INLINE Avx512WordEpilogue of(const numerics::FixedPointMultiplier *natural,
                                                     const numerics::QuantizedRange &range) {
    Avx512WordEpilogue epilogue;
    epilogue.range = range;
    epilogue.isBounded = epilogue.isShort = true;
    for (int b = 0; b < Blocks; ++b, natural += 16) {
      static_assert(sizeof(*natural) == 2 * sizeof(int32_t), "a multiplier and its shift alternate");
      Ints low, high;
      std::memcpy(&low, natural, sizeof(low));
      std::memcpy(&high, natural + 8, sizeof(high));
      const Ints mantissa =
          __builtin_shufflevector(low, high, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
      const Ints exponent =
          __builtin_shufflevector(low, high, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31);
      const Ints reduced = mantissa < 0x7fff0000 ? (mantissa + (1 << 15)) >> 16 : Ints{} + 0x7fff;
      // 0 has any shift.
      const Ints shift = reduced == 0 ? Ints{} + 32 : 15 - exponent;
      const Ints later = shift > 32 ? shift - 32 : Ints{}, sooner = shift < 32 ? 32 - shift : Ints{};
      epilogue.multipliers[b] = reduced << (sooner & 31);
      epilogue.laterShifts[b] = later;
      const UnsignedLongs pairs = reinterpret_cast<UnsignedLongs>(later);
      epilogue.evenHalves[b] = (Longs{} + (1ll << 31)) << reinterpret_cast<Longs>(pairs & 0xffffffffu);
      epilogue.oddHalves[b] = (Longs{} + (1ll << 31)) << reinterpret_cast<Longs>(pairs >> 32);
      epilogue.isBounded &= !anyOf(shift < 16);
      epilogue.isShort &= !anyOf(shift > 32);
    }
    return epilogue;
  }

  /// Results that may still leave the range of int16. `Short`: what isShort says.
  template <bool Short> VERNIER_ALWAYS_INLINE __m512i requantize(__m512i sums, int block) const {
    const auto odd = [](auto vector) {
      return reinterpret_cast<__m512i>(reinterpret_cast<UnsignedLongs>(vector) >> 32);
    };
    const Longs low = multiply(sums, reinterpret_cast<__m512i>(multipliers[block])),
                high = multiply(odd(sums), odd(multipliers[block]));
    // The upper halves.
    if constexpr (Short) {
      const Longs half = Longs{} + (1ll << 31);
      return join(low + half, high + half);
    }
    return _mm512_maskz_srav_epi32(0xffff, join(low + evenHalves[block], high + oddHalves[block]),
                                   reinterpret_cast<__m512i>(laterShifts[block]));
  }
  /// Within each quarter of a vector four results of `a`, then four of `b`.
  VERNIER_ALWAYS_INLINE __m512i pack(__m512i a, __m512i b) const {
    return _mm512_min_epi16(
        _mm512_max_epi16(_mm512_packs_epi32(a, b), _mm512_set1_epi16(static_cast<short>(range.min))),
        _mm512_set1_epi16(static_cast<short>(range.max)));
  }
  /// What `pack` made: all of `a`, then all of `b`.
  static VERNIER_ALWAYS_INLINE __m512i inOrder(__m512i packed) {
    return __builtin_shufflevector(packed, packed, 0, 2, 4, 6, 1, 3, 5, 7);
  }

private:
  static VERNIER_ALWAYS_INLINE bool anyOf(Ints truth) {
    return _mm512_test_epi32_mask(reinterpret_cast<__m512i>(truth), reinterpret_cast<__m512i>(truth)) != 0;
  }
  static VERNIER_ALWAYS_INLINE Longs multiply(__m512i a, __m512i b) {
    return reinterpret_cast<Longs>(_mm512_maskz_mul_epi32(0xff, a, b));
  }
  static VERNIER_ALWAYS_INLINE __m512i join(Longs even, Longs odd) {
    return _mm512_mask_shuffle_epi32(reinterpret_cast<__m512i>(odd), 0x5555, reinterpret_cast<__m512i>(even),
                                     _MM_PERM_DDBB);
  }
};

} // namespace mlir::vernier::runtime

#endif // VERNIER_RUNTIME_INTEGER_AVX512WORDEPILOGUE_H
