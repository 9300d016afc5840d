//===- Report.h - What quantize did, in a few lines -------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_LIB_DRIVER_REPORT_H
#define VERNIER_LIB_DRIVER_REPORT_H

#include "mlir/IR/BuiltinOps.h"
#include "llvm/Support/raw_ostream.h"
#include <string>
#include <vector>

namespace mlir::vernier {

/// What became of each operator of a network. No operator stays float without a line here.
struct QuantizeReport {
  struct FloatOperator {
    std::string name, tensor, reason;
  };
  std::string input, output, scheme, io;
  uint64_t inputBytes = 0, outputBytes = 0;
  /// Operators that compute on integers, or whose weights are.
  unsigned quantizedOperators = 0;
  /// Constants stored as integers or in half precision that operators read dequantized.
  unsigned storedConstants = 0;
  /// Casts at the border between float and integers, and between integers of different scales.
  unsigned casts = 0;
  std::vector<FloatOperator> floatOperators;

  /// Counts the operators of a folded module.
  static QuantizeReport of(ModuleOp module);

  void print(llvm::raw_ostream &os) const;
  void printFloatOperators(llvm::raw_ostream &os) const;
  void printJson(llvm::raw_ostream &os) const;
};

} // namespace mlir::vernier

#endif // VERNIER_LIB_DRIVER_REPORT_H
