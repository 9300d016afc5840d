//===- Macs.h - How much an operator multiplies -----------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_DIALECT_NN_MACS_H
#define VERNIER_DIALECT_NN_MACS_H

#include "mlir/IR/Operation.h"

namespace mlir::vernier::nn {

/// The multiply-adds of `op` in one run: those of products of inputs with weights, or of two matrices; 0 for all other
/// operators and where a shape is not known. Borders count as if they were data.
uint64_t countMacs(Operation *op);

} // namespace mlir::vernier::nn

#endif // VERNIER_DIALECT_NN_MACS_H
