//===- EmbeddingLookup.h - EMBEDDING_LOOKUP in integers ---------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_RUNTIME_EMBEDDINGLOOKUP_H
#define VERNIER_RUNTIME_EMBEDDINGLOOKUP_H

#include "vernier/Numerics/Rounding.h"

namespace mlir::vernier::runtime {

/// Rows of `table` [rows][columns] that `indices` pick, as real numbers; row r has scale r * `scaleStride`. False where
/// an index is out of range.
template <class Index>
inline bool lookUpRows(int32_t rows, int64_t columns, int64_t count, const int8_t *table, const float *scales,
                       int32_t scaleStride, const Index *indices, float *output) {
  for (int64_t i = 0; i < count; ++i) {
    if (indices[i] < 0 || indices[i] >= rows)
      return false;
    const int64_t row = static_cast<int64_t>(indices[i]);
    for (int64_t c = 0; c < columns; ++c)
      *output++ = numerics::product(static_cast<float>(table[row * columns + c]), scales[row * scaleStride]);
  }
  return true;
}

} // namespace mlir::vernier::runtime

#endif // VERNIER_RUNTIME_EMBEDDINGLOOKUP_H
