//===- TFLite.h - Reading and writing .tflite files ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A file becomes a module of `nn` operators, one function for each subgraph, and a module becomes a file. Import and
// export lose nothing: what no type and no operator can say is kept in attributes. See docs/TFLite.md.

#ifndef VERNIER_TARGET_TFLITE_TFLITE_H
#define VERNIER_TARGET_TFLITE_TFLITE_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"
#include "vernier/IO/MappedFile.h"
#include "llvm/Support/VersionTuple.h"
#include "llvm/Support/raw_ostream.h"

namespace mlir::vernier {

namespace tflite {
class FlatBufferModel;
} // namespace tflite

/// Imports a file. Constants stay in it: the module shares its ownership and copies no weights. On error, null after a
/// diagnostic that names file, subgraph, operator and tensor.
OwningOpRef<ModuleOp> importTFLite(std::shared_ptr<const MappedFile> file, MLIRContext *context);

/// As above for a file that has been opened and verified.
OwningOpRef<ModuleOp> importTFLite(std::shared_ptr<const tflite::FlatBufferModel> file, MLIRContext *context);

/// Writes `module` as a `.tflite` file. Fails with a diagnostic at the operator that the format cannot hold; nothing
/// has been written to `os` then.
LogicalResult exportTFLite(ModuleOp module, raw_ostream &os);

/// Makes operators that have not changed since they were read ask for the versions that their types and options need,
/// too, instead of lower ones of their file. For files that are to be right, where a round trip keeps what it finds.
void raiseVersions(ModuleOp module);

/// An operator, the version that a file asks for that has it, and the first release of the runtime with that version.
struct NewerOperator {
  Operation *op;
  std::string builtin;
  int version;
  llvm::VersionTuple release;
};

/// The operators of `module` that `release` of the runtime does not have in the version that a file would ask for.
std::vector<NewerOperator> findNewerOperators(ModuleOp module, llvm::VersionTuple release);

/// An entry point under the names that a model's users know it by.
struct Signature {
  std::string key;
  func::FuncOp function;
  /// The name of each argument and of each result; empty where the signature has none for it.
  std::vector<std::string> inputs, outputs;
};

/// The signatures that `module` was imported with, in the order of the file.
std::vector<Signature> getSignatures(ModuleOp module);

/// Registers `--tflite-to-mlir` and `--mlir-to-tflite` with `mlir-translate`-like tools.
void registerTFLiteTranslations();

} // namespace mlir::vernier

#endif // VERNIER_TARGET_TFLITE_TFLITE_H
