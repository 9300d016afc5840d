//===- HybridDense.h - Recurrent operators over int8 weights ----*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The float kernels of Recurrent.h, Lstm.h and Svdf.h with dynamic range: each vector is quantized before it meets a
// matrix, and the sum is scaled back to float.
//===----------------------------------------------------------------------===//

#ifndef VERNIER_RUNTIME_HYBRIDDENSE_H
#define VERNIER_RUNTIME_HYBRIDDENSE_H

#include "vernier/Numerics/DynamicRange.h"
#include "vernier/Runtime/DotProduct.h"
#include "vernier/Runtime/Recurrent.h"
#include <cstring>

namespace mlir::vernier::runtime {

/// Floats that a matrix takes: its scale, then its weights in bytes.
constexpr int64_t packedHybridSize(int64_t inputs, int64_t outputs) { return 1 + (inputs * outputs + 3) / 4; }

/// Packs weights [outputs][inputs] of one scale for HybridDense.
inline void packHybridMatrix(int64_t inputs, int64_t outputs, const int8_t *weights, float scale, float *packed) {
  packed[packedHybridSize(inputs, outputs) - 1] = 0;
  packed[0] = scale;
  std::memcpy(packed + 1, weights, static_cast<size_t>(inputs * outputs));
}

/// The product that recurrent kernels are handed where their matrices are packed by packHybridMatrix. `stored` has room
/// for a vector of the widest of them.
template <class QuantizeRow> struct HybridDense {
  int8_t *stored;

  void operator()(const DenseMatrix &matrix, int32_t rows, const float *x, const float *bias, float *y) const {
    const int8_t *weights = reinterpret_cast<const int8_t *>(matrix.packed + 1);
    for (int32_t r = 0; r < rows; ++r, x += matrix.inputs) {
      const numerics::RowParameters row = QuantizeRow()(matrix.inputs, x, stored);
      const float scale = numerics::product(row.scale, matrix.packed[0]);
      const int8_t *w = weights;
      for (int32_t o = 0; o < matrix.outputs; ++o, w += matrix.inputs) {
        const int32_t sum = dotProduct(matrix.inputs, stored, row.zeroPoint, w);
        *y++ = (bias ? bias[o] : 0.0f) + numerics::product(static_cast<float>(sum), scale);
      }
    }
  }
};

/// Runs a float kernel of Recurrent.h, Lstm.h or Svdf.h on such matrices.
template <class QuantizeRow, class Kernel, class... Arguments>
inline void runHybridRecurrent(const QuantizeRow &, int8_t *stored, const Kernel &kernel,
                               const Arguments &...arguments) {
  kernel(HybridDense<QuantizeRow>{stored}, arguments...);
}

} // namespace mlir::vernier::runtime

#endif // VERNIER_RUNTIME_HYBRIDDENSE_H
