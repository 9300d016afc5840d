//===- NNConvolutionOps.cpp - Operators with weights, and pooling ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Verify.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "vernier/Dialect/NN/NN.h"
#include "vernier/Interfaces/ConstantData.h"
#include "llvm/Support/MathExtras.h"

namespace mlir::vernier::nn {

// ` dilation [height, width]`, left out where both are 1.
static ParseResult parseDilation(OpAsmParser &parser, IntegerAttr &height, IntegerAttr &width) {
  Type type = parser.getBuilder().getI32Type();
  if (failed(parser.parseOptionalKeyword("dilation"))) {
    height = width = IntegerAttr::get(type, 1);
    return success();
  }
  return failure(parser.parseLSquare() || parser.parseAttribute(height, type) || parser.parseComma() ||
                 parser.parseAttribute(width, type) || parser.parseRSquare());
}

static void printDilation(OpAsmPrinter &printer, Operation *, IntegerAttr height, IntegerAttr width) {
  if (height.getInt() != 1 || width.getInt() != 1)
    printer << " dilation [" << height.getInt() << ", " << width.getInt() << "]";
}

} // namespace mlir::vernier::nn

#define GET_OP_CLASSES
#include "vernier/Dialect/NN/NNConvolutionOps.cpp.inc"

namespace mlir::vernier::nn {
namespace {

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
  return op->emitOpError() << "expected a bias of " << channels << " elements to match the output channels, got "
                           << type;
}

/// A window that slides over height and width.
struct Window {
  Padding padding;
  int64_t size[2], stride[2], dilation[2];
};

/// How many places `window` has along dimension 1 + `side` of `input`, dynamic where that is not known.
int64_t outputSize(const Window &window, unsigned side, RankedTensorType input) {
  int64_t size = input ? input.getDimSize(1 + side) : ShapedType::kDynamic;
  if (!known(size) || !known(window.size[side]))
    return ShapedType::kDynamic;
  // 32-bit options: nothing here overflows 64 bits.
  int64_t covered = (window.size[side] - 1) * window.dilation[side] + 1;
  int64_t start = window.padding == Padding::SAME ? size : size - covered + 1;
  return std::max<int64_t>(0, llvm::divideCeilSigned(start, window.stride[side]));
}

/// `output` is batch x height x width x `channels` with the batch of `input`.
LogicalResult verifyWindowed(Operation *op, Value input, Value output, const Window &window, int64_t channels) {
  if (failed(verifyRank(op, output, "a result", 4)))
    return failure();
  RankedTensorType inputType = ranked(input);
  int64_t batch = inputType ? inputType.getDimSize(0) : ShapedType::kDynamic;
  return failure(failed(verifyResultSize(op, output, 0, batch)) ||
                 failed(verifyResultSize(op, output, 1, outputSize(window, 0, inputType))) ||
                 failed(verifyResultSize(op, output, 2, outputSize(window, 1, inputType))) ||
                 failed(verifyResultSize(op, output, 3, channels)));
}

/// What `nn.conv_2d` and `nn.depthwise_conv_2d` have in common; `channels` are the output's.
template <typename ConvolutionOp> LogicalResult verifyConvolution(ConvolutionOp op, int64_t channels) {
  RankedTensorType filter = ranked(op.getFilter());
  auto size = [&](unsigned dim) { return filter ? filter.getDimSize(dim) : ShapedType::kDynamic; };
  Window window{op.getPadding(),
                {size(1), size(2)},
                {int32_t(op.getStrideH()), int32_t(op.getStrideW())},
                {int32_t(op.getDilationHFactor()), int32_t(op.getDilationWFactor())}};
  return failure(failed(verifyWindowed(op, op.getInput(), op.getOutput(), window, channels)) ||
                 failed(verifyBias(op, op.getBias(), channels)));
}

template <typename ConvolutionOp> LogicalResult verifyConvolutionRanks(ConvolutionOp op) {
  return failure(failed(verifyRank(op, op.getInput(), "an input", 4)) ||
                 failed(verifyRank(op, op.getFilter(), "a filter", 4)) ||
                 failed(verifyPositive(op, "strides", op.getStrideH(), op.getStrideW())) ||
                 failed(verifyPositive(op, "dilations", op.getDilationHFactor(), op.getDilationWFactor())));
}

} // namespace

LogicalResult Conv2DOp::verify() {
  if (failed(verifyConvolutionRanks(*this)))
    return failure();
  RankedTensorType input = ranked(getInput()), filter = ranked(getFilter());
  if (input && filter && known(input.getDimSize(3)) && known(filter.getDimSize(3))) {
    int64_t channels = input.getDimSize(3), perGroup = filter.getDimSize(3);
    if (perGroup <= 0 || channels % perGroup != 0)
      return emitOpError() << "expected the filter's input channels to divide the input's " << channels << ", got "
                           << perGroup;
    int64_t groups = channels / perGroup;
    if (groups > 0 && known(filter.getDimSize(0)) && filter.getDimSize(0) % groups != 0)
      return emitOpError() << "expected " << groups << " groups to divide the output channels, got "
                           << filter.getDimSize(0);
  }
  return verifyConvolution(*this, filter ? filter.getDimSize(0) : ShapedType::kDynamic);
}

LogicalResult DepthwiseConv2DOp::verify() {
  if (failed(verifyConvolutionRanks(*this)))
    return failure();
  RankedTensorType input = ranked(getInput()), filter = ranked(getFilter());
  if (filter && !canBeEqual(filter.getDimSize(0), 1))
    return emitOpError() << "expected a filter of 1 x height x width x channels, got " << filter;
  if (input && filter && known(input.getDimSize(3)) && known(filter.getDimSize(3))) {
    int64_t channels = input.getDimSize(3);
    if (channels <= 0 || filter.getDimSize(3) % channels != 0)
      return emitOpError() << "expected the filter's channels to be a multiple of the input's " << channels << ", got "
                           << filter.getDimSize(3);
  }
  return verifyConvolution(*this, filter ? filter.getDimSize(3) : ShapedType::kDynamic);
}

LogicalResult TransposeConvOp::verify() {
  if (failed(verifyIndexVector(*this, getOutputShape(), "the output shape", 4)) ||
      failed(verifyRank(*this, getFilter(), "a filter", 4)) || failed(verifyRank(*this, getInput(), "an input", 4)) ||
      failed(verifyRank(*this, getOutput(), "a result", 4)) ||
      failed(verifyPositive(*this, "strides", getStrideH(), getStrideW())))
    return failure();
  RankedTensorType input = ranked(getInput()), filter = ranked(getFilter());
  if (!filter)
    return success();
  if (input && !canBeEqual(input.getDimSize(3), filter.getDimSize(3)))
    return emitOpError() << "expected the filter's last dimension to match the input's " << input.getDimSize(3)
                         << " channels, got " << filter.getDimSize(3);
  if (failed(verifyResultSize(*this, getOutput(), 3, filter.getDimSize(0))))
    return failure();
  return verifyBias(*this, getBias(), filter.getDimSize(0));
}

LogicalResult FullyConnectedOp::verify() {
  if (failed(verifyRank(*this, getFilter(), "a filter", 2)))
    return failure();
  RankedTensorType input = ranked(getInput()), filter = ranked(getFilter()), output = ranked(getOutput());
  if (!filter)
    return success();
  int64_t columns = filter.getDimSize(1);
  if (known(columns) && columns <= 0)
    return emitOpError() << "expected a filter with columns, got " << filter;
  if (input && input.hasStaticShape() && known(columns) && input.getNumElements() % columns != 0)
    return emitOpError() << "expected an input that flattens to rows of " << columns << " elements, got " << input;
  if (output && output.getRank() > 0 &&
      failed(verifyResultSize(*this, getOutput(), output.getRank() - 1, filter.getDimSize(0))))
    return failure();
  return verifyBias(*this, getBias(), filter.getDimSize(0));
}

std::optional<QuantRule::ConstantWeight> BatchMatmulOp::getConstantSide() {
  auto axisOf = [](Value side, bool isColumn) -> unsigned {
    return cast<RankedTensorType>(side.getType()).getRank() - (isColumn ? 1 : 2);
  };
  auto isConstant = [&](Value side) {
    // What marks a value, as fake-quants do, is of another dialect.
    for (Operation *mark = side.getDefiningOp();
         mark && mark->getDialect() != getOperation()->getDialect() && mark->getNumOperands() == 1;
         mark = side.getDefiningOp())
      side = mark->getOperand(0);
    auto type = dyn_cast<RankedTensorType>(side.getType());
    return type && type.getRank() >= 2 && getConstantElements(side);
  };
  // LiteRT's own kernel with dynamic range steps through the scales of one dimension of batches.
  auto hasOneBatch = [](Value side) {
    auto type = dyn_cast<RankedTensorType>(side.getType());
    return type && type.getRank() >= 2 &&
           llvm::count_if(type.getShape().drop_back(2), [](int64_t size) { return size != 1; }) <= 1;
  };
  if (isConstant(getY()))
    return QuantRule::ConstantWeight{1, axisOf(getY(), !getAdjY()), hasOneBatch(getX()) && hasOneBatch(getY())};
  if (isConstant(getX()))
    return QuantRule::ConstantWeight{0, axisOf(getX(), getAdjX()), false};
  return std::nullopt;
}

LogicalResult BatchMatmulOp::verify() {
  RankedTensorType x = ranked(getX()), y = ranked(getY());
  for (RankedTensorType type : {x, y})
    if (type && type.getRank() < 2)
      return emitOpError() << "expected matrices, got " << type;
  if (!x || !y)
    return success();
  int64_t columns = x.getDimSize(x.getRank() - (getAdjX() ? 2 : 1)),
          rows = y.getDimSize(y.getRank() - (getAdjY() ? 1 : 2));
  if (!canBeEqual(columns, rows))
    return emitOpError() << "expected as many rows on the right as columns on the left, got " << columns
                         << " columns and " << rows << " rows";
  return success();
}

template <typename PoolOp> static LogicalResult verifyPool(PoolOp op) {
  if (failed(verifyRank(op, op.getInput(), "an input", 4)) ||
      failed(verifyPositive(op, "strides", op.getStrideH(), op.getStrideW())) ||
      failed(verifyPositive(op, "filter sizes", op.getFilterHeight(), op.getFilterWidth())))
    return failure();
  Window window{op.getPadding(),
                {int32_t(op.getFilterHeight()), int32_t(op.getFilterWidth())},
                {int32_t(op.getStrideH()), int32_t(op.getStrideW())},
                {1, 1}};
  RankedTensorType input = ranked(op.getInput());
  return verifyWindowed(op, op.getInput(), op.getOutput(), window, input ? input.getDimSize(3) : ShapedType::kDynamic);
}

LogicalResult AveragePool2DOp::verify() { return verifyPool(*this); }

LogicalResult MaxPool2DOp::verify() { return verifyPool(*this); }

LogicalResult L2Pool2DOp::verify() { return verifyPool(*this); }

} // namespace mlir::vernier::nn
