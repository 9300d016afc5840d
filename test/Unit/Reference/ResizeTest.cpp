//===- ResizeTest.cpp - Resampling of height and width ----------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "OperatorTest.h"

using namespace mlir::vernier;

using ResizeTest = OperatorTest;

TEST_F(ResizeTest, BilinearPositions) {
  std::string types = "(tensor<1x1x2x1xf32>, tensor<2xi32>) -> tensor<1x1x4x1xf32>";
  std::vector<Data> inputs = {f32({0, 4}), i32({1, 4})};
  EXPECT_EQ(evaluate<float>("nn.resize_bilinear %a, %b", types, inputs), (std::vector<float>{0, 2, 4, 4}));
  EXPECT_EQ(evaluate<float>("nn.resize_bilinear %a, %b {half_pixel_centers = true}", types, inputs),
            (std::vector<float>{0, 1, 3, 4}));
  EXPECT_EQ(evaluate<float>("nn.resize_bilinear %a, %b {align_corners = true}",
                            "(tensor<1x1x2x1xf32>, tensor<2xi32>) -> tensor<1x1x3x1xf32>", {f32({0, 4}), i32({1, 3})}),
            (std::vector<float>{0, 2, 4}));
}

TEST_F(ResizeTest, NearestPositions) {
  std::string types = "(tensor<1x3x1x1xi32>, tensor<2xi32>) -> tensor<1x2x1x1xi32>";
  std::vector<Data> inputs = {i32({5, 6, 7}), i32({2, 1})};
  EXPECT_EQ(evaluate<int32_t>("nn.resize_nearest_neighbor %a, %b", types, inputs), (std::vector<int32_t>{5, 6}));
  EXPECT_EQ(evaluate<int32_t>("nn.resize_nearest_neighbor %a, %b {half_pixel_centers = true}", types, inputs),
            (std::vector<int32_t>{5, 7}));
  EXPECT_EQ(evaluate<int32_t>("nn.resize_nearest_neighbor %a, %b {align_corners = true}", types, inputs),
            (std::vector<int32_t>{5, 7}));
}

TEST_F(ResizeTest, TiesBetweenPixelsRoundAsTheTargetDoes) {
  // Half way between -1 and 0, and between 0 and 1.
  std::string types =
      "(tensor<1x1x3x1x!quant.uniform<i8:f32, 1.0>>, tensor<2xi32>) -> tensor<1x1x5x1x!quant.uniform<i8:f32, 1.0>>";
  std::vector<Data> inputs = {i8({-1, 0, 1}), i32({1, 5})};
  EXPECT_EQ(evaluate<int8_t>("nn.resize_bilinear %a, %b {align_corners = true}", types, inputs, LiteRT),
            (std::vector<int8_t>{-1, 0, 0, 1, 1}));
  EXPECT_EQ(evaluate<int8_t>("nn.resize_bilinear %a, %b {align_corners = true}", types, inputs, LiteRTRef),
            (std::vector<int8_t>{-1, -1, 0, 1, 1}));
}

TEST_F(ResizeTest, Uint8RoundsInFloatInTheReference) {
  EXPECT_EQ(
      evaluate<uint8_t>(
          "nn.resize_bilinear %a, %b {align_corners = true}",
          "(tensor<1x1x2x1x!quant.uniform<u8:f32, 1.0>>, tensor<2xi32>) -> tensor<1x1x3x1x!quant.uniform<u8:f32, 1.0>>",
          {u8({0, 255}), i32({1, 3})}, LiteRTRef),
      (std::vector<uint8_t>{0, 128, 255}));
}

TEST_F(ResizeTest, RefusesASizeThatTheResultDoesNotHave) {
  evaluate<float>("nn.resize_bilinear %a, %b", "(tensor<1x1x2x1xf32>, tensor<2xi32>) -> tensor<1x1x4x1xf32>",
                  {f32({0, 4}), i32({1, 5})});
  expectDiagnostic("expected a result of shape 1x1x5x1, got 1x1x4x1");
}

TEST_F(ResizeTest, RefusesToResampleNothing) {
  evaluate<float>("nn.resize_bilinear %a, %b", "(tensor<1x0x2x1xf32>, tensor<2xi32>) -> tensor<1x1x4x1xf32>",
                  {f32({}), i32({1, 4})});
  expectDiagnostic("resamples no elements");
}
