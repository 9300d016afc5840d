//===- ElementwiseTest.cpp - Arithmetic that broadcasts ---------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "OperatorTest.h"

using namespace mlir::vernier;

using ElementwiseTest = OperatorTest;

TEST_F(ElementwiseTest, Broadcasts) {
  EXPECT_EQ(evaluate<float>("nn.add %a, %b", "(tensor<2x1xf32>, tensor<3xf32>) -> tensor<2x3xf32>",
                            {f32({10, 20}), f32({1, 2, 3})}),
            (std::vector<float>{11, 12, 13, 21, 22, 23}));
}

TEST_F(ElementwiseTest, FloatArithmetic) {
  std::string types = "(tensor<3xf32>, tensor<3xf32>) -> tensor<3xf32>";
  std::vector<Data> inputs = {f32({-7, 7, 5}), f32({2, -2, 4})};
  EXPECT_EQ(evaluate<float>("nn.sub %a, %b", types, inputs), (std::vector<float>{-9, 9, 1}));
  EXPECT_EQ(evaluate<float>("nn.mul %a, %b activation RELU_N1_TO_1", types, inputs), (std::vector<float>{-1, -1, 1}));
  EXPECT_EQ(evaluate<float>("nn.div %a, %b", types, inputs), (std::vector<float>{-3.5, -3.5, 1.25}));
  EXPECT_EQ(evaluate<float>("nn.maximum %a, %b", types, inputs), (std::vector<float>{2, 7, 5}));
  EXPECT_EQ(evaluate<float>("nn.minimum %a, %b", types, inputs), (std::vector<float>{-7, -2, 4}));
  EXPECT_EQ(evaluate<float>("nn.squared_difference %a, %b", types, inputs), (std::vector<float>{81, 81, 1}));
  EXPECT_EQ(evaluate<float>("nn.floor_div %a, %b", types, inputs), (std::vector<float>{-4, -4, 1}));
  EXPECT_EQ(evaluate<float>("nn.floor_mod %a, %b", types, inputs), (std::vector<float>{1, -1, 1}));
}

TEST_F(ElementwiseTest, IntegerArithmeticWraps) {
  std::string types = "(tensor<2xi32>, tensor<2xi32>) -> tensor<2xi32>";
  EXPECT_EQ(evaluate<int32_t>("nn.add %a, %b", types, {i32({INT32_MAX, 1}), i32({1, 2})}),
            (std::vector<int32_t>{INT32_MIN, 3}));
  EXPECT_EQ(evaluate<int32_t>("nn.div %a, %b", types, {i32({INT32_MIN, -7}), i32({-1, 2})}),
            (std::vector<int32_t>{INT32_MIN, -3}));
  EXPECT_EQ(evaluate<int32_t>("nn.floor_div %a, %b", types, {i32({7, -7}), i32({-2, 2})}),
            (std::vector<int32_t>{-4, -4}));
  EXPECT_EQ(evaluate<int32_t>("nn.floor_mod %a, %b", types, {i32({7, -7}), i32({-2, 2})}),
            (std::vector<int32_t>{-1, 1}));
}

TEST_F(ElementwiseTest, DivisionByZeroIsAnError) {
  std::string types = "(tensor<1xi32>, tensor<1xi32>) -> tensor<1xi32>";
  for (const char *op : {"nn.div %a, %b", "nn.floor_div %a, %b", "nn.floor_mod %a, %b"}) {
    EXPECT_TRUE(evaluate<int32_t>(op, types, {i32({1}), i32({0})}).empty());
    expectDiagnostic("is not defined on 1 and 0");
  }
}

// Scales 1 and 1 into 2: sums of 1, 3, -1 and -3 are ties.
constexpr const char *halves = "(tensor<4x!quant.uniform<i8:f32, 1.0>>, tensor<1x!quant.uniform<i8:f32, 1.0:5>>) -> "
                               "tensor<4x!quant.uniform<i8:f32, 2.0:1>>";

TEST_F(ElementwiseTest, SumsRoundOnceHalfUpInXnnpackAndAwayElsewhere) {
  std::vector<Data> inputs = {i8({1, 3, -1, -3}), i8({5})};
  EXPECT_EQ(evaluate<int8_t>("nn.add %a, %b", halves, inputs, LiteRT), (std::vector<int8_t>{2, 3, 1, 0}));
  EXPECT_EQ(evaluate<int8_t>("nn.add %a, %b", halves, inputs, LiteRTRef), (std::vector<int8_t>{2, 3, 0, -1}));
  EXPECT_EQ(evaluate<int8_t>("nn.sub %a, %b", halves, inputs, LiteRT), (std::vector<int8_t>{2, 3, 1, 0}));
  EXPECT_EQ(evaluate<int8_t>("nn.sub %a, %b", halves, inputs, TFLM), (std::vector<int8_t>{2, 3, 0, -1}));
}

TEST_F(ElementwiseTest, FarScalesLeaveXnnpack) {
  // Ratio 1/2048: the optimized kernel rounds -0.5 away from zero, XNNPACK would round up.
  EXPECT_EQ(
      evaluate<int8_t>("nn.add %a, %b",
                       "(tensor<1x!quant.uniform<i8:f32, 1.0>>, tensor<1x!quant.uniform<i8:f32, 0.0009765625>>) -> "
                       "tensor<1x!quant.uniform<i8:f32, 2.0>>",
                       {i8({-1}), i8({0})}),
      (std::vector<int8_t>{-1}));
}

TEST_F(ElementwiseTest, ProductsRoundToEvenInXnnpackAndAwayElsewhere) {
  std::string types = "(tensor<4x!quant.uniform<i8:f32, 0.5>>, tensor<1x!quant.uniform<i8:f32, 0.5:1>>) -> "
                      "tensor<4x!quant.uniform<i8:f32, 1.0:3>>";
  std::vector<Data> inputs = {i8({2, 6, -2, -6}), i8({2})};
  EXPECT_EQ(evaluate<int8_t>("nn.mul %a, %b", types, inputs, LiteRT), (std::vector<int8_t>{3, 5, 3, 1}));
  EXPECT_EQ(evaluate<int8_t>("nn.mul %a, %b", types, inputs, LiteRTRef), (std::vector<int8_t>{4, 5, 2, 1}));
}

TEST_F(ElementwiseTest, ExtremaCompareStoredValues) {
  std::string types = "(tensor<2x!quant.uniform<u8:f32, 0.5:100>>, tensor<2x!quant.uniform<u8:f32, 0.5:100>>) -> "
                      "tensor<2x!quant.uniform<u8:f32, 0.5:100>>";
  EXPECT_EQ(evaluate<uint8_t>("nn.maximum %a, %b", types, {u8({1, 200}), u8({2, 130})}),
            (std::vector<uint8_t>{2, 200}));
  EXPECT_EQ(evaluate<uint8_t>("nn.minimum %a, %b", types, {u8({1, 200}), u8({2, 130})}),
            (std::vector<uint8_t>{1, 130}));
}

TEST_F(ElementwiseTest, SquaredDifferenceRescales) {
  // (0.5 * 8 - 0.5 * -4)^2 = 36 = 18 steps of 2, less 10.
  EXPECT_EQ(evaluate<int8_t>("nn.squared_difference %a, %b",
                             "(tensor<1x!quant.uniform<i8:f32, 0.5>>, tensor<1x!quant.uniform<i8:f32, 0.5>>) -> "
                             "tensor<1x!quant.uniform<i8:f32, 2.0:-10>>",
                             {i8({8}), i8({-4})}),
            (std::vector<int8_t>{8}));
}

TEST_F(ElementwiseTest, RefusesShapesThatDoNotBroadcast) {
  std::string types = "(tensor<?xf32>, tensor<?xf32>) -> tensor<?xf32>";
  expectRefused("nn.add %a, %b", types, {{2}, {3}, {3}}, "2 and 3");
  expectRefused("nn.add %a, %b", types, {{1}, {3}, {1}}, "expected a result of shape 3, got 1");
}
