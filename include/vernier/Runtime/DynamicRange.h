//===- DynamicRange.h - Float activations, integer weights ------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// CONV_2D, DEPTHWISE_CONV_2D, TRANSPOSE_CONV and FULLY_CONNECTED with dynamic range: each row of the input is quantized
// when it comes, the sums are those of the integer kernels, and results are float. A row is a batch row of
// FULLY_CONNECTED, and a whole image of a convolution.
//===----------------------------------------------------------------------===//

#ifndef VERNIER_RUNTIME_DYNAMICRANGE_H
#define VERNIER_RUNTIME_DYNAMICRANGE_H

#include "vernier/Numerics/DynamicRange.h"
#include "vernier/Runtime/DepthwiseConv2D.h"
#include "vernier/Runtime/FullyConnected.h"
#include "vernier/Runtime/TransposeConv.h"

namespace mlir::vernier::runtime {

/// What every operator with dynamic range has beside its input: int8 weights, their scales (indexed by channel *
/// `channelStride`), a bias or null, and the clamp of its activation.
struct HybridWeights {
  const int8_t *filter;
  const float *scales;
  int32_t channelStride;
  const float *bias;
  numerics::FloatRange range;
};

namespace detail {
template <class Scale>
numerics::HybridRequantizer<Scale> hybridRequantizer(const HybridWeights &w, int32_t channels,
                                                     const numerics::RowParameters &row) {
  return {w.scales, w.channelStride, channels, w.bias, row.scale, w.range};
}

/// Calls `kernel(params, stored, row, output)` for each image of `p`, which `quantizeRow` stored with the parameters
/// `row`.
template <class QuantizeRow, class Kernel>
inline void forEachQuantizedImage(Conv2DParams p, const QuantizeRow &quantizeRow, const float *input, int8_t *stored,
                                  float *output, Kernel kernel) {
  const ptrdiff_t size = static_cast<ptrdiff_t>(p.inputHeight) * p.inputWidth * p.inputChannels;
  const ptrdiff_t results = static_cast<ptrdiff_t>(p.outputHeight) * p.outputWidth * p.outputChannels;
  const int32_t images = p.batches;
  p.batches = 1;
  for (int32_t n = 0; n < images; ++n) {
    const numerics::RowParameters row = quantizeRow(size, input + n * size, stored);
    p.inputZeroPoint = row.zeroPoint;
    kernel(p, stored, row, output + n * results);
  }
}

/// Calls `kernel(params, stored, requantizer, output)` for each image of `p`.
template <class QuantizeRow, class Scale, class Kernel>
inline void forEachImage(const Conv2DParams &p, const QuantizeRow &quantizeRow, const Scale &, const float *input,
                         const HybridWeights &w, int8_t *stored, float *output, Kernel kernel) {
  forEachQuantizedImage(p, quantizeRow, input, stored, output,
                        [&](const Conv2DParams &image, const int8_t *x, const numerics::RowParameters &row, float *y) {
                          kernel(image, x, hybridRequantizer<Scale>(w, image.outputChannels, row), y);
                        });
}
} // namespace detail

/// FULLY_CONNECTED. `stored` holds one row of the input.
template <class QuantizeRow, class Scale>
inline void fullyConnectedHybrid(FullyConnectedParams p, const QuantizeRow &quantizeRow, const Scale &,
                                 const float *input, const int8_t *filter, const float *scales, int32_t channelStride,
                                 const float *bias, const numerics::FloatRange &range, int8_t *stored, float *output) {
  const HybridWeights w{filter, scales, channelStride, bias, range};
  const int32_t rows = p.batches;
  p.batches = 1;
  for (int32_t n = 0; n < rows; ++n, input += p.inputChannels, output += p.outputChannels) {
    const numerics::RowParameters row = quantizeRow(p.inputChannels, input, stored);
    p.inputZeroPoint = row.zeroPoint;
    fullyConnected(p, stored, filter, static_cast<const int32_t *>(nullptr),
                   detail::hybridRequantizer<Scale>(w, p.outputChannels, row), output);
  }
}

/// CONV_2D. `stored` holds one image.
template <class QuantizeRow, class Scale>
inline void conv2DHybrid(const Conv2DParams &p, const QuantizeRow &quantizeRow, const Scale &scale, const float *input,
                         const int8_t *filter, const float *scales, int32_t channelStride, const float *bias,
                         const numerics::FloatRange &range, int8_t *stored, float *output) {
  detail::forEachImage(p, quantizeRow, scale, input, {filter, scales, channelStride, bias, range}, stored, output,
                       [&](const Conv2DParams &image, const int8_t *x, const auto &requantize, float *y) {
                         conv2D(image, x, filter, static_cast<const int32_t *>(nullptr), requantize, y);
                       });
}

/// DEPTHWISE_CONV_2D. `stored` holds one image.
template <class QuantizeRow, class Scale>
inline void depthwiseConv2DHybrid(const Conv2DParams &p, const QuantizeRow &quantizeRow, const Scale &scale,
                                  const float *input, const int8_t *filter, const float *scales, int32_t channelStride,
                                  const float *bias, const numerics::FloatRange &range, int8_t *stored, float *output) {
  detail::forEachImage(p, quantizeRow, scale, input, {filter, scales, channelStride, bias, range}, stored, output,
                       [&](const Conv2DParams &image, const int8_t *x, const auto &requantize, float *y) {
                         depthwiseConv2D(image, x, filter, static_cast<const int32_t *>(nullptr), requantize, y);
                       });
}

/// TRANSPOSE_CONV. `stored` holds one image.
template <class QuantizeRow, class Scale>
inline void transposeConvHybrid(const Conv2DParams &p, const QuantizeRow &quantizeRow, const Scale &scale,
                                const float *input, const int8_t *filter, const float *scales, int32_t channelStride,
                                const float *bias, const numerics::FloatRange &range, int8_t *stored, float *output) {
  detail::forEachImage(p, quantizeRow, scale, input, {filter, scales, channelStride, bias, range}, stored, output,
                       [&](const Conv2DParams &image, const int8_t *x, const auto &requantize, float *y) {
                         transposeConv(image, x, filter, static_cast<const int32_t *>(nullptr), requantize, y);
                       });
}

/// TRANSPOSE_CONV of TFLite's own kernels: each product is scaled to float, and floats are summed in the order of the
/// input's rows, columns and channels. `stored` holds one image.
template <class QuantizeRow, class Scale>
inline void transposeConvInFloat(const Conv2DParams &p, const QuantizeRow &quantizeRow, const Scale &,
                                 const float *input, const int8_t *filter, const float *scales, int32_t channelStride,
                                 const float *bias, const numerics::FloatRange &range, int8_t *stored, float *output) {
  const ptrdiff_t size = static_cast<ptrdiff_t>(p.inputHeight) * p.inputWidth * p.inputChannels;
  const ptrdiff_t filterSize = static_cast<ptrdiff_t>(p.filterHeight) * p.filterWidth * p.inputChannels;
  for (int32_t n = 0; n < p.batches; ++n) {
    const numerics::RowParameters row = quantizeRow(size, input + n * size, stored);
    for (int32_t oy = 0; oy < p.outputHeight; ++oy)
      for (int32_t ox = 0; ox < p.outputWidth; ++ox)
        for (int32_t oc = 0; oc < p.outputChannels; ++oc) {
          const float weightScale = scales[oc * channelStride];
          float sum = 0;
          // The last taps first: they come from the first inputs.
          for (int32_t ky = p.filterHeight - 1; ky >= 0; --ky) {
            const int32_t y = oy + p.padTop - ky;
            if (y < 0 || y % p.strideHeight != 0 || y / p.strideHeight >= p.inputHeight)
              continue;
            for (int32_t kx = p.filterWidth - 1; kx >= 0; --kx) {
              const int32_t x = ox + p.padLeft - kx;
              if (x < 0 || x % p.strideWidth != 0 || x / p.strideWidth >= p.inputWidth)
                continue;
              const int8_t *from =
                  stored +
                  (static_cast<ptrdiff_t>(y / p.strideHeight) * p.inputWidth + x / p.strideWidth) * p.inputChannels;
              const int8_t *w =
                  filter + oc * filterSize + (ky * p.filterWidth + kx) * static_cast<ptrdiff_t>(p.inputChannels);
              for (int32_t c = 0; c < p.inputChannels; ++c)
                sum += numerics::product(
                    numerics::product(static_cast<float>((from[c] - row.zeroPoint) * w[c]), weightScale), row.scale);
            }
          }
          *output++ = range.clamp(bias ? sum + bias[oc] : sum);
        }
  }
}

} // namespace mlir::vernier::runtime

#endif // VERNIER_RUNTIME_DYNAMICRANGE_H
