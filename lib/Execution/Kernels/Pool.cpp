//===- Pool.cpp - AVERAGE_POOL_2D, L2_POOL_2D and MAX_POOL_2D ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "vernier/Runtime/Pool.h"
#include "Weights.h"

namespace mlir::vernier {
namespace {

using runtime::Pool2DParams;

template <typename Op> FailureOr<Pool2DParams> poolParams(Op op, const KernelRequest &request) {
  const TensorRef &input = request.operands[0];
  if (failed(expectRank(request, input, 4, "an input")))
    return failure();
  Pool2DParams p{};
  p.batches = input.shape[0];
  p.inputHeight = input.shape[1];
  p.inputWidth = input.shape[2];
  p.channels = input.shape[3];
  p.filterHeight = op.getFilterHeight();
  p.filterWidth = op.getFilterWidth();
  p.strideHeight = op.getStrideH();
  p.strideWidth = op.getStrideW();
  auto rows = planWindow(request, op.getPadding(), {p.inputHeight, p.filterHeight, p.strideHeight, 1});
  if (failed(rows))
    return failure();
  auto columns = planWindow(request, op.getPadding(), {p.inputWidth, p.filterWidth, p.strideWidth, 1});
  if (failed(columns))
    return failure();
  // Sums of 8-bit values have 32 bits.
  const int64_t cells =
      std::min<int64_t>(p.filterHeight, p.inputHeight) * std::min<int64_t>(p.filterWidth, p.inputWidth);
  if (cells > int64_t(1) << 15 && classify(input) == ElementClass::Int16)
    return request.unsupported() << "a window of " << cells << " cells is too large";
  if (cells > int64_t(1) << 23)
    return request.unsupported() << "a window of " << cells << " cells is too large";
  p.padTop = rows->pad;
  p.padLeft = columns->pad;
  p.outputHeight = rows->output;
  p.outputWidth = columns->output;
  if (failed(expectResultShape(request, {p.batches, p.outputHeight, p.outputWidth, p.channels})))
    return failure();
  return p;
}

/// Calls `function(T(), range)` for the integer type of input and result, which share their parameters.
template <typename Function>
FailureOr<PlannedKernel> forIntegers(const KernelRequest &request, numerics::FusedActivation activation, bool xnnpack,
                                     Function function) {
  const TensorRef &input = request.operands[0];
  const ElementClass storage = classify(input);
  auto parameters = affine(input, storage);
  if (failed(expectSameType(request, {input, request.results[0]})))
    return failure();
  if (parameters) {
    const numerics::QuantizedRange range = activationRange(activation, *parameters, storage, xnnpack);
    if (storage == ElementClass::Int8)
      return function(int8_t(), range);
    if (storage == ElementClass::UInt8)
      return function(uint8_t(), range);
    if (storage == ElementClass::Int16)
      return function(int16_t(), range);
  }
  return request.unsupported() << "pooling of elements of type " << input.elementType;
}

FailureOr<PlannedKernel> planAveragePool2D(nn::AveragePool2DOp op, const KernelRequest &request) {
  auto p = poolParams(op, request);
  auto activation = fusedActivation(request, op.getFusedActivationFunction());
  if (failed(p) || failed(activation))
    return failure();
  if (isFloat(request.operands[0]) && isFloat(request.results[0]))
    return byRows(makeCall(VERNIER_KERNEL("Pool.h", runtime::averagePool2D), *p, In<float>{0},
                           numerics::activationRange(*activation), Out<float>()));
  // XNNPACK has no 8-bit form.
  return forIntegers(request, *activation, /*xnnpack=*/false, [&](auto element, numerics::QuantizedRange range) {
    using T = decltype(element);
    return byRows(
        makeCall(VERNIER_KERNEL("Pool.h", runtime::averagePool2D), *p, In<T>{0}, range.min, range.max, Out<T>()));
  });
}

FailureOr<PlannedKernel> planL2Pool2D(nn::L2Pool2DOp op, const KernelRequest &request) {
  auto p = poolParams(op, request);
  auto activation = fusedActivation(request, op.getFusedActivationFunction());
  if (failed(p) || failed(activation))
    return failure();
  if (!isFloat(request.operands[0]) || !isFloat(request.results[0]))
    return request.unsupported() << "pooling of elements of type " << request.operands[0].elementType;
  return byRows(makeCall(VERNIER_KERNEL("Pool.h", runtime::l2Pool2D), *p, In<float>{0},
                         numerics::activationRange(*activation), Out<float>()));
}

FailureOr<PlannedKernel> planMaxPool2D(nn::MaxPool2DOp op, const KernelRequest &request) {
  auto p = poolParams(op, request);
  auto activation = fusedActivation(request, op.getFusedActivationFunction());
  if (failed(p) || failed(activation))
    return failure();
  if (isFloat(request.operands[0]) && isFloat(request.results[0])) {
    const numerics::FloatRange range = numerics::activationRange(*activation);
    return byRows(
        makeCall(VERNIER_KERNEL("Pool.h", runtime::maxPool2D), *p, In<float>{0}, range.min, range.max, Out<float>()));
  }
  return forIntegers(request, *activation, request.isLiteRT(), [&](auto element, numerics::QuantizedRange range) {
    using T = decltype(element);
    return byRows(
        makeCall(VERNIER_KERNEL("Pool.h", runtime::maxPool2D), *p, In<T>{0}, T(range.min), T(range.max), Out<T>()));
  });
}

} // namespace

ArrayRef<KernelRow> poolKernels() {
  static const KernelRow rows[] = {row<nn::AveragePool2DOp, planAveragePool2D>(), row<nn::MaxPool2DOp, planMaxPool2D>(),
                                   row<nn::L2Pool2DOp, planL2Pool2D>()};
  return rows;
}

} // namespace mlir::vernier
