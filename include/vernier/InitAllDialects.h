//===- InitAllDialects.h - The only list of dialects ------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_INITALLDIALECTS_H
#define VERNIER_INITALLDIALECTS_H

namespace mlir {
class DialectRegistry;
namespace vernier {

/// Registers every dialect that Vernier defines or creates operators of.
void registerAllDialects(DialectRegistry &registry);

} // namespace vernier
} // namespace mlir

#endif // VERNIER_INITALLDIALECTS_H
