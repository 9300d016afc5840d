//===- ElementaryLanes.h - logistic and tanh of several numbers -*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What Elementary.h computes, in vectors: the same operations in the same order, so the same bits. Branches become
// selections.
//===----------------------------------------------------------------------===//

#ifndef VERNIER_NUMERICS_ELEMENTARYLANES_H
#define VERNIER_NUMERICS_ELEMENTARYLANES_H

#include "vernier/Numerics/Elementary.h"

namespace mlir::vernier::numerics {

/// Doubles that a register holds.
#if defined(__AVX512F__)
constexpr int elementaryLanes = 8;
#elif defined(__AVX__)
constexpr int elementaryLanes = 4;
#else
constexpr int elementaryLanes = 2;
#endif

template <int Lanes> struct LaneTypes {
  typedef float Floats __attribute__((vector_size(Lanes * sizeof(float))));
  typedef double Reals __attribute__((vector_size(Lanes * sizeof(double))));
};

// `Reals` is a vector of doubles.
namespace detail {
template <class Reals> VERNIER_ALWAYS_INLINE Reals fillLanes(double value) { return Reals{} + value; }

template <class Reals, class Mask> VERNIER_ALWAYS_INLINE Reals selectLanes(Mask mask, Reals a, Reals b) {
  return reinterpret_cast<Reals>((mask & reinterpret_cast<Mask>(a)) | (~mask & reinterpret_cast<Mask>(b)));
}

template <class Reals, int N> VERNIER_ALWAYS_INLINE Reals polynomialOfLanes(const double (&coefficients)[N], Reals x) {
  Reals result = fillLanes<Reals>(coefficients[N - 1]);
#pragma GCC unroll 16
  for (int i = N - 2; i >= 0; --i)
    result = product(result, x) + coefficients[i];
  return result;
}
} // namespace detail

template <class Reals> VERNIER_ALWAYS_INLINE Reals expOfLanes(Reals x) {
  using detail::fillLanes;
  using detail::selectLanes;
  using Integers = decltype(x < x);
  constexpr double most = 709.782712893384, least = -708.0;
  const Reals inRange =
      selectLanes(x > most, fillLanes<Reals>(most), selectLanes(x < least, fillLanes<Reals>(least), x));
  // Such sums have no room for a fraction.
  const Reals whole = fillLanes<Reals>(0x1.8p52);
  const Reals shifted = product(inRange, fillLanes<Reals>(1.44269504088896338700)) + whole, k = shifted - whole;
  const Reals reduced = inRange - product(k, fillLanes<Reals>(detail::ln2High));
  const Reals r = reduced - product(k, fillLanes<Reals>(detail::ln2Low));
  // Both parts of the exponent are those of normal numbers: it does not matter which one is larger.
  const auto bits = [](Reals of) { return reinterpret_cast<Integers>(of); };
  const Integers exponent = bits(shifted) - bits(whole);
  const Integers first = bits(product(k, fillLanes<Reals>(0.5)) + whole) - bits(whole), second = exponent - first;
  const auto powerOfTwo = [](Integers of) { return reinterpret_cast<Reals>((of + 1023) << 52); };
  const Reals power =
      product(product(detail::polynomialOfLanes(detail::expSeries, r), powerOfTwo(first)), powerOfTwo(second));
  const Reals bounded = selectLanes(x < least, Reals{}, power);
  return selectLanes(x != x, x,
                     selectLanes(x > most, fillLanes<Reals>(std::numeric_limits<double>::infinity()), bounded));
}

template <class Reals> VERNIER_ALWAYS_INLINE Reals logisticOfLanes(Reals x) { return 1.0 / (1.0 + expOfLanes(-x)); }

template <class Reals> VERNIER_ALWAYS_INLINE Reals tanhOfLanes(Reals x) {
  using detail::fillLanes;
  using detail::selectLanes;
  const Reals magnitude = selectLanes(x < 0.0, -x, x);
  const Reals small = product(x, detail::polynomialOfLanes(detail::tanhSeries, product(x, x)));
  const Reals large = selectLanes(x < 0.0, fillLanes<Reals>(-1.0), fillLanes<Reals>(1.0));
  const Reals square = expOfLanes(product(fillLanes<Reals>(2.0), x));
  return selectLanes(magnitude < 0.02, small, selectLanes(magnitude > 20.0, large, (square - 1.0) / (square + 1.0)));
}

/// output[i] = function(input[i]) for a function of vectors of doubles, rounded to float. They may be the same buffer.
template <int Lanes, class Function>
inline void mapInDouble(int64_t size, const float *input, const Function &function, float *output) {
  using Floats = typename LaneTypes<Lanes>::Floats;
  using Reals = typename LaneTypes<Lanes>::Reals;
  const auto map = [&](const float *from, float *to) {
    Floats values;
    std::memcpy(&values, from, sizeof(values));
    values = __builtin_convertvector(function(__builtin_convertvector(values, Reals)), Floats);
    std::memcpy(to, &values, sizeof(values));
  };
  for (; size >= Lanes; size -= Lanes, input += Lanes, output += Lanes)
    map(input, output);
  if (size > 0) {
    float last[Lanes] = {};
    std::memcpy(last, input, static_cast<size_t>(size) * sizeof(float));
    map(last, last);
    std::memcpy(output, last, static_cast<size_t>(size) * sizeof(float));
  }
}

} // namespace mlir::vernier::numerics

#endif // VERNIER_NUMERICS_ELEMENTARYLANES_H
