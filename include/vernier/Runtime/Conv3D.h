//===- Conv3D.h - Convolutions over volumes, float ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_RUNTIME_CONV3D_H
#define VERNIER_RUNTIME_CONV3D_H

#include "vernier/Numerics/Affine.h"
#include <cmath>
#include <cstddef>

namespace mlir::vernier::runtime {

/// One dimension of a volume: position `o` of the smaller side looks at
/// positions o * stride - pad + k * dilation of the larger one.
struct VolumeAxis {
  int32_t large, small, filter, stride, dilation, pad;

  int32_t at(int32_t o, int32_t k) const { return o * stride - pad + k * dilation; }
  bool contains(int32_t position) const { return position >= 0 && position < large; }
};

/// Shapes of a convolution over volumes, or of its transpose.
struct Conv3DParams {
  int32_t batches;
  /// Depth, height, width.
  VolumeAxis axes[3];
  int32_t inputChannels, outputChannels;
};

namespace detail {
/// Calls `visit(small offset, large offset, tap)` for each pair of cells that a
/// tap of the filter joins, offsets in cells.
template <class Visit> inline void forEachVolumeTap(const Conv3DParams &p, Visit visit) {
  const VolumeAxis &d = p.axes[0], &h = p.axes[1], &w = p.axes[2];
  ptrdiff_t small = 0;
  for (int32_t n = 0; n < p.batches; ++n)
    for (int32_t od = 0; od < d.small; ++od)
      for (int32_t oh = 0; oh < h.small; ++oh)
        for (int32_t ow = 0; ow < w.small; ++ow, ++small)
          for (int32_t kd = 0; kd < d.filter; ++kd)
            for (int32_t kh = 0; kh < h.filter; ++kh)
              for (int32_t kw = 0; kw < w.filter; ++kw) {
                const int32_t id = d.at(od, kd), ih = h.at(oh, kh), iw = w.at(ow, kw);
                if (d.contains(id) && h.contains(ih) && w.contains(iw))
                  visit(small, ((static_cast<ptrdiff_t>(n) * d.large + id) * h.large + ih) * w.large + iw,
                        (static_cast<ptrdiff_t>(kd) * h.filter + kh) * w.filter + kw);
              }
}

/// output[cell][c] = bias[c], or 0.
inline void startAtBias(ptrdiff_t cells, int32_t channels, const float *bias, float *output) {
  for (ptrdiff_t i = 0; i < cells; ++i)
    for (int32_t c = 0; c < channels; ++c)
      *output++ = bias ? bias[c] : 0.0f;
}
inline void clampAll(ptrdiff_t size, numerics::FloatRange range, float *output) {
  for (ptrdiff_t i = 0; i < size; ++i)
    output[i] = range.clamp(output[i]);
}
} // namespace detail

/// The larger side is the input; filter [taps][input channels][output
/// channels]. Sums run tap by tap, from the bias, with fused multiply-add.
inline void conv3D(const Conv3DParams &p, const float *input, const float *filter, const float *bias,
                   numerics::FloatRange range, float *output) {
  const ptrdiff_t cells = static_cast<ptrdiff_t>(p.batches) * p.axes[0].small * p.axes[1].small * p.axes[2].small;
  detail::startAtBias(cells, p.outputChannels, bias, output);
  detail::forEachVolumeTap(p, [&](ptrdiff_t small, ptrdiff_t large, ptrdiff_t tap) {
    const float *x = input + large * p.inputChannels;
    const float *w = filter + tap * p.inputChannels * p.outputChannels;
    float *y = output + small * p.outputChannels;
    for (int32_t i = 0; i < p.inputChannels; ++i, w += p.outputChannels)
      for (int32_t o = 0; o < p.outputChannels; ++o)
        y[o] = numerics::fusedMultiplyAdd(x[i], w[o], y[o]);
  });
  detail::clampAll(cells * p.outputChannels, range, output);
}

/// The larger side is the output; filter [taps][output channels][input
/// channels].
inline void conv3DTranspose(const Conv3DParams &p, const float *input, const float *filter, const float *bias,
                            numerics::FloatRange range, float *output) {
  const ptrdiff_t cells = static_cast<ptrdiff_t>(p.batches) * p.axes[0].large * p.axes[1].large * p.axes[2].large;
  detail::startAtBias(cells, p.outputChannels, bias, output);
  detail::forEachVolumeTap(p, [&](ptrdiff_t small, ptrdiff_t large, ptrdiff_t tap) {
    const float *x = input + small * p.inputChannels;
    const float *w = filter + tap * p.inputChannels * p.outputChannels;
    float *y = output + large * p.outputChannels;
    for (int32_t o = 0; o < p.outputChannels; ++o, w += p.inputChannels)
      for (int32_t i = 0; i < p.inputChannels; ++i)
        y[o] = numerics::fusedMultiplyAdd(x[i], w[i], y[o]);
  });
  detail::clampAll(cells * p.outputChannels, range, output);
}

} // namespace mlir::vernier::runtime

#endif // VERNIER_RUNTIME_CONV3D_H
