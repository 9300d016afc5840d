//===- Rounding.h - from floating point to the nearest integer --*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Rounding works on the bits of its argument or is one conversion instruction,
// so no flag can change it: there is no addition for a preceding multiplication
// to be fused with. XNNPACK rounds half to even, TFLite half away from zero.
//===----------------------------------------------------------------------===//

#ifndef VERNIER_NUMERICS_ROUNDING_H
#define VERNIER_NUMERICS_ROUNDING_H

#include "vernier/Numerics/Bits.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

namespace mlir::vernier::numerics {

/// Where a value exactly between two integers goes.
enum class Ties { Even, Away };

namespace detail {
/// The layout of an IEEE 754 type.
template <class Float> struct Ieee;
template <> struct Ieee<float> {
  using Bits = uint32_t;
  static constexpr int mantissaBits = 23, bias = 127;
};
template <> struct Ieee<double> {
  using Bits = uint64_t;
  static constexpr int mantissaBits = 52, bias = 1023;
};

/// Rounds by shifting the mantissa. Saturates; NaN gives 0.
template <class Int, Ties ties, class Float> inline Int roundBits(Float value) {
  using Layout = Ieee<Float>;
  using Bits = typename Layout::Bits;
  constexpr int m = Layout::mantissaBits;
  constexpr int width = static_cast<int>(sizeof(Float)) * 8;
  const Bits bits = bitCast<Bits>(value);
  const bool negative = bits >> (width - 1);
  const Bits magnitude = bits & ~(Bits(1) << (width - 1));
  if (magnitude > (Bits(2 * Layout::bias + 1) << m))
    return 0; // NaN
  const int exponent = static_cast<int>(magnitude >> m) - Layout::bias;
  if (exponent < -1)
    return 0;
  if (exponent >= static_cast<int>(sizeof(Int)) * 8 - 1)
    return negative ? std::numeric_limits<Int>::min() : std::numeric_limits<Int>::max();
  const uint64_t mantissa = (magnitude & ((Bits(1) << m) - 1)) | (Bits(1) << m);
  uint64_t result;
  if (exponent >= m) {
    result = mantissa << (exponent - m);
  } else {
    const int shift = m - exponent;
    const uint64_t half = uint64_t(1) << (shift - 1);
    const uint64_t fraction = mantissa & ((uint64_t(1) << shift) - 1);
    result = mantissa >> shift;
    if (ties == Ties::Away ? fraction >= half : fraction > half || (fraction == half && (result & 1)))
      ++result;
  }
  // The largest magnitude below 2^(N-1) can round up to 2^(N-1).
  if (result > static_cast<uint64_t>(std::numeric_limits<Int>::max()))
    return negative ? std::numeric_limits<Int>::min() : std::numeric_limits<Int>::max();
  return negative ? static_cast<Int>(-static_cast<int64_t>(result)) : static_cast<Int>(result);
}
} // namespace detail

/// Rounds half to even. Saturates to int32; NaN gives 0.
inline int32_t roundHalfEven(float value) { return detail::roundBits<int32_t, Ties::Even>(value); }
inline int32_t roundHalfEven(double value) { return detail::roundBits<int32_t, Ties::Even>(value); }

/// Rounds half away from zero, as std::round. Saturates to int32; NaN gives 0.
inline int32_t roundHalfAway(float value) { return detail::roundBits<int32_t, Ties::Away>(value); }
inline int32_t roundHalfAway(double value) { return detail::roundBits<int32_t, Ties::Away>(value); }

/// The same for 64 bits.
inline int64_t roundHalfEven64(double value) { return detail::roundBits<int64_t, Ties::Even>(value); }
inline int64_t roundHalfAway64(double value) { return detail::roundBits<int64_t, Ties::Away>(value); }

/// Rounds half to even a value known to lie within the int32 range and not to
/// be NaN, as clamped values do: one instruction where there is one (the
/// default rounding mode is assumed).
VERNIER_ALWAYS_INLINE int32_t roundHalfEvenInRange(float value) {
#if defined(__SSE2__)
  return _mm_cvtss_si32(_mm_set_ss(value));
#elif defined(__aarch64__)
  return vcvtns_s32_f32(value);
#else
  return roundHalfEven(value);
#endif
}

/// The same for a value within [-2^22, 2^22], in a form that compilers make vectors of: the sum has no room for a
/// fraction.
VERNIER_ALWAYS_INLINE int32_t roundHalfEvenSmall(float value) {
  return bitCast<int32_t>(value + 0x1.8p23f) - 0x4B400000;
}

template <Ties ties> inline int32_t round(float value) {
  return ties == Ties::Even ? roundHalfEven(value) : roundHalfAway(value);
}

} // namespace mlir::vernier::numerics

#endif // VERNIER_NUMERICS_ROUNDING_H
