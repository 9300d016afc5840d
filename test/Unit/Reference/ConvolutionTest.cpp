//===- ConvolutionTest.cpp - Operators with weights, pools ------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "OperatorTest.h"

using namespace mlir::vernier;

using ConvolutionTest = OperatorTest;

TEST_F(ConvolutionTest, CorrelatesAndPadsEvenlyWithTheOddCellLast) {
  // SAME with an even kernel pads below and to the right only.
  EXPECT_EQ(evaluate<float>("nn.conv_2d %a, %b, %c stride [1, 1] padding SAME",
                            "(tensor<1x2x2x1xf32>, tensor<1x2x2x1xf32>, tensor<1xf32>) -> tensor<1x2x2x1xf32>",
                            {f32({1, 2, 3, 4}), f32({1, 10, 100, 1000}), f32({0.5})}),
            (std::vector<float>{4321.5f, 402.5f, 43.5f, 4.5f}));
}

TEST_F(ConvolutionTest, DilatesAndStrides) {
  // Taps two apart: x[0] + 10 x[2], then from stride 2.
  EXPECT_EQ(evaluate<float>("nn.conv_2d %a, %b stride [1, 2] dilation [1, 2] padding VALID",
                            "(tensor<1x1x5x1xf32>, tensor<1x1x2x1xf32>) -> tensor<1x1x2x1xf32>",
                            {f32({1, 2, 3, 4, 5}), f32({1, 10})}),
            (std::vector<float>{31, 53}));
}

TEST_F(ConvolutionTest, GroupsSeeTheirOwnChannels) {
  EXPECT_EQ(evaluate<float>("nn.conv_2d %a, %b stride [1, 1] padding VALID",
                            "(tensor<1x1x1x4xf32>, tensor<2x1x1x2xf32>) -> tensor<1x1x1x2xf32>",
                            {f32({1, 2, 3, 4}), f32({1, 10, 1, 10})}),
            (std::vector<float>{21, 43}));
}

TEST_F(ConvolutionTest, ClampsToTheFusedActivation) {
  EXPECT_EQ(evaluate<float>("nn.conv_2d %a, %b stride [1, 1] padding VALID activation RELU6",
                            "(tensor<1x1x1x1xf32>, tensor<3x1x1x1xf32>) -> tensor<1x1x1x3xf32>",
                            {f32({2}), f32({-1, 1, 4})}),
            (std::vector<float>{0, 2, 6}));
}

// The accumulator is the bias; times 1/4 it is 0.5, 1.5, -0.5 and -1.5, on which the arithmetics part.
constexpr const char *tiesOn =
    "(tensor<1x1x1x1x!quant.uniform<i8:f32, 1.0:3>>, tensor<4x1x1x1x!quant.uniform<%s:f32, 0.25>>, "
    "tensor<4xi32>) -> tensor<1x1x1x4x!quant.uniform<i8:f32, 1.0>>";
static std::string tiesWith(const char *storage) {
  std::string types = tiesOn;
  return types.replace(types.find("%s"), 2, storage);
}

TEST_F(ConvolutionTest, RoundsTiesAsTheTargetDoes) {
  std::vector<Data> inputs = {i8({3}), i8({0, 0, 0, 0}), i32({2, 6, -2, -6})};
  std::string op = "nn.conv_2d %a, %b, %c stride [1, 1] padding VALID";
  EXPECT_EQ(evaluate<int8_t>(op, tiesWith("i8"), inputs, LiteRT), (std::vector<int8_t>{0, 2, 0, -2}));
  EXPECT_EQ(evaluate<int8_t>(op, tiesWith("i8"), inputs, LiteRTRef), (std::vector<int8_t>{1, 2, -1, -2}));
  EXPECT_EQ(evaluate<int8_t>(op, tiesWith("i8"), inputs, TFLM), (std::vector<int8_t>{1, 2, -1, -2}));
}

TEST_F(ConvolutionTest, Int4WeightsRunInTheOptimizedKernels) {
  std::vector<Data> inputs = {i8({3}), i8({0, 0}), i32({2, 6, -2, -6})};
  EXPECT_EQ(evaluate<int8_t>("nn.conv_2d %a, %b, %c stride [1, 1] padding VALID", tiesWith("i4"), inputs, LiteRT),
            (std::vector<int8_t>{1, 2, 0, -1}));
}

TEST_F(ConvolutionTest, ReadsPackedInt4) {
  // Low nibble first: 1 and -2, then 7 and -8.
  EXPECT_EQ(
      evaluate<int8_t>("nn.conv_2d %a, %b stride [1, 1] padding VALID",
                       "(tensor<1x1x1x1x!quant.uniform<i8:f32, 1.0>>, tensor<4x1x1x1x!quant.uniform<i4:f32, 1.0>>) -> "
                       "tensor<1x1x1x4x!quant.uniform<i8:f32, 1.0>>",
                       {i8({3}), u8({0xe1, 0x87})}),
      (std::vector<int8_t>{3, -6, 21, -24}));
}

TEST_F(ConvolutionTest, RoundsTheFusedClampAsTheTargetDoes) {
  // 6 is half a step of the output.
  std::string op = "nn.conv_2d %a, %b, %c stride [1, 1] padding VALID activation RELU6";
  std::string types =
      "(tensor<1x1x1x1x!quant.uniform<i8:f32, 1.0>>, tensor<1x1x1x1x!quant.uniform<i8:f32, 1.0>>, tensor<1xi32>)"
      " -> tensor<1x1x1x1x!quant.uniform<i8:f32, 12.0>>";
  EXPECT_EQ(evaluate<int8_t>(op, types, {i8({0}), i8({0}), i32({1000})}, LiteRT), (std::vector<int8_t>{0}));
  EXPECT_EQ(evaluate<int8_t>(op, types, {i8({0}), i8({0}), i32({1000})}, LiteRTRef), (std::vector<int8_t>{1}));
}

TEST_F(ConvolutionTest, PaddingIsTheZeroPoint) {
  EXPECT_EQ(evaluate<int8_t>(
                "nn.conv_2d %a, %b stride [1, 1] padding SAME",
                "(tensor<1x1x2x1x!quant.uniform<i8:f32, 1.0:-7>>, tensor<1x1x3x1x!quant.uniform<i8:f32, 1.0>>) -> "
                "tensor<1x1x2x1x!quant.uniform<i8:f32, 1.0:5>>",
                {i8({-6, -5}), i8({1, 1, 1})}),
            (std::vector<int8_t>{8, 8}));
}

TEST_F(ConvolutionTest, Uint8WeightsHaveAZeroPoint) {
  EXPECT_EQ(evaluate<uint8_t>(
                "nn.conv_2d %a, %b stride [1, 1] padding VALID",
                "(tensor<1x1x1x2x!quant.uniform<u8:f32, 1.0:10>>, tensor<1x1x1x2x!quant.uniform<u8:f32, 1.0:128>>) "
                "-> tensor<1x1x1x1x!quant.uniform<u8:f32, 1.0:100>>",
                {u8({12, 7}), u8({131, 126})}),
            (std::vector<uint8_t>{100 + 2 * 3 + 3 * 2}));
}

TEST_F(ConvolutionTest, DepthwiseMultipliesChannels) {
  EXPECT_EQ(evaluate<float>("nn.depthwise_conv_2d %a, %b, %c stride [1, 1] padding VALID",
                            "(tensor<1x1x2x2xf32>, tensor<1x1x2x4xf32>, tensor<4xf32>) -> tensor<1x1x1x4xf32>",
                            {f32({1, 2, 3, 4}), f32({1, 2, 3, 4, 10, 20, 30, 40}), f32({0, 0, 0, 1})}),
            (std::vector<float>{1 + 30, 2 + 60, 6 + 120, 8 + 160 + 1}));
}

TEST_F(ConvolutionTest, DepthwiseScalesEachChannel) {
  EXPECT_EQ(evaluate<int8_t>(
                "nn.depthwise_conv_2d %a, %b stride [1, 1] padding VALID",
                "(tensor<1x1x1x2x!quant.uniform<i8:f32, 1.0>>, tensor<1x1x1x2x!quant.uniform<i8:f32:3, {1.0, 0.5}>>) "
                "-> tensor<1x1x1x2x!quant.uniform<i8:f32, 1.0>>",
                {i8({10, 10}), i8({3, 3})}),
            (std::vector<int8_t>{30, 15}));
}

TEST_F(ConvolutionTest, TransposeConvScatters) {
  EXPECT_EQ(
      evaluate<float>("nn.transpose_conv %a, %b, %c, %d stride [2, 2] padding VALID",
                      "(tensor<4xi32>, tensor<1x1x3x1xf32>, tensor<1x1x2x1xf32>, tensor<1xf32>) -> tensor<1x1x5x1xf32>",
                      {i32({1, 1, 5, 1}), f32({1, 10, 100}), f32({1, 2}), f32({0.5})}),
      (std::vector<float>{1.5, 10.5, 102.5, 20.5, 200.5}));
}

TEST_F(ConvolutionTest, FullyConnectedRoundsTiesAsTheTargetDoes) {
  // 2^31 * 0.25 / 2 would do for any arithmetic; ties tell them apart: -0.5 goes to 0, -1 and -1.
  std::string types =
      "(tensor<1x1x!quant.uniform<i8:f32, 1.0>>, tensor<4x1x!quant.uniform<i8:f32, 0.5>>, tensor<4xi32>) -> "
      "tensor<1x4x!quant.uniform<i8:f32, 1.0>>";
  std::vector<Data> inputs = {i8({0}), i8({0, 0, 0, 0}), i32({1, 3, -1, -3})};
  EXPECT_EQ(evaluate<int8_t>("nn.fully_connected %a, %b, %c", types, inputs, LiteRT),
            (std::vector<int8_t>{0, 2, 0, -2}));
  EXPECT_EQ(evaluate<int8_t>("nn.fully_connected %a, %b, %c", types, inputs, LiteRTRef),
            (std::vector<int8_t>{1, 2, -1, -2}));
  // The high product rounds half up.
  EXPECT_EQ(evaluate<int8_t>("nn.fully_connected %a, %b, %c", types, inputs, TFLM), (std::vector<int8_t>{1, 2, 0, -1}));
}

TEST_F(ConvolutionTest, FullyConnectedFlattensToRows) {
  EXPECT_EQ(evaluate<float>("nn.fully_connected %a, %b", "(tensor<2x1x2xf32>, tensor<1x2xf32>) -> tensor<2x1xf32>",
                            {f32({1, 2, 3, 4}), f32({1, 10})}),
            (std::vector<float>{21, 43}));
}

TEST_F(ConvolutionTest, BatchMatmulBroadcastsAndTransposes) {
  EXPECT_EQ(evaluate<float>("nn.batch_matmul %a, %b {adj_x = true}",
                            "(tensor<2x2x1xf32>, tensor<1x2x1xf32>) -> tensor<2x1x1xf32>",
                            {f32({1, 2, 3, 4}), f32({1, 10})}),
            (std::vector<float>{21, 43}));
}

TEST_F(ConvolutionTest, BatchMatmulLeavesXnnpackForAZeroPoint) {
  // 10 * 1/4 = 2.5: half to even in XNNPACK, away from zero in the kernel that takes a right-hand zero point.
  auto types = [](const char *zeroPoint) {
    return std::string("(tensor<1x1x!quant.uniform<i8:f32, 0.25>>, tensor<1x1x!quant.uniform<i8:f32, 1.0:") +
           zeroPoint + ">>) -> tensor<1x1x!quant.uniform<i8:f32, 1.0>>";
  };
  EXPECT_EQ(evaluate<int8_t>("nn.batch_matmul %a, %b", types("0"), {i8({10}), i8({1})}), (std::vector<int8_t>{2}));
  EXPECT_EQ(evaluate<int8_t>("nn.batch_matmul %a, %b", types("1"), {i8({10}), i8({2})}), (std::vector<int8_t>{3}));
}

TEST_F(ConvolutionTest, AveragesValidCellsOnly) {
  EXPECT_EQ(evaluate<float>("nn.average_pool_2d %a filter [2, 2] stride [1, 1] padding SAME",
                            "(tensor<1x2x2x1xf32>) -> tensor<1x2x2x1xf32>", {f32({1, 2, 3, 6})}),
            (std::vector<float>{3, 4, 4.5, 6}));
}

TEST_F(ConvolutionTest, AverageRoundsStoredValuesAwayFromZero) {
  std::string types =
      "(tensor<1x1x4x1x!quant.uniform<i8:f32, 1.0:9>>) -> tensor<1x1x2x1x!quant.uniform<i8:f32, 1.0:9>>";
  for (Target target : {LiteRT, LiteRTRef, TFLM})
    EXPECT_EQ(evaluate<int8_t>("nn.average_pool_2d %a filter [1, 2] stride [1, 2] padding VALID", types,
                               {i8({1, 2, -1, -2})}, target),
              (std::vector<int8_t>{2, -2}));
}

TEST_F(ConvolutionTest, MaximumClampsToTheActivation) {
  EXPECT_EQ(evaluate<uint8_t>(
                "nn.max_pool_2d %a filter [1, 2] stride [1, 2] padding VALID activation RELU",
                "(tensor<1x1x4x1x!quant.uniform<u8:f32, 1.0:9>>) -> tensor<1x1x2x1x!quant.uniform<u8:f32, 1.0:9>>",
                {u8({1, 2, 20, 3})}),
            (std::vector<uint8_t>{9, 20}));
}

TEST_F(ConvolutionTest, RefusesShapesThatDoNotFit) {
  std::string types = "(tensor<?x?x?x?xf32>, tensor<?x?x?x?xf32>, tensor<?xf32>) -> tensor<?x?x?x?xf32>";
  std::string conv = "nn.conv_2d %a, %b, %c stride [1, 1] padding VALID";
  expectRefused(conv, types, {{1, 3, 3, 1}, {1, 2, 2, 1}, {1}, {1, 3, 3, 1}},
                "expected a result of shape 1x2x2x1, got 1x3x3x1");
  expectRefused(conv, types, {{1, 3, 3, 1}, {1, 2, 2, 1}, {2}, {1, 2, 2, 1}}, "expected a bias of 1 elements");
  expectRefused(conv, types, {{1, 3, 3, 3}, {1, 2, 2, 2}, {1}, {1, 2, 2, 1}}, "groups fit the input");
  expectRefused("nn.depthwise_conv_2d %a, %b, %c stride [1, 1] padding VALID", types,
                {{1, 3, 3, 2}, {1, 2, 2, 3}, {3}, {1, 2, 2, 3}}, "multiple of 2");
  expectRefused("nn.average_pool_2d %a filter [2, 2] stride [1, 1] padding VALID",
                "(tensor<?x?x?x?xf32>) -> tensor<?x?x?x?xf32>", {{1, 3, 3, 1}, {1, 3, 3, 1}},
                "expected a result of shape 1x2x2x1");
  expectRefused("nn.fully_connected %a, %b", "(tensor<?x?xf32>, tensor<?x?xf32>) -> tensor<?x?xf32>",
                {{2, 3}, {4, 2}, {3, 5}}, "expected a result of 3 rows of 4 elements");
}

TEST_F(ConvolutionTest, SaysWhichTypesHaveNoForm) {
  evaluate<float>("nn.fully_connected %a, %b",
                  "(tensor<1x2x!quant.uniform<i8:f32, 1.0>>, tensor<1x2xf32>) -> tensor<1x1xf32>",
                  {i8({1, 2}), f32({1, 2})});
  expectDiagnostic("has no reference form for");
}
