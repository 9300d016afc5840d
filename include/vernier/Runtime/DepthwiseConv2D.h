//===- DepthwiseConv2D.h - integer depthwise convolution --------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The scalar form of DEPTHWISE_CONV_2D for every integer scheme. Channels are
// the innermost loop, over a block of accumulators, so that compilers vectorize
// across channels.
//===----------------------------------------------------------------------===//

#ifndef VERNIER_RUNTIME_DEPTHWISECONV2D_H
#define VERNIER_RUNTIME_DEPTHWISECONV2D_H

#include "vernier/Runtime/Conv2D.h"

namespace mlir::vernier::runtime {

/// As Conv2DParams, where output channel c * multiplier + m reads input channel
/// c alone; multiplier = outputChannels / inputChannels, `groups` is not read.
/// filter [1][filterHeight][filterWidth][outputChannels].
template <class T, class W, class Bias, class Requantizer, class Output>
inline void depthwiseConv2D(const Conv2DParams &p, const T *input, const W *filter, const Bias *bias,
                            const Requantizer &requantize, Output *output) {
  using Unsigned = typename std::make_unsigned<Bias>::type;
  constexpr int32_t blockSize = 64;
  const int32_t multiplier = p.outputChannels / p.inputChannels;
  for (int32_t n = 0; n < p.batches; ++n)
    for (int32_t oy = 0; oy < p.outputHeight; ++oy)
      for (int32_t ox = 0; ox < p.outputWidth; ++ox, output += p.outputChannels)
        for (int32_t first = 0; first < p.outputChannels; first += blockSize) {
          const int32_t size = p.outputChannels - first < blockSize ? p.outputChannels - first : blockSize;
          Unsigned sums[blockSize];
          for (int32_t c = 0; c < size; ++c)
            sums[c] = bias ? static_cast<Unsigned>(bias[first + c]) : 0;
          for (int32_t ky = 0; ky < p.filterHeight; ++ky) {
            const int32_t iy = oy * p.strideHeight - p.padTop + ky * p.dilationHeight;
            if (iy < 0 || iy >= p.inputHeight)
              continue;
            for (int32_t kx = 0; kx < p.filterWidth; ++kx) {
              const int32_t ix = ox * p.strideWidth - p.padLeft + kx * p.dilationWidth;
              if (ix < 0 || ix >= p.inputWidth)
                continue;
              const T *x =
                  input + ((static_cast<ptrdiff_t>(n) * p.inputHeight + iy) * p.inputWidth + ix) * p.inputChannels;
              const W *w = filter + (ky * p.filterWidth + kx) * static_cast<ptrdiff_t>(p.outputChannels) + first;
              if (multiplier == 1) {
                for (int32_t c = 0; c < size; ++c)
                  sums[c] += static_cast<Unsigned>((x[first + c] - p.inputZeroPoint) * (w[c] - p.filterZeroPoint));
              } else {
                for (int32_t c = 0; c < size; ++c)
                  sums[c] += static_cast<Unsigned>((x[(first + c) / multiplier] - p.inputZeroPoint) *
                                                   (w[c] - p.filterZeroPoint));
              }
            }
          }
          for (int32_t c = 0; c < size; ++c)
            output[first + c] = static_cast<Output>(requantize(static_cast<Bias>(sums[c]), first + c));
        }
}

} // namespace mlir::vernier::runtime

#endif // VERNIER_RUNTIME_DEPTHWISECONV2D_H
