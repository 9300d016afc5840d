//===- Integers.cpp - Multipliers, accumulators and biases ------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Weighted.h"
#include "llvm/Support/FormatVariadic.h"
#include <cmath>

namespace mlir::vernier::check {
namespace {

using llvm::formatv;

void biasScale(Context &context, const OperatorView &op) {
  std::optional<Weighted> sum = Weighted::of(op);
  if (!sum || !sum->bias || !sum->bias->isQuantized())
    return;
  const TensorView &bias = *sum->bias;
  if (bias.scales.size() != 1 && bias.scales.size() != sum->weight->scales.size()) {
    context.report({op, &bias}, formatv("as many scales as the weight, {0}", sum->weight->scales.size()),
                   formatv("{0}", bias.scales.size()));
    return;
  }
  for (size_t i = 0, e = std::max(bias.scales.size(), sum->weight->scales.size()); i < e; ++i) {
    double expected = sum->input->scale() * sum->weight->scale(i);
    if (std::abs(bias.scale(i) - expected) > 1e-5 * expected) {
      context.report({op, &bias}, formatv("scale {0} in channel {1}: input times weight", show(expected), i),
                     show(bias.scale(i)));
      return;
    }
  }
}

void multiplierRange(Context &context, const OperatorView &op) {
  std::optional<Weighted> sum = Weighted::of(op);
  if (!sum || !sum->output->isQuantized())
    return;
  for (size_t i = 0, e = sum->weight->scales.size(); i < e; ++i) {
    double ratio = sum->input->scale() * sum->weight->scale(i) / sum->output->scale();
    if (!(ratio < 256)) {
      context.report({op, sum->output}, "input x weight / output scale below 256",
                     formatv("{0} in channel {1}", show(ratio), i));
      return;
    }
  }
}

const Rule kRules[] = {
    {"bias-scale", Severity::Error, "a bias has the scale input x weight, channel by channel",
     "the bias counts for more or less than it should", "requantize the bias", biasScale},
    {"multiplier-range", Severity::Error, "input x weight / output scale of a convolution or dense layer is below 256",
     "LiteRT with its default delegate does not build the interpreter", "widen the output's range", multiplierRange},
};

} // namespace

ArrayRef<Rule> integerRules() { return kRules; }

} // namespace mlir::vernier::check
