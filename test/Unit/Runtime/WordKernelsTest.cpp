//===- WordKernelsTest.cpp - 16x8 kernels ---------------------------------===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Every instruction set must equal the scalar kernels, over random shapes, weights and biases that need 64 bits for
// their sums and that do not, and multipliers of every size.
//===----------------------------------------------------------------------===//

#include "IntegerIsas.h"
#include "RandomConvolution.h"
#include <cmath>
#include <cstdlib>
#include <gtest/gtest.h>

using namespace mlir::vernier::runtime;
using namespace mlir::vernier::numerics;

namespace {

/// A filter packed as a planner packs it.
struct Packed {
  IntegerFilterShape shape;
  std::vector<int8_t> weights;
  std::vector<int64_t> wide;
  std::vector<int32_t> narrow;
  bool fits;
  int32_t steps;

  Packed(const IntegerFilterShape &shape, const int8_t *filter, const int64_t *bias)
      : shape(shape), weights(shape.weightsSize()), wide(shape.startsSize()), narrow(wide.size()) {
    packIntegerFilter<int8_t, int16_t>(shape, 0, filter, nullptr, weights.data(), narrow.data());
    for (int32_t g = 0; g < shape.groups; ++g)
      for (int32_t c = 0; c < shape.outputs; ++c)
        wide[g * shape.blocks() * integerBlock + c] = bias[g * shape.outputs + c];
    fits = sumsFit32Bits(shape, weights.data(), wide.data());
    steps = exactSteps(shape, weights.data());
    for (size_t i = 0; i < wide.size(); ++i)
      narrow[i] = int32_t(wide[i]);
  }
  PackedIntegerFilter inNarrow() const { return {weights.data(), narrow.data()}; }
  PackedWideFilter inWide() const { return {weights.data(), wide.data(), steps}; }
};

/// What one layer reads.
struct Layer {
  std::vector<int16_t> input;
  std::vector<int8_t> filter;
  std::vector<int64_t> bias;
};

template <class Requantizer>
void compareConvolution(const Conv2DParams &p, const Layer &layer, const Requantizer &requantize) {
  const Packed packed(integerFilterShape(p), layer.filter.data(), layer.bias.data());
  std::vector<int16_t> expected(size_t(p.batches) * p.outputHeight * p.outputWidth * p.outputChannels),
      got(expected.size());
  conv2D(p, layer.input.data(), layer.filter.data(), layer.bias.data(), requantize, expected.data());
  forEachIntegerIsa([&](auto isa) {
    using Isa = decltype(isa);
    if (packed.fits) {
      conv2DPacked<Isa>(p, layer.input.data(), packed.inNarrow(), requantize, got.data());
      EXPECT_EQ(got, expected) << Isa::name << ", sums of 32 bits: " << describe(p);
    }
    conv2DPacked<Isa>(p, layer.input.data(), packed.inWide(), requantize, got.data());
    EXPECT_EQ(got, expected) << Isa::name << ", sums of 64 bits: " << describe(p);
  });
}

/// `largest`: of the weights.
Layer drawLayer(const Conv2DParams &p, RandomData &random, int largest) {
  const size_t images = size_t(p.batches) * p.inputHeight * p.inputWidth;
  Layer layer{
      random.vector<int16_t>(images * p.inputChannels),
      random.vector<int8_t>(size_t(p.outputChannels) * p.filterHeight * p.filterWidth * (p.inputChannels / p.groups)),
      std::vector<int64_t>(p.outputChannels)};
  for (int8_t &weight : layer.filter)
    weight = int8_t(weight * largest / 128);
  for (int64_t &value : layer.bias)
    value = random.integer(-(1 << 26), 1 << 26);
  return layer;
}

std::vector<FixedPointMultiplier> drawMultipliers(RandomData &random, bool anySize) {
  std::vector<FixedPointMultiplier> multipliers(640);
  for (FixedPointMultiplier &m : multipliers) {
    const int kind = anySize ? random.integer(0, 5) : 0;
    const double size = kind < 3 ? 1e-3 : kind == 3 ? 1e-7 : kind == 4 ? 40 : 1e-12;
    m = quantizeMultiplier(size * random.real(0.01f, 1));
  }
  return multipliers;
}

TEST(WordKernels, Sweep) {
  RandomData random(130);
  const int rounds = std::getenv("VERNIER_LONG_TESTS") ? 1000 : 40;
  for (int round = 0; round < rounds; ++round)
    if (std::optional<Conv2DParams> p = drawConvolution(random, true)) {
      p->inputZeroPoint = 0;
      const auto multipliers = drawMultipliers(random, random.integer(0, 1));
      const FixedPoint64Requantizer requantize{
          multipliers.data(), random.integer(0, 3) > 0, {0, -32768, random.integer(0, 1) ? 32767 : 20000}};
      const Layer layer = drawLayer(*p, random, random.integer(0, 1) ? 128 : 8);
      compareConvolution(*p, layer, requantize);

      Conv2DParams depthwise = *p;
      depthwise.inputChannels = p->outputChannels;
      const auto input =
          random.vector<int16_t>(size_t(p->batches) * p->inputHeight * p->inputWidth * p->outputChannels);
      const std::vector<int32_t> bias(layer.bias.begin(), layer.bias.end());
      std::vector<int16_t> expected(size_t(p->batches) * p->outputHeight * p->outputWidth * p->outputChannels),
          got(expected.size());
      depthwiseConv2D(depthwise, input.data(), layer.filter.data(), bias.data(), requantize, expected.data());
      forEachIntegerIsa([&](auto isa) {
        using Isa = decltype(isa);
        depthwiseConv2DVector<Isa>(depthwise, input.data(), layer.filter.data(), bias.data(), requantize, got.data());
        EXPECT_EQ(got, expected) << Isa::name << ", depthwise convolution " << describe(depthwise);
      });
    }
}

TEST(WordKernels, ExtremeSums) {
  RandomData random(131);
  const auto multipliers = drawMultipliers(random, true);
  const FixedPoint64Requantizer requantize{multipliers.data(), 1, {0, -32768, 32767}};
  for (const int channels : {508, 512, 516, 1100, 9000})
    for (const int sign : {-1, 1}) {
      const Conv2DParams p{1, 1, 7, channels, 1, 7, 35, 1, 1, 1, 1, 1, 1, 0, 0, 1, 0, 0};
      Layer layer = drawLayer(p, random, 128);
      std::fill(layer.input.begin(), layer.input.end(), int16_t(-32768));
      std::fill(layer.filter.begin(), layer.filter.end(), int8_t(sign < 0 ? -128 : 127));
      for (size_t c = 0; c < layer.bias.size(); ++c)
        layer.bias[c] = (int64_t(1) << (20 + c % 20)) * (c % 2 ? -1 : 1);
      compareConvolution(p, layer, requantize);
    }
}

TEST(WordKernels, SumsThatJustFit) {
  // 511 products of the largest weight, and what is left below 2^31.
  const Conv2DParams p{1, 1, 5, 511, 1, 5, 16, 1, 1, 1, 1, 1, 1, 0, 0, 1, 0, 0};
  const int64_t sum = int64_t(511) * 128 * 32768, rest = (int64_t(1) << 31) - 1 - sum;
  const std::vector<FixedPointMultiplier> multipliers(16, quantizeMultiplier(1.0 / 65600));
  for (const int64_t bias : {rest, rest + 1, -rest, -rest - 1}) {
    Layer layer{std::vector<int16_t>(5 * 511, bias < 0 ? 32767 : -32768), std::vector<int8_t>(511 * 16, -128),
                std::vector<int64_t>(16, bias)};
    const Packed packed(integerFilterShape(p), layer.filter.data(), layer.bias.data());
    EXPECT_EQ(packed.fits, bias == rest || bias == -rest);
    compareConvolution(p, layer, FixedPoint64Requantizer{multipliers.data(), 1, {0, -32768, 32767}});
  }
}

/// In double a sum may have 64 bits, too: LiteRT's FULLY_CONNECTED with a bias of as many.
TEST(WordKernels, WideSumsInDouble) {
  const FullyConnectedParams p{2, 1200, 17, 0, 0};
  Layer layer{std::vector<int16_t>(2 * 1200, 32767), std::vector<int8_t>(1200 * 17, 127), std::vector<int64_t>(17)};
  std::fill(layer.input.begin() + 1200, layer.input.end(), int16_t(-32768));
  const std::vector<double> scales(17, 4e-6);
  const Packed packed(integerFilterShape(p), layer.filter.data(), layer.bias.data());
  ASSERT_FALSE(packed.fits);
  const DoubleRequantizer requantize{scales.data(), 1, {0, -32768, 32767}};
  forEachIntegerIsa([&](auto isa) {
    using Isa = decltype(isa);
    std::vector<int16_t> got(2 * 17);
    fullyConnectedPacked<Isa>(p, layer.input.data(), packed.inWide(), requantize, got.data());
    for (int c = 0; c < 17; ++c) {
      EXPECT_EQ(got[c], int16_t(std::round(1200.0 * 32767 * 127 * 4e-6))) << Isa::name;
      EXPECT_EQ(got[17 + c], int16_t(std::round(-1200.0 * 32768 * 127 * 4e-6))) << Isa::name;
    }
  });
}

TEST(WordKernels, EveryArithmetic) {
  RandomData random(132);
  const auto multipliers = drawMultipliers(random, false);
  std::vector<double> scales(640);
  for (double &scale : scales)
    scale = random.real(1e-6f, 1e-3f);
  const FullyConnectedParams p{3, 70, 33, 0, 0};
  const Layer layer = drawLayer({1, 1, 3, 70, 1, 3, 33, 1, 1, 1, 1, 1, 1, 0, 0, 1, 0, 0}, random, 100);
  const Packed packed(integerFilterShape(p), layer.filter.data(), layer.bias.data());
  ASSERT_TRUE(packed.fits);
  const auto compare = [&](const auto &requantize) {
    std::vector<int16_t> expected(3 * 33), got(expected.size());
    fullyConnected(p, layer.input.data(), layer.filter.data(), packed.narrow.data(), requantize, expected.data());
    forEachIntegerIsa([&](auto isa) {
      using Isa = decltype(isa);
      fullyConnectedPacked<Isa>(p, layer.input.data(), packed.inNarrow(), requantize, got.data());
      EXPECT_EQ(got, expected) << Isa::name;
    });
  };
  const QuantizedRange range{0, -32768, 32767};
  compare(DoubleRequantizer{scales.data(), 1, range});
  compare(FixedPointRequantizer{multipliers.data(), 1, range});
  compare(FixedPointHalfUpRequantizer{multipliers.data(), 1, range});
}

} // namespace
