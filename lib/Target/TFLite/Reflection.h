//===- Reflection.h - The schema as data ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The binary form of our own schema, compiled in. It lets one piece of code read or write the options of every
// operator: a field that is added to the schema needs no line of C++.

#ifndef VERNIER_LIB_TARGET_TFLITE_REFLECTION_H
#define VERNIER_LIB_TARGET_TFLITE_REFLECTION_H

#include "flatbuffers/reflection.h"
#include "llvm/ADT/StringRef.h"

namespace mlir::vernier::tflite {

/// The schema of the `.tflite` format.
const reflection::Schema &getSchema();

/// The table called `name`, without namespace, or null.
const reflection::Object *findTable(llvm::StringRef name);

/// The name of `table` without its namespace.
llvm::StringRef getTableName(const reflection::Object &table);

/// The name of `enumeration` without its namespace.
llvm::StringRef getEnumName(const reflection::Enum &enumeration);

/// The enumeration that gives `field` its values, or null if it is a plain number.
const reflection::Enum *getEnum(const reflection::Field &field);

/// What the union `field` holds when its type field is `type`; null for 0 (nothing) and for numbers beyond the schema.
const reflection::Object *getUnionMember(const reflection::Field &field, uint8_t type);

/// The number that stands for `table` in the union `unionName`, or 0.
uint8_t getUnionType(llvm::StringRef unionName, const reflection::Object &table);

/// The value of the type field that belongs to the union `field` of `parent`.
uint8_t readUnionType(const reflection::Object &parent, const reflection::Field &field,
                      const flatbuffers::Table &table);

/// True if `field` belongs to a union as its type number, and so is implied by the union's value.
bool isUnionTypeField(const reflection::Field &field);

/// True if `field` of an options table holds the number of a subgraph, or a list of such numbers.
bool refersToSubgraph(const reflection::Field &field);

} // namespace mlir::vernier::tflite

#endif // VERNIER_LIB_TARGET_TFLITE_REFLECTION_H
