//===- Windows.h - 8-bit convolutions over huge windows ---------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// For windows that do not fit a strip: output by output, whose inputs come in parts.
//===----------------------------------------------------------------------===//

#ifndef VERNIER_RUNTIME_INTEGER_WINDOWS_H
#define VERNIER_RUNTIME_INTEGER_WINDOWS_H

#include "vernier/Runtime/Integer/Wide.h"

namespace mlir::vernier::runtime::detail {

/// The inputs of one output, run after run, each filled up to whole steps: as the packed weights have them.
template <class Isa, class T> class WindowReader {
public:
  /// `image` is where the group's channels begin; `y`, `x`: the window's first tap.
  WindowReader(const Conv2DParams &p, const IntegerWindow &window, const T *image, int32_t y, int32_t x)
      : p(p), window(window), image(image), y(y), x(x) {}

  /// Copies what comes next and returns its steps: 0 at the end. `sum`: of the bytes within a window.
  int32_t read(typename Isa::Element *to, uint32_t &sum) {
    int32_t size = 0;
    while (run < window.rows * window.columns && size + integerStep <= integerStripSize<Isa>) {
      const int32_t space = (integerStripSize<Isa> - size) / integerStep * integerStep, rest = window.length - done;
      const int32_t count = rest < space ? rest : space;
      copy(done, count, to + size);
      for (int32_t i = 0; i < count; ++i)
        sum += static_cast<uint32_t>(to[size + i]);
      size += (count + integerStep - 1) / integerStep * integerStep;
      done += count;
      if (done == window.length) {
        ++run;
        done = 0;
      }
    }
    return size / integerStep;
  }

private:
  /// Elements of the current run; a run may be a row of taps, each of all channels.
  void copy(int32_t from, int32_t count, typename Isa::Element *to) const {
    const int32_t iy = y + run / window.columns * window.dilationHeight;
    const int32_t column = run % window.columns * p.dilationWidth;
    const int32_t perTap = p.inputChannels / p.groups;
    while (count > 0) {
      const int32_t ix = x + column + from / perTap, within = from % perTap;
      const int32_t part = perTap - within < count ? perTap - within : count;
      if (iy < 0 || iy >= p.inputHeight || ix < 0 || ix >= p.inputWidth)
        Isa::fillInputs(part, p.inputZeroPoint + inputOffset<typename Isa::Element, T>, to);
      else
        Isa::copyInputs(part, image + (static_cast<ptrdiff_t>(iy) * p.inputWidth + ix) * p.inputChannels + within, to);
      from += part;
      to += part;
      count -= part;
    }
  }

  const Conv2DParams &p;
  const IntegerWindow &window;
  const T *image;
  int32_t y, x, run = 0, done = 0;
};

/// One block of one output, of `count` channels from `channel` on; `filter` begins with them.
template <class Isa, class T, class Requantizer, class Out>
inline void integerWindow(const Conv2DParams &p, const IntegerFilterShape &shape, WindowReader<Isa, T> &reader,
                          const PackedIntegerFilter &filter, const Requantizer &requantize, int32_t channel,
                          int32_t count, Out *output) {
  alignas(64) typename Isa::Element part[integerStripSize<Isa> + integerStripSlack];
  const auto weightZeroPoint = static_cast<uint32_t>(p.filterZeroPoint - weightShift<T>);
  const auto taps = static_cast<uint32_t>(shape.taps) * static_cast<uint32_t>(shape.length);
  typename Isa::Sum sums[1][Isa::vectors];
  for (int v = 0; v < Isa::vectors; ++v)
    sums[0][v] = Isa::begin(filter.starts + v * (integerBlock / Isa::vectors));
  const int8_t *weights = filter.weights;
  uint32_t sum = 0;
  while (const int32_t steps = reader.read(part, sum)) {
    integerSteps<Isa, 1, Isa::vectors>(part, 0, weights, 0, steps, sums);
    weights += static_cast<ptrdiff_t>(steps) * integerBlock * integerStep;
  }
  sum -= taps * static_cast<uint32_t>(p.inputZeroPoint + inputOffset<typename Isa::Element, T>);
  for (typename Isa::Sum &vector : sums[0])
    vector = Isa::subtract(vector, static_cast<int32_t>(sum * weightZeroPoint));
  finishTile<Isa>(sums, IntegerOutputs<Out, PackedIntegerFilter>{filter, 0, nullptr, output, 0},
                  prepareTile<Isa, 1>(filter, requantize, channel, count), 0);
}
template <class Isa, class T, class Requantizer>
inline void integerWindow(const Conv2DParams &, const IntegerFilterShape &, WindowReader<Isa, T> &reader,
                          const PackedWideFilter &filter, const Requantizer &requantize, int32_t channel, int32_t count,
                          T *output) {
  alignas(64) typename Isa::Element part[integerStripSize<Isa> + integerStripSlack];
  WideSums<Isa, 1, 1> sums(filter);
  const int8_t *weights = filter.weights;
  uint32_t sum = 0;
  while (const int32_t steps = reader.read(part, sum)) {
    sums.add(part, 0, weights, 0, steps);
    weights += static_cast<ptrdiff_t>(steps) * integerBlock * integerStep;
  }
  sums.finish(prepareTile<Isa, 1>(filter, requantize, channel, count), output, 0);
}

/// One block of one output after the other.
template <class Isa, class T, class Filter, class Requantizer, class Out>
inline void integerWindows(const Conv2DParams &p, const IntegerFilterShape &shape, const T *input, const Filter &filter,
                           const Requantizer &requantize, Out *output) {
  const IntegerWindow window = IntegerWindow::of(p, shape);
  const ptrdiff_t imageSize = static_cast<ptrdiff_t>(p.inputHeight) * p.inputWidth * p.inputChannels;
  for (int32_t n = 0; n < p.batches; ++n, input += imageSize)
    for (int32_t oy = 0; oy < p.outputHeight; ++oy)
      for (int32_t ox = 0; ox < p.outputWidth; ++ox, output += p.outputChannels)
        for (int32_t g = 0; g < p.groups; ++g)
          for (int32_t block = 0; block < shape.blocks(); ++block) {
            const int32_t channel = block * integerBlock, rest = shape.outputs - channel;
            const int64_t at = int64_t(g) * shape.blocks() + block;
            WindowReader<Isa, T> reader(p, window, input + g * (p.inputChannels / p.groups),
                                        oy * p.strideHeight - p.padTop, ox * p.strideWidth - p.padLeft);
            integerWindow(p, shape, reader, filter.from(at * shape.blockSize(), at * integerBlock), requantize,
                          g * shape.outputs + channel, rest < integerBlock ? rest : integerBlock,
                          output + g * shape.outputs + channel);
          }
}

} // namespace mlir::vernier::runtime::detail

#endif // VERNIER_RUNTIME_INTEGER_WINDOWS_H
