//===- IRFuzzer.cpp - Text of nn and quantx through the quantization pipeline ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Fuzz.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Transforms/Passes.h"
#include "vernier/Dialect/QuantX/QuantX.h"
#include "vernier/Pipelines/Quantize.h"
#include "vernier/Target/TFLite/TFLite.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using namespace mlir::vernier;

/// Every value takes this range, as if calibration had seen it.
static void attachRanges(ModuleOp module) {
  module.walk([](quantx::FakeQuantOp op) {
    constexpr double kMin = -1.5, kMax = 2;
    if (!op.getStatisticsAttr())
      op.setStatisticsAttr(quantx::StatisticsAttr::get(op.getContext(), kMin, kMax));
  });
}

static bool run(ModuleOp module, llvm::function_ref<void(OpPassManager &)> build) {
  PassManager passes(module.getContext());
  build(passes);
  return succeeded(passes.run(module));
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  // The lexer wants a zero behind the last character.
  std::string text(reinterpret_cast<const char *>(data), size);
  ParserConfig config(&fuzz::getContext());
  OwningOpRef<ModuleOp> module = parseSourceString<ModuleOp>(text, config, "input.mlir");
  if (!module)
    return 0;
  std::string out;
  llvm::raw_string_ostream os(out);
  module->print(os);
  QuantizeOptions options;
  if (!run(*module, [&](OpPassManager &passes) {
        passes.addPass(createCanonicalizerPass());
        buildPreparePipeline(passes, options);
      }))
    return 0;
  attachRanges(*module);
  if (!run(*module, [&](OpPassManager &passes) { buildFinishPipeline(passes, options); }))
    return 0;
  (void)exportTFLite(*module, os);
  return 0;
}
