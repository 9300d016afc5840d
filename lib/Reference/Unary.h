//===- Unary.h - Functions of one element -----------------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A function of one quantized element is a table of 256 values, however a kernel computes it.

#ifndef VERNIER_LIB_REFERENCE_UNARY_H
#define VERNIER_LIB_REFERENCE_UNARY_H

#include "Call.h"
#include <functional>

namespace mlir::vernier::reference {

/// The result for one stored value; nothing where the operator is not defined on it.
using StoredFunction = std::function<std::optional<int64_t>(int64_t)>;

struct UnaryForms {
  /// Any float type, rounded once.
  std::function<double(double)> real;
  /// Nothing where the parameters have no form; null where no parameters have one.
  std::function<std::optional<StoredFunction>(Affine input, Affine output)> quantized = nullptr;
  /// Integers that stand for themselves.
  StoredFunction integer = nullptr;
  /// `quantized` knows 16 bits, too.
  bool on16Bits = false;
};

/// Evaluates an operator on one tensor, element by element.
LogicalResult unary(const Call &call, const UnaryForms &forms);

/// Dequantizes, evaluates `function` in float, multiplies by the reciprocal of the output's scale and rounds: what
/// LiteRT fills its tables with (halves away from zero; XNNPACK: to even).
StoredFunction throughFloat(Affine input, Affine output, numerics::Ties ties, std::function<float(float)> function);

/// The same on 16 bits, which interpolate between the entries of a table.
StoredFunction interpolated(Affine input, Affine output, std::function<float(float)> function);

/// `(x - zero point) * ratio + zero point` in fixed point within `range`: what the built-in kernels do where a
/// function is linear.
StoredFunction rescaled(Affine input, float ratio, numerics::QuantizedRange range);

} // namespace mlir::vernier::reference

#endif // VERNIER_LIB_REFERENCE_UNARY_H
