//===- Canonicalize.h - Patterns that several operators share ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Only what leaves every bit of every output alone is a canonicalization here. A value that a
// function returns stays as it is: its name is the name of a model output.

#ifndef VERNIER_LIB_DIALECT_NN_CANONICALIZE_H
#define VERNIER_LIB_DIALECT_NN_CANONICALIZE_H

#include "mlir/IR/PatternMatch.h"
#include "vernier/Dialect/NN/NN.h"

namespace mlir::vernier::nn {

/// Replaces `op`, of one result, by `value`, unless a function returns that result.
LogicalResult replaceUnlessReturned(PatternRewriter &rewriter, Operation *op, Value value);

/// Drops an operator that cannot change its first operand because their types are equal.
///
///   %1 = nn.reshape %0 : (tensor<1x8xf32>) -> tensor<1x8xf32>      ->  %0
///
/// With equal types the quantization parameters are equal, too. Dynamic sizes may differ at run
/// time, so the shape must be static. `changes` refuses operators that have an effect all the same.
template <typename OpTy> struct DropWithoutEffect : OpRewritePattern<OpTy> {
  using Changes = bool (*)(OpTy);
  DropWithoutEffect(MLIRContext *context, Changes changes) : OpRewritePattern<OpTy>(context), changes(changes) {}

  LogicalResult matchAndRewrite(OpTy op, PatternRewriter &rewriter) const override {
    Value input = op->getOperand(0);
    auto type = dyn_cast<RankedTensorType>(input.getType());
    if (!type || !type.hasStaticShape() || type != op->getResult(0).getType())
      return rewriter.notifyMatchFailure(op, "requires equal static types");
    if (changes && changes(op))
      return rewriter.notifyMatchFailure(op, "requires operands that leave every element in its place");
    return replaceUnlessReturned(rewriter, op, input);
  }

private:
  Changes changes;
};

template <typename OpTy> void addDropWithoutEffect(RewritePatternSet &patterns, bool (*changes)(OpTy) = nullptr) {
  patterns.add<DropWithoutEffect<OpTy>>(patterns.getContext(), changes);
}

} // namespace mlir::vernier::nn

#endif // VERNIER_LIB_DIALECT_NN_CANONICALIZE_H
