//===- TensorTypes.h - Sizes of TFLite element types ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How many bytes a dense tensor takes. Sub-byte types are packed without padding between rows.

#ifndef VERNIER_LIB_TARGET_TFLITE_READER_TENSORTYPES_H
#define VERNIER_LIB_TARGET_TFLITE_READER_TENSORTYPES_H

#include "tflite_generated.h"
#include "llvm/ADT/ArrayRef.h"
#include <optional>
#include <string>

namespace mlir::vernier::tflite {

/// True if `type` is a value that the schema names.
bool isKnown(schema::TensorType type);

/// The bits of one element; 0 for strings, resources and variants, whose elements have no fixed size.
unsigned bitsPerElement(schema::TensorType type);

/// The product of `shape`, or nothing if a dimension is negative or the product overflows.
std::optional<uint64_t> countElements(llvm::ArrayRef<int32_t> shape);

/// The bytes of a dense tensor, or nothing if a dimension is negative or the size overflows.
std::optional<uint64_t> countBytes(llvm::ArrayRef<int32_t> shape, schema::TensorType type);

/// "2x3xFLOAT32", as messages show a tensor's type.
std::string describeType(llvm::ArrayRef<int32_t> shape, schema::TensorType type);

} // namespace mlir::vernier::tflite

#endif // VERNIER_LIB_TARGET_TFLITE_READER_TENSORTYPES_H
