//===- Wide.h - sums of 16-bit inputs beyond 32 bits ------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Products of int16 and int8 have 23 bits, so that a long sum of them can leave 32 bits. The weights are known when a
// filter is packed, and with them the largest sum: a layer whose sums all fit, with their bias, takes the tiles as they
// are (Tile.h). Others sum as many steps in 32 bits as their weights allow, and add that up in 64 bits.
//===----------------------------------------------------------------------===//

#ifndef VERNIER_RUNTIME_INTEGER_WIDE_H
#define VERNIER_RUNTIME_INTEGER_WIDE_H

#include "vernier/Runtime/Integer/Strip.h"

namespace mlir::vernier::runtime {

namespace detail {
/// Whether no sum of a filter packed for int16 reaches 2^31, whatever its inputs are, where sums begin anew after every
/// `part` steps, the first with a start value. `starts` may be null.
inline bool sumsFit(const IntegerFilterShape &shape, const int8_t *weights, const int64_t *starts, int64_t part) {
  constexpr int64_t largestInput = 32768, limit = int64_t(1) << 31;
  constexpr int32_t stepSize = integerBlock * integerStep;
  const int64_t steps = shape.blockSize() / stepSize;
  for (int64_t block = 0; block < int64_t(shape.groups) * shape.blocks(); ++block) {
    int64_t sums[integerBlock] = {};
    for (int32_t c = 0; starts && c < integerBlock; ++c) {
      const int64_t start = starts[block * integerBlock + c];
      if (start <= -limit || start >= limit)
        return false;
      sums[c] = start < 0 ? -start : start;
    }
    for (int64_t k = 0; k < steps; ++k, weights += stepSize) {
      if (k > 0 && k % part == 0)
        std::memset(sums, 0, sizeof(sums));
      for (int32_t at = 0; at < stepSize; ++at)
        sums[stepPlace<int16_t>(at).channel] += largestInput * (weights[at] < 0 ? -weights[at] : weights[at]);
      for (const int64_t sum : sums)
        if (sum >= limit)
          return false;
    }
  }
  return true;
}
} // namespace detail

/// Whether a filter packed for int16 needs no PackedWideFilter: its sums fit 32 bits together with their start values.
inline bool sumsFit32Bits(const IntegerFilterShape &shape, const int8_t *weights, const int64_t *starts) {
  return detail::sumsFit(shape, weights, starts, shape.blockSize());
}

/// The steps of PackedWideFilter: a filter's, divided into as few parts as will do.
inline int32_t exactSteps(const IntegerFilterShape &shape, const int8_t *weights) {
  // 511 of the largest products fit.
  constexpr int64_t always = 511 / integerStep;
  const int64_t steps = shape.blockSize() / (integerBlock * integerStep);
  int64_t part = steps;
  for (int64_t parts = 2; part > always && !detail::sumsFit(shape, weights, nullptr, part); ++parts)
    part = (steps + parts - 1) / parts;
  return static_cast<int32_t>(part);
}

namespace detail {
/// The sums of `Rows` pixels by `Blocks` blocks of channels.
template <class Isa, int Rows, int Blocks> class WideSums {
public:
  explicit VERNIER_ALWAYS_INLINE WideSums(const PackedWideFilter &filter) : most(filter.exactSteps), left(most) {
    for (int r = 0; r < Rows; ++r)
      std::memcpy(totals[r], filter.starts, sizeof(totals[r]));
    clear();
  }

  /// As integerSteps.
  VERNIER_ALWAYS_INLINE void add(const typename Isa::Element *from, ptrdiff_t stride, const int8_t *weights,
                                 ptrdiff_t blockSize, int32_t steps) {
    while (steps > 0) {
      const int32_t count = left < steps ? left : steps;
      integerSteps<Isa, Rows, vectors>(from, stride, weights, blockSize, count, sums);
      from += count * integerStep;
      weights += static_cast<ptrdiff_t>(count) * integerBlock * integerStep;
      steps -= count;
      left -= count;
      if (left == 0)
        widen();
    }
  }

  template <class Requantizer, class T>
  VERNIER_ALWAYS_INLINE void finish(const ScalarEpilogue<Requantizer> &epilogue, T *to, ptrdiff_t stride) {
    widen();
    for (int r = 0; r < Rows; ++r)
      for (int32_t c = 0; c < epilogue.count; ++c)
        to[r * stride + c] = static_cast<T>(epilogue.requantize(totals[r][c], epilogue.channel + c));
  }

private:
  static constexpr int vectors = Blocks * Isa::vectors;

  VERNIER_ALWAYS_INLINE void clear() {
    const int32_t zeros[integerBlock] = {};
    for (int r = 0; r < Rows; ++r)
      for (int v = 0; v < vectors; ++v)
        sums[r][v] = Isa::begin(zeros);
  }
  void widen() {
    int32_t values[Rows][Blocks * integerBlock];
    std::memcpy(values, sums, sizeof(values));
    for (int r = 0; r < Rows; ++r)
      for (int c = 0; c < Blocks * integerBlock; ++c)
        totals[r][c] += values[r][c];
    clear();
    left = most;
  }

  int64_t totals[Rows][Blocks * integerBlock];
  typename Isa::Sum sums[Rows][vectors];
  const int32_t most;
  int32_t left;
};

/// As for PackedIntegerFilter.
template <class Isa, int Rows, int Blocks, class T, class Epilogue>
inline void integerTile(const IntegerInputs<typename Isa::Element> &inputs,
                        const IntegerOutputs<T, PackedWideFilter> &outputs, int32_t pixel, const Epilogue &epilogue) {
  WideSums<Isa, Rows, Blocks> sums(outputs.filter);
  const typename Isa::Element *from = inputs.first + pixel * inputs.pixelStride;
  const int8_t *weights = outputs.filter.weights;
  for (int32_t row = 0; row < inputs.rows; ++row, from += inputs.rowStride)
    for (int32_t column = 0; column < inputs.columns; ++column) {
      sums.add(from + column * inputs.columnStride, inputs.pixelStride, weights, outputs.blockSize, inputs.steps);
      weights += static_cast<ptrdiff_t>(inputs.steps) * integerBlock * integerStep;
    }
  sums.finish(epilogue, outputs.first + pixel * outputs.pixelStride, outputs.pixelStride);
}
} // namespace detail

} // namespace mlir::vernier::runtime

#endif // VERNIER_RUNTIME_INTEGER_WIDE_H
