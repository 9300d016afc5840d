//===- FullyConnected.h - integer matrix-vector products --------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// FULLY_CONNECTED for every integer scheme: the scalar form. Float is in
// Float/Kernels.h.
//===----------------------------------------------------------------------===//

#ifndef VERNIER_RUNTIME_FULLYCONNECTED_H
#define VERNIER_RUNTIME_FULLYCONNECTED_H

#include "vernier/Numerics/Requantize.h"
#include "vernier/Runtime/DotProduct.h"
#include <cstddef>

namespace mlir::vernier::runtime {

/// y[n][oc] = requantize(bias[oc] + sum over ic of (x[n][ic] - inputZeroPoint)
/// * (w[oc][ic] - filterZeroPoint))
struct FullyConnectedParams {
  int32_t batches;
  int32_t inputChannels;
  int32_t outputChannels;
  int32_t inputZeroPoint;
  int32_t filterZeroPoint;
};

/// `Bias` is the accumulator's type. `bias` may be null. No buffers may
/// overlap.
template <class T, class W, class Bias, class Requantizer, class Output>
inline void fullyConnected(const FullyConnectedParams &p, const T *input, const W *filter, const Bias *bias,
                           const Requantizer &requantize, Output *output) {
  using Unsigned = typename std::make_unsigned<Bias>::type;
  for (int32_t n = 0; n < p.batches; ++n)
    for (int32_t oc = 0; oc < p.outputChannels; ++oc) {
      const T *x = input + static_cast<ptrdiff_t>(n) * p.inputChannels;
      const W *w = filter + static_cast<ptrdiff_t>(oc) * p.inputChannels;
      Unsigned sum = bias ? static_cast<Unsigned>(bias[oc]) : 0;
      sum += detail::sumOfProducts<Unsigned>(p.inputChannels, x, p.inputZeroPoint, w, p.filterZeroPoint);
      *output++ = static_cast<Output>(requantize(static_cast<Bias>(sum), oc));
    }
}

} // namespace mlir::vernier::runtime

#endif // VERNIER_RUNTIME_FULLYCONNECTED_H
