//===- Call.cpp - One evaluation of one operator ----------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Call.h"
#include "mlir/Dialect/Quant/IR/QuantTypes.h"

namespace mlir::vernier::reference {

LogicalResult Call::noForm() const {
  InFlightDiagnostic diagnostic = error() << "has no reference form for (";
  llvm::interleaveComma(op->getOperandTypes(), diagnostic);
  diagnostic << ") -> (";
  llvm::interleaveComma(op->getResultTypes(), diagnostic);
  return diagnostic << ")";
}

bool isFloat(const TensorRef &tensor) { return tensor && isa<FloatType>(tensor.elementType); }
bool isInteger(const TensorRef &tensor) { return tensor && isa<IntegerType>(tensor.elementType); }
bool isBoolean(const TensorRef &tensor) { return tensor && tensor.elementType.isInteger(1); }

std::optional<Affine> affine(const TensorRef &tensor) {
  auto type = dyn_cast_or_null<quant::UniformQuantizedType>(tensor.elementType);
  std::optional<Storage> storage = type ? Storage::of(type) : std::nullopt;
  if (!storage || storage->bits > 16)
    return std::nullopt;
  return Affine{float(type.getScale()), int32_t(type.getZeroPoint()), int32_t(storage->min()), int32_t(storage->max())};
}

std::optional<Affine> affine8(const TensorRef &tensor) {
  return tensor && Storage::of(tensor.elementType)->bits == 8 ? affine(tensor) : std::nullopt;
}

std::optional<Affine> affine16(const TensorRef &tensor) {
  std::optional<Affine> parameters =
      tensor && Storage::of(tensor.elementType)->bits == 16 ? affine(tensor) : std::nullopt;
  return parameters && parameters->zeroPoint == 0 && parameters->min < 0 ? parameters : std::nullopt;
}

std::string describe(ArrayRef<int64_t> shape) {
  if (shape.empty())
    return "scalar";
  std::string text;
  llvm::raw_string_ostream os(text);
  llvm::interleave(shape, os, "x");
  return text;
}

LogicalResult expectShape(const Call &call, const TensorRef &tensor, ArrayRef<int64_t> shape, StringRef what) {
  if (tensor.shape == shape)
    return success();
  return call.error() << "expected " << what << " of shape " << describe(shape) << ", got " << describe(tensor.shape);
}

LogicalResult expectRank(const Call &call, const TensorRef &tensor, size_t rank, StringRef what) {
  if (tensor.shape.size() == rank)
    return success();
  return call.error() << "expected " << what << " of rank " << rank << ", got shape " << describe(tensor.shape);
}

FailureOr<SmallVector<int64_t>> readIndices(const Call &call, const TensorRef &tensor, StringRef what) {
  if (!isInteger(tensor) || isBoolean(tensor))
    return call.error() << "expected integers for its " << what << ", got elements of " << tensor.elementType;
  std::vector<int64_t> values = readIntegers(tensor);
  return SmallVector<int64_t>(values.begin(), values.end());
}

FailureOr<int64_t> normalizeAxis(const Call &call, int64_t axis, int64_t rank) {
  if (axis < -rank || axis >= rank)
    return call.error() << "expected an axis within [" << -rank << ", " << rank << "), got " << axis;
  return axis < 0 ? axis + rank : axis;
}

FailureOr<int64_t> readAxis(const Call &call, const TensorRef &operand, const TensorRef &input) {
  FailureOr<SmallVector<int64_t>> axes = readIndices(call, operand, "axis");
  if (failed(axes))
    return failure();
  if (axes->size() != 1)
    return call.error() << "expected one axis, got " << axes->size();
  return normalizeAxis(call, axes->front(), input.shape.size());
}

int64_t count(ArrayRef<int64_t> shape) {
  return std::accumulate(shape.begin(), shape.end(), int64_t(1), std::multiplies<int64_t>());
}

int64_t position(ArrayRef<int64_t> shape, ArrayRef<int64_t> index) {
  int64_t result = 0;
  for (size_t d = 0; d < shape.size(); ++d)
    result = result * shape[d] + index[d];
  return result;
}

std::optional<Shape> broadcastShapes(ArrayRef<int64_t> a, ArrayRef<int64_t> b) {
  if (a.size() < b.size())
    std::swap(a, b);
  Shape result(a);
  size_t lead = a.size() - b.size();
  for (size_t d = 0; d < b.size(); ++d) {
    int64_t &size = result[lead + d];
    if (size != b[d] && size != 1 && b[d] != 1)
      return std::nullopt;
    if (size == 1)
      size = b[d];
  }
  return result;
}

int64_t broadcastPosition(ArrayRef<int64_t> shape, ArrayRef<int64_t> index) {
  index = index.take_back(shape.size());
  int64_t result = 0;
  for (size_t d = 0; d < shape.size(); ++d)
    result = result * shape[d] + (shape[d] == 1 ? 0 : index[d]);
  return result;
}

FailureOr<numerics::FusedActivation> clampingActivation(const Call &call, nn::Activation activation) {
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
  return call.error() << "has no reference form with the fused activation " << stringifyActivation(activation);
}

numerics::QuantizedRange activationRange(numerics::FusedActivation activation, const Affine &output,
                                         numerics::Ties ties) {
  if (ties == numerics::Ties::Even)
    return numerics::activationRange<numerics::Ties::Even>(activation, output.scale, output.zeroPoint, output.min,
                                                           output.max);
  return numerics::activationRange<numerics::Ties::Away>(activation, output.scale, output.zeroPoint, output.min,
                                                         output.max);
}

double applyActivation(numerics::FusedActivation activation, double value) {
  numerics::FloatRange range = numerics::activationRange(activation);
  return numerics::clamp(value, double(range.min), double(range.max));
}

} // namespace mlir::vernier::reference
