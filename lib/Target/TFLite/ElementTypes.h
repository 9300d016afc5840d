//===- ElementTypes.h - Element types of the file and of MLIR ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_LIB_TARGET_TFLITE_ELEMENTTYPES_H
#define VERNIER_LIB_TARGET_TFLITE_ELEMENTTYPES_H

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "tflite_generated.h"
#include <optional>
#include <string>

namespace mlir::vernier::tflite {

/// The MLIR element type of `type`; integers signless, except for unsigned ones.
Type importElementType(MLIRContext *context, schema::TensorType type);

/// The element type that the file has for `type`, which may be quantized, or nothing if it has none.
std::optional<schema::TensorType> exportElementType(Type type);

/// The quantized element type that the record of `tensor` and its storage type `storage` make, or null if the file does
/// not quantize it or we keep such tensors as plain integers. If the record makes no sense, says why in `problem`.
Type importQuantizedType(const schema::Tensor &tensor, Type storage, std::string &problem);

/// The quantization record that says what the element type `type` says; null if it is not quantized.
DictionaryAttr makeRecord(Type type);

/// As above from parameters.
DictionaryAttr makeRecord(MLIRContext *context, ArrayRef<double> scales, ArrayRef<int64_t> zeroPoints, unsigned axis);

/// True if constants with this element type are raw bytes in MLIR: sub-byte integers, which the file packs, and
/// elements without a size.
bool isStoredAsBytes(Type elementType);

} // namespace mlir::vernier::tflite

#endif // VERNIER_LIB_TARGET_TFLITE_ELEMENTTYPES_H
