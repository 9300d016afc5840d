//===- MergedPixels.h - Convolutions to few channels ------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Tiles compute 16 channels at once. Some neighbouring results of a row, of few channels each, are one result of as
// many: their windows together are one that is wider, with weights that add nothing where only another result reads.
// What windows share is multiplied once for all, so that this is less work where they overlap.
//===----------------------------------------------------------------------===//

#ifndef VERNIER_LIB_EXECUTION_KERNELS_MERGEDPIXELS_H
#define VERNIER_LIB_EXECUTION_KERNELS_MERGEDPIXELS_H

#include "Weights.h"

namespace mlir::vernier {

/// How many neighbouring results are computed fastest as one: 1 where none are.
int32_t mergedPixels(const runtime::Conv2DParams &p);

/// The convolution to every `pixels` results of `p` as one.
runtime::Conv2DParams mergePixels(const runtime::Conv2DParams &p, int32_t pixels);

/// Its weights: those of `p`, in 8 bits, once for each of the results.
IntegerWeights mergePixels(const KernelRequest &request, const IntegerWeights &weights, const WeightedOperands &at,
                           const runtime::Conv2DParams &p, int32_t pixels);

} // namespace mlir::vernier

#endif // VERNIER_LIB_EXECUTION_KERNELS_MERGEDPIXELS_H
