//===- MoveBytes.h - Rows of a buffer to its front --------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_RUNTIME_MOVEBYTES_H
#define VERNIER_RUNTIME_MOVEBYTES_H

#include <cstdint>
#include <cstring>

namespace mlir::vernier::runtime {

/// Moves `size` bytes, which may overlap their new place.
inline void moveBytes(int64_t size, const uint8_t *input, uint8_t *output) {
  std::memmove(output, input, static_cast<size_t>(size));
}

} // namespace mlir::vernier::runtime

#endif // VERNIER_RUNTIME_MOVEBYTES_H
