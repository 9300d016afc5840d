//===- CallEdge.h - From an operator to a function that it runs ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_INTERFACES_CALLEDGE_H
#define VERNIER_INTERFACES_CALLEDGE_H

#include "mlir/IR/BuiltinAttributes.h"

namespace mlir::vernier {

/// One function that an operator runs: operand `firstOperand + i` is its argument `i`.
struct CallEdge {
  FlatSymbolRefAttr callee;
  unsigned firstOperand = 0;
  /// Result `i` of the function is result `i` of the operator; else the operator keeps the results to itself, as a loop
  /// does with its condition.
  bool givesResults = true;
};

} // namespace mlir::vernier

#endif // VERNIER_INTERFACES_CALLEDGE_H
