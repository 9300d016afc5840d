//===- quant-translate.cpp - Files to IR and back ---------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "mlir/Tools/mlir-translate/MlirTranslateMain.h"
#include "vernier/Target/TFLite/TFLite.h"

int main(int argc, char **argv) {
  mlir::vernier::registerTFLiteTranslations();
  return mlir::failed(mlir::mlirTranslateMain(argc, argv, "Vernier's translation driver"));
}
