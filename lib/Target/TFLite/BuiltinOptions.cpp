//===- BuiltinOptions.cpp - Which options table belongs to which operator ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The format does not say it, but nearly all tables are named after their operator; the rest is listed here.

#include "BuiltinOptions.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"

namespace mlir::vernier::tflite {

/// Operators whose table has another name, mostly because several share it.
static constexpr struct {
  llvm::StringLiteral builtin, table;
} kShared[] = {
    {"AVERAGE_POOL_2D", "Pool2DOptions"},
    {"CONV_3D_TRANSPOSE", "Conv3DOptions"},
    {"L2_NORMALIZATION", "L2NormOptions"},
    {"L2_POOL_2D", "Pool2DOptions"},
    {"MAXIMUM", "MaximumMinimumOptions"},
    {"MAX_POOL_2D", "Pool2DOptions"},
    {"MEAN", "ReducerOptions"},
    {"MINIMUM", "MaximumMinimumOptions"},
    {"MULTINOMIAL", "RandomOptions"},
    {"RANDOM_STANDARD_NORMAL", "RandomOptions"},
    {"RANDOM_UNIFORM", "RandomOptions"},
    {"REDUCE_ALL", "ReducerOptions"},
    {"REDUCE_ANY", "ReducerOptions"},
    {"REDUCE_MAX", "ReducerOptions"},
    {"REDUCE_MIN", "ReducerOptions"},
    {"REDUCE_PROD", "ReducerOptions"},
    {"SUM", "ReducerOptions"},
    {"UNIDIRECTIONAL_SEQUENCE_RNN", "SequenceRNNOptions"},
};

/// Lower-case letters and digits only: "CONV_2D" and "Conv2D" are one name.
static std::string normalize(llvm::StringRef name) {
  std::string text;
  for (char c : name)
    if (c != '_')
      text.push_back(llvm::toLower(c));
  return text;
}

static const reflection::Enum &getBuiltinEnum() {
  return *getSchema().enums()->LookupByKey("mlir.vernier.tflite.schema.BuiltinOperator");
}

std::optional<int32_t> findBuiltin(llvm::StringRef name) {
  static const llvm::StringMap<int32_t> numbers = [] {
    llvm::StringMap<int32_t> map;
    for (const reflection::EnumVal *value : *getBuiltinEnum().values())
      map[value->name()->c_str()] = value->value();
    return map;
  }();
  auto found = numbers.find(name);
  if (found == numbers.end())
    return std::nullopt;
  return found->second;
}

const reflection::Object *getOptionsTable(llvm::StringRef name) {
  static const llvm::StringMap<const reflection::Object *> tables = [] {
    llvm::StringMap<const reflection::Object *> byName, map;
    for (const reflection::Object *table : *getSchema().objects()) {
      llvm::StringRef stem = getTableName(*table);
      if (stem.consume_back("Options"))
        byName[normalize(stem)] = table;
    }
    for (const reflection::EnumVal *value : *getBuiltinEnum().values())
      if (const reflection::Object *table = byName.lookup(normalize(value->name()->c_str())))
        map[value->name()->c_str()] = table;
    for (const auto &row : kShared)
      map[row.builtin] = findTable(row.table);
    return map;
  }();
  return tables.lookup(name);
}

} // namespace mlir::vernier::tflite
