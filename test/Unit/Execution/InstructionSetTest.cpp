//===- InstructionSetTest.cpp - The same bits from every instruction set ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "../../../lib/Execution/Kernels/FloatIsa.h"
#include "gtest/gtest.h"
#include <cmath>
#include <random>
#include <vector>

using namespace mlir::vernier;

static std::vector<float> randomFloats(size_t size, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<float> values(size);
  for (float &value : values)
    value = std::ldexp(float(int(random() % 20001) - 10000), -int(random() % 16));
  return values;
}

TEST(InstructionSets, ConvolutionsAgreeToTheBit) {
  for (int channels : {1, 3, 17})
    for (int outputs : {1, 16, 35}) {
      runtime::Conv2DParams p{};
      p.batches = 2;
      p.inputHeight = p.inputWidth = p.outputHeight = p.outputWidth = 9;
      p.inputChannels = channels;
      p.outputChannels = outputs;
      p.filterHeight = p.filterWidth = 3;
      p.strideHeight = p.strideWidth = p.dilationHeight = p.dilationWidth = p.groups = 1;
      p.padTop = p.padLeft = 1;
      auto input = randomFloats(2 * 81 * channels, 1), filter = randomFloats(9 * channels * outputs, 2);
      auto bias = randomFloats(outputs, 3);
      std::vector<float> packed(runtime::packedConvFilterSize(p)), expected;
      runtime::packConvFilter(p, filter.data(), packed.data());
      for (const runtime::FloatKernels *kernels : allFloatKernels()) {
        std::vector<float> output(2 * 81 * outputs);
        kernels->conv2D(p, input.data(), packed.data(), bias.data(), {-100.0f, 1e9f}, output.data());
        if (expected.empty())
          expected = output;
        EXPECT_EQ(output, expected) << kernels->name << ", " << channels << " to " << outputs << " channels";
      }
    }
}
