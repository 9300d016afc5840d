//===- TableWriter.cpp - Attributes as flatbuffer tables ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "TableAttributes.h"
#include "vernier/Dialect/NN/NN.h"

namespace mlir::vernier::tflite {

using reflection::BaseType;

LogicalResult TableWriter::reject(const reflection::Field &field, Attribute value) {
  return emitError() << "cannot write option '" << field.name()->c_str() << "': " << value
                     << " has another type than the file's field";
}

/// The number that an integer, boolean or enumeration attribute stands for.
static std::optional<int64_t> getNumber(Attribute value) {
  if (auto padding = dyn_cast<nn::PaddingAttr>(value))
    return static_cast<int64_t>(padding.getValue());
  if (auto activation = dyn_cast<nn::ActivationAttr>(value))
    return static_cast<int64_t>(activation.getValue());
  if (auto integer = dyn_cast<IntegerAttr>(value))
    if (integer.getValue().getBitWidth() <= 64)
      return integer.getType().isInteger(1) ? int64_t(integer.getValue().getBoolValue())
                                            : integer.getValue().getSExtValue();
  return std::nullopt;
}

static bool isDefaultScalar(const reflection::Field &field, Attribute value) {
  if (auto real = dyn_cast<FloatAttr>(value))
    return real.getValueAsDouble() == field.default_real();
  std::optional<int64_t> number = getNumber(value);
  return number && *number == field.default_integer();
}

bool isDefault(const reflection::Object &type, function_ref<Attribute(StringRef)> lookup) {
  for (const reflection::Field *field : *type.fields()) {
    Attribute value = lookup(field->name()->c_str());
    if (!value || isUnionTypeField(*field))
      continue;
    if (!flatbuffers::IsScalar(field->type()->base_type()) || !isDefaultScalar(*field, value))
      return false;
  }
  return true;
}

FailureOr<TableWriter::Offset> TableWriter::write(const reflection::Object &type, DictionaryAttr attributes) {
  for (NamedAttribute attribute : attributes) {
    const reflection::Field *field = type.fields()->LookupByKey(attribute.getName().str().c_str());
    if ((!field || isUnionTypeField(*field)) && attribute.getName() != kUnionTable)
      return emitError() << getTableName(type) << " has no field '" << attribute.getName().getValue() << "'";
  }
  return write(type, [&](StringRef name) { return attributes.get(name); });
}

FailureOr<TableWriter::Offset> TableWriter::write(const reflection::Object &type,
                                                  function_ref<Attribute(StringRef)> lookup) {
  // Attributes that are equal are the same object.
  SmallVector<const void *> content = {&type};
  for (const reflection::Field *field : *type.fields())
    content.push_back(lookup(field->name()->c_str()).getAsOpaquePointer());
  if (flatbuffers::uoffset_t known = builder.findTable(content))
    return Offset(known);
  // Flatbuffers are built from the leaves: first what the table refers to.
  SmallVector<std::pair<const reflection::Field *, uint32_t>> children;
  SmallVector<std::pair<const reflection::Field *, uint8_t>> unionTypes;
  for (const reflection::Field *field : *type.fields()) {
    if (flatbuffers::IsScalar(field->type()->base_type()))
      continue;
    Attribute value = lookup(field->name()->c_str());
    if (!value)
      continue;
    FailureOr<uint32_t> child = writeChild(*field, value);
    if (failed(child))
      return failure();
    children.push_back({field, *child});
    if (field->type()->base_type() != reflection::Union)
      continue;
    std::string name = field->name()->str() + flatbuffers::UnionTypeFieldSuffix();
    StringRef table = cast<StringAttr>(cast<DictionaryAttr>(value).get(kUnionTable)).getValue();
    StringRef unionName = getEnumName(*getSchema().enums()->Get(field->type()->index()));
    unionTypes.push_back({type.fields()->LookupByKey(name.c_str()), getUnionType(unionName, *findTable(table))});
  }
  uint32_t start = builder.StartTable();
  for (auto [field, child] : children)
    builder.AddOffset(field->offset(), flatbuffers::Offset<void>(child));
  for (auto [field, number] : unionTypes)
    builder.AddElement<uint8_t>(field->offset(), number, 0);
  LogicalResult result = success();
  for (const reflection::Field *field : *type.fields()) {
    if (!flatbuffers::IsScalar(field->type()->base_type()) || isUnionTypeField(*field))
      continue;
    if (Attribute value = lookup(field->name()->c_str()))
      if (failed(writeScalar(*field, value)))
        result = failure();
  }
  // A table that was started must be ended, also on the way out.
  Offset table(builder.EndTable(start));
  if (failed(result))
    return failure();
  builder.findTable(content) = table.o;
  return table;
}

LogicalResult TableWriter::writeScalar(const reflection::Field &field, Attribute value) {
  auto addInteger = [&](auto zero, int64_t number) {
    using T = decltype(zero);
    builder.AddElement<T>(field.offset(), static_cast<T>(number), static_cast<T>(field.default_integer()));
    return success();
  };
  BaseType type = field.type()->base_type();
  if (flatbuffers::IsFloat(type)) {
    auto real = dyn_cast<FloatAttr>(value);
    if (!real || real.getType().getIntOrFloatBitWidth() != 8 * flatbuffers::GetTypeSize(type))
      return reject(field, value);
    if (type == reflection::Float)
      builder.AddElement<float>(field.offset(), real.getValue().convertToFloat(), field.default_real());
    else
      builder.AddElement<double>(field.offset(), real.getValue().convertToDouble(), field.default_real());
    return success();
  }
  if (refersToSubgraph(field)) {
    auto symbol = dyn_cast<FlatSymbolRefAttr>(value);
    if (!symbol)
      return reject(field, value);
    FailureOr<int64_t> index = indexOf(symbol);
    if (failed(index))
      return failure();
    return type == reflection::UInt ? addInteger(uint32_t(), *index) : addInteger(int32_t(), *index);
  }
  std::optional<int64_t> number = getNumber(value);
  if (!number)
    return reject(field, value);
  // Integers have the field's width; booleans and the dialect's enumerations are narrow enough for any.
  unsigned bits = 8 * flatbuffers::GetTypeSize(type);
  if (auto integer = dyn_cast<IntegerAttr>(value))
    if (!integer.getType().isInteger(type == reflection::Bool ? 1 : bits))
      return reject(field, value);
  switch (type) {
  case reflection::Bool:
  case reflection::UByte:
    return addInteger(uint8_t(), *number);
  case reflection::Byte:
    return addInteger(int8_t(), *number);
  case reflection::Short:
    return addInteger(int16_t(), *number);
  case reflection::UShort:
    return addInteger(uint16_t(), *number);
  case reflection::Int:
    return addInteger(int32_t(), *number);
  case reflection::UInt:
    return addInteger(uint32_t(), *number);
  case reflection::Long:
    return addInteger(int64_t(), *number);
  case reflection::ULong:
    return addInteger(uint64_t(), *number);
  default:
    return reject(field, value);
  }
}

FailureOr<uint32_t> TableWriter::writeChild(const reflection::Field &field, Attribute value) {
  auto writeDictionary = [&](const reflection::Object &type, DictionaryAttr dictionary) -> FailureOr<uint32_t> {
    FailureOr<Offset> table = write(type, dictionary);
    if (failed(table))
      return failure();
    return table->o;
  };
  switch (field.type()->base_type()) {
  case reflection::String:
    if (auto text = dyn_cast<StringAttr>(value))
      return builder.shareString(text.getValue()).o;
    return reject(field, value);
  case reflection::Vector:
    return writeVector(field, value);
  case reflection::Union: {
    auto dictionary = dyn_cast<DictionaryAttr>(value);
    auto name = dictionary ? dictionary.getAs<StringAttr>(kUnionTable) : StringAttr();
    const reflection::Object *member = name ? findTable(name.getValue()) : nullptr;
    StringRef unionName = getEnumName(*getSchema().enums()->Get(field.type()->index()));
    if (!member || getUnionType(unionName, *member) == 0)
      return reject(field, value);
    return writeDictionary(*member, dictionary);
  }
  default:
    if (auto dictionary = dyn_cast<DictionaryAttr>(value))
      return writeDictionary(*getSchema().objects()->Get(field.type()->index()), dictionary);
    return reject(field, value);
  }
}

/// The alignment that the schema forces on a vector's elements, or 1.
static size_t getForcedAlignment(const reflection::Field &field) {
  const reflection::KeyValue *entry = field.attributes() ? field.attributes()->LookupByKey("force_align") : nullptr;
  size_t alignment = 1;
  if (entry)
    StringRef(entry->value()->c_str()).getAsInteger(10, alignment);
  return alignment;
}

FailureOr<uint32_t> TableWriter::writeVector(const reflection::Field &field, Attribute value) {
  BaseType element = field.type()->element();
  if (refersToSubgraph(field)) {
    auto symbols = dyn_cast<ArrayAttr>(value);
    if (!symbols)
      return reject(field, value);
    SmallVector<int32_t> indices;
    for (Attribute entry : symbols) {
      auto symbol = dyn_cast<FlatSymbolRefAttr>(entry);
      if (!symbol)
        return reject(field, value);
      FailureOr<int64_t> index = indexOf(symbol);
      if (failed(index))
        return failure();
      indices.push_back(*index);
    }
    return builder.shareVector(indices).o;
  }
  if (element == reflection::Obj) {
    auto tables = dyn_cast<ArrayAttr>(value);
    if (!tables)
      return reject(field, value);
    std::vector<Offset> offsets;
    for (Attribute entry : tables) {
      auto dictionary = dyn_cast<DictionaryAttr>(entry);
      if (!dictionary)
        return reject(field, value);
      FailureOr<Offset> table = write(*getSchema().objects()->Get(field.type()->index()), dictionary);
      if (failed(table))
        return failure();
      offsets.push_back(*table);
    }
    return builder.CreateVector(offsets).o;
  }
  // Arrays of numbers hold the bytes of the file already, booleans included.
  auto array = dyn_cast<DenseArrayAttr>(value);
  size_t width = flatbuffers::GetTypeSize(element);
  bool matches = array && (element == reflection::Bool          ? array.getElementType().isInteger(1)
                           : element == reflection::Float       ? array.getElementType().isF32()
                           : array.getElementType().isInteger() ? array.getElementType().isInteger(8 * width)
                                                                : false);
  if (!matches)
    return reject(field, value);
  return builder.shareNumbers(array.getRawData(), width, getForcedAlignment(field));
}

} // namespace mlir::vernier::tflite
