//===- BatchMatMulHybrid.h - BATCH_MATMUL with dynamic range ----*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_RUNTIME_BATCHMATMULHYBRID_H
#define VERNIER_RUNTIME_BATCHMATMULHYBRID_H

#include "vernier/Runtime/BatchMatMul.h"
#include "vernier/Runtime/DynamicRange.h"

namespace mlir::vernier::runtime {

/// The matrices, whose right sides are [columns][depth], and which ones meet.
struct BatchMatMulHybridParams {
  BatchMatMulParams matrix;
  Traversal<2> batches;
};

/// Bytes that one product needs: the left side in row order, if it is adjoint, and one row of integers.
constexpr int64_t batchMatMulHybridScratch(const BatchMatMulParams &p) {
  return (p.adjointLhs ? int64_t(sizeof(float)) * p.rows * p.depth : 0) + p.depth;
}

/// A float left side and a right side of int8 weights, with one scale for each column or one for all. Each row of the
/// left side is quantized when it comes. `scratch` is aligned as floats are.
template <class QuantizeRow, class Scale>
inline void batchMatMulHybrid(const BatchMatMulHybridParams &params, const QuantizeRow &quantizeRow, const Scale &scale,
                              const float *lhs, const int8_t *rhs, const float *scales, int32_t channelStride,
                              const float *bias, const numerics::FloatRange &range, int8_t *scratch, float *output) {
  const BatchMatMulParams &p = params.matrix;
  float *ordered = reinterpret_cast<float *>(scratch);
  int8_t *stored = scratch + batchMatMulHybridScratch(p) - p.depth;
  const int32_t swap[] = {1, 0};
  detail::forEachMatrix(p, params.batches, lhs, rhs, output, [&](const float *x, const int8_t *y, float *out) {
    if (p.adjointLhs) {
      stridedCopy(makeTranspose({2, {p.depth, p.rows}}, swap), x, ordered);
      x = ordered;
    }
    fullyConnectedHybrid({p.rows, p.depth, p.columns, 0, 0}, quantizeRow, scale, x, y, scales, channelStride, bias,
                         range, stored, out);
  });
}

} // namespace mlir::vernier::runtime

#endif // VERNIER_RUNTIME_BATCHMATMULHYBRID_H
