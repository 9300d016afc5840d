//===- Quantize.cpp - Between real and stored values ------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// nn.quantize, nn.dequantize, nn.cast, nn.shape and quantx.fake_quant.

#include "Families.h"
#include "mlir/Dialect/Quant/IR/QuantTypes.h"
#include "vernier/Dialect/QuantX/QuantX.h"
#include "vernier/Interfaces/QuantTypeChecks.h"
#include <cmath>

namespace mlir::vernier::reference {
namespace {

/// The parameters that hold for the element at a position.
class Parameters {
public:
  Parameters(QuantParameters parameters, ArrayRef<int64_t> shape) : parameters(std::move(parameters)) {
    if (this->parameters.axis)
      slice = count(shape.drop_front(*this->parameters.axis + 1));
  }
  /// Nothing for types that are not quantized, and for those whose scales do not fit the shape.
  static std::optional<Parameters> of(Type type, ArrayRef<int64_t> shape) {
    std::optional<QuantParameters> parameters = QuantParameters::of(type);
    if (!parameters || parameters->scales.empty() || parameters->scales.size() != parameters->zeroPoints.size())
      return std::nullopt;
    if (parameters->axis &&
        (*parameters->axis >= shape.size() || int64_t(parameters->scales.size()) != shape[*parameters->axis]))
      return std::nullopt;
    return Parameters(std::move(*parameters), shape);
  }
  float scale(int64_t i) const { return float(parameters.scales[channel(i)]); }
  int64_t zeroPoint(int64_t i) const { return parameters.zeroPoints[channel(i)]; }
  int64_t storageMin() const { return parameters.storageMin; }
  int64_t storageMax() const { return parameters.storageMax; }

private:
  size_t channel(int64_t i) const { return parameters.axis ? i / slice % parameters.scales.size() : 0; }
  QuantParameters parameters;
  int64_t slice = 1;
};

/// Storage range without regard to a narrow range: LiteRT does not know of any.
int64_t clampToStorage(const TensorRef &tensor, int64_t value) {
  Storage storage = *Storage::of(tensor.elementType);
  return numerics::clamp(value, storage.min(), storage.max());
}

LogicalResult quantizeReals(const Call &call, const Parameters &parameters) {
  TensorRef input = call.operands[0], output = call.results[0];
  // Nothing per-axis runs in XNNPACK or in optimized kernels. Those of 16 bits take eight at a time, and divide what is
  // left in double.
  bool isWide = affine(output) && Storage::of(output.elementType)->bits == 16;
  int64_t size = count(input.shape);
  int64_t reciprocals = !call.isDefaultLiteRT() ? 0 : affine8(output) ? size : isWide ? size / 8 * 8 : 0;
  std::optional<Affine> limits = affine(output);
  Elements from(input), to(output);
  for (int64_t i = 0; i < size; ++i) {
    float value = float(from.real(i)), scale = parameters.scale(i);
    if (i < reciprocals) {
      auto range = numerics::QuantizedRange{int32_t(parameters.zeroPoint(i)), limits->min, limits->max};
      to.setInteger(i, numerics::quantizeByReciprocal(value, 1.0f / scale, range));
      continue;
    }
    int64_t steps = call.isDefaultLiteRT() && isWide ? numerics::roundHalfAway64(double(value) / double(scale))
                                                     : numerics::roundHalfAway(value / scale);
    to.setInteger(
        i, clampToStorage(output, numerics::clamp<int64_t>(steps, -(1 << 30), 1 << 30) + parameters.zeroPoint(i)));
  }
  return success();
}

LogicalResult requantize(const Call &call, Affine from, Affine to) {
  TensorRef input = call.operands[0], output = call.results[0];
  float ratio = from.scale / to.scale;
  // XNNPACK keeps to one storage type; eight fractional bits of multiplier, half up.
  bool isXnnpack =
      call.isDefaultLiteRT() && affine8(input) && sameStorage(input, output) && ratio >= 0x1p-8f && ratio <= 128.0f;
  int64_t q8 = numerics::roundHalfEven(256.0f * ratio);
  auto multiplier = numerics::quantizeMultiplier(double(from.scale) / double(to.scale));
  // The optimized kernels handle blocks of 16 with a shift that rounds half up, and what is left as the reference does.
  int64_t size = count(input.shape),
          inBlocks = call.isDefaultLiteRT() && affine8(input) && affine8(output) ? size / 16 * 16 : 0;
  Elements source(input), result(output);
  for (int64_t i = 0; i < size; ++i) {
    int32_t difference = int32_t(source.integer(i) - from.zeroPoint);
    int64_t scaled = isXnnpack      ? (int64_t(difference) * q8 + 128) >> 8
                     : i < inBlocks ? numerics::multiplyByQuantizedMultiplierHalfUp(difference, multiplier)
                                    : numerics::multiplyByQuantizedMultiplier(difference, multiplier);
    result.setInteger(i, clampToStorage(output, scaled + to.zeroPoint));
  }
  return success();
}

/// Float to integer as C++ converts, with the values that C++ leaves undefined saturated, and NaN as 0.
int64_t truncate(double value, Storage storage) {
  if (std::isnan(value))
    return 0;
  double low = double(storage.min()), high = double(storage.max());
  return value <= low ? storage.min() : value >= high ? storage.max() : int64_t(value);
}

} // namespace

LogicalResult quantize(const Call &call) {
  TensorRef input = call.operands[0], output = call.results[0];
  if (failed(expectShape(call, output, input.shape)))
    return failure();
  if (std::optional<Affine> from = affine(input), to = affine(output); from && to)
    return requantize(call, *from, *to);
  std::optional<Parameters> parameters = Parameters::of(output.elementType, output.shape);
  if (isFloat(input) && parameters)
    return quantizeReals(call, *parameters);
  return call.noForm();
}

LogicalResult dequantize(const Call &call) {
  TensorRef input = call.operands[0], output = call.results[0];
  if (failed(expectShape(call, output, input.shape)))
    return failure();
  std::optional<Parameters> parameters = Parameters::of(input.elementType, input.shape);
  if (!isFloat(output) || (!parameters && !isFloat(input)))
    return call.noForm();
  Elements from(input), to(output);
  for (int64_t i = 0, e = count(input.shape); i < e; ++i)
    to.setReal(i, parameters ? double(parameters->scale(i)) * double(from.integer(i) - parameters->zeroPoint(i))
                             : from.real(i));
  return success();
}

LogicalResult fakeQuant(const Call &call) {
  TensorRef input = call.operands[0], output = call.results[0];
  if (failed(expectShape(call, output, input.shape)))
    return failure();
  if (!isFloat(input) || !isFloat(output))
    return call.noForm();
  Elements from(input), to(output);
  std::optional<Type> type = llvm::cast<quantx::FakeQuantOp>(call.op).getSimulatedParams();
  std::optional<Parameters> parameters = type ? Parameters::of(*type, input.shape) : std::nullopt;
  if (type && !parameters)
    return call.error() << "has parameters " << *type << " that do not fit shape " << describe(input.shape);
  for (int64_t i = 0, e = count(input.shape); i < e; ++i) {
    float value = float(from.real(i));
    if (!parameters) {
      to.setReal(i, from.real(i));
      continue;
    }
    float scale = parameters->scale(i);
    int64_t zeroPoint = parameters->zeroPoint(i);
    int64_t stored = numerics::clamp(numerics::roundHalfAway64(double(value / scale)) + zeroPoint,
                                     parameters->storageMin(), parameters->storageMax());
    to.setReal(i, double(scale) * double(stored - zeroPoint));
  }
  return success();
}

LogicalResult cast(const Call &call) {
  TensorRef input = call.operands[0], output = call.results[0];
  if (failed(expectShape(call, output, input.shape)))
    return failure();
  bool fromFloat = isFloat(input), toFloat = isFloat(output);
  if ((!fromFloat && !isInteger(input)) || (!toFloat && !isInteger(output)))
    return call.noForm();
  Elements from(input), to(output);
  for (int64_t i = 0, e = count(input.shape); i < e; ++i) {
    if (toFloat)
      to.setReal(i, fromFloat ? from.real(i) : double(from.integer(i)));
    else if (isBoolean(output))
      to.setInteger(i, fromFloat ? from.real(i) != 0 : from.integer(i) != 0);
    else
      to.setInteger(i, fromFloat ? truncate(from.real(i), *Storage::of(output.elementType)) : from.integer(i));
  }
  return success();
}

LogicalResult shape(const Call &call) {
  TensorRef input = call.operands[0], output = call.results[0];
  if (failed(expectShape(call, output, {int64_t(input.shape.size())})))
    return failure();
  if (!isInteger(output) || isBoolean(output))
    return call.noForm();
  Elements sizes(output);
  for (auto [i, size] : llvm::enumerate(input.shape))
    sizes.setInteger(i, size);
  return success();
}

} // namespace mlir::vernier::reference
