//===- IntegerArithmetic.h - arithmetic on plain integers -------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Function objects for `mapElements` on int32 and int64 tensors that stand for
// themselves, such as shapes and indices. Sums and products wrap; divisors are
// the caller's to check.
//===----------------------------------------------------------------------===//

#ifndef VERNIER_RUNTIME_INTEGERARITHMETIC_H
#define VERNIER_RUNTIME_INTEGERARITHMETIC_H

#include "vernier/Numerics/Affine.h"
#include <cmath>

namespace mlir::vernier::runtime {

namespace detail {
/// `function` modulo 2^N.
template <class T, class Function> inline T wrapping(T a, T b, Function function) {
  using U = typename std::make_unsigned<T>::type;
  return static_cast<T>(function(static_cast<U>(a), static_cast<U>(b)));
}
} // namespace detail

template <class T> struct AddInteger {
  T operator()(T a, T b) const {
    return detail::wrapping(a, b, [](auto x, auto y) { return x + y; });
  }
};
template <class T> struct SubInteger {
  T operator()(T a, T b) const {
    return detail::wrapping(a, b, [](auto x, auto y) { return x - y; });
  }
};
template <class T> struct MulInteger {
  T operator()(T a, T b) const {
    return detail::wrapping(a, b, [](auto x, auto y) { return x * y; });
  }
};
template <class T> struct SquaredDifferenceInteger {
  T operator()(T a, T b) const { return MulInteger<T>()(SubInteger<T>()(a, b), SubInteger<T>()(a, b)); }
};

/// Truncates towards zero; b is not 0.
template <class T> struct DivInteger {
  T operator()(T a, T b) const { return b == -1 ? SubInteger<T>()(0, a) : static_cast<T>(a / b); }
};
/// Rounds down; b is not 0.
template <class T> struct FloorDivInteger {
  T operator()(T a, T b) const {
    const T quotient = DivInteger<T>()(a, b);
    return static_cast<T>(quotient - (b != -1 && a % b != 0 && (a < 0) != (b < 0)));
  }
};
/// The remainder of FloorDivInteger: it has the sign of b, which is not 0.
template <class T> struct FloorModInteger {
  T operator()(T a, T b) const {
    const T remainder = b == -1 ? T(0) : static_cast<T>(a % b);
    return remainder != 0 && (remainder < 0) != (b < 0) ? static_cast<T>(remainder + b) : remainder;
  }
};

template <class T> struct NegInteger {
  T operator()(T x) const { return SubInteger<T>()(0, x); }
};
template <class T> struct AbsInteger {
  T operator()(T x) const { return x < 0 ? SubInteger<T>()(0, x) : x; }
};

template <class T> struct SignInteger {
  T operator()(T x) const { return static_cast<T>((x > 0) - (x < 0)); }
};

/// Whether no element is stored as `value`: for divisors, the integer that stands for 0.
template <class T> inline bool noneIs(T value, int64_t size, const T *input) {
  for (int64_t i = 0; i < size; ++i)
    if (input[i] == value)
      return false;
  return true;
}

/// The exponent is not negative; the product wraps.
template <class T> struct PowInteger {
  T operator()(T base, T exponent) const {
    T result = 1;
    for (; exponent != 0; exponent = static_cast<T>(exponent / 2), base = MulInteger<T>()(base, base))
      if (exponent % 2 != 0)
        result = MulInteger<T>()(result, base);
    return result;
  }
};
template <class T> struct XorInteger {
  T operator()(T a, T b) const { return static_cast<T>(a ^ b); }
};
/// Shifts beyond the width leave the sign.
template <class T> struct ShiftInteger {
  T operator()(T a, T b) const {
    constexpr T most = sizeof(T) * 8 - 1;
    return static_cast<T>(a >> (b < 0 ? T(0) : b > most ? most : b));
  }
};

struct FloorDivFloat {
  float operator()(float a, float b) const { return std::floor(a / b); }
};
struct FloorModFloat {
  float operator()(float a, float b) const {
    const float remainder = std::fmod(a, b);
    return remainder != 0 && (remainder < 0) != (b < 0) ? remainder + b : remainder;
  }
};

/// The clamp of a fused activation on integers.
template <class T> struct IntegerRange {
  T min = std::numeric_limits<T>::min();
  T max = std::numeric_limits<T>::max();
};
template <class T> constexpr IntegerRange<T> integerRange(numerics::FusedActivation activation) {
  IntegerRange<T> range;
  const numerics::FloatRange real = numerics::activationRange(activation);
  if (real.min > -std::numeric_limits<float>::infinity())
    range.min = static_cast<T>(real.min);
  if (real.max < std::numeric_limits<float>::infinity())
    range.max = static_cast<T>(real.max);
  return range;
}

/// `function`, then the clamp of a fused activation.
template <class T, class Function> struct Clamped {
  Function function;
  IntegerRange<T> range;
  T operator()(T a, T b) const { return numerics::clamp(function(a, b), range.min, range.max); }
};

} // namespace mlir::vernier::runtime

#endif // VERNIER_RUNTIME_INTEGERARITHMETIC_H
