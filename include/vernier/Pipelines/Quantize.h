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
  /// int8, int16x8, fp16, dynamic or weight-only.
  std::string scheme = "int8";
  bool perTensor = false;
  /// Path of a statistics file.
  std::string statistics;
  /// float32; int8 or uint8 with scheme int8; int16 with int16x8.
  std::string io = "float32";
  /// How a range is chosen from statistics: minmax, percentile, mse or entropy.
  std::string ranges = "minmax";
  /// Width of stored weights: 8, and for weight-only also 4 or 2.
  unsigned weightBits = 8;

  /// Whether the scheme needs to know what values activations take.
  bool needsCalibration() const;
};

/// From float operators to marked ones, ready to be calibrated: fuse, insert-fake-quant.
void buildPreparePipeline(OpPassManager &manager, const QuantizeOptions &options);

/// From calibrated marks to quantized operators: resolve-scales, balance-weights, fold.
void buildFinishPipeline(OpPassManager &manager, const QuantizeOptions &options);

/// Registers `--vernier-quantize`: prepare, attach-statistics, finish.
void registerQuantizePipeline();

} // namespace mlir::vernier

#endif // VERNIER_PIPELINES_QUANTIZE_H
