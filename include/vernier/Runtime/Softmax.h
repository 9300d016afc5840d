//===- Softmax.h - SOFTMAX and LOG_SOFTMAX ----------------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Rows are the innermost dimension. The 8-bit forms are the reference kernels'
// fixed point and the optimized kernels' float table; float rows are summed in
// order, with our own exp.
//===----------------------------------------------------------------------===//

#ifndef VERNIER_RUNTIME_SOFTMAX_H
#define VERNIER_RUNTIME_SOFTMAX_H

#include "vernier/Numerics/Elementary.h"
#include "vernier/Numerics/FixedPointFunctions.h"
#include "vernier/Numerics/LookupTable.h"
#include <cstddef>
#include <cstring>

namespace mlir::vernier::runtime {

namespace detail {
template <class T> inline T largest(const T *row, int32_t depth) {
  // Blocks of a fixed size become vectors.
  constexpr int32_t block = 16;
  T max = row[0];
  int32_t c = 0;
  if (depth >= block) {
    T lanes[block];
    std::memcpy(lanes, row, sizeof(lanes));
    for (c = block; c + block <= depth; c += block)
      for (int32_t i = 0; i < block; ++i)
        lanes[i] = lanes[i] < row[c + i] ? row[c + i] : lanes[i];
    for (const T lane : lanes)
      max = max < lane ? lane : max;
  }
  for (; c < depth; ++c)
    max = max < row[c] ? row[c] : max;
  return max;
}
} // namespace detail

/// y = exp(beta * (x - max)) / sum. input, output [rows][depth]; may be one
/// buffer.
inline void softmax(int64_t rows, int32_t depth, float beta, const float *input, float *output) {
  for (; rows > 0; --rows, input += depth, output += depth) {
    const float max = detail::largest(input, depth);
    float sum = 0;
    for (int32_t c = 0; c < depth; ++c) {
      output[c] = numerics::portableExp(numerics::product(input[c] - max, beta));
      sum += output[c];
    }
    for (int32_t c = 0; c < depth; ++c)
      output[c] /= sum;
  }
}

/// y = x - max - log(sum exp(x - max)).
inline void logSoftmax(int64_t rows, int32_t depth, const float *input, float *output) {
  for (; rows > 0; --rows, input += depth, output += depth) {
    const float max = detail::largest(input, depth);
    float sum = 0;
    for (int32_t c = 0; c < depth; ++c)
      sum += numerics::portableExp(input[c] - max);
    const float logSum = numerics::portableLog(sum);
    for (int32_t c = 0; c < depth; ++c)
      output[c] = input[c] - max - logSum;
  }
}

/// The 8-bit input of a fixed-point softmax: differences to the row's maximum
/// times `multiplier` are Q5.26; those below `minDifference` count as nothing.
struct SoftmaxFixedPointParams {
  numerics::FixedPointMultiplier multiplier;
  int32_t minDifference;
};

inline SoftmaxFixedPointParams makeSoftmaxFixedPoint(float inputScale, float beta) {
  constexpr double largest = 2147483647.0;
  const double scaled = static_cast<double>(beta) * static_cast<double>(inputScale) * (1 << 26);
  const numerics::FixedPointMultiplier m = numerics::quantizeMultiplier(scaled < largest ? scaled : largest);
  // (2^5 - 1) * 2^26 / 2^shift, rounded down.
  return {m, -static_cast<int32_t>(m.shift < 0 ? int64_t(31) << 26 : (int64_t(31) << 26) >> m.shift)};
}

/// SOFTMAX of the reference kernels and TFLM. `T` is int8_t or uint8_t; the
/// output has scale 1/256 and the smallest `T` as its zero point.
template <class T>
inline void softmaxFixedPoint(int64_t rows, int32_t depth, const SoftmaxFixedPointParams &p, const T *input,
                              T *output) {
  constexpr int sumBits = 12;
  constexpr int32_t lowest = std::numeric_limits<T>::min();
  for (; rows > 0; --rows, input += depth, output += depth) {
    const int32_t max = detail::largest(input, depth);
    const auto exponential = [&](int32_t difference) {
      return numerics::expOnNegativeValues(numerics::multiplyByQuantizedMultiplier(difference, p.multiplier));
    };
    int32_t sum = 0;
    for (int32_t c = 0; c < depth; ++c)
      if (input[c] - max >= p.minDifference)
        sum = numerics::wrapAdd(sum, numerics::roundingDivideByPOT(exponential(input[c] - max), sumBits));
    int bitsOverUnit;
    const int32_t scale = numerics::reciprocal(sum, sumBits, bitsOverUnit);
    const int shift = numerics::clamp(bitsOverUnit + 31 - 8, 0, 31);
    for (int32_t c = 0; c < depth; ++c) {
      int32_t y = lowest;
      if (input[c] - max >= p.minDifference)
        y += numerics::roundingDivideByPOT(
            numerics::saturatingRoundingDoublingHighMul(scale, exponential(input[c] - max)), shift);
      output[c] = numerics::saturatingCast<T>(y);
    }
  }
}

/// exp(-scale * beta * v) for v in [0, 255], the table of the optimized
/// kernels.
inline void fillSoftmaxTable(float inputScale, float beta, float table[256]) {
  const float scale = -numerics::product(inputScale, beta);
  for (int32_t v = 0; v < 256; ++v)
    table[v] = numerics::portableExp(numerics::product(scale, static_cast<float>(v)));
}

namespace detail {
/// One row of softmaxTable: the exponentials times `inverse`.
template <class T>
inline void scaleExponentials(int32_t depth, const float table[256], int32_t max, float inverse, int32_t zeroPoint,
                              const T *input, T *output) {
  // Elements are looked up one by one, what follows becomes vectors: whole blocks, whatever is behind the end.
  constexpr int32_t block = 16;
  float values[block] = {};
  for (int32_t first = 0; first < depth; first += block) {
    const int32_t count = depth - first < block ? depth - first : block;
    for (int32_t c = 0; c < count; ++c)
      values[c] = table[max - input[first + c]];
    T results[block];
    for (int32_t c = 0; c < block; ++c) {
      // Between bounds that are beyond every result, and 0 for NaN.
      const float share = numerics::product(values[c], inverse);
      const float value = share > 0.0f ? share < 1024.0f ? share : 1024.0f : 0.0f;
      // uint8 rounds by adding a half and truncating, and has no zero point; int8 rounds half away from zero.
      const auto whole = static_cast<int32_t>(std::is_signed<T>::value ? value : value + 0.5f);
      const int32_t y =
          std::is_signed<T>::value ? whole + (value - static_cast<float>(whole) >= 0.5f) + zeroPoint : whole;
      results[c] = numerics::saturatingCast<T>(y);
    }
    if (count == block)
      std::memcpy(output + first, results, sizeof(results));
    else
      for (int32_t c = 0; c < count; ++c)
        output[first + c] = results[c];
  }
}

/// Rows of softmaxTable, whose sums wait for their own additions alone.
template <int Rows, class T>
inline void softmaxTableRows(int32_t depth, const float table[256], const numerics::AffineParams &out, const T *input,
                             T *output) {
  int32_t max[Rows];
  float sums[Rows] = {};
#pragma GCC unroll 4
  for (int r = 0; r < Rows; ++r)
    max[r] = largest(input + static_cast<ptrdiff_t>(r) * depth, depth);
  for (int32_t c = 0; c < depth; ++c)
  // Not unrolled, GCC keeps the sums in memory.
#pragma GCC unroll 4
    for (int r = 0; r < Rows; ++r)
      sums[r] += table[max[r] - input[static_cast<ptrdiff_t>(r) * depth + c]];
  for (int r = 0; r < Rows; ++r)
    scaleExponentials(depth, table, max[r], 1.0f / numerics::product(sums[r], out.scale), out.zeroPoint,
                      input + static_cast<ptrdiff_t>(r) * depth, output + static_cast<ptrdiff_t>(r) * depth);
}
} // namespace detail

/// SOFTMAX of the optimized kernels on x86, which LiteRT runs by default.
template <class T>
inline void softmaxTable(int64_t rows, int32_t depth, const float table[256], const numerics::AffineParams &out,
                         const T *input, T *output) {
  constexpr int together = 4;
  const ptrdiff_t step = static_cast<ptrdiff_t>(depth) * together;
  for (; rows >= together; rows -= together, input += step, output += step)
    detail::softmaxTableRows<together>(depth, table, out, input, output);
  for (; rows > 0; --rows, input += depth, output += depth)
    detail::softmaxTableRows<1>(depth, table, out, input, output);
}

/// LOG_SOFTMAX of the reference kernels, int8; the output has scale 16/256 and
/// zero point 127.
struct LogSoftmaxFixedPointParams {
  SoftmaxFixedPointParams input;
  numerics::FixedPointMultiplier reverse;
};

inline LogSoftmaxFixedPointParams makeLogSoftmaxFixedPoint(float inputScale) {
  LogSoftmaxFixedPointParams p;
  p.input = makeSoftmaxFixedPoint(inputScale, 1.0f);
  p.reverse = numerics::quantizeMultiplier(
      static_cast<double>(int64_t(1) << numerics::clamp(31 - p.input.multiplier.shift, 0, 62)) /
      static_cast<double>(p.input.multiplier.multiplier));
  return p;
}

inline void logSoftmaxFixedPoint(int64_t rows, int32_t depth, const LogSoftmaxFixedPointParams &p, const int8_t *input,
                                 int8_t *output) {
  const auto rescale = [&](int32_t difference) {
    return numerics::multiplyByQuantizedMultiplier(difference, p.input.multiplier);
  };
  for (; rows > 0; --rows, input += depth, output += depth) {
    const int32_t max = detail::largest(input, depth);
    int32_t sum = 0;
    for (int32_t c = 0; c < depth; ++c)
      if (input[c] - max >= p.input.minDifference)
        sum = numerics::wrapAdd(
            sum, numerics::roundingDivideByPOT(numerics::expOnNegativeValues(rescale(input[c] - max)), 12));
    const int32_t logSum = numerics::logOfAtLeastOne(sum);
    // What the logarithm adds must not overflow Q5.26.
    const int32_t reversed = numerics::multiplyByQuantizedMultiplier(
        numerics::wrapAdd(logSum, std::numeric_limits<int32_t>::min()), p.reverse);
    const int32_t limit = p.input.minDifference - 1 > reversed ? p.input.minDifference - 1 : reversed;
    for (int32_t c = 0; c < depth; ++c) {
      const int32_t difference = input[c] - max;
      output[c] = std::numeric_limits<int8_t>::min();
      if (difference > limit)
        output[c] = numerics::saturatingCast<int8_t>(
            numerics::roundingDivideByPOT(numerics::wrapSub(rescale(difference), logSum), 31 - 5 - 4) + 127);
    }
  }
}

/// LOG_SOFTMAX of the optimized kernels. `table` is
/// fillSoftmaxTable(input.scale, 1).
template <class T>
inline void logSoftmaxTable(int64_t rows, int32_t depth, const float table[256], float inputScale,
                            const numerics::AffineParams &out, const T *input, T *output) {
  const float scale = inputScale / out.scale;
  for (; rows > 0; --rows, input += depth, output += depth) {
    const int32_t max = detail::largest(input, depth);
    float sum = 0;
    for (int32_t c = 0; c < depth; ++c)
      sum += table[max - input[c]];
    const float offset =
        (numerics::product(inputScale, static_cast<float>(max)) + numerics::portableLog(sum)) / out.scale;
    for (int32_t c = 0; c < depth; ++c) {
      const float value = numerics::product(scale, static_cast<float>(input[c])) - offset;
      output[c] = numerics::saturatingCast<T>(numerics::roundHalfEven(value) + out.zeroPoint);
    }
  }
}

} // namespace mlir::vernier::runtime

#endif // VERNIER_RUNTIME_SOFTMAX_H
