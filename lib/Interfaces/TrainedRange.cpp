//===- TrainedRange.cpp - What quantization-aware training decided ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "vernier/Interfaces/TrainedRange.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include <cmath>

namespace mlir::vernier {
namespace {

/// The function whose argument `argument` is, or null for arguments of other blocks.
FunctionOpInterface functionOf(BlockArgument argument) {
  auto function = dyn_cast_or_null<FunctionOpInterface>(argument.getOwner()->getParentOp());
  return function && argument.getOwner()->isEntryBlock() ? function : FunctionOpInterface();
}

} // namespace

llvm::StringLiteral getTrainedRangeAttrName() { return "quantx.trained_range"; }

std::optional<TrainedRange> getTrainedRange(Value value) {
  DenseF64ArrayAttr numbers;
  size_t place = 0;
  if (auto argument = dyn_cast<BlockArgument>(value)) {
    if (FunctionOpInterface function = functionOf(argument))
      numbers = function.getArgAttrOfType<DenseF64ArrayAttr>(argument.getArgNumber(), getTrainedRangeAttrName());
  } else {
    numbers = value.getDefiningOp()->getAttrOfType<DenseF64ArrayAttr>(getTrainedRangeAttrName());
    place = 2 * cast<OpResult>(value).getResultNumber();
  }
  if (!numbers || place + 1 >= size_t(numbers.size()) || std::isnan(numbers[place]) || std::isnan(numbers[place + 1]))
    return std::nullopt;
  return TrainedRange{numbers[place], numbers[place + 1]};
}

void setTrainedRange(Value value, TrainedRange range) {
  MLIRContext *context = value.getContext();
  if (auto argument = dyn_cast<BlockArgument>(value)) {
    if (FunctionOpInterface function = functionOf(argument))
      function.setArgAttr(argument.getArgNumber(), getTrainedRangeAttrName(),
                          DenseF64ArrayAttr::get(context, {range.min, range.max}));
    return;
  }
  Operation *op = value.getDefiningOp();
  SmallVector<double> numbers(2 * op->getNumResults(), NAN);
  if (auto present = op->getAttrOfType<DenseF64ArrayAttr>(getTrainedRangeAttrName());
      present && size_t(present.size()) == numbers.size())
    llvm::copy(present.asArrayRef(), numbers.begin());
  unsigned place = 2 * cast<OpResult>(value).getResultNumber();
  numbers[place] = range.min;
  numbers[place + 1] = range.max;
  op->setDiscardableAttr(getTrainedRangeAttrName(), DenseF64ArrayAttr::get(context, numbers));
}

} // namespace mlir::vernier
