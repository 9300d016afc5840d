//===- InitAll.cpp - The only list of what exists ---------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/EmitC/IR/EmitC.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Quant/IR/Quant.h"
#include "mlir/Dialect/Tosa/IR/TosaOps.h"
#include "mlir/IR/DialectRegistry.h"
#include "mlir/Transforms/Passes.h"
#include "vernier/Conversion/Passes.h"
#include "vernier/Dialect/Kernel/Kernel.h"
#include "vernier/Dialect/Kernel/Transforms/Passes.h"
#include "vernier/Dialect/NN/NN.h"
#include "vernier/Dialect/NN/Transforms/Passes.h"
#include "vernier/Dialect/QuantX/QuantX.h"
#include "vernier/ExternalModels/Tosa.h"
#include "vernier/InitAllDialects.h"
#include "vernier/InitAllPasses.h"
#include "vernier/Pipelines/LowerToCpp.h"
#include "vernier/Pipelines/Quantize.h"
#include "vernier/Transforms/Passes.h"

namespace mlir::vernier {

void registerAllDialects(DialectRegistry &registry) {
  registry.insert<arith::ArithDialect, emitc::EmitCDialect, func::FuncDialect, kernel::KernelDialect, nn::NNDialect,
                  quant::QuantDialect, quantx::QuantXDialect, tosa::TosaDialect>();
  registerTosaExternalModels(registry);
}

void registerAllPasses() {
  registerCanonicalizerPass();
  registerCSEPass();
  kernel::registerKernelPasses();
  nn::registerNNPasses();
  registerConversionPasses();
  registerQuantizationPasses();
  registerQuantizePipeline();
  registerLowerToCppPipeline();
}

} // namespace mlir::vernier
