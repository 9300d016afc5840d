//===- ResizeBilinear.h - RESIZE_BILINEAR -----------------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Each output pixel blends four input pixels. Float and XNNPACK's 8-bit form
// take positions in float; the reference kernels' int8 form takes them in Q10.
//===----------------------------------------------------------------------===//

#ifndef VERNIER_RUNTIME_RESIZEBILINEAR_H
#define VERNIER_RUNTIME_RESIZEBILINEAR_H

#include "vernier/Numerics/Rounding.h"
#include <cmath>
#include <cstddef>
#include <cstring>

namespace mlir::vernier::runtime {

/// input [batches][inputHeight][inputWidth][channels], output likewise.
struct ResizeParams {
  int32_t batches;
  int32_t inputHeight, inputWidth;
  int32_t outputHeight, outputWidth;
  int32_t channels;
  bool alignCorners;
  bool halfPixelCenters;
};

namespace detail {
/// The two input positions that an output position blends, and the weight of
/// the second.
template <class Weight> struct Blend {
  int32_t first, second;
  Weight weight;
};

/// The step in the input for one step in the output.
inline float resizeScale(int32_t input, int32_t output, const ResizeParams &p) {
  const bool corners = p.alignCorners && output > 1;
  return static_cast<float>(corners ? input - 1 : input) / static_cast<float>(corners ? output - 1 : output);
}

inline Blend<float> blendFloat(int32_t at, int32_t input, int32_t output, const ResizeParams &p) {
  const float scale = resizeScale(input, output, p);
  float position = numerics::product(static_cast<float>(at), scale);
  if (p.halfPixelCenters)
    position = numerics::clamp(position + (numerics::product(0.5f, scale) - 0.5f), 0.0f, static_cast<float>(input - 1));
  const int32_t first = numerics::clamp(static_cast<int32_t>(position), 0, input - 1);
  return {first, first + 1 < input ? first + 1 : first, position - static_cast<float>(first)};
}

/// As the reference kernels place it: not clamped to the input first.
inline Blend<float> blendReference(int32_t at, int32_t input, int32_t output, const ResizeParams &p) {
  const float scale = resizeScale(input, output, p);
  const float position = p.halfPixelCenters ? numerics::product(static_cast<float>(at) + 0.5f, scale) - 0.5f
                                            : numerics::product(static_cast<float>(at), scale);
  const int32_t below = static_cast<int32_t>(std::floor(position));
  const int32_t above = static_cast<int32_t>(std::ceil(position));
  const int32_t first = below > 0 ? below : 0;
  return {first, above < input ? above : input - 1, position - static_cast<float>(first)};
}

/// XNNPACK's weights have 11 bits.
inline Blend<int32_t> blendQ11(int32_t at, int32_t input, int32_t output, const ResizeParams &p) {
  const Blend<float> blend = blendFloat(at, input, output, p);
  return {blend.first, blend.second, numerics::roundHalfEven(numerics::product(blend.weight, 2048.0f))};
}

inline Blend<int32_t> blendQ10(int32_t at, int32_t input, int32_t output, const ResizeParams &p) {
  constexpr int32_t one = 1 << 10;
  const bool corners = p.alignCorners && output > 1;
  const int32_t scale =
      corners ? (one * (input - 1) + (output - 1) / 2) / (output - 1) : (one * input + output / 2) / output;
  const int32_t position = at * scale + (p.halfPixelCenters ? scale / 2 - one / 2 : 0);
  const int32_t first = position / one > 0 ? position / one : 0;
  const int32_t second = (position + one - 1) / one;
  return {first < input ? first : input - 1, second < input ? second : input - 1, position - one * first};
}

/// Calls `blend(rows, columns, image, outputPixel)` for each output pixel,
/// where rows and columns come from `along`.
template <class T, class Along, class Pixel>
inline void forEachResizedPixel(const ResizeParams &p, const T *input, T *output, Along along, Pixel pixel) {
  for (int32_t n = 0; n < p.batches; ++n)
    for (int32_t y = 0; y < p.outputHeight; ++y) {
      const auto rows = along(y, p.inputHeight, p.outputHeight, p);
      const T *image = input + static_cast<ptrdiff_t>(n) * p.inputHeight * p.inputWidth * p.channels;
      const T *top = image + static_cast<ptrdiff_t>(rows.first) * p.inputWidth * p.channels;
      const T *bottom = image + static_cast<ptrdiff_t>(rows.second) * p.inputWidth * p.channels;
      for (int32_t x = 0; x < p.outputWidth; ++x, output += p.channels) {
        const auto columns = along(x, p.inputWidth, p.outputWidth, p);
        const ptrdiff_t left = static_cast<ptrdiff_t>(columns.first) * p.channels;
        const ptrdiff_t right = static_cast<ptrdiff_t>(columns.second) * p.channels;
        for (int32_t c = 0; c < p.channels; ++c)
          output[c] = static_cast<T>(
              pixel(top[left + c], top[right + c], bottom[left + c], bottom[right + c], columns.weight, rows.weight));
      }
    }
}
} // namespace detail

/// Rows first, then columns.
inline void resizeBilinear(const ResizeParams &p, const float *input, float *output) {
  detail::forEachResizedPixel(p, input, output, detail::blendFloat,
                              [](float tl, float tr, float bl, float br, float x, float y) {
                                const float top = tl + numerics::product(tr - tl, x);
                                const float bottom = bl + numerics::product(br - bl, x);
                                return top + numerics::product(bottom - top, y);
                              });
}

namespace detail {
/// Elements of a block: of a fixed size, they become vectors.
constexpr int32_t resizeBlock = 16;

/// What 11-bit weights make of two rows.
template <class T>
inline void blendRowsQ11(int32_t count, const T *__restrict top, const T *__restrict bottom, int32_t weight,
                         int32_t *__restrict blended) {
  const auto blend = [&](int32_t i) { blended[i] = top[i] * 2048 + (bottom[i] - top[i]) * weight; };
  int32_t i = 0;
  for (; i + resizeBlock <= count; i += resizeBlock)
    for (int32_t j = i; j < i + resizeBlock; ++j)
      blend(j);
  for (; i < count; ++i)
    blend(i);
}

/// One result of a row, of `count` channels, in whole blocks: what they read behind its end is no matter. They may
/// write `space` elements, which hold what is written later.
template <class T>
VERNIER_ALWAYS_INLINE void blendPixelQ11(int32_t count, int64_t space, const int32_t *__restrict left,
                                         const int32_t *__restrict right, int32_t weight, T *__restrict output) {
  for (int32_t c = 0; c < count; c += resizeBlock) {
    T results[resizeBlock];
    for (int32_t i = 0; i < resizeBlock; ++i)
      results[i] = static_cast<T>((left[c + i] * 2048 + (right[c + i] - left[c + i]) * weight + (1 << 21)) >> 22);
    if (space - c >= resizeBlock)
      std::memcpy(output + c, results, sizeof(results));
    else
      for (int32_t i = 0; i < count - c && i < resizeBlock; ++i)
        output[c + i] = results[i];
  }
}
} // namespace detail

/// XNNPACK's int8 and uint8 form: half up. All sums are exact, so that rows may be blended before columns are: a few
/// columns of some channels at a time, whose places are found once for all rows.
template <class T> inline void resizeBilinearXnnpack(const ResizeParams &p, const T *input, T *output) {
  constexpr int32_t room = 2048, mostChannels = 256, mostColumns = 64;
  int32_t blended[room + detail::resizeBlock] = {};
  detail::Blend<int32_t> columns[mostColumns];
  const ptrdiff_t inputRow = static_cast<ptrdiff_t>(p.inputWidth) * p.channels;
  const ptrdiff_t outputRow = static_cast<ptrdiff_t>(p.outputWidth) * p.channels;
  for (int32_t channel = 0; channel < p.channels; channel += mostChannels) {
    const int32_t channels = p.channels - channel < mostChannels ? p.channels - channel : mostChannels;
    for (int32_t x = 0, count; x < p.outputWidth; x += count) {
      for (count = 0; count < mostColumns && x + count < p.outputWidth; ++count) {
        columns[count] = detail::blendQ11(x + count, p.inputWidth, p.outputWidth, p);
        if ((columns[count].second - columns[0].first + 1) * channels > room)
          break;
      }
      const int32_t span = columns[count - 1].second - columns[0].first + 1;
      const T *image = input + static_cast<ptrdiff_t>(columns[0].first) * p.channels + channel;
      T *to = output + static_cast<ptrdiff_t>(x) * p.channels + channel;
      for (int32_t n = 0; n < p.batches; ++n, image += p.inputHeight * inputRow)
        for (int32_t y = 0; y < p.outputHeight; ++y, to += outputRow) {
          const detail::Blend<int32_t> rows = detail::blendQ11(y, p.inputHeight, p.outputHeight, p);
          const T *top = image + rows.first * inputRow, *bottom = image + rows.second * inputRow;
          if (channels == p.channels)
            detail::blendRowsQ11(span * channels, top, bottom, rows.weight, blended);
          else
            for (int32_t i = 0; i < span; ++i)
              detail::blendRowsQ11(channels, top + static_cast<ptrdiff_t>(i) * p.channels,
                                   bottom + static_cast<ptrdiff_t>(i) * p.channels, rows.weight,
                                   blended + i * channels);
          for (int32_t i = 0; i < count; ++i)
            detail::blendPixelQ11(channels, channels == p.channels ? int64_t(count - i) * channels : channels,
                                  blended + (columns[i].first - columns[0].first) * channels,
                                  blended + (columns[i].second - columns[0].first) * channels, columns[i].weight,
                                  to + static_cast<ptrdiff_t>(i) * p.channels);
        }
    }
  }
}

/// The reference kernels' form of signed integers: half away from zero.
template <class T> inline void resizeBilinearReference(const ResizeParams &p, const T *input, T *output) {
  detail::forEachResizedPixel(
      p, input, output, detail::blendQ10, [](int64_t tl, int64_t tr, int64_t bl, int64_t br, int64_t x, int64_t y) {
        constexpr int64_t one = 1 << 10;
        const int64_t sum = tl * (one - y) * (one - x) + bl * y * (one - x) + tr * (one - y) * x + br * y * x;
        return (sum + (sum > 0 ? 1 << 19 : -(1 << 19))) / (1 << 20);
      });
}

/// The reference kernels' uint8 form: in float, half up.
inline void resizeBilinearReference(const ResizeParams &p, const uint8_t *input, uint8_t *output) {
  detail::forEachResizedPixel(p, input, output, detail::blendReference,
                              [](float tl, float tr, float bl, float br, float x, float y) {
                                using numerics::product;
                                const float sum = product(product(tl, 1 - y), 1 - x) + product(product(bl, y), 1 - x) +
                                                  product(product(tr, 1 - y), x) + product(product(br, y), x);
                                return static_cast<uint8_t>(numerics::clamp(sum + 0.5f, 0.0f, 255.0f));
                              });
}

} // namespace mlir::vernier::runtime

#endif // VERNIER_RUNTIME_RESIZEBILINEAR_H
