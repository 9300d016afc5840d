//===- CallSlots.h - Values on their way through calls ----------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What an operator gives to a function that it runs, the function's argument, what the function returns and the
// operator's result: one value under several names, which has one set of parameters or stays float everywhere.

#ifndef VERNIER_LIB_TRANSFORMS_CALLSLOTS_H
#define VERNIER_LIB_TRANSFORMS_CALLSLOTS_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "vernier/Dialect/QuantX/QuantX.h"
#include "llvm/ADT/SetVector.h"

namespace mlir::vernier {

/// One float value on its way through calls.
struct CallSlot {
  /// Where it is given away: operands of calling operators and of terminators.
  SmallVector<OpOperand *> uses;
  /// Where it arrives: arguments of functions and results of calling operators.
  SmallVector<Value> definitions;
  /// The calling operators.
  llvm::SetVector<Operation *> callers;
  /// What the scheme of the calling operators asks of it.
  QuantSpec spec;
  /// Why it stays float, as a clause; empty where nothing stands against it.
  std::string floatReason;

  /// The marks on all of its places; null ones where there is none.
  SmallVector<quantx::FakeQuantOp> marks() const;
};

/// All float values that pass through calls in `module`, in program order.
SmallVector<CallSlot> findCallSlots(ModuleOp module);

/// The functions that others may run: the first, those that the module's attributes name, those that nobody calls.
llvm::SetVector<Operation *> findEntryPoints(ModuleOp module);

/// The operators that decide whether a loop of `module` goes on: those that compute its condition and, round by round,
/// the values that the condition reads. Integers that saturate, or stop short of a bound by rounding, would never end
/// it.
DenseSet<Operation *> findLoopDeciders(ModuleOp module);

/// The mark that alone reads `definition`, or null.
quantx::FakeQuantOp getDefinitionMark(Value definition);

} // namespace mlir::vernier

#endif // VERNIER_LIB_TRANSFORMS_CALLSLOTS_H
