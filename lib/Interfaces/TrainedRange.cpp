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

llvm::StringLiteral getTrainedTypeAttrName() { return "quantx.trained_type"; }

Type getTrainedType(Value value) {
  Operation *op = value.getDefiningOp();
  auto type = op ? op->getAttrOfType<TypeAttr>(getTrainedTypeAttrName()) : TypeAttr();
  return type ? type.getValue() : Type();
}

/// Range `place` of `numbers`, or nothing.
static std::optional<TrainedRange> readRange(DenseF64ArrayAttr numbers, size_t place) {
  if (!numbers || 2 * place + 1 >= size_t(numbers.size()) || !isRange(numbers[2 * place], numbers[2 * place + 1]))
    return std::nullopt;
  return TrainedRange{numbers[2 * place], numbers[2 * place + 1]};
}

static DenseF64ArrayAttr getRanges(Operation *op) {
  return op->getAttrOfType<DenseF64ArrayAttr>(getTrainedRangeAttrName());
}

static void writeRange(Operation *op, size_t place, TrainedRange range) {
  SmallVector<double> numbers;
  if (DenseF64ArrayAttr present = getRanges(op))
    numbers.assign(present.asArrayRef().begin(), present.asArrayRef().end());
  numbers.resize(2 * std::max<size_t>(place + 1, std::max<size_t>(op->getNumResults(), numbers.size() / 2)), NAN);
  numbers[2 * place] = range.min;
  numbers[2 * place + 1] = range.max;
  op->setDiscardableAttr(getTrainedRangeAttrName(), DenseF64ArrayAttr::get(op->getContext(), numbers));
}

std::optional<TrainedRange> getTrainedRange(Value value) {
  if (auto result = dyn_cast<OpResult>(value))
    return readRange(getRanges(result.getOwner()), result.getResultNumber());
  auto argument = cast<BlockArgument>(value);
  FunctionOpInterface function = functionOf(argument);
  if (!function)
    return std::nullopt;
  return readRange(function.getArgAttrOfType<DenseF64ArrayAttr>(argument.getArgNumber(), getTrainedRangeAttrName()), 0);
}

std::optional<TrainedRange> getTrainedInternalRange(Operation *op, unsigned index) {
  return readRange(getRanges(op), op->getNumResults() + index);
}

void setTrainedInternalRange(Operation *op, unsigned index, TrainedRange range) {
  writeRange(op, op->getNumResults() + index, range);
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
  writeRange(value.getDefiningOp(), cast<OpResult>(value).getResultNumber(), range);
}

} // namespace mlir::vernier
