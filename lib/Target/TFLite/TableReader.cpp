//===- TableReader.cpp - Flatbuffer tables as attributes ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Reader/Place.h"
#include "TableAttributes.h"
#include "vernier/Dialect/NN/NN.h"

namespace mlir::vernier::tflite {

using flatbuffers::Table;
using reflection::BaseType;

/// The attribute of an enumeration that the dialect has a type for, a null attribute for other integers, or failure for
/// a value without a name.
static FailureOr<Attribute> readDialectEnum(MLIRContext *context, const reflection::Field &field, int64_t value) {
  const reflection::Enum *enumeration = getEnum(field);
  if (!enumeration)
    return Attribute();
  if (getEnumName(*enumeration) == "Padding") {
    if (auto padding = nn::symbolizePadding(value))
      return Attribute(nn::PaddingAttr::get(context, *padding));
    return failure();
  }
  if (getEnumName(*enumeration) == "ActivationFunctionType") {
    if (auto activation = nn::symbolizeActivation(value))
      return Attribute(nn::ActivationAttr::get(context, *activation));
    return failure();
  }
  return Attribute();
}

FailureOr<NamedAttrList> TableReader::read(const reflection::Object &type, const Table &table, Fields fields) {
  NamedAttrList attributes;
  for (const reflection::Field *field : *type.fields()) {
    if (isUnionTypeField(*field))
      continue;
    FailureOr<Attribute> value = readField(type, table, *field, fields);
    if (failed(value))
      return failure();
    if (*value)
      attributes.append(field->name()->str(), *value);
  }
  return attributes;
}

FailureOr<Attribute> TableReader::readField(const reflection::Object &type, const Table &table,
                                            const reflection::Field &field, Fields fields) {
  bool present = table.GetOptionalFieldOffset(field.offset()) != 0;
  if (flatbuffers::IsScalar(field.type()->base_type())) {
    // A subgraph's number is no option that could be left out, be it 0.
    if (!present && fields == Fields::NonDefault && !refersToSubgraph(field))
      return Attribute();
    return readScalar(table, field);
  }
  if (!present)
    return Attribute();
  switch (field.type()->base_type()) {
  case reflection::String: {
    const flatbuffers::String *text = flatbuffers::GetFieldS(table, field);
    return Attribute(builder.getStringAttr(StringRef(text->c_str(), text->size())));
  }
  case reflection::Vector:
    return readVector(table, field, fields);
  case reflection::Union: {
    const reflection::Object *member = getUnionMember(field, readUnionType(type, field, table));
    if (!member)
      return Attribute();
    FailureOr<NamedAttrList> attributes = read(*member, *flatbuffers::GetFieldT(table, field), fields);
    if (failed(attributes))
      return failure();
    attributes->append(kUnionTable, builder.getStringAttr(getTableName(*member)));
    return Attribute(attributes->getDictionary(builder.getContext()));
  }
  default: {
    const reflection::Object &child = *getSchema().objects()->Get(field.type()->index());
    FailureOr<NamedAttrList> attributes = read(child, *flatbuffers::GetFieldT(table, field), fields);
    if (failed(attributes))
      return failure();
    return Attribute(attributes->getDictionary(builder.getContext()));
  }
  }
}

FailureOr<Attribute> TableReader::readScalar(const Table &table, const reflection::Field &field) {
  BaseType type = field.type()->base_type();
  if (type == reflection::Float)
    return Attribute(builder.getF32FloatAttr(flatbuffers::GetFieldF<float>(table, field)));
  if (type == reflection::Double)
    return Attribute(builder.getF64FloatAttr(flatbuffers::GetFieldF<double>(table, field)));
  int64_t value = flatbuffers::GetAnyFieldI(table, field);
  if (refersToSubgraph(field))
    return Attribute(symbolOf(value));
  FailureOr<Attribute> enumerator = readDialectEnum(builder.getContext(), field, value);
  if (failed(enumerator))
    return emitError() << "expected " << field.name()->c_str() << " to be a value of " << getEnumName(*getEnum(field))
                       << ", got " << value;
  if (*enumerator)
    return *enumerator;
  if (type == reflection::Bool)
    return Attribute(builder.getBoolAttr(value != 0));
  unsigned bits = 8 * flatbuffers::GetTypeSize(type);
  return Attribute(IntegerAttr::get(builder.getIntegerType(bits), APInt(bits, value, /*isSigned=*/true,
                                                                        /*implicitTrunc=*/true)));
}

template <typename T> static ArrayRef<T> elementsOf(const Table &table, const reflection::Field &field) {
  const auto *vector = table.GetPointer<const flatbuffers::Vector<T> *>(field.offset());
  return {reinterpret_cast<const T *>(vector->Data()), vector->size()};
}

FailureOr<Attribute> TableReader::readVector(const Table &table, const reflection::Field &field, Fields fields) {
  MLIRContext *context = builder.getContext();
  if (refersToSubgraph(field)) {
    SmallVector<Attribute> symbols;
    for (int32_t index : elementsOf<int32_t>(table, field))
      symbols.push_back(symbolOf(index));
    return Attribute(builder.getArrayAttr(symbols));
  }
  switch (field.type()->element()) {
  case reflection::Bool: {
    // Bytes of the file may be neither 0 nor 1.
    SmallVector<bool> flags;
    for (uint8_t byte : elementsOf<uint8_t>(table, field))
      flags.push_back(byte != 0);
    return Attribute(DenseBoolArrayAttr::get(context, flags));
  }
  case reflection::Byte:
  case reflection::UByte:
    return Attribute(DenseI8ArrayAttr::get(context, elementsOf<int8_t>(table, field)));
  case reflection::Short:
  case reflection::UShort:
    return Attribute(DenseI16ArrayAttr::get(context, elementsOf<int16_t>(table, field)));
  case reflection::Int:
  case reflection::UInt:
    return Attribute(DenseI32ArrayAttr::get(context, elementsOf<int32_t>(table, field)));
  case reflection::Long:
  case reflection::ULong:
    return Attribute(DenseI64ArrayAttr::get(
        context, copyOf(table.GetPointer<const flatbuffers::Vector<int64_t> *>(field.offset()))));
  case reflection::Float:
    return Attribute(DenseF32ArrayAttr::get(context, elementsOf<float>(table, field)));
  default:
    break;
  }
  // What remains in the schema are vectors of tables.
  const reflection::Object &element = *getSchema().objects()->Get(field.type()->index());
  SmallVector<Attribute> tables;
  for (const Table *child :
       *table.GetPointer<const flatbuffers::Vector<flatbuffers::Offset<Table>> *>(field.offset())) {
    FailureOr<NamedAttrList> attributes = read(element, *child, fields);
    if (failed(attributes))
      return failure();
    tables.push_back(attributes->getDictionary(context));
  }
  return Attribute(builder.getArrayAttr(tables));
}

} // namespace mlir::vernier::tflite
