//===- MovementTest.cpp - Operators that move elements, Runtime against Reference ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "TestModule.h"
#include "llvm/Support/FormatVariadic.h"
#include "gtest/gtest.h"

using namespace mlir::vernier::test;
using llvm::formatv;
using llvm::StringRef;

static const char *kInt8 = "!quant.uniform<i8:f32, 0.0234375:-3>";
static const char *kUInt8 = "!quant.uniform<u8:f32, 0.0234375:131>";

/// One operator on %x and integer constants, for float, 8-bit and 64-bit elements.
static void check(StringRef op, StringRef input, llvm::ArrayRef<std::pair<std::string, std::string>> constants,
                  StringRef attributes, StringRef result) {
  for (StringRef type : {StringRef("f32"), StringRef(kInt8), StringRef(kUInt8), StringRef("i64"), StringRef("i16")}) {
    std::string text = formatv("func.func @main(%x: tensor<{0}{1}>) -> tensor<{2}{1}> {{\n", input, type, result);
    std::string names = "%x", types = formatv("tensor<{0}{1}>", input, type);
    for (auto [index, constant] : llvm::enumerate(constants)) {
      text += formatv("  %c{0} = nn.const dense<{1}> : tensor<{2}>\n", index, constant.first, constant.second);
      names += formatv(", %c{0}", index);
      types += formatv(", tensor<{0}>", constant.second);
    }
    text += formatv("  %y = \"nn.{0}\"({1}) {{{2}} : ({3}) -> tensor<{4}{5}>\n  return %y : tensor<{4}{5}>\n}", op,
                    names, attributes, types, result, type);
    expectAgreement(text);
  }
}

TEST(Movement, ReshapesAgree) {
  check("reshape", "2x3x4x", {{"[6, 4]", "2xi32"}}, "", "6x4x");
  check("squeeze", "2x1x4x1x", {}, "", "2x4x");
  check("expand_dims", "2x4x", {{"1", "i32"}}, "", "2x1x4x");
}

TEST(Movement, TransposesAgree) {
  check("transpose", "2x3x4x5x", {{"[0, 2, 1, 3]", "4xi32"}}, "", "2x4x3x5x");
  check("transpose", "2x3x4x5x", {{"[3, 1, 0, 2]", "4xi32"}}, "", "5x3x2x4x");
  check("transpose", "2x3x4x5x", {{"[0, 3, 1, 2]", "4xi32"}}, "", "2x5x3x4x");
  check("transpose", "2x3x4x2x3x2x", {{"[5, 4, 3, 2, 1, 0]", "6xi32"}}, "", "2x3x2x4x3x2x");
}

TEST(Movement, PaddingsAgree) {
  check("pad", "1x3x4x2x", {{"[[0, 0], [1, 2], [3, 0], [0, 0]]", "4x2xi32"}}, "", "1x6x7x2x");
  check("pad", "3x5x", {{"[[1, 0], [0, 2]]", "2x2xi64"}}, "", "4x7x");
  check("pad", "5x", {{"[[2, 1]]", "1x2xi32"}}, "", "8x");
  check("mirror_pad", "4x5x", {{"[[2, 1], [3, 4]]", "2x2xi32"}}, "mode = 0 : i8", "7x12x");
  check("mirror_pad", "4x5x", {{"[[4, 1], [3, 5]]", "2x2xi32"}}, "mode = 1 : i8", "9x13x");
  for (std::string type : {"f32", kInt8})
    expectAgreement(
        formatv("func.func @main(%x: tensor<3x5x{0}>, %v: tensor<{0}>) -> tensor<4x7x{0}> {{\n"
                "  %p = nn.const dense<[[1, 0], [0, 2]]> : tensor<2x2xi32>\n  %y = nn.padv2 %x, %p, %v : "
                "(tensor<3x5x{0}>, tensor<2x2xi32>, tensor<{0}>) -> tensor<4x7x{0}>\n  return %y : tensor<4x7x{0}>\n}",
                type)
            .str());
}

TEST(Movement, SlicesAgree) {
  check("slice", "4x5x6x", {{"[1, 0, 2]", "3xi32"}, {"[2, -1, 3]", "3xi32"}}, "", "2x5x3x");
  check("strided_slice", "4x5x6x", {{"[1, 0, 4]", "3xi32"}, {"[3, 5, 0]", "3xi32"}, {"[1, 2, -2]", "3xi32"}}, "",
        "2x3x2x");
  check("strided_slice", "4x5x6x", {{"[1, -2]", "2xi32"}, {"[0, 0]", "2xi32"}, {"[1, 1]", "2xi32"}},
        "shrink_axis_mask = 1 : i32, end_mask = 2 : i32", "2x6x");
  check("strided_slice", "4x5x6x", {{"[0, 0, 2]", "3xi32"}, {"[0, 0, 9]", "3xi32"}, {"[1, 1, 3]", "3xi32"}},
        "new_axis_mask = 1 : i32, ellipsis_mask = 2 : i32", "1x4x5x2x");
  check("strided_slice", "6x", {{"9", "1xi32"}, {"-9", "1xi32"}, {"-1", "1xi32"}}, "", "6x");
  check("strided_slice", "6x", {{"2", "1xi32"}, {"3", "1xi32"}, {"1", "1xi32"}}, "offset = true", "3x");
}

TEST(Movement, RepetitionsAgree) {
  check("tile", "2x3x", {{"[2, 3]", "2xi32"}}, "", "4x9x");
  check("tile", "2x1x3x4x", {{"[1, 3, 2, 1]", "4xi32"}}, "", "2x3x6x4x");
  check("broadcast_to", "3x1x", {{"[2, 3, 4]", "3xi32"}}, "", "2x3x4x");
  check("reverse_v2", "3x4x5x", {{"1", "1xi32"}}, "", "3x4x5x");
  check("reverse_v2", "3x4x5x", {{"[0, -1]", "2xi32"}}, "", "3x4x5x");
}

TEST(Movement, BlocksAgree) {
  check("space_to_depth", "2x4x6x3x", {}, "block_size = 2 : i32", "2x2x3x12x");
  check("depth_to_space", "2x2x3x12x", {}, "block_size = 2 : i32", "2x4x6x3x");
  check("space_to_batch_nd", "2x4x5x3x", {{"[2, 3]", "2xi32"}, {"[[0, 0], [1, 0]]", "2x2xi32"}}, "", "12x2x2x3x");
  check("batch_to_space_nd", "12x2x2x3x", {{"[2, 3]", "2xi32"}, {"[[0, 0], [1, 0]]", "2x2xi32"}}, "", "2x4x5x3x");
  check("space_to_batch_nd", "2x4x3x", {{"2", "1xi32"}, {"[[1, 1]]", "1x2xi32"}}, "", "4x3x3x");
}

TEST(Movement, ResizesAgree) {
  for (StringRef op : {"resize_bilinear", "resize_nearest_neighbor"})
    for (StringRef attributes : {"", "align_corners = true", "half_pixel_centers = true"})
      for (auto [height, width] : {std::pair(9, 11), std::pair(2, 3), std::pair(1, 1), std::pair(4, 5)})
        for (std::string type : {"f32", kInt8, kUInt8})
          expectAgreement(
              formatv("func.func @main(%x: tensor<2x4x5x3x{0}>) -> tensor<2x{1}x{2}x3x{0}> {{\n  %s = nn.const "
                      "dense<[{1}, {2}]> : tensor<2xi32>\n  %y = \"nn.{3}\"(%x, %s) {{{4}} : (tensor<2x4x5x3x{0}>, "
                      "tensor<2xi32>) -> tensor<2x{1}x{2}x3x{0}>\n  return %y : tensor<2x{1}x{2}x3x{0}>\n}",
                      type, height, width, op, attributes)
                  .str());
}

TEST(Movement, GathersAgree) {
  check("gather", "4x5x3x", {{"[[3, 0], [1, 1]]", "2x2xi32"}}, "axis = 0 : i32", "2x2x5x3x");
  check("gather", "4x5x3x", {{"[4, 0, 2]", "3xi64"}}, "axis = -2 : i32", "4x3x3x");
  check("gather", "2x5x3x", {{"[[4, 0], [1, 2]]", "2x2xi32"}}, "axis = 1 : i32, batch_dims = 1 : i32", "2x2x3x");
  check("gather_nd", "4x5x3x", {{"[[3, 0], [1, 4]]", "2x2xi32"}}, "", "2x3x");
  check("gather_nd", "4x5x3x", {{"[[[3, 0, 2]], [[1, 4, 0]]]", "2x1x3xi32"}}, "", "2x1x");
}

TEST(Movement, PartsAgree) {
  for (std::string type : {"f32", kInt8, "i32"}) {
    auto fill = [&](const char *text) {
      std::string result = text;
      for (size_t at; (at = result.find('T')) != std::string::npos;)
        result.replace(at, 1, type);
      return result;
    };
    expectAgreement(fill(R"mlir(func.func @main(%a: tensor<2x3x4xT>, %b: tensor<2x1x4xT>) -> tensor<2x7x4xT> {
  %y = nn.concatenation %a, %b, %a axis 1 : (tensor<2x3x4xT>, tensor<2x1x4xT>, tensor<2x3x4xT>) -> tensor<2x7x4xT>
  return %y : tensor<2x7x4xT>
})mlir"));
    expectAgreement(fill(R"mlir(func.func @main(%a: tensor<2x3xT>, %b: tensor<2x3xT>) -> tensor<2x2x3xT> {
  %y = nn.pack %a, %b axis 1 {values_count = 2 : i32} : (tensor<2x3xT>, tensor<2x3xT>) -> tensor<2x2x3xT>
  return %y : tensor<2x2x3xT>
})mlir"));
    expectAgreement(fill(R"mlir(func.func @main(%a: tensor<2x3x4xT>) -> (tensor<2x4xT>, tensor<2x4xT>, tensor<2x4xT>) {
  %y:3 = nn.unpack %a axis 1 {num = 3 : i32} : (tensor<2x3x4xT>) -> (tensor<2x4xT>, tensor<2x4xT>, tensor<2x4xT>)
  return %y#0, %y#1, %y#2 : tensor<2x4xT>, tensor<2x4xT>, tensor<2x4xT>
})mlir"));
    expectAgreement(fill(R"mlir(func.func @main(%a: tensor<2x6x4xT>) -> (tensor<2x3x4xT>, tensor<2x3x4xT>) {
  %axis = nn.const dense<1> : tensor<i32>
  %y:2 = nn.split %axis, %a {num_splits = 2 : i32} : (tensor<i32>, tensor<2x6x4xT>) -> (tensor<2x3x4xT>, tensor<2x3x4xT>)
  return %y#0, %y#1 : tensor<2x3x4xT>, tensor<2x3x4xT>
})mlir"));
    expectAgreement(fill(R"mlir(func.func @main(%a: tensor<2x6x4xT>) -> (tensor<2x1x4xT>, tensor<2x5x4xT>) {
  %axis = nn.const dense<-2> : tensor<i32>
  %sizes = nn.const dense<[1, -1]> : tensor<2xi32>
  %y:2 = nn.split_v %a, %sizes, %axis {num_splits = 2 : i32} : (tensor<2x6x4xT>, tensor<2xi32>, tensor<i32>) -> (tensor<2x1x4xT>, tensor<2x5x4xT>)
  return %y#0, %y#1 : tensor<2x1x4xT>, tensor<2x5x4xT>
})mlir"));
  }
}

// uint8 networks of the first generation join tensors whose scales differ.
TEST(Movement, ConcatenationRequantizesUInt8) {
  expectAgreement(R"mlir(
func.func @main(%a: tensor<2x90x!quant.uniform<u8:f32, 0.0234375:131>>, %b: tensor<2x80x!quant.uniform<u8:f32, 0.109375:100>>)
    -> tensor<2x170x!quant.uniform<u8:f32, 0.0703125:110>> {
  %y = nn.concatenation %a, %b axis 1 : (tensor<2x90x!quant.uniform<u8:f32, 0.0234375:131>>,
      tensor<2x80x!quant.uniform<u8:f32, 0.109375:100>>) -> tensor<2x170x!quant.uniform<u8:f32, 0.0703125:110>>
  return %y : tensor<2x170x!quant.uniform<u8:f32, 0.0703125:110>>
})mlir");
}
