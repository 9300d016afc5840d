//===- ObserverKernels.h - the inner loops of an observer -------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Plain loops that compilers vectorize, compiled once for each instruction set in the files of Isa. They compare,
// convert and scale by powers of two, all of which are exact: every set gives the same bits.

#ifndef VERNIER_LIB_CALIBRATION_OBSERVERKERNELS_H
#define VERNIER_LIB_CALIBRATION_OBSERVERKERNELS_H

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace mlir::vernier {

/// The least and greatest of a block's ordered keys.
struct KeyRange {
  int32_t low, high;
};

/// How values from `min` to `max` become bin numbers: `scale` is 2^-exponent, `width` 2^exponent, `first` the number
/// that counts as 0.
struct BinScale {
  float min, max;
  float scale, width;
  int32_t first;
};

/// What one pass over a block finds.
struct BlockBins {
  /// Whether all values lie between the bounds; the numbers mean nothing where one does not, or is NaN.
  bool inside;
  /// How many bin numbers were written: of all values but those in the bin left out.
  size_t written;
};

struct ObserverKernels {
  KeyRange (*rangeOf)(const float *values, size_t size);
  /// The bin numbers of a block. The bin `leftOut` is not written where that is cheap: after a ReLU most values lie in
  /// one bin, and what is not written is known to lie there. `numbers` has room for 32 more than `size`.
  BlockBins (*binNumbers)(const float *values, size_t size, const BinScale &bins, int32_t leftOut, uint16_t *numbers);
};

extern const ObserverKernels kGenericObserver;
#ifdef VERNIER_X86_KERNELS
extern const ObserverKernels kAvx2Observer, kAvx512Observer;
#endif

/// Those of numerics::chosenInstructionSet.
const ObserverKernels &observerKernels();

/// Maps the bits of a float to an integer, in the same order: negative numbers below positive ones, infinities around
/// them, NaNs outermost. Integers, because compilers do not vectorize a minimum of floats that may be NaN. Its own
/// inverse.
inline __attribute__((always_inline)) int32_t orderedKey(int32_t bits) {
  return bits ^ static_cast<int32_t>(static_cast<uint32_t>(bits >> 31) >> 1);
}

} // namespace mlir::vernier

#ifdef VERNIER_DEFINE_OBSERVER
// The body, for one file of each instruction set: nothing here may be shared between them.
namespace {
/// Values in the body of an inner loop whose length the compiler knows, so that it vectorizes at -O2 too.
constexpr size_t kLanes = 64;

int32_t keyOf(const float *value) {
  int32_t bits;
  std::memcpy(&bits, value, sizeof bits);
  return mlir::vernier::orderedKey(bits);
}

mlir::vernier::KeyRange rangeOf(const float *values, size_t size) {
  int32_t low[kLanes], high[kLanes];
  for (size_t lane = 0; lane < kLanes; ++lane)
    low[lane] = high[lane] = keyOf(values);
  size_t i = 0;
  for (; i + kLanes <= size; i += kLanes)
    for (size_t lane = 0; lane < kLanes; ++lane) {
      const int32_t key = keyOf(values + i + lane);
      low[lane] = key < low[lane] ? key : low[lane];
      high[lane] = key > high[lane] ? key : high[lane];
    }
  mlir::vernier::KeyRange range{low[0], high[0]};
  for (size_t lane = 0; lane < kLanes; ++lane) {
    range.low = low[lane] < range.low ? low[lane] : range.low;
    range.high = high[lane] > range.high ? high[lane] : range.high;
  }
  for (; i < size; ++i) {
    const int32_t key = keyOf(values + i);
    range.low = key < range.low ? key : range.low;
    range.high = key > range.high ? key : range.high;
  }
  return range;
}

/// Exact in floats throughout: scaling by a power of two is, and where the product underflows it truncates to 0 as the
/// exact one does; the comparison that turns truncation into floor is made between value and bin edge, both unscaled.
[[maybe_unused]] mlir::vernier::BlockBins binNumbers(const float *values, size_t size,
                                                     const mlir::vernier::BinScale &bins, int32_t, uint16_t *numbers) {
  const float scale = bins.scale, width = bins.width, min = bins.min, max = bins.max;
  const int32_t first = bins.first;
  int32_t outside = 0;
  for (size_t i = 0; i < size; ++i) {
    float value = values[i] > min ? values[i] : min;
    value = value < max ? value : max;
    outside |= value == values[i] ? 0 : 1;
    const int32_t bin = static_cast<int32_t>(value * scale);
    numbers[i] = static_cast<uint16_t>(bin - (value < static_cast<float>(bin) * width ? 1 : 0) - first);
  }
  return {outside == 0, size};
}
} // namespace

#define VERNIER_OBSERVER_TABLE {rangeOf, binNumbers}
#endif

#endif // VERNIER_LIB_CALIBRATION_OBSERVERKERNELS_H
