//===- Avx512Vnni.h - 8-bit kernels for AVX-512 VNNI ------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// vpdpbusd sums four products of unsigned and signed bytes into each of sixteen
// int32: 64 multiply-adds an instruction, without saturation. Only for
// compilers that are told to use it (-mavx512f -mavx512bw -mavx512vl
// -mavx512vnni).
//===----------------------------------------------------------------------===//

#ifndef VERNIER_RUNTIME_INTEGER_AVX512VNNI_H
#define VERNIER_RUNTIME_INTEGER_AVX512VNNI_H

#include "vernier/Runtime/Integer/Avx512VnniDepthwise.h"
#include "vernier/Runtime/Integer/Avx512VnniWords.h"
#include <immintrin.h>

#if !defined(__AVX512VNNI__) || !defined(__AVX512BW__) || !defined(__AVX512VL__)
#error "this file needs its instruction set enabled"
#endif

namespace mlir::vernier::runtime {

struct Avx512Float;

struct Avx512VnniHalfBlock;

struct Avx512VnniInteger : detail::ScalarFinish {
  static constexpr const char *name = "avx512-vnni";
  using Element = unsigned char;
  static constexpr int parts = 1, vectors = 1;
  static constexpr int blocks = 4;
  // Of 32 registers, 24 or 16 are sums. Odd sizes suit images that are 7, 14 or 28 pixels wide.
  template <int Blocks>
  using TileRows =
      std::conditional_t<Blocks == 4, detail::IntegerTileRows<6, 5, 4, 1>,
                         std::conditional_t<Blocks == 3, detail::IntegerTileRows<8, 7, 4, 1>,
                                            std::conditional_t<Blocks == 2, detail::IntegerTileRows<12, 10, 8, 4, 1>,
                                                               detail::IntegerTileRows<16, 12, 8, 4, 1>>>>;
  /// What scales sums to float; only Hybrid.h needs more of it than the name.
  using Floats = Avx512Float;
  using HalfBlock = Avx512VnniHalfBlock;
  using Interleaved = Avx512VnniInterleaved;
  using UnsignedInterleaved = Avx512VnniInterleaved;
  /// Bytes are stored by the same code, signed or not: their range says what they are.
  template <class T> using Result = std::conditional_t<sizeof(T) == 1, uint8_t, T>;
  /// What inputs of T take.
  template <class T>
  using Tiles = std::conditional_t<sizeof(T) == 1, Avx512VnniInteger, Avx512VnniWordsOf<Avx512VnniInteger>>;
  // GCC 12 spills arrays of __m512i, not of its own vectors.
  typedef int Vector __attribute__((vector_size(64)));
  using Sum = Vector;
  using Lanes = __m512i;
  using Weights = Vector;
  using Inputs = Vector;

  static VERNIER_ALWAYS_INLINE Sum begin(const int32_t *starts) { return loadVector(starts); }
  static VERNIER_ALWAYS_INLINE Sum subtract(Sum sum, int32_t correction) {
    return reinterpret_cast<Vector>(_mm512_sub_epi32(reinterpret_cast<__m512i>(sum), _mm512_set1_epi32(correction)));
  }
  static VERNIER_ALWAYS_INLINE Lanes zeroLanes() { return _mm512_setzero_si512(); }
  template <int> static VERNIER_ALWAYS_INLINE Weights loadWeights(const int8_t *from) { return loadVector(from); }
  /// Four inputs in each lane.
  template <int> static VERNIER_ALWAYS_INLINE Inputs loadInputs(const unsigned char *from) {
    int word;
    std::memcpy(&word, from, sizeof(word));
    return reinterpret_cast<Vector>(_mm512_set1_epi32(word));
  }
  static VERNIER_ALWAYS_INLINE Sum dot(Sum sum, Inputs x, Weights w) {
    return reinterpret_cast<Vector>(_mm512_dpbusd_epi32(reinterpret_cast<__m512i>(sum), reinterpret_cast<__m512i>(x),
                                                        reinterpret_cast<__m512i>(w)));
  }
  /// `count` inputs as unsigned bytes; up to 63 bytes behind them may be written.
  template <class T> static VERNIER_ALWAYS_INLINE void copyInputs(int32_t count, const T *from, unsigned char *to) {
    const __m512i shift = _mm512_set1_epi8(static_cast<char>(detail::inputShift<T>));
    for (; count >= 64; count -= 64, from += 64, to += 64)
      _mm512_storeu_si512(to, _mm512_xor_si512(_mm512_loadu_si512(from), shift));
    if (count > 0)
      _mm512_storeu_si512(to, _mm512_xor_si512(_mm512_maskz_loadu_epi8((uint64_t(1) << count) - 1, from), shift));
  }
  /// `size` inputs, of which `count` from `left` on are read and the others are padding, where one vector holds them.
  template <class T>
  static VERNIER_ALWAYS_INLINE bool copyShortRow(int32_t left, int32_t count, int32_t size, int zero, const T *from,
                                                 unsigned char *to) {
    if (size > 64)
      return false;
    const __mmask64 mask = ~__mmask64(0) >> (64 - count) << left;
    const __m512i shift = _mm512_set1_epi8(static_cast<char>(detail::inputShift<T>));
    const __m512i padding = _mm512_set1_epi8(static_cast<char>(zero ^ detail::inputShift<T>));
    _mm512_storeu_si512(to, _mm512_xor_si512(_mm512_mask_loadu_epi8(padding, mask, from - left), shift));
    return true;
  }
  static VERNIER_ALWAYS_INLINE void fillInputs(int32_t count, int value, unsigned char *to) {
    for (; count > 0; count -= 64, to += 64)
      _mm512_storeu_si512(to, _mm512_set1_epi8(static_cast<char>(value)));
  }
  static VERNIER_ALWAYS_INLINE __m512i widen(const int8_t *from) {
    return _mm512_maskz_cvtepi8_epi32(all, _mm_loadu_si128(reinterpret_cast<const __m128i *>(from)));
  }
  static VERNIER_ALWAYS_INLINE __m512i widen(const uint8_t *from) {
    return _mm512_maskz_cvtepu8_epi32(all, _mm_loadu_si128(reinterpret_cast<const __m128i *>(from)));
  }
  template <class T, class W>
  static VERNIER_ALWAYS_INLINE Lanes multiplyAdd(Lanes sum, const T *x, int32_t xZero, const W *w, int32_t wZero) {
    const __m512i a = _mm512_sub_epi32(widen(x), _mm512_set1_epi32(xZero));
    const __m512i b = _mm512_sub_epi32(widen(w), _mm512_set1_epi32(wZero));
    return _mm512_add_epi32(sum, _mm512_mullo_epi32(a, b));
  }

  /// FloatRequantizer on up to 64 channels.
  struct FloatEpilogue {
    alignas(64) float scales[4 * integerBlock];
    Avx512Range range;
    detail::ScalarEpilogue<numerics::FloatRequantizer> scalar;
    /// The channels that there are.
    __mmask64 mask;
    /// No sum leaves the range of int32: all scales are below 1.
    bool isBounded;
  };
  using detail::ScalarFinish::finish;
  using detail::ScalarFinish::prepare;
  template <int Blocks>
  static VERNIER_ALWAYS_INLINE FloatEpilogue prepare(const numerics::FloatRequantizer &r, int32_t channel,
                                                     int32_t count) {
    FloatEpilogue epilogue;
    epilogue.range = Avx512Range::of(r.range);
    epilogue.scalar = {r, channel, count};
    epilogue.mask = ~__mmask64(0) >> (64 - count);
    __mmask16 large = 0;
#pragma GCC unroll 4
    for (int b = 0; b < Blocks; ++b) {
      const auto mask = static_cast<__mmask16>(epilogue.mask >> (b * integerBlock));
      const __m512 scales = r.channelStride ? _mm512_maskz_loadu_ps(mask, r.scales + channel + b * integerBlock)
                                            : _mm512_set1_ps(*r.scales);
      large = static_cast<__mmask16>(large | _mm512_cmp_ps_mask(scales, _mm512_set1_ps(1), _CMP_NLT_UQ));
      _mm512_store_ps(epilogue.scales + b * integerBlock, scales);
    }
    epilogue.isBounded = large == 0;
    return epilogue;
  }
  /// Narrow tiles requantize several rows at once.
  template <int Rows, int Blocks, class T>
  static VERNIER_ALWAYS_INLINE void finish(const Sum (&sums)[Rows][Blocks], const FloatEpilogue &epilogue, T *to,
                                           ptrdiff_t stride) {
    // Scales of 1 and more are rare.
    if (__builtin_expect(!epilogue.isBounded, 0))
      return finish(sums, epilogue.scalar, to, stride);
    constexpr int together = Blocks == 1 && Rows % 4 == 0 ? 4 : Blocks == 2 && Rows % 2 == 0 ? 2 : 1;
    const __mmask64 mask = epilogue.mask;
    const bool isWhole = stride == Blocks * integerBlock && mask == ~__mmask64(0) >> (64 - Blocks * integerBlock);
#pragma GCC unroll 16
    for (int r = 0; r < Rows; r += together) {
      __m512i rounded[4];
#pragma GCC unroll 4
      for (int j = 0; j < 4; ++j)
        rounded[j] = j < together * Blocks ? round(sums[r + j / Blocks % together][j % Blocks],
                                                   epilogue.scales + j % Blocks * integerBlock)
                                           : rounded[j - 1];
      storeRows<Blocks, together>(arrange(epilogue.range.template pack<(together * Blocks > 2)>(rounded)), mask,
                                  isWhole, to + r * stride, stride);
    }
  }
  /// Fewer pixels are left to tiles that are not pipelined: none of PipelinedRows would fit.
  static constexpr int32_t leastPipelinedPixels = 8;
  /// Pixels of tiles that are requantized beside products: 12 registers are sums, and 12 those of the tile before.
  template <int Blocks>
  using PipelinedRows =
      std::conditional_t<Blocks == 2, detail::IntegerTileRows<6, 5, 4>, detail::IntegerTileRows<12, 8>>;
  /// Two vectors of sums at a time, of which two make 64 results.
  template <int Rows, int Blocks, class T> class Parts {
  public:
    static constexpr int count = Rows * Blocks / 2;

    VERNIER_ALWAYS_INLINE Parts(const Sum (&sums)[Rows][Blocks], const FloatEpilogue &epilogue, T *to, ptrdiff_t stride)
        : sums(sums), epilogue(epilogue), to(to), stride(stride) {}
    template <int Part> VERNIER_ALWAYS_INLINE void finish() {
      constexpr int first = 2 * Part, second = first + 1;
      const __m512i words = epilogue.range.packWords(
          round(sums[first / Blocks][first % Blocks], epilogue.scales + first % Blocks * integerBlock),
          round(sums[second / Blocks][second % Blocks], epilogue.scales + second % Blocks * integerBlock));
      constexpr bool isLast = Part + 1 == count;
      if constexpr (Part % 2 == 0)
        low = words;
      if constexpr (Part % 2 == 1 || isLast) {
        constexpr int row = (Part - Part % 2) * 2 / Blocks, rows = (Part % 2 + 1) * 2 / Blocks;
        storeRows<Blocks, rows>(arrange(epilogue.range.packBytes(low, words)), epilogue.mask,
                                stride == Blocks * integerBlock &&
                                    epilogue.mask == ~__mmask64(0) >> (64 - Blocks * integerBlock),
                                to + row * stride, stride);
      }
    }

  private:
    const Sum (&sums)[Rows][Blocks];
    const FloatEpilogue &epilogue;
    T *to;
    ptrdiff_t stride;
    __m512i low;
  };
  template <class T, class Requantizer>
  static VERNIER_ALWAYS_INLINE void finishLanes(Lanes sum, const int32_t *starts, int32_t correction,
                                                const Requantizer &requantize, int32_t channel, int32_t count, T *to) {
    sum = _mm512_sub_epi32(_mm512_add_epi32(sum, _mm512_loadu_si512(starts)), _mm512_set1_epi32(correction));
    const Sum sums[1][1] = {{reinterpret_cast<Sum>(sum)}};
    finish(sums, prepare<1>(requantize, channel, count), to, 0);
  }

private:
  // The zero-masking forms avoid a false warning of GCC 12 about the others.
  static constexpr __mmask16 all = 0xffff;

  static VERNIER_ALWAYS_INLINE Vector loadVector(const void *from) {
    return reinterpret_cast<Vector>(_mm512_loadu_si512(from));
  }
  static VERNIER_ALWAYS_INLINE __m512i round(Sum sum, const float *scales) {
    const __m512 real = _mm512_maskz_cvtepi32_ps(all, reinterpret_cast<__m512i>(sum));
    return _mm512_maskz_cvtps_epi32(all, _mm512_mul_ps(real, _mm512_load_ps(scales)));
  }
  /// The order of channels, of what was packed within each quarter of a vector.
  static VERNIER_ALWAYS_INLINE __m512i arrange(__m512i bytes) {
    const __m512i order = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
    return _mm512_maskz_permutexvar_epi32(all, order, bytes);
  }
  /// `isWhole`: the rows are 64 bytes that lie one behind the other.
  template <int Blocks, int Rows, class T>
  static VERNIER_ALWAYS_INLINE void storeRows(__m512i bytes, __mmask64 mask, bool isWhole, T *to, ptrdiff_t stride) {
    if (Rows == 1)
      return _mm512_mask_storeu_epi8(to, mask, bytes);
    if (isWhole)
      return _mm512_storeu_si512(to, bytes);
    // GCC 12 warns of its own extractions.
    if (Blocks == 2) {
      const __m256i first = __builtin_shufflevector(bytes, bytes, 0, 1, 2, 3),
                    second = __builtin_shufflevector(bytes, bytes, 4, 5, 6, 7);
      if (mask == 0xffffffff) {
        _mm256_storeu_si256(reinterpret_cast<__m256i *>(to), first);
        return _mm256_storeu_si256(reinterpret_cast<__m256i *>(to + stride), second);
      }
      _mm256_mask_storeu_epi8(to, static_cast<__mmask32>(mask), first);
      _mm256_mask_storeu_epi8(to + stride, static_cast<__mmask32>(mask), second);
    } else {
      const auto narrow = static_cast<__mmask16>(mask);
      _mm_mask_storeu_epi8(to, narrow, __builtin_shufflevector(bytes, bytes, 0, 1));
      _mm_mask_storeu_epi8(to + stride, narrow, __builtin_shufflevector(bytes, bytes, 2, 3));
      _mm_mask_storeu_epi8(to + 2 * stride, narrow, __builtin_shufflevector(bytes, bytes, 4, 5));
      _mm_mask_storeu_epi8(to + 3 * stride, narrow, __builtin_shufflevector(bytes, bytes, 6, 7));
    }
  }
};

/// The same for the first eight channels of a block: vectors of half the size take half the time.
struct Avx512VnniHalfBlock : Avx512VnniInteger {
  static VERNIER_ALWAYS_INLINE Sum dot(Sum sum, Inputs x, Weights w) {
    // What lies beyond the half becomes 0.
#ifdef __clang__
    return reinterpret_cast<Vector>(_mm512_zextsi256_si512(_mm256_dpbusd_epi32(
        _mm512_castsi512_si256(reinterpret_cast<__m512i>(sum)), _mm512_castsi512_si256(reinterpret_cast<__m512i>(x)),
        _mm512_castsi512_si256(reinterpret_cast<__m512i>(w)))));
#else
    // GCC 12 warns of its own casts.
    __asm__("vpdpbusd %t2, %t1, %t0" : "+v"(sum) : "v"(x), "v"(w));
    return sum;
#endif
  }
};

} // namespace mlir::vernier::runtime

#endif // VERNIER_RUNTIME_INTEGER_AVX512VNNI_H
