//===- Prepare.cpp - Steps that quantize and calibrate share ----*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Quantize.h"
#include "vernier/Dialect/NN/Transforms/Passes.h"
#include "vernier/Dialect/QuantX/QuantX.h"
#include "vernier/Execution/Calibrate.h"
#include "vernier/IO/Progress.h"
#include "vernier/Interfaces/TensorIdentity.h"
#include "llvm/Support/Path.h"

namespace mlir::vernier {
namespace {

/// The first operator that touches a quantized tensor, with the tensor.
std::optional<std::pair<Operation *, Type>> findQuantized(ModuleOp module) {
  std::optional<std::pair<Operation *, Type>> found;
  module.walk([&](Operation *op) {
    for (TypeRange types : {TypeRange(op->getOperandTypes()), TypeRange(op->getResultTypes())})
      for (Type type : types)
        if (quant::QuantizedType::getQuantizedElementType(type)) {
          found.emplace(op, type);
          return WalkResult::interrupt();
        }
    return WalkResult::advance();
  });
  return found;
}

} // namespace

LogicalResult prepareModel(Model &model, const QuantizeOptions &options) {
  // Training for quantization leaves quantized types between float operators; fusion makes ranges of them.
  if (findQuantized(*model.module)) {
    PassManager fuse(model.module->getContext());
    fuse.addPass(nn::createFusePass());
    if (failed(fuse.run(*model.module)))
      return failure();
  }
  if (auto quantized = findQuantized(*model.module)) {
    std::string text;
    llvm::raw_string_ostream(text) << model.path << ": is quantized already: " << describe(quantized->first)
                                   << " works on " << summarize(quantized->second) << "; give the float model";
    return reportError(text), failure();
  }
  PassManager passes(model.module->getContext());
  buildPreparePipeline(passes, options);
  return passes.run(*model.module);
}

FailureOr<Statistics> calibrateOnData(Model &model, StringRef path, const DataFlags &flags, bool histograms) {
  auto executor = Executor::create(model.main(), {});
  if (failed(executor))
    return failure();
  FailureOr<SampleStream> samples = openSamples(path, **executor, flags, model.path);
  if (failed(samples))
    return failure();
  Progress progress(llvm::errs(), "calibrating", samples->numSamples());
  return calibrate(model.main(), **executor, *samples, llvm::sys::path::filename(model.path),
                   {flags.threadCount(), histograms}, [&](uint64_t done) { progress.update(done); });
}

} // namespace mlir::vernier
