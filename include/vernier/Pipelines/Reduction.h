//===- Reduction.h - How a module that shows a bug may shrink ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_PIPELINES_REDUCTION_H
#define VERNIER_PIPELINES_REDUCTION_H

namespace mlir {
class DialectRegistry;
namespace vernier {

/// Teaches MLIR's reducer one step for networks: an operator is left out, and its readers read an
/// operand of the same type instead. Without it the reducer removes only what nobody reads.
void registerReductionPatterns(DialectRegistry &registry);

} // namespace vernier
} // namespace mlir

#endif // VERNIER_PIPELINES_REDUCTION_H
