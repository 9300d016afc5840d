//===- FuseConstants.cpp - Half-precision and reshaped constants ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A half-precision model is a float model whose weights are stored in 16 bits: each passes a
// DEQUANTIZE before its use. The new constants keep the name of the old ones.

#include "FusePatterns.h"
#include "vernier/Interfaces/ConstantData.h"
#include "vernier/Interfaces/TensorIdentity.h"

namespace mlir::vernier::nn {
namespace {

/// The constant operator behind `value` that `reader` may fold into, or null. What a function
/// returns stays: its name is the name of a model output.
ConstOp foldableConstant(Value value, Operation *reader) {
  bool returned =
      llvm::any_of(reader->getUsers(), [](Operation *user) { return user->hasTrait<OpTrait::IsTerminator>(); });
  return returned ? ConstOp() : value.getDefiningOp<ConstOp>();
}

/// Puts `constant` in the place of `reader`, under the name of `original`.
void replaceByConstant(PatternRewriter &rewriter, Operation *reader, ConstOp original, ConstOp constant) {
  constant->setDiscardableAttrs(original->getDiscardableAttrDictionary());
  rewriter.replaceOp(reader, constant);
}

/// Widens a half-precision constant.
///
///   %0 = nn.const dense<[1.0, 2.0]> : tensor<2xf16>
///   %1 = nn.dequantize %0 : (tensor<2xf16>) -> tensor<2xf32>
/// becomes
///   %1 = nn.const dense<[1.0, 2.0]> : tensor<2xf32>
struct WidenHalfConstant : OpRewritePattern<DequantizeOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(DequantizeOp op, PatternRewriter &rewriter) const override {
    ConstOp original = foldableConstant(op.getInput(), op);
    auto type = dyn_cast<RankedTensorType>(op.getType());
    if (!original || !type || !type.hasStaticShape() || !isFloat32(op.getOutput()))
      return rewriter.notifyMatchFailure(op, "requires a constant that becomes float32");
    if (!original.getType().getElementType().isF16())
      return rewriter.notifyMatchFailure(op, "requires half precision");
    std::optional<ConstantData> data = getConstantData(original.getValue());
    if (!data)
      return rewriter.notifyMatchFailure(op, "requires data");
    std::vector<float> wide;
    wide.reserve(data->as<uint16_t>().size());
    for (uint16_t bits : data->as<uint16_t>())
      wide.push_back(llvm::APFloat(llvm::APFloat::IEEEhalf(), llvm::APInt(16, bits)).convertToFloat());
    ArrayRef<char> bytes(reinterpret_cast<const char *>(wide.data()), wide.size() * sizeof(float));
    auto constant = ConstOp::create(rewriter, original.getLoc(), type, bytes, getTensorName(original.getOutput()));
    replaceByConstant(rewriter, op, original, constant);
    return success();
  }
};

/// Gives a constant the shape that it is read in. The data stays where it is.
///
///   %0 = nn.const dense<[1.0, 2.0]> : tensor<2xf32>
///   %1 = nn.reshape %0 : (tensor<2xf32>) -> tensor<1x2xf32>
/// becomes
///   %1 = nn.const dense<[[1.0, 2.0]]> : tensor<1x2xf32>
template <typename ShapingOp> struct ReshapeConstant : OpRewritePattern<ShapingOp> {
  using OpRewritePattern<ShapingOp>::OpRewritePattern;

  LogicalResult matchAndRewrite(ShapingOp op, PatternRewriter &rewriter) const override {
    ConstOp original = foldableConstant(op.getInput(), op);
    auto type = dyn_cast<RankedTensorType>(op.getType());
    if (!original || !type || !type.hasStaticShape())
      return rewriter.notifyMatchFailure(op, "requires a constant and a static shape");
    if (!isFloat32(op.getInput()) || !isFloat32(op.getOutput()))
      return rewriter.notifyMatchFailure(op, "requires float32");
    ElementsAttr reshaped;
    if (auto resource = dyn_cast<DenseResourceElementsAttr>(original.getValue()))
      reshaped = DenseResourceElementsAttr::get(type, resource.getRawHandle());
    else if (auto dense = dyn_cast<DenseElementsAttr>(original.getValue()))
      reshaped = dense.reshape(type);
    else
      return rewriter.notifyMatchFailure(op, "requires data");
    replaceByConstant(rewriter, op, original, ConstOp::create(rewriter, original.getLoc(), type, reshaped));
    return success();
  }
};

} // namespace

void populateFuseConstantPatterns(RewritePatternSet &patterns) {
  patterns
      .add<WidenHalfConstant, ReshapeConstant<ExpandDimsOp>, ReshapeConstant<ReshapeOp>, ReshapeConstant<SqueezeOp>>(
          patterns.getContext());
}

} // namespace mlir::vernier::nn
