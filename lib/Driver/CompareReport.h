//===- CompareReport.h - What vernier compare found -------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_LIB_DRIVER_COMPAREREPORT_H
#define VERNIER_LIB_DRIVER_COMPAREREPORT_H

#include "vernier/Execution/Compare.h"
#include "llvm/Support/raw_ostream.h"

namespace mlir::vernier {

/// One tensor of both networks, as it is shown.
struct TensorRow {
  /// What computes it ("CONV_2D", or "input"), and what it is called.
  std::string op, name;
  /// Its form in the second network: "int8", "float32".
  std::string type;
  const ErrorSums *errors;
  /// SQNR of the worst of the tensors that it is computed from, less its own; nothing for an input, and where either is
  /// infinite.
  std::optional<double> drop;
  /// Of all the relative noise that operators add to that of their inputs, how much this one does: 0 to 1.
  double share = 0;
  /// Among those that add most.
  bool marked = false;
};

/// What `compare` has measured, in words and figures for people and programs.
struct CompareReport {
  std::string expected, actual, data;
  const Comparison &comparison;
  /// Names of the outputs that were compared.
  std::vector<std::string> outputNames;
  std::vector<TensorRow> rows;

  /// `expected`, `actual`: the models' paths.
  CompareReport(std::string expected, std::string actual, std::string data, std::vector<std::string> outputNames,
                const Comparison &comparison);

  void print(llvm::raw_ostream &os) const;
  void printJson(llvm::raw_ostream &os) const;
  /// A page that needs no other file and no network.
  void printHtml(llvm::raw_ostream &os) const;
};

/// "27.42", "exact", or "-inf" where noise stands against zeros.
std::string formatDecibel(double value);

} // namespace mlir::vernier

#endif // VERNIER_LIB_DRIVER_COMPAREREPORT_H
