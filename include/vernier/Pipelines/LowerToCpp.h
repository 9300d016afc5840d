//===- LowerToCpp.h - From a network to C++ ---------------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_PIPELINES_LOWERTOCPP_H
#define VERNIER_PIPELINES_LOWERTOCPP_H

#include "mlir/Pass/PassManager.h"
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

/// From operators to planned kernel calls: convert-nn-to-kernel, plan-memory.
void buildKernelPipeline(OpPassManager &manager, const LowerToCppOptions &options);

/// From there to the source: convert-kernel-to-emitc.
void buildSourcePipeline(OpPassManager &manager, const LowerToCppOptions &options);

/// Registers `--vernier-lower-to-cpp`: both.
void registerLowerToCppPipeline();

} // namespace mlir::vernier

#endif // VERNIER_PIPELINES_LOWERTOCPP_H
