//===- Quantize.cpp - The quantization pipeline -----------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "vernier/Pipelines/Quantize.h"
#include "mlir/Pass/PassRegistry.h"
#include "vernier/Dialect/NN/Transforms/Passes.h"
#include "vernier/Transforms/Passes.h"

namespace mlir::vernier {

void buildPreparePipeline(OpPassManager &manager, const QuantizeOptions &options) {
  manager.addPass(nn::createFusePass());
  InsertFakeQuantPassOptions insert;
  insert.scheme = options.scheme;
  insert.perTensor = options.perTensor;
  manager.addPass(createInsertFakeQuantPass(insert));
}

void buildFinishPipeline(OpPassManager &manager, const QuantizeOptions &options) {
  manager.addPass(createResolveScalesPass());
  manager.addPass(createBalanceWeightsPass());
  FoldPassOptions fold;
  fold.io = options.io;
  manager.addPass(createFoldPass(fold));
}

namespace {

struct PipelineOptions : PassPipelineOptions<PipelineOptions> {
  Option<std::string> scheme{*this, "scheme", llvm::cl::desc("Quantization scheme: int8"), llvm::cl::init("int8")};
  Option<bool> perTensor{*this, "per-tensor", llvm::cl::desc("One scale per weight tensor"), llvm::cl::init(false)};
  Option<std::string> statistics{*this, "statistics", llvm::cl::desc("Path of the statistics file"),
                                 llvm::cl::init("")};
  Option<std::string> io{*this, "io", llvm::cl::desc("Type of float inputs and outputs: float32, int8 or uint8"),
                         llvm::cl::init("float32")};
};

} // namespace

void registerQuantizePipeline() {
  PassPipelineRegistration<PipelineOptions>(
      "vernier-quantize", "Quantize a float network with the ranges of a statistics file",
      [](OpPassManager &manager, const PipelineOptions &parsed) {
        QuantizeOptions options{parsed.scheme, parsed.perTensor, parsed.statistics, parsed.io};
        buildPreparePipeline(manager, options);
        AttachStatisticsPassOptions attach;
        attach.statistics = options.statistics;
        manager.addPass(createAttachStatisticsPass(attach));
        buildFinishPipeline(manager, options);
      });
}

} // namespace mlir::vernier
