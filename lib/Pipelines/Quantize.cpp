//===- Quantize.cpp - The quantization pipeline -----------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "vernier/Pipelines/Quantize.h"
#include "mlir/Pass/PassRegistry.h"
#include "vernier/Dialect/NN/Transforms/Passes.h"
#include "vernier/Interfaces/QuantSpec.h"
#include "vernier/Transforms/Passes.h"

namespace mlir::vernier {

void buildNormalizePipeline(OpPassManager &manager) {
  // What training left between float operators first: those are no quantized operators yet.
  manager.addPass(nn::createFusePass());
  manager.addPass(nn::createToFloatPass());
  manager.addPass(nn::createFusePass());
}

void buildPreparePipeline(OpPassManager &manager, const QuantizeOptions &options) {
  buildNormalizePipeline(manager);
  if (!options.recipe.empty()) {
    ApplyRecipePassOptions apply;
    apply.recipe = options.recipe;
    manager.addPass(createApplyRecipePass(apply));
  }
  // Before the marks: operators that have their integers are let alone.
  manager.addPass(createStoreBlockwisePass());
  InsertFakeQuantPassOptions insert;
  insert.scheme = options.scheme;
  insert.perTensor = options.perTensor;
  insert.weightBits = options.weightBits;
  manager.addPass(createInsertFakeQuantPass(insert));
}

void buildFinishPipeline(OpPassManager &manager, const QuantizeOptions &options) {
  manager.addPass(createNarrowRangesPass());
  manager.addPass(createResolveScalesPass());
  manager.addPass(createBalanceWeightsPass());
  FoldPassOptions fold;
  fold.io = options.io;
  manager.addPass(createFoldPass(fold));
  manager.addPass(createStoreHalfPass());
}

namespace {

struct PipelineOptions : PassPipelineOptions<PipelineOptions> {
  Option<std::string> scheme{*this, "scheme",
                             llvm::cl::desc("Quantization scheme: int8, int16x8, fp16, dynamic, weight-only or float"),
                             llvm::cl::init("int8")};
  Option<std::string> recipe{*this, "recipe",
                             llvm::cl::desc("Path of a recipe, which takes the place of the other options"),
                             llvm::cl::init("")};
  Option<bool> perTensor{*this, "per-tensor", llvm::cl::desc("One scale per weight tensor"), llvm::cl::init(false)};
  Option<std::string> statistics{*this, "statistics", llvm::cl::desc("Path of the statistics file"),
                                 llvm::cl::init("")};
  Option<std::string> io{*this, "io", llvm::cl::desc("Type of float inputs and outputs: float32, int8, uint8 or int16"),
                         llvm::cl::init("")};
  Option<std::string> ranges{*this, "ranges",
                             llvm::cl::desc("How a range is chosen: minmax, percentile, mse or entropy"),
                             llvm::cl::init("minmax")};
  Option<unsigned> weightBits{*this, "weight-bits",
                              llvm::cl::desc("Width of stored weights: 8, and for weight-only also 4 or 2"),
                              llvm::cl::init(8)};
};

} // namespace

void registerQuantizePipeline() {
  PassPipelineRegistration<PipelineOptions>(
      "vernier-quantize", "Quantize a float network with the ranges of a statistics file",
      [](OpPassManager &manager, const PipelineOptions &parsed) {
        QuantizeOptions options{parsed.scheme, parsed.perTensor,  parsed.statistics, parsed.io,
                                parsed.ranges, parsed.weightBits, parsed.recipe};
        buildPreparePipeline(manager, options);
        if (!options.statistics.empty()) {
          AttachStatisticsPassOptions attach;
          attach.statistics = options.statistics;
          attach.ranges = options.ranges;
          manager.addPass(createAttachStatisticsPass(attach));
        }
        buildFinishPipeline(manager, options);
      });
}

} // namespace mlir::vernier
