//===- ResidualTest.cpp - operands that convolutions join to their results -===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Convolutions of any shape in every instruction set, with a function of each result and the element at its place:
// what the scalar convolution gives, and the function on one element after the other.
//===----------------------------------------------------------------------===//

#include "IntegerIsas.h"
#include "RandomConvolution.h"
#include "vernier/Runtime/Arithmetic.h"
#include <cmath>
#include <cstdlib>
#include <gtest/gtest.h>

using namespace mlir::vernier::runtime;
using namespace mlir::vernier::numerics;

namespace {

/// No function in vectors, and not the same with its arguments the other way round.
struct Difference {
  template <class T> T operator()(T a, T b) const { return static_cast<T>(a - 3 * b); }
};

template <class T> std::vector<T> joined(std::vector<T> results, const std::vector<T> &residual) {
  for (size_t i = 0; i < results.size(); ++i)
    results[i] = Difference()(results[i], residual[i]);
  return results;
}

template <class T, class Requantizer>
void compare(const Conv2DParams &p, RandomData &random, const Requantizer &requantize) {
  using W = IntegerWeight<T>;
  auto input = random.vector<T>(size_t(p.batches) * p.inputHeight * p.inputWidth * p.inputChannels);
  // So that sums fit 32 bits.
  for (T &value : input)
    value = static_cast<T>(sizeof(T) == 2 ? value / 128 : value);
  const auto filter =
      random.vector<W>(size_t(p.outputChannels) * p.filterHeight * p.filterWidth * (p.inputChannels / p.groups));
  const std::vector<int32_t> bias(p.outputChannels, 1000);
  const IntegerFilterShape shape = integerFilterShape(p);
  std::vector<int8_t> weights(shape.weightsSize());
  std::vector<int32_t> starts(shape.startsSize());
  packIntegerFilter<W, T>(shape, p.inputZeroPoint, filter.data(), bias.data(), weights.data(), starts.data());
  std::vector<T> expected(size_t(p.batches) * p.outputHeight * p.outputWidth * p.outputChannels), got(expected.size());
  const auto residual = random.vector<T>(expected.size());
  conv2D(p, input.data(), filter.data(), bias.data(), requantize, expected.data());
  const std::vector<T> flipped = joined(residual, expected);
  expected = joined(expected, residual);
  forEachIntegerIsa([&](auto isa) {
    using Isa = decltype(isa);
    const bool isByte = sizeof(T) == 1;
    const std::vector<int32_t> own = isByte ? startsFor<Isa>(weights, starts) : starts;
    const std::vector<int8_t> ordered = isByte ? weightsFor<Isa>(weights) : weights;
    const PackedIntegerFilter packed{ordered.data(), own.data()};
    conv2DPacked<Isa>(p, input.data(), packed, requantize, got.data(), residual.data(), Difference());
    EXPECT_EQ(got, expected) << Isa::name << ", " << describe(p);
    conv2DPacked<Isa>(p, input.data(), packed, requantize, got.data(), residual.data(), Flipped<Difference>());
    EXPECT_EQ(got, flipped) << Isa::name << ", " << describe(p);
  });
}

/// Matrices, strips of whole rows and of their parts, and windows that no strip holds.
template <class T, class Requantizer> void compareEveryWay(unsigned seed, const Requantizer &requantize) {
  RandomData random(seed);
  compare<T>({2, 40, 30, 20, 40, 30, 70, 1, 1, 1, 1, 1, 1, 0, 0, 1, 0, 0}, random, requantize);
  compare<T>({1, 3, 1500, 5, 3, 1500, 5, 3, 3, 1, 1, 1, 1, 1, 1, 1, 0, 0}, random, requantize);
  compare<T>({2, 2, 2, 2001, 2, 2, 3, 3, 3, 1, 1, 1, 1, 1, 1, 1, 0, 0}, random, requantize);
  const int rounds = std::getenv("VERNIER_LONG_TESTS") ? 1000 : 40;
  for (int round = 0; round < rounds; ++round)
    if (std::optional<Conv2DParams> p = drawConvolution(random, std::is_signed<T>::value)) {
      if (sizeof(T) == 2)
        p->inputZeroPoint = 0;
      compare<T>(*p, random, requantize);
    }
}

template <class T> void compareBytes(unsigned seed) {
  std::vector<float> scales(640);
  for (size_t i = 0; i < scales.size(); ++i)
    scales[i] = 0.0002f * float(1 + i % 29);
  compareEveryWay<T>(
      seed, FloatRequantizer{scales.data(), 1, {3, std::numeric_limits<T>::min(), std::numeric_limits<T>::max()}});
}

TEST(Residual, Int8) { compareBytes<int8_t>(140); }
TEST(Residual, UInt8) { compareBytes<uint8_t>(141); }
TEST(Residual, Int16) {
  const FixedPointMultiplier multiplier = quantizeMultiplier(0.0003);
  compareEveryWay<int16_t>(142, FixedPointRequantizer{&multiplier, 0, {0, -32768, 32767}});
}

/// Rows of a matrix.
TEST(Residual, FullyConnected) {
  RandomData random(143);
  const FullyConnectedParams p{5, 40, 33, 7, 0};
  const auto input = random.vector<int8_t>(5 * 40), filter = random.vector<int8_t>(33 * 40),
             residual = random.vector<int8_t>(5 * 33);
  const std::vector<float> scales(33, 0.001f);
  const FloatRequantizer requantize{scales.data(), 1, {3, -128, 127}};
  const IntegerFilterShape shape = integerFilterShape(p);
  std::vector<int8_t> weights(shape.weightsSize()), expected(5 * 33), got(5 * 33);
  std::vector<int32_t> starts(shape.startsSize());
  const int32_t *bias = nullptr;
  packIntegerFilter(shape, 7, filter.data(), bias, weights.data(), starts.data());
  fullyConnected(p, input.data(), filter.data(), bias, requantize, expected.data());
  expected = joined(expected, residual);
  forEachIntegerIsa([&](auto isa) {
    using Isa = decltype(isa);
    const std::vector<int32_t> own = startsFor<Isa>(weights, starts);
    fullyConnectedPacked<Isa>(p, input.data(), PackedIntegerFilter{weightsFor<Isa>(weights).data(), own.data()},
                              requantize, got.data(), residual.data(), Difference());
    EXPECT_EQ(got, expected) << Isa::name;
  });
}

/// Every pair of bytes, in the vectors of this processor and one by one, where a sum leaves 16 bits as well.
template <class T> void compareSums() {
  constexpr int32_t least = std::numeric_limits<T>::min(), most = std::numeric_limits<T>::max();
  RandomData random(144);
  std::vector<T> lhs(65536), rhs(lhs.size()), expected(lhs.size()), got(lhs.size());
  for (size_t i = 0; i < lhs.size(); ++i) {
    lhs[i] = static_cast<T>(i);
    rhs[i] = static_cast<T>(i >> 8);
  }
  for (const bool subtract : {false, true})
    for (const float scale : {0.005f, 0.7f, 20.0f})
      for (const QuantizedRange &range :
           {QuantizedRange{3, least, most}, {least, least, most}, {most, least + 40, most - 9}}) {
        const AddXnnpack sum =
            makeAddXnnpack({random.real(0.5f, 1) * scale, random.integer(least, most)},
                           {random.real(0.01f, 1) * scale, random.integer(least, most)}, 0.1f, range, subtract);
        for (size_t i = 0; i < lhs.size(); ++i)
          expected[i] = static_cast<T>(sum(lhs[i], rhs[i]));
        for (size_t i = 0; i < lhs.size(); i += 64)
          mapBlock(sum, &lhs[i], &rhs[i], &got[i]);
        EXPECT_EQ(got, expected) << scale;
        // In place.
        got = rhs;
        for (size_t i = 0; i < lhs.size(); i += 64)
          mapBlock(sum, &lhs[i], &got[i], &got[i]);
        EXPECT_EQ(got, expected) << scale;
      }
}

TEST(Residual, SumsOfBytes) {
  compareSums<int8_t>();
  compareSums<uint8_t>();
}

} // namespace
