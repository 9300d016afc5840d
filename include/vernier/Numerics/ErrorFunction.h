//===- ErrorFunction.h - erfc, the same everywhere --------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The complementary error function that exact GELU needs, in double precision
// without fused operations: see Elementary.h. The relative error stays below
// 2^-40.
//===----------------------------------------------------------------------===//

#ifndef VERNIER_NUMERICS_ERRORFUNCTION_H
#define VERNIER_NUMERICS_ERRORFUNCTION_H

#include "vernier/Numerics/Elementary.h"

namespace mlir::vernier::numerics {

/// 1 - erf(x) = 2 / sqrt(pi) * integral of e^(-t^2) from x to infinity.
inline double portableErfc(double x) {
  if (x != x)
    return x;
  const double magnitude = x < 0 ? -x : x;
  if (magnitude > 27.0)
    return x < 0 ? 2.0 : 0.0;
  const double square = product(magnitude, magnitude);
  const double gauss = portableExp(-square);
  double tail;
  if (magnitude < 2.0) {
    // erf(x) = 2 / sqrt(pi) * e^(-x^2) * sum of 2^n x^(2n + 1) / (1 * 3 * ... *
    // (2n + 1)); every term is positive.
    double term = magnitude, sum = magnitude;
    for (int n = 1; n < 48; ++n) {
      term = product(term, 2.0 * square / (2 * n + 1));
      sum += term;
    }
    tail = 1.0 - product(product(1.12837916709551257390, gauss), sum);
  } else {
    // The continued fraction e^(-x^2) / sqrt(pi) / (x + 1/2 / (x + 1 / (x + 3/2
    // / ...))), from its end.
    double fraction = magnitude;
    for (int n = 60; n > 0; --n)
      fraction = magnitude + 0.5 * n / fraction;
    tail = product(gauss, 0.56418958354775628695) / fraction;
  }
  return x < 0 ? 2.0 - tail : tail;
}

} // namespace mlir::vernier::numerics

#endif // VERNIER_NUMERICS_ERRORFUNCTION_H
