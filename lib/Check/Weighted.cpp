//===- Weighted.cpp - Operators that multiply by weights --------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Weighted.h"

namespace mlir::vernier::check {

std::optional<Weighted> Weighted::of(const OperatorView &op) {
  QuantizableOpInterface contract = getContract(op);
  std::optional<Scheme> scheme = getScheme(op);
  if (!contract || !scheme || op.results.size() != 1 || !contract.getInternalTensors(*scheme).empty())
    return std::nullopt;
  // The bias may be absent; the contract knows its place all the same.
  constexpr unsigned kMostOperands = 4;
  for (unsigned i = 0; i < kMostOperands; ++i) {
    QuantSource source = contract.getOperandSource(i, *scheme);
    if (source.kind != QuantSource::Kind::Derived || source.factors.size() != 2)
      continue;
    const TensorView *input = op.operand(source.factors[0]), *weight = op.operand(source.factors[1]);
    QuantSpec spec = contract.getOperandSource(source.factors[1], *scheme).spec;
    if (!input || !weight || !spec.axis || *spec.axis >= weight->shape.size() || !input->isQuantized() ||
        !weight->isQuantized() || integerBits(input->type) == 0 || integerBits(weight->type) == 0)
      return std::nullopt;
    return Weighted{input, weight, op.results[0], op.operand(i), *spec.axis, *scheme};
  }
  return std::nullopt;
}

} // namespace mlir::vernier::check
