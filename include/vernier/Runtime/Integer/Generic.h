//===- Generic.h - integer kernels in plain C++ -------------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Sixteen sums in an array. Compilers vectorize the inner loops for whatever
// they are told to target.
//===----------------------------------------------------------------------===//

#ifndef VERNIER_RUNTIME_INTEGER_GENERIC_H
#define VERNIER_RUNTIME_INTEGER_GENERIC_H

#include "vernier/Runtime/Integer/Epilogue.h"
#include "vernier/Runtime/Integer/Tile.h"

namespace mlir::vernier::runtime {

template <class Bytes> struct GenericWordsOf;

struct GenericFloat;

struct GenericInteger : detail::ScalarFinish {
  static constexpr const char *name = "generic";
  using Element = unsigned char;
  static constexpr int parts = 1, vectors = 1;
  /// Tiles are not pipelined.
  static constexpr int32_t leastPipelinedPixels = 0;
  static constexpr int blocks = 1;
  template <int> using TileRows = detail::IntegerTileRows<2, 1>;
  /// What scales sums to float; only Hybrid.h needs more of it than the name.
  using Floats = GenericFloat;
  using Interleaved = void;
  using UnsignedInterleaved = void;
  /// What inputs of T take.
  template <class T> using Tiles = std::conditional_t<sizeof(T) == 1, GenericInteger, GenericWordsOf<GenericInteger>>;
  struct Sum {
    int32_t lane[integerBlock];
  };
  using Lanes = Sum;
  struct Weights {
    const int8_t *at;
  };
  struct Inputs {
    unsigned char bytes[integerStep];
  };

  static VERNIER_ALWAYS_INLINE Sum begin(const int32_t *starts) {
    Sum sum;
    std::memcpy(sum.lane, starts, sizeof(sum.lane));
    return sum;
  }
  static VERNIER_ALWAYS_INLINE Sum subtract(Sum sum, int32_t correction) {
    for (int32_t &lane : sum.lane)
      lane = numerics::wrapSub(lane, correction);
    return sum;
  }
  static VERNIER_ALWAYS_INLINE Lanes zeroLanes() { return {}; }
  template <int> static VERNIER_ALWAYS_INLINE Weights loadWeights(const int8_t *from) { return {from}; }
  template <int> static VERNIER_ALWAYS_INLINE Inputs loadInputs(const unsigned char *from) {
    Inputs x;
    std::memcpy(x.bytes, from, sizeof(x.bytes));
    return x;
  }
  /// `count` inputs as unsigned bytes; up to 63 bytes behind them may be written.
  template <class T> static VERNIER_ALWAYS_INLINE void copyInputs(int32_t count, const T *from, unsigned char *to) {
    for (int32_t i = 0; i < count; ++i)
      to[i] = static_cast<unsigned char>(from[i] + detail::inputShift<T>);
  }
  template <class T>
  static VERNIER_ALWAYS_INLINE bool copyShortRow(int32_t, int32_t, int32_t, int, const T *, Element *) {
    return false;
  }
  static VERNIER_ALWAYS_INLINE void fillInputs(int32_t count, int value, unsigned char *to) {
    std::memset(to, value, static_cast<size_t>(count));
  }
  static VERNIER_ALWAYS_INLINE Sum dot(Sum sum, const Inputs &x, Weights w) {
    const unsigned char *bytes = x.bytes;
    for (int c = 0; c < integerBlock; ++c) {
      const int8_t *at = w.at + c * integerStep;
      const int32_t four = bytes[0] * at[0] + bytes[1] * at[1] + bytes[2] * at[2] + bytes[3] * at[3];
      sum.lane[c] = numerics::wrapAdd(sum.lane[c], four);
    }
    return sum;
  }
  template <class T, class W>
  static VERNIER_ALWAYS_INLINE Lanes multiplyAdd(Lanes sum, const T *x, int32_t xZero, const W *w, int32_t wZero) {
    for (int c = 0; c < integerBlock; ++c)
      sum.lane[c] = numerics::wrapAdd(sum.lane[c], (x[c] - xZero) * (w[c] - wZero));
    return sum;
  }
  template <int Rows, int Blocks, class Epilogue, class T>
  static VERNIER_ALWAYS_INLINE void finish(const Sum (&sums)[Rows][Blocks], const Epilogue &epilogue, T *to,
                                           ptrdiff_t stride) {
    for (int r = 0; r < Rows; ++r)
      epilogue(sums[r][0].lane, to + r * stride);
  }
  template <class T, class Requantizer>
  static VERNIER_ALWAYS_INLINE void finishLanes(const Lanes &sum, const int32_t *starts, int32_t correction,
                                                const Requantizer &requantize, int32_t channel, int32_t count, T *to) {
    for (int32_t c = 0; c < count; ++c)
      to[c] = static_cast<T>(
          requantize(numerics::wrapSub(numerics::wrapAdd(sum.lane[c], starts[c]), correction), channel + c));
  }
};

/// The same for inputs of 16 bits.
template <class Bytes> struct GenericWordsOf : Bytes {
  using typename Bytes::Lanes;
  using typename Bytes::Sum;
  using typename Bytes::Weights;
  using Element = int16_t;
  struct Inputs {
    int16_t words[integerStep];
  };

  template <int> static VERNIER_ALWAYS_INLINE Inputs loadInputs(const int16_t *from) {
    Inputs x;
    std::memcpy(x.words, from, sizeof(x.words));
    return x;
  }
  static VERNIER_ALWAYS_INLINE void copyInputs(int32_t count, const int16_t *from, int16_t *to) {
    std::memcpy(to, from, static_cast<size_t>(count) * sizeof(*to));
  }
  static VERNIER_ALWAYS_INLINE bool copyShortRow(int32_t, int32_t, int32_t, int, const int16_t *, int16_t *) {
    return false;
  }
  static VERNIER_ALWAYS_INLINE void fillInputs(int32_t count, int value, int16_t *to) {
    for (int32_t i = 0; i < count; ++i)
      to[i] = static_cast<int16_t>(value);
  }
  static VERNIER_ALWAYS_INLINE Sum dot(Sum sum, const Inputs &x, Weights w) {
    constexpr int half = integerBlock * integerStep / 2;
    for (int c = 0; c < integerBlock; ++c) {
      const int8_t *at = w.at + 2 * c;
      const int32_t four = x.words[0] * at[0] + x.words[1] * at[1] + x.words[2] * at[half] + x.words[3] * at[half + 1];
      sum.lane[c] = numerics::wrapAdd(sum.lane[c], four);
    }
    return sum;
  }
  static VERNIER_ALWAYS_INLINE Lanes multiplyAdd(Lanes sum, const int16_t *x, int32_t, const int8_t *w, int32_t) {
    for (int c = 0; c < integerBlock; ++c)
      sum.lane[c] = numerics::wrapAdd(sum.lane[c], x[c] * w[c]);
    return sum;
  }
};

} // namespace mlir::vernier::runtime

#endif // VERNIER_RUNTIME_INTEGER_GENERIC_H
