//===- DepthwiseConv2D.h - integer depthwise convolution --------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The scalar form of DEPTHWISE_CONV_2D for every integer scheme. Channels are
// the innermost loop, over a block of accumulators, so that compilers vectorize
// across channels.
//===----------------------------------------------------------------------===//

#ifndef VERNIER_RUNTIME_DEPTHWISECONV2D_H
#define VERNIER_RUNTIME_DEPTHWISECONV2D_H

#include "vernier/Runtime/Conv2D.h"
#include <cstring>

namespace mlir::vernier::runtime {

namespace detail {
/// sums[i] += (x[i] - xZero) * (w[i] - wZero), in blocks of a fixed length, which become vectors where a compiler is
/// shy of others.
template <int32_t Block = 64, class Sum, class T, class W>
VERNIER_ALWAYS_INLINE void addProducts(int32_t count, const T *x, int32_t xZero, const W *w, int32_t wZero, Sum *sums) {
  for (; count >= Block; count -= Block, x += Block, w += Block, sums += Block) {
    // In places of their own: a pointer to bytes might point to the sums.
    T xs[Block];
    W ws[Block];
    std::memcpy(xs, x, sizeof(xs));
    std::memcpy(ws, w, sizeof(ws));
    for (int32_t i = 0; i < Block; ++i)
      sums[i] += static_cast<Sum>((xs[i] - xZero) * (ws[i] - wZero));
  }
  if constexpr (Block > 1)
    addProducts<Block / 4>(count, x, xZero, w, wZero, sums);
}
} // namespace detail

/// As Conv2DParams, where output channel c * multiplier + m reads input channel
/// c alone; multiplier = outputChannels / inputChannels, `groups` is not read.
/// filter [1][filterHeight][filterWidth][outputChannels].
template <class T, class W, class Bias, class Requantizer, class Output>
inline void depthwiseConv2D(const Conv2DParams &p, const T *input, const W *filter, const Bias *bias,
                            const Requantizer &requantize, Output *output) {
  using Unsigned = typename std::make_unsigned<Bias>::type;
  constexpr int32_t blockSize = 64;
  const int32_t multiplier = p.outputChannels / p.inputChannels;
  for (int32_t first = 0; first < p.outputChannels; first += blockSize) {
    const int32_t size = p.outputChannels - first < blockSize ? p.outputChannels - first : blockSize;
    int32_t channel[blockSize];
    for (int32_t c = 0; c < size; ++c)
      channel[c] = (first + c) / multiplier;
    Output *to = output + first;
    for (int32_t n = 0; n < p.batches; ++n)
      for (int32_t oy = 0; oy < p.outputHeight; ++oy)
        for (int32_t ox = 0; ox < p.outputWidth; ++ox, to += p.outputChannels) {
          Unsigned sums[blockSize];
          for (int32_t c = 0; c < size; ++c)
            sums[c] = bias ? static_cast<Unsigned>(bias[first + c]) : 0;
          for (int32_t ky = 0; ky < p.filterHeight; ++ky) {
            const int32_t iy = oy * p.strideHeight - p.padTop + ky * p.dilationHeight;
            if (iy < 0 || iy >= p.inputHeight)
              continue;
            for (int32_t kx = 0; kx < p.filterWidth; ++kx) {
              const int32_t ix = ox * p.strideWidth - p.padLeft + kx * p.dilationWidth;
              if (ix < 0 || ix >= p.inputWidth)
                continue;
              const T *x =
                  input + ((static_cast<ptrdiff_t>(n) * p.inputHeight + iy) * p.inputWidth + ix) * p.inputChannels;
              const W *w = filter + (ky * p.filterWidth + kx) * static_cast<ptrdiff_t>(p.outputChannels) + first;
              if (multiplier == 1) {
                detail::addProducts(size, x + first, p.inputZeroPoint, w, p.filterZeroPoint, sums);
              } else {
                T repeated[blockSize];
                for (int32_t c = 0; c < size; ++c)
                  repeated[c] = x[channel[c]];
                detail::addProducts(size, repeated, p.inputZeroPoint, w, p.filterZeroPoint, sums);
              }
            }
          }
          for (int32_t c = 0; c < size; ++c)
            to[c] = static_cast<Output>(requantize(static_cast<Bias>(sums[c]), first + c));
        }
  }
}

namespace detail {
/// Blocks of a fixed size, in places of their own, become vectors.
template <int Times, class T> inline void repeatTimes(int64_t size, const T *input, T *output) {
  constexpr int block = 16;
  for (; size >= block; size -= block, input += block, output += block * Times) {
    T repeated[block * Times];
    for (int i = 0; i < block * Times; ++i)
      repeated[i] = input[i / Times];
    for (int i = 0; i < block * Times; ++i)
      output[i] = repeated[i];
  }
  for (int64_t i = 0; i < size; ++i, output += Times)
    for (int t = 0; t < Times; ++t)
      output[t] = input[i];
}
} // namespace detail

/// output [size][times] = input [size], each element so many times: what makes a depthwise convolution with a channel
/// multiplier one without. The buffers do not overlap.
template <class T> inline void repeatChannels(int64_t size, int32_t times, const T *input, T *output) {
  switch (times) {
  case 2:
    return detail::repeatTimes<2>(size, input, output);
  case 3:
    return detail::repeatTimes<3>(size, input, output);
  case 4:
    return detail::repeatTimes<4>(size, input, output);
  case 8:
    return detail::repeatTimes<8>(size, input, output);
  default:
    for (int64_t i = 0; i < size; ++i, output += times)
      for (int32_t t = 0; t < times; ++t)
        output[t] = input[i];
  }
}

} // namespace mlir::vernier::runtime

#endif // VERNIER_RUNTIME_DEPTHWISECONV2D_H
