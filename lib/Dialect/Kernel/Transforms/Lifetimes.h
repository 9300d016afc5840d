//===- Lifetimes.h - From calls to what must be in memory -------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_LIB_DIALECT_KERNEL_TRANSFORMS_LIFETIMES_H
#define VERNIER_LIB_DIALECT_KERNEL_TRANSFORMS_LIFETIMES_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "vernier/Dialect/Kernel/Kernel.h"
#include "vernier/Dialect/Kernel/MemoryPlan.h"

namespace mlir::vernier::kernel {

/// The buffers of a function that are no states. A step is a call, or a look at a condition: before its branches, or
/// between the test and the body of its loop. Steps are counted from 0 in the order of the text. A buffer from outside
/// of a loop that the loop names lives through all of it.
struct Lifetimes {
  explicit Lifetimes(func::FuncOp function) { visit(function.getBody().front()); }

  SmallVector<Operation *> steps;
  SmallVector<BufferOp> buffers;
  SmallVector<BufferLifetime> lifetimes;
  llvm::DenseMap<Value, unsigned> indexOf;

  /// The same where each result that may lie over an operand of its call does; the calls go to `overlaid`.
  SmallVector<BufferLifetime> overlay(SmallVectorImpl<CallOp> &overlaid) const;

private:
  void visit(Block &block);
  void addStep(Operation *op);

  /// How often each buffer is named.
  SmallVector<unsigned> uses;
};

} // namespace mlir::vernier::kernel

#endif // VERNIER_LIB_DIALECT_KERNEL_TRANSFORMS_LIFETIMES_H
