//===- NNConvolutionOps.cpp - Operators with weights, and pooling ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "vernier/Dialect/NN/NN.h"

#define GET_OP_CLASSES
#include "vernier/Dialect/NN/NNConvolutionOps.cpp.inc"

namespace mlir::vernier::nn {
namespace {

/// The tensor type of `value` when it has a rank; null for none and unranked.
RankedTensorType ranked(Value value) { return value ? dyn_cast<RankedTensorType>(value.getType()) : RankedTensorType(); }

bool known(int64_t size) { return !ShapedType::isDynamic(size); }

LogicalResult verifyRank(Operation *op, Value value, StringRef what, int64_t rank) {
  RankedTensorType type = ranked(value);
  if (type && type.getRank() != rank)
    return op->emitOpError() << "expected " << what << " of rank " << rank << ", got " << type;
  return success();
}

// Options are 32-bit in the file; the accessors of signless attributes return them unsigned.
LogicalResult verifyPositive(Operation *op, StringRef what, int32_t height, int32_t width) {
  if (height <= 0 || width <= 0)
    return op->emitOpError() << "expected positive " << what << ", got [" << height << ", " << width << "]";
  return success();
}

/// A bias has one element for each output channel.
LogicalResult verifyBias(Operation *op, Value bias, int64_t channels) {
  RankedTensorType type = ranked(bias);
  if (!type || !type.hasStaticShape() || !known(channels) || type.getNumElements() == channels)
    return success();
  return op->emitOpError() << "expected a bias of " << channels << " elements to match the output channels, got " << type;
}

} // namespace

LogicalResult Conv2DOp::verify() {
  if (failed(verifyRank(*this, getInput(), "an input", 4)) || failed(verifyRank(*this, getFilter(), "a filter", 4)) ||
      failed(verifyPositive(*this, "strides", getStrideH(), getStrideW())) ||
      failed(verifyPositive(*this, "dilations", getDilationHFactor(), getDilationWFactor())))
    return failure();
  RankedTensorType input = ranked(getInput()), filter = ranked(getFilter());
  if (!filter)
    return success();
  if (input && known(input.getDimSize(3)) && known(filter.getDimSize(3))) {
    int64_t channels = input.getDimSize(3), perGroup = filter.getDimSize(3);
    if (perGroup <= 0 || channels % perGroup != 0)
      return emitOpError() << "expected the filter's input channels to divide the input's " << channels << ", got " << perGroup;
    int64_t groups = channels / perGroup;
    if (groups > 0 && known(filter.getDimSize(0)) && filter.getDimSize(0) % groups != 0)
      return emitOpError() << "expected " << groups << " groups to divide the output channels, got " << filter.getDimSize(0);
  }
  return verifyBias(*this, getBias(), filter.getDimSize(0));
}

LogicalResult DepthwiseConv2DOp::verify() {
  if (failed(verifyRank(*this, getInput(), "an input", 4)) || failed(verifyRank(*this, getFilter(), "a filter", 4)) ||
      failed(verifyPositive(*this, "strides", getStrideH(), getStrideW())) ||
      failed(verifyPositive(*this, "dilations", getDilationHFactor(), getDilationWFactor())))
    return failure();
  RankedTensorType input = ranked(getInput()), filter = ranked(getFilter());
  if (!filter)
    return success();
  if (input && known(input.getDimSize(3)) && known(filter.getDimSize(3))) {
    int64_t channels = input.getDimSize(3);
    if (channels <= 0 || filter.getDimSize(3) % channels != 0)
      return emitOpError() << "expected the filter's channels to be a multiple of the input's " << channels << ", got "
                           << filter.getDimSize(3);
  }
  return verifyBias(*this, getBias(), filter.getDimSize(3));
}

LogicalResult FullyConnectedOp::verify() {
  if (failed(verifyRank(*this, getFilter(), "a filter", 2)))
    return failure();
  RankedTensorType input = ranked(getInput()), filter = ranked(getFilter());
  if (!filter)
    return success();
  int64_t columns = filter.getDimSize(1);
  if (known(columns) && columns <= 0)
    return emitOpError() << "expected a filter with columns, got " << filter;
  if (input && input.hasStaticShape() && known(columns) && input.getNumElements() % columns != 0)
    return emitOpError() << "expected an input that flattens to rows of " << columns << " elements, got " << input;
  return verifyBias(*this, getBias(), filter.getDimSize(0));
}

static LogicalResult verifyPool(Operation *op, Value input, int32_t strideH, int32_t strideW, int32_t height, int32_t width) {
  if (failed(verifyRank(op, input, "an input", 4)) || failed(verifyPositive(op, "strides", strideH, strideW)))
    return failure();
  return verifyPositive(op, "filter sizes", height, width);
}

LogicalResult AveragePool2DOp::verify() {
  return verifyPool(*this, getInput(), getStrideH(), getStrideW(), getFilterHeight(), getFilterWidth());
}

LogicalResult MaxPool2DOp::verify() {
  return verifyPool(*this, getInput(), getStrideH(), getStrideW(), getFilterHeight(), getFilterWidth());
}

} // namespace mlir::vernier::nn
