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

#include "vernier/Runtime/Integer/Packing.h"
#include "vernier/Runtime/Taps.h"

namespace mlir::vernier::runtime {

namespace detail {
/// What all tiles of one product share.
template <class T> struct IntegerProduct {
  IntegerFilterShape shape;
  PackedIntegerFilter filter;
  /// Zero point of the weights as packed, and of the input as it is.
  int32_t weightZeroPoint;
  int32_t inputZeroPoint;
  /// Behind the last input.
  const T *inputEnd;
  T *output;
  ptrdiff_t pixelStride;
  int32_t firstChannel;
};

/// Bytes of one row of a tile's inputs; longer rows go in parts.
constexpr int32_t integerRowBytes = 2304;

/// Where a tile reads its inputs: `rows` rows, `stride` bytes apart. Their bytes are T's, or unsigned already.
struct IntegerRows {
  const unsigned char *data;
  ptrdiff_t stride;
};

/// Sums [0, Rows) x [0, Blocks) of `steps` steps of four inputs. `Shift`: inputs are int8 still.
template <class Isa, int Rows, int Blocks, bool Shift>
VERNIER_ALWAYS_INLINE void integerSteps(const IntegerRows &rows, const int8_t *weights, ptrdiff_t blockSize,
                                        int32_t steps, int32_t rest, typename Isa::Sum (&sums)[Rows][Blocks]) {
  const unsigned char *from = rows.data;
#pragma GCC unroll 1
  for (int32_t k = 0; k < steps; ++k, from += integerStep, weights += integerBlock * integerStep) {
    typename Isa::Weights w[Blocks];
#pragma GCC unroll 4
    for (int b = 0; b < Blocks; ++b)
      w[b] = Isa::loadWeights(weights + b * blockSize);
#pragma GCC unroll 16
    for (int r = 0; r < Rows; ++r) {
      const typename Isa::Inputs x = Isa::template loadInputs<Shift>(from + r * rows.stride);
#pragma GCC unroll 4
      for (int b = 0; b < Blocks; ++b)
        sums[r][b] = Isa::dot(sums[r][b], x, w[b]);
    }
  }
  if (rest == 0)
    return;
  // The last inputs, fewer than a step. Sums keep to registers only while every index is a constant.
  unsigned char last[Rows][integerStep] = {};
  for (int r = 0; r < Rows; ++r)
    std::memcpy(last[r], from + r * rows.stride, static_cast<size_t>(rest));
#pragma GCC unroll 16
  for (int r = 0; r < Rows; ++r) {
    const typename Isa::Inputs x = Isa::template loadInputs<Shift>(last[r]);
#pragma GCC unroll 4
    for (int b = 0; b < Blocks; ++b)
      sums[r][b] = Isa::dot(sums[r][b], x, Isa::loadWeights(weights + b * blockSize));
  }
}

/// Blocks [block, endBlock) in tiles of at most `Most`; `tile(size, block)` does `size` of them. Four in tiles of three
/// are two and two: a tile of one is held up by its loads.
template <int Most, class Tile> VERNIER_ALWAYS_INLINE void forEachTile(int32_t block, int32_t endBlock, Tile tile) {
  for (; block + Most <= endBlock && (Most == 1 || endBlock - block != Most + 1); block += Most)
    tile(std::integral_constant<int, Most>(), block);
  if constexpr (Most > 1)
    forEachTile<Most - 1>(block, endBlock, tile);
}

template <class Isa, int Rows, int Blocks, class T, class Requantizer>
VERNIER_ALWAYS_INLINE void integerFinish(const IntegerProduct<T> &product, int64_t pixel, int32_t block,
                                         const int32_t (&corrections)[Rows], const Requantizer &requantize,
                                         const typename Isa::Sum (&sums)[Rows][Blocks]) {
  // Bytes that are stored may lie anywhere to a compiler, except in objects of its own.
  const Requantizer local = requantize;
  const IntegerProduct<T> to = product;
#pragma GCC unroll 4
  for (int b = 0; b < Blocks; ++b) {
    const int32_t channel = (block + b) * integerBlock;
    const int32_t rest = to.shape.outputs - channel, count = rest < integerBlock ? rest : integerBlock;
#pragma GCC unroll 16
    for (int r = 0; r < Rows; ++r)
      Isa::finish(sums[r][b], to.filter.starts + channel, corrections[r], local, to.firstChannel + channel, count,
                  to.output + (pixel + r) * to.pixelStride + channel);
  }
}

/// The input rows of one row of results, with their padding, as unsigned bytes: what all windows of that row read.
constexpr int32_t integerStripBytes = 32 * 1024;

/// One convolution whose strips fit: `pixels` is the number of pixels of a strip's row.
struct IntegerStrip {
  int32_t pixels;
  int32_t rowBytes;
  VERNIER_ALWAYS_INLINE static IntegerStrip of(const Conv2DParams &p) {
    const int32_t pixels = (p.outputWidth - 1) * p.strideWidth + (p.filterWidth - 1) * p.dilationWidth + 1;
    return {pixels, pixels * p.inputChannels};
  }
  /// Whether a strip fits, and its row has a tile.
  VERNIER_ALWAYS_INLINE static bool suits(const Conv2DParams &p, int32_t rows) {
    const int64_t pixels =
        int64_t(p.outputWidth - 1) * p.strideWidth + int64_t(p.filterWidth - 1) * p.dilationWidth + 1;
    return p.outputWidth >= rows && pixels * p.inputChannels * p.filterHeight <= integerStripBytes;
  }
};

/// Fills `strip` with the input rows that output row `oy` of `image` reads.
template <class Isa, class T>
inline void fillStrip(const Conv2DParams &p, const IntegerStrip &shape, const T *image, const T *inputEnd, int32_t oy,
                      unsigned char *strip) {
  const int zero = p.inputZeroPoint + inputShift<T>;
  const int32_t left = p.padLeft < shape.pixels ? p.padLeft : shape.pixels;
  const int32_t taken = shape.pixels - left < p.inputWidth ? shape.pixels - left : p.inputWidth;
  for (int32_t ky = 0; ky < p.filterHeight; ++ky, strip += shape.rowBytes) {
    const int32_t y = oy * p.strideHeight - p.padTop + ky * p.dilationHeight;
    if (y < 0 || y >= p.inputHeight) {
      Isa::fillInputs(shape.rowBytes, zero, strip);
      continue;
    }
    // Copies may write behind their end: what comes later is written later.
    const int32_t from = left * p.inputChannels, bytes = taken * p.inputChannels;
    Isa::fillInputs(from, zero, strip);
    Isa::copyInputs(bytes, image + static_cast<ptrdiff_t>(y) * p.inputWidth * p.inputChannels, inputEnd, strip + from);
    Isa::fillInputs(shape.rowBytes - from - bytes, zero, strip + from + bytes);
  }
}

/// `Rows` neighbouring pixels of a row, from pixel `x` on.
template <class Isa, int Rows, int Blocks, class T, class Requantizer>
inline void integerStripTile(const IntegerProduct<T> &product, const Conv2DParams &p, const IntegerStrip &shape,
                             const unsigned char *strip, int32_t x, int64_t pixel, int32_t block,
                             const Requantizer &requantize) {
  const ptrdiff_t blockSize = static_cast<ptrdiff_t>(product.shape.blockSize());
  const int8_t *weights = product.filter.weights + block * blockSize;
  const ptrdiff_t pixelBytes = static_cast<ptrdiff_t>(p.strideWidth) * p.inputChannels;
  const int32_t tapSteps = (product.shape.length + integerStep - 1) / integerStep;
  // Neighbouring taps are neighbours in memory.
  const bool together = p.dilationWidth == 1 && p.groups == 1 && product.shape.length % integerStep == 0;
  const int32_t runs = together ? 1 : p.filterWidth, steps = together ? tapSteps * p.filterWidth : tapSteps;
  typename Isa::Sum sums[Rows][Blocks];
#pragma GCC unroll 16
  for (int r = 0; r < Rows; ++r)
#pragma GCC unroll 4
    for (int b = 0; b < Blocks; ++b)
      sums[r][b] = Isa::zero();
  const unsigned char *from = strip + x * pixelBytes;
  for (int32_t ky = 0; ky < p.filterHeight; ++ky, from += shape.rowBytes)
    for (int32_t run = 0; run < runs; ++run) {
      const unsigned char *at = from + static_cast<ptrdiff_t>(run) * p.dilationWidth * p.inputChannels;
      integerSteps<Isa, Rows, Blocks, false>({at, pixelBytes}, weights, blockSize, steps, 0, sums);
      weights += static_cast<ptrdiff_t>(steps) * integerBlock * integerStep;
    }
  const int32_t corrections[Rows] = {};
  integerFinish<Isa, Rows, Blocks>(product, pixel, block, corrections, requantize, sums);
}

/// Every pixel, strip by strip. `offset`: the group's first channel in a pixel.
template <class Isa, int Rows, int Most, class T, class Requantizer>
inline void integerStrips(const IntegerProduct<T> &product, const Conv2DParams &p, const T *input, int32_t offset,
                          const Requantizer &requantize) {
  alignas(64) unsigned char strip[integerStripBytes + 64];
  const IntegerStrip shape = IntegerStrip::of(p);
  int64_t pixel = 0;
  for (int32_t n = 0; n < p.batches;
       ++n, input += static_cast<ptrdiff_t>(p.inputHeight) * p.inputWidth * p.inputChannels)
    for (int32_t oy = 0; oy < p.outputHeight; ++oy, pixel += p.outputWidth) {
      fillStrip<Isa>(p, shape, input, product.inputEnd, oy, strip);
      for (int32_t ox = 0; ox < p.outputWidth; ox += Rows) {
        const int32_t x = ox + Rows <= p.outputWidth ? ox : p.outputWidth - Rows;
        forEachTile<Most>(0, product.shape.blocks(), [&](auto size, int32_t block) {
          integerStripTile<Isa, Rows, decltype(size)::value>(product, p, shape, strip + offset, x, pixel + x, block,
                                                             requantize);
        });
      }
    }
}

/// The inputs of a tile, tap after tap, each filled up to whole steps: as the packed weights have them. Unsigned.
template <class Isa, int Rows, class T, class Taps> class GatheredRows {
  /// Copies may write up to a vector behind their end.
  static constexpr int32_t rowStride = integerRowBytes + 64;

public:
  GatheredRows(const IntegerProduct<T> &product, const Taps &taps, int64_t pixel)
      : product(product), taps(taps), tapBytes((product.shape.length + integerStep - 1) / integerStep * integerStep) {
    for (int r = 0; r < Rows; ++r)
      windows[r] = taps.window(pixel + r);
  }
  bool fitsOnce() const { return int64_t(product.shape.taps) * tapBytes <= integerRowBytes; }

  /// Gathers everything; returns the steps.
  int32_t gatherAll() {
    for (int r = 0; r < Rows; ++r)
      gatherWindow(windows[r], buffer + r * rowStride);
    return product.shape.taps * tapBytes / integerStep;
  }

  /// Gathers the next part, from tap `tap` and its byte `done` on; returns its steps.
  int32_t gather(int32_t &tap, int32_t &done) {
    int32_t bytes = 0;
    while (tap < product.shape.taps && bytes + integerStep <= integerRowBytes) {
      const int32_t space = integerRowBytes - bytes, rest = product.shape.length - done;
      const int32_t count = rest < space ? rest : space / integerStep * integerStep;
      for (int r = 0; r < Rows; ++r) {
        const T *from = taps.locate(windows[r], tap, false);
        unsigned char *to = buffer + r * rowStride + bytes;
        if (from)
          Isa::copyInputs(count, from + done, product.inputEnd, to);
        else
          Isa::fillInputs(count, product.inputZeroPoint + inputShift<T>, to);
      }
      bytes += (count + integerStep - 1) / integerStep * integerStep;
      done += count;
      if (done == product.shape.length) {
        ++tap;
        done = 0;
      }
    }
    return bytes / integerStep;
  }
  IntegerRows rows() const { return {buffer, rowStride}; }

private:
  void gatherWindow(const typename Taps::Window &window, unsigned char *to) const {
    const Conv2DParams &p = taps.p;
    const int32_t length = product.shape.length;
    const int zero = product.inputZeroPoint + inputShift<T>;
    const Range columns = inside(window.x, p.dilationWidth, p.filterWidth, p.inputWidth);
    // Neighbouring taps are neighbours in memory.
    const bool together = p.dilationWidth == 1 && p.groups == 1 && tapBytes == length;
    const T *row = window.image + (static_cast<ptrdiff_t>(window.y) * p.inputWidth + window.x) * p.inputChannels;
    const ptrdiff_t nextRow = static_cast<ptrdiff_t>(p.dilationHeight) * p.inputWidth * p.inputChannels;
    const ptrdiff_t nextTap = static_cast<ptrdiff_t>(p.dilationWidth) * p.inputChannels;
    for (int32_t ky = 0, y = window.y; ky < p.filterHeight; ++ky, y += p.dilationHeight, row += nextRow) {
      const Range taken = y >= 0 && y < p.inputHeight ? columns : Range{0, 0};
      // Copies may write behind their end: what comes later is written later.
      if (taken.begin == taken.end) {
        Isa::fillInputs(p.filterWidth * tapBytes, zero, to);
      } else {
        if (taken.begin > 0)
          Isa::fillInputs(taken.begin * tapBytes, zero, to);
        if (together)
          Isa::copyInputs((taken.end - taken.begin) * length, row + taken.begin * nextTap, product.inputEnd,
                          to + taken.begin * tapBytes);
        else
          for (int32_t kx = taken.begin; kx < taken.end; ++kx)
            Isa::copyInputs(length, row + kx * nextTap, product.inputEnd, to + kx * tapBytes);
        if (taken.end < p.filterWidth)
          Isa::fillInputs((p.filterWidth - taken.end) * tapBytes, zero, to + taken.end * tapBytes);
      }
      to += p.filterWidth * tapBytes;
    }
  }

  struct Range {
    int32_t begin, end;
  };
  /// The taps, of `count` from `first` on, that lie within [0, size).
  static Range inside(int32_t first, int32_t step, int32_t count, int32_t size) {
    Range range{0, count};
    while (range.begin < range.end && first + range.begin * step < 0)
      ++range.begin;
    while (range.begin < range.end && first + (range.end - 1) * step >= size)
      --range.end;
    return range;
  }

  const IntegerProduct<T> &product;
  const Taps &taps;
  int32_t tapBytes;
  typename Taps::Window windows[Rows];
  alignas(64) unsigned char buffer[Rows * rowStride];
};

/// One tile whose inputs lie in rows, whole.
template <class Isa, int Rows, int Blocks, bool Shift, class T, class Requantizer>
inline void integerTile(const IntegerProduct<T> &product, const IntegerRows &rows, int32_t steps, int32_t rest,
                        int64_t pixel, int32_t block, const int32_t (&corrections)[Rows],
                        const Requantizer &requantize) {
  const ptrdiff_t blockSize = static_cast<ptrdiff_t>(product.shape.blockSize());
  typename Isa::Sum sums[Rows][Blocks];
#pragma GCC unroll 16
  for (int r = 0; r < Rows; ++r)
#pragma GCC unroll 4
    for (int b = 0; b < Blocks; ++b)
      sums[r][b] = Isa::zero();
  integerSteps<Isa, Rows, Blocks, Shift>(rows, product.filter.weights + block * blockSize, blockSize, steps, rest,
                                         sums);
  integerFinish<Isa, Rows, Blocks>(product, pixel, block, corrections, requantize, sums);
}

/// One tile whose inputs are gathered in parts.
template <class Isa, int Rows, int Blocks, class T, class Taps, class Requantizer>
inline void integerTileInParts(const IntegerProduct<T> &product, GatheredRows<Isa, Rows, T, Taps> &gathered,
                               int64_t pixel, int32_t block, const int32_t (&corrections)[Rows],
                               const Requantizer &requantize) {
  const ptrdiff_t blockSize = static_cast<ptrdiff_t>(product.shape.blockSize());
  const int8_t *weights = product.filter.weights + block * blockSize;
  typename Isa::Sum sums[Rows][Blocks];
  for (int r = 0; r < Rows; ++r)
    for (int b = 0; b < Blocks; ++b)
      sums[r][b] = Isa::zero();
  for (int32_t tap = 0, done = 0; tap < product.shape.taps;) {
    const int32_t steps = gathered.gather(tap, done);
    integerSteps<Isa, Rows, Blocks, false>(gathered.rows(), weights, blockSize, steps, 0, sums);
    weights += static_cast<ptrdiff_t>(steps) * integerBlock * integerStep;
  }
  integerFinish<Isa, Rows, Blocks>(product, pixel, block, corrections, requantize, sums);
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

template <class Isa, int Rows, int Most, class T, class Taps, class Requantizer>
inline void integerRowTiles(const IntegerProduct<T> &product, const Taps &taps, int64_t pixel, int32_t block,
                            int32_t endBlock, const Requantizer &requantize) {
  int32_t corrections[Rows] = {};
  if (product.weightZeroPoint) {
    typename Taps::Window windows[Rows];
    for (int r = 0; r < Rows; ++r)
      windows[r] = taps.window(pixel + r);
    weightCorrections<Rows>(product, taps, windows, corrections);
  }
  if constexpr (Taps::isMatrix) {
    const IntegerRows rows{reinterpret_cast<const unsigned char *>(taps.window(pixel).row), product.shape.length};
    const int32_t steps = product.shape.length / integerStep, rest = product.shape.length % integerStep;
    forEachTile<Most>(block, endBlock, [&](auto size, int32_t at) {
      integerTile<Isa, Rows, decltype(size)::value, (inputShift<T> != 0)>(product, rows, steps, rest, pixel, at,
                                                                          corrections, requantize);
    });
  } else {
    GatheredRows<Isa, Rows, T, Taps> gathered(product, taps, pixel);
    if (gathered.fitsOnce()) {
      const int32_t steps = gathered.gatherAll();
      forEachTile<Most>(block, endBlock, [&](auto size, int32_t at) {
        integerTile<Isa, Rows, decltype(size)::value, false>(product, gathered.rows(), steps, 0, pixel, at, corrections,
                                                             requantize);
      });
    } else {
      forEachTile<Most>(block, endBlock, [&](auto size, int32_t at) {
        integerTileInParts<Isa, Rows, decltype(size)::value>(product, gathered, pixel, at, corrections, requantize);
      });
    }
  }
}

/// All pixels in tiles of `Rows` x `Most` blocks; the last tile overlaps the one before, so that all are whole.
template <class Isa, int Rows, int Most, class T, class Taps, class Requantizer>
inline void integerPixelTiles(const IntegerProduct<T> &product, const Taps &taps, int64_t pixels, int32_t block,
                              int32_t endBlock, const Requantizer &requantize) {
  if constexpr (Rows > 1)
    if (pixels < Rows)
      return integerPixelTiles<Isa, 1, Most>(product, taps, pixels, block, endBlock, requantize);
  for (int64_t pixel = 0; pixel < pixels; pixel += Rows)
    integerRowTiles<Isa, Rows, Most>(product, taps, pixel + Rows <= pixels ? pixel : pixels - Rows, block, endBlock,
                                     requantize);
}

/// Every pixel and channel; channels go in groups whose weights stay in the
/// second-level cache.
template <class Isa, class T, class Taps, class Requantizer>
inline void integerProduct(const IntegerProduct<T> &product, const Taps &taps, int64_t pixels,
                           const Requantizer &requantize) {
  constexpr int64_t cachedBytes = 256 * 1024;
  constexpr int unit = Isa::blocks;
  const int64_t cachedBlocks = cachedBytes / (product.shape.blockSize() + 1);
  const int32_t step =
      static_cast<int32_t>(numerics::clamp<int64_t>(cachedBlocks / unit * unit, unit, int64_t(1) << 20));
  for (int32_t block = 0; block < product.shape.blocks(); block += step) {
    const int32_t end = product.shape.blocks() - block < step ? product.shape.blocks() : block + step;
    integerPixelTiles<Isa, Isa::rows, Isa::blocks>(product, taps, pixels, block, end, requantize);
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
  const T *inputEnd = input + static_cast<ptrdiff_t>(p.batches) * p.inputHeight * p.inputWidth * p.inputChannels;
  for (int32_t g = 0; g < p.groups; ++g) {
    const detail::IntegerProduct<T> product{
        shape,
        {filter.weights + g * shape.blocks() * shape.blockSize(), filter.starts + g * shape.blocks() * integerBlock},
        p.filterZeroPoint - detail::weightShift<T>,
        p.inputZeroPoint,
        inputEnd,
        output + g * shape.outputs,
        p.outputChannels,
        g * shape.outputs};
    if (shape.taps == 1 && p.groups == 1 && p.strideHeight == 1 && p.strideWidth == 1 && p.padTop == 0 &&
        p.padLeft == 0 && p.outputHeight == p.inputHeight && p.outputWidth == p.inputWidth)
      detail::integerProduct<Isa>(product, detail::MatrixTaps<T>{input, p.inputChannels}, pixels, requantize);
    else if (detail::IntegerStrip::suits(p, Isa::rows) && !product.weightZeroPoint) {
      detail::integerStrips<Isa, Isa::rows, Isa::blocks>(product, p, input, g * shape.length, requantize);
    } else
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

} // namespace mlir::vernier::runtime

#endif // VERNIER_RUNTIME_INTEGER_TILE_H
