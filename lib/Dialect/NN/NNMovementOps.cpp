//===- NNMovementOps.cpp - Operators that move elements ---------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Canonicalize.h"
#include "Verify.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "vernier/Dialect/NN/NN.h"
#include "llvm/ADT/SmallBitVector.h"
#include "llvm/Support/MathExtras.h"

#define GET_OP_CLASSES
#include "vernier/Dialect/NN/NNMovementOps.cpp.inc"

namespace mlir::vernier::nn {

static int64_t rankOf(Value value) {
  RankedTensorType type = ranked(value);
  return type ? type.getRank() : ShapedType::kDynamic;
}

//===----------------------------------------------------------------------===//
// Other shapes, the same elements in the same order
//===----------------------------------------------------------------------===//

static LogicalResult verifySameElements(Operation *op) {
  RankedTensorType input = ranked(op->getOperand(0)), output = ranked(op->getResult(0));
  if (!input || !output || !input.hasStaticShape() || !output.hasStaticShape() ||
      input.getNumElements() == output.getNumElements())
    return success();
  return op->emitOpError() << "expected a result of " << input.getNumElements() << " elements as the input has, got "
                           << output;
}

LogicalResult ReshapeOp::verify() { return verifySameElements(*this); }

LogicalResult SqueezeOp::verify() {
  if (RankedTensorType input = ranked(getInput()))
    for (int32_t dim : getSqueezeDims().value_or(ArrayRef<int32_t>()))
      if (failed(verifyAxis(*this, dim, input.getRank())))
        return failure();
  return verifySameElements(*this);
}

LogicalResult ExpandDimsOp::verify() {
  if (failed(verifyIndices(*this, getAxis(), "the axis")))
    return failure();
  RankedTensorType input = ranked(getInput());
  if (input && failed(verifyRank(*this, getOutput(), "a result", input.getRank() + 1)))
    return failure();
  return verifySameElements(*this);
}

void ReshapeOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *) {
  addDropWithoutEffect<ReshapeOp>(patterns);
}

void SqueezeOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *) {
  addDropWithoutEffect<SqueezeOp>(patterns);
}

//===----------------------------------------------------------------------===//
// Transpose, reverse
//===----------------------------------------------------------------------===//

LogicalResult TransposeOp::verify() {
  RankedTensorType input = ranked(getInput());
  if (failed(verifyIndexVector(*this, getPerm(), "the permutation", rankOf(getInput()))))
    return failure();
  std::optional<SmallVector<int64_t>> perm = getConstantIndices(getPerm());
  if (!input || !perm)
    return success();
  if (failed(verifyRank(*this, getOutput(), "a result", input.getRank())))
    return failure();
  llvm::SmallBitVector seen(perm->size());
  for (auto [to, from] : llvm::enumerate(*perm)) {
    int64_t dim = from < 0 ? from + input.getRank() : from;
    if (dim < 0 || dim >= input.getRank() || seen.test(dim))
      return emitOpError() << "expected a permutation of " << input.getRank() << " dimensions, got [" << *perm << "]";
    seen.set(dim);
    if (failed(verifyResultSize(*this, getOutput(), to, input.getDimSize(dim))))
      return failure();
  }
  return success();
}

void TransposeOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *) {
  // A square matrix keeps its type when it is transposed.
  addDropWithoutEffect<TransposeOp>(patterns, [](TransposeOp op) {
    std::optional<SmallVector<int64_t>> perm = getConstantIndices(op.getPerm());
    return !perm || !llvm::all_of(llvm::enumerate(*perm), [](auto it) { return it.value() == int64_t(it.index()); });
  });
}

LogicalResult ReverseV2Op::verify() { return verifyIndices(*this, getAxis(), "the axis"); }

//===----------------------------------------------------------------------===//
// Borders
//===----------------------------------------------------------------------===//

/// `paddings` has a row for each dimension of operand 0: how much is added before and after.
static LogicalResult verifyPaddings(Operation *op, Value paddings) {
  RankedTensorType input = ranked(op->getOperand(0)), table = ranked(paddings);
  auto type = cast<ShapedType>(paddings.getType());
  if (!isa<IntegerType>(type.getElementType()))
    return op->emitOpError() << "expected integers for the paddings, got " << type;
  if (!input || !table)
    return success();
  if (table.getRank() != 2 || !canBeEqual(table.getDimSize(0), input.getRank()) || !canBeEqual(table.getDimSize(1), 2))
    return op->emitOpError() << "expected paddings of " << input.getRank() << " x 2, got " << table;
  if (failed(verifyRank(op, op->getResult(0), "a result", input.getRank())))
    return failure();
  std::optional<SmallVector<int64_t>> amounts = getConstantIndices(paddings);
  if (!amounts)
    return success();
  for (int64_t dim = 0, rank = input.getRank(); dim < rank; ++dim) {
    int64_t before = (*amounts)[2 * dim], after = (*amounts)[2 * dim + 1], total;
    if (before < 0 || after < 0)
      return op->emitOpError() << "expected paddings that are not negative, got [" << before << ", " << after
                               << "] for dimension " << dim;
    if (!known(input.getDimSize(dim)))
      continue;
    if (llvm::AddOverflow(before, after, total) || llvm::AddOverflow(total, input.getDimSize(dim), total))
      return op->emitOpError() << "paddings [" << before << ", " << after << "] overflow dimension " << dim;
    if (failed(verifyResultSize(op, op->getResult(0), dim, total)))
      return failure();
  }
  return success();
}

LogicalResult PadOp::verify() { return verifyPaddings(*this, getPaddings()); }

LogicalResult PadV2Op::verify() {
  RankedTensorType value = ranked(getConstantValues());
  if (value && value.hasStaticShape() && value.getNumElements() != 1)
    return emitOpError() << "expected one value to pad with, got " << value;
  return verifyPaddings(*this, getPaddings());
}

LogicalResult MirrorPadOp::verify() { return verifyPaddings(*this, getPaddings()); }

// Paddings are never negative: equal static types say that they are zero.
void PadOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *) {
  addDropWithoutEffect<PadOp>(patterns);
}

void PadV2Op::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *) {
  addDropWithoutEffect<PadV2Op>(patterns);
}

void MirrorPadOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *) {
  addDropWithoutEffect<MirrorPadOp>(patterns);
}

//===----------------------------------------------------------------------===//
// Parts of a tensor
//===----------------------------------------------------------------------===//

LogicalResult SliceOp::verify() {
  int64_t rank = rankOf(getInput());
  return failure(failed(verifyIndexVector(*this, getBegin(), "begin", rank)) ||
                 failed(verifyIndexVector(*this, getSize(), "size", rank)) ||
                 (known(rank) && failed(verifyRank(*this, getOutput(), "a result", rank))));
}

// A box as large as the input begins at its origin.
void SliceOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *) {
  addDropWithoutEffect<SliceOp>(patterns);
}

LogicalResult StridedSliceOp::verify() {
  RankedTensorType begin = ranked(getBegin());
  int64_t size = begin && begin.getRank() == 1 ? begin.getDimSize(0) : ShapedType::kDynamic;
  return failure(failed(verifyIndexVector(*this, getBegin(), "begin", size)) ||
                 failed(verifyIndexVector(*this, getEnd(), "end", size)) ||
                 failed(verifyIndexVector(*this, getStrides(), "strides", size)));
}

LogicalResult GatherOp::verify() {
  auto indices = cast<ShapedType>(getIndices().getType());
  if (!isa<IntegerType>(indices.getElementType()))
    return emitOpError() << "expected integers for the indices, got " << indices;
  RankedTensorType input = ranked(getInput());
  return input ? verifyAxis(*this, int32_t(getAxis()), input.getRank()) : success();
}

//===----------------------------------------------------------------------===//
// Repetition
//===----------------------------------------------------------------------===//

LogicalResult TileOp::verify() {
  int64_t rank = rankOf(getInput());
  return failure(failed(verifyIndexVector(*this, getMultiples(), "multiples", rank)) ||
                 (known(rank) && failed(verifyRank(*this, getOutput(), "a result", rank))));
}

LogicalResult BroadcastToOp::verify() { return verifyIndexVector(*this, getShape(), "the shape", rankOf(getOutput())); }

// A tensor with elements repeats into a larger type; one without has nothing to repeat.
void TileOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *) {
  addDropWithoutEffect<TileOp>(patterns);
}

void BroadcastToOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *) {
  addDropWithoutEffect<BroadcastToOp>(patterns);
}

//===----------------------------------------------------------------------===//
// Blocks of pixels
//===----------------------------------------------------------------------===//

/// `fine` has blocks of `block` x `block` pixels where `coarse` has channels.
static LogicalResult verifyBlock(Operation *op, int32_t block, Value fine, Value coarse) {
  if (block <= 0)
    return op->emitOpError() << "expected a positive block size, got " << block;
  if (failed(verifyRank(op, op->getOperand(0), "an input", 4)) ||
      failed(verifyRank(op, op->getResult(0), "a result", 4)))
    return failure();
  RankedTensorType fineType = ranked(fine), coarseType = ranked(coarse);
  if (!fineType || !coarseType)
    return success();
  auto scaled = [](RankedTensorType type, unsigned dim, int64_t factor) {
    int64_t size = type.getDimSize(dim), product;
    return known(size) && !llvm::MulOverflow(size, factor, product) ? product : ShapedType::kDynamic;
  };
  int64_t area = int64_t(block) * block;
  if (!canBeEqual(fineType.getDimSize(1), scaled(coarseType, 1, block)) ||
      !canBeEqual(fineType.getDimSize(2), scaled(coarseType, 2, block)) ||
      !canBeEqual(coarseType.getDimSize(3), scaled(fineType, 3, area)))
    return op->emitOpError() << "expected blocks of " << block << " x " << block << " pixels in " << fineType
                             << " to match the channels of " << coarseType;
  return success();
}

LogicalResult SpaceToDepthOp::verify() { return verifyBlock(*this, getBlockSize(), getInput(), getOutput()); }

LogicalResult DepthToSpaceOp::verify() { return verifyBlock(*this, getBlockSize(), getOutput(), getInput()); }

/// `amounts`, the paddings or crops, has a row for each element of `block`.
static LogicalResult verifyBatchBlocks(Operation *op, Value block, Value amounts, StringRef what) {
  if (failed(verifyIndexVector(op, block, "the block shape", ShapedType::kDynamic)))
    return failure();
  RankedTensorType blockType = ranked(block), table = ranked(amounts);
  if (!table || !blockType)
    return success();
  if (table.getRank() != 2 || !canBeEqual(table.getDimSize(0), blockType.getDimSize(0)) ||
      !canBeEqual(table.getDimSize(1), 2))
    return op->emitOpError() << "expected " << what << " of block dimensions x 2 for " << blockType << ", got "
                             << table;
  return success();
}

LogicalResult SpaceToBatchNdOp::verify() {
  return verifyBatchBlocks(*this, getBlockShape(), getPaddings(), "paddings");
}

LogicalResult BatchToSpaceNdOp::verify() { return verifyBatchBlocks(*this, getBlockShape(), getCrops(), "crops"); }

static LogicalResult verifyResize(Operation *op, Value input, Value size) {
  if (failed(verifyRank(op, input, "an input", 4)) || failed(verifyIndexVector(op, size, "the size", 2)) ||
      failed(verifyRank(op, op->getResult(0), "a result", 4)))
    return failure();
  std::optional<SmallVector<int64_t>> sizes = getConstantIndices(size);
  if (!sizes)
    return success();
  return failure(failed(verifyResultSize(op, op->getResult(0), 1, (*sizes)[0])) ||
                 failed(verifyResultSize(op, op->getResult(0), 2, (*sizes)[1])));
}

LogicalResult ResizeBilinearOp::verify() { return verifyResize(*this, getInput(), getSize()); }

LogicalResult ResizeNearestNeighborOp::verify() { return verifyResize(*this, getInput(), getSize()); }

//===----------------------------------------------------------------------===//
// Several tensors in one, one in several
//===----------------------------------------------------------------------===//

LogicalResult ConcatenationOp::verify() {
  if (getInputs().empty())
    return emitOpError() << "expected at least one input";
  RankedTensorType type = ranked(getOutput());
  if (!type)
    return success();
  int64_t axis = int32_t(getAxis()), rank = type.getRank(), total = 0;
  if (failed(verifyAxis(*this, axis, rank)))
    return failure();
  axis += axis < 0 ? rank : 0;
  for (auto [index, input] : llvm::enumerate(getInputs())) {
    RankedTensorType inputType = ranked(input);
    if (!inputType)
      return success();
    if (inputType.getRank() != rank)
      return emitOpError() << "expected inputs of rank " << rank << ", got " << inputType << " for input " << index;
    for (int64_t dim = 0; dim < rank; ++dim)
      if (dim != axis && !canBeEqual(inputType.getDimSize(dim), type.getDimSize(dim)))
        return emitOpError() << "expected inputs that differ from " << type << " in dimension " << axis << " only, got "
                             << inputType << " for input " << index;
    bool isKnown = known(total) && known(inputType.getDimSize(axis));
    total = isKnown ? total + inputType.getDimSize(axis) : ShapedType::kDynamic;
  }
  return verifyResultSize(*this, getOutput(), axis, total);
}

void ConcatenationOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *) {
  addDropWithoutEffect<ConcatenationOp>(patterns, [](ConcatenationOp op) {
    return op.getInputs().size() != 1 || op.getFusedActivationFunction() != Activation::NONE;
  });
}

LogicalResult PackOp::verify() {
  if (getInputs().empty())
    return emitOpError() << "expected at least one input";
  if (int32_t(getValuesCount()) != int32_t(getInputs().size()))
    return emitOpError() << "values_count is " << int32_t(getValuesCount()) << ", but there are " << getInputs().size()
                         << " inputs";
  RankedTensorType output = ranked(getOutput());
  if (!output)
    return success();
  if (failed(verifyAxis(*this, int32_t(getAxis()), output.getRank())))
    return failure();
  for (Value input : getInputs())
    if (failed(verifyRank(*this, input, "inputs", output.getRank() - 1)))
      return failure();
  return success();
}

LogicalResult UnpackOp::verify() {
  if (int32_t(getNum()) != int32_t(getOutputs().size()))
    return emitOpError() << "num is " << int32_t(getNum()) << ", but there are " << getOutputs().size() << " results";
  RankedTensorType input = ranked(getInput());
  if (!input)
    return success();
  if (failed(verifyAxis(*this, int32_t(getAxis()), input.getRank())))
    return failure();
  for (Value output : getOutputs())
    if (failed(verifyRank(*this, output, "results", input.getRank() - 1)))
      return failure();
  return success();
}

/// A split has as many results as `count` says, each of the input's rank.
static LogicalResult verifySplit(Operation *op, Value input, Value axis, int32_t count) {
  if (count != int32_t(op->getNumResults()))
    return op->emitOpError() << "num_splits is " << count << ", but there are " << op->getNumResults() << " results";
  if (failed(verifyIndices(op, axis, "the axis")))
    return failure();
  if (RankedTensorType type = ranked(input))
    for (Value output : op->getResults())
      if (failed(verifyRank(op, output, "results", type.getRank())))
        return failure();
  return success();
}

LogicalResult SplitOp::verify() { return verifySplit(*this, getInput(), getAxis(), getNumSplits()); }

LogicalResult SplitVOp::verify() {
  if (failed(verifySplit(*this, getInput(), getAxis(), getNumSplits())))
    return failure();
  return verifyIndexVector(*this, getSizeSplits(), "size_splits", getNumResults());
}

} // namespace mlir::vernier::nn
