//===- Half.h - IEEE 754 binary16 -------------------------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Conversion between float32 and the bits of binary16 in integer arithmetic, so that no instruction
// set or rounding mode changes them.
//===----------------------------------------------------------------------===//

#ifndef VERNIER_NUMERICS_HALF_H
#define VERNIER_NUMERICS_HALF_H

#include "vernier/Numerics/Bits.h"

namespace mlir::vernier::numerics {

/// The bits of the binary16 number nearest to `value`, ties to even (IEEE 754, section 4.3.1): values
/// beyond 65519.99 become infinite, NaN becomes a quiet NaN.
inline uint16_t floatToHalf(float value) {
  const uint32_t bits = bitCast<uint32_t>(value);
  const uint32_t sign = (bits >> 16) & 0x8000u;
  const uint32_t magnitude = bits & 0x7fffffffu;
  if (magnitude > 0x7f800000u)
    return static_cast<uint16_t>(sign | 0x7e00u);
  // 65520 is half way between the largest number and the next that would be one.
  if (magnitude >= 0x477ff000u)
    return static_cast<uint16_t>(sign | 0x7c00u);
  const uint32_t exponent = magnitude >> 23;
  // Numbers below 2^-25 round to zero; so does 2^-25 itself, to even.
  if (exponent < 102)
    return static_cast<uint16_t>(sign);
  const bool subnormal = exponent < 113;
  const uint32_t significand = subnormal ? ((magnitude & 0x7fffffu) | 0x800000u) : magnitude - (112u << 23);
  const uint32_t shift = subnormal ? 126 - exponent : 13;
  const uint32_t kept = significand >> shift;
  const uint32_t rest = significand & ((1u << shift) - 1);
  const uint32_t tie = 1u << (shift - 1);
  const uint32_t up = rest > tie || (rest == tie && (kept & 1)) ? 1 : 0;
  return static_cast<uint16_t>(sign | (kept + up));
}

/// The value of the binary16 number `half`; exact.
inline float halfToFloat(uint16_t half) {
  const uint32_t sign = static_cast<uint32_t>(half & 0x8000u) << 16;
  const uint32_t exponent = (half >> 10) & 31u;
  const uint32_t fraction = half & 0x3ffu;
  if (exponent == 31)
    return bitCast<float>(sign | 0x7f800000u | (fraction << 13));
  if (exponent != 0)
    return bitCast<float>(sign | ((exponent + 112) << 23) | (fraction << 13));
  // fraction * 2^-24 has at most ten significant bits: the product is exact.
  const float magnitude = static_cast<float>(fraction) * 5.9604644775390625e-8f;
  return bitCast<float>(sign | bitCast<uint32_t>(magnitude));
}

} // namespace mlir::vernier::numerics

#endif // VERNIER_NUMERICS_HALF_H
