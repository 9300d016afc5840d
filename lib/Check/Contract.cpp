//===- Contract.cpp - What the quantizer's rules say of an operator -*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Reader/TensorTypes.h"
#include "Rule.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/FormatVariadic.h"

namespace mlir::vernier::check {

QuantizableOpInterface getContract(const OperatorView &op) {
  if (!op.nn || (!op.problem.empty() && !op.contradictsShapes))
    return {};
  return dyn_cast<QuantizableOpInterface>(op.nn);
}

std::optional<Scheme> getScheme(const OperatorView &op) {
  std::optional<Scheme> scheme;
  auto look = [&](const TensorView *tensor) {
    if (!tensor || scheme)
      return;
    if (tensor->type == Element::INT16)
      scheme.emplace().kind = Scheme::Kind::Int16x8;
    else if (tensor->type == Element::INT8 || tensor->type == Element::UINT8)
      scheme.emplace().kind = Scheme::Kind::Int8;
  };
  // The result says it; comparisons and the like have another type there.
  look(op.result(0));
  bool isFloating = op.result(0) && isFloat(op.result(0)->type);
  for (const TensorView *operand : op.operands)
    if (!scheme && !isFloating)
      look(operand);
  return scheme;
}

const TensorView *at(const OperatorView &op, ValueSlot slot) {
  return slot.isResult ? op.result(slot.index) : op.operand(slot.index);
}

std::string show(double value) {
  std::string text;
  llvm::raw_string_ostream(text) << llvm::format("%.9g", value);
  return text;
}

std::string showParameters(const TensorView &tensor) {
  if (tensor.scales.empty())
    return "no scale";
  if (!tensor.isPerAxis())
    return "scale " + show(tensor.scale()) + ", zero point " + std::to_string(tensor.zeroPoint());
  return llvm::formatv("{0} scales from {1} on dimension {2}", tensor.scales.size(), show(tensor.scale()), tensor.axis);
}

std::string showType(const TensorView &tensor) {
  std::string text;
  for (int32_t dim : tensor.shape)
    text += std::to_string(dim) + "x";
  return text + nameOf(tensor.type).str();
}

} // namespace mlir::vernier::check
