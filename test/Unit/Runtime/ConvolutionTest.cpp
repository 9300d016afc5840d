//===- ConvolutionTest.cpp - integer convolutions against naive loops -----===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The oracles sum in int64 with coordinates written out, and requantize in
// double.
//===----------------------------------------------------------------------===//

#include "RandomData.h"
#include "vernier/Runtime/DepthwiseConv2D.h"
#include "vernier/Runtime/FullyConnected.h"
#include "vernier/Runtime/TransposeConv.h"
#include <cmath>
#include <gtest/gtest.h>

using namespace mlir::vernier::runtime;
using namespace mlir::vernier::numerics;

namespace {

/// Returns the accumulator as it is; a T of 32 bits shows all of it.
struct Identity {
  template <class Acc> Acc operator()(Acc accumulator, int32_t) const { return accumulator; }
};

Conv2DParams randomParams(RandomData &random) {
  Conv2DParams p{};
  p.batches = random.integer(1, 2);
  p.inputHeight = random.integer(3, 9);
  p.inputWidth = random.integer(3, 9);
  p.groups = random.integer(1, 2);
  p.inputChannels = p.groups * random.integer(1, 9);
  p.outputChannels = p.groups * random.integer(1, 9);
  p.filterHeight = random.integer(1, 3);
  p.filterWidth = random.integer(1, 3);
  p.strideHeight = random.integer(1, 2);
  p.strideWidth = random.integer(1, 2);
  p.dilationHeight = random.integer(1, 2);
  p.dilationWidth = random.integer(1, 2);
  p.padTop = random.integer(0, 2);
  p.padLeft = random.integer(0, 2);
  p.outputHeight = random.integer(1, 9);
  p.outputWidth = random.integer(1, 9);
  p.inputZeroPoint = random.integer(-128, 127);
  p.filterZeroPoint = random.integer(0, 1) * random.integer(-10, 10);
  return p;
}

/// Input element minus zero point; 0 outside.
template <class T> int64_t at(const Conv2DParams &p, const std::vector<T> &input, int n, int y, int x, int c) {
  if (y < 0 || y >= p.inputHeight || x < 0 || x >= p.inputWidth)
    return 0;
  return int64_t(input[((n * p.inputHeight + y) * p.inputWidth + x) * p.inputChannels + c]) - p.inputZeroPoint;
}

template <class Sum> void forEachOutput(const Conv2DParams &p, Sum sum) {
  int64_t i = 0;
  for (int n = 0; n < p.batches; ++n)
    for (int y = 0; y < p.outputHeight; ++y)
      for (int x = 0; x < p.outputWidth; ++x)
        for (int c = 0; c < p.outputChannels; ++c)
          sum(n, y, x, c, i++);
}

/// Accumulators of a type that holds them: int32 inputs stand for 8 bits.
std::vector<int32_t> eightBit(RandomData &random, int64_t size) {
  std::vector<int32_t> values(size);
  for (int32_t &value : values)
    value = random.integer(-128, 127);
  return values;
}

TEST(Convolution, Conv2DSumsOverValidTaps) {
  RandomData random(20);
  for (int trial = 0; trial < 200; ++trial) {
    const Conv2DParams p = randomParams(random);
    const int gi = p.inputChannels / p.groups, go = p.outputChannels / p.groups;
    const auto input = eightBit(random, p.batches * p.inputHeight * p.inputWidth * p.inputChannels);
    const auto filter = eightBit(random, p.outputChannels * p.filterHeight * p.filterWidth * gi);
    const auto bias = random.vector<int32_t>(p.outputChannels);
    std::vector<int32_t> output(p.batches * p.outputHeight * p.outputWidth * p.outputChannels);
    conv2D(p, input.data(), filter.data(), bias.data(), Identity(), output.data());
    forEachOutput(p, [&](int n, int y, int x, int c, int64_t i) {
      int64_t sum = bias[c];
      for (int ky = 0; ky < p.filterHeight; ++ky)
        for (int kx = 0; kx < p.filterWidth; ++kx)
          for (int k = 0; k < gi; ++k)
            sum += at(p, input, n, y * p.strideHeight - p.padTop + ky * p.dilationHeight,
                      x * p.strideWidth - p.padLeft + kx * p.dilationWidth, c / go * gi + k) *
                   (filter[((c * p.filterHeight + ky) * p.filterWidth + kx) * gi + k] - p.filterZeroPoint);
      ASSERT_EQ(output[i], int32_t(uint64_t(sum))) << "trial " << trial << " element " << i;
    });
  }
}

TEST(Convolution, DepthwiseReadsOneChannelPerOutput) {
  RandomData random(21);
  for (int trial = 0; trial < 200; ++trial) {
    Conv2DParams p = randomParams(random);
    const int multiplier = random.integer(1, 3);
    p.inputChannels = random.integer(1, 80);
    p.outputChannels = p.inputChannels * multiplier;
    const auto input = eightBit(random, p.batches * p.inputHeight * p.inputWidth * p.inputChannels);
    const auto filter = eightBit(random, p.filterHeight * p.filterWidth * p.outputChannels);
    const auto bias = random.vector<int32_t>(p.outputChannels);
    std::vector<int32_t> output(p.batches * p.outputHeight * p.outputWidth * p.outputChannels);
    depthwiseConv2D(p, input.data(), filter.data(), bias.data(), Identity(), output.data());
    forEachOutput(p, [&](int n, int y, int x, int c, int64_t i) {
      int64_t sum = bias[c];
      for (int ky = 0; ky < p.filterHeight; ++ky)
        for (int kx = 0; kx < p.filterWidth; ++kx)
          sum += at(p, input, n, y * p.strideHeight - p.padTop + ky * p.dilationHeight,
                    x * p.strideWidth - p.padLeft + kx * p.dilationWidth, c / multiplier) *
                 (filter[(ky * p.filterWidth + kx) * p.outputChannels + c] - p.filterZeroPoint);
      ASSERT_EQ(output[i], int32_t(uint64_t(sum))) << "trial " << trial << " element " << i;
    });
  }
}

TEST(Convolution, TransposeConvScattersEveryInput) {
  RandomData random(22);
  for (int trial = 0; trial < 200; ++trial) {
    Conv2DParams p = randomParams(random);
    p.groups = p.dilationHeight = p.dilationWidth = 1;
    const auto input = eightBit(random, p.batches * p.inputHeight * p.inputWidth * p.inputChannels);
    const auto filter = eightBit(random, p.outputChannels * p.filterHeight * p.filterWidth * p.inputChannels);
    const auto bias = eightBit(random, p.outputChannels);
    std::vector<int32_t> output(p.batches * p.outputHeight * p.outputWidth * p.outputChannels);
    transposeConv(p, input.data(), filter.data(), bias.data(), Identity(), output.data());
    std::vector<int64_t> expected(output.size());
    forEachOutput(p, [&](int, int, int, int c, int64_t i) { expected[i] = bias[c]; });
    for (int n = 0; n < p.batches; ++n)
      for (int iy = 0; iy < p.inputHeight; ++iy)
        for (int ix = 0; ix < p.inputWidth; ++ix)
          for (int ky = 0; ky < p.filterHeight; ++ky)
            for (int kx = 0; kx < p.filterWidth; ++kx) {
              const int y = iy * p.strideHeight - p.padTop + ky, x = ix * p.strideWidth - p.padLeft + kx;
              if (y < 0 || y >= p.outputHeight || x < 0 || x >= p.outputWidth)
                continue;
              for (int c = 0; c < p.outputChannels; ++c)
                for (int k = 0; k < p.inputChannels; ++k)
                  expected[((n * p.outputHeight + y) * p.outputWidth + x) * p.outputChannels + c] +=
                      at(p, input, n, iy, ix, k) *
                      (filter[((c * p.filterHeight + ky) * p.filterWidth + kx) * p.inputChannels + k] -
                       p.filterZeroPoint);
            }
    for (size_t i = 0; i < output.size(); ++i)
      ASSERT_EQ(output[i], expected[i]) << "trial " << trial << " element " << i;
  }
}

TEST(Convolution, FullyConnectedRequantizesPerChannel) {
  RandomData random(23);
  const FullyConnectedParams p{3, 37, 5, 4, 0};
  const auto input = random.vector<int8_t>(p.batches * p.inputChannels);
  const auto filter = random.vector<int8_t>(p.outputChannels * p.inputChannels);
  std::vector<double> scales(p.outputChannels);
  for (double &scale : scales)
    scale = random.real(0.0005f, 0.005f);
  std::vector<int8_t> output(p.batches * p.outputChannels);
  fullyConnected(p, input.data(), filter.data(), static_cast<const int32_t *>(nullptr),
                 DoubleRequantizer{scales.data(), 1, {-3, -128, 127}}, output.data());
  for (int n = 0; n < p.batches; ++n)
    for (int c = 0; c < p.outputChannels; ++c) {
      int64_t sum = 0;
      for (int k = 0; k < p.inputChannels; ++k)
        sum += (input[n * p.inputChannels + k] - 4) * filter[c * p.inputChannels + k];
      const double value = std::round(sum * scales[c]) - 3;
      EXPECT_EQ(output[n * p.outputChannels + c], int(std::fmin(std::fmax(value, -128), 127)));
    }
}

TEST(Convolution, SixteenBitInputsSumInSixtyFourBits) {
  const FullyConnectedParams p{1, 70000, 1, 0, 0};
  const std::vector<int16_t> input(p.inputChannels, 32767);
  const std::vector<int8_t> filter(p.inputChannels, 127);
  const int64_t bias = 5;
  int64_t output;
  struct Capture {
    int64_t *to;
    int16_t operator()(int64_t sum, int32_t) const {
      *to = sum;
      return 0;
    }
  };
  int16_t ignored;
  fullyConnected(p, input.data(), filter.data(), &bias, Capture{&output}, &ignored);
  EXPECT_EQ(output, int64_t(70000) * 32767 * 127 + 5);
}

} // namespace
