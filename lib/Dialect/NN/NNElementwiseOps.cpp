//===- NNElementwiseOps.cpp - Arithmetic on each element --------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Canonicalize.h"
#include "Verify.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "vernier/Dialect/NN/NN.h"

#define GET_OP_CLASSES
#include "vernier/Dialect/NN/NNElementwiseOps.cpp.inc"

namespace mlir::vernier::nn {

LogicalResult ShapeOp::verify() {
  RankedTensorType input = ranked(getInput());
  return verifyIndexVector(*this, getOutput(), "its result", input ? input.getRank() : ShapedType::kDynamic);
}

void CastOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *context) {
  addDropWithoutEffect<CastOp>(patterns);
}

LogicalResult MeanOp::verify() { return verifyIndices(*this, getAxes(), "axes"); }

LogicalResult SumOp::verify() { return verifyIndices(*this, getAxes(), "axes"); }

LogicalResult ReduceProdOp::verify() { return verifyIndices(*this, getAxes(), "axes"); }

LogicalResult ReduceMaxOp::verify() { return verifyIndices(*this, getAxes(), "axes"); }

LogicalResult ReduceMinOp::verify() { return verifyIndices(*this, getAxes(), "axes"); }

/// The result counts along one dimension, which is gone from its shape.
static LogicalResult verifyArg(Operation *op, Value input, Value axis, Value output) {
  if (failed(verifyIndices(op, axis, "the axis")))
    return failure();
  if (!isa<IntegerType>(cast<ShapedType>(output.getType()).getElementType()))
    return op->emitOpError() << "expected a result of integers, got " << output.getType();
  RankedTensorType type = ranked(input);
  if (!type)
    return success();
  return verifyRank(op, output, "a result", type.getRank() - 1);
}

LogicalResult ArgMaxOp::verify() { return verifyArg(*this, getInput(), getAxis(), getOutput()); }

LogicalResult ArgMinOp::verify() { return verifyArg(*this, getInput(), getAxis(), getOutput()); }

} // namespace mlir::vernier::nn
