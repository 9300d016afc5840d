//===- quant-reduce.cpp - Shrinks a module that shows a bug -----*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "mlir/IR/MLIRContext.h"
#include "mlir/Tools/mlir-reduce/MlirReduceMain.h"
#include "vernier/InitAllDialects.h"
#include "vernier/InitAllPasses.h"
#include "vernier/Pipelines/Reduction.h"

int main(int argc, char **argv) {
  mlir::DialectRegistry registry;
  mlir::vernier::registerAllDialects(registry);
  mlir::vernier::registerReductionPatterns(registry);
  mlir::vernier::registerAllPasses();
  mlir::MLIRContext context(registry);
  return mlir::failed(mlir::mlirReduceMain(argc, argv, context));
}
