//===- ArmDotprodDepthwise.h - interleaved taps for sdot --------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// sdot sums four neighbouring bytes. Bytes of four rows become neighbours by zipping, 16 channels at a time, and stay
// in the order of their channels.
//===----------------------------------------------------------------------===//

#ifndef VERNIER_RUNTIME_INTEGER_ARMDOTPRODDEPTHWISE_H
#define VERNIER_RUNTIME_INTEGER_ARMDOTPRODDEPTHWISE_H

#include "vernier/Runtime/Integer/NeonEpilogue.h"
#include <cstring>

namespace mlir::vernier::runtime {

struct ArmDotprodInterleaved {
  using Element = int8_t;
  using Requantizer = numerics::FloatRequantizer;
  /// Channels that are computed at once.
  static constexpr int channels = 16;
  using Sums = NeonSums;
  /// Four taps of each channel.
  struct Taps {
    int8x16_t quarter[4];
  };

  static constexpr bool readsInPlace = false;

  static VERNIER_ALWAYS_INLINE Taps interleave(const int8_t *a, const int8_t *b, const int8_t *c, const int8_t *d) {
    const int8x16_t r0 = vld1q_s8(a), r1 = vld1q_s8(b), r2 = vld1q_s8(c), r3 = vld1q_s8(d);
    const int16x8_t low01 = vreinterpretq_s16_s8(vzip1q_s8(r0, r1)), high01 = vreinterpretq_s16_s8(vzip2q_s8(r0, r1)),
                    low23 = vreinterpretq_s16_s8(vzip1q_s8(r2, r3)), high23 = vreinterpretq_s16_s8(vzip2q_s8(r2, r3));
    return {{vreinterpretq_s8_s16(vzip1q_s16(low01, low23)), vreinterpretq_s8_s16(vzip2q_s16(low01, low23)),
             vreinterpretq_s8_s16(vzip1q_s16(high01, high23)), vreinterpretq_s8_s16(vzip2q_s16(high01, high23))}};
  }
  static VERNIER_ALWAYS_INLINE Taps interleaveWeights(const unsigned char *const (&rows)[4]) {
    return interleave(reinterpret_cast<const int8_t *>(rows[0]), reinterpret_cast<const int8_t *>(rows[1]),
                      reinterpret_cast<const int8_t *>(rows[2]), reinterpret_cast<const int8_t *>(rows[3]));
  }
  /// Weights stay bytes: differences from a zero point may not fit.
  static constexpr bool hasWideWeights = false;
  /// The same four weights for every channel.
  static VERNIER_ALWAYS_INLINE Taps repeatWeights(uint32_t four) {
    const int8x16_t all = vreinterpretq_s8_u32(vdupq_n_u32(four));
    return {{all, all, all, all}};
  }
  static VERNIER_ALWAYS_INLINE void sumProducts(Sums &sums, const Taps &x, const Taps &w) {
#pragma GCC unroll 4
    for (int j = 0; j < 4; ++j)
      sums.quarter[j] = vdotq_s32(sums.quarter[j], x.quarter[j], w.quarter[j]);
  }
  static VERNIER_ALWAYS_INLINE void sumWeights(Sums &sums, const Taps &w) {
    const int8x16_t one = vdupq_n_s8(1);
    sumProducts(sums, {{one, one, one, one}}, w);
  }
  /// bias - zero * (sum of weights).
  static VERNIER_ALWAYS_INLINE Sums makeStarts(const Sums &sums, const int32_t *bias, int32_t zero) {
    Sums starts;
    for (int j = 0; j < 4; ++j)
      starts.quarter[j] = vmlsq_n_s32(vld1q_s32(bias + 4 * j), sums.quarter[j], zero);
    return starts;
  }

  /// Ranges are those of signed results, which are made unsigned as they are stored.
  static constexpr bool signedResults = true;
  using VectorEpilogue = NeonEpilogue;
  static VERNIER_ALWAYS_INLINE NeonEpilogue prepare(const float *scales, const numerics::QuantizedRange &range) {
    NeonEpilogue epilogue{{}, range};
    std::memcpy(epilogue.scales, scales, sizeof(epilogue.scales));
    return epilogue;
  }
  static VERNIER_ALWAYS_INLINE int8x16_t finishInRegisters(const Sums &sums, const NeonEpilogue &epilogue) {
    return epilogue.pack(sums, static_cast<const int8_t *>(nullptr));
  }
  static VERNIER_ALWAYS_INLINE void store(const Sums &sums, int32_t *to) {
    for (int j = 0; j < 4; ++j)
      vst1q_s32(to + 4 * j, sums.quarter[j]);
  }
  static VERNIER_ALWAYS_INLINE void store(int8x16_t results, int32_t count, int8_t *to) {
    if (count == channels) {
      vst1q_s8(to, results);
      return;
    }
    alignas(16) int8_t all[channels];
    vst1q_s8(all, results);
    for (int32_t c = 0; c < count; ++c)
      to[c] = all[c];
  }
  /// The same where results are unsigned.
  static VERNIER_ALWAYS_INLINE void store(int8x16_t results, int32_t count, uint8_t *to) {
    store(veorq_s8(results, vdupq_n_s8(-128)), count, reinterpret_cast<int8_t *>(to));
  }
  /// `count` of `Width` bytes, made signed.
  template <int Width> static VERNIER_ALWAYS_INLINE void copyInput(const int8_t *from, int32_t count, int8_t *to) {
    storePiece<Width>(from, count, to);
  }
  template <int Width> static VERNIER_ALWAYS_INLINE void copyInput(const uint8_t *from, int32_t count, int8_t *to) {
    storePiece<Width>(reinterpret_cast<const int8_t *>(from), count, to);
    for (int c = 0; c < Width; ++c)
      to[c] = static_cast<int8_t>(to[c] ^ -128);
  }
  template <int Width, class T> static VERNIER_ALWAYS_INLINE void storePiece(const T *from, int32_t count, T *to) {
    if (count == Width)
      std::memcpy(to, from, Width);
    else
      for (int32_t c = 0; c < count; ++c)
        to[c] = from[c];
  }
};

} // namespace mlir::vernier::runtime

#endif // VERNIER_RUNTIME_INTEGER_ARMDOTPRODDEPTHWISE_H
