//===- SoftmaxTest.cpp - softmax, log softmax, L2 normalization -----------===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "vernier/Runtime/Softmax.h"
#include "RandomData.h"
#include "vernier/Runtime/L2Normalization.h"
#include <cmath>
#include <gtest/gtest.h>

using namespace mlir::vernier::runtime;

namespace {

/// The real softmax of one row.
template <class T> std::vector<double> realSoftmax(const T *row, int depth, double scale) {
  std::vector<double> values(depth);
  double max = row[0], sum = 0;
  for (int c = 0; c < depth; ++c)
    max = std::fmax(max, row[c]);
  for (int c = 0; c < depth; ++c)
    sum += values[c] = std::exp((row[c] - max) * scale);
  for (double &value : values)
    value /= sum;
  return values;
}

TEST(Softmax, FloatIsCloseToTheRealOne) {
  RandomData random(90);
  const auto input = random.vector<float>(4 * 100);
  std::vector<float> output(input.size()), logOutput(input.size());
  softmax(4, 100, 1.5f, input.data(), output.data());
  logSoftmax(4, 100, input.data(), logOutput.data());
  for (int row = 0; row < 4; ++row) {
    const auto expected = realSoftmax(&input[row * 100], 100, 1.5);
    const auto expectedLog = realSoftmax(&input[row * 100], 100, 1.0);
    for (int c = 0; c < 100; ++c) {
      EXPECT_NEAR(output[row * 100 + c], expected[c], 1e-6);
      EXPECT_NEAR(logOutput[row * 100 + c], std::log(expectedLog[c]), 1e-5);
    }
  }
}

template <class T> void checkEightBit() {
  RandomData random(91);
  constexpr int lowest = std::numeric_limits<T>::min();
  for (const int depth : {1, 10, 1001})
    for (const float scale : {0.01f, 0.1f, 1.0f})
      for (const float beta : {1.0f, 0.5f}) {
        const auto input = random.vector<T>(5 * depth);
        std::vector<T> fixed(input.size()), table(input.size());
        softmaxFixedPoint(5, depth, makeSoftmaxFixedPoint(scale, beta), input.data(), fixed.data());
        float values[256];
        fillSoftmaxTable(scale, beta, values);
        softmaxTable(5, depth, values, {1.0f / 256, lowest}, input.data(), table.data());
        for (int row = 0; row < 5; ++row) {
          const auto expected = realSoftmax(&input[row * depth], depth, double(scale) * beta);
          for (int c = 0; c < depth; ++c) {
            const double value = std::fmin(expected[c] * 256, 255) + lowest;
            // The fixed-point sum of many small terms is coarse.
            ASSERT_NEAR(fixed[row * depth + c], value, depth > 100 ? 1.0 : 0.51)
                << depth << " classes, scale " << scale;
            ASSERT_NEAR(table[row * depth + c], value, 0.51) << depth << " classes, scale " << scale;
          }
        }
      }
}
TEST(Softmax, Int8FormsAreWithinAStep) { checkEightBit<int8_t>(); }
TEST(Softmax, UInt8FormsAreWithinAStep) { checkEightBit<uint8_t>(); }

TEST(Softmax, LogFormsAreWithinAStep) {
  RandomData random(92);
  for (const float scale : {0.02f, 0.1f, 0.25f}) {
    const auto input = random.vector<int8_t>(6 * 20);
    std::vector<int8_t> fixed(input.size()), table(input.size());
    logSoftmaxFixedPoint(6, 20, makeLogSoftmaxFixedPoint(scale), input.data(), fixed.data());
    float values[256];
    fillSoftmaxTable(scale, 1.0f, values);
    logSoftmaxTable(6, 20, values, scale, {1.0f / 16, 127}, input.data(), table.data());
    for (int row = 0; row < 6; ++row) {
      const auto expected = realSoftmax(&input[row * 20], 20, scale);
      for (int c = 0; c < 20; ++c) {
        const double value = std::fmax(std::log(expected[c]) * 16 + 127, -128);
        ASSERT_NEAR(table[row * 20 + c], value, 0.51);
        // The fixed-point form gives up where its input's 16 units end.
        if (value > -110) {
          ASSERT_NEAR(fixed[row * 20 + c], value, 0.6);
        }
      }
    }
  }
}

TEST(L2Normalization, BothFormsDivideByTheNorm) {
  RandomData random(93);
  const auto input = random.vector<int8_t>(5 * 30);
  std::vector<int8_t> output(input.size());
  std::vector<float> floats(input.begin(), input.end()), floatOutput(input.size());
  l2Normalization(5, 30, 7, input.data(), output.data());
  l2Normalization(5, 30, floats.data(), floatOutput.data());
  for (int row = 0; row < 5; ++row) {
    double sum = 0, floatSum = 0;
    for (int c = 0; c < 30; ++c) {
      sum += (input[row * 30 + c] - 7) * (input[row * 30 + c] - 7);
      floatSum += double(floats[row * 30 + c]) * floats[row * 30 + c];
    }
    for (int c = 0; c < 30; ++c) {
      EXPECT_NEAR(output[row * 30 + c], (input[row * 30 + c] - 7) / std::sqrt(sum) * 128, 0.51);
      EXPECT_NEAR(floatOutput[row * 30 + c], floats[row * 30 + c] / std::sqrt(floatSum), 1e-6);
    }
  }
}

TEST(L2Normalization, ZeroStaysZero) {
  const float zeros[3] = {};
  float output[3];
  l2Normalization(1, 3, zeros, output);
  EXPECT_EQ(output[0], 0.0f);
}

} // namespace
