//===- Padding.h - images with their padding written out --------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A tile of a convolution is fastest where all taps lie within the input. On
// small images most tiles touch the border, and copying the image into one with
// a frame of zeros costs less than looking for each tap. The result is the same
// bits: taps in the padding read zeros either way.
//===----------------------------------------------------------------------===//

#ifndef VERNIER_RUNTIME_FLOAT_PADDING_H
#define VERNIER_RUNTIME_FLOAT_PADDING_H

#include "vernier/Runtime/Conv2D.h"

namespace mlir::vernier::runtime {

/// `p` over the padded image: what its windows cover, no less and no more.
constexpr Conv2DParams paddedConv(const Conv2DParams &p) {
  Conv2DParams padded = p;
  padded.inputHeight = (p.outputHeight - 1) * p.strideHeight + (p.filterHeight - 1) * p.dilationHeight + 1;
  padded.inputWidth = (p.outputWidth - 1) * p.strideWidth + (p.filterWidth - 1) * p.dilationWidth + 1;
  padded.padTop = padded.padLeft = 0;
  return padded;
}

/// Floats in the padded image.
constexpr int64_t paddedImageSize(const Conv2DParams &p) {
  const Conv2DParams padded = paddedConv(p);
  return int64_t(p.batches) * padded.inputHeight * padded.inputWidth * p.inputChannels;
}

/// Whether windows reach into the padding, and rows are so short that this is
/// most of the work. Windows far larger than the image are not worth the memory.
constexpr bool paysToPad(const Conv2DParams &p) {
  constexpr int32_t longRow = 256;
  const Conv2DParams padded = paddedConv(p);
  const bool reaches =
      p.padTop > 0 || p.padLeft > 0 || padded.inputHeight > p.inputHeight || padded.inputWidth > p.inputWidth;
  const bool small =
      padded.inputHeight <= 2 * int64_t(p.inputHeight) + 8 && padded.inputWidth <= 2 * int64_t(p.inputWidth) + 8;
  return reaches && small && p.outputWidth < longRow && p.outputWidth > 0 && p.outputHeight > 0;
}

/// Copies `input` into `padded`, of `paddedImageSize(p)` floats.
inline void padImage(const Conv2DParams &p, const float *input, float *padded) {
  const Conv2DParams to = paddedConv(p);
  const ptrdiff_t row = ptrdiff_t(to.inputWidth) * p.inputChannels;
  const int32_t right = to.inputWidth - p.padLeft;
  const int32_t copied = (right < p.inputWidth ? right : p.inputWidth) * p.inputChannels;
  const ptrdiff_t before = ptrdiff_t(p.padLeft) * p.inputChannels;
  for (int32_t n = 0; n < p.batches; ++n)
    for (int32_t y = 0; y < to.inputHeight; ++y, padded += row) {
      const int32_t iy = y - p.padTop;
      const bool inside = iy >= 0 && iy < p.inputHeight && copied > 0;
      const ptrdiff_t start = inside ? before : row, end = inside ? before + copied : row;
      std::memset(padded, 0, static_cast<size_t>(start) * sizeof(float));
      if (inside)
        std::memcpy(padded + start, input + (ptrdiff_t(n) * p.inputHeight + iy) * p.inputWidth * p.inputChannels,
                    static_cast<size_t>(copied) * sizeof(float));
      std::memset(padded + end, 0, static_cast<size_t>(row - end) * sizeof(float));
    }
}

} // namespace mlir::vernier::runtime

#endif // VERNIER_RUNTIME_FLOAT_PADDING_H
