//===- ModelTree.h - A .tflite file as a tree that can be changed ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_TEST_FUZZ_MODELTREE_H
#define VERNIER_TEST_FUZZ_MODELTREE_H

#include "Reflection.h"
#include "llvm/ADT/ArrayRef.h"
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace mlir::vernier::fuzz {

/// A table of the schema with the fields that it has. Which members a field uses follows from its type.
struct TableNode {
  struct Field {
    /// A scalar, as an integer or, for floats, as their bits.
    uint64_t scalar = 0;
    /// A string, or the elements of a vector of scalars.
    std::string bytes;
    /// A table, a union's member, or the elements of a vector of tables.
    std::vector<std::unique_ptr<TableNode>> tables;
  };

  const reflection::Object *type = nullptr;
  std::map<const reflection::Field *, Field> fields;
};

/// The tree of `file`, or null if it is no well-formed flatbuffer of the schema, or holds union members beyond it.
std::unique_ptr<TableNode> readTree(llvm::ArrayRef<uint8_t> file);

/// The bytes of the file whose tree `model` is, without anything behind the flatbuffer.
std::string writeTree(const TableNode &model);

std::unique_ptr<TableNode> clone(const TableNode &table);

/// All tables below and including `table`.
std::vector<TableNode *> collectTables(TableNode &table);

/// The value of the scalar field called `name`, or nothing if the table does not have it.
std::optional<uint64_t> getScalar(const TableNode &table, llvm::StringRef name);

/// The field called `name` of the schema.
const reflection::Field *findField(const TableNode &table, llvm::StringRef name);

} // namespace mlir::vernier::fuzz

#endif // VERNIER_TEST_FUZZ_MODELTREE_H
