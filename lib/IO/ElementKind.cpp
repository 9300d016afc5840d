//===- ElementKind.cpp - element types of data files ------------------------===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "vernier/IO/ElementKind.h"
#include "llvm/Support/ErrorHandling.h"

using namespace mlir::vernier;

unsigned mlir::vernier::byteSize(ElementKind kind) {
  switch (kind) {
  case ElementKind::Bool:
  case ElementKind::Int8:
  case ElementKind::UInt8:
    return 1;
  case ElementKind::Int16:
  case ElementKind::UInt16:
  case ElementKind::Float16:
    return 2;
  case ElementKind::Int32:
  case ElementKind::UInt32:
  case ElementKind::Float32:
    return 4;
  case ElementKind::Int64:
  case ElementKind::UInt64:
  case ElementKind::Float64:
    return 8;
  }
  llvm_unreachable("not an element kind");
}

llvm::StringRef mlir::vernier::name(ElementKind kind) {
  switch (kind) {
  case ElementKind::Bool:
    return "bool";
  case ElementKind::Int8:
    return "int8";
  case ElementKind::UInt8:
    return "uint8";
  case ElementKind::Int16:
    return "int16";
  case ElementKind::UInt16:
    return "uint16";
  case ElementKind::Int32:
    return "int32";
  case ElementKind::UInt32:
    return "uint32";
  case ElementKind::Int64:
    return "int64";
  case ElementKind::UInt64:
    return "uint64";
  case ElementKind::Float16:
    return "float16";
  case ElementKind::Float32:
    return "float32";
  case ElementKind::Float64:
    return "float64";
  }
  llvm_unreachable("not an element kind");
}

bool mlir::vernier::isInteger(ElementKind kind) { return kind >= ElementKind::Int8 && kind <= ElementKind::UInt64; }

std::string mlir::vernier::formatShape(llvm::ArrayRef<int64_t> shape) {
  if (shape.empty())
    return "scalar";
  std::string text;
  for (int64_t dim : shape) {
    if (!text.empty())
      text += 'x';
    text += dim < 0 ? "?" : std::to_string(dim);
  }
  return text;
}
