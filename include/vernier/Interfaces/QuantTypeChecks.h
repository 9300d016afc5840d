//===- QuantTypeChecks.h - What `!quant.uniform` does not verify itself ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_INTERFACES_QUANTTYPECHECKS_H
#define VERNIER_INTERFACES_QUANTTYPECHECKS_H

#include "mlir/Dialect/Quant/IR/QuantTypes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Diagnostics.h"

namespace mlir::vernier {

/// Checks that a quantized tensor type is sound: the axis lies within the rank, there is one scale
/// for each slice of it, zero points lie within the storage range, scales are positive, finite and
/// exact in float32 (what a flatbuffer can hold). Types that are not quantized pass.
LogicalResult verifyQuantizedTensorType(Type type, function_ref<InFlightDiagnostic()> emitError);

/// Scales and zero points of a per-tensor or per-axis type, in one form for both.
struct QuantParameters {
  SmallVector<double> scales;
  SmallVector<int64_t> zeroPoints;
  /// The quantized dimension, or nothing for per-tensor parameters.
  std::optional<unsigned> axis;
  int64_t storageMin = 0;
  int64_t storageMax = 0;

  /// The parameters of `type`, a quantized element type or a tensor of one; nothing otherwise.
  static std::optional<QuantParameters> of(Type type);
};

} // namespace mlir::vernier

#endif // VERNIER_INTERFACES_QUANTTYPECHECKS_H
