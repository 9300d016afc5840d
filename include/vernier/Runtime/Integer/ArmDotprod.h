//===- ArmDotprod.h - 8-bit kernels for ARMv8 with dot products -*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// sdot sums four products of signed bytes into each of four int32. So strips hold signed inputs, and start values are
// those for them (startForSignedInputs). Only for compilers that are told to use it (-march=armv8.2-a+dotprod).
//===----------------------------------------------------------------------===//

#ifndef VERNIER_RUNTIME_INTEGER_ARMDOTPROD_H
#define VERNIER_RUNTIME_INTEGER_ARMDOTPROD_H

#include "vernier/Runtime/Integer/ArmDotprodDepthwise.h"
#include "vernier/Runtime/Integer/NeonWords.h"
#include "vernier/Runtime/Integer/Tile.h"

#if !defined(__ARM_FEATURE_DOTPROD)
#error "this file needs its instruction set enabled"
#endif

namespace mlir::vernier::runtime {

struct NeonFloat;

struct ArmDotprodInteger : detail::ScalarFinish {
  static constexpr const char *name = "arm-dotprod";
  using Element = int8_t;
  static constexpr int parts = 1, vectors = 4;
  /// Tiles are not pipelined.
  static constexpr int32_t leastPipelinedPixels = 0;
  static constexpr int blocks = 1;
  // Of 32 registers, 24 are sums and 4 are weights.
  template <int> using TileRows = detail::IntegerTileRows<6, 5, 4, 2, 1>;
  /// What scales sums to float; only Hybrid.h needs more of it than the name.
  using Floats = NeonFloat;
  using Interleaved = ArmDotprodInterleaved;
  using UnsignedInterleaved = ArmDotprodInterleaved;
  /// What inputs of T take.
  template <class T>
  using Tiles = std::conditional_t<sizeof(T) == 1, ArmDotprodInteger, NeonWordsOf<ArmDotprodInteger>>;
  using Sum = int32x4_t;
  /// Four weights of four channels, and the four inputs for them.
  using Weights = int8x16_t;
  using Inputs = int8x16_t;
  using Lanes = NeonSums;

  static VERNIER_ALWAYS_INLINE Sum begin(const int32_t *starts) { return vld1q_s32(starts); }
  static VERNIER_ALWAYS_INLINE Sum subtract(Sum sum, int32_t correction) {
    return vsubq_s32(sum, vdupq_n_s32(correction));
  }
  static VERNIER_ALWAYS_INLINE Lanes zeroLanes() {
    const int32x4_t zero = vdupq_n_s32(0);
    return {{zero, zero, zero, zero}};
  }
  template <int> static VERNIER_ALWAYS_INLINE Weights loadWeights(const int8_t *from) { return vld1q_s8(from); }
  template <int> static VERNIER_ALWAYS_INLINE Inputs loadInputs(const Element *from) {
    int32_t four;
    std::memcpy(&four, from, sizeof(four));
    return vreinterpretq_s8_s32(vdupq_n_s32(four));
  }
  static VERNIER_ALWAYS_INLINE Sum dot(Sum sum, Inputs x, Weights w) { return vdotq_s32(sum, x, w); }
  /// `count` inputs, made signed; up to 15 bytes behind them may be written.
  template <class T> static VERNIER_ALWAYS_INLINE void copyInputs(int32_t count, const T *from, Element *to) {
    for (; count >= 16; count -= 16, from += 16, to += 16)
      vst1q_s8(to, makeSigned(from));
    if (count <= 0)
      return;
    T rest[16];
    for (int32_t i = 0; i < 16; ++i)
      rest[i] = from[i < count ? i : 0];
    vst1q_s8(to, makeSigned(rest));
  }
  template <class T>
  static VERNIER_ALWAYS_INLINE bool copyShortRow(int32_t, int32_t, int32_t, int, const T *, Element *) {
    return false;
  }
  /// Up to 15 bytes behind them may be written.
  static VERNIER_ALWAYS_INLINE void fillInputs(int32_t count, int value, Element *to) {
    for (; count > 0; count -= 16, to += 16)
      vst1q_s8(to, vdupq_n_s8(static_cast<int8_t>(value)));
  }
  /// Differences of bytes and their zero point fit sixteen bits.
  template <class T, class W>
  static VERNIER_ALWAYS_INLINE Lanes multiplyAdd(Lanes sum, const T *x, int32_t xZero, const W *w, int32_t wZero) {
    const int16x8_t zeroX = vdupq_n_s16(static_cast<int16_t>(xZero)), zeroW = vdupq_n_s16(static_cast<int16_t>(wZero));
#pragma GCC unroll 2
    for (int h = 0; h < 2; ++h) {
      const int16x8_t a = vsubq_s16(widen(x + 8 * h), zeroX), b = vsubq_s16(widen(w + 8 * h), zeroW);
      sum.quarter[2 * h] = vmlal_s16(sum.quarter[2 * h], vget_low_s16(a), vget_low_s16(b));
      sum.quarter[2 * h + 1] = vmlal_high_s16(sum.quarter[2 * h + 1], a, b);
    }
    return sum;
  }

  using detail::ScalarFinish::finish;
  using detail::ScalarFinish::prepare;
  struct FloatEpilogue {
    NeonEpilogue vector;
    int32_t count;
  };
  template <int Blocks>
  static VERNIER_ALWAYS_INLINE FloatEpilogue prepare(const numerics::FloatRequantizer &r, int32_t channel,
                                                     int32_t count) {
    FloatEpilogue epilogue{{{}, r.range}, count};
    for (int32_t c = 0; c < count; ++c)
      epilogue.vector.scales[c] = r.scales[(channel + c) * r.channelStride];
    return epilogue;
  }
  template <int Rows, int Vectors, class T>
  static VERNIER_ALWAYS_INLINE void finish(const Sum (&sums)[Rows][Vectors], const FloatEpilogue &epilogue, T *to,
                                           ptrdiff_t stride) {
#pragma GCC unroll 16
    for (int r = 0; r < Rows; ++r) {
      const NeonSums row = {{sums[r][0], sums[r][1], sums[r][2], sums[r][3]}};
      store(epilogue.vector.pack(row, to), epilogue.count, to + r * stride);
    }
  }
  template <class T, class Requantizer>
  static VERNIER_ALWAYS_INLINE void finishLanes(Lanes sum, const int32_t *starts, int32_t correction,
                                                const Requantizer &requantize, int32_t channel, int32_t count, T *to) {
    Sum sums[1][4];
    for (int j = 0; j < 4; ++j)
      sums[0][j] = subtract(vaddq_s32(sum.quarter[j], vld1q_s32(starts + 4 * j)), correction);
    finish(sums, prepare<1>(requantize, channel, count), to, 0);
  }

private:
  static VERNIER_ALWAYS_INLINE int8x16_t makeSigned(const int8_t *from) { return vld1q_s8(from); }
  static VERNIER_ALWAYS_INLINE int8x16_t makeSigned(const uint8_t *from) {
    return vreinterpretq_s8_u8(veorq_u8(vld1q_u8(from), vdupq_n_u8(128)));
  }
  static VERNIER_ALWAYS_INLINE int16x8_t widen(const int8_t *from) { return vmovl_s8(vld1_s8(from)); }
  static VERNIER_ALWAYS_INLINE int16x8_t widen(const uint8_t *from) {
    return vreinterpretq_s16_u16(vmovl_u8(vld1_u8(from)));
  }
  static VERNIER_ALWAYS_INLINE void store(int8x16_t bytes, int8_t *to) { vst1q_s8(to, bytes); }
  static VERNIER_ALWAYS_INLINE void store(uint8x16_t bytes, uint8_t *to) { vst1q_u8(to, bytes); }
  /// Stores the channels that there are.
  template <class Bytes, class T> static VERNIER_ALWAYS_INLINE void store(Bytes bytes, int32_t count, T *to) {
    if (count == integerBlock)
      return store(bytes, to);
    alignas(16) T all[integerBlock];
    store(bytes, all);
    for (int32_t c = 0; c < count; ++c)
      to[c] = all[c];
  }
};

} // namespace mlir::vernier::runtime

#endif // VERNIER_RUNTIME_INTEGER_ARMDOTPROD_H
