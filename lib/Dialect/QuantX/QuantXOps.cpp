//===- QuantXOps.cpp - Simulated quantization -------------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "mlir/IR/Builders.h"
#include "mlir/IR/PatternMatch.h"
#include "vernier/Dialect/QuantX/QuantX.h"
#include "vernier/Interfaces/QuantTypeChecks.h"

#define GET_OP_CLASSES
#include "vernier/Dialect/QuantX/QuantXOps.cpp.inc"

namespace mlir::vernier::quantx {

void FakeQuantOp::build(OpBuilder &builder, OperationState &state, Value input, const QuantSpec &spec,
                        StringRef tensorName) {
  build(builder, state, input.getType(), input, SpecAttr::get(builder.getContext(), spec),
        tensorName.empty() ? StringAttr() : builder.getStringAttr(tensorName), StatisticsAttr(), TypeAttr());
}

LogicalResult FakeQuantOp::verify() {
  auto type = cast<RankedTensorType>(getInput().getType());
  if (!isa<FloatType>(type.getElementType()))
    return emitOpError() << "expected a float tensor, got " << type;
  QuantSpec spec = getSpec().getValue();
  if (spec.axis && *spec.axis >= type.getRank())
    return emitOpError() << "spec has axis " << *spec.axis << ", but " << type << " has rank " << type.getRank();
  if (!getParams())
    return success();
  auto params = dyn_cast<quant::QuantizedType>(*getParams());
  if (!params)
    return emitOpError() << "expected a quantized type for its parameters, got " << *getParams();
  // Upstream's types end at 32 bits: those of a 64-bit bias carry the scale alone.
  if (params.getStorageTypeIntegralWidth() != std::min(spec.bits, 32u) || params.isSigned() != spec.isSigned)
    return emitOpError() << "parameters " << params << " do not have the storage type that " << getSpec()
                         << " asks for";
  if (params.getExpressedType() != type.getElementType())
    return emitOpError() << "parameters " << params << " express " << params.getExpressedType()
                         << ", but the tensor is " << type;
  return verifyQuantizedTensorType(type.clone(params), [&] { return emitOpError(); });
}

namespace {

/// Rounding twice with the same parameters is rounding once.
///
///   %1 = quantx.fake_quant %0 ... as !q
///   %2 = quantx.fake_quant %1 ... as !q      ->  %1
struct DropRepeatedFakeQuant : OpRewritePattern<FakeQuantOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(FakeQuantOp op, PatternRewriter &rewriter) const override {
    auto producer = op.getInput().getDefiningOp<FakeQuantOp>();
    if (!producer || !op.getParams() || producer.getParams() != op.getParams())
      return rewriter.notifyMatchFailure(op, "requires an operand rounded with the same parameters");
    rewriter.replaceOp(op, producer.getOutput());
    return success();
  }
};

} // namespace

void FakeQuantOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *context) {
  patterns.add<DropRepeatedFakeQuant>(context);
}

} // namespace mlir::vernier::quantx
