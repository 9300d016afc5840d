//===- Weights.h - What operators with weights have in common ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Windows over an image, the types that weights and biases may have, and the one place that says which requantizer
// each numerics target uses for them.
//===----------------------------------------------------------------------===//

#ifndef VERNIER_LIB_EXECUTION_KERNELS_WEIGHTS_H
#define VERNIER_LIB_EXECUTION_KERNELS_WEIGHTS_H

#include "Planner.h"
#include "vernier/Numerics/Requantize.h"
#include "vernier/Runtime/Integer/Packing.h"
#include <memory>
#include <vector>

namespace mlir::vernier {

/// One spatial dimension of a window.
struct WindowSizes {
  int64_t input, filter, stride, dilation;
};

/// Padding before the first element and the number of outputs, by TFLite's rules for SAME and VALID. Fails with a
/// diagnostic when there is no output or a position would not fit 32 bits.
struct WindowPlan {
  int32_t pad, output;
};
FailureOr<WindowPlan> planWindow(const KernelRequest &request, nn::Padding padding, const WindowSizes &sizes);

/// From an accumulator to a result; see vernier/Numerics/Requantize.h.
enum class Requantization { Float, HalfUp, Mixed, FixedPoint, Double, FixedPoint64 };

/// Which operator asks: they part in what LiteRT runs for them.
enum class WeightedKind { Conv, GroupedConv, Depthwise, TransposeConv, FullyConnected };

/// Owns the multipliers that a requantizer points to.
struct RequantizerData {
  Requantization kind;
  std::vector<float> floats;
  std::vector<double> doubles;
  std::vector<numerics::FixedPointMultiplier> fixed;
  int32_t channelStride = 0;
  int32_t channels = 0;
  numerics::QuantizedRange range;
};

/// The integer form of an operator with weights.
struct IntegerWeights {
  /// Of input and output: Int8, UInt8 or Int16.
  ElementClass storage;
  int32_t inputZeroPoint, filterZeroPoint;
  /// The bias and the accumulator have 64 bits.
  bool wide;
  std::shared_ptr<const RequantizerData> requantizer;
  /// Weights and bias are known while planning.
  bool isConstant;
  /// The filter as int8, where it is stored in 4 bits; else null, and the operand's own data is read.
  std::shared_ptr<const std::vector<int8_t>> unpacked;
};

/// The places of an operator's operands.
struct WeightedOperands {
  unsigned input, filter, bias;
  /// Of the filter: the dimension with one scale for each output channel.
  unsigned axis;
};

/// Packing fills channels up to a block of 16: beyond this many elements, that is refused.
constexpr int64_t kMaxPackedElements = int64_t(1) << 30;
LogicalResult checkPackedSize(const KernelRequest &request, int64_t elements);

/// Whether the operator is float throughout; fails with a diagnostic on mixed types and on a bias of the wrong size.
FailureOr<bool> isFloatWeighted(const KernelRequest &request, const WeightedOperands &operands);

/// Plans the integer form; fails with a diagnostic where there is none.
FailureOr<IntegerWeights> planIntegerWeights(const KernelRequest &request, const WeightedOperands &operands,
                                             WeightedKind kind, numerics::FusedActivation activation);

/// Calls `function` with the requantizer of `data`, which must be one of `kinds`.
template <Requantization kind, Requantization... rest, typename Function>
PlannedKernel withRequantizer(const std::shared_ptr<const RequantizerData> &data, Function function) {
  if constexpr (sizeof...(rest) > 0)
    if (data->kind != kind)
      return withRequantizer<rest...>(data, function);
  assert(data->kind == kind && "the kernel has this requantizer");
  if constexpr (kind == Requantization::Float)
    return function(numerics::FloatRequantizer{data->floats.data(), data->channelStride, data->range});
  else if constexpr (kind == Requantization::HalfUp)
    return function(numerics::FixedPointHalfUpRequantizer{data->fixed.data(), data->channelStride, data->range});
  else if constexpr (kind == Requantization::Mixed)
    return function(
        numerics::FixedPointMixedRequantizer{data->fixed.data(), data->channelStride, data->channels, data->range});
  else if constexpr (kind == Requantization::FixedPoint)
    return function(numerics::FixedPointRequantizer{data->fixed.data(), data->channelStride, data->range});
  else if constexpr (kind == Requantization::Double)
    return function(numerics::DoubleRequantizer{data->doubles.data(), data->channelStride, data->range});
  else
    return function(numerics::FixedPoint64Requantizer{data->fixed.data(), data->channelStride, data->range});
}

/// The kernel of an integer operator with weights, for each combination of types and requantizer that occurs.
/// `scalar(input, filter, bias, requantizer, output)` is the loop for any types; `vector(T(), requantizer)` makes a
/// kernel from constant 8-bit weights, or nothing where there is none.
template <Requantization... narrowKinds, typename Scalar, typename Vector>
PlannedKernel makeIntegerKernel(const IntegerWeights &w, const WeightedOperands &at, Scalar scalar, Vector vector) {
  const auto build = [&](auto element, auto weight, auto bias, auto requantizer) {
    using T = decltype(element);
    using W = decltype(weight);
    using B = decltype(bias);
    return makeKernel([scalar, at, requantizer, data = w.requantizer, unpacked = w.unpacked](const KernelMemory &m) {
      const W *filter = unpacked ? reinterpret_cast<const W *>(unpacked->data()) : m.operand<W>(at.filter);
      scalar(m.operand<T>(at.input), filter, m.operand<B>(at.bias), requantizer, m.result<T>());
    });
  };
  if (w.storage == ElementClass::Int16) {
    if (w.wide)
      return withRequantizer<Requantization::FixedPoint64, Requantization::Double>(
          w.requantizer, [&](auto r) { return build(int16_t(), int8_t(), int64_t(), r); });
    return withRequantizer<Requantization::FixedPoint, Requantization::Double>(
        w.requantizer, [&](auto r) { return build(int16_t(), int8_t(), int32_t(), r); });
  }
  const auto narrow = [&](auto element) {
    using T = decltype(element);
    return withRequantizer<narrowKinds...>(w.requantizer, [&](auto r) {
      if constexpr (!std::is_same_v<decltype(r), numerics::FixedPointMixedRequantizer>)
        if (w.isConstant)
          if (std::optional<PlannedKernel> kernel = vector(T(), r))
            return std::move(*kernel);
      return build(T(), T(), int32_t(), r);
    });
  };
  return w.storage == ElementClass::UInt8 ? narrow(uint8_t()) : narrow(int8_t());
}

/// Weights and start values of the 8-bit tiles.
struct PackedWeights {
  std::vector<int8_t> weights;
  std::vector<int32_t> starts;
  runtime::PackedIntegerFilter view() const { return {weights.data(), starts.data()}; }
};

/// Packs the constant weights of the operator.
template <typename T>
std::shared_ptr<const PackedWeights> packWeights(const KernelRequest &request, const IntegerWeights &w,
                                                 const WeightedOperands &at, const runtime::IntegerFilterShape &shape) {
  auto packed = std::make_shared<PackedWeights>();
  packed->weights.resize(shape.weightsSize());
  packed->starts.resize(shape.startsSize());
  const auto *filter =
      w.unpacked ? reinterpret_cast<const T *>(w.unpacked->data()) : request.operands[at.filter].as<const T>();
  const auto *bias = request.has(at.bias) ? request.operands[at.bias].as<const int32_t>() : nullptr;
  runtime::packIntegerFilter(shape, w.inputZeroPoint, filter, bias, packed->weights.data(), packed->starts.data());
  return packed;
}

} // namespace mlir::vernier

#endif // VERNIER_LIB_EXECUTION_KERNELS_WEIGHTS_H
