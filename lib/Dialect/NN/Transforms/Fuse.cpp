//===- Fuse.cpp - Merge float operators that one quantized kernel computes ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "FusePatterns.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"
#include "vernier/Dialect/NN/Transforms/Passes.h"
#include "vernier/Interfaces/FusedOperators.h"
#include "vernier/Interfaces/TrainedRange.h"

namespace mlir::vernier::nn {

#define GEN_PASS_DEF_FUSEPASS
#include "vernier/Dialect/NN/Transforms/Passes.h.inc"

bool isFloat32(Value value) {
  auto type = dyn_cast<TensorType>(value.getType());
  return type && type.getElementType().isF32();
}

void replaceChain(PatternRewriter &rewriter, Operation *first, Operation *last) {
  rewriter.modifyOpInPlace(first, [&] {
    // The first keeps its type, and the last one its name.
    recordFused(first, first);
    for (Operation *op = *first->getResult(0).user_begin(); op != last; op = *op->getResult(0).user_begin())
      recordFused(first, op);
    recordFused(first, last);
    for (StringRef name : {NNDialect::getTensorsAttrName(), getTrainedRangeAttrName()}) {
      if (Attribute attribute = last->getDiscardableAttr(name))
        first->setDiscardableAttr(name, attribute);
      else
        first->removeDiscardableAttr(name);
    }
  });
  // What lies between has no users left and goes with the driver's next look at it.
  rewriter.replaceOp(last, first->getResult(0));
}

Value createConstant(PatternRewriter &rewriter, Operation *op, RankedTensorType type, ArrayRef<float> data,
                     const std::string &name) {
  ArrayRef<char> bytes(reinterpret_cast<const char *>(data.data()), data.size() * sizeof(float));
  rewriter.setInsertionPoint(op);
  auto constant = ConstOp::create(rewriter, op->getLoc(), type, bytes, name);
  auto identity =
      TensorAttr::get(rewriter.getContext(), rewriter.getStringAttr(name), -1, nullptr, nullptr, nullptr, nullptr);
  constant->setDiscardableAttr(NNDialect::getTensorsAttrName(), rewriter.getArrayAttr(Attribute(identity)));
  return constant;
}

namespace {

struct FusePass : impl::FusePassBase<FusePass> {
  using FusePassBase::FusePassBase;

  LogicalResult initialize(MLIRContext *context) override {
    RewritePatternSet set(context);
    populateFuseActivationPatterns(set);
    populateFuseArithmeticPatterns(set);
    populateFuseConstantPatterns(set);
    populateFuseDefaultPatterns(set);
    populateFuseEquivalentPatterns(set);
    populateFusePadPatterns(set);
    populateFuseTrainedRangePatterns(set);
    patterns = std::move(set);
    return success();
  }

  void runOnOperation() override {
    GreedyRewriteConfig config;
    // Nothing but the patterns above: control flow and other dialects' constants stay as they are.
    config.setRegionSimplificationLevel(GreedySimplifyRegionLevel::Disabled)
        .enableFolding(false)
        .enableConstantCSE(false);
    if (failed(applyPatternsGreedily(getOperation(), patterns, config)))
      signalPassFailure();
  }

private:
  FrozenRewritePatternSet patterns;
};

} // namespace
} // namespace mlir::vernier::nn
