//===- Kernels.h - the table of integer kernels -------------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One row for an instruction set, an element type and an arithmetic of
// requantization. All rows give the same bits.
//===----------------------------------------------------------------------===//

#ifndef VERNIER_RUNTIME_INTEGER_KERNELS_H
#define VERNIER_RUNTIME_INTEGER_KERNELS_H

#include "vernier/Runtime/Integer/Convolution.h"
#include "vernier/Runtime/Integer/Depthwise.h"

namespace mlir::vernier::runtime {

template <class T, class Requantizer, class Filter = PackedIntegerFilter> struct IntegerKernels {
  const char *name;
  void (*conv2D)(const Conv2DParams &p, const T *input, const Filter &filter, const Requantizer &requantize, T *output);
  void (*fullyConnected)(const FullyConnectedParams &p, const T *input, const Filter &filter,
                         const Requantizer &requantize, T *output);
  /// For a channel multiplier of 1.
  void (*depthwiseConv2D)(const Conv2DParams &p, const T *input, const IntegerWeight<T> *filter, const int32_t *bias,
                          const Requantizer &requantize, T *output);
};

template <class Isa, class T, class Requantizer, class Filter = PackedIntegerFilter>
constexpr IntegerKernels<T, Requantizer, Filter> makeIntegerKernels() {
  return {Isa::name, conv2DPacked<Isa, T, Filter, Requantizer>, fullyConnectedPacked<Isa, T, Filter, Requantizer>,
          depthwiseConv2DVector<Isa, T, IntegerWeight<T>, Requantizer, T>};
}

} // namespace mlir::vernier::runtime

#endif // VERNIER_RUNTIME_INTEGER_KERNELS_H
