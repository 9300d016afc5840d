//===- TensorIO.h - A network's inputs and outputs as arrays of files ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_EXECUTION_TENSORIO_H
#define VERNIER_EXECUTION_TENSORIO_H

#include "vernier/Execution/Executor.h"
#include "vernier/IO/Data.h"

namespace mlir::vernier {

/// The element kind in which an array file holds `elementType`; quantized types by their storage.
/// Fails for types that no array file has (packed 4-bit integers, strings).
FailureOr<ElementKind> getElementKind(Type elementType);

/// What data files have to offer for each input. Fails where `getElementKind` does.
FailureOr<std::vector<InputSpec>> getInputSpecs(ArrayRef<TensorInfo> inputs);

/// Memory for one value of each tensor, aligned for its elements.
class TensorBuffers {
public:
  explicit TensorBuffers(ArrayRef<TensorInfo> tensors);
  MutableArrayRef<MutableArrayRef<char>> writable() { return views; }
  SmallVector<ArrayRef<char>> readable() const { return {views.begin(), views.end()}; }

private:
  std::vector<std::vector<uint64_t>> memory;
  std::vector<MutableArrayRef<char>> views;
};

} // namespace mlir::vernier

#endif // VERNIER_EXECUTION_TENSORIO_H
