//===- MergedPixels.cpp - Convolutions to few channels ----------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "MergedPixels.h"

namespace mlir::vernier {
namespace {

using runtime::Conv2DParams;

/// Steps of four products for one result.
int64_t stepsOf(const Conv2DParams &p) {
  return int64_t(p.filterHeight) * llvm::divideCeil(int64_t(p.filterWidth) * p.inputChannels, runtime::integerStep);
}

/// `values` so many times, one behind the other.
template <typename T> std::vector<T> repeat(ArrayRef<T> values, int32_t times) {
  std::vector<T> repeated;
  repeated.reserve(values.size() * times);
  for (int32_t i = 0; i < times; ++i)
    repeated.insert(repeated.end(), values.begin(), values.end());
  return repeated;
}

} // namespace

Conv2DParams mergePixels(const Conv2DParams &p, int32_t pixels) {
  Conv2DParams merged = p;
  merged.filterWidth += (pixels - 1) * p.strideWidth;
  merged.strideWidth *= pixels;
  merged.outputWidth /= pixels;
  merged.outputChannels *= pixels;
  return merged;
}

int32_t mergedPixels(const Conv2DParams &p) {
  if (p.groups != 1 || p.dilationWidth != 1 || p.outputChannels == 0)
    return 1;
  int32_t best = 1;
  int64_t bestSteps = stepsOf(p);
  for (int32_t pixels = 2; pixels * p.outputChannels <= runtime::integerBlock; ++pixels) {
    if (p.outputWidth % pixels != 0)
      continue;
    const Conv2DParams merged = mergePixels(p, pixels);
    const int64_t steps = stepsOf(merged);
    if (steps * best < bestSteps * pixels && runtime::integerFilterShape(merged).weightsSize() <= kMaxPackedElements) {
      best = pixels;
      bestSteps = steps;
    }
  }
  return best;
}

IntegerWeights mergePixels(const KernelRequest &request, const IntegerWeights &weights, const WeightedOperands &at,
                           const Conv2DParams &p, int32_t pixels) {
  const Conv2DParams merged = mergePixels(p, pixels);
  const TensorRef &filter = request.operands[at.filter];
  const int8_t *from = weights.unpacked ? weights.unpacked->data() : filter.as<const int8_t>();
  const int64_t row = int64_t(p.filterWidth) * p.inputChannels, step = int64_t(p.strideWidth) * p.inputChannels;
  const int64_t mergedRow = int64_t(merged.filterWidth) * p.inputChannels, rows = p.filterHeight;
  // A weight that is the zero point adds nothing.
  std::vector<int8_t> values(merged.outputChannels * rows * mergedRow, int8_t(weights.filterZeroPoint));
  for (int64_t channel = 0; channel < merged.outputChannels; ++channel)
    for (int64_t y = 0; y < rows; ++y)
      std::copy_n(from + (channel % p.outputChannels * rows + y) * row, row,
                  values.data() + (channel * rows + y) * mergedRow + channel / p.outputChannels * step);
  IntegerWeights result = weights;
  result.unpacked = std::make_shared<std::vector<int8_t>>(std::move(values));
  if (request.has(at.bias))
    result.bias = std::make_shared<std::vector<int32_t>>(
        repeat(ArrayRef(request.operands[at.bias].as<const int32_t>(), p.outputChannels), pixels));
  if (weights.requantizer->channelStride != 0) {
    RequantizerData data = *weights.requantizer;
    data.floats = repeat(ArrayRef(data.floats), pixels);
    data.doubles = repeat(ArrayRef(data.doubles), pixels);
    data.fixed = repeat(ArrayRef(data.fixed), pixels);
    data.channels *= pixels;
    result.requantizer = std::make_shared<RequantizerData>(std::move(data));
  }
  return result;
}

} // namespace mlir::vernier
