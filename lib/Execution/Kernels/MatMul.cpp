//===- MatMul.cpp - Products of two activations -----------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "FloatIsa.h"
#include "Hybrid.h"
#include "Weights.h"
#include "vernier/Numerics/Requantize.h"
#include "vernier/Runtime/BatchMatMul.h"
#include "vernier/Runtime/BatchMatMulHybrid.h"
#include "vernier/Runtime/FullyConnected.h"
#include <cmath>

namespace mlir::vernier {
namespace {

using numerics::NumericsTarget;

/// The matrices of a batch: which ones meet, and their sizes.
struct MatMulPlan {
  runtime::BatchMatMulParams matrix;
  runtime::Traversal<2> batches;
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

/// Float activations over int8 weights, which are known while planning: they are brought to [columns][depth] there.
FailureOr<PlannedKernel> planHybridMatMul(nn::BatchMatmulOp op, const KernelRequest &request, const MatMulPlan &plan) {
  const TensorRef &rhs = request.operands[1];
  const unsigned rank = rhs.shape.size();
  const WeightedOperands at{0, 1, kNoOperand, rank - (op.getAdjY() ? 2 : 1)};
  if (!rhs.data || classify(rhs) != ElementClass::Int8)
    return request.unsupported() << "float activations over " << (rhs.data ? "" : "computed ") << "elements of type "
                                 << rhs.elementType;
  auto hybrid = planHybrid(request, at, WeightedKind::FullyConnected, op.getAsymmetricQuantizeInputs());
  if (failed(hybrid))
    return failure();
  const runtime::BatchMatMulHybridParams p{plan.matrix, plan.batches};
  const int64_t depth = p.matrix.depth, columns = p.matrix.columns;
  if (!op.getAdjY()) {
    auto ordered = std::make_shared<std::vector<int8_t>>(rhs.elements());
    for (int64_t i = 0, e = ordered->size(); i < e; ++i) {
      const int64_t within = i % (depth * columns);
      (*ordered)[i] = rhs.as<const int8_t>()[i - within + within % depth * columns + within / depth];
    }
    hybrid->unpacked = std::move(ordered);
  }
  // One right side meets all rows of the left ones, as they lie in memory.
  if (!p.matrix.adjointLhs && depth > 0 && columns > 0 && rhs.elements() == depth * columns)
    return makeHybridMatrix(request, *hybrid, at,
                            {int32_t(request.operands[0].elements() / depth), int32_t(depth), int32_t(columns), 0, 0},
                            numerics::FusedActivation::None);
  return makeHybridKernel(*hybrid, at, VERNIER_KERNEL("BatchMatMulHybrid.h", runtime::batchMatMulHybrid), p,
                          runtime::batchMatMulHybridScratch(p.matrix), numerics::FusedActivation::None);
}

FailureOr<PlannedKernel> planBatchMatMul(nn::BatchMatmulOp op, const KernelRequest &request) {
  auto plan = planMatrices(op, request);
  if (failed(plan))
    return failure();
  const TensorRef &lhs = request.operands[0], &rhs = request.operands[1], &output = request.results[0];
  if (isFloat(lhs) && isFloat(rhs) && isFloat(output)) {
    PlannedKernel kernel =
        makeCall(makeKernelFunction(
                     "BatchMatMul.h", "runtime::batchMatMulFloat",
                     [](const auto &...arguments) { runtime::batchMatMulFloat(floatKernels(), arguments...); },
                     KernelIsa::Float),
                 plan->matrix, plan->batches, In<float>{0}, In<float>{1}, Scratch<float>(), Out<float>());
    kernel.scratchBytes = runtime::batchMatMulScratch(plan->matrix) * int64_t(sizeof(float));
    return kernel;
  }

  if (isFloat(lhs) && isQuantized(rhs) && isFloat(output))
    return planHybridMatMul(op, request, *plan);
  const bool isWide = classify(lhs) == ElementClass::Int16;
  const ElementClass storage = isWide ? ElementClass::Int16 : ElementClass::Int8;
  auto x = affine(lhs, storage), y = affine(rhs, storage), out = affine(output, storage);
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
  const numerics::QuantizedRange range{out->zeroPoint, lowest(storage), highest(storage)};
  const auto &p = plan->matrix;
  if (isWide && (x->zeroPoint || y->zeroPoint || out->zeroPoint || multiplier.shift >= 8 || multiplier.shift < -31))
    return request.unsupported() << "zero points, or input scales over output scale that are out of range";
  const runtime::FullyConnectedParams product{p.rows, p.depth, p.columns, x->zeroPoint, y->zeroPoint};
  auto data = std::make_shared<RequantizerData>();
  data->range = range;
  data->floats = {scale};
  data->fixed = {multiplier};
  data->channels = 1;
  const auto call = [&](auto element, auto requantizer) {
    using T = decltype(element);
    PlannedKernel kernel =
        makeCall(VERNIER_KERNEL("BatchMatMul.h", runtime::batchMatMulInteger), p, plan->batches, product, In<T>{0},
                 In<T>{1}, PreparedRequantizer<decltype(requantizer)>{requantizer, data}, Scratch<T>(), Out<T>());
    kernel.scratchBytes = runtime::batchMatMulIntegerScratch(p) * int64_t(sizeof(T));
    return kernel;
  };
  if (isWide)
    return call(int16_t(), numerics::FixedPoint64Requantizer{data->fixed.data(), 0, range});
  if (xnnpack)
    return call(int8_t(), numerics::FloatRequantizer{data->floats.data(), 0, range});
  return call(int8_t(), numerics::FixedPointRequantizer{data->fixed.data(), 0, range});
}

} // namespace

ArrayRef<KernelRow> matMulKernels() {
  static const KernelRow rows[] = {row<nn::BatchMatmulOp, planBatchMatMul>()};
  return rows;
}

} // namespace mlir::vernier
