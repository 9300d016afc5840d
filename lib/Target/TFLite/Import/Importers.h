//===- Importers.h - The steps of an import ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_LIB_TARGET_TFLITE_IMPORT_IMPORTERS_H
#define VERNIER_LIB_TARGET_TFLITE_IMPORT_IMPORTERS_H

#include "Import/Identity.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"

namespace mlir::vernier::tflite {

/// What the importers of a module's parts share.
struct ImportContext {
  MLIRContext *context;
  std::shared_ptr<const FlatBufferModel> file;
  ConstantImporter constants;
  /// The function of each subgraph.
  SmallVector<StringAttr> symbols;
};

/// Chooses one function name for each subgraph.
SmallVector<StringAttr> chooseSymbols(MLIRContext *context, const schema::Model &model);

/// Adds subgraph `index` to `module` as a function.
LogicalResult importSubGraph(ImportContext &shared, uint32_t index, ModuleOp module);

/// Creates operator `index` of the subgraph at `place`. `identities` has one identity for each result.
FailureOr<Operation *> importOperator(ImportContext &shared, const Place &place, const schema::Operator &op,
                                      ValueRange operands, TypeRange results, ArrayRef<Attribute> identities,
                                      OpBuilder &builder);

} // namespace mlir::vernier::tflite

#endif // VERNIER_LIB_TARGET_TFLITE_IMPORT_IMPORTERS_H
