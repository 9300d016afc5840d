//===- LowerToCpp.cpp - From a network to C++ -------------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "vernier/Pipelines/LowerToCpp.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassRegistry.h"
#include "vernier/Conversion/Passes.h"
#include "vernier/Dialect/Kernel/Transforms/Passes.h"

namespace mlir::vernier {
namespace {

void buildKernelPipeline(OpPassManager &manager, const LowerToCppOptions &options) {
  ConvertNNToKernelPassOptions convert;
  convert.target = options.target;
  convert.numerics = options.numerics;
  manager.addPass(createConvertNNToKernelPass(convert));
  manager.addPass(kernel::createUnsignedActivationsPass());
  manager.addPass(kernel::createFuseResidualPass());
  manager.addPass(kernel::createStripRowsPass());
  manager.addPass(kernel::createPlanMemoryPass());
}

void buildSourcePipeline(OpPassManager &manager, const LowerToCppOptions &options) {
  ConvertKernelToEmitCPassOptions convert;
  convert.name = options.name;
  convert.part = options.part;
  manager.addPass(createConvertKernelToEmitCPass(convert));
}

using Build = void(OpPassManager &, const LowerToCppOptions &);

FailureOr<OwningOpRef<ModuleOp>> lower(ModuleOp module, const LowerToCppOptions &options, Build *build) {
  PassManager manager(module.getContext());
  build(manager, options);
  OwningOpRef<ModuleOp> copy = module.clone();
  if (failed(manager.run(*copy)))
    return failure();
  return copy;
}

struct PipelineOptions : PassPipelineOptions<PipelineOptions> {
  Option<std::string> target{*this, "target", llvm::cl::desc("What the program runs on"), llvm::cl::init("generic")};
  Option<std::string> numerics{*this, "numerics", llvm::cl::desc("Whose integer arithmetic is reproduced"),
                               llvm::cl::init("litert")};
  Option<std::string> name{*this, "name", llvm::cl::desc("Prefix of every public name"), llvm::cl::init("network")};
};

} // namespace

FailureOr<OwningOpRef<ModuleOp>> lowerToKernels(ModuleOp network, const LowerToCppOptions &options) {
  return lower(network, options, buildKernelPipeline);
}

FailureOr<OwningOpRef<ModuleOp>> lowerToSource(ModuleOp kernels, const LowerToCppOptions &options) {
  return lower(kernels, options, buildSourcePipeline);
}

void registerLowerToCppPipeline() {
  PassPipelineRegistration<PipelineOptions>("vernier-lower-to-cpp", "Write a network as C++, in the emitc dialect",
                                            [](OpPassManager &manager, const PipelineOptions &parsed) {
                                              LowerToCppOptions options{parsed.target, parsed.numerics, parsed.name};
                                              buildKernelPipeline(manager, options);
                                              buildSourcePipeline(manager, options);
                                            });
}

} // namespace mlir::vernier
