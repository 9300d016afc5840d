//===- Tile.h - the register-tiled float kernels ----------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Each output is one chain of fused multiply-adds that starts at the bias and
// runs in (ky, kx, channel) order; vectors run across outputs only. So results
// do not depend on the instruction set, and `Isa` (Generic.h, Avx2.h, Avx512.h)
// only says how wide a vector is and how many fit the register file.
//
// A tile is `Rows` output pixels by `Blocks` blocks of 16 output channels. Its
// rows read the input through pointers, one for each pixel and filter tap; taps
// in the padding read zeros.
//===----------------------------------------------------------------------===//

#ifndef VERNIER_RUNTIME_FLOAT_TILE_H
#define VERNIER_RUNTIME_FLOAT_TILE_H

#include "vernier/Numerics/Affine.h"
#include "vernier/Runtime/Float/Packing.h"
#include "vernier/Runtime/Taps.h"

namespace mlir::vernier::runtime {

namespace detail {
/// What a tap in the padding reads; longer runs are read in chunks of this
/// length.
constexpr int32_t zeroRun = 256;
template <class Unused = void> struct Zeros {
  static constexpr float values[zeroRun] = {};
};

/// Where a tile's results go.
struct FloatOutput {
  const float *bias;
  float *values;
  ptrdiff_t pixelStride;
  numerics::FloatRange range;
};

template <class Isa> VERNIER_ALWAYS_INLINE typename Isa::Vector loadPartial(const float *from, int32_t count) {
  if (count >= Isa::lanes)
    return Isa::load(from);
  float lanes[Isa::lanes] = {};
  for (int32_t i = 0; i < count; ++i)
    lanes[i] = from[i];
  return Isa::load(lanes);
}

template <class Isa> VERNIER_ALWAYS_INLINE void storePartial(float *to, typename Isa::Vector value, int32_t count) {
  if (count >= Isa::lanes)
    return Isa::store(to, value);
  float lanes[Isa::lanes];
  Isa::store(lanes, value);
  for (int32_t i = 0; i < count; ++i)
    to[i] = lanes[i];
}

/// Computes `Rows` pixels from `pixel` on, which see the input through
/// `windows`, of `Blocks` blocks from `channel` on. `weights` is the first
/// block.
template <class Isa, int Rows, int Blocks, class Taps>
inline void floatTile(const Taps &taps, const typename Taps::Window (&windows)[Rows], bool wholeRows, int64_t pixel,
                      const float *weights, ptrdiff_t blockStride, int32_t channel, int32_t channels,
                      const FloatOutput &out) {
  constexpr int perBlock = floatBlock / Isa::lanes, vectors = Blocks * perBlock;
  typename Isa::Vector sums[Rows][vectors];
#pragma GCC unroll 16
  for (int v = 0; v < vectors; ++v) {
    const int32_t at = channel + v * Isa::lanes;
    const typename Isa::Vector start =
        out.bias && at < channels ? loadPartial<Isa>(out.bias + at, channels - at) : Isa::broadcast(0.0f);
#pragma GCC unroll 16
    for (int r = 0; r < Rows; ++r)
      sums[r][v] = start;
  }
  const int32_t segments = taps.segments(wholeRows), length = taps.length(wholeRows);
  for (int32_t segment = 0; segment < segments; ++segment) {
    const float *rows[Rows];
    bool padded = false;
    for (int r = 0; r < Rows; ++r) {
      rows[r] = taps.locate(windows[r], segment, wholeRows);
      padded = padded || !rows[r];
    }
    for (int32_t done = 0; done < length;) {
      const int32_t count = padded && length - done > zeroRun ? zeroRun : length - done;
      const float *from[Rows];
      for (int r = 0; r < Rows; ++r)
        from[r] = rows[r] ? rows[r] + done : Zeros<>::values;
#pragma GCC unroll 1
      for (int32_t k = 0; k < count; ++k, weights += floatBlock) {
        typename Isa::Vector w[vectors];
#pragma GCC unroll 16
        for (int v = 0; v < vectors; ++v)
          w[v] = Isa::load(weights + (v / perBlock) * blockStride + (v % perBlock) * Isa::lanes);
#pragma GCC unroll 16
        for (int r = 0; r < Rows; ++r) {
          const typename Isa::Vector x = Isa::broadcast(from[r][k]);
#pragma GCC unroll 16
          for (int v = 0; v < vectors; ++v)
            sums[r][v] = Isa::fma(x, w[v], sums[r][v]);
        }
      }
      done += count;
    }
  }
#pragma GCC unroll 16
  for (int v = 0; v < vectors; ++v) {
    const int32_t at = channel + v * Isa::lanes;
    if (at >= channels)
      break;
#pragma GCC unroll 16
    for (int r = 0; r < Rows; ++r)
      storePartial<Isa>(out.values + (pixel + r) * out.pixelStride + at,
                        Isa::clamp(sums[r][v], out.range.min, out.range.max), channels - at);
  }
}

/// All tiles of `Rows` pixels that fit [pixel, pixels), for the blocks that
/// start in channels [channel, endChannel).
template <class Isa, int Rows, int Blocks, class Taps>
inline int64_t floatTiles(const Taps &taps, int64_t pixel, int64_t pixels, const float *packed, int64_t depth,
                          int32_t channel, int32_t endChannel, int32_t channels, const FloatOutput &out) {
  const ptrdiff_t blockStride = static_cast<ptrdiff_t>(depth) * floatBlock;
  for (; pixel + Rows <= pixels; pixel += Rows) {
    typename Taps::Window windows[Rows];
    bool wholeRows = true;
    for (int r = 0; r < Rows; ++r) {
      windows[r] = taps.window(pixel + r);
      wholeRows = wholeRows && taps.inside(windows[r]);
    }
    int32_t c = channel;
    for (; c + (Blocks - 1) * floatBlock < endChannel; c += Blocks * floatBlock)
      floatTile<Isa, Rows, Blocks>(taps, windows, wholeRows, pixel, packed + c / floatBlock * blockStride, blockStride,
                                   c, channels, out);
    for (; c < endChannel; c += floatBlock)
      floatTile<Isa, Rows, 1>(taps, windows, wholeRows, pixel, packed + c / floatBlock * blockStride, blockStride, c,
                              channels, out);
  }
  return pixel;
}

/// Every pixel and channel. Channels go in groups whose weights stay in the
/// second-level cache.
template <class Isa, class Taps>
inline void floatProduct(const Taps &taps, int64_t pixels, const float *packed, int64_t depth, int32_t channels,
                         const FloatOutput &out) {
  constexpr int64_t cachedFloats = 64 * 1024;
  const int64_t perBlock = depth * floatBlock;
  const int64_t cachedBlocks = perBlock * Isa::blocks > cachedFloats ? Isa::blocks : cachedFloats / (perBlock + 1);
  const int32_t step = static_cast<int32_t>(numerics::clamp<int64_t>(
      cachedBlocks / Isa::blocks * Isa::blocks * floatBlock, Isa::blocks * floatBlock, int64_t(1) << 20));
  for (int32_t channel = 0; channel < channels; channel += step) {
    const int32_t end = channels - channel < step ? channels : channel + step;
    int64_t pixel =
        floatTiles<Isa, Isa::rows, Isa::blocks>(taps, 0, pixels, packed, depth, channel, end, channels, out);
    pixel = floatTiles<Isa, 3, Isa::blocks>(taps, pixel, pixels, packed, depth, channel, end, channels, out);
    floatTiles<Isa, 1, Isa::blocks>(taps, pixel, pixels, packed, depth, channel, end, channels, out);
  }
}
} // namespace detail

/// CONV_2D; the zero points of `p` are not read. `packed` is packConvFilter's;
/// `bias` may be null.
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

namespace detail {
/// `Vectors` vectors of channels of one output pixel; `broadcasts`: all read
/// the one input channel.
template <class Isa, int Vectors>
VERNIER_ALWAYS_INLINE void depthwiseStrip(const Conv2DParams &p, const float *image, const float *filter,
                                          const float *bias, int32_t y, int32_t x, int32_t channel, int32_t count,
                                          bool broadcasts, const numerics::FloatRange &range, float *output) {
  typename Isa::Vector sums[Vectors];
#pragma GCC unroll 8
  for (int v = 0; v < Vectors; ++v)
    sums[v] = bias ? loadPartial<Isa>(bias + channel + v * Isa::lanes, count) : Isa::broadcast(0.0f);
  for (int32_t ky = 0; ky < p.filterHeight; ++ky) {
    const int32_t iy = y + ky * p.dilationHeight;
    if (iy < 0 || iy >= p.inputHeight)
      continue;
    for (int32_t kx = 0; kx < p.filterWidth; ++kx) {
      const int32_t ix = x + kx * p.dilationWidth;
      if (ix < 0 || ix >= p.inputWidth)
        continue;
      const float *from = image + (static_cast<ptrdiff_t>(iy) * p.inputWidth + ix) * p.inputChannels;
      const float *w = filter + (ky * p.filterWidth + kx) * static_cast<ptrdiff_t>(p.outputChannels) + channel;
#pragma GCC unroll 8
      for (int v = 0; v < Vectors; ++v)
        sums[v] =
            Isa::fma(broadcasts ? Isa::broadcast(*from) : loadPartial<Isa>(from + channel + v * Isa::lanes, count),
                     loadPartial<Isa>(w + v * Isa::lanes, count), sums[v]);
    }
  }
#pragma GCC unroll 8
  for (int v = 0; v < Vectors; ++v)
    storePartial<Isa>(output + channel + v * Isa::lanes, Isa::clamp(sums[v], range.min, range.max), count);
}
} // namespace detail

/// DEPTHWISE_CONV_2D with TFLite's filter
/// [1][filterHeight][filterWidth][outputChannels] as it is; see
/// DepthwiseConv2D.h. Padding is skipped.
template <class Isa>
inline void depthwiseConv2DFloat(const Conv2DParams &p, const float *input, const float *filter, const float *bias,
                                 const numerics::FloatRange &range, float *output) {
  constexpr int wide = 4;
  const int32_t multiplier = p.outputChannels / p.inputChannels;
  for (int32_t n = 0; n < p.batches; ++n) {
    const float *image = input + static_cast<ptrdiff_t>(n) * p.inputHeight * p.inputWidth * p.inputChannels;
    for (int32_t oy = 0; oy < p.outputHeight; ++oy)
      for (int32_t ox = 0; ox < p.outputWidth; ++ox, output += p.outputChannels) {
        const int32_t y = oy * p.strideHeight - p.padTop, x = ox * p.strideWidth - p.padLeft;
        if (multiplier == 1 || p.inputChannels == 1) {
          const bool broadcasts = multiplier != 1;
          int32_t c = 0;
          for (; c + wide * Isa::lanes <= p.outputChannels; c += wide * Isa::lanes)
            detail::depthwiseStrip<Isa, wide>(p, image, filter, bias, y, x, c, Isa::lanes, broadcasts, range, output);
          for (; c < p.outputChannels; c += Isa::lanes)
            detail::depthwiseStrip<Isa, 1>(p, image, filter, bias, y, x, c, p.outputChannels - c, broadcasts, range,
                                           output);
          continue;
        }
        for (int32_t c = 0; c < p.outputChannels; ++c) {
          float sum = bias ? bias[c] : 0.0f;
          for (int32_t ky = 0; ky < p.filterHeight; ++ky)
            for (int32_t kx = 0; kx < p.filterWidth; ++kx) {
              const int32_t iy = y + ky * p.dilationHeight, ix = x + kx * p.dilationWidth;
              if (iy >= 0 && iy < p.inputHeight && ix >= 0 && ix < p.inputWidth)
                sum = numerics::fusedMultiplyAdd(
                    image[(static_cast<ptrdiff_t>(iy) * p.inputWidth + ix) * p.inputChannels + c / multiplier],
                    filter[(ky * p.filterWidth + kx) * static_cast<ptrdiff_t>(p.outputChannels) + c], sum);
            }
          output[c] = range.clamp(sum);
        }
      }
  }
}

} // namespace mlir::vernier::runtime

#endif // VERNIER_RUNTIME_FLOAT_TILE_H
