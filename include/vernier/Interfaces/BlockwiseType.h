//===- BlockwiseType.h - Matrices with several scales in a row --*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A blockwise matrix has one scale for each run of `block` elements in a row. Upstream's sub-channel type says it:
// !quant.uniform<i4<-7:7>:f32:{0:1, 1:32}, {{...}, {...}}>.

#ifndef VERNIER_INTERFACES_BLOCKWISETYPE_H
#define VERNIER_INTERFACES_BLOCKWISETYPE_H

#include "mlir/Dialect/Quant/IR/QuantTypes.h"
#include "mlir/IR/BuiltinTypes.h"

namespace mlir::vernier {

/// The parameters of a blockwise matrix; all zero points are 0.
struct BlockwiseParameters {
  /// Elements of a row that share a scale.
  int64_t block = 0;
  int64_t rows = 0, blocksOfRow = 0;
  /// Row-major: rows x blocksOfRow.
  SmallVector<float> scales;

  /// Those of `type`, a quantized element type or a tensor of one; nothing where it is another kind of type, has other
  /// blocks than those of rows, or zero points that are not 0.
  static std::optional<BlockwiseParameters> of(Type type);

  /// The signed element type of `bits` bits whose values lie within [low, high].
  Type getElementType(MLIRContext *context, unsigned bits, int64_t low, int64_t high) const;
};

/// Lengths of blocks that LiteRT has a kernel for, the largest first.
ArrayRef<int64_t> getBlockSizes();

} // namespace mlir::vernier

#endif // VERNIER_INTERFACES_BLOCKWISETYPE_H
