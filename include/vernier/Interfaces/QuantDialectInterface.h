//===- QuantDialectInterface.h - How a dialect spells a cast ----*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Fold is the only pass that creates operators at the border between float and quantized values.
// A dialect that has its own spelling says so here; the others get upstream's `quant.qcast` and
// `quant.dcast`, and `arith.constant`.

#ifndef VERNIER_INTERFACES_QUANTDIALECTINTERFACE_H
#define VERNIER_INTERFACES_QUANTDIALECTINTERFACE_H

#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectInterface.h"
#include "vernier/Interfaces/QuantSpec.h"

namespace mlir::vernier {

/// Builds the border operators of one dialect. Known by its name, not by an address: the dialect and
/// the passes may come from different plugins.
class QuantDialectInterface : public DialectInterface::Base<QuantDialectInterface> {
public:
  QuantDialectInterface(Dialect *dialect) : Base(dialect) {}

  /// Quantizes or requantizes `input` to the tensor type `resultType`.
  virtual Value buildQuantize(OpBuilder &builder, Location loc, Value input, Type resultType) const = 0;

  /// Dequantizes `input`, or widens it from half precision, to the float tensor type `resultType`.
  virtual Value buildDequantize(OpBuilder &builder, Location loc, Value input, Type resultType) const = 0;

  /// A constant of tensor type `type`, whose element type is quantized or an integer, that
  /// holds `data` in storage layout (little endian). `original` is the operator that the
  /// constant replaces; its identity moves to the new one.
  virtual Value buildConstant(OpBuilder &builder, Operation *original, ShapedType type, ArrayRef<char> data) const = 0;

  /// What users call the type of `op`, as its file has it: CONV_2D.
  virtual std::string getOperatorType(Operation *op) const { return op->getName().getStringRef().str(); }

  /// Gives the result of the cast `cast` the name of `original` with `suffix`; a dialect whose tensors
  /// have no names does nothing.
  virtual void nameCast(Value cast, Value original, StringRef suffix) const {}

  /// Swaps the names of two values: a function's output keeps its name when a cast is put before it.
  virtual void swapNames(Value a, Value b) const {}

  /// The element type in which a constant with parameters `quantized` and the width of `spec` is
  /// stored; a dialect may keep wide integers, such as a bias, as plain integers.
  virtual Type getConstantElementType(Type quantized, const QuantSpec &spec) const { return quantized; }
};

/// The interface of the dialect of `op`, or the upstream spelling.
const QuantDialectInterface &getQuantDialectInterface(Operation *op);

} // namespace mlir::vernier

#endif // VERNIER_INTERFACES_QUANTDIALECTINTERFACE_H
