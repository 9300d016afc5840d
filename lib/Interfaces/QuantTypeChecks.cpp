//===- QuantTypeChecks.cpp - What `!quant.uniform` does not verify itself ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "vernier/Interfaces/QuantTypeChecks.h"
#include <cmath>

namespace mlir::vernier {

std::optional<QuantParameters> QuantParameters::of(Type type) {
  auto quantized = quant::QuantizedType::getQuantizedElementType(type);
  if (!quantized)
    return std::nullopt;
  QuantParameters parameters;
  parameters.storageMin = quantized.getStorageTypeMin();
  parameters.storageMax = quantized.getStorageTypeMax();
  if (auto perTensor = dyn_cast<quant::UniformQuantizedType>(quantized)) {
    parameters.scales.push_back(perTensor.getScale());
    parameters.zeroPoints.push_back(perTensor.getZeroPoint());
    return parameters;
  }
  auto perAxis = dyn_cast<quant::UniformQuantizedPerAxisType>(quantized);
  if (!perAxis)
    return std::nullopt;
  parameters.scales.assign(perAxis.getScales().begin(), perAxis.getScales().end());
  parameters.zeroPoints.assign(perAxis.getZeroPoints().begin(), perAxis.getZeroPoints().end());
  parameters.axis = perAxis.getQuantizedDimension();
  return parameters;
}

LogicalResult verifyQuantizedTensorType(Type type, function_ref<InFlightDiagnostic()> emitError) {
  auto tensor = dyn_cast<TensorType>(type);
  if (!tensor)
    return success();
  std::optional<QuantParameters> parameters = QuantParameters::of(tensor.getElementType());
  if (!parameters)
    return success();
  if (parameters->axis && tensor.hasRank()) {
    unsigned axis = *parameters->axis;
    if (axis >= tensor.getRank())
      return emitError() << "quantized dimension " << axis << " lies beyond the rank of " << type;
    int64_t size = tensor.getDimSize(axis);
    if (!ShapedType::isDynamic(size) && size != int64_t(parameters->scales.size()))
      return emitError() << "expected " << size << " scales for dimension " << axis << ", got "
                         << parameters->scales.size();
  }
  for (double scale : parameters->scales)
    if (!std::isfinite(scale) || scale <= 0 || double(float(scale)) != scale)
      return emitError() << "expected a positive, finite scale that float32 holds exactly, got " << scale;
  for (int64_t zeroPoint : parameters->zeroPoints)
    if (zeroPoint < parameters->storageMin || zeroPoint > parameters->storageMax)
      return emitError() << "zero point " << zeroPoint << " lies outside the storage range [" << parameters->storageMin
                         << ", " << parameters->storageMax << "]";
  return success();
}

} // namespace mlir::vernier
