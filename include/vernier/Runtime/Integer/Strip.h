//===- Strip.h - inputs of neighbouring pixels, side by side ----*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Tiles read unsigned numbers that lie at even distances, padding included. What they read is copied before: the inputs
// of part of a row of outputs, or of one pixel where a window is too large for that.
//===----------------------------------------------------------------------===//

#ifndef VERNIER_RUNTIME_INTEGER_STRIP_H
#define VERNIER_RUNTIME_INTEGER_STRIP_H

#include "vernier/Runtime/Integer/Tile.h"

namespace mlir::vernier::runtime::detail {

/// Elements of a strip, which stays in the first-level cache with the weights that are used with it.
template <class Isa>
constexpr int32_t integerStripSize = 16 * 1024 / static_cast<int32_t>(sizeof(typename Isa::Element));
/// Behind its end a strip has room for one vector.
constexpr int32_t integerStripSlack = 64;

/// The window of an output over a strip: which bytes of it are neighbours.
struct IntegerWindow {
  int32_t rows, columns, length;
  /// From row to row of the image, and from column to column.
  int32_t dilationHeight, columnBytes;

  VERNIER_ALWAYS_INLINE static IntegerWindow of(const Conv2DParams &p, const IntegerFilterShape &shape) {
    const bool wholeRows = shape.taps == p.filterHeight;
    return {p.filterHeight, wholeRows ? 1 : p.filterWidth, shape.length, p.dilationHeight,
            p.dilationWidth * p.inputChannels};
  }
  VERNIER_ALWAYS_INLINE int32_t steps() const { return (length + integerStep - 1) / integerStep; }
};

/// Input pixels that `outputs` neighbouring outputs of a row span.
VERNIER_ALWAYS_INLINE int64_t spannedPixels(const Conv2DParams &p, int64_t outputs) {
  return (outputs - 1) * p.strideWidth + int64_t(p.filterWidth - 1) * p.dilationWidth + 1;
}

/// The most outputs of a row whose strip fits; 0 where none does.
template <class Isa> VERNIER_ALWAYS_INLINE int32_t stripOutputs(const Conv2DParams &p) {
  const int64_t pixels = integerStripSize<Isa> / (int64_t(p.inputChannels) * p.filterHeight);
  const int64_t window = spannedPixels(p, 1);
  if (pixels < window)
    return 0;
  const int64_t outputs = (pixels - window) / p.strideWidth + 1;
  return outputs < p.outputWidth ? static_cast<int32_t>(outputs) : p.outputWidth;
}

/// Rows of outputs, each of `pixels` input pixels, whose inputs fit a strip together: rows that windows share are
/// copied once for all.
template <class Isa> VERNIER_ALWAYS_INLINE int32_t stripRows(const Conv2DParams &p, int32_t pixels) {
  if (p.dilationHeight != 1)
    return 1;
  const int32_t inputs = integerStripSize<Isa> / (pixels * p.inputChannels);
  return inputs < p.filterHeight ? 1 : (inputs - p.filterHeight) / p.strideHeight + 1;
}

/// Copies `rows` rows of inputs, `rowStep` apart, from column `x` of row `y` of the image on, each of `pixels` pixels.
template <class Isa, class T>
inline void fillStrip(const Conv2DParams &p, const T *image, int32_t y, int32_t x, int32_t rows, int32_t rowStep,
                      int32_t pixels, typename Isa::Element *strip) {
  const int zero = p.inputZeroPoint + inputOffset<typename Isa::Element, T>;
  const int32_t left = x >= 0 ? 0 : -x < pixels ? -x : pixels;
  const int32_t within = p.inputWidth - (x + left);
  const int32_t taken = within < 0 ? 0 : within < pixels - left ? within : pixels - left;
  const int32_t c = p.inputChannels, size = pixels * c;
  for (int32_t row = 0; row < rows; ++row, y += rowStep, strip += size) {
    // Writes may go behind their end: what comes later is written later.
    if (y < 0 || y >= p.inputHeight || taken == 0) {
      Isa::fillInputs(size, zero, strip);
      continue;
    }
    const T *from = image + (static_cast<ptrdiff_t>(y) * p.inputWidth + x + left) * c;
    if (Isa::copyShortRow(left * c, taken * c, size, zero, from, strip))
      continue;
    Isa::fillInputs(left * c, zero, strip);
    Isa::copyInputs(taken * c, from, strip + left * c);
    Isa::fillInputs((pixels - left - taken) * c, zero, strip + (left + taken) * c);
  }
}

/// The sum of `count` elements. Of many, blocks of a fixed length become vectors.
template <class Element> VERNIER_ALWAYS_INLINE uint32_t sumElements(const Element *from, int32_t count) {
  constexpr int32_t block = 16, worthBlocks = 32;
  uint32_t sum = 0;
  if (count >= worthBlocks) {
    uint32_t lanes[block] = {};
    for (; count >= block; count -= block, from += block) {
      // In a place of their own: a pointer to bytes might point to the lanes.
      Element values[block];
      std::memcpy(values, from, sizeof(values));
      for (int32_t i = 0; i < block; ++i)
        lanes[i] += static_cast<uint32_t>(values[i]);
    }
    for (const uint32_t lane : lanes)
      sum += lane;
  }
  for (int32_t i = 0; i < count; ++i)
    sum += static_cast<uint32_t>(from[i]);
  return sum;
}

/// zw * sum(x - zx) for each pixel: what a weight zero point adds. Padding adds nothing.
template <class Element>
inline void weightCorrections(const IntegerInputs<Element> &inputs, int32_t length, int32_t pixels,
                              int32_t inputZeroPoint, int32_t weightZeroPoint, int32_t *corrections) {
  for (int32_t pixel = 0; pixel < pixels; ++pixel) {
    uint32_t sum = 0;
    for (int32_t row = 0; row < inputs.rows; ++row)
      for (int32_t column = 0; column < inputs.columns; ++column)
        sum += sumElements(
            inputs.first + pixel * inputs.pixelStride + row * inputs.rowStride + column * inputs.columnStride, length);
    const auto taps = static_cast<uint32_t>(length) * static_cast<uint32_t>(inputs.rows * inputs.columns);
    corrections[pixel] = static_cast<int32_t>((sum - taps * static_cast<uint32_t>(inputZeroPoint)) *
                                              static_cast<uint32_t>(weightZeroPoint));
  }
}

} // namespace mlir::vernier::runtime::detail

#endif // VERNIER_RUNTIME_INTEGER_STRIP_H
