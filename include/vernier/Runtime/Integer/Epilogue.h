//===- Epilogue.h - from sums to results, one by one ------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What instruction sets do with an arithmetic that they have no vectors for.
//===----------------------------------------------------------------------===//

#ifndef VERNIER_RUNTIME_INTEGER_EPILOGUE_H
#define VERNIER_RUNTIME_INTEGER_EPILOGUE_H

#include "vernier/Numerics/Requantize.h"
#include <cstddef>
#include <cstring>

namespace mlir::vernier::runtime::detail {

/// Whether results are the numbers from 0 on, whose zero point is the least result, and there is no other clamp: what
/// follows ReLU. Then packing to unsigned bytes does it all.
constexpr bool startsAtZero(const numerics::QuantizedRange &range) {
  return range.zeroPoint == range.min && range.max - range.min == 255;
}

/// Whether an epilogue has no vectors for scaled sums beyond int32.
template <class Epilogue, class Requantizer, class = void> constexpr bool mayBeUnbounded = false;
template <class Epilogue>
constexpr bool mayBeUnbounded<Epilogue, numerics::FloatRequantizer, std::void_t<decltype(Epilogue::isBounded)>> =
    !std::is_const<decltype(Epilogue::isBounded)>::value;

/// Whether scaled sums stay in the range of int32, although a scale may be 1 or more: `count` channels from `channel`
/// on, whose sums are at most `sums` from where they start, which is 0 without `starts`.
inline bool staysInt32(const numerics::FloatRequantizer &r, int32_t channel, int32_t count, const int32_t *starts,
                       int64_t sums) {
  // Half of the range, as floats are rounded.
  constexpr double most = 1 << 30;
  for (int32_t c = 0; c < count; ++c) {
    const int64_t start = starts ? starts[c] : 0;
    const auto largest = static_cast<double>(sums + (start < 0 ? -start : start));
    if (!(static_cast<double>(r.scales[(channel + c) * r.channelStride]) * largest < most))
      return false;
  }
  return true;
}

/// The requantization of `count` channels from `channel` on.
template <class Requantizer> struct ScalarEpilogue {
  Requantizer requantize;
  int32_t channel, count;

  template <class T> VERNIER_ALWAYS_INLINE void operator()(const int32_t *sums, T *to) const {
    for (int32_t c = 0; c < count; ++c)
      to[c] = static_cast<T>(requantize(sums[c], channel + c));
  }
};

template <class Epilogue> struct IsScalarEpilogue : std::false_type {};
template <class Requantizer> struct IsScalarEpilogue<ScalarEpilogue<Requantizer>> : std::true_type {};

/// What instruction sets inherit for such an arithmetic.
struct ScalarFinish {
  /// What results of T are stored as.
  template <class T> using Result = T;
  template <int Blocks, class Requantizer>
  static VERNIER_ALWAYS_INLINE ScalarEpilogue<Requantizer> prepare(const Requantizer &requantize, int32_t channel,
                                                                   int32_t count) {
    return {requantize, channel, count};
  }
  /// The sums of a row lie side by side, channel after channel.
  template <class Sum, int Rows, int Vectors, class Requantizer, class T>
  static VERNIER_ALWAYS_INLINE void finish(const Sum (&sums)[Rows][Vectors],
                                           const ScalarEpilogue<Requantizer> &epilogue, T *to, ptrdiff_t stride) {
    alignas(64) int32_t values[Rows][Vectors * sizeof(Sum) / sizeof(int32_t)];
    std::memcpy(values, sums, sizeof(values));
    for (int r = 0; r < Rows; ++r)
      epilogue(values[r], to + r * stride);
  }
};

/// What stands for vectors where an arithmetic has none.
struct NoEpilogue {};

} // namespace mlir::vernier::runtime::detail

#endif // VERNIER_RUNTIME_INTEGER_EPILOGUE_H
