//===- Report.h - What quantize did, in a few lines -------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_LIB_DRIVER_REPORT_H
#define VERNIER_LIB_DRIVER_REPORT_H

#include "mlir/IR/BuiltinOps.h"
#include "llvm/Support/raw_ostream.h"
#include <map>
#include <string>
#include <vector>

namespace mlir::vernier {

/// What became of each operator of a network. No operator gets another form than it was asked for without a line here.
struct QuantizeReport {
  struct Line {
    /// Its type as the file has it, the tensor that it computes, and the scheme that it was asked for.
    std::string type, tensor, scheme;
    /// Why it is not in that scheme, and what would change that, if anything.
    std::string reason, remedy;
    /// Multiply-adds in one run, and bytes of its constants in the output.
    uint64_t macs = 0, bytes = 0;
  };
  std::string input, output, scheme, io;
  uint64_t inputBytes = 0, outputBytes = 0;
  /// Operators that compute on integers, or whose weights are, by scheme.
  std::map<std::string, unsigned> quantizedOperators;
  /// Constants stored as integers or in half precision that operators read dequantized.
  unsigned integerConstants = 0, halfConstants = 0;
  /// Casts at the border between float and integers, and between integers of different scales.
  unsigned casts = 0;
  /// Of all operators.
  uint64_t macs = 0, bytes = 0;
  /// Operators that are not in the scheme that they were asked for, and those that are float because they were asked to
  /// be.
  std::vector<Line> floatOperators, keptFloat;

  /// Counts the operators of a folded module.
  static QuantizeReport of(ModuleOp module);

  unsigned numQuantized() const;
  void print(llvm::raw_ostream &os) const;
  void printFloatOperators(llvm::raw_ostream &os) const;
  void printJson(llvm::raw_ostream &os) const;
  /// One page that needs nothing else.
  void printHtml(llvm::raw_ostream &os) const;
};

} // namespace mlir::vernier

#endif // VERNIER_LIB_DRIVER_REPORT_H
