//===- Planner.cpp - What planners have in common ---------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "ElementTypes.h"
#include "vernier/Interfaces/ConstantData.h"
#include "vernier/Interfaces/QuantTypeChecks.h"
#include "vernier/Interfaces/TensorIdentity.h"
#include "llvm/ADT/StringMap.h"

namespace mlir::vernier {

InFlightDiagnostic KernelRequest::error() const {
  InFlightDiagnostic diagnostic = op->emitError();
  if (needs)
    diagnostic.abandon();
  diagnostic << describe(op) << " ";
  return diagnostic;
}

InFlightDiagnostic KernelRequest::unsupported() const {
  InFlightDiagnostic diagnostic = error();
  diagnostic << "cannot be executed yet: ";
  return diagnostic;
}

InFlightDiagnostic unsupportedTypes(const KernelRequest &request) {
  InFlightDiagnostic diagnostic = request.unsupported();
  auto list = [&](ArrayRef<TensorRef> tensors) {
    llvm::interleaveComma(llvm::make_filter_range(tensors, [](const TensorRef &t) { return bool(t); }), diagnostic,
                          [&](const TensorRef &tensor) { diagnostic << tensor.elementType; });
  };
  diagnostic << "operands of types ";
  list(request.operands);
  diagnostic << " with results of type ";
  list(request.results);
  return diagnostic;
}

KernelPlanner findKernelPlanner(StringRef name) {
  static const llvm::StringMap<KernelPlanner> planners = [] {
    llvm::StringMap<KernelPlanner> map;
    for (ArrayRef<KernelRow> table :
         {convolutionKernels(), fullyConnectedKernels(), poolKernels(), binaryKernels(), unaryKernels(),
          conversionKernels(), movementKernels(), spatialKernels(), partKernels(), reductionKernels(), rowKernels(),
          matMulKernels(), recurrentKernels(), lstmKernels(), logicKernels(), indexingKernels(), segmentKernels(),
          volumeKernels()})
      for (const KernelRow &row : table)
        map[row.name] = row.plan;
    return map;
  }();
  return planners.lookup(name);
}

ElementClass classify(Type elementType) {
  if (auto quantized = dyn_cast_or_null<quant::QuantizedType>(elementType)) {
    if (!isa<quant::UniformQuantizedType, quant::UniformQuantizedPerAxisType, quant::UniformQuantizedSubChannelType>(
            quantized))
      return ElementClass::Other;
    unsigned width = quantized.getStorageTypeIntegralWidth();
    if (!quantized.isSigned())
      return width == 8 ? ElementClass::UInt8 : ElementClass::Other;
    switch (width) {
    case 2:
      return ElementClass::Int2;
    case 4:
      return ElementClass::Int4;
    case 8:
      return ElementClass::Int8;
    case 16:
      return ElementClass::Int16;
    case 32:
      return ElementClass::Int32;
    default:
      return ElementClass::Other;
    }
  }
  if (isa_and_nonnull<Float32Type>(elementType))
    return ElementClass::Float32;
  if (isa_and_nonnull<Float16Type>(elementType))
    return ElementClass::Float16;
  auto integer = dyn_cast_or_null<IntegerType>(elementType);
  if (!integer)
    return ElementClass::Other;
  if (integer.isUnsigned())
    return integer.getWidth() == 8 ? ElementClass::UInt8 : ElementClass::Other;
  switch (integer.getWidth()) {
  case 1:
    return ElementClass::Bool;
  case 8:
    return ElementClass::Int8;
  case 16:
    return ElementClass::Int16;
  case 32:
    return ElementClass::Int32;
  case 64:
    return ElementClass::Int64;
  default:
    return ElementClass::Other;
  }
}

unsigned elementBytes(Type elementType) {
  switch (classify(elementType)) {
  case ElementClass::Bool:
  case ElementClass::Int8:
  case ElementClass::UInt8:
    return 1;
  case ElementClass::Float16:
  case ElementClass::Int16:
    return 2;
  case ElementClass::Float32:
  case ElementClass::Int32:
    return 4;
  case ElementClass::Int64:
    return 8;
  case ElementClass::Int2:
  case ElementClass::Int4:
  case ElementClass::Other:
    return 0;
  }
  return 0;
}

std::optional<numerics::AffineParams> affine(const TensorRef &tensor, ElementClass storage) {
  auto type = dyn_cast_or_null<quant::UniformQuantizedType>(tensor.elementType);
  if (!type || classify(type) != storage)
    return std::nullopt;
  return numerics::AffineParams{float(type.getScale()), int32_t(type.getZeroPoint())};
}

FailureOr<numerics::FusedActivation> fusedActivation(const KernelRequest &request, nn::Activation activation) {
  switch (activation) {
  case nn::Activation::NONE:
    return numerics::FusedActivation::None;
  case nn::Activation::RELU:
    return numerics::FusedActivation::Relu;
  case nn::Activation::RELU_N1_TO_1:
    return numerics::FusedActivation::ReluN1To1;
  case nn::Activation::RELU6:
    return numerics::FusedActivation::Relu6;
  case nn::Activation::TANH:
  case nn::Activation::SIGN_BIT:
    break;
  }
  return request.unsupported() << "no kernel fuses " << nn::stringifyActivation(activation);
}

numerics::QuantizedRange activationRange(numerics::FusedActivation activation, const numerics::AffineParams &output,
                                         ElementClass storage, bool xnnpack) {
  const auto range =
      xnnpack ? numerics::activationRange<numerics::Ties::Even> : numerics::activationRange<numerics::Ties::Away>;
  return range(activation, output.scale, output.zeroPoint, lowest(storage), highest(storage));
}

FailureOr<runtime::Shape> toShape(const KernelRequest &request, ArrayRef<int64_t> shape) {
  if (shape.size() > size_t(runtime::maxRank))
    return request.unsupported() << "expected a rank of at most " << runtime::maxRank << ", got " << shape.size();
  runtime::Shape result;
  result.rank = shape.size();
  llvm::copy(shape, result.dims);
  return result;
}

std::string formatDims(ArrayRef<int64_t> shape) {
  if (shape.empty())
    return "scalar";
  std::string text;
  for (int64_t size : shape)
    text += (text.empty() ? "" : "x") + std::to_string(size);
  return text;
}

LogicalResult expectResultShape(const KernelRequest &request, ArrayRef<int64_t> shape, unsigned index) {
  if (request.needs && request.needs->unknownResults.test(index)) {
    request.needs->shape.emplace(index, SmallVector<int64_t>(shape));
    return failure();
  }
  if (request.results[index].shape == shape)
    return success();
  return request.error() << "expected a result of shape " << formatDims(shape) << ", got "
                         << formatDims(request.results[index].shape);
}

LogicalResult expectSameType(const KernelRequest &request, ArrayRef<TensorRef> tensors) {
  for (const TensorRef &tensor : tensors)
    if (tensor.elementType != tensors.front().elementType)
      return request.unsupported() << "expected tensors of one element type, got " << tensors.front().elementType
                                   << " and " << tensor.elementType;
  return success();
}

LogicalResult expectRank(const KernelRequest &request, const TensorRef &tensor, int64_t rank, StringRef what) {
  if (int64_t(tensor.shape.size()) == rank)
    return success();
  return request.error() << "expected " << what << " of rank " << rank << ", got shape " << formatDims(tensor.shape);
}

LogicalResult expectValues(const KernelRequest &request, unsigned index, StringRef what) {
  const TensorRef &tensor = request.operands[index];
  if (tensor.data || tensor.elements() == 0)
    return success();
  if (request.needs)
    request.needs->value = index;
  return request.unsupported() << "expected a constant for " << what;
}

FailureOr<SmallVector<int32_t>> constantIntegers(const KernelRequest &request, unsigned index, StringRef what) {
  if (!request.has(index))
    return request.error() << "expected " << what << " as operand " << index << ", got none";
  const TensorRef &tensor = request.operands[index];
  ElementClass storage = classify(tensor);
  if (storage != ElementClass::Int32 && storage != ElementClass::Int64)
    return request.error() << "expected " << what << " of 32 or 64-bit integers, got " << tensor.elementType;
  if (failed(expectValues(request, index, what)))
    return failure();
  SmallVector<int32_t> values;
  for (int64_t i = 0, e = tensor.elements(); i < e; ++i) {
    int64_t value = storage == ElementClass::Int32 ? tensor.as<const int32_t>()[i] : tensor.as<const int64_t>()[i];
    if (value != int32_t(value))
      return request.error() << "expected 32-bit values in " << what << ", got " << value;
    values.push_back(value);
  }
  return values;
}

FailureOr<int64_t> normalizeAxis(const KernelRequest &request, int64_t axis, int64_t rank) {
  if (axis < -rank || axis >= rank)
    return request.error() << "expected an axis within [" << -rank << ", " << rank << "), got " << axis;
  return axis < 0 ? axis + rank : axis;
}

FailureOr<int64_t> readAxis(const KernelRequest &request, unsigned index, int64_t rank) {
  auto axes = constantIntegers(request, index, "an axis");
  if (failed(axes))
    return failure();
  if (axes->size() != 1)
    return request.error() << "expected one axis, got " << axes->size();
  return normalizeAxis(request, axes->front(), rank);
}

} // namespace mlir::vernier
