//===- ExponentialUnits.h - ELU and GELU ------------------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Activations that bend exponentially, for `mapElements` and `fillLookupTable`.
// Evaluated in double and rounded once.
//===----------------------------------------------------------------------===//

#ifndef VERNIER_RUNTIME_EXPONENTIALUNITS_H
#define VERNIER_RUNTIME_EXPONENTIALUNITS_H

#include "vernier/Numerics/ErrorFunction.h"

namespace mlir::vernier::runtime {

/// x where positive, e^x - 1 elsewhere.
struct Elu {
  float operator()(float x) const {
    if (!(x < 0))
      return x;
    const double v = x;
    // Near 0 the difference would cancel; the next term is below 2^-50 of the
    // result.
    if (v > -0x1p-12)
      return static_cast<float>(v + numerics::product(numerics::product(v, v), 0.5 + v / 6));
    return static_cast<float>(numerics::portableExp(v) - 1.0);
  }
};

/// x * Phi(x) with the normal distribution's Phi.
struct Gelu {
  float operator()(float x) const {
    const double v = x;
    if (x == -std::numeric_limits<float>::infinity())
      return 0.0f;
    return static_cast<float>(
        numerics::product(0.5 * v, numerics::portableErfc(numerics::product(-v, 0.70710678118654752440))));
  }
};

/// 0.5 x (1 + tanh(sqrt(2 / pi) * (x + 0.044715 x^3))).
struct GeluTanh {
  float operator()(float x) const {
    const double v = x;
    if (x == -std::numeric_limits<float>::infinity())
      return 0.0f;
    const double cube = numerics::product(numerics::product(v, v), v);
    const double inner = numerics::product(0.79788456080286535588, v + numerics::product(0.044715, cube));
    return static_cast<float>(numerics::product(0.5 * v, 1.0 + numerics::portableTanh(inner)));
  }
};

} // namespace mlir::vernier::runtime

#endif // VERNIER_RUNTIME_EXPONENTIALUNITS_H
