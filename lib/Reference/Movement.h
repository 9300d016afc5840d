//===- Movement.h - Elements that move without a change ---------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_LIB_REFERENCE_MOVEMENT_H
#define VERNIER_LIB_REFERENCE_MOVEMENT_H

#include "Call.h"

namespace mlir::vernier::reference {

/// Fills each element of `output` with the element of `input` at `source(index)`, a position in row-major order, or
/// with `fill` where that is negative. Bits are copied: quantization parameters are shared, so none is converted.
template <typename Source>
LogicalResult move(const Call &call, const TensorRef &input, const TensorRef &output, Source source, int64_t fill = 0) {
  if (!sameStorage(input, output))
    return call.noForm();
  Elements from(input), to(output);
  forEachIndex(output.shape, [&](ArrayRef<int64_t> o) {
    int64_t i = source(o);
    to.setInteger(position(output.shape, o), i < 0 ? fill : from.integer(i));
  });
  return success();
}

} // namespace mlir::vernier::reference

#endif // VERNIER_LIB_REFERENCE_MOVEMENT_H
