//===- TrainedScales.cpp - Scales that constants were stored with before ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "vernier/Interfaces/ConstantData.h"
#include "vernier/Interfaces/QuantTypeChecks.h"
#include "vernier/Interfaces/TrainedRange.h"
#include "vernier/Transforms/Parameters.h"
#include <cmath>

namespace mlir::vernier {

llvm::SmallVector<double> findTrainedScales(Value constant, const QuantSpec &spec) {
  std::optional<ConstantData> data = getConstantData(constant);
  Type trained = getTrainedType(constant);
  std::optional<QuantParameters> parameters = trained ? QuantParameters::of(trained) : std::nullopt;
  llvm::ArrayRef<int64_t> shape = cast<RankedTensorType>(constant.getType()).getShape();
  if (!data || !parameters || (parameters->axis && parameters->axis != spec.axis) ||
      (spec.axis && *spec.axis >= shape.size()))
    return {};
  const int64_t count = spec.axis ? shape[*spec.axis] : 1;
  const bool single = parameters->scales.size() == 1;
  if (!single && int64_t(parameters->scales.size()) != count)
    return {};
  int64_t inner = 1;
  if (spec.axis)
    for (int64_t size : shape.drop_front(*spec.axis + 1))
      inner *= size;
  llvm::SmallVector<double> scales;
  for (int64_t i = 0; i < count; ++i)
    scales.push_back(parameters->scales[single ? 0 : i]);
  for (auto [i, value] : llvm::enumerate(data->as<float>())) {
    double &scale = scales[int64_t(i) / inner % count];
    if (scale == 0)
      continue;
    const double steps = double(value) / scale, whole = std::nearbyint(steps);
    // A pass in between may have changed the values; a float32 product is this close to a whole number of steps.
    const bool isOnGrid = std::abs(steps - whole) <= 1e-6 * std::abs(whole);
    if (!isOnGrid || whole < double(spec.storageMin()) || whole > double(spec.storageMax()))
      scale = 0;
  }
  return scales;
}

} // namespace mlir::vernier
