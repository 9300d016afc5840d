//===- QuantX.h - The quantx dialect ----------------------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_DIALECT_QUANTX_QUANTX_H
#define VERNIER_DIALECT_QUANTX_QUANTX_H

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/Dialect/Quant/IR/QuantTypes.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "vernier/Interfaces/QuantSpec.h"
#include "llvm/ADT/Hashing.h"

namespace mlir::vernier {
// Found by argument-dependent lookup from the generated attribute storage.
inline llvm::hash_code hash_value(const QuantSpec &spec) {
  return llvm::hash_combine(spec.bits, spec.isSigned, spec.symmetric, spec.narrowRange, spec.powerOfTwo,
                            spec.valueBits.value_or(~0u), spec.axis.value_or(~0u));
}
inline llvm::hash_code hash_value(const Scheme &scheme) {
  return llvm::hash_combine(int(scheme.kind), scheme.perTensorWeights, scheme.weightBits);
}
inline bool operator==(const Scheme &a, const Scheme &b) {
  return a.kind == b.kind && a.perTensorWeights == b.perTensorWeights && a.weightBits == b.weightBits;
}
} // namespace mlir::vernier

#include "vernier/Dialect/QuantX/QuantXDialect.h.inc"

#define GET_ATTRDEF_CLASSES
#include "vernier/Dialect/QuantX/QuantXAttributes.h.inc"

#define GET_OP_CLASSES
#include "vernier/Dialect/QuantX/QuantXOps.h.inc"

namespace mlir::vernier::quantx {

/// The scheme in force for `op`: its own, or else that of the module around it. Nothing where neither has one.
std::optional<Scheme> getScheme(Operation *op);

/// Whether `op` computes without integers: its scheme has none, or it was left in float for a reason.
bool staysFloat(Operation *op);

/// Records on `op` why it stays float and what would change that, if anything, and mirrors it as a missed-optimization
/// remark. The first reason stays: later ones follow from it.
void setFloatReason(Operation *op, const Twine &reason, const Twine &remedy = "");

/// Why `op` stays float, or an empty string.
StringRef getFloatReason(Operation *op);

/// What would change that, or an empty string.
StringRef getRemedy(Operation *op);

/// The `#quantx.internal` of internal tensor `index` of `op`, or null.
InternalAttr getInternal(Operation *op, unsigned index);

/// The number of entries in the `quantx.internal` of `op`.
unsigned getNumInternals(Operation *op);

/// Replaces the entry of internal tensor `index`.
void setInternal(Operation *op, unsigned index, InternalAttr internal);

/// The type of a quantized element: one scale, or one for each slice of `spec.axis`. Scales are
/// rounded to float32 beforehand by the caller. Null with a diagnostic when upstream refuses it.
Type getQuantizedElementType(function_ref<InFlightDiagnostic()> emitError, const QuantSpec &spec, Type expressed,
                             ArrayRef<double> scales, ArrayRef<int64_t> zeroPoints);

} // namespace mlir::vernier::quantx

#endif // VERNIER_DIALECT_QUANTX_QUANTX_H
