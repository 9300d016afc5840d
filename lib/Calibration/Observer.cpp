//===- Observer.cpp - what values a tensor takes --------------------------===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Every activation of every sample passes through here, so values are taken in blocks that stay in the first-level
// cache: one vectorized pass for the range, one for bin numbers, then the counts.

#include "vernier/Calibration/Observer.h"
#include "ObserverKernels.h"
#include "vernier/Numerics/InstructionSet.h"
#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstring>
#include <optional>

using namespace mlir::vernier;

namespace {
constexpr size_t kBlock = 4096;
/// Spans below this are counted directly: clearing and adding up tables would cost more than they save.
constexpr size_t kDirect = 2 * kBlock;

struct BlockRange {
  float min, max;
  bool finite;
};

BlockRange rangeOf(llvm::ArrayRef<float> values, const ObserverKernels &kernels) {
  const KeyRange keys = kernels.rangeOf(values.data(), values.size());
  const int32_t low = orderedKey(keys.low), high = orderedKey(keys.high);
  BlockRange range;
  std::memcpy(&range.min, &low, sizeof low);
  std::memcpy(&range.max, &high, sizeof high);
  range.finite = std::isfinite(range.min) && std::isfinite(range.max);
  return range;
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

const ObserverKernels &mlir::vernier::observerKernels() {
#ifdef VERNIER_X86_KERNELS
  using numerics::InstructionSet;
  const InstructionSet set = numerics::chosenInstructionSet();
  if (set >= InstructionSet::Avx512)
    return kAvx512Observer;
  if (set >= InstructionSet::Avx2)
    return kAvx2Observer;
#endif
  return kGenericObserver;
}

bool Observer::observe(llvm::ArrayRef<float> values) {
  const ObserverKernels &kernels = observerKernels();
  bool allFinite = true;
  std::optional<CountTables> tables;
  if (keepsHistogram && values.size() >= kDirect)
    tables.emplace(bins);
  int32_t numbers[kBlock];
  std::vector<float> finiteOnly;
  for (size_t start = 0; start < values.size(); start += kBlock) {
    llvm::ArrayRef<float> block = values.slice(start, std::min(kBlock, values.size() - start));
    BlockRange range = rangeOf(block, kernels);
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
      range = rangeOf(block, kernels);
    }

    const bool widens = finiteCount == 0 || range.min < minimum || range.max > maximum;
    if (widens) {
      // Adding +0 turns -0 into +0: which of them came first must not show.
      minimum = (finiteCount == 0 ? range.min : std::min(minimum, range.min)) + 0.0f;
      maximum = (finiteCount == 0 ? range.max : std::max(maximum, range.max)) + 0.0f;
    }
    finiteCount += block.size();
    if (!keepsHistogram)
      continue;
    if (widens) {
      if (tables)
        tables->flush();
      int exponent = Histogram::exponentFor(minimum, maximum);
      bins.extend(exponent, Histogram::binOf(minimum, exponent), Histogram::binOf(maximum, exponent));
    }
    const BinScale scale{std::ldexp(1.0f, -bins.exponent), std::ldexp(1.0f, bins.exponent),
                         static_cast<int32_t>(bins.firstBin)};
    kernels.binNumbers(block.data(), block.size(), scale, numbers);
    if (tables)
      tables->add({numbers, block.size()});
    else
      for (size_t i = 0; i < block.size(); ++i)
        ++bins.counts[numbers[i]];
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
