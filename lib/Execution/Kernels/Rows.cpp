//===- Rows.cpp - Normalizations of the last dimension ----------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Call.h"
#include "ElementTypes.h"
#include "vernier/Runtime/L2Normalization.h"
#include "vernier/Runtime/LocalResponseNormalization.h"
#include "vernier/Runtime/Softmax.h"
#include "vernier/Runtime/Softmax16.h"
#include <cmath>

namespace mlir::vernier {
namespace {

struct Rows {
  int64_t count;
  int32_t depth;
};

FailureOr<Rows> planRows(const KernelRequest &request) {
  const TensorRef &input = request.operands[0];
  if (input.shape.empty())
    return request.error() << "expected an input with dimensions, got a scalar";
  if (failed(expectResultShape(request, input.shape)))
    return failure();
  const int64_t depth = input.shape.back();
  return Rows{depth ? input.elements() / depth : 0, int32_t(depth)};
}

/// Scale and zero point of both sides of an 8-bit operator.
struct QuantizedRows {
  ElementClass storage;
  numerics::AffineParams input, output;
};
FailureOr<QuantizedRows> quantizedRows(const KernelRequest &request) {
  const ElementClass storage = classify(request.operands[0]);
  auto input = affine(request.operands[0], storage), output = affine(request.results[0], storage);
  if (!input || !output || (storage != ElementClass::Int8 && storage != ElementClass::UInt8))
    return request.unsupported() << "elements of type " << request.operands[0].elementType << " with results of type "
                                 << request.results[0].elementType;
  return QuantizedRows{storage, *input, *output};
}

bool isFloatOperator(const KernelRequest &request) {
  return isFloat(request.operands[0]) && isFloat(request.results[0]);
}

/// Sums of exponentials have twelve integer bits.
LogicalResult checkFixedPoint(const KernelRequest &request, const Rows &rows, float scale, float beta) {
  if (rows.depth >= 1 << 12)
    return request.unsupported() << "rows of " << rows.depth << " elements, whose sum has more than 12 integer bits";
  if (!(double(beta) * double(scale) * (1 << 26) > 1.0))
    return request.unsupported() << "an input scale of " << double(scale) << " with beta " << double(beta);
  return success();
}

/// 16 bits, in Q0.15.
FailureOr<PlannedKernel> planSoftmax16(const KernelRequest &request, const Rows &rows, float beta) {
  auto input = affine(request.operands[0], ElementClass::Int16),
       output = affine(request.results[0], ElementClass::Int16);
  if (!input || !output || input->zeroPoint || output->zeroPoint || output->scale != 1.0f / 32768 ||
      rows.depth >= 1 << 16)
    return request.unsupported() << "elements of type " << request.operands[0].elementType << " with results of type "
                                 << request.results[0].elementType;
  const auto scale = numerics::quantizeMultiplier(double(numerics::product(input->scale, beta)) / (10.0 / 65535.0));
  if (!(beta >= 0) || scale.shift > 14)
    return request.unsupported() << "an input scale of " << double(input->scale) << " with beta " << double(beta);
  std::vector<int16_t> exponentials(numerics::interpolatedEntries16), reciprocals(numerics::interpolatedEntries16);
  runtime::fillSoftmaxTables16(exponentials.data(), reciprocals.data());
  return makeCall(VERNIER_KERNEL("Softmax16.h", runtime::softmax16), rows.count, rows.depth, scale,
                  Prepared<int16_t>(std::move(exponentials)), Prepared<int16_t>(std::move(reciprocals)), In<int16_t>{0},
                  Out<int16_t>());
}

FailureOr<PlannedKernel> planSoftmax(nn::SoftmaxOp op, const KernelRequest &request) {
  auto rows = planRows(request);
  if (failed(rows))
    return failure();
  const float beta = op.getBeta().convertToFloat();
  if (isFloatOperator(request))
    return makeCall(VERNIER_KERNEL("Softmax.h", runtime::softmax), rows->count, rows->depth, beta, In<float>{0},
                    Out<float>());
  if (classify(request.operands[0]) == ElementClass::Int16)
    return planSoftmax16(request, *rows, beta);
  auto q = quantizedRows(request);
  if (failed(q))
    return failure();
  if (!std::isfinite(beta) || beta < 0)
    return request.error() << "expected a beta that is finite and not negative, got " << double(beta);
  if (!request.isLiteRT() && failed(checkFixedPoint(request, *rows, q->input.scale, beta)))
    return failure();
  const auto build = [&](auto element) {
    using T = decltype(element);
    if (request.isLiteRT()) {
      std::vector<float> table(256);
      runtime::fillSoftmaxTable(q->input.scale, beta, table.data());
      return makeCall(VERNIER_KERNEL("Softmax.h", runtime::softmaxTable), rows->count, rows->depth,
                      Prepared<float>(std::move(table)), q->output, In<T>{0}, Out<T>());
    }
    return makeCall(VERNIER_KERNEL("Softmax.h", runtime::softmaxFixedPoint), rows->count, rows->depth,
                    runtime::makeSoftmaxFixedPoint(q->input.scale, beta), In<T>{0}, Out<T>());
  };
  return q->storage == ElementClass::UInt8 ? build(uint8_t()) : build(int8_t());
}

FailureOr<PlannedKernel> planLogSoftmax(nn::LogSoftmaxOp, const KernelRequest &request) {
  auto rows = planRows(request);
  if (failed(rows))
    return failure();
  if (isFloatOperator(request))
    return makeCall(VERNIER_KERNEL("Softmax.h", runtime::logSoftmax), rows->count, rows->depth, In<float>{0},
                    Out<float>());
  auto q = quantizedRows(request);
  if (failed(q))
    return failure();
  if (request.isLiteRT()) {
    std::vector<float> table(256);
    runtime::fillSoftmaxTable(q->input.scale, 1.0f, table.data());
    const auto build = [&](auto element) {
      using T = decltype(element);
      return makeCall(VERNIER_KERNEL("Softmax.h", runtime::logSoftmaxTable), rows->count, rows->depth,
                      Prepared<float>(std::move(table)), q->input.scale, q->output, In<T>{0}, Out<T>());
    };
    return q->storage == ElementClass::UInt8 ? build(uint8_t()) : build(int8_t());
  }
  if (q->storage != ElementClass::Int8)
    return request.unsupported() << "elements of type " << request.operands[0].elementType;
  if (failed(checkFixedPoint(request, *rows, q->input.scale, 1.0f)))
    return failure();
  return makeCall(VERNIER_KERNEL("Softmax.h", runtime::logSoftmaxFixedPoint), rows->count, rows->depth,
                  runtime::makeLogSoftmaxFixedPoint(q->input.scale), In<int8_t>{0}, Out<int8_t>());
}

FailureOr<PlannedKernel> planL2Normalization(nn::L2NormalizationOp op, const KernelRequest &request) {
  auto rows = planRows(request);
  if (failed(rows))
    return failure();
  if (op.getFusedActivationFunction() != nn::Activation::NONE)
    return request.unsupported() << "no kernel fuses an activation";
  if (isFloatOperator(request))
    return makeCall(VERNIER_KERNEL("L2Normalization.h", runtime::l2Normalization), rows->count, rows->depth,
                    In<float>{0}, Out<float>());
  auto q = quantizedRows(request);
  if (failed(q))
    return failure();
  return forTypes<int8_t, uint8_t>(request, request.operands[0], [&](auto element) {
    using T = decltype(element);
    return makeCall(VERNIER_KERNEL("L2Normalization.h", runtime::l2Normalization), rows->count, rows->depth,
                    q->input.zeroPoint, In<T>{0}, Out<T>());
  });
}

FailureOr<PlannedKernel> planLocalResponse(nn::LocalResponseNormalizationOp op, const KernelRequest &request) {
  auto rows = planRows(request);
  if (failed(rows))
    return failure();
  if (!isFloatOperator(request))
    return request.unsupported() << "elements of type " << request.operands[0].elementType;
  const runtime::LocalResponseParams p{std::max(int32_t(op.getRadius()), -1), op.getBias().convertToFloat(),
                                       op.getAlpha().convertToFloat(), op.getBeta().convertToFloat()};
  return makeCall(VERNIER_KERNEL("LocalResponseNormalization.h", runtime::localResponseNormalization), p, rows->count,
                  rows->depth, In<float>{0}, Out<float>());
}

} // namespace

ArrayRef<KernelRow> rowKernels() {
  static const KernelRow rows[] = {
      row<nn::SoftmaxOp, planSoftmax>(),
      row<nn::LogSoftmaxOp, planLogSoftmax>(),
      row<nn::L2NormalizationOp, planL2Normalization>(),
      row<nn::LocalResponseNormalizationOp, planLocalResponse>(),
  };
  return rows;
}

} // namespace mlir::vernier
