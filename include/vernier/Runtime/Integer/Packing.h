//===- Packing.h - 8-bit filters as tiles read them -------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A tile reads 16 output channels by 4 reduction steps at a time, which is what
// dot-product instructions take. The input's zero point and the bias are folded
// into one start value for each channel.
//===----------------------------------------------------------------------===//

#ifndef VERNIER_RUNTIME_INTEGER_PACKING_H
#define VERNIER_RUNTIME_INTEGER_PACKING_H

#include "vernier/Runtime/Conv2D.h"
#include "vernier/Runtime/FullyConnected.h"

namespace mlir::vernier::runtime {

/// Output channels of a block, and input channels of a step: what one instruction sums up.
constexpr int32_t integerBlock = 16;
constexpr int32_t integerStep = 4;

/// What a packed filter holds: `taps` runs of `length` weights, for
/// `outputs` output channels of each of `groups`.
struct IntegerFilterShape {
  int32_t groups;
  int32_t taps;
  int32_t length;
  int32_t outputs;

  /// Bytes of the weights of one block: [taps][steps][16][4], channels beyond
  /// `length` are 0.
  VERNIER_ALWAYS_INLINE constexpr int64_t blockSize() const {
    return int64_t(taps) * ((length + integerStep - 1) / integerStep) * integerStep * integerBlock;
  }
  VERNIER_ALWAYS_INLINE constexpr int32_t blocks() const { return (outputs + integerBlock - 1) / integerBlock; }
  /// Bytes of the packed weights, and the number of start values: both over all
  /// groups.
  VERNIER_ALWAYS_INLINE constexpr int64_t weightsSize() const { return groups * blocks() * blockSize(); }
  VERNIER_ALWAYS_INLINE constexpr int64_t startsSize() const { return int64_t(groups) * blocks() * integerBlock; }
};

/// A row of neighbouring taps lies together in memory: it is one run, and only its end is filled up to a step.
VERNIER_ALWAYS_INLINE constexpr IntegerFilterShape integerFilterShape(const Conv2DParams &p) {
  const bool wholeRows = p.groups == 1 && p.dilationWidth == 1;
  return {p.groups, p.filterHeight * (wholeRows ? 1 : p.filterWidth),
          p.inputChannels / p.groups * (wholeRows ? p.filterWidth : 1), p.outputChannels / p.groups};
}
VERNIER_ALWAYS_INLINE constexpr IntegerFilterShape integerFilterShape(const FullyConnectedParams &p) {
  return {1, 1, p.inputChannels, p.outputChannels};
}

namespace detail {
/// int8 is unsigned with an offset of 128 to the tiles' inputs, and uint8 is
/// signed with one of -128 to their weights. int16 stays what it is.
template <class T> constexpr int32_t inputShift = std::is_same<T, int8_t>::value ? 128 : 0;
template <class T> constexpr int32_t weightShift = std::is_same<T, uint8_t>::value ? 128 : 0;

/// What makes an input of type T a number of type `Element` in a strip: instruction sets that multiply signed numbers
/// by signed ones leave int8 as it is.
template <class Element, class T>
constexpr int32_t inputOffset = std::is_signed<Element>::value == std::is_signed<T>::value ? 0
                                : std::is_signed<T>::value                                 ? 128
                                                                                           : -128;

/// The weight that is byte `at` of a step of a block, as its channel and its place in the step: [16][4], or, beside
/// inputs of sixteen bits, whose products are summed by twos, [2][16][2].
struct StepPlace {
  int32_t channel, step;
};
template <class T> constexpr StepPlace stepPlace(int32_t at) {
  if (sizeof(T) == 1)
    return {at / integerStep, at % integerStep};
  constexpr int32_t half = integerStep / 2;
  return {at % (half * integerBlock) / half, at / (half * integerBlock) * half + at % half};
}
} // namespace detail

/// The weights beside an input of `T`.
template <class T> using IntegerWeight = std::conditional_t<sizeof(T) == 1, T, int8_t>;

/// A filter that a tile can read.
struct PackedIntegerFilter {
  const int8_t *weights;
  /// bias - (zero point of the shifted input) * (sum of the channel's shifted
  /// weights).
  const int32_t *starts;

  /// The same from some weight and some channel on.
  VERNIER_ALWAYS_INLINE PackedIntegerFilter from(int64_t weight, int64_t channel) const {
    return {weights + static_cast<ptrdiff_t>(weight), starts + static_cast<ptrdiff_t>(channel)};
  }
};

/// A filter for inputs of 16 bits whose sums need 64.
struct PackedWideFilter {
  const int8_t *weights;
  /// The bias.
  const int64_t *starts;
  /// So many steps sum to less than 2^31, whatever the inputs are.
  int32_t exactSteps;

  /// The same from some weight and some channel on.
  VERNIER_ALWAYS_INLINE PackedWideFilter from(int64_t weight, int64_t channel) const {
    return {weights + static_cast<ptrdiff_t>(weight), starts + static_cast<ptrdiff_t>(channel), exactSteps};
  }
};

/// Packs `filter` [groups * outputs][taps][length] into buffers of the sizes
/// that `shape` tells, beside inputs of `T`. `bias` may be null.
template <class W, class T = W>
inline void packIntegerFilter(const IntegerFilterShape &shape, int32_t inputZeroPoint, const W *filter,
                              const int32_t *bias, int8_t *weights, int32_t *starts) {
  const int32_t zeroPoint = inputZeroPoint + detail::inputShift<T>;
  for (int32_t g = 0; g < shape.groups; ++g)
    for (int32_t first = 0; first < shape.blocks() * integerBlock; first += integerBlock) {
      for (int32_t c = first; c < first + integerBlock; ++c, ++starts) {
        uint32_t sum = 0;
        const W *from = filter + (int64_t(g) * shape.outputs + c) * shape.taps * shape.length;
        for (int64_t k = 0; c < shape.outputs && k < int64_t(shape.taps) * shape.length; ++k)
          sum += static_cast<uint32_t>(from[k] - detail::weightShift<T>);
        const uint32_t base = bias && c < shape.outputs ? static_cast<uint32_t>(bias[g * shape.outputs + c]) : 0;
        *starts = static_cast<int32_t>(base - static_cast<uint32_t>(zeroPoint) * sum);
      }
      for (int32_t tap = 0; tap < shape.taps; ++tap)
        for (int32_t k = 0; k < shape.length; k += integerStep)
          for (int32_t at = 0; at < integerBlock * integerStep; ++at) {
            const int32_t c = first + detail::stepPlace<T>(at).channel, i = k + detail::stepPlace<T>(at).step;
            *weights++ = c < shape.outputs && i < shape.length
                             ? static_cast<int8_t>(
                                   filter[((int64_t(g) * shape.outputs + c) * shape.taps + tap) * shape.length + i] -
                                   detail::weightShift<T>)
                             : int8_t(0);
          }
    }
}

/// Makes the start values of packed weights, of `size` bytes for `count` start values, those for signed inputs.
inline void startForSignedInputs(const int8_t *weights, int64_t size, int32_t *starts, int64_t count) {
  const int64_t blockSize = count ? size / (count / integerBlock) : 0;
  for (int64_t block = 0; block < count / integerBlock; ++block)
    for (int64_t i = 0; i < blockSize; ++i) {
      int32_t &start = starts[block * integerBlock + i % (integerBlock * integerStep) / integerStep];
      start = numerics::wrapAdd(start, 128 * weights[block * blockSize + i]);
    }
}

} // namespace mlir::vernier::runtime

#endif // VERNIER_RUNTIME_INTEGER_PACKING_H
