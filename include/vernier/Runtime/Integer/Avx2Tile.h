//===- Avx2Tile.h - register tiles of vpmaddwd ------------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What Tile.h does, for 16 registers: 12 of them are sums, of 6 pixels by 16 channels or of 12 by 8. Products and sums
// fill every port, so that each vector of weights that is widened costs its time, and so does what is done for each
// tile: tiles of a size run in one loop. Where several tiles use the same weights, these are widened once, into memory.
// `Isa` is Avx2Integer.
//===----------------------------------------------------------------------===//

#ifndef VERNIER_RUNTIME_INTEGER_AVX2TILE_H
#define VERNIER_RUNTIME_INTEGER_AVX2TILE_H

#include "vernier/Runtime/Integer/Avx2Epilogue.h"
#include "vernier/Runtime/Integer/Tile.h"

namespace mlir::vernier::runtime::detail {

/// FloatRequantizer on up to 16 channels.
struct Avx2TileEpilogue : Avx2Epilogue<Avx2NaturalOrder> {
  ScalarEpilogue<numerics::FloatRequantizer> scalar;
};

VERNIER_ALWAYS_INLINE int32_t channelsOf(const Avx2TileEpilogue &epilogue) { return epilogue.scalar.count; }

/// Numbers of pixels of a tile of `Vectors` vectors of 8 channels.
template <int Vectors>
using Avx2TileRows =
    std::conditional_t<Vectors == 2, IntegerTileRows<6, 5, 4, 2, 1>, IntegerTileRows<12, 10, 8, 6, 4, 2, 1>>;

/// Weights of a block that are widened in memory: they stay in the first-level cache with a strip.
constexpr int32_t avx2WidenedWeights = 6 * 1024;
/// Pixels, three tiles at least, from which on it pays.
constexpr int32_t avx2WorthWidening = 18;

template <class Isa, int Rows, int Vectors, class W, class T, class Epilogue>
VERNIER_ALWAYS_INLINE void avx2Tile(const IntegerInputs<typename Isa::Element> &inputs, const W *weights,
                                    const IntegerOutputs<T, PackedIntegerFilter> &outputs, int32_t pixel,
                                    const Epilogue &epilogue) {
  constexpr int groups = (Rows + integerRowGroup - 1) / integerRowGroup, half = integerBlock * integerStep / 2;
  typename Isa::Sum sums[Rows][Vectors];
#pragma GCC unroll 2
  for (int v = 0; v < Vectors; ++v) {
    const typename Isa::Sum start = Isa::begin(outputs.filter.starts + v * integerBlock / 2);
#pragma GCC unroll 16
    for (int r = 0; r < Rows; ++r)
      sums[r][v] = start;
  }
  const ptrdiff_t stride = inputs.pixelStride;
  const typename Isa::Element *row = inputs.first + pixel * stride, *column = row;
  // Most layers have one run, for which two loops take longer to set up than a step.
  for (int32_t runs = inputs.rows * inputs.columns, x = 0;;) {
    const typename Isa::Element *at[groups];
#pragma GCC unroll 4
    for (int g = 0; g < groups; ++g)
      at[g] = column + g * integerRowGroup * stride;
#pragma GCC unroll 1
    for (int32_t k = 0; k < inputs.steps; ++k) {
#pragma GCC unroll 2
      for (int part = 0; part < 2; ++part) {
        typename Isa::Weights w[Vectors];
#pragma GCC unroll 2
        for (int v = 0; v < Vectors; ++v)
          w[v] = Isa::loadPairs(weights + v * half + part * half / 2);
#pragma GCC unroll 16
        for (int r = 0; r < Rows; ++r) {
          const typename Isa::Inputs two =
              Isa::loadTwo(at[r / integerRowGroup] + r % integerRowGroup * stride + 2 * part);
#pragma GCC unroll 2
          for (int v = 0; v < Vectors; ++v)
            sums[r][v] = Isa::dot(sums[r][v], two, w[v]);
        }
      }
      weights += 2 * half;
#pragma GCC unroll 4
      for (int g = 0; g < groups; ++g)
        at[g] += integerStep;
    }
    if (--runs == 0)
      break;
    if (++x < inputs.columns) {
      column += inputs.columnStride;
    } else {
      x = 0;
      row += inputs.rowStride;
      column = row;
    }
  }
  if (outputs.corrections) {
#pragma GCC unroll 16
    for (int r = 0; r < Rows; ++r)
#pragma GCC unroll 2
      for (int v = 0; v < Vectors; ++v)
        sums[r][v] = Isa::subtract(sums[r][v], outputs.corrections[pixel + r]);
  }
  finishTile<Isa>(sums, outputs, epilogue, pixel);
}

/// `tiles` tiles of `Rows` pixels, one behind the other, from `pixel` on.
template <class Isa, int Rows, int Vectors, class W, class Outputs, class Epilogue>
inline void avx2Tiles(const IntegerInputs<typename Isa::Element> &inputs, const W *weights, const Outputs &outputs,
                      int32_t pixel, int32_t tiles, const Epilogue &epilogue) {
#pragma GCC unroll 1
  for (; tiles > 0; --tiles, pixel += Rows)
    avx2Tile<Isa, Rows, Vectors>(inputs, weights, outputs, pixel, epilogue);
}

template <class Isa, int Vectors, int Row, int... Rest, class W, class Outputs, class Epilogue>
VERNIER_ALWAYS_INLINE void avx2TilesOf(IntegerTileRows<Row, Rest...>, int32_t rows,
                                       const IntegerInputs<typename Isa::Element> &inputs, const W *weights,
                                       const Outputs &outputs, int32_t pixel, int32_t tiles, const Epilogue &epilogue) {
  if constexpr (sizeof...(Rest) > 0)
    if (rows != Row)
      return avx2TilesOf<Isa, Vectors>(IntegerTileRows<Rest...>(), rows, inputs, weights, outputs, pixel, tiles,
                                       epilogue);
  avx2Tiles<Isa, Row, Vectors>(inputs, weights, outputs, pixel, tiles, epilogue);
}

/// As integerPixels, with weights that are widened or not.
template <class Isa, int Vectors, class W, class Outputs, class Epilogue>
inline void avx2Pixels(const IntegerInputs<typename Isa::Element> &inputs, const W *weights, const Outputs &outputs,
                       int32_t pixels, const Epilogue &epilogue) {
  using Rows = Avx2TileRows<Vectors>;
  const int32_t most = chooseTileRows(Rows(), pixels, pixels);
  for (int32_t done = 0; done < pixels;) {
    const int32_t left = pixels - done, tiles = (left + most - 1) / most, wanted = (left + tiles - 1) / tiles;
    const int32_t rows = chooseTileRows(Rows(), wanted, pixels);
    const int32_t pixel = rows <= left ? done : pixels - rows;
    // As many as are larger than the rest by one pixel.
    const int32_t larger = left % tiles, together = rows != wanted ? 1 : larger ? larger : tiles;
    avx2TilesOf<Isa, Vectors>(Rows(), rows, inputs, weights, outputs, pixel, together, epilogue);
    done = pixel + together * rows;
  }
}

/// Stands for the numbers of pixels that a tile may have: all that there are are handed over at once.
struct Avx2AllPixels {};
VERNIER_ALWAYS_INLINE constexpr int32_t chooseTileRows(Avx2AllPixels, int32_t, int32_t most) { return most; }

/// One block of `pixels` pixels.
template <class Isa, int Blocks, class Outputs, class Epilogue>
inline void integerTileOf(Avx2AllPixels, int32_t pixels, const IntegerInputs<typename Isa::Element> &inputs,
                          const Outputs &outputs, int32_t, const Epilogue &epilogue) {
  const int8_t *weights = outputs.filter.weights;
  // Others requantize one by one, beside which it does not matter.
  if constexpr (!IsScalarEpilogue<Epilogue>::value) {
    if (channelsOf(epilogue) <= integerBlock / 2)
      return avx2Pixels<Isa, 1>(inputs, weights, outputs, pixels, epilogue);
    if (pixels >= avx2WorthWidening && outputs.blockSize <= avx2WidenedWeights) {
      alignas(32) int16_t widened[avx2WidenedWeights];
      Isa::widen(outputs.blockSize, weights, widened);
      return avx2Pixels<Isa, 2>(inputs, static_cast<const int16_t *>(widened), outputs, pixels, epilogue);
    }
  }
  avx2Pixels<Isa, 2>(inputs, weights, outputs, pixels, epilogue);
}

} // namespace mlir::vernier::runtime::detail

#endif // VERNIER_RUNTIME_INTEGER_AVX2TILE_H
