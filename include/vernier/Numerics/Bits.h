//===- Bits.h - representation of numbers -----------------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reinterpretation of floating-point values as integers, wrapping and
// saturating integer arithmetic, and the one barrier that keeps a compiler from
// fusing a product with a later sum.
//===----------------------------------------------------------------------===//

#ifndef VERNIER_NUMERICS_BITS_H
#define VERNIER_NUMERICS_BITS_H

#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <type_traits>

// What every instruction set's file shares must be inlined: a copy compiled for
// one set could otherwise be linked into code that runs without it.
#if defined(__GNUC__) || defined(__clang__)
#define VERNIER_ALWAYS_INLINE inline __attribute__((always_inline))
#else
#define VERNIER_ALWAYS_INLINE inline
#endif

namespace mlir::vernier::numerics {

/// Reinterprets the bytes of `from`.
template <class To, class From> VERNIER_ALWAYS_INLINE To bitCast(const From &from) {
  static_assert(sizeof(To) == sizeof(From), "a bit cast keeps the size");
  To to;
  std::memcpy(&to, &from, sizeof(To));
  return to;
}

/// Returns `value` in a way that the compiler cannot see through, so that it is
/// rounded to its type here: under
/// `-ffp-contract=fast`, `rounded(a * b) + c` is a product and a sum, never one
/// fused operation. Works for float, double and vectors of them.
template <class T> VERNIER_ALWAYS_INLINE T rounded(T value) {
#if (defined(__GNUC__) || defined(__clang__)) && defined(__AVX512F__)
  __asm__("" : "+v"(value));
#elif (defined(__GNUC__) || defined(__clang__)) && defined(__SSE2__)
  __asm__("" : "+x"(value));
#elif (defined(__GNUC__) || defined(__clang__)) && defined(__aarch64__)
  __asm__("" : "+w"(value));
#elif defined(__GNUC__) || defined(__clang__)
  __asm__("" : "+m"(value));
#endif
  return value;
}

/// The product rounded to its own type, immune to contraction.
template <class T> VERNIER_ALWAYS_INLINE T product(T a, T b) { return rounded(static_cast<T>(a * b)); }

/// a * b + c with one rounding, on a machine without an instruction for it. The
/// product of two floats is exact in double; rounding the sum to double and then
/// to float differs from rounding once only where the double is halfway between
/// two floats, or the float is subnormal. There the double is rounded to odd
/// first, from which the float is right (Boldo and Melquiond, "Emulation of a
/// FMA and correctly rounded sums: proved algorithms using rounding to odd").
VERNIER_ALWAYS_INLINE float fusedMultiplyAddInSoftware(float a, float b, float c) {
  const double exact = static_cast<double>(a) * static_cast<double>(b), addend = c;
  const double sum = exact + addend;
  uint64_t bits = bitCast<uint64_t>(sum);
  const uint64_t magnitude = bits << 1 >> 1;
  constexpr uint64_t belowFloat = (uint64_t(1) << 29) - 1, half = uint64_t(1) << 28;
  constexpr uint64_t smallestNormal = uint64_t(1023 - 126) << 52, infinity = uint64_t(2047) << 52;
  if ((bits & belowFloat) == half || magnitude - 1 < smallestNormal - 1) {
    const double part = rounded(sum - exact);
    const double error = rounded(exact - rounded(sum - part)) + rounded(addend - part);
    if (error != 0 && (bits & 1) == 0 && magnitude < infinity)
      bits += (error > 0) == (sum > 0) ? 1 : ~uint64_t(0);
    return static_cast<float>(bitCast<double>(bits));
  }
  return static_cast<float>(sum);
}

/// a * b + c with one rounding.
VERNIER_ALWAYS_INLINE float fusedMultiplyAdd(float a, float b, float c) {
#if defined(__FMA__) || defined(__aarch64__) || defined(__FP_FAST_FMAF)
  return __builtin_fmaf(a, b, c);
#else
  return fusedMultiplyAddInSoftware(a, b, c);
#endif
}

/// Two's complement addition, subtraction, multiplication and left shift modulo
/// 2^32: what release builds of LiteRT do on overflow, without undefined
/// behaviour.
inline int32_t wrapAdd(int32_t a, int32_t b) {
  return static_cast<int32_t>(static_cast<uint32_t>(a) + static_cast<uint32_t>(b));
}
inline int32_t wrapSub(int32_t a, int32_t b) {
  return static_cast<int32_t>(static_cast<uint32_t>(a) - static_cast<uint32_t>(b));
}
inline int32_t wrapMul(int32_t a, int32_t b) {
  return static_cast<int32_t>(static_cast<uint32_t>(a) * static_cast<uint32_t>(b));
}
inline int32_t wrapShiftLeft(int32_t a, int shift) { return static_cast<int32_t>(static_cast<uint32_t>(a) << shift); }

template <class T> VERNIER_ALWAYS_INLINE constexpr T clamp(T value, T low, T high) {
  return value < low ? low : high < value ? high : value;
}

/// The value of `To` nearest to the integer `value`.
template <class To, class From> constexpr To saturatingCast(From value) {
  static_assert(std::is_integral<To>::value && std::is_integral<From>::value && std::is_signed<From>::value &&
                    sizeof(To) <= sizeof(From),
                "narrows a signed integer");
  return static_cast<To>(clamp<From>(value, static_cast<From>(std::numeric_limits<To>::min()),
                                     std::is_signed<To>::value || sizeof(To) < sizeof(From)
                                         ? static_cast<From>(std::numeric_limits<To>::max())
                                         : std::numeric_limits<From>::max()));
}

/// Number of leading zero bits; 32 or 64 for 0.
inline int countLeadingZeros(uint32_t value) {
  int count = 0;
  for (uint32_t bit = 1u << 31; bit && !(value & bit); bit >>= 1)
    ++count;
  return count;
}
inline int countLeadingZeros(uint64_t value) {
  uint32_t high = static_cast<uint32_t>(value >> 32);
  return high ? countLeadingZeros(high) : 32 + countLeadingZeros(static_cast<uint32_t>(value));
}

} // namespace mlir::vernier::numerics

#endif // VERNIER_NUMERICS_BITS_H
