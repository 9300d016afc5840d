//===- Tables16.h - Functions of 16-bit values by table ---------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// 65536 values are too many for a table of their own: LiteRT interpolates between 256 or 512 of them. All sets of
// kernels do it alike.

#ifndef VERNIER_NUMERICS_TABLES16_H
#define VERNIER_NUMERICS_TABLES16_H

#include "vernier/Numerics/FixedPoint16.h"
#include "vernier/Numerics/Rounding.h"
#include <cmath>

namespace mlir::vernier::numerics {

/// The logistic function at i / 24 in Q0.16, moved so that straight lines between the entries come close: the values
/// that LiteRT's TANH shows where nothing is left to interpolate.
constexpr uint16_t logisticTable16[256] = {
    32768, 33451, 34133, 34813, 35493, 36169, 36843, 37513, 38180, 38841, 39498, 40149, 40794, 41432, 42064, 42688,
    43304, 43912, 44511, 45102, 45683, 46255, 46817, 47369, 47911, 48443, 48964, 49475, 49975, 50464, 50942, 51409,
    51865, 52311, 52745, 53169, 53581, 53983, 54374, 54755, 55125, 55485, 55834, 56174, 56503, 56823, 57133, 57433,
    57724, 58007, 58280, 58544, 58800, 59048, 59288, 59519, 59743, 59959, 60168, 60370, 60565, 60753, 60935, 61110,
    61279, 61441, 61599, 61750, 61896, 62036, 62172, 62302, 62428, 62549, 62666, 62778, 62886, 62990, 63090, 63186,
    63279, 63368, 63454, 63536, 63615, 63691, 63765, 63835, 63903, 63968, 64030, 64090, 64148, 64204, 64257, 64308,
    64357, 64405, 64450, 64494, 64536, 64576, 64614, 64652, 64687, 64721, 64754, 64786, 64816, 64845, 64873, 64900,
    64926, 64950, 64974, 64997, 65019, 65039, 65060, 65079, 65097, 65115, 65132, 65149, 65164, 65179, 65194, 65208,
    65221, 65234, 65246, 65258, 65269, 65280, 65291, 65301, 65310, 65319, 65328, 65337, 65345, 65352, 65360, 65367,
    65374, 65381, 65387, 65393, 65399, 65404, 65410, 65415, 65420, 65425, 65429, 65433, 65438, 65442, 65445, 65449,
    65453, 65456, 65459, 65462, 65465, 65468, 65471, 65474, 65476, 65479, 65481, 65483, 65485, 65488, 65489, 65491,
    65493, 65495, 65497, 65498, 65500, 65501, 65503, 65504, 65505, 65507, 65508, 65509, 65510, 65511, 65512, 65513,
    65514, 65515, 65516, 65517, 65517, 65518, 65519, 65520, 65520, 65521, 65522, 65522, 65523, 65523, 65524, 65524,
    65525, 65525, 65526, 65526, 65526, 65527, 65527, 65528, 65528, 65528, 65529, 65529, 65529, 65529, 65530, 65530,
    65530, 65530, 65531, 65531, 65531, 65531, 65531, 65532, 65532, 65532, 65532, 65532, 65532, 65533, 65533, 65533,
    65533, 65533, 65533, 65533, 65533, 65534, 65534, 65534, 65534, 65534, 65534, 65534, 65534, 65534, 65534, 65535,
};

/// Brings a 16-bit value to 1 / (3 * 4096) of a unit, as the table has it.
struct TableInput16 {
  int32_t multiplier;
  int32_t shift;

  int32_t operator()(int32_t x) const { return (x * multiplier + (shift > 0 ? 1 << (shift - 1) : 0)) >> shift; }
};
/// `largestShift`: the powers of two above 2^-12, counted from it, that are multiplied exactly: 0 for LOGISTIC, 1 for
/// TANH. The scale is positive and below 2^16.
inline TableInput16 makeTableInput16(float scale, int largestShift) {
  for (int shift = 0; shift <= largestShift; ++shift)
    if (std::fabs(std::log2(static_cast<double>(scale)) + 12 - shift) < 1e-3)
      return {3 << shift, 0};
  double multiplier = static_cast<double>(scale) * 4096.0 * 3.0;
  int32_t shift = 0;
  for (; multiplier <= 32767.0 / 2.0 && shift <= 30; ++shift)
    multiplier *= 2.0;
  return {static_cast<int32_t>(multiplier), shift};
}

/// Whether it is one of the powers of two: LiteRT's optimized kernels compute those in fixed point.
inline bool isExact(const TableInput16 &input) { return input.shift == 0 && input.multiplier <= 6; }

/// LOGISTIC and TANH of the optimized kernels on inputs in Q3.12, TANH's after a shift by `shift`.
struct LogisticExact16 {
  int32_t operator()(int32_t x) const { return logistic16(static_cast<int16_t>(x)); }
};
struct TanhExact16 {
  int32_t shift;
  int32_t operator()(int32_t x) const { return tanh16(saturatingCast<int16_t>(x * (1 << shift)), 3); }
};

/// LOGISTIC on int16, results in Q0.15.
struct Logistic16 {
  TableInput16 input;
  int32_t operator()(int32_t x) const {
    const int32_t value = input(x);
    const uint32_t magnitude = static_cast<uint32_t>(value < 0 ? -value : value), at = magnitude >> 9;
    uint32_t result = 0x7fffu << 10;
    if (at < 255) {
      const uint32_t from = logisticTable16[at], to = logisticTable16[at + 1];
      result = (from << 9) + (magnitude & 0x1ff) * (to - from);
    }
    result = value >= 0 ? result + (1u << 9) : (1u << 25) - result + (1u << 9) - 1;
    return static_cast<int16_t>(result >> 10);
  }
};

/// TANH on int16, results in Q0.15: 2 * logistic(2 * x) - 1.
struct Tanh16 {
  TableInput16 input;
  int32_t operator()(int32_t x) const {
    const int32_t value = input(x);
    const uint32_t magnitude = static_cast<uint32_t>(value < 0 ? -value : value), at = magnitude >> 8;
    int32_t result = 0xffff << 8;
    if (at < 255) {
      const int32_t from = logisticTable16[at], to = logisticTable16[at + 1];
      result = (from << 8) + static_cast<int32_t>(magnitude & 0xff) * (to - from);
    }
    result = value >= 0 ? result - (1 << 23) + (1 << 7) : -result + (1 << 23) + (1 << 7) - 1;
    return static_cast<int16_t>(result >> 8);
  }
};

/// The entries of a table that is interpolated.
constexpr int interpolatedEntries16 = 513;

/// Fills the table of `function` from real values `input` * (x - `inputZeroPoint`) to 16 bits in steps of `output`:
/// each entry is moved by half of the error that the line to the next one has in the middle. `Float`: what LiteRT
/// computes in. An entry that is not a number, where two infinities met, is 0.
template <class Float, class Function>
inline void fillInterpolated16(Float input, int32_t inputZeroPoint, Float output, Function function, int16_t *table) {
  const auto toNearest = [](Float value) {
    // Beyond this, every number is whole, if it is one.
    constexpr Float whole = Float(int64_t(1) << 53);
    return value > -whole && value < whole ? static_cast<Float>(roundHalfAway64(static_cast<double>(value))) : value;
  };
  const auto narrow = [](Float value) {
    return static_cast<int16_t>(value != value ? Float(0) : numerics::clamp<Float>(value, Float(-32768), Float(32767)));
  };
  constexpr int steps = interpolatedEntries16 - 1;
  const Float low = product(input, static_cast<Float>(-32768 - inputZeroPoint));
  const Float high = product(input, static_cast<Float>(32767 - inputZeroPoint));
  const Float step = (high - low) / Float(steps), half = step / Float(2);
  const Float least = product(output, Float(-32768)), most = product(output, Float(32767));
  const Float inverse = Float(65536) / (most - least);
  for (int i = 0; i < steps; ++i) {
    const Float at = low + product(Float(i), step);
    const Float here = product(static_cast<Float>(function(at)), inverse);
    const Float middle = toNearest(product(static_cast<Float>(function(at + half)), inverse));
    const Float next = product(static_cast<Float>(function(low + product(Float(i + 1), step))), inverse);
    const Float line = toNearest((next + toNearest(here)) / Float(2));
    table[i] = narrow(toNearest(here) - toNearest((line - middle) / Float(2)));
  }
  table[steps] = narrow(toNearest(product(static_cast<Float>(function(high)), inverse)));
}

/// The value of a filled table at `x`, an int16.
inline int32_t interpolate16(int32_t x, const int16_t *table) {
  const int32_t at = 256 + (x >> 7);
  const int32_t slope = static_cast<int16_t>(table[at + 1] - table[at]);
  return static_cast<int16_t>(table[at] + ((slope * (x & 0x7f) + 64) >> 7));
}

/// e^x for x in [-11, 0], to a few units in the last place of a double.
inline double exponential16(double x) {
  const double part = x / 16;
  double term = 1, sum = 1;
  for (int i = 1; i < 20; ++i) {
    term = product(term, part) / i;
    sum += term;
  }
  for (int i = 0; i < 4; ++i)
    sum = product(sum, sum);
  return sum;
}

} // namespace mlir::vernier::numerics

#endif // VERNIER_NUMERICS_TABLES16_H
