//===- Convolution.h - 8-bit convolutions in register tiles -----*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// CONV_2D and FULLY_CONNECTED with packed filters. Inputs are copied into strips as unsigned bytes, a few kilobytes at
// a time, and all channels of a strip's outputs are computed from there: the copy costs one pass over the inputs, and
// no tile has to convert, gather or pad.
//===----------------------------------------------------------------------===//

#ifndef VERNIER_RUNTIME_INTEGER_CONVOLUTION_H
#define VERNIER_RUNTIME_INTEGER_CONVOLUTION_H

#include "vernier/Runtime/Integer/PipelinedTile.h"
#include "vernier/Runtime/Integer/Residual.h"
#include "vernier/Runtime/Integer/Windows.h"

namespace mlir::vernier::runtime {

namespace detail {
/// Outputs that a strip has at most.
constexpr int32_t integerStripOutputs = 1024;

/// One group of a convolution, from its results' first pixel on.
template <class T, class Filter>
VERNIER_ALWAYS_INLINE IntegerProduct<T, Filter> integerGroup(const Conv2DParams &p, const IntegerFilterShape &shape,
                                                             const Filter &filter, int32_t group, T *output) {
  return {shape,
          filter.from(group * shape.blocks() * shape.blockSize(), group * shape.blocks() * integerBlock),
          nullptr,
          output + group * shape.outputs,
          p.outputChannels,
          group * shape.outputs};
}

/// Points `inputs` to elements that need no copy: numbers as the tiles take them, whose runs are whole steps.
template <class Isa, class T>
VERNIER_ALWAYS_INLINE bool readsInPlace(IntegerInputs<typename Isa::Element> &inputs, const T *from, int32_t length) {
  if constexpr (std::is_same<T, typename Isa::Element>::value && inputShift<T> == 0)
    if (length % integerStep == 0) {
      inputs.first = from;
      return true;
    }
  return false;
}

/// Rows of a matrix that lie one behind the other: pixels of a 1x1 convolution, batches of a matrix product.
template <class Isa, class T, class Filter, class Requantizer, class Out, class Residual>
inline void integerMatrix(const IntegerProduct<Out, Filter> &whole, const T *input, int64_t rows,
                          int32_t inputZeroPoint, int32_t weightZeroPoint, const Requantizer &requantize,
                          const Residual &residual) {
  alignas(64) typename Isa::Element strip[integerStripSize<Isa> + integerStripSlack];
  int32_t corrections[integerStripOutputs];
  const int32_t length = whole.shape.length, fitting = integerStripSize<Isa> / length;
  int32_t most = fitting < integerStripOutputs ? fitting : integerStripOutputs;
  // Strips as even as can be, where few pixels fit: a rest of one would take as much time as a tile.
  if constexpr (Isa::parts > 1)
    if (rows > most)
      most = static_cast<int32_t>((rows + (rows + most - 1) / most - 1) / ((rows + most - 1) / most));
  IntegerInputs<typename Isa::Element> inputs{strip, length, 1, 1, (length + integerStep - 1) / integerStep, 0, 0};
  for (int64_t row = 0; row < rows; row += most) {
    const int32_t count = rows - row < most ? static_cast<int32_t>(rows - row) : most;
    if (!readsInPlace<Isa>(inputs, input + row * length, length))
      Isa::copyInputs(count * length, input + row * length, strip);
    IntegerProduct<Out, Filter> product = whole;
    product.output += row * product.pixelStride;
    if (weightZeroPoint) {
      weightCorrections(inputs, length, count, inputZeroPoint + inputOffset<typename Isa::Element, T>, weightZeroPoint,
                        corrections);
      product.corrections = corrections;
    }
    computeBlocks<Isa>(product, inputs, count, requantize);
    residual.join(product.output, count * product.pixelStride);
  }
}

/// `count` outputs of a row, whose inputs, made from those of type T, begin at `strip`, in rows of `pixels` pixels.
template <class Isa, class T, class Filter, class Requantizer, class Out>
inline void integerStripRow(const Conv2DParams &p, const IntegerFilterShape &shape, const Filter &filter,
                            const typename Isa::Element *strip, int32_t pixels, int32_t count,
                            const Requantizer &requantize, Out *output) {
  int32_t corrections[integerStripOutputs];
  const IntegerWindow window = IntegerWindow::of(p, shape);
  const int32_t weightZeroPoint = p.filterZeroPoint - weightShift<T>;
  for (int32_t g = 0; g < p.groups; ++g) {
    const IntegerInputs<typename Isa::Element> inputs{strip + g * shape.length,
                                                      static_cast<ptrdiff_t>(p.strideWidth) * p.inputChannels,
                                                      window.rows,
                                                      window.columns,
                                                      window.steps(),
                                                      static_cast<ptrdiff_t>(pixels) * p.inputChannels,
                                                      window.columnBytes};
    IntegerProduct<Out, Filter> product = integerGroup(p, shape, filter, g, output);
    if (weightZeroPoint) {
      weightCorrections(inputs, shape.length, count, p.inputZeroPoint + inputOffset<typename Isa::Element, T>,
                        weightZeroPoint, corrections);
      product.corrections = corrections;
    }
    computeBlocks<Isa>(product, inputs, count, requantize);
  }
}

/// Rows of outputs, or parts of them, whose inputs fit a strip.
template <class Isa, class T, class Filter, class Requantizer, class Out, class Residual>
inline void integerStrips(const Conv2DParams &p, const IntegerFilterShape &shape, const T *input, const Filter &filter,
                          const Requantizer &requantize, Out *output, const Residual &residual) {
  alignas(64) typename Isa::Element strip[integerStripSize<Isa> + integerStripSlack];
  const int32_t fitting = stripOutputs<Isa>(p), most = fitting < integerStripOutputs ? fitting : integerStripOutputs;
  for (int32_t n = 0; n < p.batches; ++n) {
    for (int32_t ox = 0; ox < p.outputWidth; ox += most) {
      const int32_t count = p.outputWidth - ox < most ? p.outputWidth - ox : most;
      const auto pixels = static_cast<int32_t>(spannedPixels(p, count));
      const int32_t rows = stripRows<Isa>(p, pixels);
      const ptrdiff_t nextRow = static_cast<ptrdiff_t>(pixels) * p.inputChannels * p.strideHeight;
      for (int32_t oy = 0; oy < p.outputHeight; oy += rows) {
        const int32_t together = p.outputHeight - oy < rows ? p.outputHeight - oy : rows;
        fillStrip<Isa>(p, input, oy * p.strideHeight - p.padTop, ox * p.strideWidth - p.padLeft,
                       p.filterHeight + (together - 1) * p.strideHeight, p.dilationHeight, pixels, strip);
        for (int32_t row = 0; row < together; ++row) {
          Out *results = output + ((oy + row) * static_cast<ptrdiff_t>(p.outputWidth) + ox) * p.outputChannels;
          integerStripRow<Isa, T>(p, shape, filter, strip + row * nextRow, pixels, count, requantize, results);
          residual.join(results, static_cast<ptrdiff_t>(count) * p.outputChannels);
        }
      }
    }
    input += static_cast<ptrdiff_t>(p.inputHeight) * p.inputWidth * p.inputChannels;
    output += static_cast<ptrdiff_t>(p.outputHeight) * p.outputWidth * p.outputChannels;
  }
}

template <class Isa, class T, class Filter, class Requantizer, class Out, class Residual>
inline void integerConvolution(const Conv2DParams &p, const T *input, const Filter &filter,
                               const Requantizer &requantize, Out *results, const Residual &residual) {
  using Tiles = typename Isa::template Tiles<T>;
  auto *output = reinterpret_cast<typename Tiles::template Result<Out> *>(results);
  const IntegerFilterShape shape = integerFilterShape(p);
  const int64_t pixels = int64_t(p.batches) * p.outputHeight * p.outputWidth;
  const bool matrix = p.filterHeight == 1 && p.filterWidth == 1 && p.groups == 1 && p.strideHeight == 1 &&
                      p.strideWidth == 1 && p.padTop == 0 && p.padLeft == 0 && p.outputHeight == p.inputHeight &&
                      p.outputWidth == p.inputWidth;
  if (matrix && shape.length <= integerStripSize<Tiles>)
    return integerMatrix<Tiles>(integerGroup(p, shape, filter, 0, output), input, pixels, p.inputZeroPoint,
                                p.filterZeroPoint - weightShift<T>, requantize, residual);
  if (stripOutputs<Tiles>(p) > 0)
    return integerStrips<Tiles>(p, shape, input, filter, requantize, output, residual);
  integerWindows<Tiles>(p, shape, input, filter, requantize, output);
  residual.join(output, static_cast<ptrdiff_t>(pixels) * p.outputChannels);
}
} // namespace detail

/// conv2D of Conv2D.h with a filter packed by packIntegerFilter(integerFilterShape(p), ...): the same bits. Inputs of
/// 16 bits have a zero point of 0; a PackedWideFilter is for sums beyond 32 bits.
template <class Isa, class T, class Filter, class Requantizer, class Out>
inline void conv2DPacked(const Conv2DParams &p, const T *input, const Filter &filter, const Requantizer &requantize,
                         Out *output) {
  detail::integerConvolution<Isa>(p, input, filter, requantize, output, detail::NoResidual());
}

/// The same, of which each result, as it is stored, becomes function(result, the element of `residual` at its place).
/// The output overlaps neither input nor residual.
template <class Isa, class T, class Filter, class Requantizer, class Out, class Function>
inline void conv2DPacked(const Conv2DParams &p, const T *input, const Filter &filter, const Requantizer &requantize,
                         Out *output, const Out *residual, const Function &function) {
  detail::integerConvolution<Isa>(p, input, filter, requantize, output,
                                  detail::Residual<Out, Function>{residual, output, function});
}

/// fullyConnected of FullyConnected.h with a packed filter: the same bits. `residual`: nothing, or the two arguments of
/// conv2DPacked.
template <class Isa, class T, class Filter, class Requantizer, class Out, class... Residual>
inline void fullyConnectedPacked(const FullyConnectedParams &p, const T *input, const Filter &filter,
                                 const Requantizer &requantize, Out *output, const Residual &...residual) {
  // A row is a pixel.
  conv2DPacked<Isa>(Conv2DParams{1, 1, p.batches, p.inputChannels, 1, p.batches, p.outputChannels, 1, 1, 1, 1, 1, 1, 0,
                                 0, 1, p.inputZeroPoint, p.filterZeroPoint},
                    input, filter, requantize, output, residual...);
}

} // namespace mlir::vernier::runtime

#endif // VERNIER_RUNTIME_INTEGER_CONVOLUTION_H
