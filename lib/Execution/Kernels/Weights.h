//===- Weights.h - What operators with weights have in common ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Windows over an image, the types that weights and biases may have, and the one place that says which requantizer
// each numerics target uses for them.
//===----------------------------------------------------------------------===//

#ifndef VERNIER_LIB_EXECUTION_KERNELS_WEIGHTS_H
#define VERNIER_LIB_EXECUTION_KERNELS_WEIGHTS_H

#include "Call.h"
#include "IntegerIsa.h"
#include "vernier/Numerics/Requantize.h"
#include "vernier/Runtime/Integer/PairedWeights.h"
#include "vernier/Runtime/Integer/Wide.h"
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
  /// The bias of packed weights, where it is not the operand's.
  std::shared_ptr<const std::vector<int32_t>> bias;
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

/// XNNPACK's TRANSPOSE_CONV wants windows that meet (SAME) or that fit the result (VALID).
bool xnnpackTakesWindow(const KernelRequest &request, const WeightedOperands &operands);

/// The integers of `bits` bits, fewer than 8, that `tensor` holds packed, the first in the low bits; sign-extended.
std::shared_ptr<const std::vector<int8_t>> unpackIntegers(const TensorRef &tensor, unsigned bits);

/// Plans the integer form; fails with a diagnostic where there is none.
FailureOr<IntegerWeights> planIntegerWeights(const KernelRequest &request, const WeightedOperands &operands,
                                             WeightedKind kind, numerics::FusedActivation activation);

/// A requantizer whose multipliers are in `data`.
template <typename Requantizer> struct PreparedRequantizer {
  Requantizer value;
  std::shared_ptr<const RequantizerData> data;
  const Requantizer &load(const KernelMemory &) const { return value; }
  void describe(CallArgument &argument) const {
    argument.type = cppName<Requantizer>();
    const auto add = [&](StringRef name, CallArgument field) {
      argument.fields.emplace_back(name.str(), std::move(field));
    };
    const auto multipliers = [&](auto array) {
      CallArgument field;
      describeArray(field, array, data);
      return field;
    };
    if constexpr (std::is_same_v<Requantizer, numerics::FloatRequantizer>)
      add("scales", multipliers(ArrayRef<float>(data->floats)));
    else if constexpr (std::is_same_v<Requantizer, numerics::DoubleRequantizer>)
      add("scales", multipliers(ArrayRef<double>(data->doubles)));
    else
      add("multipliers", multipliers(ArrayRef<numerics::FixedPointMultiplier>(data->fixed)));
    add("channelStride", describeValue(value.channelStride));
    if constexpr (std::is_same_v<Requantizer, numerics::FixedPointMixedRequantizer>)
      add("channels", describeValue(value.channels));
    add("range", describeValue(value.range));
  }
};

/// The kernel of `plan` with its number of multiply-adds; dimension `axis` of the filter, operand 1, is the output's
/// channels.
template <typename Op, FailureOr<PlannedKernel> (*plan)(Op, const KernelRequest &), unsigned axis>
FailureOr<PlannedKernel> counted(Op op, const KernelRequest &request) {
  auto kernel = plan(op, request);
  if (failed(kernel))
    return failure();
  const TensorRef &filter = request.operands[1];
  return withMacs(std::move(*kernel),
                  request.results[0].elements() * (filter.elements() / std::max<int64_t>(filter.shape[axis], 1)));
}

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

/// The filter: unpacked from four bits, or as the operand has it.
template <typename W, typename Make>
PlannedKernel withFilter(const IntegerWeights &w, const WeightedOperands &at, Make make) {
  if constexpr (std::is_same_v<W, int8_t>)
    if (w.unpacked)
      return make(Prepared<int8_t>(w.unpacked));
  return make(In<W>{at.filter});
}

/// The kernel of an integer operator with weights, for each combination of types and requantizer that occurs.
/// `scalar(params, input, filter, bias, requantizer, output)` is the loop for any types; `vector(T(), requantizer)`
/// makes a kernel for inputs of T, of 8 or 16 bits, from constant weights, or nothing where there is none.
template <Requantization... narrowKinds, typename Scalar, typename Params, typename Vector>
PlannedKernel makeIntegerKernel(const IntegerWeights &w, const WeightedOperands &at, Scalar scalar,
                                const Params &params, Vector vector) {
  const auto build = [&](auto element, auto weight, auto bias, auto requantizer) {
    using T = decltype(element);
    using W = decltype(weight);
    using B = decltype(bias);
    return withFilter<W>(w, at, [&](auto filter) {
      return makeCall(scalar, params, In<T>{at.input}, filter, In<B>{at.bias},
                      PreparedRequantizer<decltype(requantizer)>{requantizer, w.requantizer}, Out<T>());
    });
  };
  if (w.storage == ElementClass::Int16) {
    const auto words = [&](auto bias, auto r) {
      if (w.isConstant && w.inputZeroPoint == 0 && w.requantizer->range.zeroPoint == 0)
        if (std::optional<PlannedKernel> kernel = vector(int16_t(), r))
          return std::move(*kernel);
      return build(int16_t(), int8_t(), bias, r);
    };
    if (w.wide)
      return withRequantizer<Requantization::FixedPoint64, Requantization::Double>(
          w.requantizer, [&](auto r) { return words(int64_t(), r); });
    return withRequantizer<Requantization::FixedPoint, Requantization::HalfUp, Requantization::Double>(
        w.requantizer, [&](auto r) { return words(int32_t(), r); });
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

/// Weights and start values of tiles; `wideStarts` where sums need 64 bits.
struct PackedWeights {
  /// In pairs where `paired`.
  std::vector<int8_t> weights;
  std::vector<int32_t> starts;
  std::vector<int64_t> wideStarts;
  int32_t exactSteps = 0;
  bool paired = false;
};

/// Brings packed weights into this processor's order.
inline void orderForHost(PackedWeights &packed) {
  if (integerIsa() != IntegerIsa::Avx2)
    return;
  std::vector<int8_t> paired(packed.weights.size());
  runtime::pairWeights(packed.weights.data(), paired.size(), paired.data());
  packed.weights = std::move(paired);
  packed.paired = true;
}

/// Describes the weights in the order of Packing.h: a target has its own.
inline void describeWeights(CallArgument &argument, const std::shared_ptr<const PackedWeights> &packed) {
  if (!packed->paired)
    return describeArray(argument, ArrayRef<int8_t>(packed->weights), packed);
  auto natural = std::make_shared<std::vector<int8_t>>(packed->weights.size());
  runtime::unpairWeights(packed->weights.data(), natural->size(), natural->data());
  describeArray(argument, ArrayRef<int8_t>(*natural), natural);
}

/// Packed weights as a kernel takes them.
template <typename Filter> struct PreparedFilter {
  using Type = Filter;
  std::shared_ptr<const PackedWeights> packed;
  static constexpr bool isWide = std::is_same_v<Filter, runtime::PackedWideFilter>;
  Filter load(const KernelMemory &) const {
    if constexpr (isWide)
      return {packed->weights.data(), packed->wideStarts.data(), packed->exactSteps};
    else
      return {packed->weights.data(), packed->starts.data()};
  }
  void describe(CallArgument &argument) const {
    argument.type = cppName<Filter>();
    CallArgument weights, starts;
    describeWeights(weights, packed);
    if constexpr (isWide)
      describeArray(starts, ArrayRef<int64_t>(packed->wideStarts), packed);
    else
      describeArray(starts, ArrayRef<int32_t>(packed->starts), packed);
    argument.fields = {{"weights", std::move(weights)}, {"starts", std::move(starts)}};
    if constexpr (isWide)
      argument.fields.emplace_back("exactSteps", describeValue(packed->exactSteps));
  }
};

/// Packs the constant weights of an operator and calls `make` with them. `T`: the inputs. An arithmetic of 16x8 with a
/// bias of 64 bits takes sums of as many, too.
template <typename T, typename Requantizer, typename Make>
PlannedKernel withPackedWeights(const KernelRequest &request, const IntegerWeights &w, const WeightedOperands &at,
                                const runtime::IntegerFilterShape &shape, Make make) {
  using W = runtime::IntegerWeight<T>;
  auto packed = std::make_shared<PackedWeights>();
  packed->weights.resize(shape.weightsSize());
  packed->starts.resize(shape.startsSize());
  const auto *filter =
      w.unpacked ? reinterpret_cast<const W *>(w.unpacked->data()) : request.operands[at.filter].as<const W>();
  const bool hasBias = request.has(at.bias);
  const auto *bias = w.bias               ? w.bias->data()
                     : hasBias && !w.wide ? request.operands[at.bias].as<const int32_t>()
                                          : nullptr;
  runtime::packIntegerFilter<W, T>(shape, w.inputZeroPoint, filter, bias, packed->weights.data(),
                                   packed->starts.data());
  if (sizeof(T) == 1)
    orderForHost(*packed);
  if constexpr (sizeof(T) == 2 && (std::is_same_v<Requantizer, numerics::FixedPoint64Requantizer> ||
                                   std::is_same_v<Requantizer, numerics::DoubleRequantizer>)) {
    if (w.wide) {
      packed->wideStarts.resize(shape.startsSize());
      const int64_t perGroup = int64_t(shape.blocks()) * runtime::integerBlock;
      for (int64_t g = 0; hasBias && g < shape.groups; ++g)
        for (int64_t c = 0; c < shape.outputs; ++c)
          packed->wideStarts[g * perGroup + c] = request.operands[at.bias].as<const int64_t>()[g * shape.outputs + c];
      if (!runtime::sumsFit32Bits(shape, packed->weights.data(), packed->wideStarts.data())) {
        packed->exactSteps = runtime::exactSteps(shape, packed->weights.data());
        return make(PreparedFilter<runtime::PackedWideFilter>{packed});
      }
      llvm::copy(packed->wideStarts, packed->starts.begin());
    }
  }
  return make(PreparedFilter<runtime::PackedIntegerFilter>{packed});
}

} // namespace mlir::vernier

#endif // VERNIER_LIB_EXECUTION_KERNELS_WEIGHTS_H
