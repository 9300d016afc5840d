//===- LowerToCpp.h - From a network to C++ ---------------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_PIPELINES_LOWERTOCPP_H
#define VERNIER_PIPELINES_LOWERTOCPP_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"
#include <string>

namespace mlir::vernier {

/// What `--vernier-lower-to-cpp` can be told.
struct LowerToCppOptions {
  std::string target = "generic";
  std::string numerics = "litert";
  std::string name = "network";
  /// One target's part of a program for several.
  bool part = false;
};

/// A copy of `network` as planned calls of kernels: convert-nn-to-kernel, kernel-unsigned-activations,
/// kernel-strip-rows, kernel-plan-memory. Fails
/// with a diagnostic.
FailureOr<OwningOpRef<ModuleOp>> lowerToKernels(ModuleOp network, const LowerToCppOptions &options);

/// A copy of `kernels` as source: convert-kernel-to-emitc. Fails with a diagnostic.
FailureOr<OwningOpRef<ModuleOp>> lowerToSource(ModuleOp kernels, const LowerToCppOptions &options);

/// Registers `--vernier-lower-to-cpp`: both.
void registerLowerToCppPipeline();

} // namespace mlir::vernier

#endif // VERNIER_PIPELINES_LOWERTOCPP_H
