//===- Recurrent.h - What planners of recurrent operators share ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_LIB_EXECUTION_KERNELS_RECURRENT_H
#define VERNIER_LIB_EXECUTION_KERNELS_RECURRENT_H

#include "FloatIsa.h"
#include "Planner.h"
#include "vernier/Dialect/NN/Recurrent.h"
#include "vernier/Runtime/Float/Packing.h"
#include "vernier/Runtime/Recurrent.h"

namespace mlir::vernier {

/// A matrix product over packed float weights, as `runtime/Recurrent.h` wants it.
struct PackedDense {
  std::shared_ptr<const std::vector<float>> packed;
  int32_t inputs = 0, outputs = 0;

  void operator()(int32_t rows, const float *x, const float *bias, float *y) const {
    const runtime::FullyConnectedParams p{rows, inputs, outputs, 0, 0};
    floatKernels().fullyConnected(p, x, packed->data(), bias,
                                  numerics::activationRange(numerics::FusedActivation::None), y);
  }
};

/// Packs operand `index`, a constant float matrix of [outputs][inputs]; fails with a diagnostic.
FailureOr<PackedDense> packDense(const KernelRequest &request, unsigned index, int64_t outputs, int64_t inputs);

/// The data of constant operand `index`, of elements `elements` and shape `shape`; fails with a diagnostic.
LogicalResult expectConstant(const KernelRequest &request, unsigned index, ElementClass elements,
                             ArrayRef<int64_t> shape);

/// The same where the operand may be absent: null then.
FailureOr<const float *> optionalFloats(const KernelRequest &request, unsigned index, int64_t size);

/// Fails unless operand `index` is a variable of `elements` elements of class `type`.
LogicalResult expectState(const KernelRequest &request, unsigned index, ElementClass type, int64_t elements);

/// Fails for operators with float activations over integer weights, whose weights are operand `weights`.
LogicalResult expectNotHybrid(const KernelRequest &request, unsigned weights);

/// Batches and steps of the sequence at operand `index`, of rank 3, or of rank 2 for a single step; sets `features`.
FailureOr<runtime::SequenceShape> sequenceShape(const KernelRequest &request, unsigned index, bool timeMajor,
                                                int64_t &features);

/// The shape of a result that goes with `input`.
SmallVector<int64_t> sequenceResult(const TensorRef &input, int64_t features);

/// Fails unless the results are those of two cells with so many features that read operand 0 in opposite directions: one
/// result each, or, `merged`, one with the features side by side.
LogicalResult expectDirections(const KernelRequest &request, int64_t forward, int64_t backward, bool merged);

inline runtime::RecurrentActivation recurrentActivation(nn::Activation activation) {
  return static_cast<runtime::RecurrentActivation>(activation);
}

} // namespace mlir::vernier

#endif // VERNIER_LIB_EXECUTION_KERNELS_RECURRENT_H
