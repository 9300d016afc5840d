//===- SlicingTest.cpp - Operators that cut and join tensors ----*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "OperatorTest.h"

using namespace mlir::vernier;

using SlicingTest = OperatorTest;

static const std::vector<int32_t> grid = {0, 1, 2, 10, 11, 12};

TEST_F(SlicingTest, SliceTakesTheRestForMinusOne) {
  EXPECT_EQ(evaluate<int32_t>("nn.slice %a, %b, %c",
                              "(tensor<2x3xi32>, tensor<2xi32>, tensor<2xi32>) -> tensor<1x2xi32>",
                              {i32(grid), i32({1, 1}), i32({1, -1})}),
            (std::vector<int32_t>{11, 12}));
  evaluate<int32_t>("nn.slice %a, %b, %c", "(tensor<2x3xi32>, tensor<2xi32>, tensor<2xi32>) -> tensor<2x3xi32>",
                    {i32(grid), i32({0, 1}), i32({2, 3})});
  expectDiagnostic("expected a slice within dimension 1 of size 3, got 3 elements from 1");
}

TEST_F(SlicingTest, StridedSliceWalksBackwards) {
  EXPECT_EQ(evaluate<int32_t>("nn.strided_slice %a, %b, %c, %d",
                              "(tensor<2x3xi32>, tensor<2xi32>, tensor<2xi32>, tensor<2xi32>) -> tensor<1x2xi32>",
                              {i32(grid), i32({-1, -1}), i32({9, 0}), i32({1, -1})}),
            (std::vector<int32_t>{12, 11}));
}

TEST_F(SlicingTest, StridedSliceMasks) {
  // Shrinks the first dimension, adds one, and takes the whole of the last backwards.
  EXPECT_EQ(evaluate<int32_t>(
                "nn.strided_slice %a, %b, %c, %d {begin_mask = 4 : i32, end_mask = 4 : i32, new_axis_mask = 2 : i32, "
                "shrink_axis_mask = 1 : i32}",
                "(tensor<2x3xi32>, tensor<3xi32>, tensor<3xi32>, tensor<3xi32>) -> tensor<1x3xi32>",
                {i32(grid), i32({1, 0, 0}), i32({2, 0, 0}), i32({1, 1, -1})}),
            (std::vector<int32_t>{12, 11, 10}));
  // An ellipsis stands for what no other entry names.
  EXPECT_EQ(evaluate<int32_t>("nn.strided_slice %a, %b, %c, %d {ellipsis_mask = 1 : i32, shrink_axis_mask = 2 : i32}",
                              "(tensor<2x3xi32>, tensor<2xi32>, tensor<2xi32>, tensor<2xi32>) -> tensor<2xi32>",
                              {i32(grid), i32({0, 2}), i32({0, 3}), i32({1, 1})}),
            (std::vector<int32_t>{2, 12}));
}

TEST_F(SlicingTest, StridedSliceRefusesStride0AndIndicesOutside) {
  std::string types = "(tensor<2x3xi32>, tensor<1xi32>, tensor<1xi32>, tensor<1xi32>) -> tensor<3xi32>";
  evaluate<int32_t>("nn.strided_slice %a, %b, %c, %d", types, {i32(grid), i32({0}), i32({1}), i32({0})});
  expectDiagnostic("strides that are not 0");
  evaluate<int32_t>("nn.strided_slice %a, %b, %c, %d {shrink_axis_mask = 1 : i32}", types,
                    {i32(grid), i32({2}), i32({3}), i32({1})});
  expectDiagnostic("an index within dimension 0 of size 2, got 2");
}

TEST_F(SlicingTest, GatherPicksSlices) {
  EXPECT_EQ(evaluate<int32_t>("nn.gather %a, %b axis 1", "(tensor<2x3xi32>, tensor<2xi32>) -> tensor<2x2xi32>",
                              {i32(grid), i32({2, 0})}),
            (std::vector<int32_t>{2, 0, 12, 10}));
  EXPECT_EQ(evaluate<int32_t>("nn.gather %a, %b axis 1 {batch_dims = 1 : i32}",
                              "(tensor<2x3xi32>, tensor<2x1xi32>) -> tensor<2x1xi32>", {i32(grid), i32({2, 0})}),
            (std::vector<int32_t>{2, 10}));
  EXPECT_EQ(evaluate<int32_t>("nn.gather_nd %a, %b", "(tensor<2x3xi32>, tensor<2x2xi32>) -> tensor<2xi32>",
                              {i32(grid), i32({1, 2, 0, 1})}),
            (std::vector<int32_t>{12, 1}));
}

TEST_F(SlicingTest, IndicesOutOfRangeAreErrors) {
  for (int32_t index : {-1, 3, INT32_MAX, INT32_MIN}) {
    EXPECT_TRUE(evaluate<int32_t>("nn.gather %a, %b axis 1", "(tensor<2x3xi32>, tensor<1xi32>) -> tensor<2x1xi32>",
                                  {i32(grid), i32({index})})
                    .empty());
    expectDiagnostic("indices within dimension 1 of size 3, got " + std::to_string(index));
    EXPECT_TRUE(evaluate<int32_t>("nn.gather_nd %a, %b", "(tensor<2x3xi32>, tensor<1x2xi32>) -> tensor<1xi32>",
                                  {i32(grid), i32({0, index})})
                    .empty());
  }
}

TEST_F(SlicingTest, Joins) {
  EXPECT_EQ(evaluate<int32_t>("nn.concatenation %a, %b axis -1",
                              "(tensor<2x1xi32>, tensor<2x2xi32>) -> tensor<2x3xi32>",
                              {i32({0, 10}), i32({1, 2, 11, 12})}),
            grid);
  EXPECT_EQ(evaluate<int32_t>("nn.pack %a, %b axis 1 {values_count = 2 : i32}",
                              "(tensor<2xi32>, tensor<2xi32>) -> tensor<2x2xi32>", {i32({1, 2}), i32({3, 4})}),
            (std::vector<int32_t>{1, 3, 2, 4}));
}

TEST_F(SlicingTest, Uint8ConcatenationRescales) {
  EXPECT_EQ(evaluate<uint8_t>("nn.concatenation %a, %b axis 0",
                              "(tensor<1x!quant.uniform<u8:f32, 1.0:10>>, tensor<2x!quant.uniform<u8:f32, 2.0:3>>) -> "
                              "tensor<3x!quant.uniform<u8:f32, 1.0:10>>",
                              {u8({77}), u8({3, 5})}),
            (std::vector<uint8_t>{77, 10, 14}));
  evaluate<int8_t>("nn.concatenation %a, %b axis 0",
                   "(tensor<1x!quant.uniform<i8:f32, 1.0:10>>, tensor<1x!quant.uniform<i8:f32, 2.0:3>>) -> "
                   "tensor<2x!quant.uniform<i8:f32, 1.0:10>>",
                   {i8({77}), i8({3})});
  expectDiagnostic("has no reference form");
}

TEST_F(SlicingTest, Cuts) {
  evaluate<int32_t>("nn.unpack %a axis 0 {num = 2 : i32}", "(tensor<2x3xi32>) -> (tensor<3xi32>, tensor<3xi32>)",
                    {i32(grid)});
  EXPECT_EQ(result<int32_t>(1), (std::vector<int32_t>{10, 11, 12}));
  evaluate<int32_t>("nn.split %a, %b {num_splits = 3 : i32}",
                    "(tensor<i32>, tensor<2x3xi32>) -> (tensor<2x1xi32>, tensor<2x1xi32>, tensor<2x1xi32>)",
                    {i32({1}), i32(grid)});
  EXPECT_EQ(result<int32_t>(2), (std::vector<int32_t>{2, 12}));
  evaluate<int32_t>("nn.split_v %a, %b, %c {num_splits = 2 : i32}",
                    "(tensor<2x3xi32>, tensor<2xi32>, tensor<i32>) -> (tensor<2x1xi32>, tensor<2x2xi32>)",
                    {i32(grid), i32({1, -1}), i32({-1})});
  EXPECT_EQ(result<int32_t>(0), (std::vector<int32_t>{0, 10}));
  EXPECT_EQ(result<int32_t>(1), (std::vector<int32_t>{1, 2, 11, 12}));
}

TEST_F(SlicingTest, PartsMustAddUp) {
  EXPECT_TRUE(evaluate<int32_t>("nn.split_v %a, %b, %c {num_splits = 2 : i32}",
                                "(tensor<2x3xi32>, tensor<2xi32>, tensor<i32>) -> (tensor<2x1xi32>, tensor<2x1xi32>)",
                                {i32(grid), i32({1, 1}), i32({1})})
                  .empty());
  expectDiagnostic("parts that add up");
}
