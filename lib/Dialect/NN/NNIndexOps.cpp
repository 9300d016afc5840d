//===- NNIndexOps.cpp - Tensors from sizes, elements by index ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Verify.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "vernier/Dialect/NN/NN.h"

#define GET_OP_CLASSES
#include "vernier/Dialect/NN/NNIndexOps.cpp.inc"

namespace mlir::vernier::nn {

LogicalResult FillOp::verify() {
  RankedTensorType type = ranked(getOutput());
  return verifyIndexVector(*this, getDims(), "the dimensions", type ? type.getRank() : ShapedType::kDynamic);
}

} // namespace mlir::vernier::nn
