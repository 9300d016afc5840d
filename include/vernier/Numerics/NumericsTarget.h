//===- NumericsTarget.h - whose results to equal ----------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// LiteRT rounds the same quantized operator differently depending on which of
// its kernel sets runs it. "Bit-exact" therefore always names one of these
// targets.
//===----------------------------------------------------------------------===//

#ifndef VERNIER_NUMERICS_NUMERICSTARGET_H
#define VERNIER_NUMERICS_NUMERICSTARGET_H

namespace mlir::vernier::numerics {

/// Whose results a quantized operator reproduces.
enum class NumericsTarget {
  /// LiteRT on a CPU as it comes: XNNPACK where it takes the operator, else the
  /// optimized kernels.
  LiteRT,
  /// LiteRT's reference kernels.
  LiteRTRef,
  /// TensorFlow Lite Micro: as `LiteRTRef`, but fixed point in FULLY_CONNECTED.
  TFLM,
};

} // namespace mlir::vernier::numerics

#endif // VERNIER_NUMERICS_NUMERICSTARGET_H
