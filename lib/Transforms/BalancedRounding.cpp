//===- BalancedRounding.cpp - Rounding errors that cancel ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "BalancedRounding.h"
#include "vernier/Numerics/Rounding.h"
#include <algorithm>
#include <cmath>

namespace mlir::vernier {

namespace {

/// One weight of a channel: its place in the tensor, its integer, and how far that is from the weight, in steps.
struct Rounded {
  int64_t place;
  double integer, error;
};

/// Moves integers by one, the most undecided ones first, until the errors add up to at most half a step. Reorders
/// `channel`.
void balance(MutableArrayRef<Rounded> channel, const QuantParameters &parameters) {
  double sum = 0;
  for (const Rounded &weight : channel)
    sum += weight.error;
  const double direction = sum > 0 ? 1 : -1;
  const int64_t moves = numerics::roundHalfAway64(std::abs(sum));
  auto *end = std::partition(channel.begin(), channel.end(), [&](const Rounded &weight) {
    const double moved = weight.integer - direction;
    return weight.error * direction > 0 && moved >= double(parameters.storageMin) &&
           moved <= double(parameters.storageMax);
  });
  auto *last = channel.begin() + std::min<int64_t>(moves, end - channel.begin());
  // Equal errors keep the order of the tensor: the same bytes everywhere.
  if (last != end)
    std::nth_element(channel.begin(), last, end, [&](const Rounded &a, const Rounded &b) {
      return a.error != b.error ? a.error * direction > b.error * direction : a.place < b.place;
    });
  for (Rounded &weight : llvm::make_range(channel.begin(), last))
    weight.integer -= direction;
}

} // namespace

std::vector<float> roundBalanced(ArrayRef<float> data, ArrayRef<int64_t> shape, const QuantParameters &parameters,
                                 unsigned channelAxis) {
  int64_t channels = shape[channelAxis], inner = 1;
  for (int64_t size : shape.drop_front(channelAxis + 1))
    inner *= size;
  std::vector<float> result(data.size());
  // One channel at a time: what is known of a weight takes six times its own bytes.
  std::vector<Rounded> slice;
  for (int64_t channel = 0; channel < channels; ++channel) {
    const double scale = parameters.scales[parameters.axis ? channel : 0];
    slice.clear();
    for (int64_t start = channel * inner, e = data.size(); start < e; start += channels * inner)
      for (int64_t i = start; i < start + inner; ++i) {
        double steps = double(data[i]) / scale;
        double integer = double(numerics::roundHalfAway64(steps));
        integer = std::min(std::max(integer, double(parameters.storageMin)), double(parameters.storageMax));
        slice.push_back({i, integer, integer - steps});
      }
    balance(slice, parameters);
    for (const Rounded &weight : slice)
      result[weight.place] = float(weight.integer * scale);
  }
  return result;
}

} // namespace mlir::vernier
