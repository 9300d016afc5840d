//===- Reflection.cpp - The schema as data ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Reflection.h"
#include "tflite_bfbs_generated.h"
#include "llvm/ADT/StringMap.h"

namespace mlir::vernier::tflite {

static llvm::StringRef dropNamespace(const flatbuffers::String *name) {
  llvm::StringRef text(name->c_str(), name->size());
  return text.substr(text.rfind('.') + 1);
}

const reflection::Schema &getSchema() { return *reflection::GetSchema(schema::ModelBinarySchema::data()); }

const reflection::Object *findTable(llvm::StringRef name) {
  static const llvm::StringMap<const reflection::Object *> tables = [] {
    llvm::StringMap<const reflection::Object *> map;
    for (const reflection::Object *object : *getSchema().objects())
      map[dropNamespace(object->name())] = object;
    return map;
  }();
  return tables.lookup(name);
}

llvm::StringRef getTableName(const reflection::Object &table) { return dropNamespace(table.name()); }

llvm::StringRef getEnumName(const reflection::Enum &enumeration) { return dropNamespace(enumeration.name()); }

const reflection::Enum *getEnum(const reflection::Field &field) {
  const reflection::Type &type = *field.type();
  bool vector = type.base_type() == reflection::Vector;
  reflection::BaseType base = vector ? type.element() : type.base_type();
  if (!flatbuffers::IsInteger(base) || type.index() < 0)
    return nullptr;
  return getSchema().enums()->Get(type.index());
}

const reflection::Object *getUnionMember(const reflection::Field &field, uint8_t type) {
  const reflection::EnumVal *value = getSchema().enums()->Get(field.type()->index())->values()->LookupByKey(type);
  if (type == 0 || !value)
    return nullptr;
  return getSchema().objects()->Get(value->union_type()->index());
}

uint8_t getUnionType(llvm::StringRef unionName, const reflection::Object &table) {
  for (const reflection::Enum *candidate : *getSchema().enums()) {
    if (!candidate->is_union() || getEnumName(*candidate) != unionName)
      continue;
    for (const reflection::EnumVal *value : *candidate->values())
      if (value->value() != 0 && getSchema().objects()->Get(value->union_type()->index()) == &table)
        return value->value();
  }
  return 0;
}

uint8_t readUnionType(const reflection::Object &parent, const reflection::Field &field,
                      const flatbuffers::Table &table) {
  std::string name = field.name()->str() + flatbuffers::UnionTypeFieldSuffix();
  return flatbuffers::GetFieldI<uint8_t>(table, *parent.fields()->LookupByKey(name.c_str()));
}

bool isUnionTypeField(const reflection::Field &field) { return field.type()->base_type() == reflection::UType; }

bool refersToSubgraph(const reflection::Field &field) {
  llvm::StringRef name(field.name()->c_str(), field.name()->size());
  return name.ends_with("subgraph_index") || name.ends_with("subgraph_indices") || name == "subgraph" ||
         name == "called_computations";
}

} // namespace mlir::vernier::tflite
