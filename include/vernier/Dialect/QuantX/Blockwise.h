//===- Blockwise.h - Who is to have several scales in a row -----*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_DIALECT_QUANTX_BLOCKWISE_H
#define VERNIER_DIALECT_QUANTX_BLOCKWISE_H

#include "mlir/IR/Operation.h"
#include "vernier/Interfaces/QuantSpec.h"

namespace mlir::vernier::quantx {

/// On a module and on operators that differ: how many weights of a row share a scale; 0 for all of them.
inline constexpr llvm::StringLiteral kBlockSizeAttrName = "quantx.block_size";

/// On an operator whose weights have other blocks than it was asked for: why, as a clause for the user.
inline constexpr llvm::StringLiteral kBlockReasonAttrName = "quantx.block_reason";

/// Whether weights under `scheme` can have blocks: those of `weight-only` in 4 bits.
bool hasBlocks(const Scheme &scheme);

/// The block size in force for `op`: its own, or else that of the module around it; 0 where its scheme has none.
int64_t getBlockSize(Operation *op);

} // namespace mlir::vernier::quantx

#endif // VERNIER_DIALECT_QUANTX_BLOCKWISE_H
