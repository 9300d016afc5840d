//===- Conversion.cpp - Between element types -------------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// nn.quantize, nn.dequantize, nn.cast, nn.shape and quantx.fake_quant.
//===----------------------------------------------------------------------===//

#include "Call.h"
#include "ElementTypes.h"
#include "UnsignedForm.h"
#include "vernier/Dialect/QuantX/QuantX.h"
#include "vernier/Interfaces/QuantTypeChecks.h"
#include "vernier/Runtime/Activation.h"
#include "vernier/Runtime/Convert.h"
#include "vernier/Runtime/Elementwise.h"
#include "vernier/Runtime/FakeQuant.h"

namespace mlir::vernier {
namespace {

using numerics::AffineParams;
using numerics::QuantizedRange;

const auto kMap = VERNIER_KERNEL("Elementwise.h,Activation.h,Convert.h", runtime::mapElements);

/// A tensor as [outer][channels][inner] around its quantized dimension.
struct PerAxis {
  int64_t outer = 1, channels = 1, inner = 1;
  std::vector<float> scales;
  std::vector<int32_t> zeroPoints;
  QuantizedRange storage;

  static std::optional<PerAxis> of(Type elementType, ArrayRef<int64_t> shape) {
    std::optional<QuantParameters> parameters = QuantParameters::of(elementType);
    if (!parameters || (parameters->axis && *parameters->axis >= shape.size()))
      return std::nullopt;
    PerAxis result;
    const size_t axis = parameters->axis.value_or(shape.size());
    for (auto [i, size] : llvm::enumerate(shape))
      (i < axis ? result.outer : i == axis ? result.channels : result.inner) *= size;
    if (!parameters->axis)
      std::swap(result.outer, result.inner);
    if (int64_t(parameters->scales.size()) != result.channels)
      return std::nullopt;
    result.scales.assign(parameters->scales.begin(), parameters->scales.end());
    result.zeroPoints.assign(parameters->zeroPoints.begin(), parameters->zeroPoints.end());
    result.storage = {0, int32_t(parameters->storageMin), int32_t(parameters->storageMax)};
    return result;
  }
};

/// Calls `function` with a value of the C++ type of the integers that quantized values are stored in.
template <typename Function>
FailureOr<PlannedKernel> forStorage(const KernelRequest &request, const TensorRef &tensor, Function function) {
  return forTypes<int8_t, uint8_t, int16_t, int32_t>(request, tensor, function);
}

LogicalResult expectOneShape(const KernelRequest &request) {
  return expectResultShape(request, request.operands[0].shape);
}

FailureOr<PlannedKernel> planFakeQuant(quantx::FakeQuantOp op, const KernelRequest &request) {
  const TensorRef &input = request.operands[0];
  if (failed(expectOneShape(request)))
    return failure();
  if (!isFloat(input))
    return request.unsupported() << "simulated quantization of elements of type " << input.elementType;
  std::optional<Type> parameters = op.getSimulatedParams();
  if (!parameters) {
    PlannedKernel kernel;
    kernel.aliasOf = 0;
    return kernel;
  }
  std::optional<PerAxis> p = PerAxis::of(*parameters, input.shape);
  if (!p)
    return request.error() << "expected parameters that fit shape " << formatDims(input.shape) << ", got "
                           << *parameters;
  return makeCall(VERNIER_KERNEL("FakeQuant.h", runtime::fakeQuant), p->outer, p->channels, p->inner,
                  Prepared<float>(p->scales), Prepared<int32_t>(p->zeroPoints), p->storage.min, p->storage.max,
                  In<float>{0}, Out<float>());
}

/// What `fill(values, results)` makes of 256 stored values, looked up for elements [first, first + size).
template <typename From, typename To, typename Fill>
PlannedKernel makeTable(int64_t first, int64_t size, const Fill &fill) {
  std::vector<From> values(256);
  std::vector<To> table(256);
  for (auto [index, value] : llvm::enumerate(values))
    value = From(uint8_t(index));
  fill(values.data(), table.data());
  const int32_t by = table[0] - values[0];
  if (llvm::all_of(llvm::zip_equal(values, table),
                   [&](auto pair) { return std::get<1>(pair) - std::get<0>(pair) == by; }))
    return mayBeUnsigned(
        mayBeUnsigned(makeCall(kMap, size, In<From>{0, first}, runtime::MoveZeroPoint{by}, Out<To>{0, first}), 1,
                      {{"2.0", -kUnsignedShift}}),
        3, {{"2.0", kUnsignedShift}});
  return makeCall(VERNIER_KERNEL("Elementwise.h", runtime::lookUp), size, In<From>{0, first},
                  Prepared<To>(std::move(table)), Out<To>{0, first});
}

/// 8 bits to 8 bits by tables. The optimized kernels round the elements behind the last 16 in another way.
template <typename From, typename To>
PlannedKernel makeRequantizeTables(int64_t size, const runtime::RequantizeFixedPoint &exact) {
  const int64_t whole = size / 16 * 16;
  const auto rounded = [&](const From *values, To *table) { runtime::requantizeOptimized(256, values, exact, table); };
  const auto last = [&](const From *values, To *table) { runtime::mapElements(256, values, exact, table); };
  if (whole == size)
    return makeTable<From, To>(0, size, rounded);
  if (whole == 0)
    return makeTable<From, To>(0, size, last);
  return inOrder({makeTable<From, To>(0, whole, rounded), makeTable<From, To>(whole, size - whole, last)});
}

FailureOr<PlannedKernel> planRequantize(const KernelRequest &request, const AffineParams &in, const AffineParams &out) {
  const TensorRef &input = request.operands[0], &output = request.results[0];
  const ElementClass from = classify(input), to = classify(output);
  const int64_t size = input.elements();
  const bool narrow = from != ElementClass::Int16 && to != ElementClass::Int16;
  const QuantizedRange range{out.zeroPoint, lowest(to), highest(to)};
  const bool xnnpack =
      request.isLiteRT() && narrow && from == to && runtime::xnnpackTakesRequantize(in.scale, out.scale);
  const auto exact = runtime::makeRequantizeFixedPoint(in, out.scale, range);
  // Sums of the scaled difference and the zero point stay within 32 bits.
  if (exact.multiplier.shift > (narrow ? 22 : 14))
    return request.unsupported() << "input scale over output scale is too large";
  return forStorage(request, input, [&](auto source) {
    return forStorage(request, output, [&](auto target) -> FailureOr<PlannedKernel> {
      using From = decltype(source);
      using To = decltype(target);
      if constexpr (sizeof(From) == 1 && sizeof(To) == 1) {
        if (xnnpack)
          return makeTable<From, To>(0, size, [&](const From *values, To *table) {
            runtime::mapElements(256, values, runtime::makeRequantizeXnnpack(in, out.scale, range), table);
          });
        if (request.isLiteRT())
          return makeRequantizeTables<From, To>(size, exact);
      }
      if (xnnpack)
        return makeCall(kMap, size, In<From>{0}, runtime::makeRequantizeXnnpack(in, out.scale, range), Out<To>());
      if (request.isLiteRT() && narrow)
        return makeCall(VERNIER_KERNEL("Convert.h,Activation.h", runtime::requantizeOptimized), size, In<From>{0},
                        exact, Out<To>());
      return makeCall(kMap, size, In<From>{0}, exact, Out<To>());
    });
  });
}

FailureOr<PlannedKernel> planQuantize(nn::QuantizeOp, const KernelRequest &request) {
  const TensorRef &input = request.operands[0], &output = request.results[0];
  if (failed(expectOneShape(request)))
    return failure();
  const int64_t size = input.elements();
  const ElementClass to = classify(output);
  if (!isFloat(input)) {
    auto in = affine(input, classify(input)), out = affine(output, to);
    if (in && out)
      return planRequantize(request, *in, *out);
    return request.unsupported() << "from elements of type " << input.elementType << " to " << output.elementType;
  }
  std::optional<PerAxis> p = PerAxis::of(output.elementType, output.shape);
  if (!p || to == ElementClass::Int32)
    return request.unsupported() << "results of type " << output.elementType;
  const bool narrow = to == ElementClass::Int8 || to == ElementClass::UInt8;
  return forStorage(request, output, [&](auto element) -> FailureOr<PlannedKernel> {
    using T = decltype(element);
    const QuantizedRange range{p->zeroPoints.front(), lowest(to), highest(to)};
    if (auto out = affine(output, to)) {
      if (request.isLiteRT() && narrow)
        return makeCall(kMap, size, In<float>{0}, runtime::QuantizeByReciprocal{1.0f / out->scale, range}, Out<T>());
      if (!request.isLiteRT() || to != ElementClass::Int16 || range.zeroPoint != 0)
        return makeCall(kMap, size, In<float>{0}, runtime::QuantizeByDivision{out->scale, range}, Out<T>());
      // The optimized kernel of 16 bits takes eight at a time, and what is left in double.
      const int64_t inGroups = size / 8 * 8;
      PlannedKernel rest = makeCall(kMap, size - inGroups, In<float>{0, inGroups},
                                    runtime::QuantizeByExactDivision{out->scale, range}, Out<T>{0, inGroups});
      if (inGroups == 0)
        return rest;
      return inOrder(
          {makeCall(kMap, inGroups, In<float>{0}, runtime::QuantizeByReciprocal{1.0f / out->scale, range}, Out<T>()),
           std::move(rest)});
    }
    return makeCall(VERNIER_KERNEL("Convert.h", runtime::quantizePerAxis), p->outer, p->channels, p->inner,
                    Prepared<float>(p->scales), Prepared<int32_t>(p->zeroPoints), range, In<float>{0}, Out<T>());
  });
}

FailureOr<PlannedKernel> planDequantize(nn::DequantizeOp, const KernelRequest &request) {
  const TensorRef &input = request.operands[0];
  if (failed(expectOneShape(request)))
    return failure();
  if (!isFloat(request.results[0]))
    return request.unsupported() << "results of type " << request.results[0].elementType;
  const int64_t size = input.elements();
  if (classify(input) == ElementClass::Float16)
    return makeCall(kMap, size, In<uint16_t>{0}, runtime::HalfToFloat(), Out<float>());
  std::optional<PerAxis> p = PerAxis::of(input.elementType, input.shape);
  if (!p)
    return request.unsupported() << "elements of type " << input.elementType;
  const ElementClass storage = classify(input);
  if (storage == ElementClass::Int4 || storage == ElementClass::Int2)
    return makeCall(VERNIER_KERNEL("Convert.h", runtime::dequantizePacked),
                    int32_t(storage == ElementClass::Int4 ? 4 : 2), p->outer, p->channels, p->inner,
                    Prepared<float>(p->scales), Prepared<int32_t>(p->zeroPoints), In<uint8_t>{0}, Out<float>());
  return forStorage(request, input, [&](auto element) {
    using T = decltype(element);
    return makeCall(VERNIER_KERNEL("Convert.h", runtime::dequantizePerAxis), p->outer, p->channels, p->inner,
                    Prepared<float>(p->scales), Prepared<int32_t>(p->zeroPoints), In<T>{0}, Out<float>());
  });
}

/// Calls `function` with a value of the C++ type of a plain element.
template <typename Function>
FailureOr<PlannedKernel> forPlain(const KernelRequest &request, const TensorRef &tensor, Function function) {
  if (isQuantized(tensor))
    return unsupportedTypes(request);
  return forTypes<float, int8_t, uint8_t, int16_t, int32_t, int64_t, bool>(request, tensor, function);
}

FailureOr<PlannedKernel> planCast(nn::CastOp, const KernelRequest &request) {
  if (failed(expectOneShape(request)))
    return failure();
  const int64_t size = request.operands[0].elements();
  return forPlain(request, request.operands[0], [&](auto source) {
    return forPlain(request, request.results[0], [&](auto target) -> FailureOr<PlannedKernel> {
      using From = decltype(source);
      using To = decltype(target);
      // A bool of the caller's may be any byte.
      if constexpr (std::is_same_v<From, bool>)
        return makeCall(kMap, size, In<uint8_t>{0}, runtime::CastBool<To>(), Out<To>());
      else
        return makeCall(kMap, size, In<From>{0}, runtime::Cast<To>(), Out<To>());
    });
  });
}

/// A vector or scalar of integers that the operand's shape gives.
FailureOr<PlannedKernel> planSizes(const KernelRequest &request, ArrayRef<int64_t> sizes) {
  const TensorRef &result = request.results[0];
  if (isQuantized(result))
    return unsupportedTypes(request);
  auto kernel = forTypes<int32_t, int64_t>(request, result, [&](auto element) {
    using T = decltype(element);
    return makeKernel(
        [sizes = SmallVector<int64_t>(sizes)](const KernelMemory &m) { llvm::copy(sizes, m.result<T>()); });
  });
  if (succeeded(kernel))
    kernel->isConstant = true;
  return kernel;
}

FailureOr<PlannedKernel> planShape(nn::ShapeOp, const KernelRequest &request) {
  ArrayRef<int64_t> sizes = request.operands[0].shape;
  if (failed(expectResultShape(request, {int64_t(sizes.size())})))
    return failure();
  return planSizes(request, sizes);
}

FailureOr<PlannedKernel> planRank(nn::RankOp, const KernelRequest &request) {
  if (failed(expectResultShape(request, {})))
    return failure();
  return planSizes(request, {int64_t(request.operands[0].shape.size())});
}

} // namespace

ArrayRef<KernelRow> conversionKernels() {
  static const KernelRow rows[] = {
      row<quantx::FakeQuantOp, planFakeQuant>(),
      row<nn::QuantizeOp, planQuantize>(),
      row<nn::DequantizeOp, planDequantize>(),
      row<nn::CastOp, planCast>(),
      row<nn::ShapeOp, planShape>(),
      row<nn::RankOp, planRank>(),
  };
  return rows;
}

} // namespace mlir::vernier
