//===- quant-opt.cpp - Runs passes on textual or bytecode IR ----*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "mlir/Tools/mlir-opt/MlirOptMain.h"
#include "vernier/InitAllDialects.h"
#include "vernier/InitAllPasses.h"

int main(int argc, char **argv) {
  mlir::DialectRegistry registry;
  mlir::vernier::registerAllDialects(registry);
  mlir::vernier::registerAllPasses();
  return mlir::asMainReturnCode(mlir::MlirOptMain(argc, argv, "Vernier's pass driver\n", registry));
}
