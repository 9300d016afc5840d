//===- Exporters.h - The steps of an export ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_LIB_TARGET_TFLITE_EXPORT_EXPORTERS_H
#define VERNIER_LIB_TARGET_TFLITE_EXPORT_EXPORTERS_H

#include "Export/BufferTable.h"
#include "Export/SharingBuilder.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "vernier/Dialect/NN/NN.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/VersionTuple.h"

namespace mlir::vernier::tflite {

/// The operators that a file uses: one entry for each builtin and each custom name, in the largest version that any
/// instance asks for.
class OperatorCodes {
public:
  /// The entry of `name` and, for custom operators, `custom`. `recorded` is the version in the file that the operator
  /// came from, 0 if there is none; `required` is what its types and options ask for.
  uint32_t add(StringRef name, StringRef custom, int recorded, int required);

  flatbuffers::Offset<flatbuffers::Vector<flatbuffers::Offset<schema::OperatorCode>>>
  write(flatbuffers::FlatBufferBuilder &builder) const;

  /// True if an operator is new, or in a newer version than it came with.
  bool areNewer() const;

  /// The first runtime release that has all versions.
  llvm::VersionTuple getMinimumRuntime() const;

private:
  struct Entry {
    std::string name, custom;
    int recorded = 0, required = 1;
    bool isNew = false;

    int version() const { return std::max({recorded, required, 1}); }
  };
  std::vector<Entry> entries;
  llvm::StringMap<uint32_t> index;
};

/// What the exporters of a file's parts share.
struct ExportContext {
  SharingBuilder &builder;
  BufferTable buffers;
  OperatorCodes codes;
  /// The number of the subgraph that each function becomes.
  llvm::StringMap<uint32_t> subgraphs;

  /// The number of the function called `symbol`.
  FailureOr<int64_t> findSubGraph(FlatSymbolRefAttr symbol, function_ref<InFlightDiagnostic()> emitError) const;
};

/// The tensor numbers that a signature needs.
struct SubGraphTensors {
  SmallVector<int32_t> inputs, outputs;
  /// From the numbers that tensors had in the file that the function came from.
  DenseMap<int64_t, int32_t> byFileIndex;
};

/// Writes a function as a subgraph; fills `tensors`.
FailureOr<flatbuffers::Offset<schema::SubGraph>> exportSubGraph(ExportContext &shared, func::FuncOp function,
                                                                SubGraphTensors &tensors);

/// The tensors of one subgraph: values, and those that only attributes know.
class TensorTable {
public:
  TensorTable(ExportContext &shared, func::FuncOp function) : shared(shared), function(function) {}

  /// Adds the tensor of `value`, once.
  void add(Value value);
  /// Adds the tensor that `identity` alone stands for, unless a value has the same identity. `data` may be null.
  LogicalResult add(nn::TensorAttr identity, ElementsAttr data, function_ref<InFlightDiagnostic()> emitError);
  /// The same, unless there is a tensor of the same place in the file and the same name, which may say more.
  LogicalResult addUnlessListed(nn::TensorAttr identity, ElementsAttr data,
                                function_ref<InFlightDiagnostic()> emitError);

  /// Numbers all tensors: first those of the file that they came from, in its order.
  void number();
  /// The number of the tensor of `value`; -1 for an absent one.
  int32_t find(Value value) const;
  int32_t find(nn::TensorAttr identity) const;
  DenseMap<int64_t, int32_t> getFileIndices() const;

  FailureOr<flatbuffers::Offset<flatbuffers::Vector<flatbuffers::Offset<schema::Tensor>>>> write();

private:
  struct Entry {
    TensorType type;
    nn::TensorAttr identity;
    ElementsAttr data;
    Location loc;
    Value value;
    int32_t number = -1;
  };

  LogicalResult addParameterTensors(DictionaryAttr record, function_ref<InFlightDiagnostic()> emitError);
  FailureOr<flatbuffers::Offset<schema::Tensor>> writeTensor(const Entry &entry);

  ExportContext &shared;
  func::FuncOp function;
  std::vector<Entry> entries;
  std::vector<uint32_t> order;
  DenseMap<Value, uint32_t> byValue;
  DenseMap<Attribute, uint32_t> byIdentity;
  DenseMap<int64_t, uint32_t> byFileIndex;
};

/// The quantization record of a tensor, as a dictionary of the table's fields; null if it has none. It is the file's
/// own record while the type is the one that the record was made for, else what the type says; a constant that some
/// operator takes as a bias gets the product of scales that the operator derives.
DictionaryAttr makeQuantizationRecord(TensorType type, nn::TensorAttr identity, Value value);

} // namespace mlir::vernier::tflite

#endif // VERNIER_LIB_TARGET_TFLITE_EXPORT_EXPORTERS_H
