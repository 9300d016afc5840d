//===- FuseEquivalents.cpp - Operators without an integer form into ones that have it ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Negation, square and division by a constant have no 8-bit kernels in TFLite, but a multiplication
// computes the same. Left alone, each would cost a trip to float and back.

#include "FusePatterns.h"
#include "vernier/Interfaces/ConstantData.h"
#include "vernier/Interfaces/FusedOperators.h"
#include "vernier/Interfaces/TensorIdentity.h"
#include "vernier/Interfaces/TrainedRange.h"
#include <cmath>

namespace mlir::vernier::nn {
namespace {

/// Replaces `op` by the product of `lhs` and `rhs`, which keeps the name of its result.
void replaceByProduct(PatternRewriter &rewriter, Operation *op, Value lhs, Value rhs, Activation activation) {
  rewriter.setInsertionPoint(op);
  auto product = MulOp::create(rewriter, op->getLoc(), op->getResult(0).getType(), lhs, rhs, activation);
  for (StringRef name : {NNDialect::getTensorsAttrName(), getTrainedRangeAttrName()})
    if (Attribute attribute = op->getDiscardableAttr(name))
      product->setDiscardableAttr(name, attribute);
  recordFused(product, op);
  rewriter.replaceOp(op, product.getOutput());
}

/// nn.neg %x  ->  nn.mul %x, -1: exact, in float and in 8 bits.
struct NegToMul : OpRewritePattern<NegOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(NegOp op, PatternRewriter &rewriter) const override {
    if (!isFloat32(op.getInput()))
      return rewriter.notifyMatchFailure(op, "requires float32");
    auto scalar = RankedTensorType::get({}, rewriter.getF32Type());
    Value factor = createConstant(rewriter, op, scalar, -1.0f, (getTensorName(op.getOutput()) + "/minus_one").str());
    replaceByProduct(rewriter, op, op.getInput(), factor, Activation::NONE);
    return success();
  }
};

/// nn.square %x  ->  nn.mul %x, %x
struct SquareToMul : OpRewritePattern<SquareOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(SquareOp op, PatternRewriter &rewriter) const override {
    if (!isFloat32(op.getInput()))
      return rewriter.notifyMatchFailure(op, "requires float32");
    replaceByProduct(rewriter, op, op.getInput(), op.getInput(), Activation::NONE);
    return success();
  }
};

/// nn.div %x, %c  ->  nn.mul %x, 1 / %c, rounded once.
struct DivToMul : OpRewritePattern<DivOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(DivOp op, PatternRewriter &rewriter) const override {
    auto divisor = op.getRhs().getDefiningOp<ConstOp>();
    if (!divisor || !isFloat32(op.getLhs()) || !isFloat32(op.getRhs()))
      return rewriter.notifyMatchFailure(op, "requires a constant float32 divisor");
    std::optional<ConstantData> data = getConstantData(divisor.getValue());
    if (!data)
      return rewriter.notifyMatchFailure(op, "requires data");
    std::vector<float> reciprocals;
    for (float value : data->as<float>()) {
      reciprocals.push_back(float(1 / double(value)));
      if (!std::isnormal(reciprocals.back()))
        return rewriter.notifyMatchFailure(op, "requires reciprocals that float32 can hold");
    }
    Value factor = createConstant(rewriter, op, cast<RankedTensorType>(divisor.getType()), reciprocals,
                                  (getTensorName(op.getRhs()) + "/reciprocal").str());
    replaceByProduct(rewriter, op, op.getLhs(), factor, op.getFusedActivationFunction());
    return success();
  }
};

} // namespace

void populateFuseEquivalentPatterns(RewritePatternSet &patterns) {
  patterns.add<NegToMul, SquareToMul, DivToMul>(patterns.getContext());
}

} // namespace mlir::vernier::nn
