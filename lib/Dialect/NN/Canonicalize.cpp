//===- Canonicalize.cpp - Patterns that several operators share ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Canonicalize.h"

namespace mlir::vernier::nn {

LogicalResult replaceUnlessReturned(PatternRewriter &rewriter, Operation *op, Value value) {
  for (Operation *user : op->getUsers())
    if (user->hasTrait<OpTrait::IsTerminator>())
      return rewriter.notifyMatchFailure(op, "keeps the name of a model output");
  rewriter.replaceOp(op, value);
  return success();
}

} // namespace mlir::vernier::nn
