//===- TensorTypes.cpp - Sizes of TFLite element types ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Reader/TensorTypes.h"
#include "llvm/Support/MathExtras.h"

namespace mlir::vernier::tflite {

using schema::TensorType;

bool isKnown(TensorType type) { return type >= TensorType::MIN && type <= TensorType::MAX; }

unsigned bitsPerElement(TensorType type) {
  switch (type) {
  case TensorType::INT2:
    return 2;
  case TensorType::INT4:
  case TensorType::UINT4:
    return 4;
  case TensorType::INT8:
  case TensorType::UINT8:
  case TensorType::BOOL:
  case TensorType::FLOAT8_E4M3FN:
  case TensorType::FLOAT8_E5M2:
    return 8;
  case TensorType::INT16:
  case TensorType::UINT16:
  case TensorType::FLOAT16:
  case TensorType::BFLOAT16:
    return 16;
  case TensorType::INT32:
  case TensorType::UINT32:
  case TensorType::FLOAT32:
    return 32;
  case TensorType::INT64:
  case TensorType::UINT64:
  case TensorType::FLOAT64:
  case TensorType::COMPLEX64:
    return 64;
  case TensorType::COMPLEX128:
    return 128;
  case TensorType::STRING:
  case TensorType::RESOURCE:
  case TensorType::VARIANT:
    return 0;
  }
  return 0;
}

std::optional<uint64_t> countElements(llvm::ArrayRef<int32_t> shape) {
  uint64_t count = 1;
  for (int32_t dim : shape) {
    bool overflowed = false;
    if (dim < 0)
      return std::nullopt;
    count = llvm::SaturatingMultiply<uint64_t>(count, dim, &overflowed);
    if (overflowed)
      return std::nullopt;
  }
  return count;
}

std::optional<uint64_t> countBytes(llvm::ArrayRef<int32_t> shape, TensorType type) {
  std::optional<uint64_t> count = countElements(shape);
  if (!count)
    return std::nullopt;
  bool overflowed = false;
  uint64_t bits = llvm::SaturatingMultiply<uint64_t>(*count, bitsPerElement(type), &overflowed);
  if (overflowed)
    return std::nullopt;
  return bits / 8 + (bits % 8 != 0);
}

std::string describeType(llvm::ArrayRef<int32_t> shape, TensorType type) {
  std::string text;
  for (int32_t dim : shape)
    text += std::to_string(dim) + "x";
  return text + schema::EnumNameTensorType(type);
}

} // namespace mlir::vernier::tflite
