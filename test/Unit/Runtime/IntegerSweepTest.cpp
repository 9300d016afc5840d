//===- IntegerSweepTest.cpp - 8-bit kernels over random shapes ------------===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Convolutions of any shape in every instruction set, against the scalar
// kernels: odd channel counts, images of one row, strides, dilations, groups,
// and padding up to a whole window.
//===----------------------------------------------------------------------===//

#include "IntegerIsas.h"
#include "RandomConvolution.h"
#include <cstdlib>
#include <gtest/gtest.h>

using namespace mlir::vernier::runtime;
using namespace mlir::vernier::numerics;

namespace {

/// `mostWeight`: how far weights are from their zero point at most.
template <class Isa, class T>
void compare(const Conv2DParams &p, RandomData &random, const FloatRequantizer &requantize, int32_t mostWeight = 255) {
  const size_t images = size_t(p.batches) * p.inputHeight * p.inputWidth;
  const auto input = random.vector<T>(images * p.inputChannels);
  auto filter =
      random.vector<T>(size_t(p.outputChannels) * p.filterHeight * p.filterWidth * (p.inputChannels / p.groups));
  for (T &weight : filter)
    weight = static_cast<T>(clamp<int32_t>(weight, p.filterZeroPoint - mostWeight, p.filterZeroPoint + mostWeight));
  auto bias = random.vector<int32_t>(p.outputChannels);
  for (int32_t &value : bias)
    value >>= 14;
  const IntegerFilterShape shape = integerFilterShape(p);
  std::vector<int8_t> weights(shape.weightsSize());
  std::vector<int32_t> starts(shape.startsSize());
  packIntegerFilter(shape, p.inputZeroPoint, filter.data(), bias.data(), weights.data(), starts.data());
  std::vector<T> expected(size_t(p.batches) * p.outputHeight * p.outputWidth * p.outputChannels), got(expected.size());
  conv2D(p, input.data(), filter.data(), bias.data(), requantize, expected.data());
  const std::vector<int32_t> own = startsFor<Isa>(weights, starts);
  conv2DPacked<Isa>(p, input.data(), PackedIntegerFilter{weightsFor<Isa>(weights).data(), own.data()}, requantize,
                    got.data());
  EXPECT_EQ(got, expected) << Isa::name << ", convolution " << describe(p);

  Conv2DParams depthwise = p;
  depthwise.inputChannels = p.outputChannels;
  const auto wide = random.vector<T>(images * p.outputChannels);
  depthwiseConv2D(depthwise, wide.data(), filter.data(), bias.data(), requantize, expected.data());
  depthwiseConv2DVector<Isa>(depthwise, wide.data(), filter.data(), bias.data(), requantize, got.data());
  EXPECT_EQ(got, expected) << Isa::name << ", depthwise convolution " << describe(depthwise);
}

template <class T> void sweep(unsigned seed) {
  RandomData random(seed);
  std::vector<float> scales(640);
  for (size_t i = 0; i < scales.size(); ++i)
    scales[i] = 0.0002f * float(1 + i % 29);
  constexpr int32_t least = std::numeric_limits<T>::min(), most = std::numeric_limits<T>::max();
  // Any clamp, and the one that follows ReLU.
  const mlir::vernier::numerics::QuantizedRange ranges[] = {{3, least + 9, most - 5}, {least, least, most}};
  const int rounds = std::getenv("VERNIER_LONG_TESTS") ? 2000 : 60;
  for (int round = 0; round < rounds; ++round)
    if (const std::optional<Conv2DParams> p = drawConvolution(random, std::is_signed<T>::value))
      forEachIntegerIsa([&](auto isa) {
        compare<decltype(isa), T>(*p, random, FloatRequantizer{scales.data(), 1, ranges[round % 2]});
      });
}

/// Rows of a depthwise convolution that no strip holds whole.
template <class Isa> void compareWide() {
  RandomData random(122);
  const std::vector<float> scales(5, 0.001f);
  for (const int32_t stride : {1, 2})
    for (const int32_t dilation : {1, 3}) {
      const int32_t width = (1500 + 2 - 2 * dilation - 1) / stride + 1;
      compare<Isa, int8_t>({1, 3, 1500, 5, 3, width, 5, 3, 3, 1, stride, 1, dilation, 1, 1, 1, 4, 0}, random,
                           {scales.data(), 1, {3, -128, 127}});
    }
}

TEST(IntegerSweep, WideImages) {
  forEachIntegerIsa([](auto isa) { compareWide<decltype(isa)>(); });
}

/// Depthwise convolutions whose channels fill a vector, or of whose pixels some do: they may be read where they are.
template <class Isa, class T> void compareInPlace(int32_t weightZeroPoint, int32_t mostWeight) {
  RandomData random(123);
  const std::vector<float> scales(128, 0.001f);
  const FloatRequantizer requantize{
      scales.data(), 1, {3, std::numeric_limits<T>::min(), std::numeric_limits<T>::max()}};
  for (const int32_t channels : {8, 16, 64, 128})
    for (const int32_t width : {1, 2, 9, 24})
      for (const int32_t stride : {1, 2})
        for (const int32_t filter : {1, 2, 3})
          for (const int32_t padding : {0, filter - 1}) {
            const int32_t rows = (4 + padding - filter) / stride + 1, columns = (width + padding - 1) / stride + 1;
            compare<Isa, T>({2, 4, width, channels, rows, columns, channels, filter, filter, stride, stride, 1, 1,
                             padding, padding, 1, 4, weightZeroPoint},
                            random, requantize, mostWeight);
          }
}

TEST(IntegerSweep, DepthwiseInPlace) {
  forEachIntegerIsa([](auto isa) { compareInPlace<decltype(isa), int8_t>(0, 128); });
}

/// Differences of weights from their zero point: some that bytes hold, and some that they do not.
TEST(IntegerSweep, WeightZeroPoints) {
  forEachIntegerIsa([](auto isa) {
    for (const int32_t zeroPoint : {1, 200})
      for (const int32_t most : {127, 255})
        compareInPlace<decltype(isa), uint8_t>(zeroPoint, most);
  });
}

TEST(IntegerSweep, Int8) { sweep<int8_t>(120); }
TEST(IntegerSweep, UInt8) { sweep<uint8_t>(121); }

} // namespace
