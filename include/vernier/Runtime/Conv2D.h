//===- Conv2D.h - integer convolution ---------------------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The scalar form of CONV_2D for every integer scheme; float convolution is in
// Float/Kernels.h. The accumulator is exact modulo 2^32 (or 2^64), as LiteRT's
// is, so any order of summation gives the same bits.
//===----------------------------------------------------------------------===//

#ifndef VERNIER_RUNTIME_CONV2D_H
#define VERNIER_RUNTIME_CONV2D_H

#include "vernier/Numerics/Requantize.h"
#include "vernier/Runtime/DotProduct.h"
#include <cstddef>

namespace mlir::vernier::runtime {

/// y[n][oy][ox][oc] = requantize(bias[oc] + sum (x - inputZeroPoint) * (w -
/// filterZeroPoint))
///
/// input [batches][inputHeight][inputWidth][inputChannels], output likewise;
/// filter [outputChannels][filterHeight][filterWidth][inputChannels / groups].
/// Output pixel (oy, ox) reads input rows oy * strideHeight - padTop + ky *
/// dilationHeight; cells outside the input equal its zero point.
struct Conv2DParams {
  int32_t batches;
  int32_t inputHeight, inputWidth, inputChannels;
  int32_t outputHeight, outputWidth, outputChannels;
  int32_t filterHeight, filterWidth;
  int32_t strideHeight, strideWidth;
  int32_t dilationHeight, dilationWidth;
  int32_t padTop, padLeft;
  int32_t groups;
  int32_t inputZeroPoint;
  int32_t filterZeroPoint;
};

/// `Bias` is the accumulator's type: int32_t, or int64_t for 16x8. `bias` may
/// be null. No buffers may overlap.
template <class T, class W, class Bias, class Requantizer, class Output>
inline void conv2D(const Conv2DParams &p, const T *input, const W *filter, const Bias *bias,
                   const Requantizer &requantize, Output *output) {
  using Unsigned = typename std::make_unsigned<Bias>::type;
  const int32_t groupInputs = p.inputChannels / p.groups;
  const int32_t groupOutputs = p.outputChannels / p.groups;
  const ptrdiff_t filterSize = static_cast<ptrdiff_t>(p.filterHeight) * p.filterWidth * groupInputs;
  for (int32_t n = 0; n < p.batches; ++n)
    for (int32_t oy = 0; oy < p.outputHeight; ++oy)
      for (int32_t ox = 0; ox < p.outputWidth; ++ox)
        for (int32_t oc = 0; oc < p.outputChannels; ++oc) {
          const T *image = input + static_cast<ptrdiff_t>(n) * p.inputHeight * p.inputWidth * p.inputChannels +
                           (oc / groupOutputs) * groupInputs;
          Unsigned sum = bias ? static_cast<Unsigned>(bias[oc]) : 0;
          for (int32_t ky = 0; ky < p.filterHeight; ++ky) {
            const int32_t iy = oy * p.strideHeight - p.padTop + ky * p.dilationHeight;
            if (iy < 0 || iy >= p.inputHeight)
              continue;
            for (int32_t kx = 0; kx < p.filterWidth; ++kx) {
              const int32_t ix = ox * p.strideWidth - p.padLeft + kx * p.dilationWidth;
              if (ix < 0 || ix >= p.inputWidth)
                continue;
              const T *x = image + (static_cast<ptrdiff_t>(iy) * p.inputWidth + ix) * p.inputChannels;
              const W *w = filter + oc * filterSize + (ky * p.filterWidth + kx) * groupInputs;
              sum += detail::sumOfProducts<Unsigned>(groupInputs, x, p.inputZeroPoint, w, p.filterZeroPoint);
            }
          }
          *output++ = static_cast<Output>(requantize(static_cast<Bias>(sum), oc));
        }
}

} // namespace mlir::vernier::runtime

#endif // VERNIER_RUNTIME_CONV2D_H
