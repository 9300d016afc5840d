//===- quant-test-opt.cpp - quant-opt with the test dialect -----*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "TestNet.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"
#include "vernier/InitAllDialects.h"
#include "vernier/InitAllPasses.h"

int main(int argc, char **argv) {
  mlir::DialectRegistry registry;
  mlir::vernier::registerAllDialects(registry);
  registry.insert<mlir::vernier::test::TestNetDialect>();
  mlir::vernier::registerAllPasses();
  return mlir::asMainReturnCode(mlir::MlirOptMain(argc, argv, "quant-opt with the test dialect\n", registry));
}
