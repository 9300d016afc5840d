//===- Elementary.h - exp, log, tanh, logistic ------------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Math libraries differ in the last bits between versions and machines; results
// that we promise must not. These are double-precision evaluations without
// fused operations, relative error below 2^-45; the float forms round them
// once.
//===----------------------------------------------------------------------===//

#ifndef VERNIER_NUMERICS_ELEMENTARY_H
#define VERNIER_NUMERICS_ELEMENTARY_H

#include "vernier/Numerics/Rounding.h"

namespace mlir::vernier::numerics {

namespace detail {
/// A product and a sum, never fused.
VERNIER_ALWAYS_INLINE double mulThenAdd(double a, double b, double c) { return product(a, b) + c; }

/// `coefficients[0] + x * (coefficients[1] + ...)`.
template <int N> VERNIER_ALWAYS_INLINE double polynomial(const double (&coefficients)[N], double x) {
  double result = coefficients[N - 1];
  for (int i = N - 2; i >= 0; --i)
    result = mulThenAdd(result, x, coefficients[i]);
  return result;
}

/// 2^exponent for -1022 <= exponent <= 1023.
inline double powerOfTwo(int exponent) { return bitCast<double>(static_cast<uint64_t>(exponent + 1023) << 52); }

// ln 2 in two parts: the first has 21 trailing zeros, so that its product with
// an exponent is exact.
constexpr double ln2High = 6.93147180369123816490e-01;
constexpr double ln2Low = 1.90821492927058770002e-10;

// The Taylor series of e^x, and of tanh x over x in x^2.
constexpr double expSeries[] = {
    1.0,        1.0,         1.0 / 2,      1.0 / 6,       1.0 / 24,       1.0 / 120,       1.0 / 720,
    1.0 / 5040, 1.0 / 40320, 1.0 / 362880, 1.0 / 3628800, 1.0 / 39916800, 1.0 / 479001600, 1.0 / 6227020800};
constexpr double tanhSeries[] = {1.0, -1.0 / 3, 2.0 / 15, -17.0 / 315};
} // namespace detail

/// e^x. Overflows to infinity above 709.78, underflows to 0 below -708.
inline double portableExp(double x) {
  if (x != x)
    return x;
  if (x > 709.782712893384)
    return std::numeric_limits<double>::infinity();
  if (x < -708.0)
    return 0.0;
  // x = k ln 2 + r with |r| <= ln 2 / 2, and the Taylor series of e^r: its next
  // term is below 2^-57.
  const int k = roundHalfEven(product(x, 1.44269504088896338700));
  const double reduced = x - product(static_cast<double>(k), detail::ln2High);
  const double r = reduced - product(static_cast<double>(k), detail::ln2Low);
  // In two steps, as 2^1024 is not a double.
  return product(product(detail::polynomial(detail::expSeries, r), detail::powerOfTwo(k / 2)),
                 detail::powerOfTwo(k - k / 2));
}

/// The natural logarithm of a float's value; -infinity for 0, NaN below.
/// Denormal doubles count as 0.
inline double portableLog(double x) {
  if (x != x || x == std::numeric_limits<double>::infinity())
    return x;
  const uint64_t bits = bitCast<uint64_t>(x);
  if ((bits << 1) < (uint64_t(1) << 53))
    return -std::numeric_limits<double>::infinity();
  if (bits >> 63)
    return std::numeric_limits<double>::quiet_NaN();
  // x = 2^k m with m in [1/sqrt 2, sqrt 2), and log m = 2 artanh((m - 1) / (m +
  // 1)).
  int k = static_cast<int>(bits >> 52) - 1023;
  double m = bitCast<double>((bits & ((uint64_t(1) << 52) - 1)) | (uint64_t(1023) << 52));
  if (m > 1.41421356237309504880) {
    m = product(m, 0.5);
    ++k;
  }
  const double t = (m - 1.0) / (m + 1.0);
  static constexpr double series[] = {2.0,      2.0 / 3,  2.0 / 5,  2.0 / 7,  2.0 / 9,  2.0 / 11,
                                      2.0 / 13, 2.0 / 15, 2.0 / 17, 2.0 / 19, 2.0 / 21, 2.0 / 23};
  const double logM = product(t, detail::polynomial(series, product(t, t)));
  const double exponent = static_cast<double>(k);
  return product(exponent, detail::ln2High) + (product(exponent, detail::ln2Low) + logM);
}

/// 1 / (1 + e^-x).
inline double portableLogistic(double x) { return 1.0 / (1.0 + portableExp(-x)); }

/// The hyperbolic tangent.
inline double portableTanh(double x) {
  const double magnitude = x < 0 ? -x : x;
  // Here e^2x - 1 would cancel; the next term of the series is below 2^-50.
  if (magnitude < 0.02)
    return product(x, detail::polynomial(detail::tanhSeries, product(x, x)));
  if (magnitude > 20.0)
    return x < 0 ? -1.0 : 1.0;
  const double square = portableExp(product(2.0, x));
  return (square - 1.0) / (square + 1.0);
}

/// The same, rounded to float.
inline float portableExp(float x) { return static_cast<float>(portableExp(static_cast<double>(x))); }
inline float portableLog(float x) { return static_cast<float>(portableLog(static_cast<double>(x))); }
inline float portableLogistic(float x) { return static_cast<float>(portableLogistic(static_cast<double>(x))); }
inline float portableTanh(float x) { return static_cast<float>(portableTanh(static_cast<double>(x))); }

} // namespace mlir::vernier::numerics

#endif // VERNIER_NUMERICS_ELEMENTARY_H
