//===- TableAttributes.h - Flatbuffer tables as attributes, and back ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reads any table of the schema into named attributes and writes it from them: options of operators, quantization and
// sparsity records. Attribute names are the schema's field names, so that nothing needs a line of code for each field.
//
//   bool                 BoolAttr                    [byte], [int], ...   DenseI8ArrayAttr, DenseI32ArrayAttr, ...
//   integers, floats     IntegerAttr, FloatAttr      [table]              ArrayAttr of DictionaryAttr
//   enumerations         as their integer type       string               StringAttr
//   Padding,             #nn.padding,                table                DictionaryAttr
//   activation functions   #nn.activation            union                DictionaryAttr with the entry `table`
//   subgraph numbers     FlatSymbolRefAttr

#ifndef VERNIER_LIB_TARGET_TFLITE_TABLEATTRIBUTES_H
#define VERNIER_LIB_TARGET_TFLITE_TABLEATTRIBUTES_H

#include "Export/SharingBuilder.h"
#include "Reflection.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/Diagnostics.h"
#include <functional>

namespace mlir::vernier::tflite {

/// Turns tables into attributes.
class TableReader {
public:
  /// `symbolOf` names a subgraph; its numbers have been verified.
  TableReader(MLIRContext *context, std::function<FlatSymbolRefAttr(int64_t)> symbolOf,
              std::function<InFlightDiagnostic()> emitError)
      : builder(context), symbolOf(std::move(symbolOf)), emitError(std::move(emitError)) {}

  /// Which fields become attributes: all numbers, or only those that differ from the schema's default. Vectors, strings
  /// and tables do if the file has them.
  enum class Fields { All, NonDefault };

  /// The fields of `table`. Fails on enumeration values that have no name.
  FailureOr<NamedAttrList> read(const reflection::Object &type, const flatbuffers::Table &table, Fields fields);

private:
  FailureOr<Attribute> readField(const reflection::Object &type, const flatbuffers::Table &table,
                                 const reflection::Field &field, Fields fields);
  FailureOr<Attribute> readScalar(const flatbuffers::Table &table, const reflection::Field &field);
  FailureOr<Attribute> readVector(const flatbuffers::Table &table, const reflection::Field &field, Fields fields);

  Builder builder;
  std::function<FlatSymbolRefAttr(int64_t)> symbolOf;
  std::function<InFlightDiagnostic()> emitError;
};

/// Turns attributes into tables.
class TableWriter {
public:
  /// `indexOf` gives the number of a subgraph, or fails with a diagnostic.
  TableWriter(SharingBuilder &builder, std::function<FailureOr<int64_t>(FlatSymbolRefAttr)> indexOf,
              std::function<InFlightDiagnostic()> emitError)
      : builder(builder), indexOf(std::move(indexOf)), emitError(std::move(emitError)) {}

  using Offset = flatbuffers::Offset<flatbuffers::Table>;

  /// Writes a table of `type`, whose field `name` has the value `lookup(name)`, or its default where that is null.
  FailureOr<Offset> write(const reflection::Object &type, function_ref<Attribute(StringRef)> lookup);

  /// As above from a dictionary; entries that are no fields are errors.
  FailureOr<Offset> write(const reflection::Object &type, DictionaryAttr attributes);

private:
  LogicalResult writeScalar(const reflection::Field &field, Attribute value);
  /// The offset of a string, vector, table or union.
  FailureOr<uint32_t> writeChild(const reflection::Field &field, Attribute value);
  FailureOr<uint32_t> writeVector(const reflection::Field &field, Attribute value);
  LogicalResult reject(const reflection::Field &field, Attribute value);

  SharingBuilder &builder;
  std::function<FailureOr<int64_t>(FlatSymbolRefAttr)> indexOf;
  std::function<InFlightDiagnostic()> emitError;
};

/// The entry of a union's dictionary that names its table.
inline constexpr llvm::StringLiteral kUnionTable = "table";

/// True if every field of `type` has its default value under `lookup`.
bool isDefault(const reflection::Object &type, function_ref<Attribute(StringRef)> lookup);

} // namespace mlir::vernier::tflite

#endif // VERNIER_LIB_TARGET_TFLITE_TABLEATTRIBUTES_H
