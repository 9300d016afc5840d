//===- IntegerKernelsTest.cpp - packed 8-bit kernels ----------------------===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Every instruction set must equal the scalar kernels, which ConvolutionTest
// holds against naive loops.
//===----------------------------------------------------------------------===//

#include "IntegerIsas.h"
#include "RandomData.h"
#include <gtest/gtest.h>

using namespace mlir::vernier::runtime;
using namespace mlir::vernier::numerics;

namespace {

struct Shape2D {
  int size, inputs, outputs, filter, stride, dilation, groups;
};
const Shape2D shapes[] = {{5, 3, 16, 3, 1, 1, 1},
                          {7, 6, 10, 3, 2, 1, 2},
                          {4, 300, 33, 3, 1, 1, 1},
                          {3, 5, 70, 1, 1, 1, 1},
                          {8, 4, 47, 3, 1, 2, 1},
                          {6, 2, 5, 5, 2, 1, 1},
                          {9, 12, 24, 3, 1, 1, 4},
                          {3, 17, 129, 1, 2, 1, 1},
                          {20, 16, 64, 3, 1, 1, 1},
                          {17, 3, 33, 3, 2, 1, 1},
                          {12, 96, 80, 1, 1, 1, 1},
                          {19, 8, 200, 5, 1, 2, 1},
                          {10, 600, 40, 2, 1, 1, 1},
                          // Windows and rows that no strip holds, rows that one holds in parts, and every tile.
                          {2, 2001, 3, 3, 1, 1, 1},
                          {2, 2200, 2, 3, 1, 1, 2},
                          {1, 17000, 3, 1, 1, 1, 1},
                          {9, 701, 5, 3, 2, 1, 1},
                          {9, 1, 65, 3, 1, 1, 1},
                          {31, 8, 7, 3, 1, 9, 1},
                          {7, 33, 150, 1, 1, 1, 1}};

template <class T, class Requantizer> void compare(const Requantizer &requantize) {
  constexpr int low = std::numeric_limits<T>::min(), high = std::numeric_limits<T>::max();
  RandomData random(110);
  for (const Shape2D &s : shapes)
    for (const int zeroPoint : {low, 7, high}) {
      const int pad = (s.filter - 1) * s.dilation / 2;
      const int extent = (s.size + 2 * pad - (s.filter - 1) * s.dilation - 1) / s.stride + 1;
      const int weightZeroPoint = std::is_signed<T>::value ? 0 : 131;
      const Conv2DParams p{2,          s.size,   s.size,   s.inputs, extent,    extent,
                           s.outputs,  s.filter, s.filter, s.stride, s.stride,  s.dilation,
                           s.dilation, pad,      pad,      s.groups, zeroPoint, weightZeroPoint};
      const auto input = random.vector<T>(2 * s.size * s.size * s.inputs);
      const auto filter = random.vector<T>(s.outputs * s.filter * s.filter * s.inputs / s.groups);
      auto bias = random.vector<int32_t>(s.outputs);
      for (int32_t &value : bias)
        value >>= 14;
      const IntegerFilterShape shape = integerFilterShape(p);
      std::vector<int8_t> weights(shape.weightsSize());
      std::vector<int32_t> starts(shape.startsSize());
      packIntegerFilter(shape, zeroPoint, filter.data(), bias.data(), weights.data(), starts.data());
      std::vector<T> expected(2 * extent * extent * s.outputs), output(expected.size());
      conv2D(p, input.data(), filter.data(), bias.data(), requantize, expected.data());
      forEachIntegerIsa([&](auto isa) {
        const auto kernels = makeIntegerKernels<decltype(isa), T, Requantizer>();
        const std::vector<int32_t> own = startsFor<decltype(isa)>(weights, starts);
        const std::vector<int8_t> ordered = weightsFor<decltype(isa)>(weights);
        kernels.conv2D(p, input.data(), {ordered.data(), own.data()}, requantize, output.data());
        EXPECT_EQ(output, expected) << kernels.name << ", " << s.inputs << " to " << s.outputs << " channels";
      });

      // The same numbers as a matrix and as a depthwise filter.
      const FullyConnectedParams matrix{2 * s.size * s.size, s.inputs, s.outputs, zeroPoint, weightZeroPoint};
      const IntegerFilterShape matrixShape = integerFilterShape(matrix);
      const auto matrixFilter = random.vector<T>(s.outputs * s.inputs);
      weights.resize(matrixShape.weightsSize());
      starts.resize(matrixShape.startsSize());
      packIntegerFilter(matrixShape, zeroPoint, matrixFilter.data(), bias.data(), weights.data(), starts.data());
      expected.resize(matrix.batches * s.outputs);
      output.resize(expected.size());
      fullyConnected(matrix, input.data(), matrixFilter.data(), bias.data(), requantize, expected.data());
      forEachIntegerIsa([&](auto isa) {
        const auto kernels = makeIntegerKernels<decltype(isa), T, Requantizer>();
        const std::vector<int32_t> own = startsFor<decltype(isa)>(weights, starts);
        const std::vector<int8_t> ordered = weightsFor<decltype(isa)>(weights);
        kernels.fullyConnected(matrix, input.data(), {ordered.data(), own.data()}, requantize, output.data());
        EXPECT_EQ(output, expected) << kernels.name << ", matrix of " << s.inputs << " to " << s.outputs;
      });

      Conv2DParams depthwise = p;
      depthwise.inputChannels = s.outputs;
      const auto wideInput = random.vector<T>(2 * s.size * s.size * s.outputs);
      const auto depthwiseFilter = random.vector<T>(s.filter * s.filter * s.outputs);
      expected.resize(2 * extent * extent * s.outputs);
      output.resize(expected.size());
      depthwiseConv2D(depthwise, wideInput.data(), depthwiseFilter.data(), bias.data(), requantize, expected.data());
      forEachIntegerIsa([&](auto isa) {
        const auto kernels = makeIntegerKernels<decltype(isa), T, Requantizer>();
        kernels.depthwiseConv2D(depthwise, wideInput.data(), depthwiseFilter.data(), bias.data(), requantize,
                                output.data());
        EXPECT_EQ(output, expected) << kernels.name << ", depthwise of " << s.outputs;
      });
    }
}

std::vector<float> scales() {
  std::vector<float> values(256);
  for (size_t i = 0; i < values.size(); ++i)
    values[i] = 0.0001f * float(10 + i % 17);
  return values;
}

TEST(IntegerKernels, Int8WithFloatRequantization) {
  const auto values = scales();
  compare<int8_t>(FloatRequantizer{values.data(), 1, {3, -100, 120}});
}

/// Results over their own input: the last row of each is written first.
template <class Isa> void compareOverlapping() {
  RandomData random(111);
  const std::vector<float> values = scales();
  const FloatRequantizer requantize{values.data(), 1, {3, -128, 127}};
  for (const int stride : {1, 2, 3})
    for (const int channels : {5, 96})
      for (const int filterSize : {3, 5}) {
        const int size = 13, pad = filterSize / 2, extent = (size + 2 * pad - filterSize) / stride + 1;
        const Conv2DParams p{1,      size,   size, channels, extent, extent, channels, filterSize, filterSize,
                             stride, stride, 1,    1,        pad,    pad,    1,        -3,         0};
        const auto input = random.vector<int8_t>(size * size * channels);
        const auto filter = random.vector<int8_t>(filterSize * filterSize * channels);
        std::vector<int8_t> expected(extent * extent * channels);
        depthwiseConv2D(p, input.data(), filter.data(), static_cast<const int32_t *>(nullptr), requantize,
                        expected.data());
        std::vector<int8_t> memory(input);
        const auto distance = static_cast<size_t>(overlapDistance(p));
        EXPECT_LT(distance, input.size());
        memory.resize(distance + expected.size());
        depthwiseConv2DOverlapping<Isa>(p, memory.data(), filter.data(), nullptr, requantize, memory.data() + distance);
        memory.erase(memory.begin(), memory.begin() + distance);
        EXPECT_EQ(memory, expected) << Isa::name << ", stride " << stride << ", " << channels << " channels";
      }
}

/// The largest products there are: no instruction may saturate on the way.
template <class Isa> void compareExtremes() {
  const std::vector<float> values(40, 1e-5f);
  const FloatRequantizer requantize{values.data(), 1, {0, -128, 127}};
  const Conv2DParams p{1, 5, 5, 24, 3, 3, 40, 3, 3, 1, 1, 1, 1, 0, 0, 1, -128, 0};
  for (const int8_t input : {-128, 127})
    for (const int8_t weight : {-128, -127, 127}) {
      const std::vector<int8_t> inputs(5 * 5 * 24, input), filter(40 * 9 * 24, weight);
      const IntegerFilterShape shape = integerFilterShape(p);
      std::vector<int8_t> weights(shape.weightsSize());
      std::vector<int32_t> starts(shape.startsSize());
      packIntegerFilter(shape, p.inputZeroPoint, filter.data(), nullptr, weights.data(), starts.data());
      std::vector<int8_t> expected(9 * 40), got(expected.size());
      conv2D(p, inputs.data(), filter.data(), static_cast<const int32_t *>(nullptr), requantize, expected.data());
      const std::vector<int32_t> own = startsFor<Isa>(weights, starts);
      const std::vector<int8_t> ordered = weightsFor<Isa>(weights);
      conv2DPacked<Isa>(p, inputs.data(), PackedIntegerFilter{ordered.data(), own.data()}, requantize, got.data());
      EXPECT_EQ(got, expected) << Isa::name << ", " << int(input) << " times " << int(weight);
    }
}

TEST(IntegerKernels, LargestProducts) {
  forEachIntegerIsa([](auto isa) { compareExtremes<decltype(isa)>(); });
}

TEST(IntegerKernels, PairedWeights) {
  std::vector<int8_t> packed(128), paired(128), back(128);
  for (size_t i = 0; i < packed.size(); ++i)
    packed[i] = int8_t(i);
  pairWeights(packed.data(), int64_t(packed.size()), paired.data());
  // Channel 1 of the second half of the first step: its first two weights, and 16 bytes on its last two.
  EXPECT_EQ(paired[34], packed[36]);
  EXPECT_EQ(paired[35], packed[37]);
  EXPECT_EQ(paired[50], packed[38]);
  EXPECT_EQ(paired[51], packed[39]);
  unpairWeights(paired.data(), int64_t(paired.size()), back.data());
  EXPECT_EQ(back, packed);
}

TEST(IntegerKernels, DepthwiseResultsOverTheirInput) {
  forEachIntegerIsa([](auto isa) { compareOverlapping<decltype(isa)>(); });
}

TEST(IntegerKernels, ScalesThatLeaveInt32) {
  std::vector<float> values = scales();
  for (size_t i = 0; i < values.size(); i += 5)
    values[i] = i % 2 ? 1.0f : 1e9f;
  compare<int8_t>(FloatRequantizer{values.data(), 1, {3, -100, 120}});
}

/// Vectors compute these as long as no sum of the layer can leave int32, which some of the layers' can.
TEST(IntegerKernels, ScalesOfOneAndMore) {
  for (const float large : {1.0f, 3.5f, 400.0f, 7000.0f, 100000.0f}) {
    std::vector<float> values = scales();
    for (size_t i = 0; i < values.size(); i += 5)
      values[i] = large;
    compare<int8_t>(FloatRequantizer{values.data(), 1, {3, -100, 120}});
  }
}

TEST(IntegerKernels, UInt8WithAWeightZeroPoint) {
  const auto values = scales();
  compare<uint8_t>(FloatRequantizer{values.data(), 0, {100, 3, 250}});
}

TEST(IntegerKernels, Int8WithFixedPointRequantization) {
  std::vector<FixedPointMultiplier> multipliers;
  for (const float scale : scales())
    multipliers.push_back(quantizeMultiplier(scale));
  compare<int8_t>(FixedPointRequantizer{multipliers.data(), 1, {-7, -128, 127}});
}

} // namespace
