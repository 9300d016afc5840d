//===- Requantize.cpp - Accumulators to results, by arithmetic --*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Requantize.h"
#include "mlir/Dialect/Quant/IR/QuantTypes.h"
#include "vernier/Interfaces/QuantTypeChecks.h"

namespace mlir::vernier::reference {

std::optional<Weights> weights(const TensorRef &tensor, unsigned axis) {
  std::optional<QuantParameters> parameters = tensor ? QuantParameters::of(tensor.elementType) : std::nullopt;
  if (!parameters || parameters->scales.empty() || parameters->zeroPoints.size() != parameters->scales.size())
    return std::nullopt;
  Weights result;
  result.bits = Storage::of(tensor.elementType)->bits;
  result.axis = parameters->axis;
  if (result.bits > 8)
    return std::nullopt;
  if (result.axis &&
      (*result.axis != axis || axis >= tensor.shape.size() || int64_t(parameters->scales.size()) != tensor.shape[axis]))
    return std::nullopt;
  for (auto [scale, zeroPoint] : llvm::zip_equal(parameters->scales, parameters->zeroPoints)) {
    result.scales.push_back(float(scale));
    result.zeroPoints.push_back(int32_t(zeroPoint));
  }
  return result;
}

Requantizer::Requantizer(Arithmetic arithmetic, float inputScale, ArrayRef<float> weightScales, float outputScale,
                         numerics::QuantizedRange range, bool floatProduct)
    : arithmetic(arithmetic), stride(weightScales.size() > 1), range(range) {
  for (float weightScale : weightScales) {
    double scale = floatProduct ? numerics::effectiveScaleFloatProduct(inputScale, weightScale, outputScale)
                                : numerics::effectiveScale(inputScale, weightScale, outputScale);
    doubles.push_back(scale);
    floats.push_back(numerics::effectiveScaleFloat(inputScale, weightScale, outputScale));
    multipliers.push_back(numerics::quantizeMultiplier(scale));
  }
}

int64_t Requantizer::operator()(int64_t accumulator, int64_t channel) const {
  int32_t wrapped = int32_t(uint32_t(uint64_t(accumulator)));
  switch (arithmetic) {
  case Arithmetic::Float:
    return numerics::FloatRequantizer{floats.data(), stride, range}(wrapped, channel);
  case Arithmetic::FixedHalfAway:
    return numerics::FixedPointRequantizer{multipliers.data(), stride, range}(wrapped, channel);
  case Arithmetic::FixedHalfUp:
    return numerics::FixedPointHalfUpRequantizer{multipliers.data(), stride, range}(wrapped, channel);
  case Arithmetic::Double:
    return numerics::DoubleRequantizer{doubles.data(), stride, range}(wrapped, channel);
  }
  llvm_unreachable("all arithmetics are handled");
}

} // namespace mlir::vernier::reference
