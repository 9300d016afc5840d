//===- MovementTest.cpp - Operators that rearrange a tensor -----*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "OperatorTest.h"

using namespace mlir::vernier;

class MovementTest : public OperatorTest {
protected:
  /// 0, 1, 2, ...
  static std::vector<int32_t> iota(int n) {
    std::vector<int32_t> values(n);
    std::iota(values.begin(), values.end(), 0);
    return values;
  }
};

TEST_F(MovementTest, ReshapesKeepTheOrder) {
  EXPECT_EQ(evaluate<int32_t>("nn.reshape %a, %b", "(tensor<2x3xi32>, tensor<2xi32>) -> tensor<3x2xi32>",
                              {i32(iota(6)), i32({3, 2})}),
            iota(6));
  EXPECT_EQ(evaluate<int32_t>("nn.squeeze %a", "(tensor<1x3xi32>) -> tensor<3xi32>", {i32(iota(3))}), iota(3));
  EXPECT_EQ(evaluate<int32_t>("nn.expand_dims %a, %b", "(tensor<3xi32>, tensor<i32>) -> tensor<1x3xi32>",
                              {i32(iota(3)), i32({0})}),
            iota(3));
}

TEST_F(MovementTest, Transposes) {
  EXPECT_EQ(evaluate<int32_t>("nn.transpose %a, %b", "(tensor<2x3xi32>, tensor<2xi32>) -> tensor<3x2xi32>",
                              {i32(iota(6)), i32({1, 0})}),
            (std::vector<int32_t>{0, 3, 1, 4, 2, 5}));
  evaluate<int32_t>("nn.transpose %a, %b", "(tensor<2x3xi32>, tensor<2xi32>) -> tensor<2x2xi32>",
                    {i32(iota(6)), i32({0, 0})});
  expectDiagnostic("expected a permutation");
}

TEST_F(MovementTest, PadsWithTheZeroPoint) {
  EXPECT_EQ(
      evaluate<int8_t>(
          "nn.pad %a, %b",
          "(tensor<2x!quant.uniform<i8:f32, 1.0:-9>>, tensor<1x2xi32>) -> tensor<5x!quant.uniform<i8:f32, 1.0:-9>>",
          {i8({1, 2}), i32({1, 2})}),
      (std::vector<int8_t>{-9, 1, 2, -9, -9}));
  EXPECT_EQ(evaluate<float>("nn.padv2 %a, %b, %c", "(tensor<1xf32>, tensor<1x2xi64>, tensor<1xf32>) -> tensor<3xf32>",
                            {f32({1}), data<int64_t>({1, 1}), f32({7})}),
            (std::vector<float>{7, 1, 7}));
}

TEST_F(MovementTest, RefusesNegativePaddings) {
  evaluate<float>("nn.pad %a, %b", "(tensor<2xf32>, tensor<1x2xi32>) -> tensor<1xf32>", {f32({1, 2}), i32({-1, 0})});
  expectDiagnostic("paddings that are not negative, got -1");
}

TEST_F(MovementTest, MirrorsWithAndWithoutTheBorder) {
  std::string types = "(tensor<3xi32>, tensor<1x2xi32>) -> tensor<7xi32>";
  EXPECT_EQ(evaluate<int32_t>("nn.mirror_pad %a, %b {mode = 0 : i8}", types, {i32({1, 2, 3}), i32({2, 2})}),
            (std::vector<int32_t>{3, 2, 1, 2, 3, 2, 1}));
  EXPECT_EQ(evaluate<int32_t>("nn.mirror_pad %a, %b {mode = 1 : i8}", types, {i32({1, 2, 3}), i32({2, 2})}),
            (std::vector<int32_t>{2, 1, 1, 2, 3, 3, 2}));
  evaluate<int32_t>("nn.mirror_pad %a, %b", "(tensor<3xi32>, tensor<1x2xi32>) -> tensor<6xi32>",
                    {i32({1, 2, 3}), i32({3, 0})});
  expectDiagnostic("within the mirror image");
}

TEST_F(MovementTest, Repeats) {
  EXPECT_EQ(evaluate<int32_t>("nn.tile %a, %b", "(tensor<2x1xi32>, tensor<2xi32>) -> tensor<2x2xi32>",
                              {i32({1, 2}), i32({1, 2})}),
            (std::vector<int32_t>{1, 1, 2, 2}));
  EXPECT_EQ(evaluate<int32_t>("nn.broadcast_to %a, %b", "(tensor<2x1xi32>, tensor<3xi32>) -> tensor<1x2x2xi32>",
                              {i32({1, 2}), i32({1, 2, 2})}),
            (std::vector<int32_t>{1, 1, 2, 2}));
}

TEST_F(MovementTest, Reverses) {
  EXPECT_EQ(evaluate<int32_t>("nn.reverse_v2 %a, %b", "(tensor<2x3xi32>, tensor<1xi32>) -> tensor<2x3xi32>",
                              {i32(iota(6)), i32({-1})}),
            (std::vector<int32_t>{2, 1, 0, 5, 4, 3}));
}

TEST_F(MovementTest, BlocksBecomeChannelsAndBack) {
  // Of a 2x4 image with one channel, blocks (0 1 / 4 5) and (2 3 / 6 7).
  std::vector<int32_t> blocks = {0, 1, 4, 5, 2, 3, 6, 7};
  EXPECT_EQ(
      evaluate<int32_t>("nn.space_to_depth %a block 2", "(tensor<1x2x4x1xi32>) -> tensor<1x1x2x4xi32>", {i32(iota(8))}),
      blocks);
  EXPECT_EQ(
      evaluate<int32_t>("nn.depth_to_space %a block 2", "(tensor<1x1x2x4xi32>) -> tensor<1x2x4x1xi32>", {i32(blocks)}),
      iota(8));
}

TEST_F(MovementTest, BlocksBecomeBatchesAndBack) {
  // 1 2 3 padded in front: positions 0 and 2, then 1 and 3.
  EXPECT_EQ(evaluate<int32_t>("nn.space_to_batch_nd %a, %b, %c",
                              "(tensor<1x3x1xi32>, tensor<1xi32>, tensor<1x2xi32>) -> tensor<2x2x1xi32>",
                              {i32({1, 2, 3}), i32({2}), i32({1, 0})}),
            (std::vector<int32_t>{0, 2, 1, 3}));
  EXPECT_EQ(evaluate<int32_t>("nn.batch_to_space_nd %a, %b, %c",
                              "(tensor<2x2x1xi32>, tensor<1xi32>, tensor<1x2xi32>) -> tensor<1x3x1xi32>",
                              {i32({0, 2, 1, 3}), i32({2}), i32({1, 0})}),
            (std::vector<int32_t>{1, 2, 3}));
  evaluate<int32_t>("nn.space_to_batch_nd %a, %b, %c",
                    "(tensor<1x3x1xi32>, tensor<1xi32>, tensor<1x2xi32>) -> tensor<2x2x1xi32>",
                    {i32({1, 2, 3}), i32({0}), i32({1, 0})});
  expectDiagnostic("block sizes of at least 1, got 0");
}
