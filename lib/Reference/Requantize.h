//===- Requantize.h - Accumulators to results, by arithmetic ----*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The four ways in which LiteRT turns the int32 accumulator of an operator with weights into its 8-bit result, and
// which of them an operator uses: docs/Numerics.md has the measurements.

#ifndef VERNIER_LIB_REFERENCE_REQUANTIZE_H
#define VERNIER_LIB_REFERENCE_REQUANTIZE_H

#include "Call.h"

namespace mlir::vernier::reference {

enum class Arithmetic {
  Float,         ///< XNNPACK: float32, half to even
  FixedHalfAway, ///< reference kernels and TFLM: two roundings, half away from zero
  FixedHalfUp,   ///< optimized kernels on x86: as FixedHalfAway, with a shift that rounds half up
  Double,        ///< FULLY_CONNECTED in the reference kernels
};

/// The scales and zero points of a weight tensor: one, or one for each slice of `axis`.
struct Weights {
  SmallVector<float> scales;
  SmallVector<int32_t> zeroPoints;
  std::optional<unsigned> axis;
  unsigned bits;
};
/// The parameters of a quantized weight of at most 8 bits whose per-axis dimension is `axis`, one scale for each slice.
std::optional<Weights> weights(const TensorRef &tensor, unsigned axis);

/// Maps accumulators to clamped results.
class Requantizer {
public:
  /// `floatProduct`: the product of the input scales is rounded to float first (fixed-point arithmetics only).
  Requantizer(Arithmetic arithmetic, float inputScale, ArrayRef<float> weightScales, float outputScale,
              numerics::QuantizedRange range, bool floatProduct = false);

  /// `accumulator` wraps to int32, as the kernels' does.
  int64_t operator()(int64_t accumulator, int64_t channel) const;

private:
  Arithmetic arithmetic;
  int32_t stride;
  numerics::QuantizedRange range;
  std::vector<float> floats;
  std::vector<double> doubles;
  std::vector<numerics::FixedPointMultiplier> multipliers;
};

} // namespace mlir::vernier::reference

#endif // VERNIER_LIB_REFERENCE_REQUANTIZE_H
