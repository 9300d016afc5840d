//===- SlidingWindow.h - windows of three that share inputs -----*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Of the columns, or rows, that a window of three reads, its neighbours read some too: each is loaded once, and added
// to the sums of every window that it lies in.
//===----------------------------------------------------------------------===//

#ifndef VERNIER_RUNTIME_INTEGER_SLIDINGWINDOW_H
#define VERNIER_RUNTIME_INTEGER_SLIDINGWINDOW_H

#include "vernier/Numerics/Requantize.h"
#include <cstddef>

namespace mlir::vernier::runtime::detail {

/// With a stride of 1 neighbours share two of three, with one of 2 they share one. `read(i)` loads what lies `i` places
/// on, where `i` is one more with each call; `add(sums, inputs, weights)` adds products, and `finish(sums, output)`
/// takes the sums of each of `outputs` windows, which began with `starts`.
template <int Stride, class Sums, class Taps, class Read, class Add, class Finish>
VERNIER_ALWAYS_INLINE void slideWindow(const Sums &starts, const Taps *weights, int32_t outputs, Read read,
                                       const Add &add, const Finish &finish) {
  static_assert(Stride == 1 || Stride == 2, "others share nothing");
  const Taps w0 = weights[0], w1 = weights[1], w2 = weights[2];
  Sums a = starts;
  Taps x = read(0);
  add(a, x, w0);
  if constexpr (Stride == 1) {
    Sums b = starts;
    x = read(1);
    add(a, x, w1);
    add(b, x, w0);
#pragma GCC unroll 1
    for (int32_t i = 0; i < outputs; ++i) {
      Sums c = starts;
      x = read(static_cast<ptrdiff_t>(i) + 2);
      add(a, x, w2);
      add(b, x, w1);
      add(c, x, w0);
      finish(a, i);
      a = b;
      b = c;
    }
  } else {
#pragma GCC unroll 1
    for (int32_t i = 0; i < outputs; ++i) {
      Sums b = starts;
      x = read(2 * static_cast<ptrdiff_t>(i) + 1);
      add(a, x, w1);
      x = read(2 * static_cast<ptrdiff_t>(i) + 2);
      add(a, x, w2);
      add(b, x, w0);
      finish(a, i);
      a = b;
    }
  }
}

} // namespace mlir::vernier::runtime::detail

#endif // VERNIER_RUNTIME_INTEGER_SLIDINGWINDOW_H
