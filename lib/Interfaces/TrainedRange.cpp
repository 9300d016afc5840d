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

bool isRange(double min, double max) { return std::isfinite(min) && std::isfinite(max) && min <= max; }

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
  if (!numbers || place + 1 >= size_t(numbers.size()) || !isRange(numbers[place], numbers[place + 1]))
    return std::nullopt;
  return TrainedRange{numbers[place], numbers[place + 1]};
}

LogicalResult verifyTrainedRange(function_ref<InFlightDiagnostic()> emitError, Attribute attr) {
  auto numbers = dyn_cast<DenseF64ArrayAttr>(attr);
  bool valid = numbers && numbers.size() % 2 == 0;
  for (int64_t i = 0; valid && i < numbers.size(); i += 2)
    valid = isRange(numbers[i], numbers[i + 1]) || (std::isnan(numbers[i]) && std::isnan(numbers[i + 1]));
  if (!valid)
    return emitError() << "expected '" << getTrainedRangeAttrName()
                       << "' to be pairs of finite numbers with min <= max, or of NaN (array<f64: ...>), got " << attr;
  return success();
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
