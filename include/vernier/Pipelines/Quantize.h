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
  std::string scheme = "int8";
  bool perTensor = false;
  /// Path of a statistics file.
  std::string statistics;
  /// float32, int8 or uint8.
  std::string io = "float32";
};

/// From float operators to marked ones, ready to be calibrated: fuse, insert-fake-quant.
void buildPreparePipeline(OpPassManager &manager, const QuantizeOptions &options);

/// From calibrated marks to quantized operators: resolve-scales, balance-weights, fold.
void buildFinishPipeline(OpPassManager &manager, const QuantizeOptions &options);

/// Registers `--vernier-quantize`: prepare, attach-statistics, finish.
void registerQuantizePipeline();

} // namespace mlir::vernier

#endif // VERNIER_PIPELINES_QUANTIZE_H
