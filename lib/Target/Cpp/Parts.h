//===- Parts.h - The files of a program, one by one -------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_LIB_TARGET_CPP_PARTS_H
#define VERNIER_LIB_TARGET_CPP_PARTS_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "vernier/Dialect/Kernel/Kernel.h"
#include "vernier/Dialect/Kernel/Targets.h"
#include "vernier/Target/Cpp/Cpp.h"

namespace mlir::vernier::cpp {

/// An input or output of the program.
struct Port {
  /// The tensor's name, and an identifier that is unique among the ports of its side.
  std::string name, identifier;
  RankedTensorType type;
  /// C's type of the elements in memory.
  std::string element;
  int64_t elements, bytes;
};

/// A file to compile, and what its compiler must be told.
struct Source {
  std::string file, flags;
  /// Null for the file that chooses among others.
  const kernel::Target *target;
};

/// What all files are about.
struct Summary {
  std::string name;
  func::FuncOp function;
  std::vector<Port> inputs, outputs;
  int64_t arenaBytes, arenaBound, stateBytes, weightBytes, macs;
  /// Names, with commas between; the flags of one target.
  std::string target, flags;
  std::vector<Source> sources;
};
/// Of several targets, functions and kernels are those of the last.
Summary summarize(ArrayRef<CppPart> parts, StringRef name);

/// "1x32x32x3 int8, scale 0.0039 (zero point -128)".
std::string describeType(const Port &port);

/// The headers below vernier/ that `headers` need, themselves included, each with includes by relative paths.
std::vector<ProgramFile> collectHeaders(ArrayRef<std::string> headers);

/// The constants of all parts, each at its offset, in whole words.
FailureOr<std::string> collectWeights(ArrayRef<CppPart> parts);
/// The same as a list of numbers for compilers without an assembler that includes files.
std::string listWeights(StringRef weights);
/// Source that defines them.
std::string defineWeights(StringRef name);

/// NAME.cpp of a program for several targets: the interface, and which part runs.
std::string writeDispatch(const Summary &summary);

std::string writeHeader(const Summary &summary);
std::string writeReport(const Summary &summary);
std::string writeSelfTest(const Summary &summary, const TestVectors &vectors);
std::string writeBenchmark(const Summary &summary);

} // namespace mlir::vernier::cpp

#endif // VERNIER_LIB_TARGET_CPP_PARTS_H
