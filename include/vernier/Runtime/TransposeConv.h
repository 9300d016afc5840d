//===- TransposeConv.h - integer TRANSPOSE_CONV -----------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The transpose of a strided convolution, as a gather: each output pixel
// collects the filter taps that reach it, so no accumulator buffer is needed.
// Float is in Float/Kernels.h.
//===----------------------------------------------------------------------===//

#ifndef VERNIER_RUNTIME_TRANSPOSECONV_H
#define VERNIER_RUNTIME_TRANSPOSECONV_H

#include "vernier/Runtime/Conv2D.h"
#include "vernier/Runtime/DotProduct.h"

namespace mlir::vernier::runtime {

/// Conv2DParams with `groups` = 1 and dilation 1: input pixel (iy, ix) adds
/// filter tap (ky, kx) to output pixel (iy * strideHeight - padTop + ky, ...).
/// filter [outputChannels][filterHeight][filterWidth][inputChannels].
template <class T, class W, class Bias, class Requantizer, class Output>
inline void transposeConv(const Conv2DParams &p, const T *input, const W *filter, const Bias *bias,
                          const Requantizer &requantize, Output *output) {
  using Unsigned = typename std::make_unsigned<Bias>::type;
  const ptrdiff_t filterSize = static_cast<ptrdiff_t>(p.filterHeight) * p.filterWidth * p.inputChannels;
  for (int32_t n = 0; n < p.batches; ++n)
    for (int32_t oy = 0; oy < p.outputHeight; ++oy)
      for (int32_t ox = 0; ox < p.outputWidth; ++ox)
        for (int32_t oc = 0; oc < p.outputChannels; ++oc) {
          Unsigned sum = bias ? static_cast<Unsigned>(bias[oc]) : 0;
          for (int32_t ky = 0; ky < p.filterHeight; ++ky) {
            const int32_t y = oy + p.padTop - ky;
            if (y < 0 || y % p.strideHeight != 0 || y / p.strideHeight >= p.inputHeight)
              continue;
            for (int32_t kx = 0; kx < p.filterWidth; ++kx) {
              const int32_t x = ox + p.padLeft - kx;
              if (x < 0 || x % p.strideWidth != 0 || x / p.strideWidth >= p.inputWidth)
                continue;
              const T *from = input + ((static_cast<ptrdiff_t>(n) * p.inputHeight + y / p.strideHeight) * p.inputWidth +
                                       x / p.strideWidth) *
                                          p.inputChannels;
              const W *w =
                  filter + oc * filterSize + (ky * p.filterWidth + kx) * static_cast<ptrdiff_t>(p.inputChannels);
              sum += detail::sumOfProducts<Unsigned>(p.inputChannels, from, p.inputZeroPoint, w, p.filterZeroPoint);
            }
          }
          *output++ = static_cast<Output>(requantize(static_cast<Bias>(sum), oc));
        }
}

} // namespace mlir::vernier::runtime

#endif // VERNIER_RUNTIME_TRANSPOSECONV_H
