//===- Binary.cpp - Arithmetic on two tensors that broadcast ----*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Broadcast.h"
#include "UnsignedForm.h"
#include "vernier/Runtime/Activation.h"
#include "vernier/Runtime/Arithmetic.h"
#include "vernier/Runtime/IntegerArithmetic.h"
#include "vernier/Runtime/NotNegative.h"
#include "vernier/Runtime/Reduce.h"
#include "vernier/Runtime/StridedCopy.h"
#include <cmath>

namespace mlir::vernier {
namespace {

using numerics::AffineParams;
using numerics::FusedActivation;
using numerics::QuantizedRange;
using Broadcast = runtime::Traversal<2>;

/// The element class of both operands and the result, or Other where they differ; quantization parameters aside.
ElementClass commonClass(const KernelRequest &request) {
  const ElementClass element = classify(request.operands[0]);
  return classify(request.operands[1]) == element && classify(request.results[0]) == element ? element
                                                                                             : ElementClass::Other;
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

/// `kernel`, behind a check that no divisor is stored as `zero`.
template <typename T> PlannedKernel withoutDivisor(const KernelRequest &request, PlannedKernel kernel, T zero = T(0)) {
  const auto report = [](InFlightDiagnostic error, const KernelMemory &) -> LogicalResult {
    return error << "divides by zero";
  };
  return inOrder({makeFallibleCall(request, report, VERNIER_KERNEL("IntegerArithmetic.h", runtime::noneIs), zero,
                                   request.operands[1].elements(), In<T>{1}),
                  std::move(kernel)});
}

/// Integers that stand for themselves; `Stored` types are divided as stored, whatever their parameters.
template <template <typename> class Function, typename... Stored>
FailureOr<PlannedKernel> planDivision(const KernelRequest &request, const Broadcast &plan) {
  if (commonClass(request) == ElementClass::Other)
    return unsupportedTypes(request);
  return forTypes<int32_t, int64_t, Stored...>(request, request.operands[0], [&](auto element) {
    using T = decltype(element);
    return withoutDivisor<T>(request, makeBinary<T>(plan, Function<T>()));
  });
}

/// The parameters of an operator on 8 or 16 bits.
struct QuantizedBinary {
  ElementClass storage;
  AffineParams lhs, rhs, output;
};
std::optional<QuantizedBinary> quantizedBinary(const KernelRequest &request) {
  QuantizedBinary q{commonClass(request), {}, {}, {}};
  auto lhs = affine(request.operands[0], q.storage), rhs = affine(request.operands[1], q.storage);
  auto output = affine(request.results[0], q.storage);
  if (!lhs || !rhs || !output)
    return std::nullopt;
  // 16 bits have no zero point.
  const bool isWide = q.storage == ElementClass::Int16 && !lhs->zeroPoint && !rhs->zeroPoint && !output->zeroPoint;
  if (q.storage != ElementClass::Int8 && q.storage != ElementClass::UInt8 && !isWide)
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
  if (storage == ElementClass::Int16)
    return makeBinary<int16_t>(plan, function);
  return makeBinary<int8_t>(plan, function);
}

/// XNNPACK's sum, whose bias holds both zero points.
PlannedKernel makeXnnpackSum(ElementClass storage, const Broadcast &plan, const runtime::AddXnnpack &sum) {
  PlannedKernel kernel = makeQuantized(storage, plan, sum);
  kernel = mayBeUnsigned(std::move(kernel), 1, {{"3.2", -kUnsignedShift * sum.lhsMultiplier}});
  kernel = mayBeUnsigned(std::move(kernel), 2, {{"3.2", -kUnsignedShift * sum.rhsMultiplier}});
  return mayHaveUnsignedResults(std::move(kernel), 4, "3.4");
}

/// What LiteRT takes for one: the logarithm is close to whole.
bool isPowerOfTwo(float scale) {
  const double exponent = std::log2(double(scale));
  return std::fabs(exponent - std::nearbyint(exponent)) < 1e-3;
}

/// ADD of equal shapes in 16 bits: the optimized kernel takes 16 elements at a time, and what is left as the reference
/// does.
PlannedKernel makeWideSum(int64_t size, const runtime::AddFixedPoint &sum) {
  const auto map = VERNIER_KERNEL("Elementwise.h,Activation.h,Arithmetic.h", runtime::mapElements);
  const int64_t inGroups = size / 16 * 16;
  PlannedKernel rest = elementwise(makeCall(map, size - inGroups, In<int16_t>{0, inGroups}, In<int16_t>{1, inGroups},
                                            sum, Out<int16_t>{0, inGroups}));
  if (inGroups == 0)
    return rest;
  PlannedKernel groups = elementwise(
      makeCall(map, inGroups, In<int16_t>{0}, In<int16_t>{1}, runtime::makeAddRoundedOnce(sum), Out<int16_t>()));
  return inGroups == size ? groups : inOrder({std::move(groups), std::move(rest)});
}

/// ADD and SUB.
template <typename Op, typename Float, template <typename> class Integer>
FailureOr<PlannedKernel> planSum(Op op, const KernelRequest &request) {
  constexpr bool subtract = std::is_same_v<Op, nn::SubOp>;
  auto plan = planBroadcast<2>(request);
  auto activation = fusedActivation(request, op.getFusedActivationFunction());
  if (failed(plan) || failed(activation))
    return failure();
  if (commonClass(request) == ElementClass::Float32)
    return makeBinary<float>(*plan, Float{numerics::activationRange(*activation)});
  if (auto q = quantizedBinary(request)) {
    const bool isWide = q->storage == ElementClass::Int16;
    if (isWide && op.getPotScaleInt16() && isPowerOfTwo(q->lhs.scale) && isPowerOfTwo(q->rhs.scale) &&
        isPowerOfTwo(q->output.scale))
      return request.unsupported() << "16-bit sums of powers of two as scales";
    const bool xnnpack =
        request.isLiteRT() && !isWide && runtime::xnnpackTakesAdd(q->lhs.scale, q->rhs.scale, q->output.scale);
    const QuantizedRange range = activationRange(*activation, q->output, q->storage, xnnpack);
    if (xnnpack)
      return makeXnnpackSum(q->storage, *plan,
                            runtime::makeAddXnnpack(q->lhs, q->rhs, q->output.scale, range, subtract));
    const auto sum = runtime::makeAddFixedPoint(q->lhs, q->rhs, q->output.scale, range, subtract, isWide ? 15 : 20);
    if (request.isLiteRT() && isWide && !subtract && request.operands[0].shape == request.operands[1].shape)
      return makeWideSum(request.results[0].elements(), sum);
    return makeQuantized(q->storage, *plan, sum);
  }
  return planIntegers(request, *plan, [&](auto element) {
    using T = decltype(element);
    return runtime::Clamped<T, Integer<T>>{{}, runtime::integerRange<T>(*activation)};
  });
}

FailureOr<PlannedKernel> planMul(nn::MulOp op, const KernelRequest &request) {
  auto plan = planBroadcast<2>(request);
  auto activation = fusedActivation(request, op.getFusedActivationFunction());
  if (failed(plan) || failed(activation))
    return failure();
  if (commonClass(request) == ElementClass::Float32)
    return makeBinary<float>(*plan, runtime::MulFloat{numerics::activationRange(*activation)});
  if (auto q = quantizedBinary(request)) {
    const bool xnnpack = request.isLiteRT() && q->storage != ElementClass::Int16 &&
                         runtime::xnnpackTakesMul(q->lhs.scale, q->rhs.scale, q->output.scale);
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
  auto plan = planBroadcast<2>(request);
  auto activation = fusedActivation(request, op.getFusedActivationFunction());
  if (failed(plan) || failed(activation))
    return failure();
  if (commonClass(request) == ElementClass::Float32)
    return makeBinary<float>(*plan, runtime::DivFloat{numerics::activationRange(*activation)});
  if (auto q = quantizedBinary(request)) {
    const QuantizedRange range = activationRange(*activation, q->output, q->storage, /*xnnpack=*/false);
    const auto function = runtime::makeDivFixedPoint(q->lhs, q->rhs, q->output.scale, range);
    const bool isWide = q->storage == ElementClass::Int16;
    if (function.multiplier.shift > (isWide ? 15 : 22))
      return request.unsupported() << "input scales over output scale are too large";
    PlannedKernel kernel = makeQuantized(q->storage, *plan, function);
    if (isWide)
      return withoutDivisor<int16_t>(request, std::move(kernel));
    return q->storage == ElementClass::UInt8
               ? withoutDivisor<uint8_t>(request, std::move(kernel), uint8_t(q->rhs.zeroPoint))
               : withoutDivisor<int8_t>(request, std::move(kernel), int8_t(q->rhs.zeroPoint));
  }
  if (*activation != FusedActivation::None)
    return request.unsupported() << "a fused activation on integers";
  return planDivision<runtime::DivInteger>(request, *plan);
}

FailureOr<PlannedKernel> planFloorDiv(nn::FloorDivOp, const KernelRequest &request) {
  auto plan = planBroadcast<2>(request);
  if (failed(plan))
    return failure();
  if (commonClass(request) == ElementClass::Float32)
    return makeBinary<float>(*plan, runtime::FloorDivFloat());
  return planDivision<runtime::FloorDivInteger, int8_t, int16_t>(request, *plan);
}

FailureOr<PlannedKernel> planFloorMod(nn::FloorModOp, const KernelRequest &request) {
  auto plan = planBroadcast<2>(request);
  if (failed(plan))
    return failure();
  if (commonClass(request) == ElementClass::Float32)
    return makeBinary<float>(*plan, runtime::FloorModFloat());
  return planDivision<runtime::FloorModInteger, int8_t, int16_t>(request, *plan);
}

/// MAXIMUM and MINIMUM compare stored values, whatever their parameters.
template <typename Op, typename Function> FailureOr<PlannedKernel> planExtremum(Op, const KernelRequest &request) {
  auto plan = planBroadcast<2>(request);
  if (failed(plan))
    return failure();
  if (commonClass(request) == ElementClass::Other)
    return unsupportedTypes(request);
  return forTypes<float, int8_t, uint8_t, int16_t, int32_t, int64_t>(
      request, request.operands[0], [&](auto element) { return makeBinary<decltype(element)>(*plan, Function()); });
}

FailureOr<PlannedKernel> planSquaredDifference(nn::SquaredDifferenceOp, const KernelRequest &request) {
  auto plan = planBroadcast<2>(request);
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
  auto plan = planBroadcast<2>(request);
  if (failed(plan) || failed(expectResultShape(request, request.operands[0].shape)))
    return failure();
  if (commonClass(request) == ElementClass::Float32)
    return makeBinary<float>(*plan, runtime::Prelu());
  if (auto q = quantizedBinary(request); q && q->storage != ElementClass::Int16) {
    const QuantizedRange range{q->output.zeroPoint, lowest(q->storage), highest(q->storage)};
    return makeQuantized(q->storage, *plan, runtime::makePreluFixedPoint(q->lhs, q->rhs, q->output.scale, range));
  }
  return unsupportedTypes(request);
}

/// A function of float values alone.
template <typename Op, typename Function> FailureOr<PlannedKernel> planFloat(Op, const KernelRequest &request) {
  auto plan = planBroadcast<2>(request);
  if (failed(plan))
    return failure();
  if (commonClass(request) != ElementClass::Float32)
    return unsupportedTypes(request);
  return makeBinary<float>(*plan, Function());
}

FailureOr<PlannedKernel> planPow(nn::PowOp op, const KernelRequest &request) {
  if (commonClass(request) != ElementClass::Int32 || !isPlain(request))
    return planFloat<nn::PowOp, runtime::PowFloat>(op, request);
  auto plan = planBroadcast<2>(request);
  if (failed(plan))
    return failure();
  const auto report = [](InFlightDiagnostic error, const KernelMemory &) -> LogicalResult {
    return error << "has a negative exponent of integers";
  };
  return inOrder({makeFallibleCall(request, report, VERNIER_KERNEL("NotNegative.h", runtime::areNotNegative),
                                   request.operands[1].elements(), In<int32_t>{1}),
                  makeBinary<int32_t>(*plan, runtime::PowInteger<int32_t>())});
}

/// Bits as they are stored, whatever they stand for.
template <typename Op, template <typename> class Function>
FailureOr<PlannedKernel> planBits(Op, const KernelRequest &request) {
  auto plan = planBroadcast<2>(request);
  if (failed(plan))
    return failure();
  if (commonClass(request) == ElementClass::Other)
    return unsupportedTypes(request);
  return forTypes<int8_t, uint8_t, int16_t, int32_t>(request, request.operands[0], [&](auto element) {
    using T = decltype(element);
    return makeBinary<T>(*plan, Function<T>());
  });
}

FailureOr<PlannedKernel> planAddN(nn::AddNOp, const KernelRequest &request) {
  if (request.operands.empty())
    return request.error() << "expected tensors to add, got none";
  if (!request.knowsShape())
    return expectResultShape(request, request.operands[0].shape);
  for (const TensorRef &input : request.operands) {
    if (input.shape != request.results[0].shape)
      return request.error() << "expected inputs of shape " << formatDims(request.results[0].shape) << ", got "
                             << formatDims(input.shape);
    if (input.elementType != request.results[0].elementType || isQuantized(input))
      return unsupportedTypes(request);
  }
  return forTypes<float, int32_t>(request, request.results[0], [&](auto element) {
    using T = decltype(element);
    const int64_t size = request.results[0].elements();
    using Sum = std::conditional_t<std::is_same_v<T, float>, runtime::SumFold, runtime::AddInteger<T>>;
    std::vector<PlannedKernel> calls = {makeCall(VERNIER_KERNEL("StridedCopy.h", runtime::copyBlocks), int64_t(1), size,
                                                 size, size, In<T>{0}, Out<T>())};
    for (unsigned index = 1; index < request.operands.size(); ++index)
      calls.push_back(makeCall(VERNIER_KERNEL("Elementwise.h,IntegerArithmetic.h,Reduce.h", runtime::accumulate), size,
                               In<T>{index}, Sum(), Out<T>()));
    return inOrder(std::move(calls));
  });
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
      row<nn::PowOp, planPow>(),
      row<nn::Atan2Op, planFloat<nn::Atan2Op, runtime::Atan2Float>>(),
      row<nn::BitwiseXorOp, planBits<nn::BitwiseXorOp, runtime::XorInteger>>(),
      row<nn::RightShiftOp, planBits<nn::RightShiftOp, runtime::ShiftInteger>>(),
      row<nn::AddNOp, planAddN>(),
  };
  return rows;
}

} // namespace mlir::vernier
