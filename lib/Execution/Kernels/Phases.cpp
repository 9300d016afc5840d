//===- Phases.cpp - A transposed convolution as convolutions --------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Phases.h"

namespace mlir::vernier {
namespace {

using runtime::Conv2DParams;

/// One dimension of a phase.
struct PhaseSpan {
  /// Its first result, and how many there are, a stride apart.
  int32_t first, count;
  int32_t taps, lastTap;
  /// Of the convolution; negative where its first window begins within the input.
  int32_t pad;
};

/// The results at which `place`, counted from the padding's begin on, leaves the rest `rest` when divided by `stride`:
/// tap rest + i * stride reads what lies i before the place's quotient.
PhaseSpan spanPhase(int32_t rest, int32_t outputs, int32_t filter, int32_t stride, int32_t pad) {
  const int32_t first = ((rest - pad) % stride + stride) % stride;
  const int32_t count = first < outputs ? (outputs - first + stride - 1) / stride : 0;
  const int32_t taps = rest < filter ? (filter - rest + stride - 1) / stride : 0;
  return {first, count, taps ? taps : 1, rest + (taps - 1) * stride, (taps ? taps - 1 : 0) - (first + pad) / stride};
}

} // namespace

std::vector<TransposePhase> transposePhases(const Conv2DParams &p) {
  std::vector<TransposePhase> phases;
  for (int32_t y = 0; y < p.strideHeight; ++y)
    for (int32_t x = 0; x < p.strideWidth; ++x) {
      const PhaseSpan rows = spanPhase(y, p.outputHeight, p.filterHeight, p.strideHeight, p.padTop);
      const PhaseSpan columns = spanPhase(x, p.outputWidth, p.filterWidth, p.strideWidth, p.padLeft);
      if (rows.count == 0 || columns.count == 0)
        continue;
      Conv2DParams one = p;
      one.outputHeight = rows.count;
      one.outputWidth = columns.count;
      one.filterHeight = rows.taps;
      one.filterWidth = columns.taps;
      one.strideHeight = one.strideWidth = 1;
      one.padTop = rows.pad;
      one.padLeft = columns.pad;
      phases.push_back({one,
                        {p.batches, rows.count, columns.count, p.outputChannels, p.outputHeight, p.outputWidth,
                         rows.first, columns.first, p.strideHeight, p.strideWidth},
                        rows.lastTap,
                        columns.lastTap});
    }
  return phases;
}

IntegerWeights phaseWeights(const KernelRequest &request, const IntegerWeights &weights, const WeightedOperands &at,
                            const Conv2DParams &p, const TransposePhase &phase) {
  const TensorRef &filter = request.operands[at.filter];
  const int8_t *from = weights.unpacked ? weights.unpacked->data() : filter.as<const int8_t>();
  const Conv2DParams &one = phase.convolution;
  std::vector<int8_t> values(int64_t(one.outputChannels) * one.filterHeight * one.filterWidth * one.inputChannels,
                             int8_t(weights.filterZeroPoint));
  if (phase.lastRow >= 0 && phase.lastColumn >= 0) {
    int8_t *to = values.data();
    // A convolution meets its taps the other way round.
    for (int64_t channel = 0; channel < p.outputChannels; ++channel)
      for (int64_t y = phase.lastRow; y >= 0; y -= p.strideHeight)
        for (int64_t x = phase.lastColumn; x >= 0; x -= p.strideWidth)
          to = std::copy_n(from + ((channel * p.filterHeight + y) * p.filterWidth + x) * p.inputChannels,
                           p.inputChannels, to);
  }
  IntegerWeights result = weights;
  result.unpacked = std::make_shared<std::vector<int8_t>>(std::move(values));
  return result;
}

} // namespace mlir::vernier
