//===- Binary.cpp - Arithmetic on two tensors that broadcast ----*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Call.h"
#include "vernier/Runtime/Activation.h"
#include "vernier/Runtime/Arithmetic.h"
#include "vernier/Runtime/Elementwise.h"
#include "vernier/Runtime/IntegerArithmetic.h"

namespace mlir::vernier {
namespace {

using numerics::AffineParams;
using numerics::FusedActivation;
using numerics::QuantizedRange;
using Broadcast = runtime::Traversal<2>;

FailureOr<Broadcast> planBroadcast(const KernelRequest &request) {
  const TensorRef &lhs = request.operands[0], &rhs = request.operands[1];
  FailureOr<runtime::Shape> left = toShape(request, lhs.shape), right = toShape(request, rhs.shape);
  if (failed(left) || failed(right))
    return failure();
  Broadcast plan;
  const runtime::Shape shapes[] = {*left, *right};
  if (!runtime::makeBroadcast(shapes, plan))
    return request.error() << "expected operands that broadcast, got shapes " << formatDims(lhs.shape) << " and "
                           << formatDims(rhs.shape);
  SmallVector<int64_t> shape;
  const size_t rank = std::max(lhs.shape.size(), rhs.shape.size());
  const auto size = [&](const TensorRef &tensor, size_t i) {
    const size_t missing = rank - tensor.shape.size();
    return i < missing ? 1 : tensor.shape[i - missing];
  };
  for (size_t i = 0; i < rank; ++i)
    shape.push_back(size(lhs, i) == 1 ? size(rhs, i) : size(lhs, i));
  if (failed(expectResultShape(request, shape)))
    return failure();
  return plan;
}

template <typename T, typename Function> PlannedKernel makeBinary(const Broadcast &plan, const Function &function) {
  const auto map =
      VERNIER_KERNEL("Elementwise.h,Activation.h,Arithmetic.h,IntegerArithmetic.h", runtime::mapElements);
  if (plan.rank == 1 && plan.strides[0][0] == 1 && plan.strides[1][0] == 1)
    return makeCall(map, int64_t(plan.dims[0]), In<T>{0}, In<T>{1}, function, Out<T>());
  return makeCall(map, plan, In<T>{0}, In<T>{1}, function, Out<T>());
}

/// The element class of both operands and the result, or Other where they differ; quantization parameters aside.
ElementClass commonClass(const KernelRequest &request) {
  const ElementClass element = classify(request.operands[0]);
  return classify(request.operands[1]) == element && classify(request.results[0]) == element ? element
                                                                                             : ElementClass::Other;
}

InFlightDiagnostic unsupportedTypes(const KernelRequest &request) {
  InFlightDiagnostic diagnostic = request.unsupported();
  diagnostic << "elements of types " << request.operands[0].elementType << " and " << request.operands[1].elementType
             << " with results of type " << request.results[0].elementType;
  return diagnostic;
}

/// Whether neither operand nor the result is quantized.
bool isPlain(const KernelRequest &request) {
  return !isQuantized(request.operands[0]) && !isQuantized(request.operands[1]) && !isQuantized(request.results[0]);
}

/// Integers that stand for themselves, of 32 or 64 bits: `make(T())` is the function on them.
template <typename Make>
FailureOr<PlannedKernel> planIntegers(const KernelRequest &request, const Broadcast &plan, Make make) {
  if (isPlain(request)) {
    if (commonClass(request) == ElementClass::Int32)
      return makeBinary<int32_t>(plan, make(int32_t()));
    if (commonClass(request) == ElementClass::Int64)
      return makeBinary<int64_t>(plan, make(int64_t()));
  }
  return unsupportedTypes(request);
}

/// `kernel`, behind a check that no divisor is 0.
template <typename T> PlannedKernel withoutZeroDivisor(const KernelRequest &request, PlannedKernel kernel) {
  const auto report = [](InFlightDiagnostic error, const KernelMemory &) -> LogicalResult {
    return error << "divides by zero";
  };
  return inOrder({makeFallibleCall(request, report, VERNIER_KERNEL("IntegerArithmetic.h", runtime::noneIsZero),
                                   request.operands[1].elements(), In<T>{1}),
                  std::move(kernel)});
}

template <template <typename> class Function>
FailureOr<PlannedKernel> planDivision(const KernelRequest &request, const Broadcast &plan) {
  if (isPlain(request)) {
    if (commonClass(request) == ElementClass::Int32)
      return withoutZeroDivisor<int32_t>(request, makeBinary<int32_t>(plan, Function<int32_t>()));
    if (commonClass(request) == ElementClass::Int64)
      return withoutZeroDivisor<int64_t>(request, makeBinary<int64_t>(plan, Function<int64_t>()));
  }
  return unsupportedTypes(request);
}

/// The parameters of an 8-bit operator.
struct QuantizedBinary {
  ElementClass storage;
  AffineParams lhs, rhs, output;
};
std::optional<QuantizedBinary> quantizedBinary(const KernelRequest &request) {
  QuantizedBinary q{commonClass(request), {}, {}, {}};
  auto lhs = affine(request.operands[0], q.storage), rhs = affine(request.operands[1], q.storage);
  auto output = affine(request.results[0], q.storage);
  if (!lhs || !rhs || !output || (q.storage != ElementClass::Int8 && q.storage != ElementClass::UInt8))
    return std::nullopt;
  q.lhs = *lhs;
  q.rhs = *rhs;
  q.output = *output;
  return q;
}

template <typename Function>
PlannedKernel makeQuantized(ElementClass storage, const Broadcast &plan, const Function &function) {
  if (storage == ElementClass::UInt8)
    return makeBinary<uint8_t>(plan, function);
  return makeBinary<int8_t>(plan, function);
}

/// ADD and SUB.
template <typename Op, typename Float, template <typename> class Integer>
FailureOr<PlannedKernel> planSum(Op op, const KernelRequest &request) {
  constexpr bool subtract = std::is_same_v<Op, nn::SubOp>;
  auto plan = planBroadcast(request);
  auto activation = fusedActivation(request, op.getFusedActivationFunction());
  if (failed(plan) || failed(activation))
    return failure();
  if (commonClass(request) == ElementClass::Float32)
    return makeBinary<float>(*plan, Float{numerics::activationRange(*activation)});
  if (auto q = quantizedBinary(request)) {
    const bool xnnpack = request.isLiteRT() && runtime::xnnpackTakesAdd(q->lhs.scale, q->rhs.scale, q->output.scale);
    const QuantizedRange range = activationRange(*activation, q->output, q->storage, xnnpack);
    if (xnnpack)
      return makeQuantized(q->storage, *plan,
                           runtime::makeAddXnnpack(q->lhs, q->rhs, q->output.scale, range, subtract));
    return makeQuantized(q->storage, *plan,
                         runtime::makeAddFixedPoint(q->lhs, q->rhs, q->output.scale, range, subtract));
  }
  return planIntegers(request, *plan, [&](auto element) {
    using T = decltype(element);
    return runtime::Clamped<T, Integer<T>>{{}, runtime::integerRange<T>(*activation)};
  });
}

FailureOr<PlannedKernel> planMul(nn::MulOp op, const KernelRequest &request) {
  auto plan = planBroadcast(request);
  auto activation = fusedActivation(request, op.getFusedActivationFunction());
  if (failed(plan) || failed(activation))
    return failure();
  if (commonClass(request) == ElementClass::Float32)
    return makeBinary<float>(*plan, runtime::MulFloat{numerics::activationRange(*activation)});
  if (auto q = quantizedBinary(request)) {
    const bool xnnpack = request.isLiteRT() && runtime::xnnpackTakesMul(q->lhs.scale, q->rhs.scale, q->output.scale);
    const QuantizedRange range = activationRange(*activation, q->output, q->storage, xnnpack);
    if (xnnpack)
      return makeQuantized(q->storage, *plan, runtime::makeMulXnnpack(q->lhs, q->rhs, q->output.scale, range));
    return makeQuantized(q->storage, *plan, runtime::makeMulFixedPoint(q->lhs, q->rhs, q->output.scale, range));
  }
  return planIntegers(request, *plan, [&](auto element) {
    using T = decltype(element);
    return runtime::Clamped<T, runtime::MulInteger<T>>{{}, runtime::integerRange<T>(*activation)};
  });
}

FailureOr<PlannedKernel> planDiv(nn::DivOp op, const KernelRequest &request) {
  auto plan = planBroadcast(request);
  auto activation = fusedActivation(request, op.getFusedActivationFunction());
  if (failed(plan) || failed(activation))
    return failure();
  if (commonClass(request) == ElementClass::Float32)
    return makeBinary<float>(*plan, runtime::DivFloat{numerics::activationRange(*activation)});
  if (*activation != FusedActivation::None)
    return request.unsupported() << "a fused activation on integers";
  return planDivision<runtime::DivInteger>(request, *plan);
}

FailureOr<PlannedKernel> planFloorDiv(nn::FloorDivOp, const KernelRequest &request) {
  auto plan = planBroadcast(request);
  if (failed(plan))
    return failure();
  if (commonClass(request) == ElementClass::Float32)
    return makeBinary<float>(*plan, runtime::FloorDivFloat());
  return planDivision<runtime::FloorDivInteger>(request, *plan);
}

FailureOr<PlannedKernel> planFloorMod(nn::FloorModOp, const KernelRequest &request) {
  auto plan = planBroadcast(request);
  if (failed(plan))
    return failure();
  if (commonClass(request) == ElementClass::Float32)
    return makeBinary<float>(*plan, runtime::FloorModFloat());
  return planDivision<runtime::FloorModInteger>(request, *plan);
}

/// MAXIMUM and MINIMUM compare stored values, whatever their parameters.
template <typename Op, typename Function> FailureOr<PlannedKernel> planExtremum(Op, const KernelRequest &request) {
  auto plan = planBroadcast(request);
  if (failed(plan))
    return failure();
  switch (commonClass(request)) {
  case ElementClass::Float32:
    return makeBinary<float>(*plan, Function());
  case ElementClass::Int8:
    return makeBinary<int8_t>(*plan, Function());
  case ElementClass::UInt8:
    return makeBinary<uint8_t>(*plan, Function());
  case ElementClass::Int16:
    return makeBinary<int16_t>(*plan, Function());
  case ElementClass::Int32:
    return makeBinary<int32_t>(*plan, Function());
  case ElementClass::Int64:
    return makeBinary<int64_t>(*plan, Function());
  default:
    return unsupportedTypes(request);
  }
}

FailureOr<PlannedKernel> planSquaredDifference(nn::SquaredDifferenceOp, const KernelRequest &request) {
  auto plan = planBroadcast(request);
  if (failed(plan))
    return failure();
  if (commonClass(request) == ElementClass::Float32)
    return makeBinary<float>(*plan, runtime::SquaredDifferenceFloat());
  auto q = quantizedBinary(request);
  if (q && q->storage == ElementClass::Int8) {
    const QuantizedRange range{q->output.zeroPoint, lowest(q->storage), highest(q->storage)};
    return makeBinary<int8_t>(*plan, runtime::makeSquaredDifferenceFixedPoint(q->lhs, q->rhs, q->output.scale, range));
  }
  return planIntegers(request, *plan,
                      [](auto element) { return runtime::SquaredDifferenceInteger<decltype(element)>(); });
}

FailureOr<PlannedKernel> planPrelu(nn::PreluOp, const KernelRequest &request) {
  auto plan = planBroadcast(request);
  if (failed(plan) || failed(expectResultShape(request, request.operands[0].shape)))
    return failure();
  if (commonClass(request) == ElementClass::Float32)
    return makeBinary<float>(*plan, runtime::Prelu());
  if (auto q = quantizedBinary(request)) {
    const QuantizedRange range{q->output.zeroPoint, lowest(q->storage), highest(q->storage)};
    return makeQuantized(q->storage, *plan, runtime::makePreluFixedPoint(q->lhs, q->rhs, q->output.scale, range));
  }
  return unsupportedTypes(request);
}

} // namespace

ArrayRef<KernelRow> binaryKernels() {
  static const KernelRow rows[] = {
      row<nn::AddOp, planSum<nn::AddOp, runtime::AddFloat, runtime::AddInteger>>(),
      row<nn::SubOp, planSum<nn::SubOp, runtime::SubFloat, runtime::SubInteger>>(),
      row<nn::MulOp, planMul>(),
      row<nn::DivOp, planDiv>(),
      row<nn::FloorDivOp, planFloorDiv>(),
      row<nn::FloorModOp, planFloorMod>(),
      row<nn::MaximumOp, planExtremum<nn::MaximumOp, runtime::Maximum>>(),
      row<nn::MinimumOp, planExtremum<nn::MinimumOp, runtime::Minimum>>(),
      row<nn::SquaredDifferenceOp, planSquaredDifference>(),
      row<nn::PreluOp, planPrelu>(),
  };
  return rows;
}

} // namespace mlir::vernier
