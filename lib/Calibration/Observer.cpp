//===- Observer.cpp - what values a tensor takes --------------------------===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Every activation of every sample passes through here, so values are taken in blocks that stay in the first-level
// cache: one vectorized pass for range and bin numbers, then the counts.

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
/// Values, numbers and tables of counts fit into the first-level cache together.
constexpr size_t kBlock = 1024;
/// Spans below this are counted directly: clearing and adding up tables would cost more than they save.
constexpr size_t kDirect = 8192;

struct BlockRange {
  explicit BlockRange(KeyRange keys) {
    const int32_t low = orderedKey(keys.low), high = orderedKey(keys.high);
    std::memcpy(&min, &low, sizeof low);
    std::memcpy(&max, &high, sizeof high);
    finite = std::isfinite(min) && std::isfinite(max);
  }

  float min, max;
  bool finite;
};

/// Four tables of counts used in turn: where most values fall into one bin, each increment would wait for the one
/// before it.
class CountTables {
public:
  explicit CountTables(Histogram &bins) : bins(bins) {}
  ~CountTables() { flush(); }

  void add(llvm::ArrayRef<uint16_t> numbers) {
    if (used == 0 || pending + numbers.size() > UINT16_MAX) {
      flush();
      used = bins.counts.size();
      for (auto &table : tables)
        std::fill_n(table, used, 0);
    }
    pending += numbers.size();
    size_t i = 0;
    for (; i + 4 <= numbers.size(); i += 4) {
      uint64_t four;
      std::memcpy(&four, numbers.data() + i, sizeof four);
      ++tables[0][four & 0xFFFF];
      ++tables[1][four >> 16 & 0xFFFF];
      ++tables[2][four >> 32 & 0xFFFF];
      ++tables[3][four >> 48];
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
  Histogram &bins;
  size_t used = 0, pending = 0;
  uint16_t tables[4][Histogram::kMaxBins];
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

void Observer::countOthers(llvm::ArrayRef<float> values, std::vector<float> &finite) {
  finite.clear();
  for (float value : values) {
    if (std::isnan(value))
      ++nans;
    else if (std::isinf(value))
      ++(value > 0 ? positiveInfinities : negativeInfinities);
    else
      finite.push_back(value);
  }
}

bool Observer::widen(float low, float high) {
  if (finiteCount != 0 && low >= minimum && high <= maximum)
    return false;
  // Adding +0 turns -0 into +0: which of them came first must not show.
  minimum = (finiteCount == 0 ? low : std::min(minimum, low)) + 0.0f;
  maximum = (finiteCount == 0 ? high : std::max(maximum, high)) + 0.0f;
  return true;
}

bool Observer::observe(llvm::ArrayRef<float> values) {
  const ObserverKernels &kernels = observerKernels();
  bool allFinite = true;
  std::optional<CountTables> tables;
  if (keepsHistogram && values.size() >= kDirect)
    tables.emplace(bins);
  uint16_t numbers[kBlock + 32];
  std::vector<float> finiteOnly;
  BinScale scale{};
  int32_t binOfZero = 0;
  auto refreshScale = [&] {
    scale = {minimum, maximum, std::ldexp(1.0f, -bins.exponent), std::ldexp(1.0f, bins.exponent),
             static_cast<int32_t>(bins.firstBin)};
    binOfZero = -scale.first;
  };
  if (keepsHistogram && finiteCount != 0)
    refreshScale();
  for (size_t start = 0; start < values.size(); start += kBlock) {
    llvm::ArrayRef<float> block = values.slice(start, std::min(kBlock, values.size() - start));
    // Once the range is known, few blocks widen it, and one pass does.
    BlockBins found{};
    if (keepsHistogram && finiteCount != 0)
      found = kernels.binNumbers(block.data(), block.size(), scale, binOfZero, numbers);
    if (!found.inside) {
      BlockRange range(kernels.rangeOf(block.data(), block.size()));
      if (!range.finite) {
        allFinite = false;
        countOthers(block, finiteOnly);
        block = finiteOnly;
        if (block.empty())
          continue;
        range = BlockRange(kernels.rangeOf(block.data(), block.size()));
      }
      const bool widened = widen(range.min, range.max);
      if (keepsHistogram) {
        if (widened) {
          if (tables)
            tables->flush();
          int exponent = Histogram::exponentFor(minimum, maximum);
          bins.extend(exponent, Histogram::binOf(minimum, exponent), Histogram::binOf(maximum, exponent));
          refreshScale();
        }
        found = kernels.binNumbers(block.data(), block.size(), scale, binOfZero, numbers);
      }
    }
    finiteCount += block.size();
    if (!keepsHistogram)
      continue;
    if (found.written != block.size())
      bins.counts[binOfZero] += block.size() - found.written;
    if (tables)
      tables->add({numbers, found.written});
    else
      for (size_t i = 0; i < found.written; ++i)
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
