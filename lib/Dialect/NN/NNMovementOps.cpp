//===- NNMovementOps.cpp - Operators that move elements ---------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "vernier/Dialect/NN/NN.h"

#define GET_OP_CLASSES
#include "vernier/Dialect/NN/NNMovementOps.cpp.inc"

namespace mlir::vernier::nn {

static LogicalResult verifyBlock(Operation *op, int32_t block) {
  if (block > 0)
    return success();
  return op->emitOpError() << "expected a positive block size, got " << block;
}

LogicalResult SpaceToDepthOp::verify() { return verifyBlock(*this, getBlockSize()); }

LogicalResult DepthToSpaceOp::verify() { return verifyBlock(*this, getBlockSize()); }

LogicalResult ConcatenationOp::verify() {
  if (getInputs().empty())
    return emitOpError() << "expected at least one input";
  auto type = dyn_cast<RankedTensorType>(getOutput().getType());
  if (!type)
    return success();
  int64_t axis = int32_t(getAxis()), rank = type.getRank();
  if (axis < -rank || axis >= rank)
    return emitOpError() << "expected an axis within [" << -rank << ", " << rank << "), got " << axis;
  return success();
}

} // namespace mlir::vernier::nn
