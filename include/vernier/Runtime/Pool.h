//===- Pool.h - AVERAGE_POOL_2D and MAX_POOL_2D -----------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Windows are clipped to the input: padding takes no part in an average or a
// maximum. Every kernel set of LiteRT agrees on the 8-bit forms.
//===----------------------------------------------------------------------===//

#ifndef VERNIER_RUNTIME_POOL_H
#define VERNIER_RUNTIME_POOL_H

#include "vernier/Numerics/Affine.h"
#include <cstddef>
#include <cstring>

namespace mlir::vernier::runtime {

/// input [batches][inputHeight][inputWidth][channels], output
/// [batches][outputHeight][outputWidth][channels].
struct Pool2DParams {
  int32_t batches;
  int32_t inputHeight, inputWidth;
  int32_t outputHeight, outputWidth;
  int32_t channels;
  int32_t filterHeight, filterWidth;
  int32_t strideHeight, strideWidth;
  int32_t padTop, padLeft;
};

namespace detail {
/// The part of a window that lies within the input.
struct Interval {
  int32_t begin, end;
};
constexpr Interval clipWindow(int32_t output, int32_t stride, int32_t pad, int32_t filter, int32_t input) {
  const int32_t origin = output * stride - pad;
  return {origin < 0 ? 0 : origin, origin + filter < input ? origin + filter : input};
}

/// Calls `pixel(rows, columns, image, outputOffset)` for each output pixel.
template <class T, class Pixel> inline void forEachWindow(const Pool2DParams &p, const T *input, Pixel pixel) {
  ptrdiff_t at = 0;
  for (int32_t n = 0; n < p.batches; ++n)
    for (int32_t oy = 0; oy < p.outputHeight; ++oy)
      for (int32_t ox = 0; ox < p.outputWidth; ++ox, at += p.channels)
        pixel(clipWindow(oy, p.strideHeight, p.padTop, p.filterHeight, p.inputHeight),
              clipWindow(ox, p.strideWidth, p.padLeft, p.filterWidth, p.inputWidth),
              input + static_cast<ptrdiff_t>(n) * p.inputHeight * p.inputWidth * p.channels, at);
}

/// Calls `part(first, width)` for parts of channels whose width the compiler knows: loops of a fixed length become
/// vectors where it is shy of others.
template <int32_t Width = 64, class Part>
VERNIER_ALWAYS_INLINE void forEachPart(int32_t channels, const Part &part, int32_t first = 0) {
  for (; first + Width <= channels; first += Width)
    part(first, std::integral_constant<int32_t, Width>());
  if constexpr (Width > 1)
    if (first < channels)
      forEachPart<Width / 4>(channels, part, first);
}
/// Folds the cells of a window, row by row, into `part` for as many channels from `first` on.
template <int32_t Width, class T, class A, class Fold>
VERNIER_ALWAYS_INLINE void foldWindow(const Pool2DParams &p, const T *image, Interval rows, Interval columns,
                                      int32_t first, A (&part)[Width], Fold fold) {
  for (int32_t iy = rows.begin; iy < rows.end; ++iy) {
    const T *x = image + (static_cast<ptrdiff_t>(iy) * p.inputWidth + columns.begin) * p.channels + first;
    for (int32_t ix = columns.begin; ix < columns.end; ++ix, x += p.channels) {
      // Bytes in a place of their own: a pointer to others might point to `part`.
      T cell[Width];
      std::memcpy(cell, x, sizeof(cell));
      for (int32_t c = 0; c < Width; ++c)
        part[c] = fold(part[c], cell[c]);
    }
  }
}
} // namespace detail

/// y = clamp(sum / count), half away from zero, where input and output share
/// scale and zero point.
template <class T>
inline void averagePool2D(const Pool2DParams &p, const T *input, int32_t min, int32_t max, T *output) {
  detail::forEachWindow(p, input, [&](detail::Interval rows, detail::Interval columns, const T *image, ptrdiff_t at) {
    const int32_t count = (rows.end - rows.begin) * (columns.end - columns.begin);
    detail::forEachPart(p.channels, [&](int32_t first, auto width) {
      // Read again soon after they are written: from one line of the cache.
      alignas(64) int32_t sums[width] = {};
      detail::foldWindow(p, image, rows, columns, first, sums, [](int32_t s, T x) { return s + x; });
      // A quotient of int32 in double is right when truncated, and there are vectors of it.
      T averages[width];
      for (int32_t c = 0; c < width; ++c) {
        const int32_t nudged = sums[c] + (sums[c] > 0 ? count / 2 : -(count / 2));
        const auto average = static_cast<int32_t>(static_cast<double>(nudged) / count);
        averages[c] = static_cast<T>(numerics::clamp(average, min, max));
      }
      std::memcpy(output + at + first, averages, sizeof(averages));
    });
  });
}

/// y = clamp(sum / count) in float; cells are summed row by row.
inline void averagePool2D(const Pool2DParams &p, const float *input, numerics::FloatRange range, float *output) {
  detail::forEachWindow(
      p, input, [&](detail::Interval rows, detail::Interval columns, const float *image, ptrdiff_t at) {
        const float count = static_cast<float>((rows.end - rows.begin) * (columns.end - columns.begin));
        detail::forEachPart(p.channels, [&](int32_t first, auto width) {
          float sums[width] = {};
          detail::foldWindow(p, image, rows, columns, first, sums, [](float s, float x) { return s + x; });
          for (int32_t c = 0; c < width; ++c)
            output[at + first + c] = range.clamp(sums[c] / count);
        });
      });
}

/// y = clamp(sqrt(sum of squares / count)) in float; cells are summed row by
/// row.
inline void l2Pool2D(const Pool2DParams &p, const float *input, numerics::FloatRange range, float *output) {
  detail::forEachWindow(
      p, input, [&](detail::Interval rows, detail::Interval columns, const float *image, ptrdiff_t at) {
        const float count = static_cast<float>((rows.end - rows.begin) * (columns.end - columns.begin));
        detail::forEachPart(p.channels, [&](int32_t first, auto width) {
          float sums[width] = {};
          detail::foldWindow(p, image, rows, columns, first, sums,
                             [](float s, float x) { return s + numerics::product(x, x); });
          for (int32_t c = 0; c < width; ++c)
            output[at + first + c] = range.clamp(std::sqrt(sums[c] / count));
        });
      });
}

/// y = clamp(max). `T` is float or an integer whose scale and zero point input
/// and output share.
template <class T> inline void maxPool2D(const Pool2DParams &p, const T *input, T min, T max, T *output) {
  detail::forEachWindow(p, input, [&](detail::Interval rows, detail::Interval columns, const T *image, ptrdiff_t at) {
    detail::forEachPart(p.channels, [&](int32_t first, auto width) {
      T largest[width];
      for (T &value : largest)
        value = std::numeric_limits<T>::lowest();
      detail::foldWindow(p, image, rows, columns, first, largest, [](T m, T x) { return m < x ? x : m; });
      for (T &value : largest)
        value = numerics::clamp(value, min, max);
      std::memcpy(output + at + first, largest, sizeof(largest));
    });
  });
}

} // namespace mlir::vernier::runtime

#endif // VERNIER_RUNTIME_POOL_H
