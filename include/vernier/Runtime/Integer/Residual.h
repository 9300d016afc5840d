//===- Residual.h - What is joined to results in the cache ------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A residual addition right behind a convolution, or any other function of two elements: results are joined with the
// elements at their places a few kilobytes after they were written, so that they never leave the first-level cache.
//===----------------------------------------------------------------------===//

#ifndef VERNIER_RUNTIME_INTEGER_RESIDUAL_H
#define VERNIER_RUNTIME_INTEGER_RESIDUAL_H

#include "vernier/Runtime/Elementwise.h"

namespace mlir::vernier::runtime {

/// function(rhs, lhs).
template <class Function> struct Flipped {
  Function function;
  template <class T> VERNIER_ALWAYS_INLINE auto operator()(T lhs, T rhs) const { return function(rhs, lhs); }
};
template <class Function, class L, class R, class Out>
VERNIER_ALWAYS_INLINE void mapBlock(const Flipped<Function> &flipped, const L *lhs, const R *rhs, Out *output) {
  mapBlock(flipped.function, rhs, lhs, output);
}

namespace detail {
/// Results stay as they are.
struct NoResidual {
  template <class Stored> VERNIER_ALWAYS_INLINE void join(Stored *, ptrdiff_t) const {}
};

/// Result i of those that begin at `results` becomes function(result, elements[i]).
template <class T, class Function> struct Residual {
  const T *elements;
  const T *results;
  const Function &function;

  /// Tiles may write bytes of either sign as one type.
  template <class Stored> void join(Stored *from, ptrdiff_t count) const {
    T *joined = reinterpret_cast<T *>(from);
    accumulate(count, elements + (joined - results), function, joined);
  }
};
} // namespace detail

} // namespace mlir::vernier::runtime

#endif // VERNIER_RUNTIME_INTEGER_RESIDUAL_H
