//===- ShareConstants.h - Weights of programs for one network ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_DIALECT_KERNEL_SHARECONSTANTS_H
#define VERNIER_DIALECT_KERNEL_SHARECONSTANTS_H

#include "mlir/IR/BuiltinOps.h"

namespace mlir::vernier::kernel {

/// Gives the constants of all `programs` offsets into common weights, in which equal bytes are once. What targets pack
/// alike is stored for all of them together. Fails with a diagnostic where elements are elided.
LogicalResult shareConstants(ArrayRef<ModuleOp> programs);

} // namespace mlir::vernier::kernel

#endif // VERNIER_DIALECT_KERNEL_SHARECONSTANTS_H
