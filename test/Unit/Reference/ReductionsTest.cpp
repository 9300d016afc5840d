//===- ReductionsTest.cpp - Means, sums and extrema over axes ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "OperatorTest.h"

using namespace mlir::vernier;

using ReductionsTest = OperatorTest;

TEST_F(ReductionsTest, ReducesOverAxes) {
  std::vector<Data> inputs = {f32({1, 2, 3, 4, 5, 9}), i32({-1})};
  std::string types = "(tensor<2x3xf32>, tensor<1xi32>) -> tensor<2xf32>";
  EXPECT_EQ(evaluate<float>("nn.mean %a, %b", types, inputs), (std::vector<float>{2, 6}));
  EXPECT_EQ(evaluate<float>("nn.sum %a, %b", types, inputs), (std::vector<float>{6, 18}));
  EXPECT_EQ(evaluate<float>("nn.reduce_max %a, %b", types, inputs), (std::vector<float>{3, 9}));
  EXPECT_EQ(evaluate<float>("nn.reduce_min %a, %b", types, inputs), (std::vector<float>{1, 4}));
  EXPECT_EQ(evaluate<float>("nn.sum %a, %b {keep_dims = true}", "(tensor<2x3xf32>, tensor<2xi32>) -> tensor<1x1xf32>",
                            {f32({1, 2, 3, 4, 5, 9}), i32({0, 1})}),
            (std::vector<float>{24}));
}

// Sums of 2, 6, -2 and -6 over two elements are 1, 3, -1 and -3; a quarter of the scale makes halves of them.
constexpr const char *means =
    "(tensor<4x2x!quant.uniform<i8:f32, 0.5:3>>, tensor<1xi32>) -> tensor<4x!quant.uniform<i8:f32, 1.0:%>>";

TEST_F(ReductionsTest, XnnpackRoundsTheStoredMeanToEven) {
  auto types = [](const char *zeroPoint) {
    std::string text = means;
    return text.replace(text.find('%'), 1, zeroPoint);
  };
  std::vector<Data> inputs = {i8({4, 4, 6, 6, 2, 2, 0, 0}), i32({1})};
  EXPECT_EQ(evaluate<int8_t>("nn.mean %a, %b", types("0"), inputs, LiteRT), (std::vector<int8_t>{0, 2, 0, -2}));
  // With an odd zero point other values are even.
  EXPECT_EQ(evaluate<int8_t>("nn.mean %a, %b", types("1"), inputs, LiteRT), (std::vector<int8_t>{2, 2, 0, 0}));
  EXPECT_EQ(evaluate<int8_t>("nn.mean %a, %b", types("1"), inputs, LiteRTRef), (std::vector<int8_t>{2, 3, 0, -1}));
}

TEST_F(ReductionsTest, QuantizedSumRescales) {
  for (Target target : {LiteRT, LiteRTRef, TFLM})
    EXPECT_EQ(evaluate<int8_t>(
                  "nn.sum %a, %b",
                  "(tensor<3x!quant.uniform<i8:f32, 1.0:10>>, tensor<1xi32>) -> tensor<!quant.uniform<i8:f32, 4.0:-1>>",
                  {i8({50, 20, 12}), i32({0})}, target),
              (std::vector<int8_t>{12}));
}

TEST_F(ReductionsTest, ExtremaKeepStoredValues) {
  std::string types =
      "(tensor<3x!quant.uniform<u8:f32, 1.0:10>>, tensor<1xi32>) -> tensor<1x!quant.uniform<u8:f32, 1.0:10>>";
  EXPECT_EQ(evaluate<uint8_t>("nn.reduce_max %a, %b {keep_dims = true}", types, {u8({7, 200, 9}), i32({0})}),
            (std::vector<uint8_t>{200}));
  EXPECT_EQ(evaluate<uint8_t>("nn.reduce_min %a, %b {keep_dims = true}", types, {u8({7, 200, 9}), i32({0})}),
            (std::vector<uint8_t>{7}));
}

TEST_F(ReductionsTest, FirstOfEqualElementsWins) {
  EXPECT_EQ(evaluate<int32_t>("nn.arg_max %a, %b", "(tensor<3x2xf32>, tensor<i32>) -> tensor<2xi32>",
                              {f32({1, 5, 4, 5, 4, 2}), i32({0})}),
            (std::vector<int32_t>{1, 0}));
  EXPECT_EQ(evaluate<int64_t>("nn.arg_min %a, %b",
                              "(tensor<2x3x!quant.uniform<i8:f32, 1.0>>, tensor<1xi32>) -> tensor<2xi64>",
                              {i8({3, -1, -1, 0, 1, -9}), i32({-1})}),
            (std::vector<int64_t>{1, 2}));
}

TEST_F(ReductionsTest, RefusesAxesBeyondTheRank) {
  evaluate<float>("nn.mean %a, %b", "(tensor<2xf32>, tensor<1xi32>) -> tensor<f32>", {f32({1, 2}), i32({1})});
  expectDiagnostic("an axis within [-1, 1), got 1");
  evaluate<int32_t>("nn.arg_max %a, %b", "(tensor<2xf32>, tensor<i32>) -> tensor<i32>", {f32({1, 2}), i32({-2})});
  expectDiagnostic("an axis within [-1, 1), got -2");
}

TEST_F(ReductionsTest, RefusesToReduceNothing) {
  evaluate<float>("nn.mean %a, %b", "(tensor<0xf32>, tensor<1xi32>) -> tensor<f32>", {f32({}), i32({0})});
  expectDiagnostic("reduces no elements");
}
