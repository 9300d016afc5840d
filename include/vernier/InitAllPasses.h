//===- InitAllPasses.h - The only list of passes and pipelines ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_INITALLPASSES_H
#define VERNIER_INITALLPASSES_H

namespace mlir::vernier {

/// Registers every pass and every named pipeline.
void registerAllPasses();

} // namespace mlir::vernier

#endif // VERNIER_INITALLPASSES_H
