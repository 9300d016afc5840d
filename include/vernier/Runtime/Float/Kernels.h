//===- Kernels.h - the table of float kernels -------------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One row per instruction set. A program built for several fills a table from
// each file that its compiler flags allow and picks one when it starts; results
// are the same bits.
//===----------------------------------------------------------------------===//

#ifndef VERNIER_RUNTIME_FLOAT_KERNELS_H
#define VERNIER_RUNTIME_FLOAT_KERNELS_H

#include "vernier/Runtime/Float/Convolution.h"
#include "vernier/Runtime/Float/Depthwise.h"

namespace mlir::vernier::runtime {

struct FloatKernels {
  const char *name;
  void (*conv2D)(const Conv2DParams &p, const float *input, const float *packed, const float *bias,
                 const numerics::FloatRange &range, float *output);
  void (*depthwiseConv2D)(const Conv2DParams &p, const float *input, const float *filter, const float *bias,
                          const numerics::FloatRange &range, float *output);
  void (*transposeConv)(const Conv2DParams &p, const float *input, const float *packed, const float *bias,
                        const numerics::FloatRange &range, float *output);
  void (*fullyConnected)(const FullyConnectedParams &p, const float *input, const float *packed, const float *bias,
                         const numerics::FloatRange &range, float *output);
};

/// The kernels of an instruction set.
template <class Isa> constexpr FloatKernels makeFloatKernels() {
  return {Isa::name, conv2DFloat<Isa>, depthwiseConv2DFloat<Isa>, transposeConvFloat<Isa>, fullyConnectedFloat<Isa>};
}

} // namespace mlir::vernier::runtime

#endif // VERNIER_RUNTIME_FLOAT_KERNELS_H
