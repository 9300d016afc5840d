//===- TransposeConv.h - integer TRANSPOSE_CONV -----------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The transpose of a strided convolution, as a gather: each output pixel
// collects the filter taps that reach it, so no accumulator buffer is needed.
// Float is in Float/Kernels.h. Constant filters are convolutions without
// strides, one for each place in a step, whose results `spreadPixels` brings
// where they belong.
//===----------------------------------------------------------------------===//

#ifndef VERNIER_RUNTIME_TRANSPOSECONV_H
#define VERNIER_RUNTIME_TRANSPOSECONV_H

#include "vernier/Runtime/Conv2D.h"
#include "vernier/Runtime/DotProduct.h"
#include <cstring>

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

/// Pixels (top + i * strideHeight, left + j * strideWidth) of an image [batches][imageHeight][imageWidth][channels].
struct PixelGrid {
  int32_t batches, rows, columns, channels;
  int32_t imageHeight, imageWidth;
  int32_t top, left, strideHeight, strideWidth;
};

namespace detail {
/// Copies a few bytes faster than a call: two parts of a fixed size may overlap.
template <size_t Part> VERNIER_ALWAYS_INLINE void copyEnds(const char *from, size_t size, char *to) {
  char first[Part], last[Part];
  std::memcpy(first, from, Part);
  std::memcpy(last, from + size - Part, Part);
  std::memcpy(to, first, Part);
  std::memcpy(to + size - Part, last, Part);
}
VERNIER_ALWAYS_INLINE void copyPixel(const char *from, size_t size, char *to) {
  if (size > 32)
    std::memcpy(to, from, size);
  else if (size >= 16)
    copyEnds<16>(from, size, to);
  else if (size >= 8)
    copyEnds<8>(from, size, to);
  else if (size >= 4)
    copyEnds<4>(from, size, to);
  else
    for (size_t i = 0; i < size; ++i)
      to[i] = from[i];
}
} // namespace detail

/// Brings pixels [batches][rows][columns][channels] to their places in an image.
template <class T> inline void spreadPixels(const PixelGrid &grid, const T *input, T *output) {
  const size_t size = sizeof(T) * static_cast<size_t>(grid.channels);
  const char *from = reinterpret_cast<const char *>(input);
  const auto step = static_cast<ptrdiff_t>(size) * grid.strideWidth;
  for (int32_t n = 0; n < grid.batches; ++n)
    for (int32_t row = 0; row < grid.rows; ++row) {
      const ptrdiff_t y = static_cast<ptrdiff_t>(n) * grid.imageHeight + grid.top + row * grid.strideHeight;
      char *to = reinterpret_cast<char *>(output) + (y * grid.imageWidth + grid.left) * static_cast<ptrdiff_t>(size);
      for (int32_t column = 0; column < grid.columns; ++column, from += size, to += step)
        detail::copyPixel(from, size, to);
    }
}

} // namespace mlir::vernier::runtime

#endif // VERNIER_RUNTIME_TRANSPOSECONV_H
