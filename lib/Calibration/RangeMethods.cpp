//===- RangeMethods.cpp - from statistics to a range to quantize ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// All methods search the same candidates: a window of bins around zero that loses bins on either side. Two sides are
// searched in turn until neither moves, which costs thousands of sums and not millions.

#include "vernier/Calibration/RangeMethods.h"
#include "vernier/Numerics/Elementary.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/MathExtras.h"
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace mlir::vernier {
namespace {

constexpr double kTail = 1e-4;
/// Entropy cuts no more than this part of the values: with most of them cut, what is left always looks alike.
constexpr double kLargestCut = 0.01;
/// Candidates on each side of zero, from all of it down to one part in `kCandidates`.
constexpr int kCandidates = 128;

/// The histogram as points in the middle of its bins, inside the exact range.
class Points {
public:
  explicit Points(const TensorStatistics &statistics)
      : width(std::ldexp(1.0, statistics.histogram->exponent)), low(std::min(statistics.min, 0.0f)),
        high(std::max(statistics.max, 0.0f)) {
    const Histogram &bins = *statistics.histogram;
    for (size_t i = 0; i < bins.counts.size(); ++i) {
      if (!bins.counts[i])
        continue;
      int64_t bin = bins.firstBin + int64_t(i);
      // What lies beside a bound of zero is mostly zero itself: a relu's output, or padding. Every range has it
      // exactly.
      if (bin == 0 && low == 0)
        continue;
      double middle = (double(bin) + 0.5) * width;
      values.push_back(std::clamp(middle, double(statistics.min), double(statistics.max)));
      counts.push_back(double(bins.counts[i]));
      total += counts.back();
      countsBefore.push_back(total);
      entropyBefore.push_back(entropyBefore.back() + countTimesLog(counts.back()));
    }
    size = values.size();
    // Points that count nothing fill the last lanes.
    values.resize(llvm::alignTo(size, kLanes), 0.0);
    counts.resize(values.size(), 0.0);
  }

  /// Rounding and clipping errors, squared and summed, of integers with `step` between them on [from, to].
  double squaredError(double from, double to, double step) const {
    // Adding and taking away what has no bits left for a fraction rounds to an integer.
    constexpr double kNoFraction = 0x1.8p52;
    const double perStep = 1 / step;
    // Where a bin holds several integers, the rounding is even over a step.
    const bool fine = step < width;
    const double evenly = fine ? step * step / 12 : 0, uneven = fine ? 0 : 1;
    // One sum for each lane, so that compilers may use vectors; added up in order.
    double sums[kLanes] = {};
    for (size_t i = 0; i < values.size(); i += kLanes)
      for (size_t lane = 0; lane < kLanes; ++lane) {
        double value = values[i + lane], inside = value < from ? from : value;
        inside = inside > to ? to : inside;
        double clipping = value - inside;
        double rounding = (inside - ((inside * perStep + kNoFraction) - kNoFraction) * step) * uneven;
        sums[lane] += counts[i + lane] * (clipping * clipping + rounding * rounding + evenly);
      }
    return std::accumulate(std::begin(sums), std::end(sums), 0.0);
  }

  /// Kullback-Leibler divergence of the values quantized on [from, to] from the values themselves. Each integer spreads
  /// the count of what lies inside evenly over its bins; the original has what was clipped in the bins at the edges, as
  /// Migacz has it, "8-bit Inference with TensorRT", GTC 2017.
  ///
  /// The sum of c * log(c / share) over bins is that of c * log(c), whose running sums are known, less what each
  /// integer's bins hold times the logarithm of their share.
  double divergence(double from, double to, double step) const {
    size_t first = std::lower_bound(values.begin(), values.begin() + size, from) - values.begin();
    size_t last = std::upper_bound(values.begin(), values.begin() + size, to) - values.begin();
    double below = countsBefore[first], above = total - countsBefore[last];
    if (first == last || below + above > total * kLargestCut)
      return std::numeric_limits<double>::infinity();
    double sum = entropyBefore[last] - entropyBefore[first];
    double atFirst = counts[first] + below + (first + 1 == last ? above : 0);
    sum += countTimesLog(atFirst) - countTimesLog(counts[first]);
    if (first + 1 != last)
      sum += countTimesLog(counts[last - 1] + above) - countTimesLog(counts[last - 1]);
    for (size_t i = first; i < last;) {
      double next = (std::floor(values[i] / step + 0.5) + 0.5) * step;
      size_t end = i + 1;
      while (end < last && values[end] < next)
        ++end;
      double held = countsBefore[end] - countsBefore[i];
      double original = held + (i == first ? below : 0) + (end == last ? above : 0);
      sum -= original * numerics::portableLog(held / double(end - i));
      i = end;
    }
    return sum / total + numerics::portableLog((total - below - above) / total);
  }

  double width, low, high, total = 0;

private:
  static constexpr size_t kLanes = 8;

  static double countTimesLog(double count) { return count * numerics::portableLog(count); }

  size_t size = 0;
  std::vector<double> values, counts;
  /// Sums of the counts, and of each times its logarithm, before a point.
  std::vector<double> countsBefore{0.0}, entropyBefore{0.0};
};

/// A bound that lies `part` of `kCandidates` of the way to `extreme`, on the next edge of a bin outwards.
double shrink(double extreme, int part, double width) {
  if (part == kCandidates)
    return extreme;
  double edge = std::ceil(std::abs(extreme) * part / kCandidates / width) * width;
  return std::copysign(std::min(edge, std::abs(extreme)), extreme);
}

/// The window with the least `cost(from, to)`. Ties go to the wider one.
template <class Cost> std::pair<double, double> search(const Points &points, bool symmetric, Cost cost) {
  if (symmetric) {
    double magnitude = std::max(-points.low, points.high), best = magnitude, least = cost(-magnitude, magnitude);
    for (int part = kCandidates - 1; part > 0; --part) {
      double bound = shrink(magnitude, part, points.width);
      if (double value = cost(-bound, bound); value < least)
        best = bound, least = value;
    }
    return {-best, best};
  }
  double from = points.low, to = points.high, least = cost(from, to);
  for (bool moved = true; moved;) {
    moved = false;
    for (bool upper : {true, false}) {
      for (int part = kCandidates - 1; part > 0; --part) {
        double bound = shrink(upper ? points.high : points.low, part, points.width);
        if (bound == 0)
          continue;
        double value = upper ? cost(from, bound) : cost(bound, to);
        if (value < least) {
          (upper ? to : from) = bound;
          least = value;
          moved = true;
        }
      }
    }
  }
  return {from, to};
}

/// The inner edges of the outermost bins that `kTail` of the values do not reach.
Range percentileRange(const TensorStatistics &statistics) {
  const Histogram &bins = *statistics.histogram;
  double width = std::ldexp(1.0, bins.exponent);
  double total = 0;
  for (uint64_t count : bins.counts)
    total += double(count);
  double allowed = total * kTail;
  size_t first = 0, last = bins.counts.size() - 1;
  for (double below = double(bins.counts[first]); below <= allowed && first < last; below += double(bins.counts[first]))
    ++first;
  for (double above = double(bins.counts[last]); above <= allowed && last > first; above += double(bins.counts[last]))
    --last;
  return {std::max(statistics.min, float(double(bins.firstBin + int64_t(first)) * width)),
          std::min(statistics.max, float(double(bins.firstBin + int64_t(last) + 1) * width))};
}

} // namespace

std::optional<RangeMethod> parseRangeMethod(llvm::StringRef name) {
  return llvm::StringSwitch<std::optional<RangeMethod>>(name)
      .Case("minmax", RangeMethod::MinMax)
      .Case("percentile", RangeMethod::Percentile)
      .Case("mse", RangeMethod::MSE)
      .Case("entropy", RangeMethod::Entropy)
      .Default(std::nullopt);
}

llvm::StringRef getRangeMethodName(RangeMethod method) {
  switch (method) {
  case RangeMethod::MinMax:
    return "minmax";
  case RangeMethod::Percentile:
    return "percentile";
  case RangeMethod::MSE:
    return "mse";
  case RangeMethod::Entropy:
    return "entropy";
  }
  return "";
}

Range chooseRange(const TensorStatistics &statistics, RangeMethod method, RangeTarget target) {
  const Range all{statistics.min, statistics.max};
  if (method == RangeMethod::MinMax || !statistics.histogram || statistics.histogram->empty() || all.min == all.max)
    return all;
  if (method == RangeMethod::Percentile)
    return percentileRange(statistics);
  Points points(statistics);
  if (points.total == 0)
    return all;
  auto step = [&](double from, double to) { return std::max(to - from, points.width) / target.steps; };
  auto [from, to] = method == RangeMethod::MSE
                        ? search(points, target.symmetric,
                                 [&](double from, double to) { return points.squaredError(from, to, step(from, to)); })
                        : search(points, target.symmetric,
                                 [&](double from, double to) { return points.divergence(from, to, step(from, to)); });
  return {std::max(all.min, float(from)), std::min(all.max, float(to))};
}

} // namespace mlir::vernier
