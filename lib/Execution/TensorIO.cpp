//===- TensorIO.cpp - Between data files and executors ----------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "vernier/Execution/TensorIO.h"
#include "mlir/Dialect/Quant/IR/QuantTypes.h"
#include "vernier/Interfaces/TensorIdentity.h"
#include "llvm/Support/MemAlloc.h"

namespace mlir::vernier {

FailureOr<ElementKind> getElementKind(Type type) {
  bool isSigned = true;
  if (auto quantized = dyn_cast<quant::QuantizedType>(type)) {
    isSigned = quantized.isSigned();
    type = quantized.getStorageType();
  }
  if (type.isF16())
    return ElementKind::Float16;
  if (type.isF32())
    return ElementKind::Float32;
  if (type.isF64())
    return ElementKind::Float64;
  auto integer = dyn_cast<IntegerType>(type);
  if (!integer)
    return failure();
  isSigned = isSigned && !integer.isUnsigned();
  switch (integer.getWidth()) {
  case 1:
    return ElementKind::Bool;
  case 8:
    return isSigned ? ElementKind::Int8 : ElementKind::UInt8;
  case 16:
    return isSigned ? ElementKind::Int16 : ElementKind::UInt16;
  case 32:
    return isSigned ? ElementKind::Int32 : ElementKind::UInt32;
  case 64:
    return isSigned ? ElementKind::Int64 : ElementKind::UInt64;
  default:
    return failure();
  }
}

FailureOr<std::vector<InputSpec>> getInputSpecs(func::FuncOp function) {
  std::vector<InputSpec> specs;
  for (BlockArgument argument : function.getArguments()) {
    auto type = dyn_cast<TensorType>(argument.getType());
    FailureOr<ElementKind> kind = type ? getElementKind(type.getElementType()) : FailureOr<ElementKind>();
    if (failed(kind))
      return failure();
    llvm::SmallVector<int64_t> shape;
    if (auto ranked = dyn_cast<RankedTensorType>(type))
      for (int64_t size : ranked.getShape())
        shape.push_back(ShapedType::isDynamic(size) ? -1 : size);
    specs.push_back({getTensorName(argument).str(), *kind, std::move(shape)});
  }
  return specs;
}

static constexpr size_t kAlignment = 64;

TensorBuffers::TensorBuffers(ArrayRef<TensorInfo> tensors) {
  for (const TensorInfo &tensor : tensors) {
    const size_t size = tensor.bytes;
    auto *data = static_cast<char *>(llvm::allocate_buffer(std::max<size_t>(size, 1), kAlignment));
    views.emplace_back(data, size);
    constViews.emplace_back(data, size);
  }
}

TensorBuffers::~TensorBuffers() {
  for (MutableArrayRef<char> view : views)
    llvm::deallocate_buffer(view.data(), std::max<size_t>(view.size(), 1), kAlignment);
}

} // namespace mlir::vernier
