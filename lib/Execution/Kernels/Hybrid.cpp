//===- Hybrid.cpp - Planning operators with dynamic range -------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Hybrid.h"
#include "vernier/Interfaces/QuantTypeChecks.h"

namespace mlir::vernier {

bool isHybridWeighted(const KernelRequest &request, const WeightedOperands &at) {
  return isFloat(request.operands[at.input]) && isQuantized(request.operands[at.filter]);
}

/// What LiteRT's default interpreter leaves to XNNPACK's `qd8`.
static bool xnnpackTakesHybrid(const KernelRequest &request, const WeightedOperands &at, WeightedKind kind,
                               unsigned bits) {
  const TensorRef &filter = request.operands[at.filter];
  if (!filter.data || kind == WeightedKind::Depthwise)
    return false;
  const bool fullyConnected = kind == WeightedKind::FullyConnected;
  if (bits < 8 && (!fullyConnected || filter.shape[1] % (8 / bits) != 0))
    return false;
  // Two bits have a scale for each channel there.
  if (bits == 2 && filter.shape[at.axis] > 1 && isa<quant::UniformQuantizedType>(filter.elementType))
    return false;
  if (kind == WeightedKind::TransposeConv && !xnnpackTakesWindow(request, at))
    return false;
  if (!request.has(at.bias))
    return fullyConnected || kind == WeightedKind::TransposeConv;
  return request.operands[at.bias].data != nullptr;
}

FailureOr<HybridPlan> planHybrid(const KernelRequest &request, const WeightedOperands &at, WeightedKind kind,
                                 bool asymmetric) {
  const TensorRef &filter = request.operands[at.filter];
  std::optional<QuantParameters> parameters = QuantParameters::of(filter.elementType);
  auto element = cast<quant::QuantizedType>(filter.elementType);
  const unsigned bits = element.getStorageTypeIntegralWidth();
  if (!parameters || !element.isSigned() || (bits != 8 && bits != 4 && bits != 2) || (bits < 8 && !filter.data))
    return request.unsupported() << "weights of type " << filter.elementType << " on float values";
  if ((parameters->axis && *parameters->axis != at.axis) ||
      llvm::any_of(parameters->zeroPoints, [](int64_t zeroPoint) { return zeroPoint != 0; }))
    return request.unsupported() << "expected weights with zero points of 0 and one scale for each slice of dimension "
                                 << at.axis << ", got " << filter.elementType;
  if (request.has(at.bias) &&
      (!isFloat(request.operands[at.bias]) || request.operands[at.bias].elements() != filter.shape[at.axis]))
    return request.error() << "expected a bias of " << filter.shape[at.axis] << " float elements beside a float input";
  if (!isFloat(request.results[0]))
    return request.error() << "expected a float result beside a float input";
  HybridPlan plan{RowRounding::Asymmetric, SumScaling::ByProduct, nullptr, nullptr};
  plan.scales = std::make_shared<const std::vector<float>>(parameters->scales.begin(), parameters->scales.end());
  if (bits < 8)
    plan.unpacked = unpackIntegers(filter, bits);
  const bool perAxis = parameters->scales.size() > 1;
  if (request.isLiteRT() && xnnpackTakesHybrid(request, at, kind, bits)) {
    plan.rounding = RowRounding::Xnnpack;
    plan.scaling = SumScaling::Fused;
    return plan;
  }
  switch (kind) {
  case WeightedKind::FullyConnected:
    plan.rounding = asymmetric ? RowRounding::Asymmetric : RowRounding::Symmetric;
    plan.scaling = SumScaling::ByProduct;
    break;
  case WeightedKind::Conv:
    plan.rounding = perAxis ? RowRounding::Asymmetric : RowRounding::Symmetric;
    plan.scaling = perAxis && !request.isLiteRT() ? SumScaling::ByWeightFirst : SumScaling::ByProduct;
    break;
  case WeightedKind::GroupedConv:
  case WeightedKind::TransposeConv:
    plan.rounding = RowRounding::Asymmetric;
    plan.scaling = SumScaling::ByWeightFirst;
    break;
  case WeightedKind::Depthwise:
    plan.rounding = RowRounding::Asymmetric;
    plan.scaling = request.isLiteRT() ? SumScaling::InGroups : SumScaling::ByProduct;
    break;
  }
  return plan;
}

void PreparedHybridFilter::describe(CallArgument &argument) const {
  argument.type = cppName<runtime::PackedHybridFilter>();
  CallArgument weights, weightSums, scales, bias;
  describeWeights(weights, packed);
  describeArray(weightSums, ArrayRef<int32_t>(packed->starts), packed);
  describeArray(scales, ArrayRef<float>(packed->scales), packed);
  describeArray(bias, ArrayRef<float>(packed->bias), packed);
  argument.fields = {{"weights", std::move(weights)},
                     {"weightSums", std::move(weightSums)},
                     {"scales", std::move(scales)},
                     {"bias", std::move(bias)}};
}

std::shared_ptr<const PackedHybridWeights> packHybrid(const KernelRequest &request, const HybridPlan &plan,
                                                      const WeightedOperands &at,
                                                      const runtime::IntegerFilterShape &shape) {
  const TensorRef &filter = request.operands[at.filter];
  const bool hasBias = request.has(at.bias);
  if (!filter.data || (hasBias && !request.operands[at.bias].data) || shape.weightsSize() > kMaxPackedElements)
    return nullptr;
  auto packed = std::make_shared<PackedHybridWeights>();
  packed->weights.resize(shape.weightsSize());
  packed->starts.resize(shape.startsSize());
  runtime::packHybridFilter(shape, plan.unpacked ? plan.unpacked->data() : filter.as<const int8_t>(),
                            packed->weights.data(), packed->starts.data());
  orderForHost(*packed);
  const int64_t channels = int64_t(shape.groups) * shape.outputs;
  packed->scales.assign(channels + runtime::hybridSlack, plan.scales->front());
  if (plan.scales->size() > 1)
    llvm::copy(*plan.scales, packed->scales.begin());
  packed->bias.resize(packed->scales.size());
  if (hasBias)
    std::copy_n(request.operands[at.bias].as<const float>(), channels, packed->bias.begin());
  return packed;
}

PlannedKernel makeHybridMatrix(const KernelRequest &request, const HybridPlan &plan, const WeightedOperands &at,
                               const runtime::FullyConnectedParams &p, numerics::FusedActivation activation) {
  if (auto packed = packHybrid(request, plan, at, runtime::integerFilterShape(p)))
    return makePackedHybridKernel(
        plan, at, std::move(packed), "runtime::fullyConnectedHybridPacked",
        [](const auto &kernels) { return kernels.fullyConnected; }, p,
        int64_t(std::min(p.batches, runtime::hybridRows(p.inputChannels))) * p.inputChannels, activation);
  return makeHybridKernel(plan, at, VERNIER_KERNEL("DynamicRange.h", runtime::fullyConnectedHybrid), p, p.inputChannels,
                          activation);
}

} // namespace mlir::vernier
