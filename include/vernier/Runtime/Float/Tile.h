//===- Tile.h - the register-tiled float product ----------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Each output is one chain of fused multiply-adds that starts at the bias and
// runs in (ky, kx, channel) order; vectors run across outputs only. So results
// do not depend on the instruction set, and `Isa` (Generic.h, Avx2.h, Avx512.h)
// only says how wide a vector is and how many fit the register file.
//
// A tile is `Rows` output pixels by `Blocks` blocks of 16 output channels. Where
// all taps lie within the input, its rows walk it from one pointer each; a tile
// at the border looks for each tap, and those in the padding read zeros.
//===----------------------------------------------------------------------===//

#ifndef VERNIER_RUNTIME_FLOAT_TILE_H
#define VERNIER_RUNTIME_FLOAT_TILE_H

#include "vernier/Numerics/Affine.h"
#include "vernier/Runtime/Float/Packing.h"
#include "vernier/Runtime/Taps.h"

namespace mlir::vernier::runtime::detail {

/// What a tap in the padding reads; longer runs are read in chunks of this
/// length.
constexpr int32_t zeroRun = 256;
template <class Unused = void> struct Zeros {
  static constexpr float values[zeroRun] = {};
};

/// Where a product's results go.
struct FloatOutput {
  const float *bias;
  float *values;
  ptrdiff_t pixelStride;
  numerics::FloatRange range;
};

/// The weights and results of a tile: blocks of channels from `channel` on.
struct FloatColumns {
  const float *weights;
  ptrdiff_t blockStride;
  int32_t channel, channels;
};

/// Adds `count` steps of the reduction, which the rows read from `from[r] +
/// first` on. Returns the weights of the next step.
template <class Isa, int Rows, int Vectors>
VERNIER_ALWAYS_INLINE const float *accumulate(typename Isa::Vector (&sums)[Rows][Vectors],
                                              const float *const (&from)[Rows], ptrdiff_t first, int32_t count,
                                              const float *weights, ptrdiff_t blockStride) {
  constexpr int perBlock = floatBlock / Isa::lanes;
  const ptrdiff_t end = first + count;
#pragma GCC unroll 1
  for (ptrdiff_t k = first; k < end; ++k, weights += floatBlock) {
    typename Isa::Vector w[Vectors];
#pragma GCC unroll 16
    for (int v = 0; v < Vectors; ++v)
      w[v] = Isa::load(weights + (v / perBlock) * blockStride + (v % perBlock) * Isa::lanes);
#pragma GCC unroll 16
    for (int r = 0; r < Rows; ++r) {
      const typename Isa::Vector x = Isa::broadcast(from[r][k]);
#pragma GCC unroll 16
      for (int v = 0; v < Vectors; ++v)
        sums[r][v] = Isa::fma(x, w[v], sums[r][v]);
    }
  }
  return weights;
}

template <class Isa, int Rows, int Vectors>
VERNIER_ALWAYS_INLINE void startAtBias(typename Isa::Vector (&sums)[Rows][Vectors], const FloatColumns &columns,
                                       const FloatOutput &out) {
#pragma GCC unroll 16
  for (int v = 0; v < Vectors; ++v) {
    const int32_t at = columns.channel + v * Isa::lanes, left = columns.channels - at;
    const typename Isa::Vector start = !out.bias || left <= 0 ? Isa::broadcast(0.0f)
                                       : left >= Isa::lanes   ? Isa::load(out.bias + at)
                                                              : Isa::loadFirst(out.bias + at, left);
#pragma GCC unroll 16
    for (int r = 0; r < Rows; ++r)
      sums[r][v] = start;
  }
}

template <class Isa, int Rows, int Vectors>
VERNIER_ALWAYS_INLINE void storeClamped(const typename Isa::Vector (&sums)[Rows][Vectors], const FloatColumns &columns,
                                        const FloatOutput &out, int64_t pixel) {
  float *to = out.values + pixel * out.pixelStride + columns.channel;
  const typename Isa::Vector low = Isa::broadcast(out.range.min), high = Isa::broadcast(out.range.max);
  if (columns.channels - columns.channel >= Vectors * Isa::lanes) {
#pragma GCC unroll 16
    for (int r = 0; r < Rows; ++r, to += out.pixelStride)
#pragma GCC unroll 16
      for (int v = 0; v < Vectors; ++v)
        Isa::store(to + v * Isa::lanes, Isa::clamp(sums[r][v], low, high));
    return;
  }
#pragma GCC unroll 16
  for (int v = 0; v < Vectors; ++v) {
    const int32_t left = columns.channels - columns.channel - v * Isa::lanes;
    if (left <= 0)
      return;
#pragma GCC unroll 16
    for (int r = 0; r < Rows; ++r) {
      float *at = to + r * out.pixelStride + v * Isa::lanes;
      const typename Isa::Vector value = Isa::clamp(sums[r][v], low, high);
      left >= Isa::lanes ? Isa::store(at, value) : Isa::storeFirst(at, value, left);
    }
  }
}

/// A tile whose windows lie within the input. Out of line: inlined into the loops over tiles, its sums would not stay
/// in registers.
template <class Isa, int Rows, int Blocks>
VERNIER_NOINLINE void innerTile(const float *const (&rows)[Rows], const TapWalk &walk, const FloatColumns &columns,
                                const FloatOutput &out, int64_t pixel) {
  typename Isa::Vector sums[Rows][Blocks * floatBlock / Isa::lanes];
  startAtBias<Isa>(sums, columns, out);
  const float *weights = columns.weights;
  for (int32_t y = 0; y < walk.rows; ++y)
    for (int32_t x = 0; x < walk.columns; ++x)
      weights = accumulate<Isa>(sums, rows, y * walk.rowStride + x * walk.columnStride, walk.length, weights,
                                columns.blockStride);
  storeClamped<Isa>(sums, columns, out, pixel);
}

/// A tile with windows that reach into the padding.
template <class Isa, int Rows, int Blocks, class Taps>
VERNIER_NOINLINE void borderTile(const Taps &taps, const typename Taps::Window (&windows)[Rows],
                                 const FloatColumns &columns, const FloatOutput &out, int64_t pixel) {
  typename Isa::Vector sums[Rows][Blocks * floatBlock / Isa::lanes];
  startAtBias<Isa>(sums, columns, out);
  const float *weights = columns.weights;
  const int32_t segments = taps.segments(false), length = taps.length(false);
  for (int32_t segment = 0; segment < segments; ++segment) {
    const float *rows[Rows];
    for (int r = 0; r < Rows; ++r)
      rows[r] = taps.locate(windows[r], segment, false);
    for (int32_t done = 0; done < length; done += zeroRun) {
      const float *from[Rows];
      for (int r = 0; r < Rows; ++r)
        from[r] = rows[r] ? rows[r] + done : Zeros<>::values;
      weights = accumulate<Isa>(sums, from, 0, length - done < zeroRun ? length - done : zeroRun, weights,
                                columns.blockStride);
    }
  }
  storeClamped<Isa>(sums, columns, out, pixel);
}

/// The blocks of a product that are computed together, because their weights
/// stay in the cache.
struct FloatPanel {
  const float *packed;
  ptrdiff_t blockStride;
  int32_t channel, endChannel, channels;

  VERNIER_ALWAYS_INLINE FloatColumns at(int32_t c) const {
    return {packed + c / floatBlock * blockStride, blockStride, c, channels};
  }
};

/// All tiles of `Rows` pixels that fit [pixel, pixels), for the blocks of a
/// panel. Returns the first pixel that is left.
template <class Isa, int Rows, int Blocks, class Taps>
inline int64_t floatTiles(const Taps &taps, typename Taps::Cursor &cursor, int64_t pixel, int64_t pixels,
                          const FloatPanel &panel, const FloatOutput &out) {
  const TapWalk walk = taps.walk();
  for (; pixel + Rows <= pixels; pixel += Rows) {
    typename Taps::Window windows[Rows];
    const float *rows[Rows];
    bool contained = true;
    for (int r = 0; r < Rows; ++r, taps.advance(cursor)) {
      windows[r] = taps.window(cursor);
      contained = contained && taps.contains(windows[r]);
    }
    for (int r = 0; r < Rows; ++r)
      rows[r] = contained ? taps.firstTap(windows[r]) : nullptr;
    int32_t c = panel.channel;
    for (; c + (Blocks - 1) * floatBlock < panel.endChannel; c += Blocks * floatBlock)
      contained ? innerTile<Isa, Rows, Blocks>(rows, walk, panel.at(c), out, pixel)
                : borderTile<Isa, Rows, Blocks>(taps, windows, panel.at(c), out, pixel);
    if (Blocks > 2)
      for (; c + floatBlock < panel.endChannel; c += 2 * floatBlock)
        contained ? innerTile<Isa, Rows, 2>(rows, walk, panel.at(c), out, pixel)
                  : borderTile<Isa, Rows, 2>(taps, windows, panel.at(c), out, pixel);
    for (; c < panel.endChannel; c += floatBlock)
      contained ? innerTile<Isa, Rows, 1>(rows, walk, panel.at(c), out, pixel)
                : borderTile<Isa, Rows, 1>(taps, windows, panel.at(c), out, pixel);
  }
  return pixel;
}

/// Every pixel and channel of `packed`, a matrix of `depth` reduction steps.
/// Single pixels, as in the last layers of a classifier, take more channels at
/// once: else each multiply-add would wait for the one before it.
template <class Isa, class Taps>
inline void floatProduct(const Taps &taps, int64_t pixels, const float *packed, int64_t depth, int32_t channels,
                         const FloatOutput &out) {
  constexpr int64_t cachedFloats = 64 * 1024;
  constexpr int atOnce = Isa::blocks * floatBlock;
  const int64_t perBlock = depth * floatBlock;
  const int64_t fits = pixels < Isa::rows ? channels : cachedFloats / (depth + 1);
  const int32_t step = static_cast<int32_t>(numerics::clamp<int64_t>(fits / atOnce * atOnce, atOnce, int64_t(1) << 20));
  for (int32_t channel = 0; channel < channels; channel += step) {
    const FloatPanel panel{packed, static_cast<ptrdiff_t>(perBlock), channel,
                           channels - channel < step ? channels : channel + step, channels};
    typename Taps::Cursor cursor = taps.first();
    int64_t pixel = floatTiles<Isa, Isa::rows, Isa::blocks>(taps, cursor, 0, pixels, panel, out);
    pixel = floatTiles<Isa, 3, Isa::blocks>(taps, cursor, pixel, pixels, panel, out);
    floatTiles<Isa, 1, Isa::blocks * 4>(taps, cursor, pixel, pixels, panel, out);
  }
}

} // namespace mlir::vernier::runtime::detail

#endif // VERNIER_RUNTIME_FLOAT_TILE_H
