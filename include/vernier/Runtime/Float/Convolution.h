//===- Convolution.h - float convolutions and matrix products ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// CONV_2D, TRANSPOSE_CONV and FULLY_CONNECTED as products of packed filters:
// see Tile.h for the order of summation.
//===----------------------------------------------------------------------===//

#ifndef VERNIER_RUNTIME_FLOAT_CONVOLUTION_H
#define VERNIER_RUNTIME_FLOAT_CONVOLUTION_H

#include "vernier/Runtime/Float/Tile.h"

namespace mlir::vernier::runtime {

/// CONV_2D; the zero points of `p` are not read. `packed` is packConvFilter's;
/// `bias` may be null. Fastest without padding: see padImage.
template <class Isa>
inline void conv2DFloat(const Conv2DParams &p, const float *input, const float *packed, const float *bias,
                        const numerics::FloatRange &range, float *output) {
  const int32_t groupInputs = p.inputChannels / p.groups, groupOutputs = p.outputChannels / p.groups;
  const int64_t depth = int64_t(p.filterHeight) * p.filterWidth * groupInputs;
  const int64_t pixels = int64_t(p.batches) * p.outputHeight * p.outputWidth;
  if (depth == p.inputChannels && p.strideHeight == 1 && p.strideWidth == 1 && p.padTop == 0 && p.padLeft == 0 &&
      p.outputHeight == p.inputHeight && p.outputWidth == p.inputWidth)
    return detail::floatProduct<Isa>(detail::MatrixTaps<float>{input, p.inputChannels}, pixels, packed, depth,
                                     p.outputChannels, {bias, output, p.outputChannels, range});
  for (int32_t g = 0; g < p.groups; ++g)
    detail::floatProduct<Isa>(
        detail::ConvTaps<float>{p, input + g * groupInputs, groupInputs}, pixels,
        packed + g * packedFloatSize(depth, groupOutputs), depth, groupOutputs,
        {bias ? bias + g * groupOutputs : nullptr, output + g * groupOutputs, p.outputChannels, range});
}

/// TRANSPOSE_CONV, see TransposeConv.h.
template <class Isa>
inline void transposeConvFloat(const Conv2DParams &p, const float *input, const float *packed, const float *bias,
                               const numerics::FloatRange &range, float *output) {
  detail::floatProduct<Isa>(detail::TransposeConvTaps<float>{p, input},
                            int64_t(p.batches) * p.outputHeight * p.outputWidth, packed,
                            int64_t(p.filterHeight) * p.filterWidth * p.inputChannels, p.outputChannels,
                            {bias, output, p.outputChannels, range});
}

/// FULLY_CONNECTED, or any matrix product: y = x W + b with `packed` from
/// packFloatFilter or packFloatMatrix.
template <class Isa>
inline void fullyConnectedFloat(const FullyConnectedParams &p, const float *input, const float *packed,
                                const float *bias, const numerics::FloatRange &range, float *output) {
  detail::floatProduct<Isa>(detail::MatrixTaps<float>{input, p.inputChannels}, p.batches, packed, p.inputChannels,
                            p.outputChannels, {bias, output, p.outputChannels, range});
}

} // namespace mlir::vernier::runtime

#endif // VERNIER_RUNTIME_FLOAT_CONVOLUTION_H
