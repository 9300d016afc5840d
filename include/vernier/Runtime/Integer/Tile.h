//===- Tile.h - the register-tiled 8-bit kernels ----------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Products of unsigned inputs and signed weights, summed by fours into int32.
// Sums are exact modulo 2^32, so every instruction set gives the accumulators
// of Conv2D.h; `Isa` (Generic.h, Avx2.h, Avx512Vnni.h) says how to sum, and how
// to requantize in vectors where the arithmetic allows it.
//===----------------------------------------------------------------------===//

#ifndef VERNIER_RUNTIME_INTEGER_TILE_H
#define VERNIER_RUNTIME_INTEGER_TILE_H

#include "vernier/Runtime/DepthwiseConv2D.h"
#include "vernier/Runtime/Integer/Packing.h"
#include "vernier/Runtime/Taps.h"

namespace mlir::vernier::runtime {

namespace detail {
constexpr int32_t integerPaddingRun = 256;

/// What all tiles of one product share.
template <class T> struct IntegerProduct {
  IntegerFilterShape shape;
  PackedIntegerFilter filter;
  /// Zero point of the weights as packed, and of the input as it is.
  int32_t weightZeroPoint;
  int32_t inputZeroPoint;
  /// A run of the input's zero point.
  const T *padding;
  T *output;
  ptrdiff_t pixelStride;
  int32_t firstChannel;
};

/// Up to four inputs as unsigned bytes.
template <class T> VERNIER_ALWAYS_INLINE uint32_t loadInputs(const T *from, int32_t count) {
  uint32_t word = 0;
  if (count >= integerStep)
    std::memcpy(&word, from, sizeof(word));
  else
    std::memcpy(&word, from, static_cast<size_t>(count));
  return inputShift<T> ? word ^ 0x80808080u : word;
}

template <class Isa, int Rows, int Blocks, class T, class Taps, class Requantizer>
inline void integerTile(const IntegerProduct<T> &product, const Taps &taps,
                        const typename Taps::Window (&windows)[Rows], int64_t pixel, int32_t block,
                        const int32_t (&corrections)[Rows], const Requantizer &requantize) {
  const ptrdiff_t blockSize = static_cast<ptrdiff_t>(product.shape.blockSize());
  const int8_t *weights = product.filter.weights + block * blockSize;
  typename Isa::Sum sums[Rows][Blocks];
#pragma GCC unroll 16
  for (int r = 0; r < Rows; ++r)
#pragma GCC unroll 4
    for (int b = 0; b < Blocks; ++b)
      sums[r][b] = Isa::zero();
  for (int32_t tap = 0; tap < product.shape.taps; ++tap) {
    const T *rows[Rows];
    bool padded = false;
    for (int r = 0; r < Rows; ++r) {
      rows[r] = taps.locate(windows[r], tap, false);
      padded = padded || !rows[r];
    }
    for (int32_t done = 0; done < product.shape.length;) {
      const int32_t rest = product.shape.length - done;
      const int32_t count = padded && rest > integerPaddingRun ? integerPaddingRun : rest;
      const T *from[Rows];
      for (int r = 0; r < Rows; ++r)
        from[r] = rows[r] ? rows[r] + done : product.padding;
      const auto step = [&](int32_t k, int32_t inputs) {
        typename Isa::Weights w[Blocks];
#pragma GCC unroll 4
        for (int b = 0; b < Blocks; ++b)
          w[b] = Isa::loadWeights(weights + b * blockSize);
#pragma GCC unroll 16
        for (int r = 0; r < Rows; ++r) {
          const uint32_t x = loadInputs(from[r] + k, inputs);
#pragma GCC unroll 4
          for (int b = 0; b < Blocks; ++b)
            sums[r][b] = Isa::dot(sums[r][b], x, w[b]);
        }
        weights += integerBlock * integerStep;
      };
      int32_t k = 0;
#pragma GCC unroll 1
      for (; k + integerStep <= count; k += integerStep)
        step(k, integerStep);
      if (k < count)
        step(k, count - k);
      done += count;
    }
  }
#pragma GCC unroll 16
  for (int r = 0; r < Rows; ++r)
#pragma GCC unroll 4
    for (int b = 0; b < Blocks; ++b) {
      const int32_t channel = (block + b) * integerBlock;
      const int32_t count = product.shape.outputs - channel;
      Isa::finish(sums[r][b], product.filter.starts + channel, corrections[r], requantize,
                  product.firstChannel + channel, count < integerBlock ? count : integerBlock,
                  product.output + (pixel + r) * product.pixelStride + channel);
    }
}

/// zw * sum(x - zx) for each pixel: what a weight zero point adds.
template <int Rows, class T, class Taps>
inline void weightCorrections(const IntegerProduct<T> &product, const Taps &taps,
                              const typename Taps::Window (&windows)[Rows], int32_t (&corrections)[Rows]) {
  for (int r = 0; r < Rows; ++r) {
    uint32_t sum = 0;
    for (int32_t tap = 0; product.weightZeroPoint && tap < product.shape.taps; ++tap)
      if (const T *from = taps.locate(windows[r], tap, false))
        for (int32_t k = 0; k < product.shape.length; ++k)
          sum += static_cast<uint32_t>(from[k] - product.inputZeroPoint);
    corrections[r] = static_cast<int32_t>(sum * static_cast<uint32_t>(product.weightZeroPoint));
  }
}

template <class Isa, int Rows, class T, class Taps, class Requantizer>
inline int64_t integerTiles(const IntegerProduct<T> &product, const Taps &taps, int64_t pixel, int64_t pixels,
                            int32_t block, int32_t endBlock, const Requantizer &requantize) {
  for (; pixel + Rows <= pixels; pixel += Rows) {
    typename Taps::Window windows[Rows];
    for (int r = 0; r < Rows; ++r)
      windows[r] = taps.window(pixel + r);
    int32_t corrections[Rows];
    weightCorrections<Rows>(product, taps, windows, corrections);
    int32_t b = block;
    for (; b + Isa::blocks <= endBlock; b += Isa::blocks)
      integerTile<Isa, Rows, Isa::blocks>(product, taps, windows, pixel, b, corrections, requantize);
    for (; b < endBlock; ++b)
      integerTile<Isa, Rows, 1>(product, taps, windows, pixel, b, corrections, requantize);
  }
  return pixel;
}

/// Every pixel and channel; channels go in groups whose weights stay in the
/// second-level cache.
template <class Isa, class T, class Taps, class Requantizer>
inline void integerProduct(const IntegerProduct<T> &product, const Taps &taps, int64_t pixels,
                           const Requantizer &requantize) {
  constexpr int64_t cachedBytes = 256 * 1024;
  const int64_t cachedBlocks = cachedBytes / (product.shape.blockSize() + 1);
  const int32_t step = static_cast<int32_t>(
      numerics::clamp<int64_t>(cachedBlocks / Isa::blocks * Isa::blocks, Isa::blocks, int64_t(1) << 20));
  for (int32_t block = 0; block < product.shape.blocks(); block += step) {
    const int32_t end = product.shape.blocks() - block < step ? product.shape.blocks() : block + step;
    int64_t pixel = integerTiles<Isa, Isa::rows>(product, taps, 0, pixels, block, end, requantize);
    integerTiles<Isa, 1>(product, taps, pixel, pixels, block, end, requantize);
  }
}
} // namespace detail

/// conv2D of Conv2D.h with a filter packed by
/// packIntegerFilter(integerFilterShape(p), ...): the same bits.
template <class Isa, class T, class Requantizer>
inline void conv2DPacked(const Conv2DParams &p, const T *input, const PackedIntegerFilter &filter,
                         const Requantizer &requantize, T *output) {
  const IntegerFilterShape shape = integerFilterShape(p);
  const int64_t pixels = int64_t(p.batches) * p.outputHeight * p.outputWidth;
  T padding[detail::integerPaddingRun];
  std::memset(padding, p.inputZeroPoint, sizeof(padding));
  for (int32_t g = 0; g < p.groups; ++g) {
    const detail::IntegerProduct<T> product{
        shape,
        {filter.weights + g * shape.blocks() * shape.blockSize(), filter.starts + g * shape.blocks() * integerBlock},
        p.filterZeroPoint - detail::weightShift<T>,
        p.inputZeroPoint,
        padding,
        output + g * shape.outputs,
        p.outputChannels,
        g * shape.outputs};
    if (shape.taps == 1 && p.groups == 1 && p.strideHeight == 1 && p.strideWidth == 1 && p.padTop == 0 &&
        p.padLeft == 0 && p.outputHeight == p.inputHeight && p.outputWidth == p.inputWidth)
      detail::integerProduct<Isa>(product, detail::MatrixTaps<T>{input, p.inputChannels}, pixels, requantize);
    else
      detail::integerProduct<Isa>(product, detail::ConvTaps<T>{p, input + g * shape.length, shape.length}, pixels,
                                  requantize);
  }
}

/// fullyConnected of FullyConnected.h with a packed filter: the same bits.
template <class Isa, class T, class Requantizer>
inline void fullyConnectedPacked(const FullyConnectedParams &p, const T *input, const PackedIntegerFilter &filter,
                                 const Requantizer &requantize, T *output) {
  const detail::IntegerProduct<T> product{integerFilterShape(p), filter,  p.filterZeroPoint - detail::weightShift<T>,
                                          p.inputZeroPoint,      nullptr, output,
                                          p.outputChannels,      0};
  detail::integerProduct<Isa>(product, detail::MatrixTaps<T>{input, p.inputChannels}, p.batches, requantize);
}

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
} // namespace detail

/// depthwiseConv2D of DepthwiseConv2D.h for a multiplier of 1, in blocks of
/// sixteen channels; TFLite's filter and bias as they are.
template <class Isa, class T, class Requantizer>
inline void depthwiseConv2DVector(const Conv2DParams &p, const T *input, const T *filter, const int32_t *bias,
                                  const Requantizer &requantize, T *output) {
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

#endif // VERNIER_RUNTIME_INTEGER_TILE_H
