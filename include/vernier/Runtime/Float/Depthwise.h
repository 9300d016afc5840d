//===- Depthwise.h - float depthwise convolution ----------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Each output is one chain of fused multiply-adds from the bias in (ky, kx)
// order. A tile is several neighbouring output pixels by two vectors of
// channels, so that a weight is read once for all of its pixels; where windows
// reach into the padding, pixels are computed one by one and skip it.
//===----------------------------------------------------------------------===//

#ifndef VERNIER_RUNTIME_FLOAT_DEPTHWISE_H
#define VERNIER_RUNTIME_FLOAT_DEPTHWISE_H

#include "vernier/Numerics/Affine.h"
#include "vernier/Runtime/Conv2D.h"

namespace mlir::vernier::runtime {

namespace detail {
/// The taps of a row of windows that are visited, and the channels: `from` and
/// `weights` are at the first tap of the first pixel.
struct DepthwiseTaps {
  const float *from, *weights;
  int32_t rows, columns;
  ptrdiff_t rowStride, columnStride, weightRowStride, weightColumnStride;
  ptrdiff_t pixelStride;
};

/// Where a depthwise tile's results go.
struct DepthwiseOutput {
  const float *bias;
  float *values;
  ptrdiff_t pixelStride;
};

/// `Pixels` pixels by `Vectors` vectors from `channel` on, the last of them of
/// `count` channels. `Broadcast`: all read the one input channel that `from`
/// points at.
template <class Isa, int Pixels, int Vectors, bool Broadcast, bool Partial>
VERNIER_ALWAYS_INLINE void depthwiseTile(const DepthwiseTaps &t, const DepthwiseOutput &out, int32_t channel,
                                         int32_t count, const numerics::FloatRange &range) {
  using Vector = typename Isa::Vector;
  const auto load = [&](const float *at) { return Partial ? Isa::loadFirst(at, count) : Isa::load(at); };
  Vector sums[Pixels][Vectors];
#pragma GCC unroll 8
  for (int v = 0; v < Vectors; ++v) {
    const Vector start = out.bias ? load(out.bias + channel + v * Isa::lanes) : Isa::broadcast(0.0f);
#pragma GCC unroll 8
    for (int i = 0; i < Pixels; ++i)
      sums[i][v] = start;
  }
  const float *fromRow = t.from + (Broadcast ? 0 : channel), *weightRow = t.weights + channel;
#pragma GCC unroll 1
  for (int32_t y = 0; y < t.rows; ++y, fromRow += t.rowStride, weightRow += t.weightRowStride) {
    const float *from = fromRow, *weights = weightRow;
#pragma GCC unroll 1
    for (int32_t x = 0; x < t.columns; ++x, from += t.columnStride, weights += t.weightColumnStride) {
      Vector w[Vectors];
#pragma GCC unroll 8
      for (int v = 0; v < Vectors; ++v)
        w[v] = load(weights + v * Isa::lanes);
#pragma GCC unroll 8
      for (int i = 0; i < Pixels; ++i)
#pragma GCC unroll 8
        for (int v = 0; v < Vectors; ++v) {
          const float *at = from + i * t.pixelStride;
          sums[i][v] = Isa::fma(Broadcast ? Isa::broadcast(*at) : load(at + v * Isa::lanes), w[v], sums[i][v]);
        }
    }
  }
  const Vector low = Isa::broadcast(range.min), high = Isa::broadcast(range.max);
#pragma GCC unroll 8
  for (int i = 0; i < Pixels; ++i)
#pragma GCC unroll 8
    for (int v = 0; v < Vectors; ++v) {
      float *to = out.values + i * out.pixelStride + channel + v * Isa::lanes;
      const Vector value = Isa::clamp(sums[i][v], low, high);
      Partial ? Isa::storeFirst(to, value, count) : Isa::store(to, value);
    }
}

/// Output channels [channel, end) of `Pixels` pixels.
template <class Isa, int Pixels, bool Broadcast>
inline void depthwisePixels(const DepthwiseTaps &taps, const DepthwiseOutput &out, int32_t channel, int32_t end,
                            const numerics::FloatRange &range) {
  for (; channel + 2 * Isa::lanes <= end; channel += 2 * Isa::lanes)
    depthwiseTile<Isa, Pixels, 2, Broadcast, false>(taps, out, channel, Isa::lanes, range);
  for (; channel + Isa::lanes <= end; channel += Isa::lanes)
    depthwiseTile<Isa, Pixels, 1, Broadcast, false>(taps, out, channel, Isa::lanes, range);
  if (channel < end)
    depthwiseTile<Isa, Pixels, 1, Broadcast, true>(taps, out, channel, end - channel, range);
}

/// All output channels of `Pixels` pixels.
template <class Isa, int Pixels>
inline void depthwiseChannels(const Conv2DParams &p, const DepthwiseTaps &taps, const DepthwiseOutput &out,
                              const numerics::FloatRange &range) {
  const int32_t multiplier = p.outputChannels / p.inputChannels;
  if (multiplier == 1)
    return depthwisePixels<Isa, Pixels, false>(taps, out, 0, p.outputChannels, range);
  DepthwiseTaps channel = taps;
  for (int32_t c = 0; c < p.inputChannels; ++c, ++channel.from)
    depthwisePixels<Isa, Pixels, true>(channel, out, c * multiplier, (c + 1) * multiplier, range);
}

/// The taps [begin, end) of a window at `start` that lie within an input of
/// `size` cells.
struct TapRange {
  int32_t begin, end;

  static VERNIER_ALWAYS_INLINE TapRange within(int32_t start, int32_t taps, int32_t dilation, int32_t size) {
    // A division takes as long as many taps, and there is one for each pixel.
    const int64_t step = dilation, first = start < 0 ? -int64_t(start) : 0, left = int64_t(size) - start;
    const int64_t before = step == 1 ? first : (first + step - 1) / step;
    const int64_t after = left <= 0 ? 0 : step == 1 ? left : (left + step - 1) / step;
    const int32_t begin = before < taps ? static_cast<int32_t>(before) : taps;
    const int32_t end = after < taps ? static_cast<int32_t>(after) : taps;
    return {begin, end < begin ? begin : end};
  }
};
} // namespace detail

/// DEPTHWISE_CONV_2D with TFLite's filter
/// [1][filterHeight][filterWidth][outputChannels] as it is; see
/// DepthwiseConv2D.h. Padding is skipped.
template <class Isa>
inline void depthwiseConv2DFloat(const Conv2DParams &p, const float *input, const float *filter, const float *bias,
                                 const numerics::FloatRange &range, float *output) {
  constexpr int32_t together = 4;
  const ptrdiff_t inputRow = static_cast<ptrdiff_t>(p.inputWidth) * p.inputChannels;
  const ptrdiff_t filterRow = static_cast<ptrdiff_t>(p.filterWidth) * p.outputChannels;
  for (int32_t n = 0; n < p.batches; ++n, input += p.inputHeight * inputRow)
    for (int32_t oy = 0; oy < p.outputHeight; ++oy) {
      const int32_t y = oy * p.strideHeight - p.padTop;
      const detail::TapRange rows = detail::TapRange::within(y, p.filterHeight, p.dilationHeight, p.inputHeight);
      const float *fromRow = input + (y + static_cast<ptrdiff_t>(rows.begin) * p.dilationHeight) * inputRow;
      for (int32_t ox = 0; ox < p.outputWidth;) {
        const int32_t x = ox * p.strideWidth - p.padLeft;
        const detail::TapRange columns = detail::TapRange::within(x, p.filterWidth, p.dilationWidth, p.inputWidth);
        const detail::DepthwiseTaps taps{
            fromRow + static_cast<ptrdiff_t>(x + columns.begin * p.dilationWidth) * p.inputChannels,
            filter + rows.begin * filterRow + static_cast<ptrdiff_t>(columns.begin) * p.outputChannels,
            rows.end - rows.begin,
            columns.end - columns.begin,
            p.dilationHeight * inputRow,
            static_cast<ptrdiff_t>(p.dilationWidth) * p.inputChannels,
            filterRow,
            p.outputChannels,
            static_cast<ptrdiff_t>(p.strideWidth) * p.inputChannels};
        const detail::DepthwiseOutput out{bias, output, p.outputChannels};
        // The last of the pixels that are computed together must see all columns, too.
        const int64_t last = x + int64_t(together - 1) * p.strideWidth + (p.filterWidth - 1) * p.dilationWidth;
        int32_t pixels = 1;
        if (x >= 0 && last < p.inputWidth && ox + together <= p.outputWidth) {
          pixels = together;
          detail::depthwiseChannels<Isa, together>(p, taps, out, range);
        } else {
          detail::depthwiseChannels<Isa, 1>(p, taps, out, range);
        }
        ox += pixels;
        output += static_cast<ptrdiff_t>(pixels) * p.outputChannels;
      }
    }
}

} // namespace mlir::vernier::runtime

#endif // VERNIER_RUNTIME_FLOAT_DEPTHWISE_H
