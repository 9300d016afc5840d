//===- Verify.h - What the verifiers of several operators share ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Checks pass wherever a rank or a size is unknown: a file may leave shapes to the runtime.

#ifndef VERNIER_LIB_DIALECT_NN_VERIFY_H
#define VERNIER_LIB_DIALECT_NN_VERIFY_H

#include "vernier/Dialect/NN/NN.h"

namespace mlir::vernier::nn {

/// The tensor type of `value` when it has a rank; null for none, absent and unranked values.
inline RankedTensorType ranked(Value value) {
  return value ? dyn_cast<RankedTensorType>(value.getType()) : RankedTensorType();
}

inline bool known(int64_t size) { return !ShapedType::isDynamic(size); }

/// Two sizes that can be equal at run time.
inline bool canBeEqual(int64_t a, int64_t b) { return !known(a) || !known(b) || a == b; }

/// `value` has rank `rank`.
LogicalResult verifyRank(Operation *op, Value value, StringRef what, int64_t rank);

/// `value` is a vector of `size` integers; `size` may be dynamic.
LogicalResult verifyIndexVector(Operation *op, Value value, StringRef what, int64_t size);

/// `value` holds integers, one or a vector of them.
LogicalResult verifyIndices(Operation *op, Value value, StringRef what);

/// Dimension `dim` of the result `value` can have the size `expected`.
LogicalResult verifyResultSize(Operation *op, Value value, int64_t dim, int64_t expected);

/// -rank <= axis < rank.
LogicalResult verifyAxis(Operation *op, int64_t axis, int64_t rank);

/// The elements of a constant vector of i32 or i64 that defines `value`, or nothing.
std::optional<SmallVector<int64_t>> getConstantIndices(Value value);

} // namespace mlir::vernier::nn

#endif // VERNIER_LIB_DIALECT_NN_VERIFY_H
