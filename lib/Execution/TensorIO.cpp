//===- TensorIO.cpp - A network's inputs and outputs as arrays of files ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "vernier/Execution/TensorIO.h"
#include "mlir/Dialect/Quant/IR/QuantTypes.h"
#include "mlir/IR/BuiltinTypes.h"

namespace mlir::vernier {

FailureOr<ElementKind> getElementKind(Type elementType) {
  bool isUnsigned = elementType.isUnsignedInteger();
  if (auto quantized = dyn_cast<quant::QuantizedType>(elementType)) {
    elementType = quantized.getStorageType();
    isUnsigned = !quantized.isSigned();
  }
  if (elementType.isF16())
    return ElementKind::Float16;
  if (elementType.isF32())
    return ElementKind::Float32;
  if (elementType.isF64())
    return ElementKind::Float64;
  auto integer = dyn_cast<IntegerType>(elementType);
  if (!integer)
    return failure();
  switch (integer.getWidth()) {
  case 1:
    return ElementKind::Bool;
  case 8:
    return isUnsigned ? ElementKind::UInt8 : ElementKind::Int8;
  case 16:
    return isUnsigned ? ElementKind::UInt16 : ElementKind::Int16;
  case 32:
    return isUnsigned ? ElementKind::UInt32 : ElementKind::Int32;
  case 64:
    return isUnsigned ? ElementKind::UInt64 : ElementKind::Int64;
  default:
    return failure();
  }
}

FailureOr<std::vector<InputSpec>> getInputSpecs(ArrayRef<TensorInfo> inputs) {
  std::vector<InputSpec> specs;
  for (const TensorInfo &input : inputs) {
    FailureOr<ElementKind> kind = getElementKind(input.elementType);
    if (failed(kind))
      return failure();
    specs.push_back({input.name, *kind, input.shape});
  }
  return specs;
}

TensorBuffers::TensorBuffers(ArrayRef<TensorInfo> tensors) {
  // Words, so that every buffer is aligned for its elements.
  for (const TensorInfo &tensor : tensors)
    memory.emplace_back((tensor.bytes + 7) / 8);
  for (auto [words, tensor] : llvm::zip_equal(memory, tensors))
    views.emplace_back(reinterpret_cast<char *>(words.data()), size_t(tensor.bytes));
}

} // namespace mlir::vernier
