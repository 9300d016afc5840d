//===- FuseActivation.cpp - Activations into their producer -----*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A clamp costs nothing in a quantized kernel, and the range of the fused output is the tighter one.

#include "FusePatterns.h"

namespace mlir::vernier::nn {
namespace {

/// Operators whose kernels apply a fused activation. Those of concatenation and l2_normalization
/// have the option but refuse everything except NONE; transpose_conv takes it in the newest
/// operator version only, which older runtimes do not load.
bool fusesActivations(Operation *op) {
  return isa<AddOp, AveragePool2DOp, Conv2DOp, DepthwiseConv2DOp, DivOp, FullyConnectedOp, MaxPool2DOp, MulOp, SubOp>(
      op);
}

/// Fuses an activation into its producer.
///
///   %0 = nn.conv_2d %x, %w, %b ...                           // "conv"
///   %1 = nn.relu6 %0                                         // "relu6"
/// becomes
///   %1 = nn.conv_2d %x, %w, %b ... activation RELU6          // "relu6"
template <typename ActivationOp, Activation activation> struct FuseActivation : OpRewritePattern<ActivationOp> {
  using OpRewritePattern<ActivationOp>::OpRewritePattern;

  LogicalResult matchAndRewrite(ActivationOp op, PatternRewriter &rewriter) const override {
    Operation *producer = op.getInput().getDefiningOp();
    if (!producer || !fusesActivations(producer))
      return rewriter.notifyMatchFailure(op, "requires a producer that fuses activations");
    if (!op.getInput().hasOneUse())
      return rewriter.notifyMatchFailure(op, "requires to be the only user of its operand");
    if (!isFloat32(op.getInput()) || !isFloat32(op.getOutput()))
      return rewriter.notifyMatchFailure(op, "requires float32");
    if (op.getInput().getType() != op.getOutput().getType())
      return rewriter.notifyMatchFailure(op, "requires equal types");
    StringRef option = "fused_activation_function";
    auto present = dyn_cast_or_null<ActivationAttr>(producer->getInherentAttr(option).value_or(Attribute()));
    if (!present || present.getValue() != Activation::NONE)
      return rewriter.notifyMatchFailure(op, "requires a producer without a fused activation");
    rewriter.modifyOpInPlace(producer, [&] {
      producer->setInherentAttr(rewriter.getStringAttr(option), ActivationAttr::get(op.getContext(), activation));
    });
    replaceChain(rewriter, producer, op);
    return success();
  }
};

} // namespace

void populateFuseActivationPatterns(RewritePatternSet &patterns) {
  patterns.add<FuseActivation<ReluOp, Activation::RELU>, FuseActivation<Relu6Op, Activation::RELU6>,
               FuseActivation<ReluN1To1Op, Activation::RELU_N1_TO_1>>(patterns.getContext());
}

} // namespace mlir::vernier::nn
