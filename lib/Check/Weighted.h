//===- Weighted.h - Operators that multiply by weights ----------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_LIB_CHECK_WEIGHTED_H
#define VERNIER_LIB_CHECK_WEIGHTED_H

#include "Rule.h"

namespace mlir::vernier::check {

/// An integer operator that sums products of an input and weights: a convolution or a dense layer. Which operand is
/// which is the contract's answer to where a bias takes its scale from.
struct Weighted {
  /// Nothing for other operators, and for those without scales to look at.
  static std::optional<Weighted> of(const OperatorView &op);

  const TensorView *input, *weight, *output;
  /// Null without a bias.
  const TensorView *bias;
  /// The dimension of `weight` that may have a scale for each slice.
  unsigned axis;
  Scheme scheme;

  /// Slices of the weight along `axis`, and products in the sum of each output of one.
  uint64_t channels() const { return weight->shape[axis]; }
  uint64_t depth() const { return channels() ? weight->numElements() / channels() : 0; }
};

} // namespace mlir::vernier::check

#endif // VERNIER_LIB_CHECK_WEIGHTED_H
