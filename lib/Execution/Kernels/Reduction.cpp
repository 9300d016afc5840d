//===- Reduction.cpp - Means, sums, extrema and their indices ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Call.h"
#include "ElementTypes.h"
#include "vernier/Interfaces/ConstantData.h"
#include "vernier/Runtime/Compare.h"
#include "vernier/Runtime/Elementwise.h"
#include "vernier/Runtime/IntegerArithmetic.h"
#include "vernier/Runtime/Reduce.h"
#include "vernier/Runtime/StridedCopy.h"
#include <cmath>

namespace mlir::vernier {
namespace {

/// Which dimensions disappear.
struct Reduction {
  runtime::Shape shape;
  runtime::ReducedAxes reduced = {};
  /// Elements for each result, and how many results there are.
  int64_t count = 1, results = 1;
};

FailureOr<Reduction> planReduction(const KernelRequest &request, bool keepDims) {
  ArrayRef<int64_t> input = request.operands[0].shape;
  auto shape = toShape(request, input);
  auto axes = constantIntegers(request, 1, "axes");
  if (failed(shape) || failed(axes))
    return failure();
  Reduction r;
  r.shape = *shape;
  for (int32_t at : *axes) {
    auto axis = normalizeAxis(request, at, input.size());
    if (failed(axis))
      return failure();
    r.reduced.dims[*axis] = true;
  }
  SmallVector<int64_t> expected;
  for (auto [d, size] : llvm::enumerate(input)) {
    (r.reduced.dims[d] ? r.count : r.results) *= size;
    if (!r.reduced.dims[d] || keepDims)
      expected.push_back(r.reduced.dims[d] ? 1 : size);
  }
  if (failed(expectResultShape(request, expected)))
    return failure();
  if (r.count == 0 && r.results != 0)
    return request.error() << "reduces no elements of shape " << formatDims(input);
  return r;
}

const auto kFill = VERNIER_KERNEL("Reduce.h", runtime::fill);
const auto kReduce = VERNIER_KERNEL("Reduce.h,IntegerArithmetic.h", runtime::reduce);
const auto kMap = VERNIER_KERNEL("Elementwise.h,Reduce.h", runtime::mapElements);

/// Folds into the result itself, from `initial`.
template <typename T, typename Fold> std::vector<PlannedKernel> foldResult(const Reduction &r, T initial, Fold fold) {
  return {makeCall(kFill, r.results, initial, Out<T>()),
          makeCall(kReduce, r.shape, r.reduced, In<T>{0}, fold, Out<T>())};
}

/// A sum, divided by `divisor`.
template <typename T, typename Fold> PlannedKernel makeDirectSum(const Reduction &r, Fold fold, T divisor) {
  std::vector<PlannedKernel> calls = foldResult<T>(r, T(0), fold);
  if (divisor != T(1))
    calls.push_back(makeCall(kMap, r.results, Out<T>(), runtime::DivideBy<T>{divisor}, Out<T>()));
  return inOrder(std::move(calls));
}

/// Sums 8-bit values in 32 bits, then requantizes.
template <typename T, typename Requantize> PlannedKernel makeSum(const Reduction &r, const Requantize &requantize) {
  PlannedKernel kernel =
      inOrder({makeCall(kFill, r.results, int32_t(0), Scratch<int32_t>()),
               makeCall(kReduce, r.shape, r.reduced, In<T>{0}, runtime::SumFold(), Scratch<int32_t>()),
               makeCall(kMap, r.results, Scratch<int32_t>(), requantize, Out<T>())});
  kernel.scratchBytes = r.results * int64_t(sizeof(int32_t));
  return kernel;
}

/// MEAN and SUM.
template <typename Op> FailureOr<PlannedKernel> planSumOrMean(Op op, const KernelRequest &request) {
  constexpr bool isMean = std::is_same_v<Op, nn::MeanOp>;
  auto r = planReduction(request, op.getKeepDims());
  if (failed(r))
    return failure();
  const TensorRef &input = request.operands[0], &output = request.results[0];
  const ElementClass element = classify(input);
  if (element == ElementClass::Float32 && isFloat(output)) {
    return makeDirectSum<float>(*r, runtime::SumFold(), isMean ? float(r->count) : 1.0f);
  }
  if (!isQuantized(input) && input.elementType == output.elementType) {
    const int64_t divisor = isMean ? std::max<int64_t>(r->count, 1) : 1;
    if (element == ElementClass::Int32)
      return makeDirectSum<int32_t>(*r, runtime::WrappingSumFold<int32_t>(), int32_t(divisor));
    if (element == ElementClass::Int64)
      return makeDirectSum<int64_t>(*r, runtime::WrappingSumFold<int64_t>(), divisor);
  }
  auto in = affine(input, element), out = affine(output, element);
  const bool isWide = element == ElementClass::Int16 && in && out && !in->zeroPoint && !out->zeroPoint;
  if (!in || !out || (element != ElementClass::Int8 && element != ElementClass::UInt8 && !isWide) ||
      r->count > (isWide ? 1 << 15 : 1 << 23) || !std::isfinite(in->scale / out->scale))
    return unsupportedTypes(request);
  const numerics::QuantizedRange range{out->zeroPoint, lowest(element), highest(element)};
  const auto build = [&](auto value) {
    using T = decltype(value);
    const int32_t count = r->count;
    // XNNPACK wants axes that are in the file, and no 16 bits; LiteRT's own MEAN is fixed-point, its SUM in float.
    if (request.isLiteRT() && isWide && !isMean)
      return makeSum<T>(*r, runtime::SumInFloat{in->scale / out->scale, range});
    if (request.isLiteRT() && !isWide && (!isMean || getConstantElements(op.getAxes())))
      return makeSum<T>(*r,
                        (isMean ? runtime::makeMeanXnnpack : runtime::makeSumXnnpack)(count, *in, out->scale, range));
    return makeSum<T>(
        *r, (isMean ? runtime::makeMeanFixedPoint : runtime::makeSumFixedPoint)(count, *in, out->scale, range));
  };
  return isWide ? build(int16_t()) : element == ElementClass::UInt8 ? build(uint8_t()) : build(int8_t());
}

/// Calls `function` with a value of the C++ type of operand 0.
template <typename Function> FailureOr<PlannedKernel> forElement(const KernelRequest &request, Function function) {
  return forTypes<float, int8_t, uint8_t, int16_t, int32_t, int64_t>(request, request.operands[0], function);
}

/// REDUCE_MAX and REDUCE_MIN: stored values compare as what they stand for.
template <typename Op, typename Fold> FailureOr<PlannedKernel> planExtremum(Op op, const KernelRequest &request) {
  constexpr bool isMax = std::is_same_v<Op, nn::ReduceMaxOp>;
  auto r = planReduction(request, op.getKeepDims());
  if (failed(r))
    return failure();
  if (classify(request.operands[0]) != classify(request.results[0]))
    return unsupportedTypes(request);
  return forElement(request, [&](auto element) -> FailureOr<PlannedKernel> {
    using T = decltype(element);
    using Limits = std::numeric_limits<T>;
    const T least = Limits::has_infinity ? static_cast<T>(-Limits::infinity()) : Limits::lowest();
    const T most = Limits::has_infinity ? Limits::infinity() : Limits::max();
    return inOrder(foldResult<T>(*r, isMax ? least : most, Fold()));
  });
}

FailureOr<PlannedKernel> planProduct(nn::ReduceProdOp op, const KernelRequest &request) {
  auto r = planReduction(request, op.getKeepDims());
  if (failed(r))
    return failure();
  const TensorRef &input = request.operands[0], &output = request.results[0];
  if (!isQuantized(input) && input.elementType == output.elementType)
    return forTypes<float, int32_t, int64_t>(request, input, [&](auto element) {
      using T = decltype(element);
      if constexpr (std::is_same_v<T, float>)
        return inOrder(foldResult<T>(*r, T(1), runtime::ProductFold()));
      else
        return inOrder(foldResult<T>(*r, T(1), runtime::MulInteger<T>()));
    });
  const ElementClass element = classify(input);
  const bool isWide = element == ElementClass::Int16;
  auto in = affine(input, element), out = affine(output, element);
  if (!in || !out || (element != ElementClass::Int8 && !isWide) || (isWide && (in->zeroPoint || out->zeroPoint)))
    return unsupportedTypes(request);
  const double root = std::pow(double(out->scale), 1.0 / double(std::max<int64_t>(r->count, 1)));
  const runtime::ProductStep step{in->zeroPoint, numerics::quantizeMultiplier(double(in->scale) / root)};
  if (step.share.shift < -31 || step.share.shift >= 8)
    return request.unsupported() << "input scale over output scale is out of range";
  const numerics::QuantizedRange range{out->zeroPoint, lowest(element), highest(element)};
  const auto build = [&](auto value) {
    using T = decltype(value);
    // LiteRT's optimized kernel takes dimensions of size 1 for nothing to do, whatever the parameters.
    if (request.isLiteRT() && r->count == 1)
      return makeCall(VERNIER_KERNEL("StridedCopy.h", runtime::copyBlocks), int64_t(1), r->results, r->results,
                      r->results, In<T>{0}, Out<T>());
    PlannedKernel kernel = makeCall(VERNIER_KERNEL("Reduce.h", runtime::reduceProduct), r->shape, r->reduced,
                                    r->results, step, range, In<T>{0}, Scratch<int64_t>(), Out<T>());
    kernel.scratchBytes = r->results * int64_t(sizeof(int64_t));
    return kernel;
  };
  return isWide ? build(int16_t()) : build(int8_t());
}

/// REDUCE_ANY and REDUCE_ALL; a boolean of the caller's may be any byte.
template <typename Op, typename Fold> FailureOr<PlannedKernel> planLogic(Op op, const KernelRequest &request) {
  constexpr bool isAll = std::is_same_v<Op, nn::ReduceAllOp>;
  auto r = planReduction(request, op.getKeepDims());
  if (failed(r))
    return failure();
  if (classify(request.operands[0]) != ElementClass::Bool || classify(request.results[0]) != ElementClass::Bool)
    return unsupportedTypes(request);
  return inOrder(foldResult<uint8_t>(*r, uint8_t(isAll), Fold()));
}

/// ARG_MAX and ARG_MIN.
template <typename Op, typename Better> FailureOr<PlannedKernel> planArgument(Op, const KernelRequest &request) {
  ArrayRef<int64_t> input = request.operands[0].shape;
  auto axis = readAxis(request, 1, input.size());
  if (failed(axis))
    return failure();
  SmallVector<int64_t> expected(input);
  expected.erase(expected.begin() + *axis);
  if (failed(expectResultShape(request, expected)))
    return failure();
  int64_t outer = 1, inner = 1, extent = input[*axis];
  for (auto [d, size] : llvm::enumerate(input))
    (int64_t(d) < *axis ? outer : int64_t(d) > *axis ? inner : extent) *= int64_t(d) == *axis ? 1 : size;
  if (extent == 0 && outer * inner != 0)
    return request.error() << "looks for an element among none, in shape " << formatDims(input);
  const ElementClass index = classify(request.results[0]);
  if (isQuantized(request.results[0]) || (index != ElementClass::Int32 && index != ElementClass::Int64))
    return unsupportedTypes(request);
  return forElement(request, [&](auto element) -> FailureOr<PlannedKernel> {
    using T = decltype(element);
    const auto best = VERNIER_KERNEL("Reduce.h,Compare.h", runtime::argBest);
    if (index == ElementClass::Int32)
      return makeCall(best, outer, extent, inner, In<T>{0}, Better(), Out<int32_t>());
    return makeCall(best, outer, extent, inner, In<T>{0}, Better(), Out<int64_t>());
  });
}

} // namespace

ArrayRef<KernelRow> reductionKernels() {
  static const KernelRow rows[] = {
      row<nn::MeanOp, planSumOrMean<nn::MeanOp>>(),
      row<nn::SumOp, planSumOrMean<nn::SumOp>>(),
      row<nn::ReduceMaxOp, planExtremum<nn::ReduceMaxOp, runtime::MaxFold>>(),
      row<nn::ReduceMinOp, planExtremum<nn::ReduceMinOp, runtime::MinFold>>(),
      row<nn::ReduceProdOp, planProduct>(),
      row<nn::ReduceAnyOp, planLogic<nn::ReduceAnyOp, runtime::AnyFold>>(),
      row<nn::ReduceAllOp, planLogic<nn::ReduceAllOp, runtime::AllFold>>(),
      row<nn::ArgMaxOp, planArgument<nn::ArgMaxOp, runtime::Greater>>(),
      row<nn::ArgMinOp, planArgument<nn::ArgMinOp, runtime::Less>>(),
  };
  return rows;
}

} // namespace mlir::vernier
