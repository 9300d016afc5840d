//===- Quantize.h - The quantization pipeline -------------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_PIPELINES_QUANTIZE_H
#define VERNIER_PIPELINES_QUANTIZE_H

#include "mlir/Pass/PassManager.h"
#include <string>

namespace mlir::vernier {

/// What `--vernier-quantize` can be told.
struct QuantizeOptions {
  /// int8, int16x8, fp16, dynamic, weight-only or float.
  std::string scheme = "int8";
  bool perTensor = false;
  /// Path of a statistics file.
  std::string statistics;
  /// float32; int8 or uint8 with scheme int8; int16 with int16x8. Empty for what the recipe says, else float32.
  std::string io;
  /// How a range is chosen from statistics: minmax, percentile, mse or entropy.
  std::string ranges = "minmax";
  /// Width of stored weights: 8, and for weight-only also 4 or 2.
  unsigned weightBits = 8;
  /// Path of a recipe, which takes the place of the others.
  std::string recipe;
};

/// From what a file holds to float operators, merged where one quantized kernel computes several: fuse, to-float, fuse.
void buildNormalizePipeline(OpPassManager &manager);

/// From float operators to marked ones, ready to be calibrated: normalize, apply-recipe, store-blockwise,
/// insert-fake-quant.
void buildPreparePipeline(OpPassManager &manager, const QuantizeOptions &options);

/// From calibrated marks to quantized operators: resolve-scales, balance-weights, fold, store-half.
void buildFinishPipeline(OpPassManager &manager, const QuantizeOptions &options);

/// Registers `--vernier-quantize`: prepare, attach-statistics, finish.
void registerQuantizePipeline();

} // namespace mlir::vernier

#endif // VERNIER_PIPELINES_QUANTIZE_H
