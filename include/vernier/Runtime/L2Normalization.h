//===- L2Normalization.h - L2_NORMALIZATION ---------------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Rows divided by their Euclidean norm; rows are the innermost dimension.
//===----------------------------------------------------------------------===//

#ifndef VERNIER_RUNTIME_L2NORMALIZATION_H
#define VERNIER_RUNTIME_L2NORMALIZATION_H

#include "vernier/Numerics/FixedPointFunctions.h"
#include <cmath>

namespace mlir::vernier::runtime {

/// y = x / max(sqrt(sum x^2), 1e-6). input, output [rows][depth]; may be one
/// buffer.
inline void l2Normalization(int64_t rows, int32_t depth, const float *input, float *output) {
  for (; rows > 0; --rows, input += depth, output += depth) {
    float sum = 0;
    for (int32_t c = 0; c < depth; ++c)
      sum += numerics::product(input[c], input[c]);
    const float norm = std::sqrt(sum);
    for (int32_t c = 0; c < depth; ++c)
      output[c] = input[c] / (norm < 1e-6f ? 1e-6f : norm);
  }
}

/// int8 and uint8, every kernel set: the output has scale 1/128 and zero point 0
/// or 128. int8 folds 128 into the shift, uint8 into the value.
template <class T>
inline void l2Normalization(int64_t rows, int32_t depth, int32_t inputZeroPoint, const T *input, T *output) {
  constexpr bool isUnsigned = std::numeric_limits<T>::min() == 0;
  for (; rows > 0; --rows, input += depth, output += depth) {
    int32_t sum = 0;
    for (int32_t c = 0; c < depth; ++c)
      sum = numerics::wrapAdd(sum, (input[c] - inputZeroPoint) * (input[c] - inputZeroPoint));
    numerics::FixedPointMultiplier inverse = numerics::inverseSqrt(sum);
    inverse.shift += isUnsigned ? 0 : 7;
    for (int32_t c = 0; c < depth; ++c) {
      const int32_t difference = (input[c] - inputZeroPoint) * (isUnsigned ? 128 : 1);
      output[c] = numerics::saturatingCast<T>(numerics::multiplyByQuantizedMultiplier(difference, inverse) +
                                              (isUnsigned ? 128 : 0));
    }
  }
}

} // namespace mlir::vernier::runtime

#endif // VERNIER_RUNTIME_L2NORMALIZATION_H
