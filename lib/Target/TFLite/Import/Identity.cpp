//===- Identity.cpp - What the file says of a tensor beyond its type ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Import/Identity.h"
#include "AttributeNames.h"
#include "ElementTypes.h"
#include "TableAttributes.h"
#include "vernier/Interfaces/BlockwiseType.h"
#include "vernier/Numerics/Half.h"
#include "llvm/Support/Endian.h"

namespace mlir::vernier::tflite {

Location makeLocation(MLIRContext *context, const FlatBufferModel &file, const Place &place) {
  std::string text = place.str();
  StringRef name = StringRef(text).drop_back(2);
  return NameLoc::get(StringAttr::get(context, name), FileLineColLoc::get(context, file.name(), 0, 0));
}

Location IdentityImporter::getLoc(int32_t index) const { return makeLocation(context, file, place.atTensor(index)); }

TensorType IdentityImporter::getType(int32_t index, bool isConstant) {
  const schema::Tensor &tensor = *graph.tensors()->Get(index);
  Type element = importElementType(context, tensor.type());
  std::string problem;
  if (Type quantized = importQuantizedType(tensor, element, problem))
    element = quantized;
  else if (Type blockwise = isConstant ? readBlockwiseType(tensor) : Type())
    element = blockwise;
  else if (!problem.empty())
    emitWarning(getLoc(index)) << "its quantization record is kept but cannot be used: " << problem;
  ArrayRef<int32_t> shape = toArrayRef(tensor.shape());
  // Old writers leave has_rank unset everywhere: an empty shape then says nothing.
  if (shape.empty() && !tensor.has_rank() && !isConstant)
    return UnrankedTensorType::get(element);
  ArrayRef<int32_t> signature = toArrayRef(tensor.shape_signature());
  SmallVector<int64_t> dims;
  for (int32_t dim : isConstant || signature.empty() ? shape : signature)
    dims.push_back(dim < 0 ? ShapedType::kDynamic : dim);
  return RankedTensorType::get(dims, element);
}

nn::TensorAttr IdentityImporter::getIdentity(int32_t index, TensorType type, bool isConstant, bool keepType) {
  const schema::Tensor &tensor = *graph.tensors()->Get(index);
  DenseI64ArrayAttr shape;
  if (!isConstant && sizeOf(tensor.shape_signature()) > 0)
    shape = DenseI64ArrayAttr::get(context, SmallVector<int64_t>(toArrayRef(tensor.shape())));
  // Only a record that the type does not say itself needs keeping.
  DictionaryAttr record = readRecord(tensor);
  if (record && record == makeRecord(type.getElementType()))
    record = {};
  return nn::TensorAttr::get(context, StringAttr::get(context, toStringRef(tensor.name())), index, shape,
                             record || keepType ? Type(type) : Type(), record, readExtra(tensor, isConstant));
}

/// Reads any table of a tensor. None of them holds subgraphs or enumerations of the dialect, so reading cannot fail.
static NamedAttrList readTable(MLIRContext *context, StringRef type, const void *table) {
  TableReader reader(
      context, [](int64_t) { return FlatSymbolRefAttr(); }, [&] { return mlir::emitError(UnknownLoc::get(context)); });
  return *reader.read(*findTable(type), *static_cast<const flatbuffers::Table *>(table),
                      TableReader::Fields::NonDefault);
}

Type IdentityImporter::readBlockwiseType(const schema::Tensor &tensor) {
  const auto *details = tensor.quantization() ? tensor.quantization()->details_as_BlockwiseQuantization() : nullptr;
  ArrayRef<int32_t> shape = toArrayRef(tensor.shape());
  // Zero points have no kernel that reads them.
  if (!details || tensor.type() != schema::TensorType::INT4 || shape.size() != 2 || details->scales() < 0 ||
      details->zero_points() >= 0 || !llvm::is_contained(getBlockSizes(), int64_t(details->block_size())) ||
      tensor.quantization()->quantized_dimension() != 0 || shape[0] <= 0 || shape[1] <= 0 ||
      shape[1] % details->block_size() != 0)
    return {};
  const schema::Tensor &scales = *graph.tensors()->Get(details->scales());
  ArrayRef<char> data =
      scales.buffer() < sizeOf(file.root().buffers()) ? file.bufferData(scales.buffer()) : ArrayRef<char>();
  BlockwiseParameters parameters;
  parameters.block = details->block_size();
  parameters.rows = shape[0];
  parameters.blocksOfRow = shape[1] / details->block_size();
  const int64_t count = parameters.rows * parameters.blocksOfRow;
  if (scales.type() != schema::TensorType::FLOAT16 || int64_t(data.size()) != count * int64_t(sizeof(uint16_t)))
    return {};
  for (int64_t i = 0; i < count; ++i) {
    const float scale = numerics::halfToFloat(llvm::support::endian::read16le(data.data() + i * sizeof(uint16_t)));
    if (!(scale > 0) || std::isinf(scale))
      return {};
    parameters.scales.push_back(scale);
  }
  return parameters.getElementType(context, /*bits=*/4, /*low=*/-8, /*high=*/7);
}

/// A tensor that holds scales or zero points. No operator reads it, so the record itself keeps it alive.
Attribute IdentityImporter::readParameterTensor(int32_t index) {
  const schema::Tensor &tensor = *graph.tensors()->Get(index);
  TensorType type = getType(index, /*isConstant=*/true);
  Builder builder(context);
  NamedAttrList entries;
  entries.append("tensor", nn::TensorAttr::get(context, builder.getStringAttr(toStringRef(tensor.name())), index, {},
                                               type, {}, {}));
  if (tensor.buffer() < sizeOf(file.root().buffers()) && !file.bufferData(tensor.buffer()).empty())
    entries.append("value", constants.getBytes(tensor.buffer(), toStringRef(tensor.name())));
  return entries.getDictionary(context);
}

DictionaryAttr IdentityImporter::readRecord(const schema::Tensor &tensor) {
  if (!tensor.quantization())
    return {};
  NamedAttrList record = readTable(context, "QuantizationParameters", tensor.quantization());
  // Most writers give every tensor a record and leave it empty.
  for (StringRef name : {"min", "max", "scale", "zero_point"})
    if (auto array = dyn_cast_or_null<DenseArrayAttr>(record.get(name)); array && array.empty())
      record.erase(name);
  if (auto details = dyn_cast_or_null<DictionaryAttr>(record.get("details"))) {
    NamedAttrList entries(details);
    for (StringRef name : {"scales", "zero_points"}) {
      // The fields of a table at their default, 0, are not in it.
      bool hasTensors =
          getTableName(*findTable("CustomQuantization")) != details.getAs<StringAttr>(kUnionTable).getValue();
      if (!hasTensors)
        continue;
      auto index = details.getAs<IntegerAttr>(name);
      int32_t number = index ? index.getInt() : 0;
      if (number >= 0)
        entries.set(name, readParameterTensor(number));
    }
    record.set("details", entries.getDictionary(context));
  }
  return record.empty() ? DictionaryAttr() : record.getDictionary(context);
}

DictionaryAttr IdentityImporter::readExtra(const schema::Tensor &tensor, bool isConstant) {
  Builder builder(context);
  NamedAttrList extra;
  if (tensor.is_variable())
    extra.append(kIsVariable, builder.getUnitAttr());
  if (tensor.has_rank() != statesRanks)
    extra.append(kHasRank, builder.getBoolAttr(tensor.has_rank()));
  if (tensor.sparsity())
    extra.append(kSparsity, readTable(context, "SparsityParameters", tensor.sparsity()).getDictionary(context));
  if (tensor.variant_tensors()) {
    SmallVector<Attribute> variants;
    for (const schema::VariantSubType *variant : *tensor.variant_tensors())
      variants.push_back(readTable(context, "VariantSubType", variant).getDictionary(context));
    extra.append(kVariantTensors, builder.getArrayAttr(variants));
  }
  // An input may come with a value.
  bool hasData = tensor.buffer() < sizeOf(file.root().buffers()) && !file.bufferData(tensor.buffer()).empty();
  if (!isConstant && hasData)
    extra.append(kValue, constants.getBytes(tensor.buffer(), toStringRef(tensor.name())));
  if (isConstant && sizeOf(tensor.shape_signature()) > 0)
    extra.append(kShapeSignature, builder.getDenseI32ArrayAttr(toArrayRef(tensor.shape_signature())));
  return extra.empty() ? DictionaryAttr() : extra.getDictionary(context);
}

} // namespace mlir::vernier::tflite
