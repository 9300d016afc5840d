//===- ModelTree.cpp - A .tflite file as a tree that can be changed ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "ModelTree.h"
#include "tflite_generated.h"

namespace mlir::vernier::fuzz {

using namespace tflite;
using flatbuffers::FlatBufferBuilder;
using flatbuffers::Table;
using flatbuffers::uoffset_t;
using flatbuffers::Vector;
using reflection::BaseType;

/// A file in which tables are referred to again and again grows without bound when it becomes a tree.
static constexpr unsigned kMaxTables = 1 << 14;

namespace {
class TreeReader {
public:
  std::unique_ptr<TableNode> read(const reflection::Object &type, const Table &table) {
    if (++count > kMaxTables)
      return nullptr;
    auto node = std::make_unique<TableNode>();
    node->type = &type;
    for (const reflection::Field *field : *type.fields())
      if (!isUnionTypeField(*field) && table.GetOptionalFieldOffset(field->offset()))
        if (!readField(type, table, *field, node->fields[field]))
          return nullptr;
    return node;
  }

private:
  bool addChild(TableNode::Field &value, const reflection::Object *type, const Table *table) {
    auto child = type && table ? read(*type, *table) : nullptr;
    value.tables.push_back(std::move(child));
    return value.tables.back() != nullptr;
  }

  bool readField(const reflection::Object &type, const Table &table, const reflection::Field &field,
                 TableNode::Field &value) {
    const auto &objects = *getSchema().objects();
    switch (field.type()->base_type()) {
    case reflection::String:
      value.bytes = flatbuffers::GetFieldS(table, field)->str();
      return true;
    case reflection::Obj:
      return addChild(value, objects.Get(field.type()->index()), flatbuffers::GetFieldT(table, field));
    case reflection::Union:
      return addChild(value, getUnionMember(field, readUnionType(type, field, table)),
                      flatbuffers::GetFieldT(table, field));
    case reflection::Vector: {
      const auto *vector = table.GetPointer<const Vector<uint8_t> *>(field.offset());
      BaseType element = field.type()->element();
      if (element != reflection::Obj) {
        value.bytes.assign(reinterpret_cast<const char *>(vector->Data()),
                           vector->size() * flatbuffers::GetTypeSize(element));
        return true;
      }
      for (const Table *child : *reinterpret_cast<const Vector<flatbuffers::Offset<Table>> *>(vector))
        if (!addChild(value, objects.Get(field.type()->index()), child))
          return false;
      return true;
    }
    default:
      std::memcpy(&value.scalar, table.GetAddressOf(field.offset()),
                  flatbuffers::GetTypeSize(field.type()->base_type()));
      return true;
    }
  }

  unsigned count = 0;
};

class TreeWriter {
public:
  uoffset_t write(const TableNode &table) {
    // Everything that the table refers to comes before the table itself.
    std::map<const reflection::Field *, uoffset_t> references;
    for (const auto &[field, value] : table.fields)
      if (!flatbuffers::IsScalar(field->type()->base_type()))
        references[field] = writeReference(*field, value);
    uoffset_t start = builder.StartTable();
    for (const auto &[field, value] : table.fields) {
      auto reference = references.find(field);
      if (reference == references.end()) {
        addScalar(*field, value.scalar);
        continue;
      }
      if (!reference->second)
        continue;
      builder.AddOffset(field->offset(), flatbuffers::Offset<void>(reference->second));
      if (field->type()->base_type() == reflection::Union) {
        std::string name = field->name()->str() + flatbuffers::UnionTypeFieldSuffix();
        const reflection::Field *number = table.type->fields()->LookupByKey(name.c_str());
        const reflection::Enum *members = getSchema().enums()->Get(field->type()->index());
        builder.AddElement<uint8_t>(number->offset(), getUnionType(getEnumName(*members), *value.tables.front()->type));
      }
    }
    return builder.EndTable(start);
  }

  FlatBufferBuilder builder;

private:
  uoffset_t writeReference(const reflection::Field &field, const TableNode::Field &value) {
    switch (field.type()->base_type()) {
    case reflection::String:
      return builder.CreateString(value.bytes).o;
    case reflection::Vector: {
      if (field.type()->element() == reflection::Obj) {
        std::vector<flatbuffers::Offset<Table>> children;
        for (const auto &child : value.tables)
          children.push_back(write(*child));
        return builder.CreateVector(children).o;
      }
      size_t width = flatbuffers::GetTypeSize(field.type()->element()), count = value.bytes.size() / width;
      constexpr size_t kAlignment = 16;
      builder.ForceVectorAlignment(count, width, kAlignment);
      builder.StartVector(count, width);
      builder.PushBytes(reinterpret_cast<const uint8_t *>(value.bytes.data()), count * width);
      return builder.EndVector(count);
    }
    default:
      return value.tables.empty() ? 0 : write(*value.tables.front());
    }
  }

  void addScalar(const reflection::Field &field, uint64_t value) {
    builder.ForceDefaults(true);
    switch (flatbuffers::GetTypeSize(field.type()->base_type())) {
    case 1:
      return builder.AddElement<uint8_t>(field.offset(), value, 0);
    case 2:
      return builder.AddElement<uint16_t>(field.offset(), value, 0);
    case 4:
      return builder.AddElement<uint32_t>(field.offset(), value, 0);
    default:
      return builder.AddElement<uint64_t>(field.offset(), value, 0);
    }
  }
};
} // namespace

std::unique_ptr<TableNode> readTree(llvm::ArrayRef<uint8_t> file) {
  flatbuffers::Verifier verifier(file.data(), file.size());
  if (file.size() < 8 || !schema::VerifyModelBuffer(verifier))
    return nullptr;
  return TreeReader().read(*getSchema().root_table(), *flatbuffers::GetRoot<Table>(file.data()));
}

std::string writeTree(const TableNode &model) {
  TreeWriter writer;
  writer.builder.Finish(flatbuffers::Offset<Table>(writer.write(model)), schema::ModelIdentifier());
  return {reinterpret_cast<const char *>(writer.builder.GetBufferPointer()), writer.builder.GetSize()};
}

std::unique_ptr<TableNode> clone(const TableNode &table) {
  auto copy = std::make_unique<TableNode>();
  copy->type = table.type;
  for (const auto &[field, value] : table.fields) {
    TableNode::Field &to = copy->fields[field];
    to.scalar = value.scalar;
    to.bytes = value.bytes;
    for (const auto &child : value.tables)
      to.tables.push_back(clone(*child));
  }
  return copy;
}

std::vector<TableNode *> collectTables(TableNode &table) {
  std::vector<TableNode *> tables = {&table};
  for (size_t i = 0; i < tables.size(); ++i)
    for (auto &entry : tables[i]->fields)
      for (auto &child : entry.second.tables)
        tables.push_back(child.get());
  return tables;
}

const reflection::Field *findField(const TableNode &table, llvm::StringRef name) {
  return table.type->fields()->LookupByKey(name.str().c_str());
}

std::optional<uint64_t> getScalar(const TableNode &table, llvm::StringRef name) {
  auto found = table.fields.find(findField(table, name));
  if (found == table.fields.end())
    return std::nullopt;
  return found->second.scalar;
}

} // namespace mlir::vernier::fuzz
