//===- InterleavedDepthwise.h - depthwise, four taps at once ----*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// An instruction that sums neighbouring products does several taps of a column for each channel, once the bytes of four
// rows are interleaved; columns that neighbouring outputs share are interleaved once. A vector of channels at a time;
// of fewer, several pieces of a row lie side by side: 16 channels of four pieces. `Isa::Interleaved` (Avx2Depthwise.h,
// Avx512VnniDepthwise.h) has the vectors.
//===----------------------------------------------------------------------===//

#ifndef VERNIER_RUNTIME_INTEGER_INTERLEAVEDDEPTHWISE_H
#define VERNIER_RUNTIME_INTEGER_INTERLEAVEDDEPTHWISE_H

#include "vernier/Runtime/Integer/Packing.h"

namespace mlir::vernier::runtime::detail {

/// Rows that are interleaved, and what a kernel keeps on the stack.
constexpr int32_t interleavedTaps = 4;
constexpr int32_t interleavedStripBytes = 48 * 1024;
constexpr int32_t interleavedVectors = 36;

/// How a block of channels of a row is laid out: `pieces` pieces of `width` channels, each with `columns` outputs.
struct InterleavedShape {
  int32_t width, pieces, columns;
  /// Of the strip: rows in a ring, and pixels of a row.
  int32_t rows, pixels;
  /// Groups of four taps in a column of the filter.
  int32_t groups;

  static VERNIER_ALWAYS_INLINE InterleavedShape of(const Conv2DParams &p, int32_t count, int32_t bytes) {
    const int32_t width = count <= 8 ? 8 : count <= 16 ? 16 : count <= 32 ? 32 : 64;
    const int32_t pieces = bytes / width, columns = (p.outputWidth + pieces - 1) / pieces;
    return {width,
            pieces,
            columns,
            (p.filterHeight - 1) * p.dilationHeight + 1,
            (columns - 1) * p.strideWidth + (p.filterWidth - 1) * p.dilationWidth + 1,
            (p.filterHeight + interleavedTaps - 1) / interleavedTaps};
  }
  /// Whether a strip of `bytes` channels fits.
  static VERNIER_ALWAYS_INLINE bool suits(const Conv2DParams &p, int32_t bytes) {
    const int64_t rows = int64_t(p.filterHeight - 1) * p.dilationHeight + 1;
    const int64_t pixels =
        int64_t(p.outputWidth - 1) * p.strideWidth + int64_t(p.filterWidth - 1) * p.dilationWidth + 1;
    const int64_t groups = (int64_t(p.filterHeight) + interleavedTaps - 1) / interleavedTaps * p.filterWidth;
    return groups <= interleavedVectors && pixels <= interleavedStripBytes && rows <= interleavedStripBytes &&
           rows * pixels * bytes <= interleavedStripBytes;
  }
};

/// One block of channels.
template <class Isa, class Requantizer> class InterleavedBlock {
  using Vectors = typename Isa::Interleaved;
  using Sums = typename Vectors::Sums;
  using Taps = typename Vectors::Taps;
  static constexpr int32_t interleavedBytes = Vectors::bytes;
  using Epilogue = decltype(Vectors::prepare(std::declval<const Requantizer &>(), nullptr));

public:
  InterleavedBlock(const Conv2DParams &p, const int8_t *filter, const int32_t *bias, const Requantizer &requantize,
                   int32_t first, int32_t count)
      : p(p), shape(InterleavedShape::of(p, count, interleavedBytes)), requantize(requantize), first(first),
        count(count), zero(p.inputZeroPoint + inputShift<int8_t>) {
    alignas(64) unsigned char row[interleavedTaps][interleavedBytes];
    alignas(64) int32_t natural[interleavedBytes];
    for (int32_t c = 0; c < interleavedBytes; ++c) {
      const int32_t within = c % shape.width;
      channels[c] = first + (within < count ? within : count - 1);
      natural[c] = bias ? bias[channels[c]] : 0;
    }
    Sums sums = {};
    for (int32_t kx = 0, at = 0; kx < p.filterWidth; ++kx)
      for (int32_t ky = 0; ky < shape.groups * interleavedTaps; ky += interleavedTaps, ++at) {
        std::memset(row, 0, sizeof(row));
        for (int32_t i = 0; i < interleavedTaps && ky + i < p.filterHeight; ++i)
          for (int32_t c = 0; c < interleavedBytes; c += shape.width)
            std::memcpy(row[i] + c, filter + ((ky + i) * p.filterWidth + kx) * ptrdiff_t(p.outputChannels) + first,
                        static_cast<size_t>(count));
        weights[at] = Vectors::interleaveWeights(row);
        Vectors::sumWeights(sums, weights[at]);
      }
    starts = Vectors::makeStarts(sums, natural, zero);
    epilogue = Vectors::prepare(requantize, channels);
  }

  /// All rows of one image; the pointers are to the block's first channel.
  void run(const int8_t *image, int8_t *output) {
    int32_t filled = -p.padTop;
    for (int32_t oy = 0; oy < p.outputHeight; ++oy) {
      const int32_t top = oy * p.strideHeight - p.padTop;
      for (filled = filled < top ? top : filled; filled < top + shape.rows; ++filled)
        withWidth([&](auto width) { fillPieces<decltype(width)::value>(image, filled); });
      const unsigned char *rows[interleavedVectors * interleavedTaps];
      for (int32_t i = 0; i < shape.groups * interleavedTaps; ++i) // Rows beyond the filter have weights of 0.
        rows[i] = rowOf(top + (i < p.filterHeight ? i : p.filterHeight - 1) * p.dilationHeight);
      withWidth([&](auto width) { computeRow<decltype(width)::value>(rows, output); });
      output += static_cast<ptrdiff_t>(p.outputWidth) * p.outputChannels;
    }
  }

private:
  unsigned char *rowOf(int32_t y) {
    return strip + static_cast<ptrdiff_t>((y + p.padTop) % shape.rows) * shape.pixels * interleavedBytes;
  }
  /// Calls `function` with the width of a piece.
  template <int Width = Vectors::bytes, class Function> VERNIER_ALWAYS_INLINE void withWidth(const Function &function) {
    if constexpr (Width > 8)
      if (shape.width < Width)
        return withWidth<Width / 2>(function);
    function(std::integral_constant<int, Width>());
  }
  /// Row `y` of the image with its padding.
  template <int Width> VERNIER_ALWAYS_INLINE void fillPieces(const int8_t *image, int32_t y) {
    unsigned char *row = rowOf(y);
    if (y < 0 || y >= p.inputHeight) {
      std::memset(row, zero, static_cast<size_t>(shape.pixels) * interleavedBytes);
      return;
    }
    const ptrdiff_t stride = p.inputChannels;
    const int32_t within = count, pixels = shape.pixels;
    for (int32_t piece = 0; piece < shape.pieces; ++piece, row += Width) {
      const int32_t x = piece * shape.columns * p.strideWidth - p.padLeft;
      const int32_t begin = numerics::clamp(-x, 0, pixels), end = numerics::clamp(p.inputWidth - x, begin, pixels);
      const int8_t *from = image + (static_cast<ptrdiff_t>(y) * p.inputWidth + x + begin) * stride;
      for (int32_t i = 0; i < begin; ++i)
        std::memset(row + i * ptrdiff_t(interleavedBytes), zero, Width);
      for (int32_t i = begin; i < end; ++i, from += stride)
        Vectors::template copyInput<Width>(from, within, row + i * ptrdiff_t(interleavedBytes));
      for (int32_t i = end; i < pixels; ++i)
        std::memset(row + i * ptrdiff_t(interleavedBytes), zero, Width);
    }
  }

  static VERNIER_ALWAYS_INLINE Taps column(const unsigned char *const *rows, ptrdiff_t x) {
    x *= interleavedBytes;
    return Vectors::interleave(rows[0] + x, rows[1] + x, rows[2] + x, rows[3] + x);
  }
  template <int Width> VERNIER_ALWAYS_INLINE void computeRow(const unsigned char *const *rows, int8_t *output) {
    if constexpr (std::is_empty<Epilogue>::value)
      stepSlowly(rows, output);
    else if (!epilogue.isBounded)
      stepSlowly(rows, output);
    else if (p.filterWidth == 3 && p.dilationWidth == 1 && shape.groups == 1 && p.strideWidth == 1)
      slide<Width>(rows, output);
    else if (p.filterWidth == 3 && p.dilationWidth == 1 && shape.groups == 1 && p.strideWidth == 2)
      slideByTwo<Width>(rows, output);
    else
      step<Width>(rows, output);
  }
  /// Neighbouring outputs share two of three columns.
  template <int Width> inline void slide(const unsigned char *const *rows, int8_t *output) const {
    const Taps w0 = weights[0], w1 = weights[1], w2 = weights[2];
    Sums a = starts, b = starts;
    Taps x = column(rows, 0);
    Vectors::sumProducts(a, x, w0);
    x = column(rows, 1);
    Vectors::sumProducts(a, x, w1);
    Vectors::sumProducts(b, x, w0);
#pragma GCC unroll 1
    for (int32_t ox = 0; ox < shape.columns; ++ox) {
      Sums c = starts;
      x = column(rows, ox + 2);
      Vectors::sumProducts(a, x, w2);
      Vectors::sumProducts(b, x, w1);
      Vectors::sumProducts(c, x, w0);
      store<Width>(a, ox, output);
      a = b;
      b = c;
    }
  }
  /// Neighbouring outputs share one of three columns.
  template <int Width> inline void slideByTwo(const unsigned char *const *rows, int8_t *output) const {
    const Taps w0 = weights[0], w1 = weights[1], w2 = weights[2];
    Sums a = starts;
    Taps x = column(rows, 0);
    Vectors::sumProducts(a, x, w0);
#pragma GCC unroll 1
    for (int32_t ox = 0; ox < shape.columns; ++ox) {
      Sums b = starts;
      x = column(rows, 2 * ptrdiff_t(ox) + 1);
      Vectors::sumProducts(a, x, w1);
      x = column(rows, 2 * ptrdiff_t(ox) + 2);
      Vectors::sumProducts(a, x, w2);
      Vectors::sumProducts(b, x, w0);
      store<Width>(a, ox, output);
      a = b;
    }
  }
  /// Any filter, stride and dilation.
  VERNIER_ALWAYS_INLINE Sums window(const unsigned char *const *rows, int32_t ox) const {
    Sums sums = starts;
    ptrdiff_t x = static_cast<ptrdiff_t>(ox) * p.strideWidth;
    const Taps *w = weights;
    for (int32_t kx = 0; kx < p.filterWidth; ++kx, x += p.dilationWidth)
      for (int32_t g = 0; g < shape.groups; ++g, ++w)
        Vectors::sumProducts(sums, column(rows + g * interleavedTaps, x), *w);
    return sums;
  }
  template <int Width> inline void step(const unsigned char *const *rows, int8_t *output) const {
    for (int32_t ox = 0; ox < shape.columns; ++ox)
      store<Width>(window(rows, ox), ox, output);
  }
  template <int Width> VERNIER_ALWAYS_INLINE void store(const Sums &sums, int32_t ox, int8_t *output) const {
    int8_t *to = output + static_cast<ptrdiff_t>(ox) * p.outputChannels;
    if constexpr (Width == interleavedBytes) {
      Vectors::store(Vectors::finishInRegisters(sums, epilogue), count, to);
    } else {
      alignas(64) int8_t bytes[interleavedBytes];
      Vectors::store(Vectors::finishInRegisters(sums, epilogue), interleavedBytes, bytes);
      const ptrdiff_t nextPiece = static_cast<ptrdiff_t>(shape.columns) * p.outputChannels;
      for (int32_t at = 0, x = ox; at < interleavedBytes && x < p.outputWidth;
           at += Width, x += shape.columns, to += nextPiece)
        Vectors::template storePiece<Width>(bytes + at, count, to);
    }
  }
  /// Any arithmetic.
  inline void stepSlowly(const unsigned char *const *rows, int8_t *output) const {
    int8_t bytes[interleavedBytes];
    for (int32_t ox = 0; ox < shape.columns; ++ox) {
      Vectors::finish(window(rows, ox), requantize, channels, bytes);
      for (int32_t at = 0, x = ox; at < interleavedBytes && x < p.outputWidth; at += shape.width, x += shape.columns)
        std::memcpy(output + static_cast<ptrdiff_t>(x) * p.outputChannels, bytes + at, static_cast<size_t>(count));
    }
  }

  const Conv2DParams p;
  const InterleavedShape shape;
  const Requantizer requantize;
  const int32_t first, count, zero;
  Sums starts;
  Epilogue epilogue;
  int32_t channels[interleavedBytes];
  Taps weights[interleavedVectors];
  alignas(64) unsigned char strip[interleavedStripBytes];
};

/// Depthwise convolution of int8, multiplier 1, weights without a zero point.
template <class Isa, class Requantizer>
inline void depthwiseInterleaved(const Conv2DParams &p, const int8_t *input, const int8_t *filter, const int32_t *bias,
                                 const Requantizer &requantize, int8_t *output) {
  constexpr int32_t bytes = Isa::Interleaved::bytes;
  for (int32_t first = 0; first < p.outputChannels; first += bytes) {
    const int32_t rest = p.outputChannels - first;
    InterleavedBlock<Isa, Requantizer> block(p, filter, bias, requantize, first, rest < bytes ? rest : bytes);
    for (int32_t n = 0; n < p.batches; ++n)
      block.run(input + static_cast<ptrdiff_t>(n) * p.inputHeight * p.inputWidth * p.inputChannels + first,
                output + static_cast<ptrdiff_t>(n) * p.outputHeight * p.outputWidth * p.outputChannels + first);
  }
}

} // namespace mlir::vernier::runtime::detail

#endif // VERNIER_RUNTIME_INTEGER_INTERLEAVEDDEPTHWISE_H
