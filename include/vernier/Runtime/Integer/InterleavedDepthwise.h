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

#include "vernier/Runtime/Integer/DenseDepthwise.h"

namespace mlir::vernier::runtime::detail {

/// Rows that are interleaved, and what a kernel keeps on the stack.
constexpr int32_t interleavedTaps = 4;
constexpr int32_t interleavedStripBytes = 48 * 1024;
constexpr int32_t interleavedVectors = 36;

/// How a block of channels of a row is laid out: `pieces` pieces of `width` channels, each with `columns` outputs.
struct InterleavedShape {
  int32_t width, pieces, columns;
  /// Of the strip: rows, and pixels of a row. Rows stay in a ring until no output reads them, but for dilated filters:
  /// of what these span they read little.
  int32_t rows, pixels;
  /// Groups of four taps in a column of the filter.
  int32_t groups;

  /// `channels`: of a vector.
  static VERNIER_ALWAYS_INLINE InterleavedShape of(const Conv2DParams &p, int32_t count, int32_t channels) {
    const int32_t width = count <= 8 ? 8 : count <= 16 ? 16 : count <= 32 ? 32 : 64;
    const int32_t pieces = channels / width, columns = (p.outputWidth + pieces - 1) / pieces;
    return {width,
            pieces,
            columns,
            p.filterHeight,
            (columns - 1) * p.strideWidth + (p.filterWidth - 1) * p.dilationWidth + 1,
            (p.filterHeight + interleavedTaps - 1) / interleavedTaps};
  }
  /// The most neighbouring outputs of a row whose strip of `bytes` for a pixel fits, or 0 where the filter is too
  /// large.
  static VERNIER_ALWAYS_INLINE int32_t fitting(const Conv2DParams &p, int32_t bytes) {
    const int64_t groups = (int64_t(p.filterHeight) + interleavedTaps - 1) / interleavedTaps * p.filterWidth;
    const int64_t pixels = interleavedStripBytes / (int64_t(p.filterHeight) * bytes);
    const int64_t window = int64_t(p.filterWidth - 1) * p.dilationWidth + 1;
    if (groups > interleavedVectors || pixels < window)
      return 0;
    const int64_t outputs = (pixels - window) / p.strideWidth + 1;
    return outputs < p.outputWidth ? static_cast<int32_t>(outputs) : p.outputWidth;
  }
};

/// The multipliers of an arithmetic that there are vectors for.
VERNIER_ALWAYS_INLINE const float *multipliersOf(const numerics::FloatRequantizer &r) { return r.scales; }
VERNIER_ALWAYS_INLINE const numerics::FixedPointMultiplier *multipliersOf(const numerics::FixedPoint64Requantizer &r) {
  return r.multipliers;
}

/// One block of channels of inputs of `T`, weights of `Weight` and results of `Out`. `IsSplit`: its weights are
/// differences that a byte does not hold, and taken as two sums, of weights less 128 and of the same number for all of
/// them.
template <class Isa, class T, class Weight, class Out, class Requantizer, bool IsSplit = false> class InterleavedBlock {
  using Vectors = InterleavedOf<Isa, T>;
  using Element = typename Vectors::Element;
  using Sums = typename Vectors::Sums;
  using Taps = typename Vectors::Taps;
  static constexpr int32_t vectorChannels = Vectors::channels;
  static constexpr bool hasVectors = std::is_same<Requantizer, typename Vectors::Requantizer>::value;
  using Epilogue = std::conditional_t<hasVectors, typename Vectors::VectorEpilogue, NoEpilogue>;

public:
  InterleavedBlock(const Conv2DParams &p, const Weight *filter, const int32_t *bias, const Requantizer &requantize,
                   int32_t first, int32_t count, ptrdiff_t outputRow)
      : p(p), outputRow(outputRow), shape(InterleavedShape::of(p, count, vectorChannels)), requantize(requantize),
        first(first), count(count), zero(p.inputZeroPoint + inputOffset<Element, T>) {
    // Whole blocks are read where they are.
    const bool whole = count == vectorChannels;
    constexpr bool hasZeroPoint = !std::is_signed<Weight>::value;
    alignas(64) unsigned char pieces[interleavedTaps][vectorChannels];
    alignas(64) int32_t pieceBiases[vectorChannels];
    if (!whole || !bias)
      for (int32_t c = 0; c < vectorChannels; ++c)
        pieceBiases[c] = bias ? bias[channel(c)] : 0;
    const int32_t *biases = whole && bias ? bias + first : pieceBiases;
    // Of these weights the zero point is subtracted before or after they are interleaved.
    const int32_t early =
        hasZeroPoint && !IsSplit && !Vectors::hasWideWeights ? p.filterZeroPoint : weightShift<Weight>;
    const int32_t late = hasZeroPoint ? p.filterZeroPoint - early : 0;
    alignas(64) unsigned char none[vectorChannels];
    std::memset(none, Vectors::hasWideWeights ? late : 0, sizeof(none));
    Sums sums = {};
    for (int32_t kx = 0, at = 0; kx < p.filterWidth; ++kx)
      for (int32_t ky = 0; ky < shape.groups * interleavedTaps; ky += interleavedTaps, ++at) {
        const unsigned char *rows[interleavedTaps];
        for (int32_t i = 0; i < interleavedTaps; ++i) {
          const Weight *from = filter + ((ky + i) * p.filterWidth + kx) * ptrdiff_t(p.outputChannels) + first;
          rows[i] = ky + i >= p.filterHeight ? none : reinterpret_cast<const unsigned char *>(from);
          if ((whole && !hasZeroPoint) || ky + i >= p.filterHeight)
            continue;
          std::memset(pieces[i], 0, vectorChannels);
          for (int32_t c = 0; c < vectorChannels; c += shape.width)
            std::memcpy(pieces[i] + c, from, static_cast<size_t>(count));
          if constexpr (hasZeroPoint)
            for (int32_t c = 0; c < vectorChannels; ++c)
              pieces[i][c] = static_cast<unsigned char>(pieces[i][c] - early);
          rows[i] = pieces[i];
        }
        weights[at] = Vectors::interleaveWeights(rows);
        if constexpr (hasZeroPoint && Vectors::hasWideWeights)
          weights[at] = Vectors::subtractFromWeights(weights[at], late);
        Vectors::sumWeights(sums, weights[at]);
        if constexpr (IsSplit) {
          const int32_t left = p.filterHeight - ky;
          common[ky / interleavedTaps] = (left < interleavedTaps ? ~(~uint32_t(0) << 8 * left) : ~uint32_t(0)) &
                                         0x01010101u * static_cast<unsigned char>(-late);
          Vectors::sumWeights(sums, Vectors::repeatWeights(common[ky / interleavedTaps]));
        }
      }
    starts = Vectors::makeStarts(sums, biases, zero);
    epilogue = prepare(requantize);
    if constexpr (mayBeUnbounded<Epilogue, Requantizer>)
      if (!epilogue.isBounded)
        epilogue.isBounded = staysInt32(requantize, first, count, bias ? bias + first : nullptr, depthwiseSums(p));
  }

  /// All rows of one image; the pointers are to the block's first channel.
  void run(const T *image, Out *output) {
    if constexpr (Vectors::readsInPlace && hasVectors)
      if (p.filterHeight < interleavedTaps && epilogue.isBounded && count == vectorChannels)
        return runInPlace(image, output);
    runInStrips(image, output);
  }

private:
  /// Columns of four rows of the strip.
  struct StripColumns {
    const Element *const *rows;
    VERNIER_ALWAYS_INLINE Taps operator()(ptrdiff_t x, int32_t group = 0) const {
      const Element *const *four = rows + group * interleavedTaps;
      x *= vectorChannels;
      return Vectors::interleave(four[0] + x, four[1] + x, four[2] + x, four[3] + x);
    }
    VERNIER_ALWAYS_INLINE StripColumns cursor() const { return *this; }
  };
  /// Columns of up to three rows of the image itself.
  struct ImageColumns {
    const T *rows[interleavedTaps - 1];
    /// From pixel to pixel: 0 in a row of padding.
    ptrdiff_t steps[interleavedTaps - 1];
    int32_t width, padLeft, zero;
    VERNIER_ALWAYS_INLINE Taps operator()(ptrdiff_t x, int32_t = 0) const {
      x -= padLeft;
      if (x < 0 || x >= width)
        return Vectors::broadcast(zero);
      return Vectors::interleave(rows[0] + x * steps[0], rows[1] + x * steps[1], rows[2] + x * steps[2]);
    }
    /// One column after the other: finding each by its number takes as long as some of its products.
    class Cursor {
    public:
      VERNIER_ALWAYS_INLINE explicit Cursor(const ImageColumns &c)
          : first(c.rows[0]), second(c.rows[1]), third(c.rows[2]), firstStep(c.steps[0]), secondStep(c.steps[1]),
            thirdStep(c.steps[2]), x(-c.padLeft), width(c.width), zero(c.zero) {}
      VERNIER_ALWAYS_INLINE Taps operator()(ptrdiff_t) {
        if (static_cast<uint32_t>(x++) >= static_cast<uint32_t>(width))
          return Vectors::broadcast(zero);
        const T *a = first, *b = second, *c = third;
        first += firstStep;
        second += secondStep;
        third += thirdStep;
        return Vectors::interleave(a, b, c);
      }

    private:
      const T *first, *second, *third;
      ptrdiff_t firstStep, secondStep, thirdStep;
      int32_t x, width, zero;
    };
    VERNIER_ALWAYS_INLINE Cursor cursor() const { return Cursor(*this); }
  };
  /// What takes no rearranging is read where it is.
  void runInPlace(const T *image, Out *output) {
    alignas(64) T padding[vectorChannels];
    std::memset(padding, p.inputZeroPoint, sizeof(padding));
    const ptrdiff_t row = static_cast<ptrdiff_t>(p.inputWidth) * p.inputChannels;
    for (int32_t oy = 0; oy < p.outputHeight; ++oy, output += outputRow) {
      ImageColumns columns;
      columns.width = p.inputWidth;
      columns.padLeft = p.padLeft;
      columns.zero = zero;
      for (int32_t i = 0; i < interleavedTaps - 1; ++i) { // Rows beyond the filter have weights of 0.
        const int32_t ky = i < p.filterHeight ? i : p.filterHeight - 1;
        const int32_t y = oy * p.strideHeight - p.padTop + ky * p.dilationHeight;
        const bool isInside = y >= 0 && y < p.inputHeight;
        columns.rows[i] = isInside ? image + y * row : padding;
        columns.steps[i] = isInside ? p.inputChannels : 0;
      }
      computeRow<vectorChannels>(columns, output);
    }
  }
  void runInStrips(const T *image, Out *output) {
    int32_t filled = -p.padTop, ring = 0, oldest = 0;
    const auto next = [&](int32_t index, int32_t by) {
      index += by;
      return index < shape.rows ? index : index - shape.rows;
    };
    for (int32_t oy = 0; oy < p.outputHeight; ++oy) {
      const int32_t top = oy * p.strideHeight - p.padTop;
      const Element *rows[interleavedVectors * interleavedTaps];
      if (p.dilationHeight == 1) {
        // Rows that no output reads are left out.
        const int32_t skipped = filled < top ? top - filled : 0;
        filled += skipped;
        ring = (ring + skipped) % shape.rows;
        for (; filled < top + shape.rows; ++filled, ring = next(ring, 1))
          fillRow(image, filled, ring);
        oldest = ring;
      } else {
        for (int32_t ky = 0; ky < shape.rows; ++ky)
          fillRow(image, top + ky * p.dilationHeight, ky);
      }
      for (int32_t i = 0; i < shape.groups * interleavedTaps; ++i) { // Rows beyond the filter have weights of 0.
        const int32_t ky = i < p.filterHeight ? i : p.filterHeight - 1;
        rows[i] = rowAt(next(oldest, ky));
      }
      withWidth([&](auto width) { computeRow<decltype(width)::value>(StripColumns{rows}, output); });
      output += outputRow;
    }
  }

  /// The channel of byte `at`; there is one for each, so that what is computed in vain is computed from something.
  VERNIER_ALWAYS_INLINE int32_t channel(int32_t at) const {
    const int32_t within = at % shape.width;
    return first + (within < count ? within : count - 1);
  }
  VERNIER_ALWAYS_INLINE Epilogue prepare(const Requantizer &r) const {
    if constexpr (hasVectors) {
      const numerics::QuantizedRange range = rangeInVectors<Vectors, Out>(r.range);
      const auto *multipliers = multipliersOf(r);
      std::decay_t<decltype(*multipliers)> ordered[vectorChannels];
      if (count == vectorChannels && r.channelStride == 1)
        return Vectors::prepare(multipliers + first, range);
      for (int32_t c = 0; c < vectorChannels; ++c)
        ordered[c] = multipliers[channel(c) * r.channelStride];
      return Vectors::prepare(ordered, range);
    } else {
      return {};
    }
  }
  Element *rowAt(int32_t index) { return strip + static_cast<ptrdiff_t>(index) * shape.pixels * vectorChannels; }
  void fillRow(const T *image, int32_t y, int32_t index) {
    withWidth([&](auto width) { fillPieces<decltype(width)::value>(image, y, rowAt(index)); });
  }
  /// Calls `function` with the width of a piece.
  template <int Width = Vectors::channels, class Function>
  VERNIER_ALWAYS_INLINE void withWidth(const Function &function) {
    if constexpr (Width > 8)
      if (shape.width < Width)
        return withWidth<Width / 2>(function);
    function(std::integral_constant<int, Width>());
  }
  /// Row `y` of the image with its padding.
  template <int Width> VERNIER_ALWAYS_INLINE void fillPieces(const T *image, int32_t y, Element *row) {
    if (y < 0 || y >= p.inputHeight) {
      fill(row, shape.pixels * vectorChannels);
      return;
    }
    const ptrdiff_t stride = p.inputChannels;
    const int32_t within = count, pixels = shape.pixels;
    for (int32_t piece = 0; piece < shape.pieces; ++piece, row += Width) {
      const int32_t x = piece * shape.columns * p.strideWidth - p.padLeft;
      const int32_t begin = numerics::clamp(-x, 0, pixels), end = numerics::clamp(p.inputWidth - x, begin, pixels);
      const T *from = image + (static_cast<ptrdiff_t>(y) * p.inputWidth + x + begin) * stride;
      for (int32_t i = 0; i < begin; ++i)
        fill(row + i * ptrdiff_t(vectorChannels), Width);
      for (int32_t i = begin; i < end; ++i, from += stride)
        Vectors::template copyInput<Width>(from, within, row + i * ptrdiff_t(vectorChannels));
      for (int32_t i = end; i < pixels; ++i)
        fill(row + i * ptrdiff_t(vectorChannels), Width);
    }
  }

  /// Inputs of 16 bits have a zero point of 0.
  VERNIER_ALWAYS_INLINE void fill(Element *to, int32_t size) const {
    std::memset(to, sizeof(Element) == 1 ? zero : 0, static_cast<size_t>(size) * sizeof(Element));
  }

  template <int Width, class Columns> VERNIER_ALWAYS_INLINE void computeRow(const Columns &columns, Out *output) {
    if constexpr (!hasVectors)
      stepSlowly(columns, output);
    else if (!epilogue.isBounded)
      stepSlowly(columns, output);
    else if (p.filterWidth == 3 && p.dilationWidth == 1 && shape.groups == 1 && p.strideWidth == 1)
      slide<Width, 1>(columns, output);
    else if (p.filterWidth == 3 && p.dilationWidth == 1 && shape.groups == 1 && p.strideWidth == 2)
      slide<Width, 2>(columns, output);
    else
      step<Width>(columns, output);
  }
  template <int Width, int Stride, class Columns> inline void slide(const Columns &column, Out *output) const {
    const auto add = [&](Sums &sums, const Taps &x, const Taps &w) { sumProducts(sums, x, w); };
    const auto finish = [&](const Sums &sums, int32_t ox) { store<Width>(sums, ox, output); };
    slideWindow<Stride>(starts, weights, shape.columns, column.cursor(), add, finish);
  }
  VERNIER_ALWAYS_INLINE void sumProducts(Sums &sums, const Taps &x, const Taps &w, int32_t group = 0) const {
    Vectors::sumProducts(sums, x, w);
    if constexpr (IsSplit)
      Vectors::sumProducts(sums, x, Vectors::repeatWeights(common[group]));
  }
  /// Any filter, stride and dilation.
  template <class Columns> VERNIER_ALWAYS_INLINE Sums window(const Columns &column, int32_t ox) const {
    Sums sums = starts;
    ptrdiff_t x = static_cast<ptrdiff_t>(ox) * p.strideWidth;
    const Taps *w = weights;
    for (int32_t kx = 0; kx < p.filterWidth; ++kx, x += p.dilationWidth)
      for (int32_t g = 0; g < shape.groups; ++g, ++w)
        sumProducts(sums, column(x, g), *w, g);
    return sums;
  }
  template <int Width, class Columns> inline void step(const Columns &column, Out *output) const {
    for (int32_t ox = 0; ox < shape.columns; ++ox)
      store<Width>(window(column, ox), ox, output);
  }
  template <int Width> VERNIER_ALWAYS_INLINE void store(const Sums &sums, int32_t ox, Out *output) const {
    Out *to = output + static_cast<ptrdiff_t>(ox) * p.outputChannels;
    if constexpr (Width == vectorChannels) {
      Vectors::store(Vectors::finishInRegisters(sums, epilogue), count, to);
    } else {
      alignas(64) Out piece[vectorChannels];
      Vectors::store(Vectors::finishInRegisters(sums, epilogue), vectorChannels, piece);
      const ptrdiff_t nextPiece = static_cast<ptrdiff_t>(shape.columns) * p.outputChannels;
      for (int32_t at = 0, x = ox; at < vectorChannels && x < p.outputWidth;
           at += Width, x += shape.columns, to += nextPiece)
        Vectors::template storePiece<Width>(piece + at, count, to);
    }
  }
  /// Any arithmetic.
  template <class Columns> inline void stepSlowly(const Columns &column, Out *output) const {
    int32_t sums[vectorChannels];
    Out results[vectorChannels];
    for (int32_t ox = 0; ox < shape.columns; ++ox) {
      Vectors::store(window(column, ox), sums);
      for (int32_t c = 0; c < vectorChannels; ++c)
        results[c] = static_cast<Out>(requantize(sums[c], channel(c)));
      for (int32_t at = 0, x = ox; at < vectorChannels && x < p.outputWidth; at += shape.width, x += shape.columns)
        std::memcpy(output + static_cast<ptrdiff_t>(x) * p.outputChannels, results + at,
                    static_cast<size_t>(count) * sizeof(Out));
    }
  }

  const Conv2DParams p;
  /// From row to row of the results, which may be wider than what is computed here.
  const ptrdiff_t outputRow;
  const InterleavedShape shape;
  const Requantizer requantize;
  const int32_t first, count, zero;
  Sums starts;
  Epilogue epilogue;
  Taps weights[interleavedVectors];
  /// What split weights lack, for each group.
  uint32_t common[IsSplit ? interleavedVectors : 1];
  alignas(64) Element strip[interleavedStripBytes / sizeof(Element)];
};

/// What a strip takes for a pixel.
template <class Vectors>
constexpr int32_t interleavedPixelBytes = Vectors::channels * static_cast<int32_t>(sizeof(typename Vectors::Element));

/// Whether bytes hold the differences of `count` channels' weights, from `first` on, from their zero point.
template <class W> inline bool differencesFit(const Conv2DParams &p, const W *filter, int32_t first, int32_t count) {
  int32_t least = 0, most = 0;
  for (int32_t tap = 0; tap < p.filterHeight * p.filterWidth; ++tap)
    for (int32_t c = first; c < first + count; ++c) {
      const int32_t weight = filter[tap * ptrdiff_t(p.outputChannels) + c] - p.filterZeroPoint;
      least = weight < least ? weight : least;
      most = weight > most ? weight : most;
    }
  return least >= -128 && most <= 127;
}

/// Depthwise convolution, multiplier 1. Weights of int8 have no zero point, those of uint8 one above 0.
template <class Isa, class T, class W, class Requantizer, class Out>
inline void depthwiseInterleaved(const Conv2DParams &p, const T *input, const W *filter, const int32_t *bias,
                                 const Requantizer &requantize, Out *output) {
  using Vectors = InterleavedOf<Isa, T>;
  if constexpr (Vectors::readsInPlace && std::is_same<W, int8_t>::value &&
                std::is_same<Requantizer, numerics::FloatRequantizer>::value)
    if (DenseDepthwise<Isa, T, Out>::suits(p)) {
      DenseDepthwise<Isa, T, Out> rows(p, filter, bias, requantize);
      for (int32_t n = 0; n < p.batches; ++n)
        rows.run(input + static_cast<ptrdiff_t>(n) * p.inputHeight * p.inputWidth * p.inputChannels,
                 output + static_cast<ptrdiff_t>(n) * p.outputHeight * p.outputWidth * p.outputChannels);
      return;
    }
  const int32_t fitting = InterleavedShape::fitting(p, interleavedPixelBytes<Vectors>);
  for (int32_t ox = 0; ox < p.outputWidth; ox += fitting) {
    Conv2DParams part = p;
    part.outputWidth = p.outputWidth - ox < fitting ? p.outputWidth - ox : fitting;
    part.padLeft = p.padLeft - ox * p.strideWidth;
    for (int32_t first = 0; first < p.outputChannels; first += Vectors::channels) {
      const int32_t rest = p.outputChannels - first, count = rest < Vectors::channels ? rest : Vectors::channels;
      const ptrdiff_t outputRow = static_cast<ptrdiff_t>(p.outputWidth) * p.outputChannels;
      const auto run = [&](auto isSplit) {
        InterleavedBlock<Isa, T, W, Out, Requantizer, decltype(isSplit)::value> block(part, filter, bias, requantize,
                                                                                      first, count, outputRow);
        for (int32_t n = 0; n < p.batches; ++n)
          block.run(input + static_cast<ptrdiff_t>(n) * p.inputHeight * p.inputWidth * p.inputChannels + first,
                    output + n * p.outputHeight * outputRow + static_cast<ptrdiff_t>(ox) * p.outputChannels + first);
      };
      if constexpr (!std::is_signed<W>::value && !Vectors::hasWideWeights)
        if (!differencesFit(p, filter, first, count)) {
          run(std::true_type());
          continue;
        }
      run(std::false_type());
    }
  }
}

} // namespace mlir::vernier::runtime::detail

#endif // VERNIER_RUNTIME_INTEGER_INTERLEAVEDDEPTHWISE_H
