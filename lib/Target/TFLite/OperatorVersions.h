//===- OperatorVersions.h - Which version of an operator a file must ask for ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A version tells an old runtime that it lacks what an operator needs. Writers derive it from types and options.

#ifndef VERNIER_LIB_TARGET_TFLITE_OPERATORVERSIONS_H
#define VERNIER_LIB_TARGET_TFLITE_OPERATORVERSIONS_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/VersionTuple.h"

namespace mlir {
class Operation;

namespace vernier::tflite {

/// The least version of builtin `name` that covers the types and options of `op`.
int getRequiredVersion(llvm::StringRef name, Operation *op);

/// The version of an operator in the file that it came from, 0 if there is none, and the one that a file asks for that
/// has it now: where its types and options have not changed, the former, even if it is lower than they ask for.
struct VersionsOfOperator {
  int recorded, required;
};
VersionsOfOperator getVersions(llvm::StringRef name, Operation *op);

/// The first runtime release that runs `version` of builtin `name`; empty if no release is known to.
llvm::VersionTuple findRelease(llvm::StringRef builtin, int version);

} // namespace vernier::tflite
} // namespace mlir

#endif // VERNIER_LIB_TARGET_TFLITE_OPERATORVERSIONS_H
