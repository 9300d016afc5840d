//===- QuantizeTest.cpp - Between real and stored values --------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "OperatorTest.h"
#include <cmath>

using namespace mlir::vernier;

using QuantizeTest = OperatorTest;

TEST_F(QuantizeTest, RoundsToEvenByDefaultAndAwayInTheReference) {
  std::string types = "(tensor<6xf32>) -> tensor<6x!quant.uniform<i8:f32, 2.0:1>>";
  std::vector<Data> input = {f32({1, 3, -1, -3, 1e9, -1e9})};
  EXPECT_EQ(evaluate<int8_t>("nn.quantize %a", types, input, LiteRT), (std::vector<int8_t>{1, 3, 1, -1, 127, -128}));
  EXPECT_EQ(evaluate<int8_t>("nn.quantize %a", types, input, LiteRTRef), (std::vector<int8_t>{2, 3, 0, -1, 127, -128}));
}

TEST_F(QuantizeTest, RequantizesWithEightBitsOfMultiplierInXnnpack) {
  // 0.3 becomes 77/256, so 100 gives 30.08, and ties round up.
  std::string types = "(tensor<2x!quant.uniform<i8:f32, 0.5>>) -> tensor<2x!quant.uniform<i8:f32, 1.0:2>>";
  EXPECT_EQ(evaluate<int8_t>("nn.quantize %a", types, {i8({1, -1})}, LiteRT), (std::vector<int8_t>{3, 2}));
  EXPECT_EQ(evaluate<int8_t>("nn.quantize %a", types, {i8({3, -3})}, LiteRTRef), (std::vector<int8_t>{4, 1}));
}

TEST_F(QuantizeTest, BlocksOfSixteenRoundHalfUpOutsideXnnpack) {
  // Between storage types: a ratio of 1/4 on -2 is -0.5; the optimized kernel treats the 17th element by itself.
  std::vector<uint8_t> result = evaluate<uint8_t>(
      "nn.quantize %a", "(tensor<17x!quant.uniform<i8:f32, 0.25>>) -> tensor<17x!quant.uniform<u8:f32, 1.0:128>>",
      {i8(std::vector<int8_t>(17, -2))}, LiteRT);
  ASSERT_EQ(result.size(), 17u);
  for (int i = 0; i < 16; ++i)
    EXPECT_EQ(result[i], 128);
  EXPECT_EQ(result[16], 127);
}

TEST_F(QuantizeTest, FlippingTheSignBitIsExact) {
  for (Target target : {LiteRT, LiteRTRef})
    EXPECT_EQ(
        evaluate<int8_t>("nn.quantize %a",
                         "(tensor<3x!quant.uniform<u8:f32, 0.125:130>>) -> tensor<3x!quant.uniform<i8:f32, 0.125:2>>",
                         {u8({0, 130, 255})}, target),
        (std::vector<int8_t>{-128, 2, 127}));
}

TEST_F(QuantizeTest, DequantizesPerAxisAndPacked) {
  EXPECT_EQ(evaluate<float>("nn.dequantize %a",
                            "(tensor<2x2x!quant.uniform<i8:f32:0, {0.5, 2.0:1}>>) -> tensor<2x2xf32>",
                            {i8({1, 2, 3, 4})}),
            (std::vector<float>{0.5, 1, 4, 6}));
  EXPECT_EQ(evaluate<float>("nn.dequantize %a", "(tensor<3x!quant.uniform<i4:f32, 0.5>>) -> tensor<3xf32>",
                            {u8({0x9f, 0x07})}),
            (std::vector<float>{-0.5, -3.5, 3.5}));
  EXPECT_EQ(evaluate<float>("nn.dequantize %a", "(tensor<5x!quant.uniform<i2:f32, 1.0>>) -> tensor<5xf32>",
                            {u8({0xe4, 0x02})}),
            (std::vector<float>{0, 1, -2, -1, -2}));
}

TEST_F(QuantizeTest, DequantizesHalfPrecision) {
  EXPECT_EQ(evaluate<float>("nn.dequantize %a", "(tensor<3xf16>) -> tensor<3xf32>",
                            {data<uint16_t>({0x3c00, 0xc100, 0x0001})}),
            (std::vector<float>{1.0f, -2.5f, std::ldexp(1.0f, -24)}));
}

TEST_F(QuantizeTest, FakeQuantRoundsAwayFromZero) {
  std::string op = "quantx.fake_quant %a spec<i8> as !quant.uniform<i8:f32, 2.0:1>";
  EXPECT_EQ(
      evaluate<float>(op + " : tensor<5xf32> //", "(tensor<5xf32>) -> tensor<5xf32>", {f32({1, -1, 2.9, 1000, -1000})}),
      (std::vector<float>{2, -2, 2, 252, -258}));
}

TEST_F(QuantizeTest, FakeQuantWithoutParametersIsTheIdentity) {
  EXPECT_EQ(evaluate<float>("quantx.fake_quant %a spec<i8> : tensor<2xf32> //", "(tensor<2xf32>) -> tensor<2xf32>",
                            {f32({0.1f, -7})}),
            (std::vector<float>{0.1f, -7}));
}

TEST_F(QuantizeTest, CastsTruncateAndSaturate) {
  EXPECT_EQ(evaluate<int32_t>("nn.cast %a", "(tensor<4xf32>) -> tensor<4xi32>", {f32({1.9, -1.9, 1e20, NAN})}),
            (std::vector<int32_t>{1, -1, INT32_MAX, 0}));
  EXPECT_EQ(evaluate<uint8_t>("nn.cast %a", "(tensor<3xi32>) -> tensor<3xi1>", {i32({0, 2, 256})}),
            (std::vector<uint8_t>{0, 1, 1}));
  EXPECT_EQ(evaluate<float>("nn.cast %a", "(tensor<2xi1>) -> tensor<2xf32>", {u8({0, 1})}), (std::vector<float>{0, 1}));
  EXPECT_EQ(evaluate<int8_t>("nn.cast %a", "(tensor<2xi64>) -> tensor<2xi8>", {data<int64_t>({-3, 258})}),
            (std::vector<int8_t>{-3, 2}));
}

TEST_F(QuantizeTest, ShapeListsSizes) {
  EXPECT_EQ(evaluate<int32_t>("nn.shape %a", "(tensor<2x1x3xi8>) -> tensor<3xi32>", {i8({0, 0, 0, 0, 0, 0})}),
            (std::vector<int32_t>{2, 1, 3}));
}
