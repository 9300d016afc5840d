//===- NNControlOps.cpp - Operators that run functions, and variables ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "mlir/IR/Builders.h"
#include "vernier/Dialect/NN/NN.h"

#define GET_OP_CLASSES
#include "vernier/Dialect/NN/NNControlOps.cpp.inc"

namespace mlir::vernier::nn {

SmallVector<CallEdge> IfOp::getCallEdges() {
  return {{getThenSubgraphIndexAttr(), /*firstOperand=*/1}, {getElseSubgraphIndexAttr(), /*firstOperand=*/1}};
}

SmallVector<CallEdge> WhileOp::getCallEdges() {
  return {{getCondSubgraphIndexAttr(), 0, /*givesResults=*/false}, {getBodySubgraphIndexAttr()}};
}

SmallVector<CallEdge> CallOp::getCallEdges() { return {{getSubgraphAttr()}}; }

SmallVector<CallEdge> CallOnceOp::getCallEdges() { return {{getInitSubgraphIndexAttr()}}; }

} // namespace mlir::vernier::nn
