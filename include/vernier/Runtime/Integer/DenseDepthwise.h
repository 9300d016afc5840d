//===- DenseDepthwise.h - depthwise along whole rows ------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A row of an image is taken as bytes, whatever its channels are: the taps of a row of the filter are the bytes before
// and behind, one pixel apart. They are interleaved, and a vector of bytes goes down the image, where neighbouring
// outputs share rows. Nothing is copied, and no vector is partly filled but the last one of a row. With a stride of 2,
// pixels of few channels are picked from twice as many bytes.
//===----------------------------------------------------------------------===//

#ifndef VERNIER_RUNTIME_INTEGER_DENSEDEPTHWISE_H
#define VERNIER_RUNTIME_INTEGER_DENSEDEPTHWISE_H

#include "vernier/Runtime/Integer/Epilogue.h"
#include "vernier/Runtime/Integer/Packing.h"
#include "vernier/Runtime/Integer/SlidingWindow.h"

namespace mlir::vernier::runtime::detail {

/// The vectors for inputs of `T`.
template <class Isa, class T>
using InterleavedOf =
    std::conditional_t<std::is_signed<T>::value, typename Isa::Interleaved, typename Isa::UnsignedInterleaved>;

/// The range that `Vectors` take for results of `Out`.
template <class Vectors, class Out>
VERNIER_ALWAYS_INLINE numerics::QuantizedRange rangeInVectors(const numerics::QuantizedRange &range) {
  constexpr int32_t shift = Vectors::signedResults ? weightShift<Out> : 0;
  return {range.zeroPoint - shift, range.min - shift, range.max - shift};
}

/// No sum of a depthwise convolution of bytes is larger without its bias.
VERNIER_ALWAYS_INLINE int64_t depthwiseSums(const Conv2DParams &p) {
  return int64_t(255) * 255 * p.filterHeight * p.filterWidth;
}

/// Inputs of `T` and results of `Out`, bytes both, weights of int8, multiplier 1, stride 1 or 2 along rows.
template <class Isa, class T, class Out> class DenseDepthwise {
  using Vectors = InterleavedOf<Isa, T>;
  using Sums = typename Vectors::Sums;
  using Taps = typename Vectors::Taps;
  static constexpr int32_t width = Vectors::channels;
  static constexpr int32_t mostColumns = 3, mostRows = 7;

public:
  /// Whether this is the faster way. Images of many channels are better read row by row. Constants depend on where in a
  /// pixel a vector begins, and pay for themselves in some rows.
  static bool suits(const Conv2DParams &p) {
    return (p.strideWidth == 1 || takesSecondPixels(p)) && p.filterWidth <= mostColumns && p.filterHeight <= mostRows &&
           p.outputChannels < width && int64_t(p.outputWidth) * p.outputChannels >= Vectors::leastDenseRow &&
           (width % p.outputChannels == 0 || p.outputHeight > 3);
  }

  DenseDepthwise(const Conv2DParams &p, const int8_t *filter, const int32_t *bias,
                 const numerics::FloatRequantizer &requantize)
      : p(p), zero(p.inputZeroPoint + inputOffset<typename Vectors::Element, T>), requantize(requantize),
        inputRow(static_cast<ptrdiff_t>(p.inputWidth) * p.inputChannels),
        outputRow(static_cast<ptrdiff_t>(p.outputWidth) * p.outputChannels) {
    for (int32_t c = 0, from = 0; c < p.outputChannels + width;
         ++c, from = from + 1 < p.outputChannels ? from + 1 : 0) {
      biases[c] = bias ? bias[from] : 0;
      scales[c] = requantize.scales[from * requantize.channelStride];
    }
    for (int32_t tap = 0; tap < p.filterHeight * p.filterWidth; ++tap) {
      int8_t *to = filters[tap];
      std::memcpy(to, filter + static_cast<ptrdiff_t>(tap) * p.outputChannels, static_cast<size_t>(p.outputChannels));
      for (int32_t c = 0; c < width; ++c)
        to[p.outputChannels + c] = to[c];
    }
  }

  /// One image.
  void run(const T *image, Out *output) {
    for (ptrdiff_t at = 0; at < outputRow; at += width) {
      if (at == 0 || width % p.outputChannels != 0)
        prepare(static_cast<int32_t>(at % p.outputChannels));
      const ptrdiff_t left = outputRow - at;
      const int32_t count = left < width ? static_cast<int32_t>(left) : width;
      if constexpr (Vectors::picksPixels)
        if (p.strideWidth == 2) {
          compute(SecondColumns(*this, image, at), count, output + at);
          continue;
        }
      compute(Columns(*this, image, at), count, output + at);
    }
  }

private:
  static bool takesSecondPixels(const Conv2DParams &p) {
    return Vectors::picksPixels && p.strideWidth == 2 && p.dilationWidth == 1 && p.outputChannels % 4 == 0 &&
           width % p.outputChannels == 0;
  }

  /// What a vector of outputs reads of each row.
  class Columns {
  public:
    Columns(const DenseDepthwise &d, const T *image, ptrdiff_t at) : d(d) {
      for (int32_t kx = 0; kx < mostColumns; ++kx) { // Columns beyond the filter have weights of 0.
        const int32_t column = kx < d.p.filterWidth ? kx : 0;
        const ptrdiff_t begin =
            at + static_cast<ptrdiff_t>(column * d.p.dilationWidth - d.p.padLeft) * d.p.inputChannels;
        from[kx] = image + begin;
        parts[kx] = Vectors::part(-begin, d.inputRow - begin);
      }
    }
    VERNIER_ALWAYS_INLINE Taps operator()(int32_t y) const {
      if (y < 0 || y >= d.p.inputHeight)
        return Vectors::broadcast(d.zero);
      const ptrdiff_t row = y * d.inputRow;
      __builtin_prefetch(from[mostColumns - 1] + row + 64); // What the next vector reads.
      return Vectors::interleaveParts(from[0] + row, parts[0], from[1] + row, parts[1], from[2] + row, parts[2],
                                      d.zero);
    }

  private:
    const DenseDepthwise &d;
    const T *from[mostColumns];
    typename Vectors::Part parts[mostColumns];
  };

  /// The same of every second pixel.
  class SecondColumns {
  public:
    SecondColumns(const DenseDepthwise &d, const T *image, ptrdiff_t at)
        : d(d), pixels(Vectors::pixels(d.p.outputChannels)) {
      const ptrdiff_t begin = 2 * at - static_cast<ptrdiff_t>(d.p.padLeft) * d.p.inputChannels;
      // Two vectors for the first two columns, and two for the third.
      for (int32_t i = 0; i < 4; ++i) {
        places[i] = begin + (i < 2 ? 0 : 2 * d.p.inputChannels) + i % 2 * width;
        parts[i] = Vectors::part(-places[i], d.inputRow - places[i]);
      }
      first = image;
    }
    VERNIER_ALWAYS_INLINE Taps operator()(int32_t y) const {
      if (y < 0 || y >= d.p.inputHeight)
        return Vectors::broadcast(d.zero);
      return Vectors::interleaveSeconds(first + y * d.inputRow, places, parts, pixels, d.zero);
    }

  private:
    const DenseDepthwise &d;
    const T *first;
    ptrdiff_t places[4];
    typename Vectors::Part parts[4];
    typename Vectors::Pixels pixels;
  };

  template <class Rows> VERNIER_ALWAYS_INLINE void compute(const Rows &rows, int32_t count, Out *output) const {
    const auto read = [&](ptrdiff_t y) { return rows(static_cast<int32_t>(y) - p.padTop); };
    const auto add = [](Sums &sums, const Taps &x, const Taps &w) { Vectors::sumProducts(sums, x, w); };
    const auto finish = [&](const Sums &sums, int32_t oy) { this->finish(sums, count, output + oy * outputRow); };
    if (p.filterHeight == 3 && p.dilationHeight == 1 && p.strideHeight == 1)
      slideWindow<1>(starts, weights, p.outputHeight, read, add, finish);
    else if (p.filterHeight == 3 && p.dilationHeight == 1 && p.strideHeight == 2)
      slideWindow<2>(starts, weights, p.outputHeight, read, add, finish);
    else
      step(rows, count, output);
  }

  /// The constants of bytes that begin with `channel`.
  VERNIER_ALWAYS_INLINE void prepare(int32_t channel) {
    static constexpr unsigned char none[width] = {};
    firstChannel = channel;
    Sums sums = {};
    for (int32_t ky = 0; ky < p.filterHeight; ++ky) {
      const unsigned char *taps[mostColumns + 1] = {none, none, none, none};
      for (int32_t kx = 0; kx < p.filterWidth; ++kx)
        taps[kx] = reinterpret_cast<const unsigned char *>(filters[ky * p.filterWidth + kx] + channel);
      weights[ky] = Vectors::interleaveWeights(taps);
      Vectors::sumWeights(sums, weights[ky]);
    }
    starts = Vectors::makeStarts(sums, biases + channel, zero);
    epilogue = Vectors::prepare(scales + channel, rangeInVectors<Vectors, Out>(requantize.range));
    if constexpr (mayBeUnbounded<typename Vectors::VectorEpilogue, numerics::FloatRequantizer>)
      if (!epilogue.isBounded)
        epilogue.isBounded = staysInt32(requantize, 0, p.outputChannels, biases, depthwiseSums(p));
  }

  /// Any height, stride and dilation.
  template <class Rows> inline void step(const Rows &rows, int32_t count, Out *output) const {
    for (int32_t oy = 0; oy < p.outputHeight; ++oy, output += outputRow) {
      Sums sums = starts;
      for (int32_t ky = 0; ky < p.filterHeight; ++ky)
        Vectors::sumProducts(sums, rows(oy * p.strideHeight - p.padTop + ky * p.dilationHeight), weights[ky]);
      finish(sums, count, output);
    }
  }
  VERNIER_ALWAYS_INLINE void finish(const Sums &sums, int32_t count, Out *output) const {
    if (__builtin_expect(epilogue.isBounded, 1))
      Vectors::store(Vectors::finishInRegisters(sums, epilogue), count, output);
    else
      finishSlowly(sums, count, output);
  }
  void finishSlowly(const Sums &sums, int32_t count, Out *output) const {
    int32_t values[width];
    Vectors::store(sums, values);
    for (int32_t i = 0; i < count; ++i)
      output[i] = static_cast<Out>(requantize(values[i], (firstChannel + i) % p.outputChannels));
  }

  const Conv2DParams &p;
  const int32_t zero;
  const numerics::FloatRequantizer requantize;
  const ptrdiff_t inputRow, outputRow;
  /// Of the vector.
  int32_t firstChannel;
  Sums starts;
  typename Vectors::VectorEpilogue epilogue;
  Taps weights[mostRows];
  // Once more behind their end, so that a vector may begin with any channel.
  int32_t biases[2 * width];
  float scales[2 * width];
  int8_t filters[mostRows * mostColumns][2 * width];
};

} // namespace mlir::vernier::runtime::detail

#endif // VERNIER_RUNTIME_INTEGER_DENSEDEPTHWISE_H
