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

#include "vernier/Runtime/Integer/Packing.h"

namespace mlir::vernier::runtime::detail {

/// Where a tile reads its inputs, as unsigned bytes: from its first tap on, the window of a pixel is `rows` by
/// `columns` runs of `steps` steps. Up to three bytes behind a run are read; their weights are 0.
struct IntegerInputs {
  const unsigned char *first;
  ptrdiff_t pixelStride;
  int32_t rows, columns, steps;
  ptrdiff_t rowStride, columnStride;
};

/// The same blocks of channels of many pixels.
template <class T> struct IntegerOutputs {
  const int8_t *weights;
  /// Bytes of the weights of a block.
  ptrdiff_t blockSize;
  const int32_t *starts;
  /// What a weight zero point subtracts from each pixel; null for 0.
  const int32_t *corrections;
  T *first;
  ptrdiff_t pixelStride;
};

/// Adds `steps` steps to the sums.
template <class Isa, int Rows, int Blocks>
VERNIER_ALWAYS_INLINE void integerSteps(const unsigned char *from, ptrdiff_t stride, const int8_t *weights,
                                        ptrdiff_t blockSize, int32_t steps, typename Isa::Sum (&sums)[Rows][Blocks]) {
  // A pointer for every four rows: as many as an address can tell apart.
  constexpr int group = 4, groups = (Rows + group - 1) / group;
  const unsigned char *at[groups];
#pragma GCC unroll 4
  for (int g = 0; g < groups; ++g)
    at[g] = from + g * group * stride;
#pragma GCC unroll 1
  for (int32_t k = 0; k < steps; ++k) {
    typename Isa::Weights w[Blocks];
#pragma GCC unroll 4
    for (int b = 0; b < Blocks; ++b)
      w[b] = Isa::loadWeights(weights + b * blockSize);
    weights += integerBlock * integerStep;
#pragma GCC unroll 16
    for (int r = 0; r < Rows; ++r) {
      const typename Isa::Inputs x = Isa::loadInputs(at[r / group] + r % group * stride);
#pragma GCC unroll 4
      for (int b = 0; b < Blocks; ++b)
        sums[r][b] = Isa::dot(sums[r][b], x, w[b]);
    }
#pragma GCC unroll 4
    for (int g = 0; g < groups; ++g)
      at[g] += integerStep;
  }
}

/// `Rows` pixels from `pixel` on.
template <class Isa, int Rows, int Blocks, class T, class Epilogue>
inline void integerTile(const IntegerInputs &inputs, const IntegerOutputs<T> &outputs, int32_t pixel,
                        const Epilogue &epilogue) {
  typename Isa::Sum sums[Rows][Blocks];
#pragma GCC unroll 4
  for (int b = 0; b < Blocks; ++b) {
    const typename Isa::Sum start = Isa::begin(outputs.starts + b * integerBlock);
#pragma GCC unroll 16
    for (int r = 0; r < Rows; ++r)
      sums[r][b] = start;
  }
  const unsigned char *from = inputs.first + pixel * inputs.pixelStride;
  const int8_t *weights = outputs.weights;
  for (int32_t row = 0; row < inputs.rows; ++row, from += inputs.rowStride)
    for (int32_t column = 0; column < inputs.columns; ++column) {
      integerSteps<Isa, Rows, Blocks>(from + column * inputs.columnStride, inputs.pixelStride, weights,
                                      outputs.blockSize, inputs.steps, sums);
      weights += static_cast<ptrdiff_t>(inputs.steps) * integerBlock * integerStep;
    }
  if (outputs.corrections) {
#pragma GCC unroll 16
    for (int r = 0; r < Rows; ++r)
#pragma GCC unroll 4
      for (int b = 0; b < Blocks; ++b)
        sums[r][b] = Isa::subtract(sums[r][b], outputs.corrections[pixel + r]);
  }
  Isa::finish(sums, epilogue, outputs.first + pixel * outputs.pixelStride, outputs.pixelStride);
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

template <class Isa, int Blocks, int Row, int... Rest, class T, class Epilogue>
VERNIER_ALWAYS_INLINE void integerTileOf(IntegerTileRows<Row, Rest...>, int32_t rows, const IntegerInputs &inputs,
                                         const IntegerOutputs<T> &outputs, int32_t pixel, const Epilogue &epilogue) {
  if constexpr (sizeof...(Rest) > 0)
    if (rows != Row)
      return integerTileOf<Isa, Blocks>(IntegerTileRows<Rest...>(), rows, inputs, outputs, pixel, epilogue);
  integerTile<Isa, Row, Blocks>(inputs, outputs, pixel, epilogue);
}

/// `Blocks` blocks of `pixels` pixels, in tiles as even as can be; the last one may overlap the one before.
template <class Isa, int Blocks, class T, class Epilogue>
inline void integerPixels(const IntegerInputs &inputs, const IntegerOutputs<T> &outputs, int32_t pixels,
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
template <class T> struct IntegerProduct {
  IntegerFilterShape shape;
  PackedIntegerFilter filter;
  const int32_t *corrections;
  T *output;
  ptrdiff_t pixelStride;
  int32_t channel;
};

/// Every block of `pixels` pixels, as many at once as a tile holds.
template <class Isa, int Blocks = Isa::blocks, class T, class Requantizer>
inline void integerBlocks(const IntegerProduct<T> &product, const IntegerInputs &inputs, int32_t pixels,
                          const Requantizer &requantize, int32_t block = 0) {
  const ptrdiff_t blockSize = static_cast<ptrdiff_t>(product.shape.blockSize());
  for (; block + Blocks <= product.shape.blocks(); block += Blocks) {
    const int32_t channel = block * integerBlock, rest = product.shape.outputs - channel;
    const IntegerOutputs<T> outputs{product.filter.weights + block * blockSize,
                                    blockSize,
                                    product.filter.starts + channel,
                                    product.corrections,
                                    product.output + channel,
                                    product.pixelStride};
    const auto epilogue = Isa::template prepare<Blocks>(requantize, product.channel + channel,
                                                        rest < Blocks * integerBlock ? rest : Blocks * integerBlock);
    integerPixels<Isa, Blocks>(inputs, outputs, pixels, epilogue);
  }
  if constexpr (Blocks > 1)
    if (block < product.shape.blocks())
      integerBlocks<Isa, Blocks - 1>(product, inputs, pixels, requantize, block);
}

} // namespace mlir::vernier::runtime::detail

#endif // VERNIER_RUNTIME_INTEGER_TILE_H
