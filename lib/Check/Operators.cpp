//===- Operators.cpp - What operators ask of their tensors ------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The answers that the quantizer gets when it asks where parameters come from, compared with what a file has.

#include "Rule.h"
#include "llvm/Support/FormatVariadic.h"
#include <cmath>

namespace mlir::vernier::check {
namespace {

using llvm::formatv;

/// Calls `visit` with each operand and result of `op`, what the contract says of it and its tensor.
void forEachSlot(const OperatorView &op, const Scheme &scheme,
                 llvm::function_ref<void(ValueSlot, const QuantSource &, const TensorView &)> visit) {
  QuantizableOpInterface contract = getContract(op);
  for (unsigned i = 0, e = op.operands.size(); i < e; ++i)
    if (op.operands[i])
      visit(ValueSlot::operand(i), contract.getOperandSource(i, scheme), *op.operands[i]);
  for (unsigned i = 0, e = op.results.size(); i < e; ++i)
    if (op.results[i])
      visit(ValueSlot::result(i), contract.getResultSource(i, scheme), *op.results[i]);
}

void sameScale(Context &context, const OperatorView &op) {
  std::optional<Scheme> scheme = getScheme(op);
  if (!scheme || !getContract(op))
    return;
  // Kernels of the old unsigned type rescale each operand.
  if (op.is(Builtin::CONCATENATION) && op.results[0]->type == Element::UINT8)
    return;
  llvm::SmallVector<std::pair<int32_t, int32_t>> seen;
  forEachSlot(op, *scheme, [&](ValueSlot, const QuantSource &source, const TensorView &tensor) {
    if (source.kind != QuantSource::Kind::Shared)
      return;
    const TensorView *other = at(op, source.shared);
    if (!other || other->index == tensor.index || !tensor.isQuantized() || !other->isQuantized() ||
        integerBits(tensor.type) > 16 || integerBits(other->type) > 16)
      return;
    auto pair = std::minmax(tensor.index, other->index);
    if (llvm::is_contained(seen, std::pair<int32_t, int32_t>(pair)))
      return;
    seen.push_back(pair);
    if (tensor.scales != other->scales || tensor.zeroPoint() != other->zeroPoint())
      context.report({op, &tensor}, formatv("{0}, as tensor {1} has", showParameters(*other), other->index),
                     showParameters(tensor));
  });
}

void fixedOutput(Context &context, const OperatorView &op) {
  std::optional<Scheme> scheme = getScheme(op);
  if (!scheme || !getContract(op))
    return;
  forEachSlot(op, *scheme, [&](ValueSlot, const QuantSource &source, const TensorView &tensor) {
    if (source.kind != QuantSource::Kind::Fixed || !tensor.isQuantized())
      return;
    int64_t zeroPoint = source.zeroPoint + (tensor.type == Element::UINT8 ? 128 : 0);
    // 16-bit kernels round the scale themselves; 8-bit ones want it exactly.
    double tolerance = scheme->kind == Scheme::Kind::Int16x8 ? 1e-3 : 0;
    if (tensor.isPerAxis() || std::abs(tensor.scale() - source.scale) > tolerance * source.scale ||
        tensor.zeroPoint() != zeroPoint)
      context.report({op, &tensor}, formatv("scale {0}, zero point {1}", show(source.scale), zeroPoint),
                     showParameters(tensor));
  });
}

const Rule kRules[] = {
    {"same-scale", Severity::Error,
     "operators that only move or compare values have one scale and zero point throughout",
     "kernels copy the stored integers: the real values change in silence; concatenation fails at load",
     "requantize the operand in front (QUANTIZE), or give both the same parameters", sameScale},
    {"fixed-output", Severity::Error,
     "softmax, logistic, tanh and the like have the output parameters that their kernels assume",
     "LiteRT refuses the file, TFLM computes on other parameters", "write the fixed parameters and requantize behind",
     fixedOutput},
};

} // namespace

ArrayRef<Rule> operatorRules() { return kRules; }

} // namespace mlir::vernier::check
