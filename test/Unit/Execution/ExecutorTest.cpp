//===- ExecutorTest.cpp - Planning, memory and observation ------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "TestModule.h"
#include "gtest/gtest.h"

using namespace mlir;
using namespace mlir::vernier;
using namespace mlir::vernier::test;

// A small float network: convolution, depthwise convolution, pool, fully connected.
static const char *kNetwork = R"mlir(
func.func @main(%x: tensor<1x8x8x3xf32> {nn.tensor = #nn.tensor<name = "image", index = 0>}) -> tensor<1x5xf32> {
  %w = nn.const dense<[[[[0.5, -0.25, 1.0]]], [[[1.5, 0.125, -1.0]]], [[[0.0, 0.25, 0.75]]], [[[-0.5, 0.5, 0.5]]]]> : tensor<4x1x1x3xf32>
  %b = nn.const dense<[0.5, -0.5, 0.25, 0.0]> : tensor<4xf32>
  %0 = nn.conv_2d %x, %w, %b stride [1, 1] padding SAME activation RELU6 {nn.tensors = [#nn.tensor<name = "conv", index = 3>]}
      : (tensor<1x8x8x3xf32>, tensor<4x1x1x3xf32>, tensor<4xf32>) -> tensor<1x8x8x4xf32>
  %dw = nn.const dense<0.125> : tensor<1x3x3x4xf32>
  %1 = nn.depthwise_conv_2d %0, %dw, %b stride [2, 2] padding SAME
      : (tensor<1x8x8x4xf32>, tensor<1x3x3x4xf32>, tensor<4xf32>) -> tensor<1x4x4x4xf32>
  %2 = nn.max_pool_2d %1 filter [2, 2] stride [2, 2] padding VALID : (tensor<1x4x4x4xf32>) -> tensor<1x2x2x4xf32>
  %fw = nn.const dense<0.0625> : tensor<5x16xf32>
  %none = nn.no_value : none
  %3 = nn.fully_connected %2, %fw, %none {nn.tensors = [#nn.tensor<name = "logits", index = 9>]}
      : (tensor<1x2x2x4xf32>, tensor<5x16xf32>, none) -> tensor<1x5xf32>
  return %3 : tensor<1x5xf32>
})mlir";

TEST(Executor, RunsANetworkOfFloats) { expectAgreement(kNetwork); }

TEST(Executor, NamesItsInputsAndOutputs) {
  TestModule module(kNetwork);
  auto executor = module.plan();
  ASSERT_TRUE(executor) << module.firstError();
  ASSERT_EQ(executor->inputs().size(), 1u);
  EXPECT_EQ(executor->inputs()[0].name, "image");
  EXPECT_EQ(executor->inputs()[0].bytes, 8 * 8 * 3 * 4);
  ASSERT_EQ(executor->outputs().size(), 1u);
  EXPECT_EQ(executor->outputs()[0].name, "logits");
  EXPECT_EQ(executor->outputs()[0].shape, (SmallVector<int64_t>{1, 5}));
}
