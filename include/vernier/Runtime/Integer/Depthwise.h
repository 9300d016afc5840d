//===- Depthwise.h - 8-bit depthwise convolution in vectors -----*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A multiplier of 1. Where an instruction sums four products of bytes, four
// taps of a channel are interleaved; elsewhere taps are summed one by one.
//===----------------------------------------------------------------------===//

#ifndef VERNIER_RUNTIME_INTEGER_DEPTHWISE_H
#define VERNIER_RUNTIME_INTEGER_DEPTHWISE_H

#include "vernier/Runtime/DepthwiseConv2D.h"
#include "vernier/Runtime/Integer/InterleavedDepthwise.h"

namespace mlir::vernier::runtime {

namespace detail {
/// Whether there are vectors for inputs of T; those of uint8 serve one arithmetic.
template <class Vectors, class T, class Requantizer>
constexpr bool interleaves = std::is_signed<T>::value || std::is_same<Requantizer, numerics::FloatRequantizer>::value;
template <class T, class Requantizer> constexpr bool interleaves<void, T, Requantizer> = false;

/// `Blocks` blocks of 16 channels of one output pixel; the last one has `count`
/// channels.
template <class Isa, int Blocks, class T, class W, class Requantizer, class Out>
VERNIER_ALWAYS_INLINE void depthwiseStrip(const Conv2DParams &p, const T *image, const W *filter, const int32_t *bias,
                                          int32_t y, int32_t x, int32_t channel, int32_t count,
                                          const Requantizer &requantize, Out *output) {
  typename Isa::Lanes sums[Blocks];
#pragma GCC unroll 4
  for (int b = 0; b < Blocks; ++b)
    sums[b] = Isa::zeroLanes();
  for (int32_t ky = 0; ky < p.filterHeight; ++ky) {
    const int32_t iy = y + ky * p.dilationHeight;
    if (iy < 0 || iy >= p.inputHeight)
      continue;
    for (int32_t kx = 0; kx < p.filterWidth; ++kx) {
      const int32_t ix = x + kx * p.dilationWidth;
      if (ix < 0 || ix >= p.inputWidth)
        continue;
      const T *from = image + (static_cast<ptrdiff_t>(iy) * p.inputWidth + ix) * p.inputChannels + channel;
      const W *w = filter + (ky * p.filterWidth + kx) * static_cast<ptrdiff_t>(p.outputChannels) + channel;
      T inputs[integerBlock];
      W weights[integerBlock];
      if (count < integerBlock) {
        std::memset(inputs, 0, sizeof(inputs));
        std::memset(weights, 0, sizeof(weights));
        std::memcpy(inputs, from, static_cast<size_t>(count) * sizeof(T));
        std::memcpy(weights, w, static_cast<size_t>(count));
        from = inputs;
        w = weights;
      }
#pragma GCC unroll 4
      for (int b = 0; b < Blocks; ++b)
        sums[b] = Isa::multiplyAdd(sums[b], from + b * integerBlock, p.inputZeroPoint, w + b * integerBlock,
                                   p.filterZeroPoint);
    }
  }
#pragma GCC unroll 4
  for (int b = 0; b < Blocks; ++b) {
    const int32_t first = channel + b * integerBlock;
    int32_t starts[integerBlock] = {};
    if (bias)
      std::memcpy(starts, bias + first, static_cast<size_t>(count) * sizeof(int32_t));
    Isa::finishLanes(sums[b], starts, 0, requantize, first, count, output + first);
  }
}

} // namespace detail

/// depthwiseConv2D of DepthwiseConv2D.h for a multiplier of 1, in blocks of
/// sixteen channels; TFLite's filter and bias as they are. Inputs of 16 bits have a zero point of 0, and sums that fit
/// 32 bits.
template <class Isa, class T, class W, class Requantizer, class Out>
inline void depthwiseConv2DVector(const Conv2DParams &p, const T *input, const W *filter, const int32_t *bias,
                                  const Requantizer &requantize, Out *results) {
  using Tiles = typename Isa::template Tiles<T>;
  auto *output = reinterpret_cast<typename Tiles::template Result<Out> *>(results);
  using Interleaved = detail::InterleavedOf<Tiles, T>;
  if constexpr (detail::interleaves<Interleaved, T, Requantizer>)
    if ((p.filterZeroPoint == 0) == std::is_signed<W>::value &&
        detail::InterleavedShape::fitting(p, detail::interleavedPixelBytes<Interleaved>) > 0)
      return detail::depthwiseInterleaved<Tiles>(p, input, filter, bias, requantize, output);
  constexpr int wide = 4;
  for (int32_t n = 0; n < p.batches; ++n) {
    const T *image = input + static_cast<ptrdiff_t>(n) * p.inputHeight * p.inputWidth * p.inputChannels;
    for (int32_t oy = 0; oy < p.outputHeight; ++oy)
      for (int32_t ox = 0; ox < p.outputWidth; ++ox, output += p.outputChannels) {
        const int32_t y = oy * p.strideHeight - p.padTop, x = ox * p.strideWidth - p.padLeft;
        int32_t c = 0;
        for (; c + wide * integerBlock <= p.outputChannels; c += wide * integerBlock)
          detail::depthwiseStrip<Tiles, wide>(p, image, filter, bias, y, x, c, integerBlock, requantize, output);
        for (; c + integerBlock <= p.outputChannels; c += integerBlock)
          detail::depthwiseStrip<Tiles, 1>(p, image, filter, bias, y, x, c, integerBlock, requantize, output);
        if (c < p.outputChannels)
          detail::depthwiseStrip<Tiles, 1>(p, image, filter, bias, y, x, c, p.outputChannels - c, requantize, output);
      }
  }
}

/// How far behind the beginning of one image the results of `depthwiseConv2DOverlapping` may begin, in elements: for
/// every row of results, behind the rows that it and those above it read.
inline int64_t overlapDistance(const Conv2DParams &p) {
  int64_t distance = 0;
  for (int32_t oy = 0; oy < p.outputHeight; ++oy) {
    const int64_t end = int64_t(oy) * p.strideHeight - p.padTop + int64_t(p.filterHeight - 1) * p.dilationHeight + 1;
    const int64_t read = numerics::clamp<int64_t>(end, 0, p.inputHeight) * p.inputWidth * p.inputChannels;
    const int64_t written = int64_t(oy) * p.outputWidth * p.outputChannels;
    distance = distance < read - written ? read - written : distance;
  }
  return distance;
}

/// As depthwiseConv2DVector for one image, from the last row of results to the first: these may lie over the input,
/// from `overlapDistance` on.
template <class Isa, class T, class W, class Requantizer, class Out>
inline void depthwiseConv2DOverlapping(const Conv2DParams &p, const T *input, const W *filter, const int32_t *bias,
                                       const Requantizer &requantize, Out *output) {
  for (int32_t oy = p.outputHeight - 1; oy >= 0; --oy) {
    Conv2DParams row = p;
    row.outputHeight = 1;
    row.padTop = p.padTop - oy * p.strideHeight;
    depthwiseConv2DVector<Isa>(row, input, filter, bias, requantize,
                               output + static_cast<ptrdiff_t>(oy) * p.outputWidth * p.outputChannels);
  }
}

} // namespace mlir::vernier::runtime

#endif // VERNIER_RUNTIME_INTEGER_DEPTHWISE_H
