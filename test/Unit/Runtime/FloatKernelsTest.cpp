//===- FloatKernelsTest.cpp - one chain of fused multiply-adds ------------===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Every instruction set must give the bits of a naive loop over std::fma in
// (ky, kx, channel) order. Sets that this build was not told to use are not
// here; Execution compares the ones that the processor has.
//===----------------------------------------------------------------------===//

#include "RandomData.h"
#include "vernier/Runtime/BatchMatMul.h"
#include "vernier/Runtime/Float/Generic.h"
#if defined(__AVX2__) && defined(__FMA__)
#include "vernier/Runtime/Float/Avx2.h"
#endif
#if defined(__AVX512F__)
#include "vernier/Runtime/Float/Avx512.h"
#endif
#if defined(__aarch64__)
#include "vernier/Runtime/Float/Neon.h"
#endif
#include <cmath>
#include <gtest/gtest.h>

using namespace mlir::vernier::runtime;
using namespace mlir::vernier::numerics;

namespace {

std::vector<FloatKernels> allKernels() {
  return {
      makeFloatKernels<GenericFloat>(),
#if defined(__AVX2__) && defined(__FMA__)
      makeFloatKernels<Avx2Float>(),
#endif
#if defined(__AVX512F__)
      makeFloatKernels<Avx512Float>(),
#endif
#if defined(__aarch64__)
      makeFloatKernels<NeonFloat>(),
#endif
  };
}

float naiveClamp(float value, FloatRange range) { return std::fmin(std::fmax(value, range.min), range.max); }

struct Shape2D {
  int height, width, inputs, outputs, filter, stride, dilation, groups;
};
/// Remainders of every tile size, padding on every side, runs longer than a
/// chunk of zeros, groups, and a convolution that is a matrix product.
const Shape2D shapes[] = {{5, 5, 3, 16, 3, 1, 1, 1},  {7, 9, 6, 10, 3, 2, 1, 2},  {4, 6, 300, 33, 3, 1, 1, 1},
                          {13, 1, 5, 70, 1, 1, 1, 1}, {8, 8, 4, 47, 3, 1, 2, 1},  {6, 6, 2, 5, 5, 2, 1, 1},
                          {9, 3, 12, 24, 3, 1, 1, 4}, {3, 3, 17, 129, 1, 2, 1, 1}};

Conv2DParams params(const Shape2D &s) {
  const int pad = (s.filter - 1) * s.dilation / 2;
  const auto extent = [&](int n) { return (n + 2 * pad - (s.filter - 1) * s.dilation - 1) / s.stride + 1; };
  return {2,        s.height, s.width,  s.inputs, extent(s.height), extent(s.width), s.outputs,
          s.filter, s.filter, s.stride, s.stride, s.dilation,       s.dilation,      pad,
          pad,      s.groups, 0,        0};
}

TEST(FloatKernels, Conv2DIsOneFusedChain) {
  RandomData random(30);
  const FloatRange range = activationRange(FusedActivation::Relu6);
  for (const Shape2D &s : shapes) {
    const Conv2DParams p = params(s);
    const int gi = p.inputChannels / p.groups, go = p.outputChannels / p.groups;
    const auto input = random.vector<float>(p.batches * p.inputHeight * p.inputWidth * p.inputChannels);
    const auto filter = random.vector<float>(p.outputChannels * p.filterHeight * p.filterWidth * gi);
    const auto bias = random.vector<float>(p.outputChannels);
    std::vector<float> packed(packedConvFilterSize(p));
    packConvFilter(p, filter.data(), packed.data());
    std::vector<float> expected;
    for (int n = 0; n < p.batches; ++n)
      for (int y = 0; y < p.outputHeight; ++y)
        for (int x = 0; x < p.outputWidth; ++x)
          for (int c = 0; c < p.outputChannels; ++c) {
            float sum = bias[c];
            for (int ky = 0; ky < p.filterHeight; ++ky)
              for (int kx = 0; kx < p.filterWidth; ++kx)
                for (int k = 0; k < gi; ++k) {
                  const int iy = y * s.stride - p.padTop + ky * s.dilation;
                  const int ix = x * s.stride - p.padLeft + kx * s.dilation;
                  const bool inside = iy >= 0 && iy < s.height && ix >= 0 && ix < s.width;
                  const float value =
                      inside ? input[((n * s.height + iy) * s.width + ix) * s.inputs + c / go * gi + k] : 0.0f;
                  sum = std::fma(value, filter[((c * s.filter + ky) * s.filter + kx) * gi + k], sum);
                }
            expected.push_back(naiveClamp(sum, range));
          }
    for (const FloatKernels &kernels : allKernels()) {
      std::vector<float> output(expected.size());
      kernels.conv2D(p, input.data(), packed.data(), bias.data(), range, output.data());
      EXPECT_EQ(output, expected) << kernels.name << ", " << s.inputs << " to " << s.outputs << " channels";
    }
  }
}

TEST(FloatKernels, DepthwiseIsOneFusedChain) {
  RandomData random(31);
  const int channelsAndMultipliers[][2] = {{8, 1}, {67, 1}, {130, 1}, {1, 8}, {1, 21}, {5, 3}};
  for (const auto &[channels, multiplier] : channelsAndMultipliers) {
    const Shape2D s{7, 6, channels, channels * multiplier, 3, 2, 1, 1};
    const Conv2DParams p = params(s);
    const auto input = random.vector<float>(p.batches * s.height * s.width * channels);
    const auto filter = random.vector<float>(9 * p.outputChannels);
    const auto bias = random.vector<float>(p.outputChannels);
    std::vector<float> expected;
    for (int n = 0; n < p.batches; ++n)
      for (int y = 0; y < p.outputHeight; ++y)
        for (int x = 0; x < p.outputWidth; ++x)
          for (int c = 0; c < p.outputChannels; ++c) {
            float sum = bias[c];
            for (int ky = 0; ky < 3; ++ky)
              for (int kx = 0; kx < 3; ++kx) {
                const int iy = y * 2 - 1 + ky, ix = x * 2 - 1 + kx;
                if (iy >= 0 && iy < s.height && ix >= 0 && ix < s.width)
                  sum = std::fma(input[((n * s.height + iy) * s.width + ix) * channels + c / multiplier],
                                 filter[(ky * 3 + kx) * p.outputChannels + c], sum);
              }
            expected.push_back(sum);
          }
    for (const FloatKernels &kernels : allKernels()) {
      std::vector<float> output(expected.size());
      kernels.depthwiseConv2D(p, input.data(), filter.data(), bias.data(), {}, output.data());
      EXPECT_EQ(output, expected) << kernels.name << ", " << channels << " x " << multiplier;
    }
  }
}

TEST(FloatKernels, TransposeConvScattersEveryInput) {
  RandomData random(32);
  const Conv2DParams p{1, 4, 5, 6, 8, 10, 19, 3, 3, 2, 2, 1, 1, 0, 0, 1, 0, 0};
  const auto input = random.vector<float>(4 * 5 * 6), filter = random.vector<float>(19 * 9 * 6);
  std::vector<float> packed(packedConvFilterSize(p)), expected(8 * 10 * 19), output(8 * 10 * 19);
  packConvFilter(p, filter.data(), packed.data());
  for (int iy = 0; iy < 4; ++iy)
    for (int ix = 0; ix < 5; ++ix)
      for (int ky = 0; ky < 3 && iy * 2 + ky < 8; ++ky)
        for (int kx = 0; kx < 3 && ix * 2 + kx < 10; ++kx)
          for (int c = 0; c < 19; ++c)
            for (int k = 0; k < 6; ++k)
              expected[((iy * 2 + ky) * 10 + ix * 2 + kx) * 19 + c] +=
                  input[(iy * 5 + ix) * 6 + k] * filter[((c * 3 + ky) * 3 + kx) * 6 + k];
  for (const FloatKernels &kernels : allKernels()) {
    kernels.transposeConv(p, input.data(), packed.data(), nullptr, {}, output.data());
    for (size_t i = 0; i < output.size(); ++i)
      ASSERT_NEAR(output[i], expected[i], 1e-4) << kernels.name << " element " << i;
  }
}

TEST(FloatKernels, BatchMatMulTakesEitherSideTransposed) {
  RandomData random(33);
  for (int form = 0; form < 4; ++form) {
    const BatchMatMulParams p{5, 7, 18, (form & 1) != 0, (form & 2) != 0};
    const auto lhs = random.vector<float>(p.rows * p.depth), rhs = random.vector<float>(p.depth * p.columns);
    std::vector<float> scratch(batchMatMulScratch(p)), output(p.rows * p.columns);
    for (const FloatKernels &kernels : allKernels()) {
      matMulFloat(kernels, p, lhs.data(), rhs.data(), scratch.data(), output.data());
      for (int r = 0; r < p.rows; ++r)
        for (int c = 0; c < p.columns; ++c) {
          double sum = 0;
          for (int k = 0; k < p.depth; ++k)
            sum += double(lhs[p.adjointLhs ? k * p.rows + r : r * p.depth + k]) *
                   rhs[p.adjointRhs ? c * p.depth + k : k * p.columns + c];
          ASSERT_NEAR(output[r * p.columns + c], sum, 1e-5) << kernels.name << " form " << form;
        }
    }
  }
}

TEST(FloatKernels, NaNPassesThroughTheClamp) {
  const FullyConnectedParams p{1, 1, 17, 0, 0};
  const float input[] = {NAN};
  const std::vector<float> filter(17, 1.0f);
  std::vector<float> packed(packedFloatSize(1, 17)), output(17);
  packFloatFilter(1, 17, filter.data(), packed.data());
  for (const FloatKernels &kernels : allKernels()) {
    kernels.fullyConnected(p, input, packed.data(), nullptr, activationRange(FusedActivation::Relu6), output.data());
    for (float value : output)
      EXPECT_TRUE(std::isnan(value)) << kernels.name;
  }
}

} // namespace
