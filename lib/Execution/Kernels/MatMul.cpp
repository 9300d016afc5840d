//===- MatMul.cpp - Products of two activations -----------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "FloatIsa.h"
#include "Planner.h"
#include "vernier/Numerics/Requantize.h"
#include "vernier/Runtime/BatchMatMul.h"
#include "vernier/Runtime/FullyConnected.h"
#include <cmath>

namespace mlir::vernier {
namespace {

using numerics::NumericsTarget;

/// The matrices of a batch: which ones meet, and their sizes.
struct MatMulPlan {
  runtime::BatchMatMulParams matrix;
  runtime::Traversal<2> batches;

  /// Calls `multiply(lhs, rhs, output)` for each pair of matrices.
  template <typename T, typename Multiply>
  void forEach(const T *lhs, const T *rhs, T *output, Multiply multiply) const {
    const int64_t left = int64_t(matrix.rows) * matrix.depth, right = int64_t(matrix.depth) * matrix.columns;
    const int64_t result = int64_t(matrix.rows) * matrix.columns;
    runtime::forEachRun(batches,
                        [&](int64_t at, const int64_t (&offsets)[2], const int64_t (&steps)[2], int32_t length) {
                          for (int32_t i = 0; i < length; ++i)
                            multiply(lhs + (offsets[0] + i * steps[0]) * left,
                                     rhs + (offsets[1] + i * steps[1]) * right, output + (at + i) * result);
                        });
  }
};

FailureOr<MatMulPlan> planMatrices(nn::BatchMatmulOp op, const KernelRequest &request) {
  ArrayRef<int64_t> lhs = request.operands[0].shape, rhs = request.operands[1].shape;
  if (lhs.size() < 2 || rhs.size() < 2)
    return request.error() << "expected matrices, got shapes " << formatDims(lhs) << " and " << formatDims(rhs);
  auto left = toShape(request, lhs.drop_back(2)), right = toShape(request, rhs.drop_back(2));
  if (failed(left) || failed(right))
    return failure();
  const bool adjointX = op.getAdjX(), adjointY = op.getAdjY();
  const int64_t rows = lhs[lhs.size() - 2 + adjointX], depth = lhs[lhs.size() - 1 - adjointX];
  const int64_t inner = rhs[rhs.size() - 2 + adjointY], columns = rhs[rhs.size() - 1 - adjointY];
  MatMulPlan plan;
  const runtime::Shape batches[] = {*left, *right};
  if (depth != inner || !runtime::makeBroadcast(batches, plan.batches))
    return request.error() << "expected matrices that multiply, got shapes " << formatDims(lhs) << " and "
                           << formatDims(rhs);
  const size_t rank = std::max(lhs.size(), rhs.size());
  SmallVector<int64_t> expected;
  for (size_t i = 0; i + 2 < rank; ++i) {
    const int64_t x = i + lhs.size() < rank ? 1 : lhs[i + lhs.size() - rank];
    const int64_t y = i + rhs.size() < rank ? 1 : rhs[i + rhs.size() - rank];
    expected.push_back(x == 1 ? y : x);
  }
  expected.append({rows, columns});
  if (failed(expectResultShape(request, expected)))
    return failure();
  plan.matrix = {int32_t(rows), int32_t(depth), int32_t(columns), adjointX, adjointY};
  return plan;
}

/// As the weights of a fully connected operator: [columns][depth].
void orderRight(const runtime::BatchMatMulParams &p, const int8_t *rhs, int8_t *ordered) {
  const int32_t swap[] = {1, 0};
  runtime::stridedCopy(runtime::makeTranspose({2, {p.depth, p.columns}}, swap), rhs, ordered);
}
void orderLeft(const runtime::BatchMatMulParams &p, const int8_t *lhs, int8_t *ordered) {
  const int32_t swap[] = {1, 0};
  runtime::stridedCopy(runtime::makeTranspose({2, {p.depth, p.rows}}, swap), lhs, ordered);
}

FailureOr<PlannedKernel> planBatchMatMul(nn::BatchMatmulOp op, const KernelRequest &request) {
  auto plan = planMatrices(op, request);
  if (failed(plan))
    return failure();
  const TensorRef &lhs = request.operands[0], &rhs = request.operands[1], &output = request.results[0];
  if (isFloat(lhs) && isFloat(rhs) && isFloat(output))
    return makeKernel(
        [plan = *plan](const KernelMemory &m) {
          plan.forEach(m.operand<float>(0), m.operand<float>(1), m.result<float>(),
                       [&](const float *x, const float *y, float *out) {
                         runtime::matMulFloat(floatKernels(), plan.matrix, x, y, reinterpret_cast<float *>(m.scratch),
                                              out);
                       });
        },
        runtime::batchMatMulScratch(plan->matrix) * int64_t(sizeof(float)));

  auto x = affine(lhs, ElementClass::Int8), y = affine(rhs, ElementClass::Int8),
       out = affine(output, ElementClass::Int8);
  if (!x || !y || !out)
    return request.unsupported() << "elements of types " << lhs.elementType << " and " << rhs.elementType
                                 << " with results of type " << output.elementType;
  // XNNPACK wants a right side without a zero point.
  const bool xnnpack = request.isLiteRT() && y->zeroPoint == 0;
  const float scale = numerics::effectiveScaleFloat(x->scale, y->scale, out->scale);
  if (!std::isfinite(scale))
    return request.unsupported() << "input scales over output scale are too large";
  const auto multiplier =
      numerics::quantizeMultiplier(numerics::effectiveScaleFloatProduct(x->scale, y->scale, out->scale));
  const numerics::QuantizedRange range{out->zeroPoint, -128, 127};
  const auto &p = plan->matrix;
  const runtime::FullyConnectedParams product{p.rows, p.depth, p.columns, x->zeroPoint, y->zeroPoint};
  const int64_t rightBytes = p.adjointRhs ? 0 : int64_t(p.depth) * p.columns;
  const int64_t leftBytes = p.adjointLhs ? int64_t(p.depth) * p.rows : 0;
  return makeKernel(
      [=, plan = *plan](const KernelMemory &m) {
        auto *right = reinterpret_cast<int8_t *>(m.scratch), *left = right + rightBytes;
        plan.forEach(m.operand<int8_t>(0), m.operand<int8_t>(1), m.result<int8_t>(),
                     [&](const int8_t *x, const int8_t *y, int8_t *out) {
                       if (rightBytes) {
                         orderRight(plan.matrix, y, right);
                         y = right;
                       }
                       if (leftBytes) {
                         orderLeft(plan.matrix, x, left);
                         x = left;
                       }
                       const int32_t *noBias = nullptr;
                       if (xnnpack)
                         runtime::fullyConnected(product, x, y, noBias, numerics::FloatRequantizer{&scale, 0, range},
                                                 out);
                       else
                         runtime::fullyConnected(product, x, y, noBias,
                                                 numerics::FixedPointRequantizer{&multiplier, 0, range}, out);
                     });
      },
      rightBytes + leftBytes);
}

} // namespace

ArrayRef<KernelRow> matMulKernels() {
  static const KernelRow rows[] = {row<nn::BatchMatmulOp, planBatchMatMul>()};
  return rows;
}

} // namespace mlir::vernier
