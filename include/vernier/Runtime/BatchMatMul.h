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

namespace detail {
/// Calls `multiply(lhs, rhs, output)` for each pair of matrices.
template <class L, class R, class Output, class Multiply>
inline void forEachMatrix(const BatchMatMulParams &p, const Traversal<2> &batches, const L *lhs, const R *rhs,
                          Output *output, Multiply multiply) {
  const int64_t left = int64_t(p.rows) * p.depth, right = int64_t(p.depth) * p.columns;
  const int64_t result = int64_t(p.rows) * p.columns;
  forEachRun(batches, [&](int64_t at, const int64_t (&offsets)[2], const int64_t (&steps)[2], int32_t length) {
    for (int32_t i = 0; i < length; ++i)
      multiply(lhs + (offsets[0] + i * steps[0]) * left, rhs + (offsets[1] + i * steps[1]) * right,
               output + (at + i) * result);
  });
}
} // namespace detail

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

/// A product for each pair of matrices that `batches` makes meet; `scratch` has batchMatMulScratch(p) floats.
inline void batchMatMulFloat(const FloatKernels &kernels, const BatchMatMulParams &p, const Traversal<2> &batches,
                             const float *lhs, const float *rhs, float *scratch, float *output) {
  detail::forEachMatrix(p, batches, lhs, rhs, output, [&](const float *x, const float *y, float *out) {
    matMulFloat(kernels, p, x, y, scratch, out);
  });
}
template <class Isa>
inline void batchMatMulFloat(const BatchMatMulParams &p, const Traversal<2> &batches, const float *lhs,
                             const float *rhs, float *scratch, float *output) {
  batchMatMulFloat(makeFloatKernels<Isa>(), p, batches, lhs, rhs, scratch, output);
}

/// Elements that the integer form orders operands in: the right one as weights, [columns][depth].
constexpr int64_t batchMatMulIntegerScratch(const BatchMatMulParams &p) {
  return (p.adjointRhs ? 0 : int64_t(p.depth) * p.columns) + (p.adjointLhs ? int64_t(p.depth) * p.rows : 0);
}
/// The integer form on int8 or int16, whose sums have 64 bits; `product` has the sizes of one matrix product and the
/// zero points.
template <class T, class Requantizer>
inline void batchMatMulInteger(const BatchMatMulParams &p, const Traversal<2> &batches,
                               const FullyConnectedParams &product, const T *lhs, const T *rhs,
                               const Requantizer &requantize, T *scratch, T *output) {
  const int32_t swap[] = {1, 0};
  const typename std::conditional<sizeof(T) == 2, int64_t, int32_t>::type *noBias = nullptr;
  T *left = scratch + (p.adjointRhs ? 0 : int64_t(p.depth) * p.columns);
  detail::forEachMatrix(p, batches, lhs, rhs, output, [&](const T *x, const T *y, T *out) {
    if (!p.adjointRhs) {
      stridedCopy(makeTranspose({2, {p.depth, p.columns}}, swap), y, scratch);
      y = scratch;
    }
    if (p.adjointLhs) {
      stridedCopy(makeTranspose({2, {p.depth, p.rows}}, swap), x, left);
      x = left;
    }
    fullyConnected(product, x, y, noBias, requantize, out);
  });
}

} // namespace mlir::vernier::runtime

#endif // VERNIER_RUNTIME_BATCHMATMUL_H
