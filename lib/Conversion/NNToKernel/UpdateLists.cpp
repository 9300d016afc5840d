//===- UpdateLists.cpp - Lists of which a loop sets one item ----*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Converters write `list[i] = item` as three parts: what is before the item, the item, what is behind it. How long the
// parts are, only the run knows; how long the whole is, its type says.
//===----------------------------------------------------------------------===//

#include "UpdateLists.h"
#include "mlir/IR/Builders.h"
#include "vernier/Dialect/NN/NN.h"
#include "vernier/Interfaces/ConstantData.h"

namespace mlir::vernier {

/// The integers of a constant of 32 or 64 bits.
static std::optional<SmallVector<int64_t>> readIntegers(Value value) {
  std::optional<ConstantData> data = getConstantData(value);
  Type element = getElementTypeOrSelf(value.getType());
  if (!data || !(element.isSignlessInteger(32) || element.isSignlessInteger(64)))
    return std::nullopt;
  const size_t size = element.getIntOrFloatBitWidth() / 8;
  SmallVector<int64_t> values;
  for (size_t at = 0; at + size <= data->bytes().size(); at += size) {
    int32_t narrow;
    int64_t wide;
    std::memcpy(size == sizeof(narrow) ? static_cast<void *>(&narrow) : &wide, data->bytes().data() + at, size);
    values.push_back(size == sizeof(narrow) ? narrow : wide);
  }
  return values;
}

/// Whether `op` is `concatenation(slice(x, 0, ...), item, slice(x, begin, to the end))` with the type of x. Whatever
/// `begin` is, the parts make up that type only where they are all of x around the item.
static bool setsItem(nn::ConcatenationOp op) {
  if (op.getInputs().size() != 3 || op.getFusedActivationFunction() != nn::Activation::NONE)
    return false;
  auto before = op.getInputs()[0].getDefiningOp<nn::SliceOp>(), behind = op.getInputs()[2].getDefiningOp<nn::SliceOp>();
  auto type = dyn_cast<RankedTensorType>(op.getType());
  auto item = dyn_cast<RankedTensorType>(op.getInputs()[1].getType());
  if (!before || !behind || !type || !item || !type.hasStaticShape() || !item.hasStaticShape() ||
      before.getInput() != behind.getInput() || before.getInput().getType() != type ||
      item.getElementType() != type.getElementType() || item.getRank() != type.getRank())
    return false;
  const int64_t axis = int32_t(op.getAxis()) < 0 ? int32_t(op.getAxis()) + type.getRank() : int32_t(op.getAxis());
  if (axis < 0 || axis >= type.getRank() || item.getDimSize(axis) > type.getDimSize(axis))
    return false;
  for (int64_t i = 0; i < type.getRank(); ++i)
    if (i != axis && item.getDimSize(i) != type.getDimSize(i))
      return false;
  auto begin = readIntegers(before.getBegin()), size = readIntegers(behind.getSize());
  return begin && llvm::all_of(*begin, [](int64_t at) { return at == 0; }) && size &&
         int64_t(size->size()) == type.getRank() && (*size)[axis] == -1;
}

void updateLists(ModuleOp module) {
  SmallVector<nn::ConcatenationOp> found;
  module.walk([&](nn::ConcatenationOp op) {
    if (setsItem(op))
      found.push_back(op);
  });
  for (nn::ConcatenationOp op : found) {
    auto before = op.getInputs()[0].getDefiningOp<nn::SliceOp>(),
         behind = op.getInputs()[2].getDefiningOp<nn::SliceOp>();
    Value item = op.getInputs()[1];
    auto list = cast<RankedTensorType>(op.getType());
    auto places = dyn_cast<RankedTensorType>(behind.getBegin().getType());
    if (!places || !places.hasStaticShape() || places.getNumElements() != list.getRank())
      continue;
    // The item begins its own length before what is behind it.
    const int64_t axis = int32_t(op.getAxis()) < 0 ? int32_t(op.getAxis()) + list.getRank() : int32_t(op.getAxis());
    SmallVector<APInt> length(list.getRank(), APInt(places.getElementTypeBitWidth(), 0));
    length[axis] = APInt(places.getElementTypeBitWidth(), cast<RankedTensorType>(item.getType()).getDimSize(axis));
    OpBuilder builder(op);
    Value constant =
        nn::ConstOp::create(builder, op.getLoc(), places, DenseElementsAttr::get(places, length)).getOutput();
    Value begin = nn::SubOp::create(builder, op.getLoc(), places, behind.getBegin(), constant, nn::Activation::NONE);
    auto update = nn::DynamicUpdateSliceOp::create(builder, op.getLoc(), list, before.getInput(), item, begin);
    // Messages, and the reader of the program, know it by the name that it had.
    update->setDiscardableAttrs(op->getDiscardableAttrDictionary());
    op.replaceAllUsesWith(update.getOutput());
    op.erase();
    for (nn::SliceOp slice : {before, behind})
      if (slice->use_empty())
        slice.erase();
  }
}

} // namespace mlir::vernier
