//===- LocalResponseNormalization.h - By the neighbours of a channel ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_RUNTIME_LOCALRESPONSENORMALIZATION_H
#define VERNIER_RUNTIME_LOCALRESPONSENORMALIZATION_H

#include "vernier/Numerics/Trigonometry.h"

namespace mlir::vernier::runtime {

/// How many channels on either side count, and the numbers of the formula below.
struct LocalResponseParams {
  int32_t radius;
  float bias, alpha, beta;
};

/// y[c] = x[c] * (bias + alpha * sum of x[i]^2 for |i - c| <= radius)^-beta in
/// each of `rows` rows of `depth` channels.
inline void localResponseNormalization(const LocalResponseParams &p, int64_t rows, int32_t depth, const float *input,
                                       float *output) {
  for (int64_t row = 0; row < rows; ++row, input += depth, output += depth)
    for (int32_t c = 0; c < depth; ++c) {
      const int32_t first = c < p.radius ? 0 : c - p.radius;
      const int32_t last = depth - 1 - c < p.radius ? depth - 1 : c + p.radius;
      double squares = 0;
      for (int32_t i = first; i <= last; ++i)
        squares += numerics::product(static_cast<double>(input[i]), static_cast<double>(input[i]));
      const double base = static_cast<double>(p.bias) + numerics::product(static_cast<double>(p.alpha), squares);
      output[c] = static_cast<float>(
          numerics::product(static_cast<double>(input[c]), numerics::portablePow(base, -static_cast<double>(p.beta))));
    }
}

} // namespace mlir::vernier::runtime

#endif // VERNIER_RUNTIME_LOCALRESPONSENORMALIZATION_H
