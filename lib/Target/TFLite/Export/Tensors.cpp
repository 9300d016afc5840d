//===- Tensors.cpp - Values as tensors of the file ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "AttributeNames.h"
#include "ElementTypes.h"
#include "Export/Exporters.h"
#include "TableAttributes.h"

namespace mlir::vernier::tflite {

using flatbuffers::Offset;

/// The tensors that hold a blockwise record's scales and zero points.
static SmallVector<DictionaryAttr> getParameterTensors(DictionaryAttr record) {
  SmallVector<DictionaryAttr> tensors;
  auto details = record ? record.getAs<DictionaryAttr>("details") : DictionaryAttr();
  if (details)
    for (StringRef name : {"scales", "zero_points"})
      if (auto tensor = details.getAs<DictionaryAttr>(name))
        tensors.push_back(tensor);
  return tensors;
}

void TensorTable::add(Value value) {
  if (isa<NoneType>(value.getType()) || byValue.contains(value))
    return;
  Entry entry{cast<TensorType>(value.getType()), nn::getTensorAttr(value), {}, value.getLoc(), value, -1};
  if (auto constant = value.getDefiningOp<nn::ConstOp>())
    entry.data = constant.getValue();
  else if (auto sparse = value.getDefiningOp<nn::SparseConstOp>())
    entry.data = sparse.getValue();
  else if (entry.identity && entry.identity.getExtra())
    entry.data = entry.identity.getExtra().getAs<ElementsAttr>(kValue);
  byValue[value] = entries.size();
  if (entry.identity) {
    byIdentity.try_emplace(entry.identity, entries.size());
    byFileIndex.try_emplace(entry.identity.getIndex(), entries.size());
  }
  entries.push_back(entry);
}

LogicalResult TensorTable::add(nn::TensorAttr identity, ElementsAttr data,
                               function_ref<InFlightDiagnostic()> emitError) {
  auto type = dyn_cast_or_null<TensorType>(identity.getType());
  if (!type)
    return emitError() << "expected a tensor type in " << identity << ", which no value stands for";
  if (!data && identity.getExtra())
    data = identity.getExtra().getAs<ElementsAttr>(kValue);
  if (byIdentity.try_emplace(identity, entries.size()).second) {
    byFileIndex.try_emplace(identity.getIndex(), entries.size());
    entries.push_back({type, identity, data, function.getLoc(), {}, -1});
  }
  return success();
}

LogicalResult TensorTable::addUnlessListed(nn::TensorAttr identity, ElementsAttr data,
                                           function_ref<InFlightDiagnostic()> emitError) {
  auto same = byFileIndex.find(identity.getIndex());
  if (identity.getIndex() < 0 || same == byFileIndex.end() ||
      entries[same->second].identity.getName() != identity.getName())
    return add(identity, data, emitError);
  byIdentity.try_emplace(identity, same->second);
  return success();
}

/// The identity of a parameter tensor, or null.
static nn::TensorAttr findTensor(DictionaryAttr parameter) { return parameter.getAs<nn::TensorAttr>("tensor"); }

LogicalResult TensorTable::addParameterTensors(DictionaryAttr record, function_ref<InFlightDiagnostic()> emitError) {
  for (DictionaryAttr parameter : getParameterTensors(record)) {
    nn::TensorAttr tensor = findTensor(parameter);
    if (!tensor)
      return emitError() << "expected a #nn.tensor in the quantization record " << parameter;
    if (failed(addUnlessListed(tensor, parameter.getAs<ElementsAttr>("value"), emitError)))
      return failure();
  }
  return success();
}

void TensorTable::number() {
  for (size_t i = 0; i < entries.size(); ++i) {
    Location loc = entries[i].loc;
    // A record that cannot be written fails again, with its diagnostic, in `write`.
    (void)addParameterTensors(makeQuantizationRecord(entries[i].type, entries[i].identity, entries[i].value),
                              [&] { return emitError(loc); });
  }
  for (uint32_t i = 0, e = entries.size(); i < e; ++i)
    order.push_back(i);
  auto place = [&](uint32_t entry) {
    int64_t index = entries[entry].identity ? entries[entry].identity.getIndex() : -1;
    return index < 0 ? INT64_MAX : index;
  };
  llvm::stable_sort(order, [&](uint32_t a, uint32_t b) { return place(a) < place(b); });
  for (auto [number, entry] : llvm::enumerate(order))
    entries[entry].number = number;
}

int32_t TensorTable::find(Value value) const {
  return isa<NoneType>(value.getType()) ? -1 : entries[byValue.lookup(value)].number;
}

int32_t TensorTable::find(nn::TensorAttr identity) const { return entries[byIdentity.lookup(identity)].number; }

DenseMap<int64_t, int32_t> TensorTable::getFileIndices() const {
  DenseMap<int64_t, int32_t> numbers;
  for (auto [index, entry] : byFileIndex)
    numbers[index] = entries[entry].number;
  return numbers;
}

FailureOr<Offset<flatbuffers::Vector<Offset<schema::Tensor>>>> TensorTable::write() {
  std::vector<Offset<schema::Tensor>> tensors;
  for (uint32_t index : order) {
    FailureOr<Offset<schema::Tensor>> tensor = writeTensor(entries[index]);
    if (failed(tensor))
      return failure();
    tensors.push_back(*tensor);
  }
  return shared.builder.CreateVector(tensors);
}

namespace {
/// The two shapes that the file has for one type.
struct FileShapes {
  SmallVector<int32_t> shape, signature;
};
} // namespace

/// The shape is the signature with numbers for its dynamic dimensions: those of the file, or 1.
static FailureOr<FileShapes> makeShapes(TensorType type, nn::TensorAttr identity,
                                        function_ref<InFlightDiagnostic()> emitError) {
  FileShapes shapes;
  if (!type.hasRank())
    return shapes;
  DenseI64ArrayAttr recorded = identity ? identity.getShape() : DenseI64ArrayAttr();
  bool usesRecord = recorded && static_cast<int64_t>(recorded.size()) == type.getRank();
  for (auto [i, dim] : llvm::enumerate(type.getShape())) {
    int64_t size = !ShapedType::isDynamic(dim) ? dim : usesRecord ? recorded[i] : 1;
    if (size < 0 || size > INT32_MAX)
      return emitError() << "expected dimensions that fit 32 bits, got " << type;
    shapes.shape.push_back(size);
    shapes.signature.push_back(ShapedType::isDynamic(dim) ? -1 : size);
  }
  if (usesRecord && type.hasStaticShape())
    for (auto [size, fileSize] : llvm::zip_equal(shapes.shape, recorded.asArrayRef()))
      size = fileSize >= 0 && fileSize <= INT32_MAX ? fileSize : size;
  if (!usesRecord && type.hasStaticShape())
    shapes.signature.clear();
  auto extra = identity ? identity.getExtra() : DictionaryAttr();
  if (auto signature = extra ? extra.getAs<DenseI32ArrayAttr>(kShapeSignature) : DenseI32ArrayAttr())
    if (signature.size() == type.getRank())
      shapes.signature.assign(signature.asArrayRef().begin(), signature.asArrayRef().end());
  return shapes;
}

FailureOr<Offset<schema::Tensor>> TensorTable::writeTensor(const Entry &entry) {
  auto emitError = [&] { return mlir::emitError(entry.loc); };
  std::optional<schema::TensorType> element = exportElementType(entry.type.getElementType());
  if (!element)
    return emitError() << "a .tflite file has no element type for " << entry.type;
  FailureOr<FileShapes> shapes = makeShapes(entry.type, entry.identity, emitError);
  if (failed(shapes))
    return failure();
  uint32_t buffer = 0;
  if (entry.data) {
    FailureOr<uint32_t> added = shared.buffers.add(entry.data, emitError);
    if (failed(added))
      return failure();
    buffer = *added;
  }

  SharingBuilder &builder = shared.builder;
  TableWriter writer(
      builder, [&](FlatSymbolRefAttr symbol) { return shared.findSubGraph(symbol, emitError); }, emitError);
  auto writeTable = [&](StringRef name, DictionaryAttr fields) { return writer.write(*findTable(name), fields); };

  Offset<schema::QuantizationParameters> quantization;
  if (DictionaryAttr record = makeQuantizationRecord(entry.type, entry.identity, entry.value)) {
    // Parameter tensors go by number in the file.
    if (auto details = record.getAs<DictionaryAttr>("details")) {
      NamedAttrList fields(details), outer(record);
      for (StringRef name : {"scales", "zero_points"})
        if (auto parameter = details.getAs<DictionaryAttr>(name)) {
          nn::TensorAttr tensor = findTensor(parameter);
          if (!tensor || !byIdentity.contains(tensor))
            return emitError() << "expected a #nn.tensor in the quantization record " << parameter;
          fields.set(name, IntegerAttr::get(IntegerType::get(record.getContext(), 32), find(tensor)));
        }
      outer.set("details", fields.getDictionary(record.getContext()));
      record = outer.getDictionary(record.getContext());
    }
    FailureOr<TableWriter::Offset> table = writeTable("QuantizationParameters", record);
    if (failed(table))
      return failure();
    quantization = table->o;
  }
  DictionaryAttr extra = entry.identity ? entry.identity.getExtra() : DictionaryAttr();
  Offset<schema::SparsityParameters> sparsity;
  std::vector<Offset<schema::VariantSubType>> variants;
  bool hasRank = entry.type.hasRank() && !function->hasAttr(kRanksUnstated);
  bool isVariable = false;
  if (extra) {
    // Only sparse storage may claim sparsity: a pass may have replaced the constant by a dense one.
    auto fields = extra.getAs<DictionaryAttr>(kSparsity);
    if (fields && !(entry.value && entry.value.getDefiningOp<nn::ConstOp>())) {
      FailureOr<TableWriter::Offset> table = writeTable("SparsityParameters", fields);
      if (failed(table))
        return failure();
      sparsity = table->o;
    }
    if (auto types = extra.getAs<ArrayAttr>(kVariantTensors))
      for (DictionaryAttr variant : types.getAsRange<DictionaryAttr>()) {
        FailureOr<TableWriter::Offset> table = writeTable("VariantSubType", variant);
        if (failed(table))
          return failure();
        variants.push_back(table->o);
      }
    isVariable = extra.contains(kIsVariable);
    if (auto flag = extra.getAs<BoolAttr>(kHasRank))
      hasRank = flag.getValue();
  }
  StringRef text = entry.identity ? entry.identity.getName().getValue() : StringRef();
  Offset<flatbuffers::String> name;
  if (!text.empty())
    name = builder.shareString(text);
  auto shape = builder.shareVector(shapes->shape);
  Offset<flatbuffers::Vector<int32_t>> signature;
  if (!shapes->signature.empty())
    signature = builder.shareVector(shapes->signature);
  Offset<flatbuffers::Vector<Offset<schema::VariantSubType>>> variantTypes;
  if (!variants.empty())
    variantTypes = builder.CreateVector(variants);
  return schema::CreateTensor(builder, shape, *element, buffer, name, quantization, isVariable, sparsity, signature,
                              hasRank, variantTypes);
}

} // namespace mlir::vernier::tflite
