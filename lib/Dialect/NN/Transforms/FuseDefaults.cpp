//===- FuseDefaults.cpp - What a file leaves out and runtimes want ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// LiteRT refuses a CONV_2D without a bias and crashes on such a DEPTHWISE_CONV_2D; a depth multiplier that contradicts
// the shapes takes the latter out of XNNPACK. What we write has both.

#include "FusePatterns.h"
#include "vernier/Interfaces/TensorIdentity.h"

namespace mlir::vernier::nn {
namespace {

/// Gives a convolution without a bias one of zeros; the filter counts output channels along `axis`.
template <typename Op, unsigned axis> struct AddZeroBias : OpRewritePattern<Op> {
  using OpRewritePattern<Op>::OpRewritePattern;

  LogicalResult matchAndRewrite(Op op, PatternRewriter &rewriter) const override {
    Value bias = op.getBias();
    if (bias && isa<TensorType>(bias.getType()))
      return rewriter.notifyMatchFailure(op, "requires an operator without a bias");
    auto filter = dyn_cast<RankedTensorType>(op.getFilter().getType());
    if (!isFloat32(op.getInput()) || !isFloat32(op.getFilter()) || !filter || filter.getRank() != 4 ||
        filter.isDynamicDim(axis))
      return rewriter.notifyMatchFailure(op, "requires a float32 filter with a known number of channels");
    int64_t channels = filter.getDimSize(axis);
    Value zeros = createConstant(rewriter, op, RankedTensorType::get({channels}, rewriter.getF32Type()),
                                 std::vector<float>(channels), (getTensorName(op.getOutput()) + "/bias").str());
    rewriter.modifyOpInPlace(op, [&] { op.getBiasMutable().assign(zeros); });
    return success();
  }
};

/// Derives `depth_multiplier` from the shapes, which decide.
struct CorrectDepthMultiplier : OpRewritePattern<DepthwiseConv2DOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(DepthwiseConv2DOp op, PatternRewriter &rewriter) const override {
    auto input = dyn_cast<RankedTensorType>(op.getInput().getType()),
         filter = dyn_cast<RankedTensorType>(op.getFilter().getType());
    if (!input || !filter || input.getRank() != 4 || filter.getRank() != 4 || input.isDynamicDim(3) ||
        filter.isDynamicDim(3) || input.getDimSize(3) == 0)
      return rewriter.notifyMatchFailure(op, "requires known numbers of channels");
    int64_t multiplier = filter.getDimSize(3) / input.getDimSize(3);
    if (multiplier == int32_t(op.getDepthMultiplier()) || multiplier > INT32_MAX)
      return rewriter.notifyMatchFailure(op, "requires a multiplier that contradicts the shapes");
    rewriter.modifyOpInPlace(op, [&] { op.setDepthMultiplier(uint32_t(multiplier)); });
    return success();
  }
};

} // namespace

void populateFuseDefaultPatterns(RewritePatternSet &patterns) {
  patterns.add<AddZeroBias<Conv2DOp, 0>, AddZeroBias<DepthwiseConv2DOp, 3>, CorrectDepthMultiplier>(
      patterns.getContext());
}

} // namespace mlir::vernier::nn
