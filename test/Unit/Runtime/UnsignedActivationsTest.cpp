//===- UnsignedActivationsTest.cpp - int8 held as unsigned numbers --------===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Layers of int8 whose inputs, results or both are uint8, each 128 more, with the packed weights, start values and
// filters of int8: results are those of the scalar kernels on int8, in every instruction set.
//===----------------------------------------------------------------------===//

#include "IntegerIsas.h"
#include "RandomConvolution.h"
#include "vernier/Runtime/Activation.h"
#include "vernier/Runtime/Arithmetic.h"
#include "vernier/Runtime/Elementwise.h"
#include <cstdlib>
#include <gtest/gtest.h>

using namespace mlir::vernier::runtime;
using namespace mlir::vernier::numerics;

namespace {

/// What numbers are more by where T holds them.
template <class T> constexpr int32_t shiftOf = std::is_signed<T>::value ? 0 : 128;

template <class To, class From> std::vector<To> convert(const std::vector<From> &values) {
  std::vector<To> held;
  for (const From value : values)
    held.push_back(static_cast<To>(value - shiftOf<From> + shiftOf<To>));
  return held;
}

template <class T> QuantizedRange rangeOf(QuantizedRange range) {
  return {range.zeroPoint + shiftOf<T>, range.min + shiftOf<T>, range.max + shiftOf<T>};
}

/// A layer of int8.
struct Layer {
  Conv2DParams p;
  std::vector<int8_t> input, filter;
  std::vector<int32_t> bias;
  std::vector<float> scales;
  QuantizedRange range;

  Layer(const Conv2DParams &p, int32_t channels, QuantizedRange range, RandomData &random)
      : p(p), input(random.vector<int8_t>(size_t(p.batches) * p.inputHeight * p.inputWidth * channels)),
        filter(random.vector<int8_t>(size_t(p.outputChannels) * p.filterHeight * p.filterWidth *
                                     (p.inputChannels / p.groups))),
        bias(random.vector<int32_t>(p.outputChannels)), range(range) {
    this->p.inputChannels = channels;
    for (int32_t &value : bias)
      value >>= 14;
    for (int32_t c = 0; c < p.outputChannels; ++c)
      scales.push_back(0.0002f * float(1 + c % 29));
  }
  size_t outputs() const { return size_t(p.batches) * p.outputHeight * p.outputWidth * p.outputChannels; }
  template <class Out> FloatRequantizer requantizer() const { return {scales.data(), 1, rangeOf<Out>(range)}; }
};

template <class Isa, class In, class Out> std::vector<int8_t> convolve(const Layer &layer) {
  const IntegerFilterShape shape = integerFilterShape(layer.p);
  std::vector<int8_t> weights(shape.weightsSize());
  std::vector<int32_t> starts(shape.startsSize());
  packIntegerFilter(shape, layer.p.inputZeroPoint, layer.filter.data(), layer.bias.data(), weights.data(),
                    starts.data());
  const std::vector<int32_t> ownStarts = startsFor<Isa>(weights, starts);
  const std::vector<int8_t> ownWeights = weightsFor<Isa>(weights);
  Conv2DParams p = layer.p;
  p.inputZeroPoint += shiftOf<In>;
  p.filterZeroPoint += shiftOf<In>;
  std::vector<Out> output(layer.outputs());
  conv2DPacked<Isa>(p, convert<In>(layer.input).data(), PackedIntegerFilter{ownWeights.data(), ownStarts.data()},
                    layer.requantizer<Out>(), output.data());
  return convert<int8_t>(output);
}

template <class Isa, class In, class Out> std::vector<int8_t> convolveDepthwise(const Layer &layer) {
  Conv2DParams p = layer.p;
  p.inputZeroPoint += shiftOf<In>;
  std::vector<Out> output(layer.outputs());
  depthwiseConv2DVector<Isa>(p, convert<In>(layer.input).data(), layer.filter.data(), layer.bias.data(),
                             layer.requantizer<Out>(), output.data());
  return convert<int8_t>(output);
}

/// Both kinds of layers with the filter of `p`, whose results are `p.outputChannels` channels.
template <class Isa> void compare(const Conv2DParams &p, QuantizedRange range, RandomData &random) {
  const Layer layer(p, p.inputChannels, range, random), depthwise(p, p.outputChannels, range, random);
  std::vector<int8_t> expected(layer.outputs());
  conv2D(layer.p, layer.input.data(), layer.filter.data(), layer.bias.data(), layer.requantizer<int8_t>(),
         expected.data());
  EXPECT_EQ((convolve<Isa, uint8_t, int8_t>(layer)), expected) << Isa::name << ", inputs of " << describe(p);
  EXPECT_EQ((convolve<Isa, int8_t, uint8_t>(layer)), expected) << Isa::name << ", results of " << describe(p);
  EXPECT_EQ((convolve<Isa, uint8_t, uint8_t>(layer)), expected) << Isa::name << ", both of " << describe(p);

  depthwiseConv2D(depthwise.p, depthwise.input.data(), depthwise.filter.data(), depthwise.bias.data(),
                  depthwise.requantizer<int8_t>(), expected.data());
  EXPECT_EQ((convolveDepthwise<Isa, uint8_t, int8_t>(depthwise)), expected)
      << Isa::name << ", inputs of depthwise " << describe(depthwise.p);
  EXPECT_EQ((convolveDepthwise<Isa, int8_t, uint8_t>(depthwise)), expected)
      << Isa::name << ", results of depthwise " << describe(depthwise.p);
  EXPECT_EQ((convolveDepthwise<Isa, uint8_t, uint8_t>(depthwise)), expected)
      << Isa::name << ", both of depthwise " << describe(depthwise.p);
}

/// Any clamp, one within the positive numbers, and the one that follows ReLU.
const QuantizedRange ranges[] = {{3, -119, 122}, {9, 9, 127}, {-128, -128, 127}};

TEST(UnsignedActivations, AnyShape) {
  RandomData random(130);
  const int rounds = std::getenv("VERNIER_LONG_TESTS") ? 1000 : 60;
  for (int round = 0; round < rounds; ++round)
    if (const std::optional<Conv2DParams> p = drawConvolution(random, /*isSigned=*/true))
      forEachIntegerIsa([&](auto isa) { compare<decltype(isa)>(*p, ranges[round % 3], random); });
}

/// Channels that fill vectors, or pixels that do, are read where they are, depthwise and by 1x1.
TEST(UnsignedActivations, ReadWhereTheyAre) {
  RandomData random(131);
  for (const int32_t channels : {8, 16, 24, 64, 128})
    for (const int32_t stride : {1, 2})
      for (const int32_t filter : {1, 3}) {
        const int32_t padding = filter / 2, rows = (5 + 2 * padding - filter) / stride + 1,
                      columns = (24 + 2 * padding - filter) / stride + 1;
        forEachIntegerIsa([&](auto isa) {
          compare<decltype(isa)>({2, 5, 24, channels, rows, columns, channels, filter, filter, stride, stride, 1, 1,
                                  padding, padding, 1, 4, 0},
                                 ranges[2], random);
        });
      }
}

/// The bias of a sum holds the zero points of both operands.
TEST(UnsignedActivations, Sums) {
  RandomData random(132);
  const auto lhs = random.vector<int8_t>(300), rhs = random.vector<int8_t>(300);
  const AddXnnpack sum = makeAddXnnpack({0.02f, -5}, {0.07f, 11}, 0.05f, ranges[0], /*subtract=*/false);
  std::vector<int8_t> expected(lhs.size());
  mapElements(300, lhs.data(), rhs.data(), sum, expected.data());
  AddXnnpack held = sum;
  held.bias -= 128 * (sum.lhsMultiplier + sum.rhsMultiplier);
  held.range = rangeOf<uint8_t>(sum.range);
  std::vector<uint8_t> got(lhs.size());
  mapElements(300, convert<uint8_t>(lhs).data(), convert<uint8_t>(rhs).data(), held, got.data());
  EXPECT_EQ(convert<int8_t>(got), expected);
}

} // namespace
