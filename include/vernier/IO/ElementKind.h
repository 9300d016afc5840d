//===- ElementKind.h - element types of data files --------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The element types that arrays in .npy files and inputs of a model have in common. Only fixed-size numbers: strings,
// objects and complex numbers are never data for a quantizer.

#ifndef VERNIER_IO_ELEMENTKIND_H
#define VERNIER_IO_ELEMENTKIND_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include <cstdint>
#include <string>

namespace mlir::vernier {

/// An element's type, under numpy's names.
enum class ElementKind : uint8_t {
  Bool,
  Int8,
  UInt8,
  Int16,
  UInt16,
  Int32,
  UInt32,
  Int64,
  UInt64,
  Float16,
  Float32,
  Float64,
};

/// Bytes of one element: 1, 2, 4 or 8.
unsigned byteSize(ElementKind kind);

/// The name in numpy's words: "float32", "uint8", "bool", ...
llvm::StringRef name(ElementKind kind);

/// True for the signed and unsigned integers, not for Bool.
bool isInteger(ElementKind kind);

/// "1x49x10x1"; "scalar" for rank 0, "?" for a dimension below 0.
std::string formatShape(llvm::ArrayRef<int64_t> shape);

} // namespace mlir::vernier

#endif // VERNIER_IO_ELEMENTKIND_H
