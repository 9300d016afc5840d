//===- Cpp.h - Writing a network as C++ -------------------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From a module of planned kernel calls to the files of a program that needs nothing but a compiler and libc. See
// docs/CodeGeneration.md.
//===----------------------------------------------------------------------===//

#ifndef VERNIER_TARGET_CPP_CPP_H
#define VERNIER_TARGET_CPP_CPP_H

#include "mlir/IR/BuiltinOps.h"
#include "llvm/Support/Error.h"
#include <string>
#include <vector>

namespace mlir::vernier {

/// One file of a program, by its path below the program's folder.
struct ProgramFile {
  std::string path, content;
};

/// Inputs and what the last of some runs on them gives, each as the bytes of its tensor.
struct TestVectors {
  /// A second run shows what a first one leaves behind.
  static constexpr int kRuns = 2;
  std::vector<std::vector<char>> inputs, outputs;
};

/// What a program is called, and what comes with it.
struct CppOptions {
  /// Prefix of every public name: an identifier.
  std::string name;
  /// A self-test and a benchmark, with these vectors, are written too.
  const TestVectors *tests = nullptr;
};

/// The program for one target: a module that `kernel-plan-memory` planned, and the module that
/// `convert-kernel-to-emitc` made of it.
struct CppPart {
  ModuleOp kernels, source;
};

/// The files of the program. For several targets, the best last, `convert-kernel-to-emitc` was told part=true, after
/// `kernel::shareConstants`; the program runs the last part that its processor can. Fails with a diagnostic.
FailureOr<std::vector<ProgramFile>> writeCpp(ArrayRef<CppPart> parts, const CppOptions &options);

/// The same for one target.
inline FailureOr<std::vector<ProgramFile>> writeCpp(ModuleOp kernels, ModuleOp source, const CppOptions &options) {
  return writeCpp(CppPart{kernels, source}, options);
}

} // namespace mlir::vernier

#endif // VERNIER_TARGET_CPP_CPP_H
