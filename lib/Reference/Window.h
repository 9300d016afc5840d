//===- Window.h - Windows that slide over height and width ------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_LIB_REFERENCE_WINDOW_H
#define VERNIER_LIB_REFERENCE_WINDOW_H

#include "vernier/Dialect/NN/NN.h"
#include <algorithm>

namespace mlir::vernier::reference {

/// One spatial dimension of a convolution or a pool: output position `o` looks at the input positions
/// o * stride - before + k * dilation that lie within the input.
struct Window {
  int64_t input, kernel, stride, dilation;
  int64_t output, before;

  /// SAME gives ceil(input / stride) positions and pads evenly, the odd cell last; VALID pads nothing.
  Window(int64_t input, int64_t kernel, int64_t stride, int64_t dilation, nn::Padding padding)
      : input(input), kernel(kernel), stride(stride), dilation(dilation), before(0) {
    int64_t extent = (kernel - 1) * dilation + 1;
    if (padding == nn::Padding::VALID) {
      output = std::max<int64_t>((input + stride - extent) / stride, 0);
      return;
    }
    output = (input + stride - 1) / stride;
    before = std::max<int64_t>((output - 1) * stride + extent - input, 0) / 2;
  }

  /// Calls `visit(k, i)` for each tap k of position `o` whose input position i is valid.
  template <typename Visit> void forEachTap(int64_t o, Visit visit) const {
    int64_t origin = o * stride - before;
    int64_t first = origin < 0 ? (-origin + dilation - 1) / dilation : 0;
    for (int64_t k = first; k < kernel && origin + k * dilation < input; ++k)
      visit(k, origin + k * dilation);
  }
};

} // namespace mlir::vernier::reference

#endif // VERNIER_LIB_REFERENCE_WINDOW_H
