//===- Parameters.h - From a range to scale and zero point ------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_TRANSFORMS_PARAMETERS_H
#define VERNIER_TRANSFORMS_PARAMETERS_H

#include "mlir/IR/Value.h"
#include "vernier/Interfaces/QuantSpec.h"
#include <vector>

namespace mlir::vernier {

/// The affine map of one tensor or of one slice of it. `scale` is exact in float32, because a
/// flatbuffer keeps no more and runtimes compute from what it keeps.
struct AffineParameters {
  double scale = 1;
  int64_t zeroPoint = 0;
};

/// Parameters with which `spec` covers [min, max].
///
/// The range is widened to contain zero (a zero of padding or relu must be exact), and to 1e-6 where
/// it is narrower; a range of zeros alone gives scale 0.5. Asymmetric: scale = (max - min) / (number
/// of steps); the zero point comes from the end that it represents with the smaller error, rounded
/// half away from zero. Symmetric: scale = max(|min|, |max|) / largest stored value, zero point 0.
AffineParameters chooseParameters(double min, double max, const QuantSpec &spec);

/// The scale rounded to float32, never below the smallest normal one.
double roundScale(double scale);

/// Stores `data` (row-major, `shape`) under `parameters`, one entry or one for each slice of
/// `spec.axis`: round(x / scale) half away from zero, plus zero point, clamped. Little endian,
/// `spec.bits` of 8, 16, 32 or 64.
std::vector<char> quantizeData(llvm::ArrayRef<float> data, llvm::ArrayRef<int64_t> shape, const QuantSpec &spec,
                               llvm::ArrayRef<double> scales, llvm::ArrayRef<int64_t> zeroPoints);

/// The largest magnitude in each slice of `axis`, or in all of `data`. Values that are not finite count as 0.
llvm::SmallVector<double> largestMagnitudes(llvm::ArrayRef<float> data, llvm::ArrayRef<int64_t> shape,
                                            std::optional<unsigned> axis);

/// For each slice of `spec.axis`, the scale with which a file stored the float constant before (`quantx.trained_type`),
/// where symmetric storage by `spec` at this scale loses nothing; else 0. Empty where there is none.
llvm::SmallVector<double> findTrainedScales(Value constant, const QuantSpec &spec);

} // namespace mlir::vernier

#endif // VERNIER_TRANSFORMS_PARAMETERS_H
