//===- NN.h - The nn dialect ------------------------------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_DIALECT_NN_NN_H
#define VERNIER_DIALECT_NN_NN_H

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/Dialect/Quant/IR/QuantTypes.h"
#include "mlir/Dialect/Traits.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "vernier/Dialect/NN/QuantRule.h"
#include "vernier/Interfaces/QuantInterfaces.h"

#include "vernier/Dialect/NN/NNDialect.h.inc"

#include "vernier/Dialect/NN/NNEnums.h.inc"

#define GET_ATTRDEF_CLASSES
#include "vernier/Dialect/NN/NNAttributes.h.inc"

#define GET_TYPEDEF_CLASSES
#include "vernier/Dialect/NN/NNTypes.h.inc"

namespace mlir::vernier::nn {

/// Why an int8 kernel cannot fuse `activation`, or nothing when it can.
std::optional<std::string> reasonAgainstActivation(Activation activation);

/// Sets the options of `op` that belong to its quantized form under `scheme`, where it has them: general scales for
/// 16-bit sums, asymmetric rows at run time for dynamic range (as TFLite's converter does).
void setQuantizedOptions(Operation *op, const Scheme &scheme);

/// Checks the quantized types of every operand and result.
LogicalResult verifySoundQuantizedTypes(Operation *op);

template <typename ConcreteOp> class SoundQuantizedTypes : public OpTrait::TraitBase<ConcreteOp, SoundQuantizedTypes> {
public:
  static LogicalResult verifyTrait(Operation *op) { return verifySoundQuantizedTypes(op); }
};

/// Checks that operands and results that share their parameters have the same storage type.
LogicalResult verifySharedStorageType(Operation *op);

template <typename ConcreteOp> class SharedStorageType : public OpTrait::TraitBase<ConcreteOp, SharedStorageType> {
public:
  static LogicalResult verifyTrait(Operation *op) { return verifySharedStorageType(op); }
};

/// The `#nn.tensor` of `value`, or null.
TensorAttr getTensorAttr(Value value);

/// The shape of `value` to plan with: its type's, or where that is dynamic, the one that the file
/// records. Nothing when neither says.
std::optional<SmallVector<int64_t>> getPlannedShape(Value value);

/// Bytes that `elements` elements of `elementType` take in a file; sub-byte elements are packed.
/// Nothing on overflow, and for types without a fixed size.
std::optional<int64_t> getStorageBytes(Type elementType, int64_t elements);

} // namespace mlir::vernier::nn

#define GET_OP_CLASSES
#include "vernier/Dialect/NN/NNOps.h.inc"

#endif // VERNIER_DIALECT_NN_NN_H
