//===- Dense.h - Matrix products for recurrent kernels ----------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_RUNTIME_FLOAT_DENSE_H
#define VERNIER_RUNTIME_FLOAT_DENSE_H

#include "vernier/Runtime/Float/Convolution.h"
#include "vernier/Runtime/Recurrent.h"

namespace mlir::vernier::runtime {

/// The product that recurrent kernels are handed, by an instruction set.
template <class Isa> struct Dense {
  void operator()(const DenseMatrix &matrix, int32_t rows, const float *x, const float *bias, float *y) const {
    fullyConnectedFloat<Isa>({rows, matrix.inputs, matrix.outputs, 0, 0}, x, matrix.packed, bias,
                             numerics::activationRange(numerics::FusedActivation::None), y);
  }
};

/// Runs a float kernel of Recurrent.h, Lstm.h or Svdf.h.
template <class Isa, class Kernel, class... Arguments>
inline void runRecurrent(const Kernel &kernel, const Arguments &...arguments) {
  kernel(Dense<Isa>(), arguments...);
}

} // namespace mlir::vernier::runtime

#endif // VERNIER_RUNTIME_FLOAT_DENSE_H
