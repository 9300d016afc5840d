//===- Translation.cpp - The translations of quant-translate ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "mlir/Tools/mlir-translate/Translation.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Quant/IR/Quant.h"
#include "vernier/Dialect/NN/NN.h"
#include "vernier/Dialect/QuantX/QuantX.h"
#include "vernier/Target/TFLite/FlatBufferModel.h"
#include "vernier/Target/TFLite/TFLite.h"
#include "llvm/Support/SourceMgr.h"

namespace mlir::vernier {

static OwningOpRef<Operation *> translateFromTFLite(const std::shared_ptr<llvm::SourceMgr> &source,
                                                    MLIRContext *context) {
  const llvm::MemoryBuffer &buffer = *source->getMemoryBuffer(source->getMainFileID());
  llvm::Expected<std::shared_ptr<const tflite::FlatBufferModel>> file = tflite::FlatBufferModel::open(
      buffer.getBufferIdentifier(), {buffer.getBufferStart(), buffer.getBufferSize()}, source);
  if (!file) {
    emitError(UnknownLoc::get(context)) << llvm::toString(file.takeError());
    return {};
  }
  return importTFLite(*file, context);
}

void registerTFLiteTranslations() {
  static TranslateToMLIRRegistration toMLIR(
      "tflite-to-mlir", "Reads a .tflite file into the nn dialect", translateFromTFLite, [](DialectRegistry &) {},
      llvm::Align(16));
  static TranslateFromMLIRRegistration fromMLIR(
      "mlir-to-tflite", "Writes a module of the nn dialect as a .tflite file",
      [](ModuleOp module, raw_ostream &os) { return exportTFLite(module, os); },
      // What quantization did stays with the module as attributes of quantx.
      [](DialectRegistry &registry) {
        registry.insert<nn::NNDialect, func::FuncDialect, quant::QuantDialect, quantx::QuantXDialect>();
      });
}

} // namespace mlir::vernier
