//===- VerifyExtent.cpp - A walk over every table of the file ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Reader/Verify.h"
#include "Reflection.h"

namespace mlir::vernier::tflite {
namespace {

using flatbuffers::Table;
using flatbuffers::uoffset_t;
using flatbuffers::Vector;
using flatbuffers::voffset_t;

/// A depth-first walk; the schema is not recursive, so neither depth nor the stack can grow with the file.
class Walk {
public:
  Walk(llvm::StringRef file, llvm::ArrayRef<char> bytes)
      : file(file), base(reinterpret_cast<const uint8_t *>(bytes.data())), size(bytes.size()),
        budget(8 * uint64_t(bytes.size()) + (1u << 20)) {}

  llvm::Error visit(const reflection::Object &type, const Table &table) {
    if (llvm::Error error = visitShape(type, table))
      return error;
    for (const reflection::Field *field : *type.fields()) {
      if (!table.GetOptionalFieldOffset(field->offset()))
        continue;
      if (llvm::Error error = visitField(type, table, *field))
        return error;
    }
    return llvm::Error::success();
  }

  Extent extent;

private:
  /// The table's own bytes and its vtable.
  llvm::Error visitShape(const reflection::Object &type, const Table &table) {
    const uint8_t *vtable = table.GetVTable();
    uint64_t vtableSize = flatbuffers::ReadScalar<voffset_t>(vtable);
    uint64_t known = 2 * sizeof(voffset_t) + type.fields()->size() * sizeof(voffset_t);
    for (uint64_t at = known; at + sizeof(voffset_t) <= vtableSize; at += sizeof(voffset_t))
      if (flatbuffers::ReadScalar<voffset_t>(vtable + at))
        note(llvm::formatv(
            "{0}: {1} has a field number {2} that is newer than this version of Vernier, which would lose it", file,
            getTableName(type), at / sizeof(voffset_t) - 2));
    reach(vtable, vtableSize);
    uint64_t inlineSize = vtableSize >= 2 * sizeof(voffset_t)
                              ? flatbuffers::ReadScalar<voffset_t>(vtable + sizeof(voffset_t))
                              : sizeof(flatbuffers::soffset_t);
    const auto *start = reinterpret_cast<const uint8_t *>(&table);
    reach(start, std::min<uint64_t>(inlineSize, size - (start - base)));
    return spend(inlineSize);
  }

  llvm::Error visitField(const reflection::Object &type, const Table &table, const reflection::Field &field) {
    switch (field.type()->base_type()) {
    case reflection::String:
      return visitString(flatbuffers::GetFieldS(table, field));
    case reflection::Vector:
      return visitVector(*table.GetPointer<const Vector<uint8_t> *>(field.offset()), *field.type());
    case reflection::Obj:
      return visit(*getSchema().objects()->Get(field.type()->index()), *flatbuffers::GetFieldT(table, field));
    case reflection::Union: {
      uint8_t number = readUnionType(type, field, table);
      if (number == 0)
        return llvm::Error::success();
      const reflection::Object *member = getUnionMember(field, number);
      if (!member) {
        note(
            llvm::formatv("{0}: field {1} of {2} holds a table of type {3} that is newer than this version of Vernier, "
                          "which would lose it",
                          file, toStringRef(field.name()), getTableName(type), number));
        return llvm::Error::success();
      }
      return visit(*member, *flatbuffers::GetFieldT(table, field));
    }
    default:
      return llvm::Error::success();
    }
  }

  llvm::Error visitString(const flatbuffers::String *text) {
    reach(reinterpret_cast<const uint8_t *>(text), sizeof(uoffset_t) + text->size() + 1);
    return spend(text->size());
  }

  llvm::Error visitVector(const Vector<uint8_t> &vector, const reflection::Type &type) {
    uint64_t bytes = uint64_t(vector.size()) * flatbuffers::GetTypeSize(type.element());
    reach(reinterpret_cast<const uint8_t *>(&vector), sizeof(uoffset_t) + bytes);
    if (llvm::Error error = spend(bytes))
      return error;
    if (type.element() != reflection::Obj)
      return llvm::Error::success();
    const reflection::Object &element = *getSchema().objects()->Get(type.index());
    for (const Table *table : reinterpret_cast<const Vector<flatbuffers::Offset<Table>> &>(vector))
      if (llvm::Error error = visit(element, *table))
        return error;
    return llvm::Error::success();
  }

  void note(std::string message) {
    if (extent.newer.empty())
      extent.newer = std::move(message);
  }

  void reach(const uint8_t *start, uint64_t length) {
    extent.end = std::max<uint64_t>(extent.end, start - base + length);
  }

  llvm::Error spend(uint64_t bytes) {
    spent += bytes;
    if (spent <= budget)
      return llvm::Error::success();
    return makeError(
        "{0}: the file's tables refer to the same data so often that reading them would take more than {1} "
        "bytes, for a file of {2}",
        file, budget, size);
  }

  llvm::StringRef file;
  const uint8_t *base;
  uint64_t size, budget, spent = 0;
};

} // namespace

llvm::Expected<Extent> measureExtent(llvm::StringRef file, llvm::ArrayRef<char> bytes, const schema::Model &model) {
  Walk walk(file, bytes);
  if (llvm::Error error = walk.visit(*getSchema().root_table(), reinterpret_cast<const Table &>(model)))
    return error;
  return walk.extent;
}

} // namespace mlir::vernier::tflite
