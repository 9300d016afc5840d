//===- PoolTest.cpp - windows that hang over the edges --------------------===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "vernier/Runtime/Pool.h"
#include "RandomData.h"
#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>

using namespace mlir::vernier::runtime;

namespace {

Pool2DParams randomParams(RandomData &random) {
  Pool2DParams p{};
  p.batches = 2;
  p.inputHeight = random.integer(3, 9);
  p.inputWidth = random.integer(3, 9);
  p.channels = random.integer(1, 70);
  p.filterHeight = random.integer(1, 3);
  p.filterWidth = random.integer(1, 3);
  p.strideHeight = p.strideWidth = random.integer(1, 2);
  // "Same" padding: no window lies outside the input.
  p.outputHeight = (p.inputHeight + p.strideHeight - 1) / p.strideHeight;
  p.outputWidth = (p.inputWidth + p.strideWidth - 1) / p.strideWidth;
  p.padTop = std::max((p.outputHeight - 1) * p.strideHeight + p.filterHeight - p.inputHeight, 0) / 2;
  p.padLeft = std::max((p.outputWidth - 1) * p.strideWidth + p.filterWidth - p.inputWidth, 0) / 2;
  return p;
}

/// Calls check(output index, sum, count, maximum) for each output.
template <class T, class Check> void forEachOutput(const Pool2DParams &p, const std::vector<T> &input, Check check) {
  int64_t i = 0;
  for (int n = 0; n < p.batches; ++n)
    for (int y = 0; y < p.outputHeight; ++y)
      for (int x = 0; x < p.outputWidth; ++x)
        for (int c = 0; c < p.channels; ++c) {
          double sum = 0, max = -INFINITY;
          int count = 0;
          for (int ky = 0; ky < p.filterHeight; ++ky)
            for (int kx = 0; kx < p.filterWidth; ++kx) {
              const int iy = y * p.strideHeight - p.padTop + ky, ix = x * p.strideWidth - p.padLeft + kx;
              if (iy < 0 || iy >= p.inputHeight || ix < 0 || ix >= p.inputWidth)
                continue;
              const double value = input[((n * p.inputHeight + iy) * p.inputWidth + ix) * p.channels + c];
              sum += value;
              max = std::fmax(max, value);
              ++count;
            }
          check(i++, sum, count, max);
        }
}

TEST(Pool, AverageRoundsHalfAwayOverValidCells) {
  RandomData random(50);
  for (int trial = 0; trial < 100; ++trial) {
    const Pool2DParams p = randomParams(random);
    const auto input = random.vector<int8_t>(p.batches * p.inputHeight * p.inputWidth * p.channels);
    std::vector<int8_t> output(p.batches * p.outputHeight * p.outputWidth * p.channels);
    averagePool2D(p, input.data(), -90, 90, output.data());
    forEachOutput(p, input, [&](int64_t i, double sum, int count, double) {
      ASSERT_EQ(output[i], std::fmin(std::fmax(std::round(sum / count), -90), 90)) << sum << " / " << count;
    });
  }
}

TEST(Pool, MaximumAndFloatAverage) {
  RandomData random(51);
  for (int trial = 0; trial < 100; ++trial) {
    const Pool2DParams p = randomParams(random);
    const auto bytes = random.vector<uint8_t>(p.batches * p.inputHeight * p.inputWidth * p.channels);
    const auto floats = random.vector<float>(bytes.size());
    std::vector<uint8_t> maximum(p.batches * p.outputHeight * p.outputWidth * p.channels);
    std::vector<float> average(maximum.size()), floatMaximum(maximum.size());
    maxPool2D(p, bytes.data(), uint8_t(10), uint8_t(250), maximum.data());
    averagePool2D(p, floats.data(), {}, average.data());
    maxPool2D(p, floats.data(), -INFINITY, INFINITY, floatMaximum.data());
    forEachOutput(p, bytes, [&](int64_t i, double, int, double max) {
      ASSERT_EQ(maximum[i], std::fmin(std::fmax(max, 10), 250));
    });
    forEachOutput(p, floats, [&](int64_t i, double sum, int count, double max) {
      ASSERT_NEAR(average[i], sum / count, 1e-6);
      ASSERT_EQ(floatMaximum[i], max);
    });
  }
}

} // namespace
