//===- MatchTensors.h - The same tensor in two networks ---------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Finds which tensors of a network and of another form of it, usually a quantized one, stand for the same value. Casts
// between precisions make no new value: a tensor, what a QUANTIZE makes of it and what a DEQUANTIZE makes of that are
// one. Names decide where both networks have them; where they do not, the graph does: an operator of the same kind on
// the same values computes the same value, and one that computes the same value read the same values.

#ifndef VERNIER_EXECUTION_MATCHTENSORS_H
#define VERNIER_EXECUTION_MATCHTENSORS_H

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace mlir::vernier {

/// One value in both networks.
struct TensorPair {
  Value expected;
  /// The form with the least precision, which is where the loss shows.
  Value actual;
  /// Whether a name matched, or the place in the graph.
  bool byName = false;
};

/// What two networks have in common.
struct TensorMatch {
  /// In the order in which `expected` runs: arguments first.
  std::vector<TensorPair> pairs;
  /// For each pair, the pairs that it is computed from; values between them that only one network has are passed over.
  std::vector<SmallVector<unsigned>> inputs;
  /// Values that depend on data and have no partner, those of either network; its outputs among them.
  unsigned onlyExpected = 0, onlyActual = 0;
};

/// Matches the values of two functions that depend on data. `arguments` has, for each argument of `actual`, the one of
/// `expected` that it is; `results` has pairs of results, those of `expected` first. Shapes of a pair agree where both
/// are static.
TensorMatch matchTensors(func::FuncOp expected, func::FuncOp actual, ArrayRef<unsigned> arguments,
                         ArrayRef<std::pair<unsigned, unsigned>> results);

} // namespace mlir::vernier

#endif // VERNIER_EXECUTION_MATCHTENSORS_H
