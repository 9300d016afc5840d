//===- FusePad.cpp - Borders of zeros into SAME padding ---------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Frameworks that pad on their own leave a PAD before each strided convolution. A convolution pads
// for nothing, if the border is the one that SAME stands for.

#include "FusePatterns.h"
#include "vernier/Interfaces/ConstantData.h"
#include "vernier/Interfaces/FusedOperators.h"

namespace mlir::vernier::nn {
namespace {

struct Border {
  int64_t before, after;
};

/// What SAME adds along one dimension: the output has ceil(size / stride) places, and the odd cell
/// goes after (TensorFlow, "tf.nn: notes on padding").
Border sameBorder(int64_t size, int64_t window, int64_t stride, int64_t dilation) {
  int64_t covered = (window - 1) * dilation + 1;
  int64_t outputs = (size + stride - 1) / stride;
  int64_t total = std::max<int64_t>(0, (outputs - 1) * stride + covered - size);
  return {total / 2, total - total / 2};
}

/// The rows of a constant `paddings`, or nothing.
std::optional<SmallVector<Border>> constantBorders(Value paddings) {
  Type element = cast<ShapedType>(paddings.getType()).getElementType();
  std::optional<ConstantData> data = getConstantData(paddings);
  if (!data || !(element.isInteger(32) || element.isInteger(64)))
    return std::nullopt;
  SmallVector<int64_t> values;
  if (element.isInteger(32))
    llvm::append_range(values, data->as<int32_t>());
  else
    llvm::append_range(values, data->as<int64_t>());
  SmallVector<Border> borders;
  for (size_t row = 0; row + 1 < values.size(); row += 2)
    borders.push_back({values[row], values[row + 1]});
  return borders;
}

/// Turns a pad before a VALID convolution into SAME padding.
///
///   %0 = nn.pad %x, %paddings                                // [0 0] [0 1] [0 1] [0 0]
///   %1 = nn.conv_2d %0, %w, %b stride [2, 2] padding VALID   // 3 x 3 on an even size
/// becomes
///   %1 = nn.conv_2d %x, %w, %b stride [2, 2] padding SAME
template <typename ConvolutionOp> struct FusePad : OpRewritePattern<ConvolutionOp> {
  using OpRewritePattern<ConvolutionOp>::OpRewritePattern;

  LogicalResult matchAndRewrite(ConvolutionOp op, PatternRewriter &rewriter) const override {
    auto pad = op.getInput().template getDefiningOp<PadOp>();
    if (!pad || !pad->hasOneUse())
      return rewriter.notifyMatchFailure(op, "requires an input that is padded for this operator alone");
    if (op.getPadding() != Padding::VALID)
      return rewriter.notifyMatchFailure(op, "requires padding VALID");
    if (!isFloat32(pad.getInput()) || !isFloat32(op.getOutput()))
      return rewriter.notifyMatchFailure(op, "requires float32");
    auto input = dyn_cast<RankedTensorType>(pad.getInput().getType());
    auto filter = dyn_cast<RankedTensorType>(op.getFilter().getType());
    if (!input || !filter || input.isDynamicDim(1) || input.isDynamicDim(2) || filter.isDynamicDim(1) ||
        filter.isDynamicDim(2))
      return rewriter.notifyMatchFailure(op, "requires known heights and widths");
    std::optional<SmallVector<Border>> borders = constantBorders(pad.getPaddings());
    if (!borders || borders->size() != 4)
      return rewriter.notifyMatchFailure(op, "requires constant paddings");

    auto matches = [](Border actual, Border wanted) {
      return actual.before == wanted.before && actual.after == wanted.after;
    };
    Border height = sameBorder(input.getDimSize(1), filter.getDimSize(1), int32_t(op.getStrideH()),
                               int32_t(op.getDilationHFactor()));
    Border width = sameBorder(input.getDimSize(2), filter.getDimSize(2), int32_t(op.getStrideW()),
                              int32_t(op.getDilationWFactor()));
    if (!matches((*borders)[0], {0, 0}) || !matches((*borders)[1], height) || !matches((*borders)[2], width) ||
        !matches((*borders)[3], {0, 0}))
      return rewriter.notifyMatchFailure(op, "requires the border that SAME adds");
    rewriter.modifyOpInPlace(op, [&] {
      op.getInputMutable().assign(pad.getInput());
      op.setPadding(Padding::SAME);
      recordFused(op, pad);
    });
    rewriter.eraseOp(pad);
    return success();
  }
};

} // namespace

void populateFusePadPatterns(RewritePatternSet &patterns) {
  patterns.add<FusePad<Conv2DOp>, FusePad<DepthwiseConv2DOp>>(patterns.getContext());
}

} // namespace mlir::vernier::nn
