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
#include "vernier/Runtime/Integer/Packing.h"

namespace mlir::vernier::runtime {

namespace detail {
/// `Blocks` blocks of 16 channels of one output pixel; the last one has `count`
/// channels.
template <class Isa, int Blocks, class T, class Requantizer>
VERNIER_ALWAYS_INLINE void depthwiseStrip(const Conv2DParams &p, const T *image, const T *filter, const int32_t *bias,
                                          int32_t y, int32_t x, int32_t channel, int32_t count,
                                          const Requantizer &requantize, T *output) {
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
      const T *w = filter + (ky * p.filterWidth + kx) * static_cast<ptrdiff_t>(p.outputChannels) + channel;
      T partial[2][integerBlock];
      if (count < integerBlock) {
        std::memset(partial, 0, sizeof(partial));
        std::memcpy(partial[0], from, static_cast<size_t>(count));
        std::memcpy(partial[1], w, static_cast<size_t>(count));
        from = partial[0];
        w = partial[1];
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

/// Channels that an interleaved depthwise kernel does at once, and taps that it sums in one instruction.
constexpr int32_t interleavedChannels = 64;
constexpr int32_t interleavedTaps = 4;
constexpr int32_t interleavedStripBytes = 64 * 1024;
constexpr int32_t interleavedGroups = 36;

/// The rows of 64 channels that one output row reads, with their padding, in a ring.
struct InterleavedStrip {
  int32_t rows, pixels, groups;
  static InterleavedStrip of(const Conv2DParams &p) {
    return {(p.filterHeight - 1) * p.dilationHeight + 1,
            (p.outputWidth - 1) * p.strideWidth + (p.filterWidth - 1) * p.dilationWidth + 1,
            (p.filterHeight + interleavedTaps - 1) / interleavedTaps};
  }
  static bool suits(const Conv2DParams &p) {
    const int64_t rows = int64_t(p.filterHeight - 1) * p.dilationHeight + 1;
    const int64_t pixels =
        int64_t(p.outputWidth - 1) * p.strideWidth + int64_t(p.filterWidth - 1) * p.dilationWidth + 1;
    const int64_t groups = (int64_t(p.filterHeight) + interleavedTaps - 1) / interleavedTaps * p.filterWidth;
    return groups <= interleavedGroups && pixels <= interleavedStripBytes && rows <= interleavedStripBytes &&
           rows * pixels * interleavedChannels <= interleavedStripBytes;
  }
};

/// Depthwise convolution of int8 with four taps of a column in each instruction: their bytes are interleaved, 64
/// channels at a time, and so are the weights. Multiplier 1, weights without a zero point.
template <class Isa, class T, class Requantizer>
inline void depthwiseInterleaved(const Conv2DParams &p, const T *input, const T *filter, const int32_t *bias,
                                 const Requantizer &requantize, T *output) {
  using Vectors = typename Isa::Interleaved;
  const InterleavedStrip shape = InterleavedStrip::of(p);
  const int32_t zero = p.inputZeroPoint + inputShift<T>;
  alignas(64) unsigned char strip[interleavedStripBytes];
  Vectors weights[interleavedGroups];
  alignas(64) unsigned char row[interleavedTaps][interleavedChannels];
  for (int32_t first = 0; first < p.outputChannels; first += interleavedChannels) {
    const int32_t count =
        p.outputChannels - first < interleavedChannels ? p.outputChannels - first : interleavedChannels;
    // Weights, and start values: bias - zero * (sum of the channel's weights).
    Vectors starts = Isa::interleavedZero();
    for (int32_t kx = 0, at = 0; kx < p.filterWidth; ++kx)
      for (int32_t g = 0; g < shape.groups; ++g, ++at) {
        std::memset(row, 0, sizeof(row));
        for (int32_t i = 0; i < interleavedTaps && g * interleavedTaps + i < p.filterHeight; ++i)
          std::memcpy(row[i],
                      filter +
                          ((g * interleavedTaps + i) * p.filterWidth + kx) * static_cast<ptrdiff_t>(p.outputChannels) +
                          first,
                      static_cast<size_t>(count));
        weights[at] = Isa::interleave(row[0], row[1], row[2], row[3]);
        Isa::sumWeights(starts, weights[at]);
      }
    alignas(64) int32_t natural[interleavedChannels] = {};
    if (bias)
      std::memcpy(natural, bias + first, static_cast<size_t>(count) * sizeof(int32_t));
    Isa::makeStarts(starts, natural, zero);
    const auto epilogue = Isa::prepareEpilogue(requantize, first, count);

    for (int32_t n = 0; n < p.batches; ++n) {
      const T *image = input + static_cast<ptrdiff_t>(n) * p.inputHeight * p.inputWidth * p.inputChannels + first;
      T *to = output + static_cast<ptrdiff_t>(n) * p.outputHeight * p.outputWidth * p.outputChannels + first;
      int32_t filled = -p.padTop;
      for (int32_t oy = 0; oy < p.outputHeight; ++oy) {
        const int32_t top = oy * p.strideHeight - p.padTop;
        for (filled = filled < top ? top : filled; filled < top + shape.rows; ++filled)
          Isa::fillInterleaved(p, image, filled, count, zero, shape.pixels,
                               strip + static_cast<ptrdiff_t>((filled + p.padTop) % shape.rows) * shape.pixels *
                                           interleavedChannels);
        const unsigned char *rows[interleavedGroups * interleavedTaps];
        for (int32_t i = 0; i < shape.groups * interleavedTaps; ++i) {
          // Rows beyond the filter have weights of 0.
          const int32_t ky = i < p.filterHeight ? i : p.filterHeight - 1;
          rows[i] = strip + static_cast<ptrdiff_t>((oy * p.strideHeight + ky * p.dilationHeight) % shape.rows) *
                                shape.pixels * interleavedChannels;
        }
        for (int32_t ox = 0; ox < p.outputWidth; ++ox, to += p.outputChannels) {
          Vectors sums = starts;
          ptrdiff_t at = static_cast<ptrdiff_t>(ox) * p.strideWidth * interleavedChannels;
          const Vectors *w = weights;
          for (int32_t kx = 0; kx < p.filterWidth;
               ++kx, at += static_cast<ptrdiff_t>(p.dilationWidth) * interleavedChannels)
            for (int32_t g = 0; g < shape.groups; ++g, ++w)
              Isa::sumProducts(
                  sums,
                  Isa::interleave(rows[4 * g] + at, rows[4 * g + 1] + at, rows[4 * g + 2] + at, rows[4 * g + 3] + at),
                  *w);
          Isa::finishInterleaved(sums, epilogue, requantize, first, count, to);
        }
      }
    }
  }
}
} // namespace detail

/// depthwiseConv2D of DepthwiseConv2D.h for a multiplier of 1, in blocks of
/// sixteen channels; TFLite's filter and bias as they are.
template <class Isa, class T, class Requantizer>
inline void depthwiseConv2DVector(const Conv2DParams &p, const T *input, const T *filter, const int32_t *bias,
                                  const Requantizer &requantize, T *output) {
  if constexpr (Isa::interleaves && std::is_signed<T>::value)
    if (p.filterZeroPoint == 0 && detail::InterleavedStrip::suits(p))
      return detail::depthwiseInterleaved<Isa>(p, input, filter, bias, requantize, output);
  constexpr int wide = 4;
  for (int32_t n = 0; n < p.batches; ++n) {
    const T *image = input + static_cast<ptrdiff_t>(n) * p.inputHeight * p.inputWidth * p.inputChannels;
    for (int32_t oy = 0; oy < p.outputHeight; ++oy)
      for (int32_t ox = 0; ox < p.outputWidth; ++ox, output += p.outputChannels) {
        const int32_t y = oy * p.strideHeight - p.padTop, x = ox * p.strideWidth - p.padLeft;
        int32_t c = 0;
        for (; c + wide * integerBlock <= p.outputChannels; c += wide * integerBlock)
          detail::depthwiseStrip<Isa, wide>(p, image, filter, bias, y, x, c, integerBlock, requantize, output);
        for (; c + integerBlock <= p.outputChannels; c += integerBlock)
          detail::depthwiseStrip<Isa, 1>(p, image, filter, bias, y, x, c, integerBlock, requantize, output);
        if (c < p.outputChannels)
          detail::depthwiseStrip<Isa, 1>(p, image, filter, bias, y, x, c, p.outputChannels - c, requantize, output);
      }
  }
}

} // namespace mlir::vernier::runtime

#endif // VERNIER_RUNTIME_INTEGER_DEPTHWISE_H
