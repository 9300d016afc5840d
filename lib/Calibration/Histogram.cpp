//===- Histogram.cpp - counts in bins of power-of-two width ---------------===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Coarsening is an arithmetic shift of bin numbers: floor division by a power of two, for negative bins too.

#include "vernier/Calibration/Histogram.h"
#include <algorithm>
#include <cassert>
#include <cmath>

using namespace mlir::vernier;

bool Histogram::operator==(const Histogram &other) const {
  return exponent == other.exponent && firstBin == other.firstBin && counts == other.counts;
}

int64_t Histogram::binOf(float value, int exponent) {
  // Exact: the product is a double with the 24 bits of the float, far from overflow and underflow.
  return static_cast<int64_t>(std::floor(std::ldexp(static_cast<double>(value), -exponent)));
}

int Histogram::exponentFor(float min, float max) {
  assert(std::isfinite(min) && std::isfinite(max) && min <= max);
  int exponent = kMinExponent;
  float magnitude = std::max(std::fabs(min), std::fabs(max));
  if (magnitude > 0)
    exponent = std::max(exponent, std::ilogb(magnitude) - 22);
  while (binOf(max, exponent) - binOf(min, exponent) >= kMaxBins)
    ++exponent;
  return exponent;
}

void Histogram::extend(int newExponent, int64_t first, int64_t last) {
  if (empty()) {
    exponent = newExponent;
    firstBin = first;
    counts.assign(last - first + 1, 0);
    return;
  }
  assert(newExponent >= exponent && "a histogram cannot become finer");
  int shift = newExponent - exponent;
  first = std::min(first, firstBin >> std::min(shift, 63));
  last = std::max(last, lastBin() >> std::min(shift, 63));
  if (shift == 0 && first == firstBin && last == lastBin())
    return;
  std::vector<uint64_t> wider(last - first + 1);
  for (size_t i = 0; i < counts.size(); ++i)
    wider[((firstBin + static_cast<int64_t>(i)) >> std::min(shift, 63)) - first] += counts[i];
  exponent = newExponent;
  firstBin = first;
  counts = std::move(wider);
}

void Histogram::merge(const Histogram &other) {
  if (other.empty())
    return;
  if (empty()) {
    *this = other;
    return;
  }
  // The smallest exponent that holds both: what `exponentFor` says of the union of their ranges, because the outermost
  // bins of each hold its minimum and maximum.
  int merged = std::max(exponent, other.exponent);
  auto at = [&](int64_t bin, const Histogram &from) { return bin >> std::min(merged - from.exponent, 63); };
  auto first = [&] { return std::min(at(firstBin, *this), at(other.firstBin, other)); };
  auto last = [&] { return std::max(at(lastBin(), *this), at(other.lastBin(), other)); };
  while (last() - first() >= kMaxBins)
    ++merged;
  extend(merged, first(), last());
  for (size_t i = 0; i < other.counts.size(); ++i)
    counts[at(other.firstBin + static_cast<int64_t>(i), other) - firstBin] += other.counts[i];
}
