//===- FusedOperators.h - What was merged into an operator ------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Users know a network by what its file shows. An operator that took in others answers to their names, too.

#ifndef VERNIER_INTERFACES_FUSEDOPERATORS_H
#define VERNIER_INTERFACES_FUSEDOPERATORS_H

#include "mlir/IR/Operation.h"

namespace mlir::vernier {

/// An operator that is no more: its type as the file had it, and the tensor that it computed.
struct FusedOperator {
  StringRef type, tensor;
};

/// Discardable attribute on operators: a list of strings, type and tensor by turns.
llvm::StringLiteral getFusedAttrName();

/// Records that `gone`, and what had been merged into it, is part of `op` from now on.
void recordFused(Operation *op, Operation *gone);

/// What was merged into `op`.
SmallVector<FusedOperator> getFused(Operation *op);

} // namespace mlir::vernier

#endif // VERNIER_INTERFACES_FUSEDOPERATORS_H
