//===- TrainedValues.cpp - Integers of a file as float values ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "TrainedValues.h"
#include "vernier/Interfaces/BlockwiseType.h"
#include "vernier/Interfaces/ConstantData.h"
#include "vernier/Interfaces/TensorIdentity.h"

namespace mlir::vernier::nn {

size_t sliceOf(const QuantParameters &parameters, ArrayRef<int64_t> shape, int64_t i) {
  if (!parameters.axis)
    return 0;
  for (int64_t size : shape.drop_front(*parameters.axis + 1))
    i /= size;
  return i % shape[*parameters.axis];
}

/// Element `i` of integers of `bits` bits; narrow ones share bytes, the first in the low bits.
static int64_t readInteger(ArrayRef<char> bytes, unsigned bits, bool isSigned, int64_t i) {
  uint64_t value = 0;
  if (bits < 8) {
    value = uint8_t(bytes[i * bits / 8]) >> (i * bits % 8) & ((1u << bits) - 1);
  } else {
    for (unsigned byte = 0; byte < bits / 8; ++byte)
      value |= uint64_t(uint8_t(bytes[i * (bits / 8) + byte])) << (8 * byte);
  }
  return isSigned ? llvm::SignExtend64(value, bits) : int64_t(value);
}

std::optional<std::vector<float>> dequantizeConstant(ConstOp constant) {
  auto type = cast<RankedTensorType>(constant.getType());
  auto element = cast<quant::QuantizedType>(type.getElementType());
  std::optional<QuantParameters> parameters = QuantParameters::of(type);
  std::optional<ConstantData> data = getConstantData(constant.getValue());
  const unsigned bits = element.getStorageTypeIntegralWidth();
  std::optional<BlockwiseParameters> blockwise = BlockwiseParameters::of(type);
  if (data && blockwise && bits == 4) {
    std::vector<float> values(type.getNumElements());
    for (size_t i = 0; i < values.size(); ++i)
      values[i] = blockwise->scales[i / blockwise->block] * float(readInteger(data->bytes(), bits, true, i));
    return values;
  }
  if (!data || !parameters || (bits != 2 && bits != 4 && bits != 8 && bits != 16))
    return std::nullopt;
  std::vector<float> values(type.getNumElements());
  for (size_t i = 0; i < values.size(); ++i) {
    const size_t slice = sliceOf(*parameters, type.getShape(), i);
    const int64_t stored = readInteger(data->bytes(), bits, element.isSigned(), i);
    values[i] = float(parameters->scales[slice] * double(stored - parameters->zeroPoints[slice]));
  }
  return values;
}

ConstOp createTrainedConstant(OpBuilder &builder, ConstOp original, ArrayRef<float> values, Type trained) {
  auto type = cast<RankedTensorType>(original.getType()).clone(builder.getF32Type());
  ArrayRef<char> bytes(reinterpret_cast<const char *>(values.data()), values.size() * sizeof(float));
  auto constant = ConstOp::create(builder, original.getLoc(), type, bytes, getTensorName(original.getOutput()));
  constant->setDiscardableAttrs(original->getDiscardableAttrDictionary());
  // What the file said of the integers does not hold for others of their type.
  if (TensorAttr identity = getTensorAttr(original.getOutput()))
    constant->setDiscardableAttr(
        NNDialect::getTensorsAttrName(),
        builder.getArrayAttr(Attribute(TensorAttr::get(builder.getContext(), identity.getName(), identity.getIndex(),
                                                       identity.getShape(), {}, {}, identity.getExtra()))));
  if (trained)
    constant->setDiscardableAttr(getTrainedTypeAttrName(), TypeAttr::get(trained));
  return constant;
}

TrainedRange rangeOf(const QuantParameters &parameters) {
  const double scale = parameters.scales.front(), zeroPoint = double(parameters.zeroPoints.front());
  // 16 bits are symmetric: the lowest integer is never used.
  const bool isSymmetric =
      zeroPoint == 0 && parameters.storageMin == -parameters.storageMax - 1 && parameters.storageMax > 127;
  if (isSymmetric)
    return {-scale * double(parameters.storageMax), scale * double(parameters.storageMax)};
  return {scale * (double(parameters.storageMin) - zeroPoint), scale * (double(parameters.storageMax) - zeroPoint)};
}

void addTrainedRange(Operation *op, Value value, TrainedRange range) {
  if (std::optional<TrainedRange> other = getTrainedRange(value);
      other && (other->min != range.min || other->max != range.max)) {
    op->emitWarning() << "tensor '" << vernier::getTensorName(value) << "' was trained with the ranges [" << other->min
                      << ", " << other->max << "] and [" << range.min << ", " << range.max
                      << "]; it takes the one that holds both";
    range = {std::min(range.min, other->min), std::max(range.max, other->max)};
  }
  setTrainedRange(value, range);
}

} // namespace mlir::vernier::nn
