//===- ElementTypes.cpp - Element types of the file and of MLIR ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "ElementTypes.h"
#include "Reader/Place.h"
#include "mlir/Dialect/Quant/IR/QuantTypes.h"
#include "mlir/IR/Builders.h"
#include "vernier/Dialect/NN/NN.h"
#include "vernier/Interfaces/QuantTypeChecks.h"
#include "llvm/Support/FormatVariadic.h"

namespace mlir::vernier::tflite {

using schema::TensorType;

Type importElementType(MLIRContext *context, TensorType type) {
  auto integer = [&](unsigned bits) { return IntegerType::get(context, bits); };
  auto natural = [&](unsigned bits) { return IntegerType::get(context, bits, IntegerType::Unsigned); };
  switch (type) {
  case TensorType::FLOAT32:
    return Float32Type::get(context);
  case TensorType::FLOAT16:
    return Float16Type::get(context);
  case TensorType::BFLOAT16:
    return BFloat16Type::get(context);
  case TensorType::FLOAT64:
    return Float64Type::get(context);
  case TensorType::FLOAT8_E4M3FN:
    return Float8E4M3FNType::get(context);
  case TensorType::FLOAT8_E5M2:
    return Float8E5M2Type::get(context);
  case TensorType::COMPLEX64:
    return ComplexType::get(Float32Type::get(context));
  case TensorType::COMPLEX128:
    return ComplexType::get(Float64Type::get(context));
  case TensorType::BOOL:
    return integer(1);
  case TensorType::INT2:
    return integer(2);
  case TensorType::INT4:
    return integer(4);
  case TensorType::INT8:
    return integer(8);
  case TensorType::INT16:
    return integer(16);
  case TensorType::INT32:
    return integer(32);
  case TensorType::INT64:
    return integer(64);
  case TensorType::UINT4:
    return natural(4);
  case TensorType::UINT8:
    return natural(8);
  case TensorType::UINT16:
    return natural(16);
  case TensorType::UINT32:
    return natural(32);
  case TensorType::UINT64:
    return natural(64);
  case TensorType::STRING:
    return nn::StringType::get(context);
  case TensorType::RESOURCE:
    return nn::ResourceType::get(context);
  case TensorType::VARIANT:
    return nn::VariantType::get(context);
  }
  llvm_unreachable("the reader has verified the element type");
}

static std::optional<TensorType> exportInteger(unsigned bits, bool isUnsigned) {
  switch (bits) {
  case 1:
    return TensorType::BOOL;
  case 2:
    return isUnsigned ? std::nullopt : std::optional(TensorType::INT2);
  case 4:
    return isUnsigned ? TensorType::UINT4 : TensorType::INT4;
  case 8:
    return isUnsigned ? TensorType::UINT8 : TensorType::INT8;
  case 16:
    return isUnsigned ? TensorType::UINT16 : TensorType::INT16;
  case 32:
    return isUnsigned ? TensorType::UINT32 : TensorType::INT32;
  case 64:
    return isUnsigned ? TensorType::UINT64 : TensorType::INT64;
  default:
    return std::nullopt;
  }
}

std::optional<TensorType> exportElementType(Type type) {
  if (auto quantized = dyn_cast<quant::QuantizedType>(type))
    return exportInteger(quantized.getStorageTypeIntegralWidth(), !quantized.isSigned());
  if (auto integer = dyn_cast<IntegerType>(type))
    return exportInteger(integer.getWidth(), integer.isUnsigned());
  if (auto complex = dyn_cast<ComplexType>(type)) {
    if (complex.getElementType().isF32())
      return TensorType::COMPLEX64;
    if (complex.getElementType().isF64())
      return TensorType::COMPLEX128;
    return std::nullopt;
  }
  if (type.isF32())
    return TensorType::FLOAT32;
  if (type.isF16())
    return TensorType::FLOAT16;
  if (type.isBF16())
    return TensorType::BFLOAT16;
  if (type.isF64())
    return TensorType::FLOAT64;
  if (isa<Float8E4M3FNType>(type))
    return TensorType::FLOAT8_E4M3FN;
  if (isa<Float8E5M2Type>(type))
    return TensorType::FLOAT8_E5M2;
  if (isa<nn::StringType>(type))
    return TensorType::STRING;
  if (isa<nn::ResourceType>(type))
    return TensorType::RESOURCE;
  if (isa<nn::VariantType>(type))
    return TensorType::VARIANT;
  return std::nullopt;
}

/// Reports what `!quant.uniform` or the checks behind it have to say as text.
static Type checkQuantizedType(RankedTensorType tensor, function_ref<Type(function_ref<InFlightDiagnostic()>)> make,
                               std::string &problem) {
  MLIRContext *context = tensor.getContext();
  ScopedDiagnosticHandler handler(context, [&](Diagnostic &diagnostic) {
    problem = diagnostic.str();
    return success();
  });
  auto emitError = [&] { return mlir::emitError(UnknownLoc::get(context)); };
  Type quantized = make(emitError);
  if (!quantized || failed(verifyQuantizedTensorType(tensor.clone(quantized), emitError)))
    return {};
  return quantized;
}

Type importQuantizedType(const schema::Tensor &tensor, Type storage, std::string &problem) {
  const schema::QuantizationParameters *record = tensor.quantization();
  auto integer = dyn_cast<IntegerType>(storage);
  // Wider integers are biases and accumulators, whose scales follow from others.
  if (!record || sizeOf(record->scale()) == 0 || record->details() || !integer || integer.getWidth() < 2 ||
      integer.getWidth() > 16)
    return {};
  ArrayRef<float> fileScales = toArrayRef(record->scale());
  std::vector<int64_t> zeroPoints = copyOf(record->zero_point());
  if (zeroPoints.size() != fileScales.size()) {
    problem =
        llvm::formatv("expected as many zero points as scales, {0}, got {1}", fileScales.size(), zeroPoints.size());
    return {};
  }
  MLIRContext *context = storage.getContext();
  bool isSigned = !integer.isUnsigned();
  unsigned bits = integer.getWidth();
  auto signless = IntegerType::get(context, bits);
  int64_t low = isSigned ? -(int64_t(1) << (bits - 1)) : 0, high = low + (int64_t(1) << bits) - 1;
  unsigned flags = isSigned ? quant::QuantizationFlags::Signed : 0;
  auto expressed = Float32Type::get(context);
  SmallVector<int64_t> shape(toArrayRef(tensor.shape()));
  auto tensorType = RankedTensorType::get(shape, storage);
  if (fileScales.size() == 1)
    return checkQuantizedType(
        tensorType,
        [&](auto emitError) {
          return quant::UniformQuantizedType::getChecked(emitError, flags, signless, expressed, fileScales[0],
                                                         zeroPoints[0], low, high);
        },
        problem);
  SmallVector<double> scales(fileScales);
  int32_t axis = record->quantized_dimension();
  if (axis < 0) {
    problem = llvm::formatv("expected a quantized dimension of 0 or more, got {0}", axis);
    return {};
  }
  return checkQuantizedType(
      tensorType,
      [&](auto emitError) {
        return quant::UniformQuantizedPerAxisType::getChecked(emitError, flags, signless, expressed, scales, zeroPoints,
                                                              axis, low, high);
      },
      problem);
}

DictionaryAttr makeRecord(MLIRContext *context, ArrayRef<double> scales, ArrayRef<int64_t> zeroPoints, unsigned axis) {
  Builder builder(context);
  SmallVector<float> rounded;
  for (double scale : scales)
    rounded.push_back(static_cast<float>(scale));
  NamedAttrList record;
  record.append("scale", builder.getDenseF32ArrayAttr(rounded));
  record.append("zero_point", builder.getDenseI64ArrayAttr(zeroPoints));
  if (axis != 0)
    record.append("quantized_dimension", builder.getI32IntegerAttr(axis));
  return record.getDictionary(context);
}

DictionaryAttr makeRecord(Type type) {
  std::optional<QuantParameters> parameters = QuantParameters::of(type);
  if (!parameters)
    return {};
  return makeRecord(type.getContext(), parameters->scales, parameters->zeroPoints, parameters->axis.value_or(0));
}

bool isStoredAsBytes(Type elementType) {
  if (auto quantized = dyn_cast<quant::QuantizedType>(elementType))
    return quantized.getStorageTypeIntegralWidth() < 8;
  if (auto integer = dyn_cast<IntegerType>(elementType))
    return integer.getWidth() < 8 && integer.getWidth() != 1;
  return isa<nn::StringType, nn::ResourceType, nn::VariantType>(elementType);
}

} // namespace mlir::vernier::tflite
