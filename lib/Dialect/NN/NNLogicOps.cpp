//===- NNLogicOps.cpp - Comparison, logic and selection ---------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Verify.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "vernier/Dialect/NN/NN.h"

#define GET_OP_CLASSES
#include "vernier/Dialect/NN/NNLogicOps.cpp.inc"

namespace mlir::vernier::nn {

static LogicalResult verifyCompare(Operation *op) {
  auto output = cast<ShapedType>(op->getResult(0).getType());
  if (!output.getElementType().isInteger(1))
    return op->emitOpError() << "expected a result of booleans, got " << output;
  return success();
}

LogicalResult EqualOp::verify() { return verifyCompare(*this); }
LogicalResult NotEqualOp::verify() { return verifyCompare(*this); }
LogicalResult LessOp::verify() { return verifyCompare(*this); }
LogicalResult LessEqualOp::verify() { return verifyCompare(*this); }
LogicalResult GreaterOp::verify() { return verifyCompare(*this); }
LogicalResult GreaterEqualOp::verify() { return verifyCompare(*this); }

LogicalResult ReduceAnyOp::verify() { return verifyIndices(*this, getAxes(), "axes"); }
LogicalResult ReduceAllOp::verify() { return verifyIndices(*this, getAxes(), "axes"); }

} // namespace mlir::vernier::nn
