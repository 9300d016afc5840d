//===- Weights.cpp - What operators with weights have in common ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Weights.h"
#include "vernier/Interfaces/QuantTypeChecks.h"
#include <cmath>

namespace mlir::vernier {

using numerics::NumericsTarget;

FailureOr<WindowPlan> planWindow(const KernelRequest &request, nn::Padding padding, const WindowSizes &sizes) {
  constexpr int64_t limit = std::numeric_limits<int32_t>::max() / 2;
  if (sizes.filter <= 0 || sizes.stride <= 0 || sizes.dilation <= 0)
    return request.error() << "expected positive windows, strides and dilations, got " << sizes.filter << ", "
                           << sizes.stride << " and " << sizes.dilation;
  const int64_t extent = (sizes.filter - 1) * sizes.dilation + 1;
  if (extent > limit || sizes.input > limit || sizes.stride > limit)
    return request.unsupported() << "a window of " << extent << " elements with stride " << sizes.stride << " over "
                                 << sizes.input << " is too large";
  if (padding == nn::Padding::SAME) {
    const int64_t output = llvm::divideCeil(sizes.input, sizes.stride);
    const int64_t pad = std::max<int64_t>(0, (output - 1) * sizes.stride + extent - sizes.input) / 2;
    return WindowPlan{int32_t(pad), int32_t(output)};
  }
  if (extent > sizes.input)
    return request.error() << "expected a window of at most " << sizes.input << " elements, got " << extent;
  return WindowPlan{0, int32_t((sizes.input - extent) / sizes.stride + 1)};
}

FailureOr<bool> isFloatWeighted(const KernelRequest &request, const WeightedOperands &at) {
  const TensorRef &input = request.operands[at.input], &filter = request.operands[at.filter];
  const int64_t channels = filter.shape[at.axis];
  if (request.has(at.bias)) {
    const TensorRef &bias = request.operands[at.bias];
    if (bias.elements() != channels)
      return request.error() << "expected a bias of " << channels << " elements, got shape " << formatDims(bias.shape);
  }
  if (!isFloat(input)) {
    if (isQuantized(input))
      return false;
    return request.unsupported() << "weights on elements of type " << input.elementType;
  }
  if (!isFloat(filter))
    return request.unsupported() << "weights of type " << filter.elementType << " on float values";
  if ((request.has(at.bias) && !isFloat(request.operands[at.bias])) || !isFloat(request.results[0]))
    return request.error() << "expected a float bias and result beside a float input";
  return true;
}

/// Whether the file calls a dimension quantized although there is one scale: a weight that XNNPACK refuses.
static bool hasStrayDimension(const KernelRequest &request, const WeightedOperands &at) {
  Value filter = request.op->getOperand(at.filter);
  nn::TensorAttr attr = nn::getTensorAttr(filter);
  if (!attr || !attr.getQuantization() || attr.getType() != filter.getType() ||
      !isa<quant::UniformQuantizedType>(request.operands[at.filter].elementType))
    return false;
  auto dimension = attr.getQuantization().getAs<IntegerAttr>("quantized_dimension");
  return dimension && dimension.getInt() != 0;
}

bool xnnpackTakesWindow(const KernelRequest &request, const WeightedOperands &at) {
  auto op = cast<nn::TransposeConvOp>(request.op);
  ArrayRef<int64_t> input = request.operands[at.input].shape, filter = request.operands[at.filter].shape;
  ArrayRef<int64_t> output = request.results[0].shape;
  const int64_t strides[] = {int32_t(op.getStrideH()), int32_t(op.getStrideW())};
  for (auto [d, stride] : llvm::enumerate(strides)) {
    const int64_t kernel = filter[d + 1], size = output[d + 1];
    if (op.getPadding() == nn::Padding::VALID
            ? kernel > size
            : kernel < stride || llvm::divideCeil(size, stride) != uint64_t(input[d + 1]))
      return false;
  }
  return true;
}

/// What LiteRT's default interpreter leaves to XNNPACK: constant weights, a constant bias except in
/// FULLY_CONNECTED, no 4-bit weights except there.
static bool xnnpackTakesWeights(const KernelRequest &request, const WeightedOperands &at, WeightedKind kind,
                                ElementClass filterStorage) {
  const TensorRef &filter = request.operands[at.filter];
  if (!filter.data || hasStrayDimension(request, at))
    return false;
  if (filterStorage == ElementClass::Int4 && (kind != WeightedKind::FullyConnected || filter.shape[1] % 2 != 0))
    return false;
  if (kind == WeightedKind::TransposeConv && !xnnpackTakesWindow(request, at))
    return false;
  if (!request.has(at.bias))
    return kind == WeightedKind::FullyConnected || kind == WeightedKind::TransposeConv;
  // Converters leave a bias of shape 1x1x1x1 behind one result channel.
  if (kind != WeightedKind::FullyConnected && request.operands[at.bias].shape.size() != 1)
    return false;
  return request.operands[at.bias].data != nullptr;
}

/// Whether the operator says that its bias, though it has none, is of 64 bits. LiteRT computes FULLY_CONNECTED on 16
/// bits as with a bias of 32 bits otherwise.
static bool asksForWideBias(Operation *op) {
  auto type = dyn_cast_or_null<IntegerAttr>(
      op->getInherentAttr(StringAttr::get(op->getContext(), "quantized_bias_type")).value_or(Attribute()));
  constexpr int64_t kInt64 = 4;
  return type && type.getInt() == kInt64;
}

/// docs/Numerics.md, "operators with weights": the one place that says who rounds how.
static Requantization chooseRequantization(const KernelRequest &request, WeightedKind kind, ElementClass storage,
                                           bool wide, bool xnnpack) {
  const bool fullyConnected = kind == WeightedKind::FullyConnected;
  if (storage == ElementClass::Int16) {
    // With a bias of 32 bits the optimized kernels compute.
    if (!wide && request.isLiteRT() && (fullyConnected || kind == WeightedKind::Conv))
      return Requantization::HalfUp;
    if (fullyConnected && request.target != NumericsTarget::TFLM)
      return Requantization::Double;
    return wide ? Requantization::FixedPoint64 : Requantization::FixedPoint;
  }
  switch (request.target) {
  case NumericsTarget::LiteRT:
    if (xnnpack)
      return Requantization::Float;
    if (kind == WeightedKind::GroupedConv || (kind == WeightedKind::Depthwise && storage == ElementClass::UInt8))
      return Requantization::FixedPoint;
    return kind == WeightedKind::Depthwise || kind == WeightedKind::TransposeConv ? Requantization::Mixed
                                                                                  : Requantization::HalfUp;
  case NumericsTarget::LiteRTRef:
    return fullyConnected ? Requantization::Double : Requantization::FixedPoint;
  case NumericsTarget::TFLM:
    return Requantization::FixedPoint;
  }
  return Requantization::FixedPoint;
}

LogicalResult checkPackedSize(const KernelRequest &request, int64_t elements) {
  if (elements <= kMaxPackedElements)
    return success();
  return request.unsupported() << "weights that pack to " << elements << " elements are too large";
}

std::shared_ptr<const std::vector<int8_t>> unpackIntegers(const TensorRef &tensor, unsigned bits) {
  auto values = std::make_shared<std::vector<int8_t>>(tensor.elements());
  const auto *bytes = tensor.as<const uint8_t>();
  for (size_t i = 0; i < values->size(); ++i)
    (*values)[i] = int8_t(llvm::SignExtend64(bytes[i * bits / 8] >> (i * bits % 8), bits));
  return values;
}

FailureOr<IntegerWeights> planIntegerWeights(const KernelRequest &request, const WeightedOperands &at,
                                             WeightedKind kind, numerics::FusedActivation activation) {
  const TensorRef &input = request.operands[at.input], &filter = request.operands[at.filter];
  const TensorRef &output = request.results[0];
  IntegerWeights weights;
  weights.storage = classify(input);
  const bool narrow = weights.storage == ElementClass::Int8 || weights.storage == ElementClass::UInt8;
  auto in = affine(input, weights.storage), out = affine(output, weights.storage);
  if (!in || !out || (!narrow && weights.storage != ElementClass::Int16))
    return request.unsupported() << "weights on elements of type " << input.elementType << " with results of type "
                                 << output.elementType;

  std::optional<QuantParameters> parameters = QuantParameters::of(filter.elementType);
  const ElementClass filterStorage = classify(filter);
  const bool isUnsigned = weights.storage == ElementClass::UInt8;
  const bool isInt4 = filterStorage == ElementClass::Int4 && !isUnsigned && filter.data;
  if (!parameters || (filterStorage != (isUnsigned ? ElementClass::UInt8 : ElementClass::Int8) && !isInt4))
    return request.unsupported() << "weights of type " << filter.elementType << " on elements of type "
                                 << input.elementType;
  if ((parameters->axis && (*parameters->axis != at.axis || isUnsigned)) ||
      (!isUnsigned && llvm::any_of(parameters->zeroPoints, [](int64_t zeroPoint) { return zeroPoint != 0; })))
    return request.unsupported() << "expected weights with zero points of 0 and one scale for each slice of dimension "
                                 << at.axis << ", got " << filter.elementType;
  if (isInt4)
    weights.unpacked = unpackIntegers(filter, 4);
  weights.isConstant = filter.data && (!request.has(at.bias) || request.operands[at.bias].data);
  weights.inputZeroPoint = in->zeroPoint;
  weights.filterZeroPoint = int32_t(parameters->zeroPoints[0]);

  const bool narrowBias =
      narrow || (kind == WeightedKind::FullyConnected && request.isLiteRT() && !asksForWideBias(request.op));
  const ElementClass bias = request.has(at.bias) ? classify(request.operands[at.bias])
                            : narrowBias         ? ElementClass::Int32
                                                 : ElementClass::Int64;
  weights.wide = bias == ElementClass::Int64;
  if ((bias != ElementClass::Int32 && bias != ElementClass::Int64) || (narrow && weights.wide))
    return request.unsupported() << "a bias of type " << request.operands[at.bias].elementType
                                 << " beside elements of type " << input.elementType;

  const bool xnnpack = request.isLiteRT() && narrow && xnnpackTakesWeights(request, at, kind, filterStorage);
  auto data = std::make_shared<RequantizerData>();
  data->kind = chooseRequantization(request, kind, weights.storage, weights.wide, xnnpack);
  data->channelStride = parameters->scales.size() > 1;
  data->channels = filter.shape[at.axis];
  data->range = activationRange(activation, *out, weights.storage, data->kind == Requantization::Float);
  // Fixed-point kernels for uint8, and TFLM's for one scale, multiply the two input scales in float.
  const bool fullyConnected = kind == WeightedKind::FullyConnected;
  const bool floatProduct = fullyConnected ? request.target == NumericsTarget::TFLM && !parameters->axis : isUnsigned;
  for (double scale : parameters->scales) {
    const float filterScale = float(scale);
    if (data->kind == Requantization::Float) {
      data->floats.push_back(numerics::effectiveScaleFloat(in->scale, filterScale, out->scale));
      if (!std::isfinite(data->floats.back()))
        return request.unsupported() << "input scale times weight scale over output scale is too large";
      continue;
    }
    const double effective = floatProduct ? numerics::effectiveScaleFloatProduct(in->scale, filterScale, out->scale)
                                          : numerics::effectiveScale(in->scale, filterScale, out->scale);
    data->doubles.push_back(effective);
    data->fixed.push_back(numerics::quantizeMultiplier(effective));
    if (data->fixed.back().shift >= (data->kind == Requantization::FixedPoint64 ? 8 : 31))
      return request.unsupported() << "input scale times weight scale over output scale is " << effective
                                   << ", which is too large";
  }
  weights.requantizer = std::move(data);
  return weights;
}

} // namespace mlir::vernier
