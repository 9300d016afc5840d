//===- Verify.cpp - What the verifiers of several operators share ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Verify.h"
#include "vernier/Interfaces/ConstantData.h"

namespace mlir::vernier::nn {

LogicalResult verifyRank(Operation *op, Value value, StringRef what, int64_t rank) {
  RankedTensorType type = ranked(value);
  if (type && type.getRank() != rank)
    return op->emitOpError() << "expected " << what << " of rank " << rank << ", got " << type;
  return success();
}

LogicalResult verifyIndices(Operation *op, Value value, StringRef what) {
  auto type = cast<ShapedType>(value.getType());
  if (!isa<IntegerType>(type.getElementType()))
    return op->emitOpError() << "expected integers for " << what << ", got " << type;
  if (type.hasRank() && type.getRank() > 1)
    return op->emitOpError() << "expected at most a vector for " << what << ", got " << type;
  return success();
}

LogicalResult verifyIndexVector(Operation *op, Value value, StringRef what, int64_t size) {
  if (failed(verifyIndices(op, value, what)) || failed(verifyRank(op, value, what, 1)))
    return failure();
  RankedTensorType type = ranked(value);
  if (type && !canBeEqual(type.getDimSize(0), size))
    return op->emitOpError() << "expected " << size << " elements in " << what << ", got " << type;
  return success();
}

LogicalResult verifyResultSize(Operation *op, Value value, int64_t dim, int64_t expected) {
  RankedTensorType type = ranked(value);
  if (!type || canBeEqual(type.getDimSize(dim), expected))
    return success();
  return op->emitOpError() << "expected a result with size " << expected << " in dimension " << dim << ", got " << type;
}

LogicalResult verifyAxis(Operation *op, int64_t axis, int64_t rank) {
  if (axis >= -rank && axis < rank)
    return success();
  return op->emitOpError() << "expected an axis within [" << -rank << ", " << rank << "), got " << axis;
}

std::optional<SmallVector<int64_t>> getConstantIndices(Value value) {
  RankedTensorType type = ranked(value);
  std::optional<ConstantData> data = getConstantData(value);
  if (!type || !data)
    return std::nullopt;
  SmallVector<int64_t> indices;
  if (type.getElementType().isInteger(32))
    llvm::append_range(indices, data->as<int32_t>());
  else if (type.getElementType().isInteger(64))
    llvm::append_range(indices, data->as<int64_t>());
  else
    return std::nullopt;
  return indices;
}

} // namespace mlir::vernier::nn
