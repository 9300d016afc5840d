//===- Trigonometry.h - sin, cos, atan2, pow ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The same on every machine, in double precision without fused operations: see
// Elementary.h. The relative error stays below 2^-36 for results that are not
// subnormal floats; angles beyond 2^27 lose the digits that they do not have.
//===----------------------------------------------------------------------===//

#ifndef VERNIER_NUMERICS_TRIGONOMETRY_H
#define VERNIER_NUMERICS_TRIGONOMETRY_H

#include "vernier/Numerics/Elementary.h"

namespace mlir::vernier::numerics {

namespace detail {
/// The sine (`quadrant` 0) or cosine (1) of a float's value.
inline double sineOfQuadrant(double x, int64_t quadrant) {
  if (!(x - x == 0))
    return std::numeric_limits<double>::quiet_NaN();
  if (x > 0x1p60 || x < -0x1p60)
    return static_cast<double>(quadrant);
  // pi / 2 in three parts of 33 bits or fewer, whose products with k are exact
  // below 2^20.
  constexpr double first = 1.57079632673412561417e+00, second = 6.07710050630396597660e-11,
                   third = 2.02226624879595063154e-21;
  const int64_t k = roundHalfEven64(product(x, 0.63661977236758134308));
  const double n = static_cast<double>(k);
  const double r = ((x - product(n, first)) - product(n, second)) - product(n, third);
  const double square = product(r, r);
  static constexpr double sine[] = {1.0,          -1.0 / 6,        1.0 / 120,        -1.0 / 5040,
                                    1.0 / 362880, -1.0 / 39916800, 1.0 / 6227020800, -1.0 / 1307674368000};
  static constexpr double cosine[] = {1.0,
                                      -1.0 / 2,
                                      1.0 / 24,
                                      -1.0 / 720,
                                      1.0 / 40320,
                                      -1.0 / 3628800,
                                      1.0 / 479001600,
                                      -1.0 / 87178291200,
                                      1.0 / 20922789888000};
  const uint64_t turn = static_cast<uint64_t>(k) + static_cast<uint64_t>(quadrant);
  const double value = turn & 1 ? polynomial(cosine, square) : product(r, polynomial(sine, square));
  return turn & 2 ? -value : value;
}

/// The arc tangent of 0 <= t <= 1.
inline double arcTangent(double t) {
  // Beyond tan(pi / 8), of the angle to 45 degrees.
  const bool isSteep = t > 0.41421356237309504880;
  const double u = isSteep ? (t - 1.0) / (t + 1.0) : t;
  const double square = product(u, u);
  double sum = 0;
  for (int n = 22; n >= 0; --n)
    sum = (n % 2 ? -1.0 : 1.0) / (2 * n + 1) + product(sum, square);
  return (isSteep ? 0.78539816339744830962 : 0.0) + product(u, sum);
}
} // namespace detail

inline double portableSin(double x) { return detail::sineOfQuadrant(x, 0); }
inline double portableCos(double x) { return detail::sineOfQuadrant(x, 1); }

/// The angle of the point (x, y), within [-pi, pi].
inline double portableAtan2(double y, double x) {
  if (x != x || y != y)
    return std::numeric_limits<double>::quiet_NaN();
  constexpr double pi = 3.14159265358979323846;
  const bool isLeft = bitCast<uint64_t>(x) >> 63, isBelow = bitCast<uint64_t>(y) >> 63;
  const double dx = isLeft ? -x : x, dy = isBelow ? -y : y;
  double angle;
  if (dx == dy)
    angle = dx == 0 ? 0.0 : pi / 4;
  else
    angle = dy < dx ? detail::arcTangent(dy / dx) : pi / 2 - detail::arcTangent(dx / dy);
  if (isLeft)
    angle = pi - angle;
  return isBelow ? -angle : angle;
}

/// base^exponent, of float values; NaN where it is not real.
inline double portablePow(double base, double exponent) {
  if (exponent == 0 || base == 1)
    return 1.0;
  if (base != base || exponent != exponent)
    return std::numeric_limits<double>::quiet_NaN();
  const double magnitude = base < 0 ? -base : base;
  constexpr double allIntegral = 9007199254740992.0;
  const double size = exponent < 0 ? -exponent : exponent;
  const bool isIntegral = size >= allIntegral || static_cast<double>(static_cast<int64_t>(size)) == size;
  const bool isOdd = isIntegral && size < allIntegral && (static_cast<int64_t>(size) & 1);
  if (base < 0 && !isIntegral && magnitude < std::numeric_limits<double>::infinity())
    return std::numeric_limits<double>::quiet_NaN();
  const double logarithm = portableLog(magnitude);
  const double result = logarithm == 0 ? 1.0 : portableExp(product(exponent, logarithm));
  return (bitCast<uint64_t>(base) >> 63) && isOdd ? -result : result;
}

/// The same, rounded to float.
inline float portableSin(float x) { return static_cast<float>(portableSin(static_cast<double>(x))); }
inline float portableCos(float x) { return static_cast<float>(portableCos(static_cast<double>(x))); }
inline float portableAtan2(float y, float x) {
  return static_cast<float>(portableAtan2(static_cast<double>(y), static_cast<double>(x)));
}
inline float portablePow(float base, float exponent) {
  return static_cast<float>(portablePow(static_cast<double>(base), static_cast<double>(exponent)));
}

} // namespace mlir::vernier::numerics

#endif // VERNIER_NUMERICS_TRIGONOMETRY_H
