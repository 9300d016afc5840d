//===- Hybrid.h - Planning operators with dynamic range ---------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Float activations over integer weights: which of LiteRT's kernels quantizes the activations, and how.

#ifndef VERNIER_LIB_EXECUTION_KERNELS_HYBRID_H
#define VERNIER_LIB_EXECUTION_KERNELS_HYBRID_H

#include "HybridIsa.h"
#include "Weights.h"
#include "vernier/Runtime/DynamicRange.h"

namespace mlir::vernier {

/// How rows of activations are rounded, and how sums are scaled; see vernier/Numerics/DynamicRange.h.
enum class RowRounding { Xnnpack, Symmetric, Asymmetric };
enum class SumScaling { Fused, ByProduct, ByWeightFirst, InGroups };

/// The dynamic-range form of an operator with weights.
struct HybridPlan {
  RowRounding rounding;
  SumScaling scaling;
  /// One for each channel, or one.
  std::shared_ptr<const std::vector<float>> scales;
  /// The filter as int8, where it is stored in fewer bits; else null, and the operand's own data is read.
  std::shared_ptr<const std::vector<int8_t>> unpacked;
};

/// Whether the operator has float activations over integer weights.
bool isHybridWeighted(const KernelRequest &request, const WeightedOperands &operands);

/// Plans it; fails with a diagnostic where LiteRT has no such form. `asymmetric`: the file asks for it.
FailureOr<HybridPlan> planHybrid(const KernelRequest &request, const WeightedOperands &operands, WeightedKind kind,
                                 bool asymmetric);

/// The kernel of `plan`: `function(params, rounding, scaling, input, filter, scales, stride, bias, range, scratch,
/// output)`; `rowElements` elements are quantized at a time.
template <typename Function, typename Params>
PlannedKernel makeHybridKernel(const HybridPlan &plan, const WeightedOperands &at, Function function,
                               const Params &params, int64_t rowElements, numerics::FusedActivation activation) {
  const auto withFilter = [&](auto rounding, auto scaling, auto filter) {
    PlannedKernel kernel = makeCall(function, params, rounding, scaling, In<float>{at.input}, filter,
                                    Prepared<float>(plan.scales), int32_t(plan.scales->size() > 1), In<float>{at.bias},
                                    numerics::activationRange(activation), Scratch<int8_t>(), Out<float>());
    kernel.scratchBytes = rowElements;
    return kernel;
  };
  const auto withScaling = [&](auto rounding, auto scaling) {
    return plan.unpacked ? withFilter(rounding, scaling, Prepared<int8_t>(plan.unpacked))
                         : withFilter(rounding, scaling, In<int8_t>{at.filter});
  };
  if (plan.rounding == RowRounding::Xnnpack)
    return withScaling(numerics::QuantizeRowXnnpack(), numerics::ScaleFused());
  const auto withRounding = [&](auto rounding) {
    switch (plan.scaling) {
    case SumScaling::ByProduct:
      return withScaling(rounding, numerics::ScaleByProduct());
    case SumScaling::InGroups:
      return withScaling(rounding, numerics::ScaleInGroups());
    default:
      return withScaling(rounding, numerics::ScaleByWeightFirst());
    }
  };
  return plan.rounding == RowRounding::Symmetric ? withRounding(numerics::QuantizeRowSymmetric())
                                                 : withRounding(numerics::QuantizeRowAsymmetric());
}

/// Packed weights of dynamic range as a kernel takes them; the start values are sums of weights.
struct PackedHybridWeights : PackedWeights {
  std::vector<float> scales, bias;
};
struct PreparedHybridFilter {
  std::shared_ptr<const PackedHybridWeights> packed;
  runtime::PackedHybridFilter load(const KernelMemory &) const {
    return {packed->weights.data(), packed->starts.data(), packed->scales.data(), packed->bias.data()};
  }
  void describe(CallArgument &argument) const;
};

/// Packs the weights of `plan`, which are constant and not too many, or returns null.
std::shared_ptr<const PackedHybridWeights> packHybrid(const KernelRequest &request, const HybridPlan &plan,
                                                      const WeightedOperands &operands,
                                                      const runtime::IntegerFilterShape &shape);

/// The kernel of `plan` on packed weights; `member` is the one of runtime::HybridKernels that `name` has. Other
/// arguments as above.
template <typename Member, typename Params>
PlannedKernel makePackedHybridKernel(const HybridPlan &plan, const WeightedOperands &at,
                                     std::shared_ptr<const PackedHybridWeights> packed, StringRef name, Member member,
                                     const Params &params, int64_t rowElements, numerics::FusedActivation activation) {
  const auto call = [&](auto rounding, auto scaling) {
    PlannedKernel kernel = makeCall(
        makeKernelFunction("Integer/Hybrid.h", name, member(hybridKernels(rounding, scaling)), KernelIsa::Integer),
        params, rounding, scaling, In<float>{at.input}, PreparedHybridFilter{std::move(packed)},
        numerics::activationRange(activation), Scratch<int8_t>(), Out<float>());
    kernel.scratchBytes = rowElements;
    return kernel;
  };
  if (plan.rounding == RowRounding::Xnnpack)
    return call(numerics::QuantizeRowXnnpack(), numerics::ScaleFused());
  if (plan.scaling == SumScaling::ByWeightFirst)
    return call(numerics::QuantizeRowAsymmetric(), numerics::ScaleByWeightFirst());
  assert(plan.scaling == SumScaling::ByProduct && "no other scaling is packed");
  return plan.rounding == RowRounding::Symmetric ? call(numerics::QuantizeRowSymmetric(), numerics::ScaleByProduct())
                                                 : call(numerics::QuantizeRowAsymmetric(), numerics::ScaleByProduct());
}

/// FULLY_CONNECTED: packed where it can be.
PlannedKernel makeHybridMatrix(const KernelRequest &request, const HybridPlan &plan, const WeightedOperands &operands,
                               const runtime::FullyConnectedParams &p, numerics::FusedActivation activation);

} // namespace mlir::vernier

#endif // VERNIER_LIB_EXECUTION_KERNELS_HYBRID_H
