//===- IRFuzzer.cpp - Text of nn and quantx through the quantization pipeline ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Fuzz.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Transforms/Passes.h"
#include "vernier/Dialect/QuantX/QuantX.h"
#include "vernier/Pipelines/Quantize.h"
#include "vernier/Target/TFLite/TFLite.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/MathExtras.h"
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

/// Whether a resource asks for an alignment that is no power of two: MLIR's own parser gives that to its allocator,
/// which aborts, before any of our code runs. The first four bytes of a blob, in hexadecimal, lowest first.
static bool hasImpossibleAlignment(StringRef text) {
  for (size_t at = text.find("\"0x"); at != StringRef::npos; at = text.find("\"0x", at + 1)) {
    std::string bytes;
    if (llvm::tryGetFromHex(text.substr(at + 3, 8), bytes) && bytes.size() == 4 &&
        !llvm::isPowerOf2_32(llvm::support::endian::read32le(bytes.data())))
      return true;
  }
  return false;
}

static bool run(ModuleOp module, llvm::function_ref<void(OpPassManager &)> build) {
  PassManager passes(module.getContext());
  build(passes);
  return succeeded(passes.run(module));
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  // The lexer wants a zero behind the last character.
  std::string text(reinterpret_cast<const char *>(data), size);
  if (hasImpossibleAlignment(text))
    return 0;
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
