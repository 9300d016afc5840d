//===- PipelinedTile.h - products beside requantization ---------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Products use some of a processor's pipes and requantization the others, but no processor looks far enough ahead to
// find one while it does the other. Here half of the registers hold the sums of a tile, the other half those of the
// tile before, which become results part by part between the steps of the products.
//===----------------------------------------------------------------------===//

#ifndef VERNIER_RUNTIME_INTEGER_PIPELINEDTILE_H
#define VERNIER_RUNTIME_INTEGER_PIPELINEDTILE_H

#include "vernier/Runtime/Integer/Tile.h"

namespace mlir::vernier::runtime::detail {

/// The steps of a tile, run after run.
template <class Element> class IntegerStepCursor {
public:
  /// From `first` on, the first pixel's first tap.
  VERNIER_ALWAYS_INLINE IntegerStepCursor(const IntegerInputs<Element> &inputs, const Element *first,
                                          const int8_t *weights)
      : at(first), weights(weights), left(inputs.steps), inputs(inputs), rowStart(first) {}

  /// Where the next step is; there is none if `left` is 0.
  const Element *at;
  const int8_t *weights;
  /// Steps of this run that are left.
  int32_t left;

  VERNIER_ALWAYS_INLINE void advance(int32_t steps) {
    at += steps * integerStep;
    weights += static_cast<ptrdiff_t>(steps) * integerBlock * integerStep;
    left -= steps;
    if (left == 0)
      nextRun();
  }

private:
  VERNIER_ALWAYS_INLINE void nextRun() {
    if (++column == inputs.columns) {
      if (++row == inputs.rows)
        return;
      column = 0;
      rowStart += inputs.rowStride;
    }
    at = rowStart + column * inputs.columnStride;
    left = inputs.steps;
  }

  const IntegerInputs<Element> &inputs;
  const Element *rowStart;
  int32_t row = 0, column = 0;
};

/// Tiles of `Rows` pixels by `Blocks` blocks, one after the other; `Isa::Parts` turns two vectors of sums at a time
/// into results.
template <class Isa, int Rows, int Blocks, class T, class Epilogue> class PipelinedTiles {
  using Element = typename Isa::Element;
  using Sum = typename Isa::Sum;
  using Sums = Sum[Rows][Blocks];
  using Parts = typename Isa::template Parts<Rows, Blocks, T>;

public:
  using Outputs = IntegerOutputs<T, PackedIntegerFilter>;

  /// `pixels` of them, at least `Rows`; the last tile may overlap the one before.
  static inline void run(const IntegerInputs<Element> &inputs, const Outputs &outputs, int32_t pixels,
                         const Epilogue &epilogue) {
    Sums pending;
    start(outputs, pending);
    IntegerStepCursor<Element> first(inputs, inputs.first, outputs.filter.weights);
    finishSteps(inputs, outputs, first, pending);
    T *to = outputs.first;
    for (int32_t pixel = Rows; pixel < pixels; pixel += Rows) {
      const int32_t begin = pixel + Rows <= pixels ? pixel : pixels - Rows;
      Sums sums;
      start(outputs, sums);
      IntegerStepCursor<Element> cursor(inputs, inputs.first + begin * inputs.pixelStride, outputs.filter.weights);
      Parts parts(pending, epilogue, to, outputs.pixelStride);
      interleave(inputs, outputs, cursor, sums, parts, std::integral_constant<int, 0>());
      finishSteps(inputs, outputs, cursor, sums);
#pragma GCC unroll 16
      for (int r = 0; r < Rows; ++r)
#pragma GCC unroll 4
        for (int v = 0; v < Blocks; ++v)
          pending[r][v] = sums[r][v];
      to = outputs.first + begin * outputs.pixelStride;
    }
    Isa::finish(pending, epilogue, to, outputs.pixelStride);
  }

private:
  static VERNIER_ALWAYS_INLINE void start(const Outputs &outputs, Sums &sums) {
#pragma GCC unroll 4
    for (int v = 0; v < Blocks; ++v) {
      const Sum value = Isa::begin(outputs.filter.starts + v * integerBlock);
#pragma GCC unroll 16
      for (int r = 0; r < Rows; ++r)
        sums[r][v] = value;
    }
  }
  /// A step, where there is one, then a part of the tile before.
  template <int Part>
  static VERNIER_ALWAYS_INLINE void interleave(const IntegerInputs<Element> &inputs, const Outputs &outputs,
                                               IntegerStepCursor<Element> &cursor, Sums &sums, Parts &parts,
                                               std::integral_constant<int, Part>) {
    if constexpr (Part < Parts::count) {
      if (cursor.left > 0) {
        integerSteps<Isa, Rows, Blocks>(cursor.at, inputs.pixelStride, cursor.weights, outputs.blockSize, 1, sums);
        cursor.advance(1);
      }
      parts.template finish<Part>();
      interleave(inputs, outputs, cursor, sums, parts, std::integral_constant<int, Part + 1>());
    }
  }
  /// All steps that are left.
  static VERNIER_ALWAYS_INLINE void finishSteps(const IntegerInputs<Element> &inputs, const Outputs &outputs,
                                                IntegerStepCursor<Element> &cursor, Sums &sums) {
    while (cursor.left > 0) {
      integerSteps<Isa, Rows, Blocks>(cursor.at, inputs.pixelStride, cursor.weights, outputs.blockSize, cursor.left,
                                      sums);
      cursor.advance(cursor.left);
    }
  }
};

/// The number of pixels that computes the fewest in vain, of a falling list.
template <int Row, int... Rest> constexpr int32_t choosePipelinedRows(IntegerTileRows<Row, Rest...>, int32_t pixels) {
  if constexpr (sizeof...(Rest) == 0) {
    return Row;
  } else {
    const auto computed = [=](int32_t rows) { return (pixels + rows - 1) / rows * rows; };
    const int32_t other = choosePipelinedRows(IntegerTileRows<Rest...>(), pixels);
    return pixels < Row || computed(other) < computed(Row) ? other : Row;
  }
}
template <class Isa, int Blocks, int Row, int... Rest, class T, class Epilogue>
VERNIER_ALWAYS_INLINE void
pipelinedTilesOf(IntegerTileRows<Row, Rest...>, int32_t rows, const IntegerInputs<typename Isa::Element> &inputs,
                 const IntegerOutputs<T, PackedIntegerFilter> &outputs, int32_t pixels, const Epilogue &epilogue) {
  if constexpr (sizeof...(Rest) > 0)
    if (rows != Row)
      return pipelinedTilesOf<Isa, Blocks>(IntegerTileRows<Rest...>(), rows, inputs, outputs, pixels, epilogue);
  PipelinedTiles<Isa, Row, Blocks, T, Epilogue>::run(inputs, outputs, pixels, epilogue);
}

/// Whether the pixels make such tiles, and these are faster.
template <class Isa, class T>
VERNIER_ALWAYS_INLINE bool suitsPipeline(const IntegerProduct<T, PackedIntegerFilter> &product,
                                         const IntegerInputs<typename Isa::Element> &inputs, int32_t pixels) {
  // A tile that is not pipelined is twice as large, and reads its inputs half as often: in long sums that matters more.
  constexpr int32_t longest = 32;
  const bool isLong = product.shape.blocks() > 2 && inputs.rows * inputs.columns * inputs.steps > longest;
  return !product.corrections && pixels >= Isa::leastPipelinedPixels && !isLong;
}

/// Every block of `pixels` pixels, two at once.
template <class Isa, int Blocks = 2, class T>
inline void pipelinedBlocks(const IntegerProduct<T, PackedIntegerFilter> &product,
                            const IntegerInputs<typename Isa::Element> &inputs, int32_t pixels,
                            const numerics::FloatRequantizer &requantize, int32_t block = 0) {
  using Rows = typename Isa::template PipelinedRows<Blocks>;
  const int32_t rows = choosePipelinedRows(Rows(), pixels);
  for (; block + Blocks <= product.shape.blocks(); block += Blocks) {
    const int32_t count = channelsOfBlocks<Blocks>(product, block);
    // Half a block takes half a vector, alone.
    constexpr int32_t half = integerBlock / 2;
    if (Blocks > 1 && count <= Blocks * integerBlock - half)
      break;
    const auto outputs = outputsFrom(product, block);
    auto epilogue = Isa::template prepare<Blocks>(requantize, product.channel + block * integerBlock, count);
    boundSums(product, requantize, block, count, epilogue);
    if (__builtin_expect(!epilogue.isBounded, 0))
      integerPixels<Isa, Blocks>(inputs, outputs, pixels, epilogue);
    else if (Blocks == 1 && count <= half)
      pipelinedTilesOf<typename Isa::HalfBlock, 1>(Rows(), rows, inputs, outputs, pixels, epilogue);
    else
      pipelinedTilesOf<Isa, Blocks>(Rows(), rows, inputs, outputs, pixels, epilogue);
  }
  if constexpr (Blocks > 1)
    if (block < product.shape.blocks())
      pipelinedBlocks<Isa, Blocks - 1>(product, inputs, pixels, requantize, block);
}

/// Every block of `pixels` pixels, in the fastest way that there is for such sums.
template <class Isa, class T, class Filter, class Requantizer>
VERNIER_ALWAYS_INLINE void computeBlocks(const IntegerProduct<T, Filter> &product,
                                         const IntegerInputs<typename Isa::Element> &inputs, int32_t pixels,
                                         const Requantizer &requantize) {
  if constexpr (Isa::leastPipelinedPixels > 0 && sizeof(T) == 1 &&
                std::is_same<Requantizer, numerics::FloatRequantizer>::value)
    if (suitsPipeline<Isa>(product, inputs, pixels))
      return pipelinedBlocks<Isa>(product, inputs, pixels, requantize);
  integerBlocks<Isa>(product, inputs, pixels, requantize);
}

} // namespace mlir::vernier::runtime::detail

#endif // VERNIER_RUNTIME_INTEGER_PIPELINEDTILE_H
