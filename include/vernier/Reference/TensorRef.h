//===- TensorRef.h - A tensor in memory, as executors see it ----*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_REFERENCE_TENSORREF_H
#define VERNIER_REFERENCE_TENSORREF_H

#include "mlir/IR/Types.h"
#include "mlir/Support/LLVM.h"
#include <functional>
#include <numeric>

namespace mlir::vernier {

/// A view of one tensor: element type, concrete shape and row-major data, little endian. The
/// element type is f32, an integer or a `!quant.uniform` type, which brings scale and zero point.
/// An absent optional operand has a null type and null data.
struct TensorRef {
  Type elementType;
  ArrayRef<int64_t> shape;
  void *data = nullptr;

  int64_t elements() const {
    return std::accumulate(shape.begin(), shape.end(), int64_t(1), std::multiplies<int64_t>());
  }
  template <typename T> T *as() const { return static_cast<T *>(data); }
  explicit operator bool() const { return bool(elementType); }
};

} // namespace mlir::vernier

#endif // VERNIER_REFERENCE_TENSORREF_H
