//===- Reduce.h - reductions and ARG_MAX ------------------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A reduction folds the input in memory order into one accumulator per output,
// so each result is one sequential chain. The caller owns the accumulators:
// float results are their own, integer ones need an int32 each.
//===----------------------------------------------------------------------===//

#ifndef VERNIER_RUNTIME_REDUCE_H
#define VERNIER_RUNTIME_REDUCE_H

#include "vernier/Numerics/LookupTable.h"
#include "vernier/Runtime/Shape.h"

namespace mlir::vernier::runtime {

/// accumulators[output index] = fold(accumulators[output index], x) for each x
/// of `input` in order. `reduced[i]` says whether dimension i disappears. The
/// caller has initialized the accumulators.
template <class T, class A, class Fold>
inline void reduce(const Shape &shape, const bool *reduced, const T *input, Fold fold, A *accumulators) {
  Traversal<1> plan;
  plan.rank = shape.rank;
  int64_t next = 1;
  for (int i = shape.rank - 1; i >= 0; --i) {
    plan.dims[i] = shape.dims[i];
    plan.strides[0][i] = reduced[i] ? 0 : next;
    next *= reduced[i] ? 1 : shape.dims[i];
  }
  forEachRun(simplify(plan), [&](int64_t at, const int64_t (&offsets)[1], const int64_t (&steps)[1], int32_t length) {
    A *to = accumulators + offsets[0];
    if (steps[0] == 0) {
      A sum = *to;
      for (int32_t i = 0; i < length; ++i)
        sum = fold(sum, input[at + i]);
      *to = sum;
      return;
    }
    int32_t i = 0;
    if (steps[0] == 1) {
      // Loops of a fixed length become vectors where a compiler is shy of others.
      constexpr int32_t block = 16;
      // Bytes might be anything, accumulators too, were they not read before these are written.
      T from[block];
      for (; i + block <= length; i += block) {
        std::memcpy(from, input + at + i, sizeof(from));
        for (int32_t j = 0; j < block; ++j)
          to[i + j] = fold(to[i + j], from[j]);
      }
    }
    for (; i < length; ++i)
      to[i * steps[0]] = fold(to[i * steps[0]], input[at + i]);
  });
}

/// Which dimensions a reduction folds, for `reduce`.
struct ReducedAxes {
  bool dims[maxRank];
  constexpr operator const bool *() const { return dims; }
};

/// The initial values of accumulators.
template <class T> inline void fill(int64_t size, T value, T *output) {
  for (int64_t i = 0; i < size; ++i)
    output[i] = value;
}

/// MEAN after SUM: for `mapElements`. Integers truncate.
template <class T> struct DivideBy {
  T divisor;
  T operator()(T sum) const { return static_cast<T>(sum / divisor); }
};

/// Folds for `reduce`.
struct SumFold {
  float operator()(float sum, float x) const { return sum + x; }
  int32_t operator()(int32_t sum, int32_t x) const { return numerics::wrapAdd(sum, x); }
};
/// Integers that stand for themselves wrap.
template <class T> struct WrappingSumFold {
  T operator()(T sum, T x) const {
    using U = typename std::make_unsigned<T>::type;
    return static_cast<T>(static_cast<U>(sum) + static_cast<U>(x));
  }
};
struct ProductFold {
  float operator()(float a, float x) const { return numerics::product(a, x); }
};
/// REDUCE_PROD on int8 and int16: the product is rescaled at every step, in 64 bits, so
/// that each of the n factors brings its share s / s_out^(1/n).
struct ProductStep {
  int32_t zeroPoint;
  numerics::FixedPointMultiplier share;

  int64_t first(int32_t x) const { return x - zeroPoint; }
  int64_t next(int64_t product, int32_t x) const {
    return numerics::multiplyByQuantizedMultiplier64(product * (x - zeroPoint), share);
  }
  int32_t finish(int64_t product, const numerics::QuantizedRange &range) const {
    return range.clamp(numerics::wrapAdd(numerics::multiplyByQuantizedMultiplier64(product, share), range.zeroPoint));
  }
};
/// REDUCE_PROD by these steps; `products` has room for one of each of `results`.
template <class T>
inline void reduceProduct(const Shape &shape, const bool *reduced, int64_t results, const ProductStep &step,
                          const numerics::QuantizedRange &range, const T *input, int64_t *products, T *output) {
  constexpr int64_t none = std::numeric_limits<int64_t>::min();
  for (int64_t i = 0; i < results; ++i)
    products[i] = none;
  const auto fold = [&](int64_t product, T x) { return product == none ? step.first(x) : step.next(product, x); };
  reduce(shape, reduced, input, fold, products);
  for (int64_t i = 0; i < results; ++i)
    output[i] = static_cast<T>(step.finish(products[i], range));
}
struct AnyFold {
  uint8_t operator()(uint8_t a, uint8_t x) const { return a || x; }
};
struct AllFold {
  uint8_t operator()(uint8_t a, uint8_t x) const { return a && x; }
};
struct MaxFold {
  template <class T> T operator()(T a, T x) const { return a < x ? x : a; }
};
struct MinFold {
  template <class T> T operator()(T a, T x) const { return x < a ? x : a; }
};

/// From a sum of `count` int8 or uint8 values to the MEAN or SUM that XNNPACK
/// computes: the zero point joins before rounding, so ties go to the even
/// stored value.
struct ReduceXnnpack {
  int32_t offset;
  float scale;
  numerics::QuantizedRange range;

  int32_t operator()(int32_t sum) const {
    const float value = numerics::product(static_cast<float>(numerics::wrapSub(sum, offset)), scale) +
                        static_cast<float>(range.zeroPoint);
    return numerics::roundHalfEvenInRange(
        numerics::clamp(value, static_cast<float>(range.min), static_cast<float>(range.max)));
  }
};
inline ReduceXnnpack makeMeanXnnpack(int32_t count, numerics::AffineParams input, float outputScale,
                                     const numerics::QuantizedRange &range) {
  return {numerics::wrapMul(count, input.zeroPoint),
          numerics::product(input.scale / outputScale, 1.0f / static_cast<float>(count)), range};
}
inline ReduceXnnpack makeSumXnnpack(int32_t count, numerics::AffineParams input, float outputScale,
                                    const numerics::QuantizedRange &range) {
  return {numerics::wrapMul(count, input.zeroPoint), input.scale / outputScale, range};
}

/// SUM in LiteRT's optimized kernels, where XNNPACK does not take it: a sum of `count` values without zero points.
struct SumInFloat {
  float scale;
  numerics::QuantizedRange range;

  int32_t operator()(int32_t sum) const {
    const float value = numerics::product(static_cast<float>(sum), scale);
    return static_cast<int32_t>(
        numerics::clamp<int64_t>(numerics::roundHalfAway64(static_cast<double>(value)), range.min, range.max));
  }
};

/// The same as the reference kernels and TFLM compute it; for MEAN the count is
/// divided into the multiplier.
struct ReduceFixedPoint {
  int32_t offset;
  numerics::FixedPointMultiplier multiplier;
  numerics::QuantizedRange range;

  int32_t operator()(int32_t sum) const {
    return range.clamp(numerics::wrapAdd(
        numerics::multiplyByQuantizedMultiplier(numerics::wrapSub(sum, offset), multiplier), range.zeroPoint));
  }
};
inline ReduceFixedPoint makeSumFixedPoint(int32_t count, numerics::AffineParams input, float outputScale,
                                          const numerics::QuantizedRange &range) {
  return {numerics::wrapMul(count, input.zeroPoint),
          numerics::quantizeMultiplier(static_cast<double>(input.scale) / static_cast<double>(outputScale)), range};
}
inline ReduceFixedPoint makeMeanFixedPoint(int32_t count, numerics::AffineParams input, float outputScale,
                                           const numerics::QuantizedRange &range) {
  ReduceFixedPoint mean = makeSumFixedPoint(count, input, outputScale, range);
  int shift = 63 - numerics::countLeadingZeros(static_cast<uint64_t>(count));
  shift = numerics::clamp(shift, 0, 32);
  shift = shift < 31 + mean.multiplier.shift ? shift : 31 + mean.multiplier.shift;
  mean.multiplier = {static_cast<int32_t>((int64_t(mean.multiplier.multiplier) * (int64_t(1) << shift)) / count),
                     mean.multiplier.shift - shift};
  return mean;
}

/// ARG_MAX (Better = Greater) and ARG_MIN (Less): the first index of the best
/// value along the middle dimension of input [outer][extent][inner]; output
/// [outer][inner].
template <class T, class Index, class Better>
inline void argBest(int64_t outer, int64_t extent, int64_t inner, const T *input, Better better, Index *output) {
  for (int64_t o = 0; o < outer; ++o)
    for (int64_t i = 0; i < inner; ++i) {
      const T *x = input + o * extent * inner + i;
      int64_t best = 0;
      for (int64_t e = 1; e < extent; ++e)
        if (better(x[e * inner], x[best * inner]))
          best = e;
      *output++ = static_cast<Index>(best);
    }
}

} // namespace mlir::vernier::runtime

#endif // VERNIER_RUNTIME_REDUCE_H
