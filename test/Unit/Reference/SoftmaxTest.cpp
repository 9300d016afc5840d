//===- SoftmaxTest.cpp - Normalizations of the last dimension ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "OperatorTest.h"
#include <cmath>

using namespace mlir::vernier;

class SoftmaxTest : public OperatorTest {
protected:
  const std::vector<int8_t> logits = {-128, -40, 0, 3, 17, 60, 64, 127};
  /// What the operator stands for, in real numbers.
  std::vector<double> expected(double scale, bool isLog) {
    double sum = 0;
    for (int8_t x : logits)
      sum += std::exp(scale * x);
    std::vector<double> result;
    for (int8_t x : logits)
      result.push_back(isLog ? scale * x - std::log(sum) : std::exp(scale * x) / sum);
    return result;
  }
};

TEST_F(SoftmaxTest, NormalizesEachRow) {
  std::vector<float> result =
      evaluate<float>("nn.softmax %a beta 2.0", "(tensor<2x2xf32>) -> tensor<2x2xf32>", {f32({0, 0, 1000, 1001})});
  ASSERT_EQ(result.size(), 4u);
  EXPECT_EQ(result[0], 0.5f);
  EXPECT_EQ(result[1], 0.5f);
  EXPECT_FLOAT_EQ(result[2], 1 / (1 + std::exp(2.0)));
  EXPECT_FLOAT_EQ(result[3], 1 / (1 + std::exp(-2.0)));
  result = evaluate<float>("nn.log_softmax %a", "(tensor<2xf32>) -> tensor<2xf32>", {f32({1, 1})});
  ASSERT_EQ(result.size(), 2u);
  EXPECT_FLOAT_EQ(result[0], -std::log(2.0));
}

TEST_F(SoftmaxTest, Int8StaysWithinOneStepOfTheFunction) {
  for (Target target : {LiteRT, LiteRTRef, TFLM}) {
    std::vector<int8_t> result = evaluate<int8_t>(
        "nn.softmax %a beta 1.0",
        "(tensor<8x!quant.uniform<i8:f32, 0.03125:7>>) -> tensor<8x!quant.uniform<i8:f32, 0.00390625:-128>>",
        {data(logits)}, target);
    ASSERT_EQ(result.size(), 8u);
    for (int i = 0; i < 8; ++i)
      EXPECT_NEAR(result[i] + 128, 256 * expected(0.03125, false)[i], 0.51) << i;
  }
}

TEST_F(SoftmaxTest, Uint8StartsAtZero) {
  for (Target target : {LiteRT, LiteRTRef})
    EXPECT_EQ(
        evaluate<uint8_t>("nn.softmax %a beta 1.0",
                          "(tensor<2x!quant.uniform<u8:f32, 0.5:7>>) -> tensor<2x!quant.uniform<u8:f32, 0.00390625>>",
                          {u8({200, 200})}, target),
        (std::vector<uint8_t>{128, 128}));
}

TEST_F(SoftmaxTest, Int8LogStaysWithinOneStepOfTheFunction) {
  for (Target target : {LiteRT, LiteRTRef, TFLM}) {
    std::vector<int8_t> result = evaluate<int8_t>(
        "nn.log_softmax %a",
        "(tensor<8x!quant.uniform<i8:f32, 0.03125:7>>) -> tensor<8x!quant.uniform<i8:f32, 0.0625:127>>", {data(logits)},
        target);
    ASSERT_EQ(result.size(), 8u);
    for (int i = 0; i < 8; ++i)
      EXPECT_NEAR(result[i] - 127, 16 * expected(0.03125, true)[i], 0.6) << i;
  }
}

TEST_F(SoftmaxTest, FixedPointNeedsAScale) {
  evaluate<int8_t>("nn.softmax %a beta 0.0",
                   "(tensor<2x!quant.uniform<i8:f32, 0.5:7>>) -> tensor<2x!quant.uniform<i8:f32, 0.00390625:-128>>",
                   {i8({1, 2})}, LiteRTRef);
  expectDiagnostic("has no reference form");
}

TEST_F(SoftmaxTest, L2NormalizationScalesToLengthOne) {
  EXPECT_EQ(evaluate<float>("nn.l2_normalization %a", "(tensor<2x2xf32>) -> tensor<2x2xf32>", {f32({3, 4, 0, 0})}),
            (std::vector<float>{0.6f, 0.8f, 0, 0}));
  EXPECT_EQ(
      evaluate<int8_t>("nn.l2_normalization %a",
                       "(tensor<2x!quant.uniform<i8:f32, 0.125:10>>) -> tensor<2x!quant.uniform<i8:f32, 0.0078125>>",
                       {i8({40, -30})}),
      (std::vector<int8_t>{77, -102})); // 128 * 0.6 and 128 * -0.8
  EXPECT_EQ(evaluate<uint8_t>(
                "nn.l2_normalization %a",
                "(tensor<2x!quant.uniform<u8:f32, 0.125:100>>) -> tensor<2x!quant.uniform<u8:f32, 0.0078125:128>>",
                {u8({130, 60})}),
            (std::vector<uint8_t>{128 + 77, 128 - 102}));
}
