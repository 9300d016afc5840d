//===- Kernel.h - The kernel dialect ----------------------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_DIALECT_KERNEL_KERNEL_H
#define VERNIER_DIALECT_KERNEL_KERNEL_H

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "vernier/Dialect/Kernel/KernelDialect.h.inc"

#define GET_ATTRDEF_CLASSES
#include "vernier/Dialect/Kernel/KernelAttributes.h.inc"

#define GET_OP_CLASSES
#include "vernier/Dialect/Kernel/KernelOps.h.inc"

namespace mlir::vernier::kernel {

/// Alignment of the arena, of every buffer in it and of every constant.
constexpr int64_t kAlignment = 64;

/// Bytes of memory of type `type`, whose elements take whole bytes and which has no layout.
int64_t bytesOf(MemRefType type);

/// `arguments` of a call with `by` added to the number at `path`, which the documentation of #kernel.pointer describes;
/// null where there is none.
ArrayAttr addToNumber(ArrayAttr arguments, StringRef path, int64_t by);

/// Bytes of the weights that `program` carries, to the end of the last; those that are not planned yet lie at 0.
int64_t weightBytes(Operation *program);

} // namespace mlir::vernier::kernel

#endif // VERNIER_DIALECT_KERNEL_KERNEL_H
