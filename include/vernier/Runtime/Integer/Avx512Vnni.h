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

#include "vernier/Runtime/Integer/Tile.h"
#include <immintrin.h>

#if !defined(__AVX512VNNI__) || !defined(__AVX512BW__) || !defined(__AVX512VL__)
#error "this file needs its instruction set enabled"
#endif

namespace mlir::vernier::runtime {

struct Avx512VnniInteger {
  static constexpr const char *name = "avx512-vnni";
  static constexpr int rows = 8, blocks = 3;
  static constexpr bool interleaves = true;
  // GCC 12 spills arrays of __m512i, not of its own vectors.
  typedef int Vector __attribute__((vector_size(64)));
  using Sum = Vector;
  using Lanes = __m512i;
  using Weights = Vector;
  using Inputs = Vector;

  static VERNIER_ALWAYS_INLINE Sum zero() { return Vector{}; }
  static VERNIER_ALWAYS_INLINE Lanes zeroLanes() { return _mm512_setzero_si512(); }
  static VERNIER_ALWAYS_INLINE Weights loadWeights(const int8_t *from) {
    return reinterpret_cast<Vector>(_mm512_loadu_si512(from));
  }
  /// Four inputs in each lane; `Shift` makes int8 unsigned. The barrier keeps this in vectors: a load that broadcasts
  /// costs nothing, a scalar that is broadcast does.
  template <bool Shift> static VERNIER_ALWAYS_INLINE Inputs loadInputs(const unsigned char *from) {
    int word;
    std::memcpy(&word, from, sizeof(word));
    Vector x = reinterpret_cast<Vector>(_mm512_set1_epi32(word));
    if (Shift) {
      __asm__("" : "+v"(x));
      x ^= static_cast<int>(0x80808080u);
    }
    return x;
  }
  static VERNIER_ALWAYS_INLINE Sum dot(Sum sum, Inputs x, Weights w) {
    return reinterpret_cast<Vector>(_mm512_dpbusd_epi32(reinterpret_cast<__m512i>(sum), reinterpret_cast<__m512i>(x),
                                                        reinterpret_cast<__m512i>(w)));
  }
  /// `count` inputs as unsigned bytes; up to 63 bytes behind them may be written.
  template <class T>
  static VERNIER_ALWAYS_INLINE void copyInputs(int32_t count, const T *from, const T *end, unsigned char *to) {
    if (count <= integerStep && end - from >= integerStep) {
      uint32_t word;
      std::memcpy(&word, from, sizeof(word));
      word ^= detail::inputShift<T> ? 0x80808080u : 0;
      std::memcpy(to, &word, sizeof(word));
      return;
    }
    const __m512i shift = _mm512_set1_epi8(static_cast<char>(detail::inputShift<T>));
    for (; count >= 64; count -= 64, from += 64, to += 64)
      _mm512_storeu_si512(to, _mm512_xor_si512(_mm512_loadu_si512(from), shift));
    if (count > 0)
      _mm512_storeu_si512(to, _mm512_xor_si512(_mm512_maskz_loadu_epi8((uint64_t(1) << count) - 1, from), shift));
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
  template <class T>
  static VERNIER_ALWAYS_INLINE Lanes multiplyAdd(Lanes sum, const T *x, int32_t xZero, const T *w, int32_t wZero) {
    const __m512i a = _mm512_sub_epi32(widen(x), _mm512_set1_epi32(xZero));
    const __m512i b = _mm512_sub_epi32(widen(w), _mm512_set1_epi32(wZero));
    return _mm512_add_epi32(sum, _mm512_mullo_epi32(a, b));
  }

  template <class T, class Requantizer>
  static VERNIER_ALWAYS_INLINE void finish(Sum sums, const int32_t *starts, int32_t correction,
                                           const Requantizer &requantize, int32_t channel, int32_t count, T *to) {
    __m512i sum = _mm512_add_epi32(reinterpret_cast<__m512i>(sums), _mm512_loadu_si512(starts));
    sum = _mm512_sub_epi32(sum, _mm512_set1_epi32(correction));
    store(sum, requantize, channel, count, to);
  }
  template <class T, class Requantizer>
  static VERNIER_ALWAYS_INLINE void finishLanes(Lanes sum, const int32_t *starts, int32_t correction,
                                                const Requantizer &requantize, int32_t channel, int32_t count, T *to) {
    finish(reinterpret_cast<Sum>(sum), starts, correction, requantize, channel, count, to);
  }

  /// Four bytes of each of 64 channels, in an order that packing to bytes undoes: lane l of vector j has channels
  /// 16 l + 4 j to 16 l + 4 j + 3.
  struct Interleaved {
    Vector quarter[4];
  };
  static VERNIER_ALWAYS_INLINE Interleaved interleavedZero() { return {}; }
  static VERNIER_ALWAYS_INLINE Interleaved interleave(const unsigned char *a, const unsigned char *b,
                                                      const unsigned char *c, const unsigned char *d) {
    const __m512i r0 = _mm512_load_si512(a), r1 = _mm512_load_si512(b), r2 = _mm512_load_si512(c),
                  r3 = _mm512_load_si512(d);
    const __m512i low01 = unpackLow8(r0, r1), high01 = unpackHigh8(r0, r1), low23 = unpackLow8(r2, r3),
                  high23 = unpackHigh8(r2, r3);
    return {{unpackLow16(low01, low23), unpackHigh16(low01, low23), unpackLow16(high01, high23),
             unpackHigh16(high01, high23)}};
  }
  static VERNIER_ALWAYS_INLINE void sumProducts(Interleaved &sums, const Interleaved &x, const Interleaved &w) {
#pragma GCC unroll 4
    for (int j = 0; j < 4; ++j)
      sums.quarter[j] = dot(sums.quarter[j], x.quarter[j], w.quarter[j]);
  }
  static VERNIER_ALWAYS_INLINE void sumWeights(Interleaved &sums, const Interleaved &w) {
    for (int j = 0; j < 4; ++j)
      sums.quarter[j] = dot(sums.quarter[j], Vector{} + 0x01010101, w.quarter[j]);
  }
  /// Numbers of 64 channels in the order of `Interleaved`.
  template <class Number> static VERNIER_ALWAYS_INLINE void reorder(const Number *natural, Number *to) {
    for (int j = 0; j < 4; ++j)
      for (int l = 0; l < 4; ++l)
        std::memcpy(to + 16 * j + 4 * l, natural + 16 * l + 4 * j, 4 * sizeof(Number));
  }
  /// From sums of weights to start values.
  static VERNIER_ALWAYS_INLINE void makeStarts(Interleaved &sums, const int32_t *bias, int32_t zero) {
    alignas(64) int32_t ordered[64];
    reorder(bias, ordered);
    for (int j = 0; j < 4; ++j) {
      const __m512i product = _mm512_mullo_epi32(reinterpret_cast<__m512i>(sums.quarter[j]), _mm512_set1_epi32(zero));
      sums.quarter[j] = reinterpret_cast<Vector>(_mm512_sub_epi32(_mm512_load_si512(ordered + 16 * j), product));
    }
  }
  /// What follows from 64 channels of a requantizer.
  struct Epilogue {
    __m512 scales[4];
    __mmask64 mask;
  };
  template <class Other> static VERNIER_ALWAYS_INLINE Epilogue prepareEpilogue(const Other &, int32_t, int32_t) {
    return {};
  }
  static VERNIER_ALWAYS_INLINE Epilogue prepareEpilogue(const numerics::FloatRequantizer &r, int32_t channel,
                                                        int32_t count) {
    alignas(64) float natural[64] = {}, ordered[64];
    for (int32_t c = 0; c < count; ++c)
      natural[c] = r.scales[(channel + c) * r.channelStride];
    reorder(natural, ordered);
    Epilogue epilogue;
    for (int j = 0; j < 4; ++j)
      epilogue.scales[j] = _mm512_load_ps(ordered + 16 * j);
    epilogue.mask = count == 64 ? ~__mmask64(0) : (__mmask64(1) << count) - 1;
    return epilogue;
  }
  template <class Other>
  static VERNIER_ALWAYS_INLINE void finishInterleaved(const Interleaved &sums, const Epilogue &,
                                                      const Other &requantize, int32_t channel, int32_t count,
                                                      int8_t *to) {
    alignas(64) int32_t ordered[64], natural[64];
    for (int j = 0; j < 4; ++j)
      _mm512_store_si512(ordered + 16 * j, reinterpret_cast<__m512i>(sums.quarter[j]));
    reorder(ordered, natural);
    for (int32_t c = 0; c < count; ++c)
      to[c] = static_cast<int8_t>(requantize(natural[c], channel + c));
  }
  /// The upper clamp comes before rounding, as it keeps the conversion in range; the lower one is exact after it.
  static VERNIER_ALWAYS_INLINE void finishInterleaved(const Interleaved &sums, const Epilogue &epilogue,
                                                      const numerics::FloatRequantizer &r, int32_t, int32_t count,
                                                      int8_t *to) {
    const __m512 most = _mm512_set1_ps(static_cast<float>(r.range.max - r.range.zeroPoint));
    __m512i rounded[4];
#pragma GCC unroll 4
    for (int j = 0; j < 4; ++j) {
      const __m512 real =
          _mm512_mul_ps(_mm512_maskz_cvtepi32_ps(all, reinterpret_cast<__m512i>(sums.quarter[j])), epilogue.scales[j]);
      rounded[j] = _mm512_maskz_cvtps_epi32(all, _mm512_maskz_min_ps(all, real, most));
    }
    const __m512i zero = _mm512_set1_epi16(static_cast<short>(r.range.zeroPoint));
    const __m512i low = _mm512_adds_epi16(_mm512_packs_epi32(rounded[0], rounded[1]), zero);
    const __m512i high = _mm512_adds_epi16(_mm512_packs_epi32(rounded[2], rounded[3]), zero);
    const __m512i bytes =
        _mm512_max_epi8(_mm512_packs_epi16(low, high), _mm512_set1_epi8(static_cast<char>(r.range.min)));
    if (count == 64)
      _mm512_storeu_si512(to, bytes);
    else
      _mm512_mask_storeu_epi8(to, epilogue.mask, bytes);
  }
  /// Row `y` of `count` channels with its padding, as unsigned bytes, 64 for each pixel.
  static VERNIER_ALWAYS_INLINE void fillInterleaved(const Conv2DParams &p, const int8_t *image, int32_t y,
                                                    int32_t count, int32_t zero, int32_t pixels, unsigned char *to) {
    const __m512i padding = _mm512_set1_epi8(static_cast<char>(zero)), shift = _mm512_set1_epi8(-128);
    const __mmask64 mask = count == 64 ? ~__mmask64(0) : (__mmask64(1) << count) - 1;
    const bool inside = y >= 0 && y < p.inputHeight;
    const int8_t *from = image + (static_cast<ptrdiff_t>(y) * p.inputWidth - p.padLeft) * p.inputChannels;
    for (int32_t x = -p.padLeft; x < pixels - p.padLeft; ++x, from += p.inputChannels, to += 64)
      _mm512_store_si512(to, inside && x >= 0 && x < p.inputWidth
                                 ? _mm512_xor_si512(_mm512_maskz_loadu_epi8(mask, from), shift)
                                 : padding);
  }

private:
  // The zero-masking forms avoid a false warning of GCC 12 about the others.
  static constexpr __mmask16 all = 0xffff;

  static VERNIER_ALWAYS_INLINE __m512i unpackLow8(__m512i a, __m512i b) { return _mm512_unpacklo_epi8(a, b); }
  static VERNIER_ALWAYS_INLINE __m512i unpackHigh8(__m512i a, __m512i b) { return _mm512_unpackhi_epi8(a, b); }
  static VERNIER_ALWAYS_INLINE Vector unpackLow16(__m512i a, __m512i b) {
    return reinterpret_cast<Vector>(_mm512_unpacklo_epi16(a, b));
  }
  static VERNIER_ALWAYS_INLINE Vector unpackHigh16(__m512i a, __m512i b) {
    return reinterpret_cast<Vector>(_mm512_unpackhi_epi16(a, b));
  }

  template <class T, class Other>
  static VERNIER_ALWAYS_INLINE void store(__m512i sum, const Other &requantize, int32_t channel, int32_t count, T *to) {
    alignas(64) int32_t values[integerBlock];
    _mm512_store_si512(values, sum);
    for (int32_t c = 0; c < count; ++c)
      to[c] = static_cast<T>(requantize(values[c], channel + c));
  }
  /// FloatRequantizer on sixteen channels: vcvtps2dq rounds half to even.
  template <class T>
  static VERNIER_ALWAYS_INLINE void store(__m512i sum, const numerics::FloatRequantizer &r, int32_t channel,
                                          int32_t count, T *to) {
    const __mmask16 mask = static_cast<__mmask16>((1u << count) - 1);
    const __m512 scale = r.channelStride ? _mm512_maskz_loadu_ps(mask, r.scales + channel) : _mm512_set1_ps(*r.scales);
    __m512 real = _mm512_mul_ps(_mm512_maskz_cvtepi32_ps(all, sum), scale);
    real = _mm512_maskz_max_ps(all, real, _mm512_set1_ps(static_cast<float>(r.range.min - r.range.zeroPoint)));
    real = _mm512_maskz_min_ps(all, real, _mm512_set1_ps(static_cast<float>(r.range.max - r.range.zeroPoint)));
    const __m512i result = _mm512_add_epi32(_mm512_maskz_cvtps_epi32(all, real), _mm512_set1_epi32(r.range.zeroPoint));
    if (count == integerBlock)
      _mm_storeu_si128(reinterpret_cast<__m128i *>(to), _mm512_maskz_cvtepi32_epi8(all, result));
    else
      _mm_mask_storeu_epi8(to, mask, _mm512_maskz_cvtepi32_epi8(all, result));
  }
};

} // namespace mlir::vernier::runtime

#endif // VERNIER_RUNTIME_INTEGER_AVX512VNNI_H
