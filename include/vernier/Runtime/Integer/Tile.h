//===- Tile.h - the register tile of 8-bit products -------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Products of unsigned inputs and signed weights, summed by fours into int32: some neighbouring pixels by some blocks
// of 16 channels, whose sums stay in registers. Sums are exact modulo 2^32, so every instruction set gives the
// accumulators of Conv2D.h; `Isa` (Generic.h, Avx2.h, Avx512Vnni.h) says how to sum, how large a tile is, and how to
// requantize in vectors where the arithmetic allows it.
//===----------------------------------------------------------------------===//

#ifndef VERNIER_RUNTIME_INTEGER_TILE_H
#define VERNIER_RUNTIME_INTEGER_TILE_H

#include "vernier/Runtime/Integer/Epilogue.h"
#include "vernier/Runtime/Integer/Packing.h"

namespace mlir::vernier::runtime::detail {

/// Where a tile reads its inputs, as unsigned numbers of type `Element`: from its first tap on, the window of a pixel
/// is `rows` by `columns` runs of `steps` steps. Up to three elements behind a run are read; their weights are 0.
template <class Element> struct IntegerInputs {
  const Element *first;
  ptrdiff_t pixelStride;
  int32_t rows, columns, steps;
  ptrdiff_t rowStride, columnStride;
};

/// The same blocks of channels of many pixels, whose part of the filter begins with them.
template <class T, class Filter> struct IntegerOutputs {
  Filter filter;
  /// Bytes of the weights of a block.
  ptrdiff_t blockSize;
  /// What a weight zero point subtracts from each pixel; null for 0.
  const int32_t *corrections;
  T *first;
  ptrdiff_t pixelStride;
};

/// Rows that share a pointer: as many as an address can tell apart.
constexpr int integerRowGroup = 4;

/// Bytes of the weights of a block that lie together, of which each vector takes its share: see stepPlace.
template <class Element>
constexpr int integerPartSize =
    std::is_same<Element, int16_t>::value ? integerBlock * integerStep / 2 : integerBlock * integerStep;

/// One step, in as many parts as it takes for weights and sums to fit the registers. `Vectors`: those of all blocks.
template <class Isa, int Rows, int Vectors, int Part = 0>
VERNIER_ALWAYS_INLINE void integerStepOf(const typename Isa::Element *const *at, ptrdiff_t stride,
                                         const int8_t *weights, ptrdiff_t blockSize,
                                         typename Isa::Sum (&sums)[Rows][Vectors]) {
  constexpr int bytes = integerPartSize<typename Isa::Element> / Isa::vectors;
  typename Isa::Weights w[Vectors];
#pragma GCC unroll 4
  for (int v = 0; v < Vectors; ++v)
    w[v] = Isa::template loadWeights<Part>(weights + v / Isa::vectors * blockSize + v % Isa::vectors * bytes);
#pragma GCC unroll 16
  for (int r = 0; r < Rows; ++r) {
    const typename Isa::Inputs x =
        Isa::template loadInputs<Part>(at[r / integerRowGroup] + r % integerRowGroup * stride);
#pragma GCC unroll 4
    for (int v = 0; v < Vectors; ++v)
      sums[r][v] = Isa::dot(sums[r][v], x, w[v]);
  }
  if constexpr (Part + 1 < Isa::parts)
    integerStepOf<Isa, Rows, Vectors, Part + 1>(at, stride, weights, blockSize, sums);
}

/// Adds `steps` steps to the sums.
template <class Isa, int Rows, int Vectors>
VERNIER_ALWAYS_INLINE void integerSteps(const typename Isa::Element *from, ptrdiff_t stride, const int8_t *weights,
                                        ptrdiff_t blockSize, int32_t steps, typename Isa::Sum (&sums)[Rows][Vectors]) {
  constexpr int groups = (Rows + integerRowGroup - 1) / integerRowGroup;
  const typename Isa::Element *at[groups];
#pragma GCC unroll 4
  for (int g = 0; g < groups; ++g)
    at[g] = from + g * integerRowGroup * stride;
#pragma GCC unroll 1
  for (int32_t k = 0; k < steps; ++k) {
    integerStepOf<Isa, Rows, Vectors>(at, stride, weights, blockSize, sums);
    weights += integerBlock * integerStep;
#pragma GCC unroll 4
    for (int g = 0; g < groups; ++g)
      at[g] += integerStep;
  }
}

/// Stores the results of `Rows` pixels from `pixel` on.
template <class Isa, class Sum, int Rows, int Vectors, class T, class Epilogue>
VERNIER_ALWAYS_INLINE void finishTile(const Sum (&sums)[Rows][Vectors],
                                      const IntegerOutputs<T, PackedIntegerFilter> &outputs, const Epilogue &epilogue,
                                      int32_t pixel) {
  Isa::finish(sums, epilogue, outputs.first + pixel * outputs.pixelStride, outputs.pixelStride);
}

/// `Rows` pixels from `pixel` on.
template <class Isa, int Rows, int Blocks, class T, class Epilogue>
inline void integerTile(const IntegerInputs<typename Isa::Element> &inputs,
                        const IntegerOutputs<T, PackedIntegerFilter> &outputs, int32_t pixel,
                        const Epilogue &epilogue) {
  constexpr int vectors = Blocks * Isa::vectors;
  typename Isa::Sum sums[Rows][vectors];
#pragma GCC unroll 4
  for (int v = 0; v < vectors; ++v) {
    const typename Isa::Sum start = Isa::begin(outputs.filter.starts + v * (integerBlock / Isa::vectors));
#pragma GCC unroll 16
    for (int r = 0; r < Rows; ++r)
      sums[r][v] = start;
  }
  const typename Isa::Element *from = inputs.first + pixel * inputs.pixelStride;
  const int8_t *weights = outputs.filter.weights;
  for (int32_t row = 0; row < inputs.rows; ++row, from += inputs.rowStride)
    for (int32_t column = 0; column < inputs.columns; ++column) {
      integerSteps<Isa, Rows, vectors>(from + column * inputs.columnStride, inputs.pixelStride, weights,
                                       outputs.blockSize, inputs.steps, sums);
      weights += static_cast<ptrdiff_t>(inputs.steps) * integerBlock * integerStep;
    }
  if (outputs.corrections) {
#pragma GCC unroll 16
    for (int r = 0; r < Rows; ++r)
#pragma GCC unroll 4
      for (int v = 0; v < vectors; ++v)
        sums[r][v] = Isa::subtract(sums[r][v], outputs.corrections[pixel + r]);
  }
  finishTile<Isa>(sums, outputs, epilogue, pixel);
}

/// What turns the sums of `Blocks` blocks, of which there are `count` channels, into results.
template <class Isa, int Blocks, class Requantizer>
VERNIER_ALWAYS_INLINE auto prepareTile(const PackedIntegerFilter &, const Requantizer &requantize, int32_t channel,
                                       int32_t count) {
  return Isa::template prepare<Blocks>(requantize, channel, count);
}
template <class Isa, int Blocks, class Requantizer>
VERNIER_ALWAYS_INLINE ScalarEpilogue<Requantizer> prepareTile(const PackedWideFilter &, const Requantizer &requantize,
                                                              int32_t channel, int32_t count) {
  return {requantize, channel, count};
}

/// Numbers of pixels that a tile may have, falling, down to 1.
template <int... Rows> struct IntegerTileRows {};

/// The smallest of the numbers that is at least `wanted` and at most `most`, or else the largest that is at most
/// `most`.
template <int Row, int... Rest>
constexpr int32_t chooseTileRows(IntegerTileRows<Row, Rest...>, int32_t wanted, int32_t most) {
  if constexpr (sizeof...(Rest) == 0) {
    return Row;
  } else {
    const int32_t smaller = chooseTileRows(IntegerTileRows<Rest...>(), wanted, most);
    return Row <= most && smaller < wanted ? Row : smaller;
  }
}

template <class Isa, int Blocks, int Row, int... Rest, class Outputs, class Epilogue>
VERNIER_ALWAYS_INLINE void integerTileOf(IntegerTileRows<Row, Rest...>, int32_t rows,
                                         const IntegerInputs<typename Isa::Element> &inputs, const Outputs &outputs,
                                         int32_t pixel, const Epilogue &epilogue) {
  if constexpr (sizeof...(Rest) > 0)
    if (rows != Row)
      return integerTileOf<Isa, Blocks>(IntegerTileRows<Rest...>(), rows, inputs, outputs, pixel, epilogue);
  integerTile<Isa, Row, Blocks>(inputs, outputs, pixel, epilogue);
}

/// `Blocks` blocks of `pixels` pixels, in tiles as even as can be; the last one may overlap the one before.
template <class Isa, int Blocks, class Outputs, class Epilogue>
inline void integerPixels(const IntegerInputs<typename Isa::Element> &inputs, const Outputs &outputs, int32_t pixels,
                          const Epilogue &epilogue) {
  using Rows = typename Isa::template TileRows<Blocks>;
  const int32_t most = chooseTileRows(Rows(), pixels, pixels);
  for (int32_t done = 0; done < pixels;) {
    const int32_t left = pixels - done, tiles = (left + most - 1) / most;
    const int32_t rows = chooseTileRows(Rows(), (left + tiles - 1) / tiles, pixels);
    const int32_t pixel = rows <= left ? done : pixels - rows;
    integerTileOf<Isa, Blocks>(Rows(), rows, inputs, outputs, pixel, epilogue);
    done = pixel + rows;
  }
}

/// What all tiles of one group of a convolution share. `channel` is the group's first one.
template <class T, class Filter> struct IntegerProduct {
  IntegerFilterShape shape;
  Filter filter;
  const int32_t *corrections;
  T *output;
  ptrdiff_t pixelStride;
  int32_t channel;
};

/// Channels of `Blocks` blocks from `block` on.
template <int Blocks, class T, class Filter>
VERNIER_ALWAYS_INLINE int32_t channelsOfBlocks(const IntegerProduct<T, Filter> &product, int32_t block) {
  const int32_t rest = product.shape.outputs - block * integerBlock;
  return rest < Blocks * integerBlock ? rest : Blocks * integerBlock;
}

/// Finds vectors for scales of 1 and more, where the sums of `count` channels from `block` on are small enough.
template <class Epilogue, class T, class Filter, class Requantizer>
VERNIER_ALWAYS_INLINE void boundSums(const IntegerProduct<T, Filter> &product, const Requantizer &requantize,
                                     int32_t block, int32_t count, Epilogue &epilogue) {
  if constexpr (mayBeUnbounded<Epilogue, Requantizer>)
    if (!epilogue.isBounded && !product.corrections) {
      const int32_t first = block * integerBlock;
      // Products of unsigned and signed bytes.
      const int64_t sums = int64_t(255) * 128 * (product.shape.blockSize() / integerBlock);
      epilogue.isBounded = staysInt32(requantize, product.channel + first, count, product.filter.starts + first, sums);
    }
}

/// The results from `block` on.
template <class T, class Filter>
VERNIER_ALWAYS_INLINE IntegerOutputs<T, Filter> outputsFrom(const IntegerProduct<T, Filter> &product, int32_t block) {
  const auto blockSize = static_cast<ptrdiff_t>(product.shape.blockSize());
  const int32_t channel = block * integerBlock;
  return {product.filter.from(block * blockSize, channel), blockSize, product.corrections, product.output + channel,
          product.pixelStride};
}

/// Every block of `pixels` pixels, as many at once as a tile holds.
template <class Isa, int Blocks = Isa::blocks, class T, class Filter, class Requantizer>
inline void integerBlocks(const IntegerProduct<T, Filter> &product, const IntegerInputs<typename Isa::Element> &inputs,
                          int32_t pixels, const Requantizer &requantize, int32_t block = 0) {
  for (; block + Blocks <= product.shape.blocks(); block += Blocks) {
    const int32_t count = channelsOfBlocks<Blocks>(product, block);
    auto epilogue = prepareTile<Isa, Blocks>(product.filter, requantize, product.channel + block * integerBlock, count);
    boundSums(product, requantize, block, count, epilogue);
    integerPixels<Isa, Blocks>(inputs, outputsFrom(product, block), pixels, epilogue);
  }
  if constexpr (Blocks > 1)
    if (block < product.shape.blocks())
      integerBlocks<Isa, Blocks - 1>(product, inputs, pixels, requantize, block);
}

} // namespace mlir::vernier::runtime::detail

#endif // VERNIER_RUNTIME_INTEGER_TILE_H
