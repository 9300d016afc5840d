//===- TensorIO.h - Between data files and executors ------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Says in the words of IO what an executor takes, and owns the buffers of one run.
//===----------------------------------------------------------------------===//

#ifndef VERNIER_EXECUTION_TENSORIO_H
#define VERNIER_EXECUTION_TENSORIO_H

#include "vernier/Execution/Executor.h"
#include "vernier/IO/Data.h"

namespace mlir::vernier {

/// What `elementType` is in a data file: plain numbers as they are, quantized ones as the integers they are stored in.
/// Fails for types that no file holds.
FailureOr<ElementKind> getElementKind(Type elementType);

/// The inputs of a function as `DataSource::bind` wants them; data decides dynamic dimensions. Fails where
/// `getElementKind` does. A tensor without a rank counts as a scalar.
FailureOr<std::vector<InputSpec>> getInputSpecs(func::FuncOp function);

/// A buffer for each of several tensors, uninitialized and aligned for kernels.
class TensorBuffers {
public:
  explicit TensorBuffers(ArrayRef<TensorInfo> tensors);
  TensorBuffers(const TensorBuffers &) = delete;
  TensorBuffers &operator=(const TensorBuffers &) = delete;
  ~TensorBuffers();

  MutableArrayRef<MutableArrayRef<char>> writable() { return views; }
  ArrayRef<ArrayRef<char>> readable() const { return constViews; }

private:
  SmallVector<MutableArrayRef<char>> views;
  SmallVector<ArrayRef<char>> constViews;
};

} // namespace mlir::vernier

#endif // VERNIER_EXECUTION_TENSORIO_H
