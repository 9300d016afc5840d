//===- Phases.h - A transposed convolution as convolutions ------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The results of a transposed convolution with strides fall into as many phases as a step has pixels: those of one
// phase are reached by the same taps, and so they are what an ordinary convolution without strides makes of the input.
// Its tiles compute them, and then they take their places between those of other phases.
//===----------------------------------------------------------------------===//

#ifndef VERNIER_LIB_EXECUTION_KERNELS_PHASES_H
#define VERNIER_LIB_EXECUTION_KERNELS_PHASES_H

#include "Weights.h"
#include "vernier/Runtime/TransposeConv.h"

namespace mlir::vernier {

/// One phase: the convolution that computes it, and where its pixels belong.
struct TransposePhase {
  runtime::Conv2DParams convolution;
  runtime::PixelGrid grid;
  /// The last tap of the filter that reaches it, of every stride-th one; none where it is negative.
  int32_t lastRow, lastColumn;
};

/// The phases of `p` (see runtime::transposeConv) that have pixels.
std::vector<TransposePhase> transposePhases(const runtime::Conv2DParams &p);

/// `weights` with the taps of `phase` alone. A phase that no tap reaches has one that adds nothing.
IntegerWeights phaseWeights(const KernelRequest &request, const IntegerWeights &weights, const WeightedOperands &at,
                            const runtime::Conv2DParams &p, const TransposePhase &phase);

} // namespace mlir::vernier

#endif // VERNIER_LIB_EXECUTION_KERNELS_PHASES_H
