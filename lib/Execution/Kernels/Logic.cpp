//===- Logic.cpp - Comparison, logic and selection ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Broadcast.h"
#include "vernier/Runtime/Compare.h"

namespace mlir::vernier {
namespace {

template <typename Op, typename Comparison> FailureOr<PlannedKernel> planCompare(Op, const KernelRequest &request) {
  const TensorRef &lhs = request.operands[0], &rhs = request.operands[1];
  auto plan = planBroadcast<2>(request);
  if (failed(plan))
    return failure();
  if (classify(lhs) != classify(rhs) || classify(request.results[0]) != ElementClass::Bool)
    return unsupportedTypes(request);
  auto left = affine(lhs, classify(lhs)), right = affine(rhs, classify(lhs));
  // LiteRT orders stored values of 16 bits, whatever their scales.
  constexpr bool isEquality = std::is_same_v<Op, nn::EqualOp> || std::is_same_v<Op, nn::NotEqualOp>;
  if (left && right && (isEquality || classify(lhs) != ElementClass::Int16))
    return forTypes<int8_t, uint8_t, int16_t>(request, lhs, [&](auto element) {
      return makeBinary<decltype(element), uint8_t>(*plan, runtime::makeCompareQuantized<Comparison>(*left, *right));
    });
  // Booleans compare as the bytes that they are stored in.
  if (classify(lhs) == ElementClass::Bool)
    return makeBinary<uint8_t>(*plan, runtime::CompareBooleans<Comparison>());
  return forTypes<float, int8_t, uint8_t, int16_t, int32_t, int64_t>(
      request, lhs, [&](auto element) { return makeBinary<decltype(element), uint8_t>(*plan, Comparison()); });
}

template <typename Op, typename Function> FailureOr<PlannedKernel> planLogical(Op, const KernelRequest &request) {
  auto plan = planBroadcast<2>(request);
  if (failed(plan))
    return failure();
  for (const TensorRef &tensor : {request.operands[0], request.operands[1], request.results[0]})
    if (classify(tensor) != ElementClass::Bool)
      return unsupportedTypes(request);
  return makeBinary<uint8_t>(*plan, Function());
}

FailureOr<PlannedKernel> planNot(nn::LogicalNotOp, const KernelRequest &request) {
  const TensorRef &input = request.operands[0];
  if (failed(expectResultShape(request, input.shape)))
    return failure();
  if (classify(input) != ElementClass::Bool || classify(request.results[0]) != ElementClass::Bool)
    return unsupportedTypes(request);
  return makeCall(VERNIER_KERNEL("Elementwise.h,Compare.h", runtime::mapElements), input.elements(), In<uint8_t>{0},
                  runtime::LogicalNot(), Out<uint8_t>());
}

/// Bytes of an element that is selected.
FailureOr<unsigned> selectedBytes(const KernelRequest &request) {
  const unsigned bytes = elementBytes(request.results[0].elementType);
  if (!bytes || classify(request.operands[0]) != ElementClass::Bool ||
      classify(request.operands[1]) != classify(request.results[0]) ||
      classify(request.operands[2]) != classify(request.results[0]))
    return unsupportedTypes(request);
  return bytes;
}

PlannedKernel makeSelection(unsigned bytes, const runtime::Traversal<3> &plan) {
  return forElementSize(bytes, [&](auto element) {
    using T = decltype(element);
    return makeCall(VERNIER_KERNEL("Elementwise.h", runtime::select), plan, In<uint8_t>{0}, In<T>{1}, In<T>{2},
                    Out<T>());
  });
}

FailureOr<PlannedKernel> planSelectV2(nn::SelectV2Op, const KernelRequest &request) {
  auto plan = planBroadcast<3>(request);
  auto bytes = selectedBytes(request);
  if (failed(plan) || failed(bytes))
    return failure();
  return makeSelection(*bytes, *plan);
}

/// SELECT: a condition of lower rank chooses among slices of dimension 0.
FailureOr<PlannedKernel> planSelect(nn::SelectOp, const KernelRequest &request) {
  ArrayRef<int64_t> condition = request.operands[0].shape, shape = request.operands[1].shape;
  auto bytes = selectedBytes(request);
  auto whole = toShape(request, shape);
  if (failed(bytes) || failed(whole) || failed(expectResultShape(request, shape)))
    return failure();
  if (request.operands[2].shape != shape)
    return request.error() << "expected operands of one shape, got " << formatDims(shape) << " and "
                           << formatDims(request.operands[2].shape);
  const bool isScalar = request.operands[0].elements() == 1;
  const bool isVector = condition.size() == 1 && !shape.empty() && condition[0] == shape[0];
  if (condition != shape && !isScalar && !isVector)
    return request.error() << "expected a condition that fits " << formatDims(shape) << ", got "
                           << formatDims(condition);
  runtime::Shape chooser = *whole;
  if (condition != shape)
    for (int i = 0; i < chooser.rank; ++i)
      if (isScalar || i > 0)
        chooser.dims[i] = 1;
  const runtime::Shape shapes[] = {chooser, *whole, *whole};
  runtime::Traversal<3> plan;
  const bool fits = runtime::makeBroadcast(shapes, plan);
  assert(fits && "a condition of ones and equal sizes broadcasts");
  (void)fits;
  return makeSelection(*bytes, plan);
}

} // namespace

ArrayRef<KernelRow> logicKernels() {
  static const KernelRow rows[] = {
      row<nn::EqualOp, planCompare<nn::EqualOp, runtime::Equal>>(),
      row<nn::NotEqualOp, planCompare<nn::NotEqualOp, runtime::NotEqual>>(),
      row<nn::LessOp, planCompare<nn::LessOp, runtime::Less>>(),
      row<nn::LessEqualOp, planCompare<nn::LessEqualOp, runtime::LessEqual>>(),
      row<nn::GreaterOp, planCompare<nn::GreaterOp, runtime::Greater>>(),
      row<nn::GreaterEqualOp, planCompare<nn::GreaterEqualOp, runtime::GreaterEqual>>(),
      row<nn::LogicalAndOp, planLogical<nn::LogicalAndOp, runtime::LogicalAnd>>(),
      row<nn::LogicalOrOp, planLogical<nn::LogicalOrOp, runtime::LogicalOr>>(),
      row<nn::LogicalNotOp, planNot>(),
      row<nn::SelectOp, planSelect>(),
      row<nn::SelectV2Op, planSelectV2>(),
  };
  return rows;
}

} // namespace mlir::vernier
