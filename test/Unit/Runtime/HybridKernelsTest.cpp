//===- HybridKernelsTest.cpp - packed kernels with dynamic range ----------===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Every instruction set must equal the scalar kernels of DynamicRange.h to the bit; those are held against LiteRT by
// test/E2E/sweep.py.
//===----------------------------------------------------------------------===//

#include "IntegerIsas.h"
#include "RandomConvolution.h"
#include "vernier/Runtime/Integer/Hybrid.h"
#include <gtest/gtest.h>

using namespace mlir::vernier::runtime;
using namespace mlir::vernier::numerics;

namespace {

/// Random weights of a filter, as both kinds of kernels take them.
struct RandomFilter {
  std::vector<int8_t> filter, weights;
  std::vector<int32_t> weightSums;
  std::vector<float> scales, bias;

  RandomFilter(RandomData &random, const IntegerFilterShape &shape)
      : filter(random.vector<int8_t>(int64_t(shape.groups) * shape.outputs * shape.taps * shape.length)),
        weights(shape.weightsSize()), weightSums(shape.startsSize()),
        scales(random.vector<float>(int64_t(shape.groups) * shape.outputs + hybridSlack)),
        bias(random.vector<float>(scales.size())) {
    packHybridFilter(shape, filter.data(), weights.data(), weightSums.data());
  }
};

/// Results of `run(kernels, filter)` on each instruction set.
template <class QuantizeRow, class Scale, class Run>
void compare(const RandomFilter &filter, const std::vector<float> &expected, const std::string &what, Run run) {
  forEachIntegerIsa([&](auto isa) {
    using Isa = decltype(isa);
    const auto ordered = weightsFor<Isa>(filter.weights);
    std::vector<float> output(expected.size());
    run(makeHybridKernels<Isa, QuantizeRow, Scale>(),
        PackedHybridFilter{ordered.data(), filter.weightSums.data(), filter.scales.data(), filter.bias.data()},
        output.data());
    EXPECT_EQ(output, expected) << Isa::name << ", " << what;
  });
}

constexpr FloatRange narrow{-900.0f, 1500.0f};

template <class QuantizeRow, class Scale> void compareMatrices() {
  RandomData random(310);
  const FullyConnectedParams shapes[] = {{1, 1, 1, 0, 0},     {1, 640, 128, 0, 0}, {1, 37, 75, 0, 0},
                                         {3, 130, 8, 0, 0},   {7, 64, 100, 0, 0},  {300, 5, 17, 0, 0},
                                         {70, 200, 33, 0, 0}, {2, 9000, 3, 0, 0},  {2, 17001, 20, 0, 0}};
  for (const FullyConnectedParams &p : shapes) {
    const RandomFilter filter(random, integerFilterShape(p));
    auto input = random.vector<float>(int64_t(p.batches) * p.inputChannels);
    // One row of zeros, and one that is not positive.
    if (p.batches > 2)
      for (int32_t i = 0; i < p.inputChannels; ++i) {
        input[i] = 0;
        input[p.inputChannels + i] = -std::fabs(input[p.inputChannels + i]);
      }
    std::vector<int8_t> stored(int64_t(hybridRows(p.inputChannels)) * p.inputChannels);
    std::vector<float> expected(int64_t(p.batches) * p.outputChannels);
    fullyConnectedHybrid(p, QuantizeRow(), Scale(), input.data(), filter.filter.data(), filter.scales.data(), 1,
                         filter.bias.data(), narrow, stored.data(), expected.data());
    compare<QuantizeRow, Scale>(filter, expected, std::to_string(p.inputChannels) + " inputs",
                                [&](const auto &kernels, const PackedHybridFilter &packed, float *output) {
                                  kernels.fullyConnected(p, QuantizeRow(), Scale(), input.data(), packed, narrow,
                                                         stored.data(), output);
                                });
  }
}

template <class QuantizeRow, class Scale> void compareConvolutions(int count) {
  RandomData random(311);
  for (int i = 0; i < count; ++i) {
    auto p = drawConvolution(random, /*isSigned=*/true);
    if (!p)
      continue;
    // That of a row is found when it comes.
    p->inputZeroPoint = 0;
    const RandomFilter filter(random, integerFilterShape(*p));
    const int64_t size = int64_t(p->inputHeight) * p->inputWidth * p->inputChannels;
    const auto input = random.vector<float>(p->batches * size);
    std::vector<int8_t> stored(size);
    std::vector<float> expected(int64_t(p->batches) * p->outputHeight * p->outputWidth * p->outputChannels);
    conv2DHybrid(*p, QuantizeRow(), Scale(), input.data(), filter.filter.data(), filter.scales.data(), 1,
                 filter.bias.data(), narrow, stored.data(), expected.data());
    compare<QuantizeRow, Scale>(
        filter, expected, describe(*p), [&](const auto &kernels, const PackedHybridFilter &packed, float *output) {
          kernels.conv2D(*p, QuantizeRow(), Scale(), input.data(), packed, narrow, stored.data(), output);
        });
  }
}

TEST(HybridKernels, MatricesOfXnnpack) { compareMatrices<QuantizeRowXnnpack, ScaleFused>(); }
TEST(HybridKernels, MatricesByProduct) { compareMatrices<QuantizeRowSymmetric, ScaleByProduct>(); }
TEST(HybridKernels, MatricesByWeightFirst) { compareMatrices<QuantizeRowAsymmetric, ScaleByWeightFirst>(); }
TEST(HybridKernels, ConvolutionsOfXnnpack) { compareConvolutions<QuantizeRowXnnpack, ScaleFused>(60); }
TEST(HybridKernels, ConvolutionsByProduct) { compareConvolutions<QuantizeRowAsymmetric, ScaleByProduct>(30); }
TEST(HybridKernels, ConvolutionsByWeightFirst) { compareConvolutions<QuantizeRowAsymmetric, ScaleByWeightFirst>(30); }

// A window that no strip holds.
TEST(HybridKernels, HugeWindows) {
  RandomData random(312);
  const Conv2DParams p{1, 2, 2, 2200, 2, 2, 20, 3, 3, 1, 1, 1, 1, 1, 1, 1, 0, 0};
  const RandomFilter filter(random, integerFilterShape(p));
  const auto input = random.vector<float>(4 * 2200);
  std::vector<int8_t> stored(input.size());
  std::vector<float> expected(4 * 20);
  conv2DHybrid(p, QuantizeRowXnnpack(), ScaleFused(), input.data(), filter.filter.data(), filter.scales.data(), 1,
               filter.bias.data(), narrow, stored.data(), expected.data());
  compare<QuantizeRowXnnpack, ScaleFused>(
      filter, expected, "windows", [&](const auto &kernels, const PackedHybridFilter &packed, float *output) {
        kernels.conv2D(p, QuantizeRowXnnpack(), ScaleFused(), input.data(), packed, narrow, stored.data(), output);
      });
}

} // namespace
