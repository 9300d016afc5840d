//===- Compare.h - comparisons and logic ------------------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Function objects for `mapElements` that give bool. Quantized operands are
// brought to a common scale first, as every kernel set of LiteRT does it.
//===----------------------------------------------------------------------===//

#ifndef VERNIER_RUNTIME_COMPARE_H
#define VERNIER_RUNTIME_COMPARE_H

#include "vernier/Numerics/LookupTable.h"

namespace mlir::vernier::runtime {

struct Equal {
  template <class T> bool operator()(T a, T b) const { return a == b; }
};
struct NotEqual {
  template <class T> bool operator()(T a, T b) const { return a != b; }
};
struct Less {
  template <class T> bool operator()(T a, T b) const { return a < b; }
};
struct LessEqual {
  template <class T> bool operator()(T a, T b) const { return a <= b; }
};
struct Greater {
  template <class T> bool operator()(T a, T b) const { return a > b; }
};
struct GreaterEqual {
  template <class T> bool operator()(T a, T b) const { return a >= b; }
};

/// Booleans are stored as bytes: 0, or anything else.
template <class Comparison> struct CompareBooleans {
  bool operator()(uint8_t a, uint8_t b) const { return Comparison()(a != 0, b != 0); }
};
struct LogicalAnd {
  bool operator()(uint8_t a, uint8_t b) const { return a != 0 && b != 0; }
};
struct LogicalOr {
  bool operator()(uint8_t a, uint8_t b) const { return a != 0 || b != 0; }
};
struct LogicalNot {
  bool operator()(uint8_t x) const { return x == 0; }
};

/// `Comparison` of quantized operands: each is multiplied by 2^8 times its
/// scale and rounded.
template <class Comparison> struct CompareQuantized {
  int32_t lhsZeroPoint, rhsZeroPoint;
  numerics::FixedPointMultiplier lhs, rhs;

  bool operator()(int32_t a, int32_t b) const {
    return Comparison()(numerics::multiplyByQuantizedMultiplier(numerics::wrapShiftLeft(a - lhsZeroPoint, 8), lhs),
                        numerics::multiplyByQuantizedMultiplier(numerics::wrapShiftLeft(b - rhsZeroPoint, 8), rhs));
  }
};

template <class Comparison>
inline CompareQuantized<Comparison> makeCompareQuantized(numerics::AffineParams lhs, numerics::AffineParams rhs) {
  return {lhs.zeroPoint, rhs.zeroPoint, numerics::quantizeMultiplier(static_cast<double>(lhs.scale)),
          numerics::quantizeMultiplier(static_cast<double>(rhs.scale))};
}

} // namespace mlir::vernier::runtime

#endif // VERNIER_RUNTIME_COMPARE_H
