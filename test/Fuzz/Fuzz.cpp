//===- Fuzz.cpp - What the fuzz targets share ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Fuzz.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Quant/IR/Quant.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/DialectRegistry.h"
#include "vernier/Dialect/NN/NN.h"
#include "vernier/Dialect/QuantX/QuantX.h"
#include "llvm/Support/raw_ostream.h"
#include <cstdlib>
#include <optional>

namespace mlir::vernier::fuzz {

MLIRContext &getContext() {
  constexpr unsigned kUses = 1000;
  static std::optional<MLIRContext> context;
  static unsigned uses = 0;
  if (uses++ % kUses == 0) {
    DialectRegistry registry;
    registry
        .insert<arith::ArithDialect, func::FuncDialect, nn::NNDialect, quant::QuantDialect, quantx::QuantXDialect>();
    context.emplace(registry, MLIRContext::Threading::DISABLED);
    context->loadAllAvailableDialects();
    // Texts of messages are made from the input too.
    context->getDiagEngine().registerHandler([](Diagnostic &diagnostic) {
      (void)diagnostic.str();
      return success();
    });
  }
  return *context;
}

void require(bool condition, llvm::StringRef message) {
  if (condition)
    return;
  llvm::errs() << "fuzz: " << message << '\n';
  std::abort();
}

} // namespace mlir::vernier::fuzz
