//===- Passes.h - Passes of the kernel dialect ------------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_DIALECT_KERNEL_TRANSFORMS_PASSES_H
#define VERNIER_DIALECT_KERNEL_TRANSFORMS_PASSES_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"

namespace mlir::vernier::kernel {

#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "vernier/Dialect/Kernel/Transforms/Passes.h.inc"

} // namespace mlir::vernier::kernel

#endif // VERNIER_DIALECT_KERNEL_TRANSFORMS_PASSES_H
