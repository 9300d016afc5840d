//===- ScaleClasses.h - Values that must have the same parameters ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Sharing is equality, so it is a union-find: every fake_quant is a node, every operator that shares
// parameters joins nodes. What cannot be joined, because parameters are fixed on one side, is cut by
// a fake_quant of the operand's own.

#ifndef VERNIER_LIB_TRANSFORMS_SCALECLASSES_H
#define VERNIER_LIB_TRANSFORMS_SCALECLASSES_H

#include "CallSlots.h"
#include "vernier/Dialect/QuantX/QuantX.h"
#include "vernier/Interfaces/QuantInterfaces.h"
#include "vernier/Transforms/Parameters.h"
#include "llvm/ADT/MapVector.h"

namespace mlir::vernier {

/// The fake_quant that gives operand `index` of `op`, or null.
quantx::FakeQuantOp getOperandMark(Operation *op, unsigned index);

/// The fake_quant on `result`, or null.
quantx::FakeQuantOp getResultMark(OpResult result);

/// The scheme of `op`, which has one.
inline Scheme schemeOf(Operation *op) { return *quantx::getScheme(op); }

/// One set of values with common parameters.
struct ScaleClass {
  QuantSpec spec;
  /// The range of its free members, once `ranged`.
  double min = 0, max = 0;
  bool ranged = false;
  /// A member was trained with its range: what lies beyond is to be cut off.
  bool isTrained = false;
  /// The operator that fixes the parameters, or null.
  Operation *fixedBy = nullptr;
  /// The range may not grow below zero: a fused activation relies on it.
  bool isNonNegative = false;
  AffineParameters parameters;
};

/// Classes of all activations of a module.
class ScaleClasses {
public:
  /// `participants` are the operators to quantize, in program order, and `slots` the values that pass through calls in
  /// integers; all of their marks exist.
  ScaleClasses(ArrayRef<QuantizableOpInterface> participants, ArrayRef<CallSlot *> slots);

  /// The class of `mark`, or null for weights and biases, which have none.
  ScaleClass *classOf(quantx::FakeQuantOp mark);

private:
  unsigned add(quantx::FakeQuantOp mark);
  unsigned find(unsigned node);
  void join(unsigned a, unsigned b);
  void takeStatistics(unsigned node, quantx::FakeQuantOp mark, quantx::StatisticsAttr limit = {});
  void addMarks(QuantizableOpInterface op);
  void joinShared(QuantizableOpInterface op);
  void addSlot(const CallSlot &slot);
  void joinSlot(const CallSlot &slot);
  quantx::FakeQuantOp requantizeOperand(Operation *op, unsigned index, const QuantSpec &spec);

  llvm::MapVector<Operation *, unsigned> nodes;
  SmallVector<unsigned> parents;
  SmallVector<ScaleClass> classes;
};

} // namespace mlir::vernier

#endif // VERNIER_LIB_TRANSFORMS_SCALECLASSES_H
