//===- Recurrent.h - What planners of recurrent operators share ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_LIB_EXECUTION_KERNELS_RECURRENT_H
#define VERNIER_LIB_EXECUTION_KERNELS_RECURRENT_H

#include "Call.h"
#include "FloatIsa.h"
#include "vernier/Dialect/NN/Recurrent.h"
#include "vernier/Runtime/Float/Packing.h"
#include "vernier/Runtime/HybridDense.h"
#include "vernier/Runtime/Recurrent.h"

namespace mlir::vernier {

/// The product that float kernels are handed, by this processor's instruction set.
struct HostDense {
  void operator()(const runtime::DenseMatrix &matrix, int32_t rows, const float *x, const float *bias, float *y) const {
    floatKernels().fullyConnected({rows, matrix.inputs, matrix.outputs, 0, 0}, x, matrix.packed, bias,
                                  numerics::activationRange(numerics::FusedActivation::None), y);
  }
};

/// The call of a float kernel, which is declared by `header`; and of an integer one.
inline auto floatRecurrent(StringRef headers) {
  return makeKernelFunction(
      headers, "runtime::runRecurrent",
      [](const auto &kernel, const auto &...arguments) { kernel(HostDense(), arguments...); }, KernelIsa::Float);
}
inline auto integerRecurrent(StringRef headers) {
  return makeKernelFunction(headers, "runtime::runIntegerRecurrent",
                            [](const auto &kernel, const auto &...arguments) { kernel(arguments...); });
}

inline auto hybridRecurrent(StringRef headers) {
  return makeKernelFunction(headers, "runtime::runHybridRecurrent",
                            [](const auto &quantizeRow, int8_t *stored, const auto &kernel, const auto &...arguments) {
                              runtime::runHybridRecurrent(quantizeRow, stored, kernel, arguments...);
                            });
}

/// What the matrices of a float recurrent operator are: float, or int8 beside vectors that are quantized symmetrically
/// or not.
enum class DensePacking { Float, Symmetric, Asymmetric };

/// That of an operator whose weights are operand `weights`; `asymmetric`: the file asks for it.
DensePacking densePacking(const KernelRequest &request, unsigned weights, bool asymmetric);

/// The call that `build(function, leading arguments...)` makes; the kernel itself uses `floatBytes` of scratch memory,
/// and `widest` is the longest vector that meets a matrix.
template <typename Build>
PlannedKernel withDense(DensePacking packing, StringRef floatHeaders, StringRef hybridHeaders, int64_t floatBytes,
                        int64_t widest, Build build) {
  const auto hybrid = [&](auto quantizeRow) {
    PlannedKernel kernel = build(hybridRecurrent(hybridHeaders), quantizeRow, Scratch<int8_t>{floatBytes});
    kernel.scratchBytes = floatBytes + widest;
    return kernel;
  };
  if (packing == DensePacking::Symmetric)
    return hybrid(numerics::QuantizeRowSymmetric());
  if (packing == DensePacking::Asymmetric)
    return hybrid(numerics::QuantizeRowAsymmetric());
  PlannedKernel kernel = build(floatRecurrent(floatHeaders));
  kernel.scratchBytes = floatBytes;
  return kernel;
}

/// Two kernels, one after the other, in the same scratch memory.
inline PlannedKernel inTurn(PlannedKernel first, PlannedKernel second) {
  const int64_t bytes = std::max(first.scratchBytes, second.scratchBytes);
  PlannedKernel kernel = inOrder({std::move(first), std::move(second)});
  kernel.scratchBytes = bytes;
  return kernel;
}

/// Packs operand `index`, a constant matrix of [outputs][inputs], into `arrays`; fails with a diagnostic.
FailureOr<runtime::DenseMatrix> packDense(const KernelRequest &request, PreparedArrays &arrays, unsigned index,
                                          int64_t outputs, int64_t inputs, DensePacking packing = DensePacking::Float);

/// The constant of operand `index`, int8 with one scale, as floats; null where the operand is absent.
FailureOr<const float *> dequantizedFloats(const KernelRequest &request, PreparedArrays &arrays, unsigned index,
                                           ArrayRef<int64_t> shape);

/// The data of constant operand `index`, of elements `elements` and shape `shape`; fails with a diagnostic.
LogicalResult expectConstant(const KernelRequest &request, unsigned index, ElementClass elements,
                             ArrayRef<int64_t> shape);

/// The float constant of operand `index`, noted in `arrays`; null where the operand is absent.
FailureOr<const float *> optionalFloats(const KernelRequest &request, PreparedArrays &arrays, unsigned index,
                                        int64_t size);

/// Fails unless operand `index` is a variable of `elements` elements of class `type`.
LogicalResult expectState(const KernelRequest &request, unsigned index, ElementClass type, int64_t elements);

/// Batches and steps of the sequence at operand `index`, of rank 3, or of rank 2 for a single step; sets `features`.
FailureOr<runtime::SequenceShape> sequenceShape(const KernelRequest &request, unsigned index, bool timeMajor,
                                                int64_t &features);

/// The shape of a result that goes with `input`.
SmallVector<int64_t> sequenceResult(const TensorRef &input, int64_t features);

/// Fails unless the results are those of two cells with so many features that read operand 0 in opposite directions:
/// one result each, or, `merged`, one with the features side by side.
LogicalResult expectDirections(const KernelRequest &request, int64_t forward, int64_t backward, bool merged);

inline runtime::RecurrentActivation recurrentActivation(nn::Activation activation) {
  return static_cast<runtime::RecurrentActivation>(activation);
}

} // namespace mlir::vernier

#endif // VERNIER_LIB_EXECUTION_KERNELS_RECURRENT_H
