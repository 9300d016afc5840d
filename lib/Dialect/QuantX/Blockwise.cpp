//===- Blockwise.cpp - Who is to have several scales in a row ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "vernier/Dialect/QuantX/Blockwise.h"
#include "vernier/Dialect/QuantX/QuantX.h"

namespace mlir::vernier::quantx {

bool hasBlocks(const Scheme &scheme) { return scheme.kind == Scheme::Kind::WeightOnly && scheme.weightBits == 4; }

int64_t getBlockSize(Operation *op) {
  std::optional<Scheme> scheme = getScheme(op);
  if (!scheme || !hasBlocks(*scheme))
    return 0;
  for (Operation *holder = op; holder; holder = holder->getParentOfType<ModuleOp>())
    if (auto size = holder->getAttrOfType<IntegerAttr>(kBlockSizeAttrName))
      return size.getInt();
  return 0;
}

} // namespace mlir::vernier::quantx
