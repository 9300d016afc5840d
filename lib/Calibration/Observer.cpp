//===- Observer.cpp - what values a tensor takes --------------------------===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Every activation of every sample passes through here, so values are taken in blocks that stay in the first-level
// cache: one vectorized pass for the range, one for bin numbers, then the counts.

#include "vernier/Calibration/Observer.h"
#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstring>

using namespace mlir::vernier;

namespace {
constexpr size_t kBlock = 4096;
/// Values in the body of an inner loop whose length the compiler knows, so that it vectorizes at -O2 too.
constexpr size_t kLanes = 16;
/// Spans below this are counted directly: clearing and adding up tables would cost more than they save.
constexpr size_t kDirect = 2 * kBlock;

struct BlockRange {
  float min, max;
  bool finite;
};

/// Maps floats to integers in the same order: negative numbers below positive ones, infinities around them, NaNs
/// outermost. Integers, because compilers do not vectorize a minimum of floats that may be NaN.
int32_t orderedKey(float value) {
  int32_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  return bits ^ static_cast<int32_t>(static_cast<uint32_t>(bits >> 31) >> 1);
}

float fromOrderedKey(int32_t key) {
  int32_t bits = key ^ static_cast<int32_t>(static_cast<uint32_t>(key >> 31) >> 1);
  float value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

BlockRange rangeOf(llvm::ArrayRef<float> values) {
  int32_t low[kLanes], high[kLanes];
  std::fill_n(low, kLanes, orderedKey(values[0]));
  std::fill_n(high, kLanes, orderedKey(values[0]));
  auto take = [&](size_t i, size_t lane) {
    int32_t key = orderedKey(values.data()[i]);
    low[lane] = key < low[lane] ? key : low[lane];
    high[lane] = key > high[lane] ? key : high[lane];
  };
  size_t i = 0;
  for (; i + kLanes <= values.size(); i += kLanes)
    for (size_t lane = 0; lane < kLanes; ++lane)
      take(i + lane, lane);
  for (; i < values.size(); ++i)
    take(i, 0);
  float min = fromOrderedKey(*std::min_element(low, low + kLanes));
  float max = fromOrderedKey(*std::max_element(high, high + kLanes));
  return {min, max, std::isfinite(min) && std::isfinite(max)};
}

/// Writes the number of each value's bin, counted from the histogram's first. In floats throughout, yet exact: scaling
/// by a power of two is, and where the product underflows it truncates to 0 as the exact one does; the comparison that
/// turns truncation into floor is made between value and bin edge, both unscaled.
void binNumbers(llvm::ArrayRef<float> values, const Histogram &bins, int32_t *numbers) {
  const float scale = std::ldexp(1.0f, -bins.exponent), width = std::ldexp(1.0f, bins.exponent);
  const int32_t first = static_cast<int32_t>(bins.firstBin);
  auto number = [&](size_t i) {
    float value = values.data()[i];
    int32_t bin = static_cast<int32_t>(value * scale);
    bin -= value < static_cast<float>(bin) * width ? 1 : 0;
    numbers[i] = bin - first;
  };
  size_t i = 0;
  for (; i + kLanes <= values.size(); i += kLanes)
    for (size_t lane = 0; lane < kLanes; ++lane)
      number(i + lane);
  for (; i < values.size(); ++i)
    number(i);
}

/// Four tables of counts used in turn: after a ReLU most values fall into one bin, and each increment would wait for
/// the one before it.
class CountTables {
public:
  explicit CountTables(Histogram &bins) : bins(bins) {}
  ~CountTables() { flush(); }

  void add(llvm::ArrayRef<int32_t> numbers) {
    if (used == 0 || pending > kFlushAt) {
      flush();
      used = bins.counts.size();
      for (auto &table : tables)
        std::fill_n(table, used, 0);
    }
    pending += numbers.size();
    size_t i = 0;
    for (; i + 4 <= numbers.size(); i += 4) {
      ++tables[0][numbers[i]];
      ++tables[1][numbers[i + 1]];
      ++tables[2][numbers[i + 2]];
      ++tables[3][numbers[i + 3]];
    }
    for (; i < numbers.size(); ++i)
      ++tables[0][numbers[i]];
  }

  /// Moves all counts to the histogram; before its bins change.
  void flush() {
    for (size_t i = 0; i < used; ++i)
      bins.counts[i] += uint64_t(tables[0][i]) + tables[1][i] + tables[2][i] + tables[3][i];
    used = pending = 0;
  }

private:
  static constexpr size_t kFlushAt = size_t(1) << 31;

  Histogram &bins;
  size_t used = 0, pending = 0;
  uint32_t tables[4][Histogram::kMaxBins];
};
} // namespace

bool Observer::observe(llvm::ArrayRef<float> values) {
  bool allFinite = true;
  CountTables tables(bins);
  int32_t numbers[kBlock];
  std::vector<float> finiteOnly;
  for (size_t start = 0; start < values.size(); start += kBlock) {
    llvm::ArrayRef<float> block = values.slice(start, std::min(kBlock, values.size() - start));
    BlockRange range = rangeOf(block);
    if (!range.finite) {
      allFinite = false;
      finiteOnly.clear();
      for (float value : block) {
        if (std::isnan(value))
          ++nans;
        else if (std::isinf(value))
          ++(value > 0 ? positiveInfinities : negativeInfinities);
        else
          finiteOnly.push_back(value);
      }
      block = finiteOnly;
      if (block.empty())
        continue;
      range = rangeOf(block);
    }

    if (finiteCount == 0 || range.min < minimum || range.max > maximum) {
      // Adding +0 turns -0 into +0: which of them came first must not show.
      minimum = (finiteCount == 0 ? range.min : std::min(minimum, range.min)) + 0.0f;
      maximum = (finiteCount == 0 ? range.max : std::max(maximum, range.max)) + 0.0f;
      tables.flush();
      int exponent = Histogram::exponentFor(minimum, maximum);
      bins.extend(exponent, Histogram::binOf(minimum, exponent), Histogram::binOf(maximum, exponent));
    }
    finiteCount += block.size();
    binNumbers(block, bins, numbers);
    if (values.size() < kDirect)
      for (size_t i = 0; i < block.size(); ++i)
        ++bins.counts[numbers[i]];
    else
      tables.add({numbers, block.size()});
  }
  return allFinite;
}

void Observer::merge(const Observer &other) {
  nans += other.nans;
  positiveInfinities += other.positiveInfinities;
  negativeInfinities += other.negativeInfinities;
  if (other.finiteCount == 0)
    return;
  minimum = finiteCount == 0 ? other.minimum : std::min(minimum, other.minimum);
  maximum = finiteCount == 0 ? other.maximum : std::max(maximum, other.maximum);
  finiteCount += other.finiteCount;
  bins.merge(other.bins);
}
