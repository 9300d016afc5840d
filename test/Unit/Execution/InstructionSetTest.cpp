//===- InstructionSetTest.cpp - The same bits from every instruction set ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "../../../lib/Execution/Kernels/FloatIsa.h"
#include "vernier/Runtime/Float/Padding.h"
#include "gtest/gtest.h"
#include <cmath>
#include <functional>
#include <random>
#include <vector>

using namespace mlir::vernier;
using runtime::Conv2DParams;
using runtime::FloatKernels;

static std::vector<float> randomFloats(size_t size, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<float> values(size);
  for (float &value : values)
    value = std::ldexp(float(int(random() % 20001) - 10000), -int(random() % 16));
  return values;
}

static Conv2DParams image(int size, int inputs, int outputs, int filter, int stride, int dilation) {
  Conv2DParams p{};
  p.batches = 2;
  p.inputHeight = p.inputWidth = size;
  p.inputChannels = inputs;
  p.outputHeight = p.outputWidth = (size + stride - 1) / stride;
  p.outputChannels = outputs;
  p.filterHeight = p.filterWidth = filter;
  p.strideHeight = p.strideWidth = stride;
  p.dilationHeight = p.dilationWidth = dilation;
  p.padTop = p.padLeft = (filter - 1) * dilation / 2;
  p.groups = 1;
  return p;
}

/// `compute(kernels, output)` must give every table the same bits.
static void expectSameBits(const Conv2DParams &p, const std::function<void(const FloatKernels &, float *)> &compute) {
  std::vector<float> expected;
  for (const FloatKernels *kernels : allFloatKernels()) {
    std::vector<float> output(size_t(p.batches) * p.outputHeight * p.outputWidth * p.outputChannels, -7.0f);
    compute(*kernels, output.data());
    if (expected.empty())
      expected = output;
    EXPECT_EQ(output, expected) << kernels->name << ", " << p.inputChannels << " to " << p.outputChannels
                                << " channels, stride " << p.strideWidth << ", dilation " << p.dilationWidth;
  }
}

static const numerics::FloatRange kRange{-100.0f, 1e9f};

TEST(InstructionSets, ConvolutionsAgreeToTheBit) {
  for (int channels : {1, 3, 17})
    for (int outputs : {1, 16, 35, 64})
      for (int stride : {1, 2}) {
        Conv2DParams p = image(9, channels, outputs, 3, stride, 1);
        auto input = randomFloats(2 * 81 * channels, 1), filter = randomFloats(9 * channels * outputs, 2);
        auto bias = randomFloats(outputs, 3);
        std::vector<float> packed(runtime::packedConvFilterSize(p)), padded(runtime::paddedImageSize(p), NAN);
        runtime::packConvFilter(p, filter.data(), packed.data());
        ASSERT_TRUE(runtime::paysToPad(p));
        runtime::padImage(p, input.data(), padded.data());
        std::vector<float> atBorder;
        expectSameBits(p, [&](const FloatKernels &kernels, float *output) {
          kernels.conv2D(p, input.data(), packed.data(), bias.data(), kRange, output);
          atBorder.assign(output, output + size_t(2) * p.outputHeight * p.outputWidth * outputs);
        });
        expectSameBits(p, [&](const FloatKernels &kernels, float *output) {
          kernels.conv2D(runtime::paddedConv(p), padded.data(), packed.data(), bias.data(), kRange, output);
          EXPECT_EQ(std::vector<float>(output, output + atBorder.size()), atBorder) << "written-out padding";
        });
      }
}

TEST(InstructionSets, DepthwiseConvolutionsAgreeToTheBit) {
  for (int channels : {1, 5, 16, 50})
    for (int multiplier : {1, 3, 20})
      for (auto [stride, dilation] : {std::pair(1, 1), std::pair(2, 1), std::pair(1, 2)}) {
        Conv2DParams p = image(11, channels, channels * multiplier, 3, stride, dilation);
        auto input = randomFloats(2 * 121 * channels, 4), filter = randomFloats(9 * p.outputChannels, 5);
        auto bias = randomFloats(p.outputChannels, 6);
        expectSameBits(p, [&](const FloatKernels &kernels, float *output) {
          kernels.depthwiseConv2D(p, input.data(), filter.data(), bias.data(), kRange, output);
        });
      }
}

TEST(InstructionSets, MatrixProductsAgreeToTheBit) {
  for (int rows : {1, 2, 13})
    for (int outputs : {1, 48, 130}) {
      const int depth = 300;
      Conv2DParams p = image(1, depth, outputs, 1, 1, 1);
      p.batches = rows;
      auto input = randomFloats(rows * depth, 7), filter = randomFloats(depth * outputs, 8);
      std::vector<float> packed(runtime::packedFloatSize(depth, outputs));
      runtime::packFloatFilter(depth, outputs, filter.data(), packed.data());
      expectSameBits(p, [&](const FloatKernels &kernels, float *output) {
        kernels.fullyConnected({rows, depth, outputs, 0, 0}, input.data(), packed.data(), nullptr, kRange, output);
      });
    }
}
