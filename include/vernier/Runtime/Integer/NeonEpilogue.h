//===- NeonEpilogue.h - from sums to bytes with NEON ------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// FloatRequantizer on 16 channels. Every step saturates, so scales may be of any size, and clamps may come last.
//===----------------------------------------------------------------------===//

#ifndef VERNIER_RUNTIME_INTEGER_NEONEPILOGUE_H
#define VERNIER_RUNTIME_INTEGER_NEONEPILOGUE_H

#include "vernier/Runtime/Integer/Epilogue.h"
#include <arm_neon.h>

namespace mlir::vernier::runtime {

/// 16 channels of sums, in order.
struct NeonSums {
  int32x4_t quarter[4];
};

struct NeonEpilogue {
  alignas(16) float scales[16];
  numerics::QuantizedRange range;
  static constexpr bool isBounded = true;

  /// 16 bytes.
  VERNIER_ALWAYS_INLINE int8x16_t pack(const NeonSums &sums, const int8_t *) const {
    const int8x16_t bytes = vcombine_s8(vqmovn_s16(round(sums, 0)), vqmovn_s16(round(sums, 2)));
    return vminq_s8(vmaxq_s8(bytes, vdupq_n_s8(static_cast<int8_t>(range.min))),
                    vdupq_n_s8(static_cast<int8_t>(range.max)));
  }
  VERNIER_ALWAYS_INLINE uint8x16_t pack(const NeonSums &sums, const uint8_t *) const {
    const uint8x16_t bytes = vcombine_u8(vqmovun_s16(round(sums, 0)), vqmovun_s16(round(sums, 2)));
    return vminq_u8(vmaxq_u8(bytes, vdupq_n_u8(static_cast<uint8_t>(range.min))),
                    vdupq_n_u8(static_cast<uint8_t>(range.max)));
  }

private:
  /// Eight results with their zero point. fcvtns rounds half to even.
  VERNIER_ALWAYS_INLINE int16x8_t round(const NeonSums &sums, int from) const {
    const int16x8_t eight = vcombine_s16(vqmovn_s32(scale(sums, from)), vqmovn_s32(scale(sums, from + 1)));
    return vqaddq_s16(eight, vdupq_n_s16(static_cast<int16_t>(range.zeroPoint)));
  }
  VERNIER_ALWAYS_INLINE int32x4_t scale(const NeonSums &sums, int quarter) const {
    return vcvtnq_s32_f32(vmulq_f32(vcvtq_f32_s32(sums.quarter[quarter]), vld1q_f32(scales + 4 * quarter)));
  }
};

} // namespace mlir::vernier::runtime

#endif // VERNIER_RUNTIME_INTEGER_NEONEPILOGUE_H
