//===- Quantization.cpp - Scales and zero points of tensors -----*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Rule.h"
#include "llvm/Support/FormatVariadic.h"
#include <cmath>

namespace mlir::vernier::check {
namespace {

using llvm::formatv;

void scaleValue(Context &context, const TensorView &tensor) {
  if (!tensor.isQuantized())
    return;
  for (auto [i, scale] : llvm::enumerate(tensor.scales))
    if (!(scale > 0) || !std::isfinite(scale)) {
      context.report(tensor, "positive finite scales", formatv("{0} as scale {1}", show(scale), i));
      return;
    }
}

void scaleCount(Context &context, const TensorView &tensor) {
  if (!tensor.isPerAxis() || !tensor.isQuantized())
    return;
  if (tensor.axis < 0 || tensor.axis >= int64_t(tensor.shape.size()))
    context.report(tensor, formatv("a quantized dimension below the rank, {0}", tensor.shape.size()),
                   formatv("dimension {0}", tensor.axis));
  else if (int32_t size = tensor.shape[tensor.axis]; int64_t(tensor.scales.size()) != size)
    context.report(tensor, formatv("1 scale, or {0} as dimension {1} has", size, tensor.axis),
                   formatv("{0} scales", tensor.scales.size()));
}

void zeroPointCount(Context &context, const TensorView &tensor) {
  if (tensor.isQuantized() && tensor.zeroPoints.size() != tensor.scales.size())
    context.report(tensor, formatv("as many zero points as scales, {0}", tensor.scales.size()),
                   formatv("{0}", tensor.zeroPoints.size()));
}

void zeroPointRange(Context &context, const TensorView &tensor) {
  unsigned bits = integerBits(tensor.type);
  if (!tensor.isQuantized() || bits == 0 || bits > 16)
    return;
  int64_t low = isUnsigned(tensor.type) ? 0 : -(int64_t(1) << (bits - 1)), high = low + (int64_t(1) << bits) - 1;
  for (int64_t zeroPoint : tensor.zeroPoints)
    if (zeroPoint < low || zeroPoint > high) {
      context.report(tensor, formatv("a zero point in {0} to {1}", low, high), formatv("{0}", zeroPoint));
      return;
    }
}

const Rule kRules[] = {
    {"scale-value", Severity::Error, "scales are positive and finite",
     "multipliers become zero, infinite or NaN: garbage or an abort", "quantize the tensor again", scaleValue},
    {"scale-count", Severity::Error, "a tensor has one scale, or one for each slice of its quantized dimension",
     "the runtime refuses the file, or reads behind the scales",
     "write one scale, or as many as the dimension has slices", scaleCount},
    {"zero-point-count", Severity::Error, "there are as many zero points as scales", "LiteRT refuses the file",
     "write a zero point for each scale", zeroPointCount},
    {"zero-point-range", Severity::Error, "zero points are values of the element type",
     "LiteRT's delegate refuses the file, kernels clip everything", "quantize the tensor again", zeroPointRange},
};

} // namespace

ArrayRef<Rule> quantizationRules() { return kRules; }

} // namespace mlir::vernier::check
