//===- NoiseInputs.cpp - Inputs where no samples are given ------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "NoiseInputs.h"
#include <cmath>
#include <cstring>

namespace mlir::vernier {

static void fill(Type elementType, MutableArrayRef<char> bytes, std::mt19937 &random, unsigned largestIndex) {
  llvm::fill(bytes, 0);
  FailureOr<ElementKind> kind = getElementKind(elementType);
  if (failed(kind))
    return;
  const unsigned size = byteSize(*kind);
  for (size_t at = 0; at + size <= bytes.size(); at += size) {
    const uint32_t value = random();
    if (*kind == ElementKind::Float32) {
      const float real = std::ldexp(float(value), -31) - 1.0f;
      std::memcpy(&bytes[at], &real, sizeof(real));
    } else if (size <= 2 && isInteger(*kind)) {
      std::memcpy(&bytes[at], &value, size);
    } else if (isInteger(*kind) || *kind == ElementKind::Bool) {
      bytes[at] = value % (largestIndex + 1);
    }
  }
}

void fillWithNoise(ArrayRef<TensorInfo> tensors, TensorBuffers &buffers, std::mt19937 &random, unsigned largestIndex) {
  for (auto [tensor, bytes] : llvm::zip_equal(tensors, buffers.writable()))
    fill(tensor.elementType, bytes, random, largestIndex);
}

} // namespace mlir::vernier
