//===- NeonWords.h - 16x8 kernels for ARMv8 ---------------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// smlal multiplies four words by one and adds the products to four int32. Weights are bytes in memory and widened as
// they are loaded, once for all pixels of a tile.
//===----------------------------------------------------------------------===//

#ifndef VERNIER_RUNTIME_INTEGER_NEONWORDS_H
#define VERNIER_RUNTIME_INTEGER_NEONWORDS_H

#include "vernier/Runtime/Integer/NeonEpilogue.h"
#include "vernier/Runtime/Integer/Tile.h"

namespace mlir::vernier::runtime {

/// FixedPoint64Requantizer on 16 sums of 32 bits: srshl rounds half up, as it does, and there is no zero point.
struct NeonWordEpilogue {
  int32x4_t multipliers[4];
  int64x2_t shifts[8];
  numerics::QuantizedRange range;
  /// All multipliers are below one half, so that no result leaves 32 bits.
  bool isBounded;

  static VERNIER_ALWAYS_INLINE NeonWordEpilogue of(const numerics::FixedPointMultiplier *multipliers,
                                                   const numerics::QuantizedRange &range) {
    int32_t reduced[16];
    int64_t shifts[16];
    NeonWordEpilogue epilogue;
    epilogue.range = range;
    epilogue.isBounded = true;
    for (int c = 0; c < 16; ++c) {
      const numerics::FixedPointMultiplier &m = multipliers[c];
      reduced[c] = m.multiplier < 0x7fff0000 ? (m.multiplier + (1 << 15)) >> 16 : 0x7fff;
      shifts[c] = m.shift - 15;
      epilogue.isBounded &= shifts[c] <= -16;
    }
    for (int j = 0; j < 4; ++j)
      epilogue.multipliers[j] = vld1q_s32(reduced + 4 * j);
    for (int j = 0; j < 8; ++j)
      epilogue.shifts[j] = vld1q_s64(shifts + 2 * j);
    return epilogue;
  }

  /// Eight results, of vectors `from` and `from` + 1.
  VERNIER_ALWAYS_INLINE int16x8_t pack(int32x4_t first, int32x4_t second, int from) const {
    const int16x8_t words = vcombine_s16(vqmovn_s32(requantize(first, from)), vqmovn_s32(requantize(second, from + 1)));
    return vminq_s16(vmaxq_s16(words, vdupq_n_s16(static_cast<int16_t>(range.min))),
                     vdupq_n_s16(static_cast<int16_t>(range.max)));
  }

private:
  VERNIER_ALWAYS_INLINE int32x4_t requantize(int32x4_t sums, int at) const {
    const int64x2_t low = vmull_s32(vget_low_s32(sums), vget_low_s32(multipliers[at]));
    const int64x2_t high = vmull_high_s32(sums, multipliers[at]);
    return vcombine_s32(vmovn_s64(vrshlq_s64(low, shifts[2 * at])), vmovn_s64(vrshlq_s64(high, shifts[2 * at + 1])));
  }
};

/// `Bytes` is the same for inputs of 8 bits, which has what does not depend on them.
template <class Bytes> struct NeonWordsOf : Bytes {
  using typename Bytes::Lanes;
  using typename Bytes::Sum;
  using Element = int16_t;
  static constexpr int parts = 2;
  using Interleaved = void;
  /// Two weights of four channels, the first of all of them and then the second; the two inputs for them.
  using Weights = int16x8_t;
  using Inputs = int16x4_t;

  template <int Part> static VERNIER_ALWAYS_INLINE Weights loadWeights(const int8_t *from) {
    const int8x8_t pairs = vld1_s8(from + 32 * Part);
    const int32x2_t first = vreinterpret_s32_s8(vuzp1_s8(pairs, pairs)),
                    second = vreinterpret_s32_s8(vuzp2_s8(pairs, pairs));
    return vmovl_s8(vreinterpret_s8_s32(vzip1_s32(first, second)));
  }
  template <int Part> static VERNIER_ALWAYS_INLINE Inputs loadInputs(const Element *from) {
    int32_t two;
    std::memcpy(&two, from + 2 * Part, sizeof(two));
    return vreinterpret_s16_s32(vdup_n_s32(two));
  }
  static VERNIER_ALWAYS_INLINE Sum dot(Sum sum, Inputs x, Weights w) {
    return vmlal_high_lane_s16(vmlal_lane_s16(sum, vget_low_s16(w), x, 0), w, x, 1);
  }
  static VERNIER_ALWAYS_INLINE void copyInputs(int32_t count, const Element *from, Element *to) {
    for (; count >= 8; count -= 8, from += 8, to += 8)
      vst1q_s16(to, vld1q_s16(from));
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
    for (int h = 0; h < 2; ++h) {
      const int16x8_t a = vld1q_s16(x + 8 * h), b = vmovl_s8(vld1_s8(w + 8 * h));
      sum.quarter[2 * h] = vmlal_s16(sum.quarter[2 * h], vget_low_s16(a), vget_low_s16(b));
      sum.quarter[2 * h + 1] = vmlal_high_s16(sum.quarter[2 * h + 1], a, b);
    }
    return sum;
  }

  struct WordEpilogue {
    NeonWordEpilogue vector;
    detail::ScalarEpilogue<numerics::FixedPoint64Requantizer> scalar;
  };
  template <int Blocks>
  static VERNIER_ALWAYS_INLINE WordEpilogue prepare(const numerics::FixedPoint64Requantizer &r, int32_t channel,
                                                    int32_t count) {
    numerics::FixedPointMultiplier multipliers[integerBlock];
    for (int32_t c = 0; c < integerBlock; ++c)
      multipliers[c] = r.multipliers[(channel + (c < count ? c : 0)) * r.channelStride];
    return {NeonWordEpilogue::of(multipliers, r.range), {r, channel, count}};
  }
  using Bytes::finish;
  using Bytes::prepare;
  template <int Rows, int Vectors>
  static VERNIER_ALWAYS_INLINE void finish(const Sum (&sums)[Rows][Vectors], const WordEpilogue &epilogue, Element *to,
                                           ptrdiff_t stride) {
    // Multipliers of a half and more are rare.
    if (__builtin_expect(!epilogue.vector.isBounded, 0))
      return finish(sums, epilogue.scalar, to, stride);
    const int32_t count = epilogue.scalar.count;
    for (int r = 0; r < Rows; ++r) {
      Element words[integerBlock];
      Element *row = to + r * stride, *all = count == integerBlock ? row : words;
      vst1q_s16(all, epilogue.vector.pack(sums[r][0], sums[r][1], 0));
      vst1q_s16(all + 8, epilogue.vector.pack(sums[r][2], sums[r][3], 2));
      if (all == words)
        std::memcpy(row, words, static_cast<size_t>(count) * sizeof(Element));
    }
  }
  template <class T, class Requantizer>
  static VERNIER_ALWAYS_INLINE void finishLanes(Lanes sum, const int32_t *starts, int32_t,
                                                const Requantizer &requantize, int32_t channel, int32_t count, T *to) {
    Sum sums[1][4];
    for (int j = 0; j < 4; ++j)
      sums[0][j] = vaddq_s32(sum.quarter[j], vld1q_s32(starts + 4 * j));
    finish(sums, prepare<1>(requantize, channel, count), to, 0);
  }
};

} // namespace mlir::vernier::runtime

#endif // VERNIER_RUNTIME_INTEGER_NEONWORDS_H
