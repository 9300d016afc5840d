//===- BatchMatMul.h - float BATCH_MATMUL -----------------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A batch of matrix products through the same tiles as FULLY_CONNECTED: the
// right side is packed at run time into a buffer of the caller's.
//===----------------------------------------------------------------------===//

#ifndef VERNIER_RUNTIME_BATCHMATMUL_H
#define VERNIER_RUNTIME_BATCHMATMUL_H

#include "vernier/Runtime/Float/Kernels.h"
#include "vernier/Runtime/StridedCopy.h"

namespace mlir::vernier::runtime {

/// y[b] = op(lhs[b]) * op(rhs[b]); op transposes if asked. lhs [rows][depth]
/// or, adjoint, [depth][rows]; rhs [depth][columns] or [columns][depth]. A
/// batch of the left or right side that is broadcast has a step of 0.
struct BatchMatMulParams {
  int32_t rows, depth, columns;
  bool adjointLhs, adjointRhs;
};

/// Floats that one product needs: the packed right side and, if adjoint, the
/// left side in row order.
constexpr int64_t batchMatMulScratch(const BatchMatMulParams &p) {
  return packedFloatSize(p.depth, p.columns) + (p.adjointLhs ? int64_t(p.rows) * p.depth : 0);
}

/// One product of a batch.
inline void matMulFloat(const FloatKernels &kernels, const BatchMatMulParams &p, const float *lhs, const float *rhs,
                        float *scratch, float *output) {
  (p.adjointRhs ? packFloatFilter : packFloatMatrix)(p.depth, p.columns, rhs, scratch);
  if (p.adjointLhs) {
    float *ordered = scratch + packedFloatSize(p.depth, p.columns);
    const int32_t swap[] = {1, 0};
    stridedCopy(makeTranspose({2, {p.depth, p.rows}}, swap), lhs, ordered);
    lhs = ordered;
  }
  kernels.fullyConnected({p.rows, p.depth, p.columns, 0, 0}, lhs, scratch, nullptr, {}, output);
}

} // namespace mlir::vernier::runtime

#endif // VERNIER_RUNTIME_BATCHMATMUL_H
