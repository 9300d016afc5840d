//===- Records.h - Values as source has them --------------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Turns a parameter of a kernel into a CallArgument: numbers, and aggregates of them member by member. Members with
// names that help a reader are listed here; others are counted, so that a new function object needs no entry.
//===----------------------------------------------------------------------===//

#ifndef VERNIER_LIB_EXECUTION_KERNELS_RECORDS_H
#define VERNIER_LIB_EXECUTION_KERNELS_RECORDS_H

#include "vernier/Execution/KernelCall.h"
#include "vernier/Numerics/Requantize.h"
#include "vernier/Runtime/BatchMatMul.h"
#include "vernier/Runtime/Conv2D.h"
#include "vernier/Runtime/Conv3D.h"
#include "vernier/Runtime/FullyConnected.h"
#include "vernier/Runtime/Gather.h"
#include "vernier/Runtime/Lstm.h"
#include "vernier/Runtime/LstmInteger.h"
#include "vernier/Runtime/Pad.h"
#include "vernier/Runtime/Pool.h"
#include "vernier/Runtime/Reduce.h"
#include "vernier/Runtime/ResizeBilinear.h"
#include "vernier/Runtime/Svdf.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/TypeName.h"
#include <tuple>

namespace mlir::vernier {

/// How C++ spells T below namespace mlir::vernier: "runtime::Conv2DParams", "int8_t".
std::string spellType(StringRef compilersName);
template <typename T> std::string cppName() { return spellType(llvm::getTypeName<T>()); }

/// The members of one value, with names for the first ones.
template <typename... Fields> struct FieldList {
  StringRef names;
  std::tuple<const Fields &...> values;
};
template <typename... Fields> FieldList<Fields...> listFields(StringRef names, const Fields &...values) {
  return {names, std::tie(values...)};
}
/// Returns all members of `value`, in order: the compiler counts them.
#define VERNIER_FIELDS(...)                                                                                            \
  const auto &[__VA_ARGS__] = value;                                                                                   \
  return listFields(#__VA_ARGS__, __VA_ARGS__)

inline auto fieldsOf(const runtime::Conv2DParams &value) {
  VERNIER_FIELDS(batches, inputHeight, inputWidth, inputChannels, outputHeight, outputWidth, outputChannels,
                 filterHeight, filterWidth, strideHeight, strideWidth, dilationHeight, dilationWidth, padTop, padLeft,
                 groups, inputZeroPoint, filterZeroPoint);
}
inline auto fieldsOf(const runtime::VolumeAxis &value) { VERNIER_FIELDS(large, small, filter, stride, dilation, pad); }
inline auto fieldsOf(const runtime::Conv3DParams &value) {
  VERNIER_FIELDS(batches, axes, inputChannels, outputChannels);
}
inline auto fieldsOf(const runtime::FullyConnectedParams &value) {
  VERNIER_FIELDS(batches, inputChannels, outputChannels, inputZeroPoint, filterZeroPoint);
}
inline auto fieldsOf(const runtime::Pool2DParams &value) {
  VERNIER_FIELDS(batches, inputHeight, inputWidth, outputHeight, outputWidth, channels, filterHeight, filterWidth,
                 strideHeight, strideWidth, padTop, padLeft);
}
inline auto fieldsOf(const runtime::SpaceToBatchParams &value) {
  VERNIER_FIELDS(batches, spaceHeight, spaceWidth, batchHeight, batchWidth, channels, blockHeight, blockWidth, top,
                 left);
}
inline auto fieldsOf(const runtime::ResizeParams &value) {
  VERNIER_FIELDS(batches, inputHeight, inputWidth, outputHeight, outputWidth, channels, alignCorners, halfPixelCenters);
}
inline auto fieldsOf(const runtime::GatherParams &value) { VERNIER_FIELDS(batches, outer, extent, inner, count); }
inline auto fieldsOf(const runtime::BatchMatMulParams &value) {
  VERNIER_FIELDS(rows, depth, columns, adjointLhs, adjointRhs);
}
inline auto fieldsOf(const runtime::Shape &value) { VERNIER_FIELDS(rank, dims); }
inline auto fieldsOf(const runtime::ReducedAxes &value) { VERNIER_FIELDS(dims); }
template <int N> auto fieldsOf(const runtime::Traversal<N> &value) { VERNIER_FIELDS(rank, dims, offsets, strides); }
inline auto fieldsOf(const numerics::QuantizedRange &value) { VERNIER_FIELDS(zeroPoint, min, max); }
inline auto fieldsOf(const numerics::FloatRange &value) { VERNIER_FIELDS(min, max); }
inline auto fieldsOf(const numerics::FixedPointMultiplier &value) { VERNIER_FIELDS(multiplier, shift); }
inline auto fieldsOf(const numerics::AffineParams &value) { VERNIER_FIELDS(scale, zeroPoint); }

inline auto fieldsOf(const runtime::SequenceShape &value) { VERNIER_FIELDS(batches, times, timeMajor); }
inline auto fieldsOf(const runtime::DenseMatrix &value) { VERNIER_FIELDS(packed, inputs, outputs); }
inline auto fieldsOf(const runtime::Rnn &value) {
  VERNIER_FIELDS(inputs, auxiliaryInputs, units, outputStride, input, recurrent, auxiliary, bias, activation);
}
inline auto fieldsOf(const runtime::Lstm &value) {
  VERNIER_FIELDS(inputs, auxiliaryInputs, cells, outputs, outputStride, hasInputGate, hasProjection, input, auxiliary,
                 recurrent, projection, diagonal, peephole, bias, normalization, projectionBias, activation, cellClip,
                 projectionClip);
}
inline auto fieldsOf(const runtime::BasicLstm &value) { VERNIER_FIELDS(batches, inputs, cells, weights, bias); }
inline auto fieldsOf(const runtime::LstmMatrix &value) { VERNIER_FIELDS(weights, start, scale); }
inline auto fieldsOf(const runtime::LstmIntegerGate &value) {
  VERNIER_FIELDS(input, recurrent, peephole, peepholeScale, normalization, normalizationBias, normalizationScale,
                 varianceGuard);
}
inline auto fieldsOf(const runtime::LstmInteger &value) {
  VERNIER_FIELDS(inputs, cells, outputs, hasInputGate, hasProjection, gates, projection, cellExponent, hiddenScale,
                 hiddenZeroPoint, outputZeroPoint, cellClip, projectionClip);
}
inline auto fieldsOf(const runtime::SvdfShape &value) { VERNIER_FIELDS(batches, inputs, filters, steps, rank); }
inline auto fieldsOf(const runtime::SvdfFloat &value) { VERNIER_FIELDS(shape, feature, timeWeights, bias, activation); }
template <typename State> auto fieldsOf(const runtime::SvdfInteger<State> &value) {
  VERNIER_FIELDS(shape, inputZeroPoint, stateZeroPoint, outputZeroPoint, toState, toOutput, featureWeights, timeWeights,
                 bias);
}

namespace detail {
/// Stands for any one member where an aggregate is initialized.
struct AnyMember {
  template <typename T> operator T() const;
};
template <typename T, typename... Members> constexpr auto isInitializedBy(int) -> decltype(T{Members{}...}, true) {
  return true;
}
template <typename T, typename... Members> constexpr bool isInitializedBy(...) { return false; }
/// The number of members of T, none of which is an array.
template <typename T, typename... Members> constexpr int countMembers() {
  if constexpr (isInitializedBy<T, AnyMember, Members...>(0))
    return countMembers<T, AnyMember, Members...>();
  else
    return sizeof...(Members);
}

template <typename T, typename = void> struct HasFields : std::false_type {};
template <typename T>
struct HasFields<T, std::void_t<decltype(fieldsOf(std::declval<const T &>()))>> : std::true_type {};

/// Calls `visit` with a tuple of the members of `value`.
template <typename T, typename Visit> void visitMembers(const T &value, Visit visit) {
  constexpr int n = countMembers<T>();
  static_assert(n <= 12, "give a parameter of many members a list of its own");
  if constexpr (n == 1) {
    const auto &[f0] = value;
    visit(std::tie(f0));
  } else if constexpr (n == 2) {
    const auto &[f0, f1] = value;
    visit(std::tie(f0, f1));
  } else if constexpr (n == 3) {
    const auto &[f0, f1, f2] = value;
    visit(std::tie(f0, f1, f2));
  } else if constexpr (n == 4) {
    const auto &[f0, f1, f2, f3] = value;
    visit(std::tie(f0, f1, f2, f3));
  } else if constexpr (n == 5) {
    const auto &[f0, f1, f2, f3, f4] = value;
    visit(std::tie(f0, f1, f2, f3, f4));
  } else if constexpr (n == 6) {
    const auto &[f0, f1, f2, f3, f4, f5] = value;
    visit(std::tie(f0, f1, f2, f3, f4, f5));
  } else if constexpr (n == 7) {
    const auto &[f0, f1, f2, f3, f4, f5, f6] = value;
    visit(std::tie(f0, f1, f2, f3, f4, f5, f6));
  } else if constexpr (n == 8) {
    const auto &[f0, f1, f2, f3, f4, f5, f6, f7] = value;
    visit(std::tie(f0, f1, f2, f3, f4, f5, f6, f7));
  } else if constexpr (n == 9) {
    const auto &[f0, f1, f2, f3, f4, f5, f6, f7, f8] = value;
    visit(std::tie(f0, f1, f2, f3, f4, f5, f6, f7, f8));
  } else if constexpr (n == 10) {
    const auto &[f0, f1, f2, f3, f4, f5, f6, f7, f8, f9] = value;
    visit(std::tie(f0, f1, f2, f3, f4, f5, f6, f7, f8, f9));
  } else if constexpr (n == 11) {
    const auto &[f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10] = value;
    visit(std::tie(f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10));
  } else if constexpr (n == 12) {
    const auto &[f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11] = value;
    visit(std::tie(f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11));
  }
}
} // namespace detail

template <typename T> CallArgument describeValue(const T &value);

template <typename... Fields>
void describeMembers(CallArgument &argument, StringRef names, const std::tuple<const Fields &...> &values) {
  const auto add = [&](const auto &member) {
    auto [name, rest] = names.split(',');
    names = rest;
    argument.fields.emplace_back(name.trim().str(), describeValue(member));
  };
  std::apply([&](const auto &...members) { (add(members), ...); }, values);
}

/// `value` as an argument. A pointer does not say how far it goes: see `describeArray` and `PreparedObject`.
template <typename T> CallArgument describeValue(const T &value) {
  CallArgument argument;
  if constexpr (std::is_same_v<T, bool>) {
    argument.kind = CallArgument::Kind::Boolean;
    argument.integer = value;
  } else if constexpr (std::is_integral_v<T>) {
    argument.kind = CallArgument::Kind::Integer;
    argument.type = cppName<T>();
    argument.integer = static_cast<int64_t>(value);
  } else if constexpr (std::is_floating_point_v<T>) {
    argument.kind = CallArgument::Kind::Float;
    argument.type = cppName<T>();
    argument.real = value;
  } else if constexpr (std::is_array_v<T>) {
    argument.kind = CallArgument::Kind::List;
    for (const auto &element : value)
      argument.fields.emplace_back("", describeValue(element));
  } else if constexpr (std::is_enum_v<T>) {
    // Braces around its number make the enumerator.
    argument.type = cppName<T>();
    argument.fields.emplace_back("", describeValue(static_cast<std::underlying_type_t<T>>(value)));
  } else if constexpr (std::is_pointer_v<T>) {
    argument.kind = CallArgument::Kind::Constant;
    argument.type = cppName<std::remove_const_t<std::remove_pointer_t<T>>>();
    argument.data = {reinterpret_cast<const char *>(value), size_t(0)};
  } else {
    static_assert(std::is_aggregate_v<T>, "only numbers and aggregates of them are values");
    argument.type = cppName<T>();
    if constexpr (detail::HasFields<T>::value) {
      const auto list = fieldsOf(value);
      describeMembers(argument, list.names, list.values);
    } else if constexpr (!std::is_empty_v<T>) {
      detail::visitMembers(value, [&](const auto &members) { describeMembers(argument, "", members); });
    }
  }
  return argument;
}

/// Makes `argument` a pointer to constant elements, which `owner` keeps.
template <typename T>
void describeArray(CallArgument &argument, ArrayRef<T> elements, std::shared_ptr<const void> owner) {
  argument.kind = CallArgument::Kind::Constant;
  argument.type = cppName<T>();
  argument.data = {reinterpret_cast<const char *>(elements.data()), elements.size() * sizeof(T)};
  argument.owner = std::move(owner);
}

} // namespace mlir::vernier

#endif // VERNIER_LIB_EXECUTION_KERNELS_RECORDS_H
