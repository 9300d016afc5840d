//===- IndexingTest.cpp - Indices, segments, selection and volumes, Runtime against Reference ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "TestModule.h"
#include "llvm/Support/FormatVariadic.h"
#include "gtest/gtest.h"

using namespace mlir::vernier::test;
using llvm::formatv;
using llvm::StringRef;

static const char *kInt8 = "!quant.uniform<i8:f32, 0.0234375:-3>";

/// A function that applies `op` to tensors of `inputs`, then to constants given as {elements, type}.
static std::string module(StringRef op, llvm::ArrayRef<std::string> inputs,
                          llvm::ArrayRef<std::pair<std::string, std::string>> constants, StringRef attributes,
                          StringRef result) {
  std::string arguments, names, types, body;
  auto separate = [](std::string &list) { list += list.empty() ? "" : ", "; };
  for (auto [index, type] : llvm::enumerate(inputs)) {
    separate(arguments);
    separate(names);
    separate(types);
    arguments += formatv("%x{0}: tensor<{1}>", index, type);
    names += formatv("%x{0}", index);
    types += formatv("tensor<{0}>", type);
  }
  for (auto [index, constant] : llvm::enumerate(constants)) {
    separate(names);
    separate(types);
    body += formatv("  %c{0} = nn.const dense<{1}> : tensor<{2}>\n", index, constant.first, constant.second);
    names += formatv("%c{0}", index);
    types += formatv("tensor<{0}>", constant.second);
  }
  return formatv("func.func @main({0}) -> tensor<{1}> {{\n{2}  %y = \"nn.{3}\"({4}) {{{5}} : ({6}) -> tensor<{1}>\n"
                 "  return %y : tensor<{1}>\n}",
                 arguments, result, body, op, names, attributes, types);
}

TEST(Selection, ConditionsOfEveryRankAgree) {
  for (std::string type : {"f32", "i32", "i64", "i8", kInt8}) {
    for (StringRef condition : {"3x4xi1", "3xi1", "i1"})
      expectAgreement(module("select", {condition.str(), "3x4x" + type, "3x4x" + type}, {}, "", "3x4x" + type));
    expectAgreement(module("select_v2", {"3x1xi1", "4x" + type, "2x1x1x" + type}, {}, "", "2x3x4x" + type));
  }
}

TEST(Comparison, ScalesAreComparedNotStoredValues) {
  std::string wide = "!quant.uniform<i8:f32, 0.046875:5>";
  for (StringRef op : {"equal", "not_equal", "less", "less_equal", "greater", "greater_equal"}) {
    for (std::string type : {"f32", "i32", "i64", "i1", kInt8})
      expectAgreement(module(op, {"7x30x" + type, "30x" + type}, {}, "", "7x30xi1"));
    expectAgreement(module(op, {std::string("7x30x") + kInt8, "30x" + wide}, {}, "", "7x30xi1"));
  }
  for (StringRef op : {"logical_and", "logical_or"})
    expectAgreement(module(op, {"4x5xi1", "5xi1"}, {}, "", "4x5xi1"));
  expectAgreement(module("logical_not", {"4x5xi1"}, {}, "", "4x5xi1"));
  for (StringRef op : {"reduce_any", "reduce_all"})
    expectAgreement(module(op, {"4x2x3xi1"}, {{"[0, 2]", "2xi32"}}, "", "2xi1"));
}

TEST(Indexing, TensorsFromSizesAgree) {
  for (std::string type : {"f32", "i64", kInt8})
    expectAgreement(formatv("func.func @main(%v: tensor<{0}>) -> tensor<2x3x{0}> {{\n"
                            "  %d = nn.const dense<[2, 3]> : tensor<2xi32>\n"
                            "  %y = nn.fill %d, %v : (tensor<2xi32>, tensor<{0}>) -> tensor<2x3x{0}>\n"
                            "  return %y : tensor<2x3x{0}>\n}",
                            type)
                        .str());
  for (StringRef type : {"f32", "i32", "i64"})
    expectAgreement(module("zeros_like", {formatv("2x3x{0}", type).str()}, {}, "", formatv("2x3x{0}", type).str()));
  expectAgreement(
      module("one_hot", {"3x2xi32"}, {{"4", "i32"}, {"2.0", "f32"}, {"-1.0", "f32"}}, "axis = -1 : i32", "3x2x4xf32"));
  expectAgreement(
      module("one_hot", {"3xi32"}, {{"4", "i32"}, {"7", "i32"}, {"-1", "i32"}}, "axis = 0 : i32", "4x3xi32"));
}

TEST(Indexing, RangesCount) {
  expectAgreement(
      "func.func @main(%x: tensor<4xi32>) -> tensor<4xi32> {\n"
      "  %a = nn.const dense<11> : tensor<i32>\n  %b = nn.const dense<0> : tensor<i32>\n"
      "  %c = nn.const dense<-3> : tensor<i32>\n"
      "  %r = nn.range %a, %b, %c : (tensor<i32>, tensor<i32>, tensor<i32>) -> tensor<4xi32>\n"
      "  %y = nn.add %x, %r : (tensor<4xi32>, tensor<4xi32>) -> tensor<4xi32>\n  return %y : tensor<4xi32>\n}");
  expectRefusal("func.func @main(%x: tensor<4xi32>) -> tensor<4xi32> {\n  %a = nn.const dense<1> : tensor<i32>\n"
                "  %b = nn.const dense<0> : tensor<i32>\n"
                "  %r = nn.range %a, %a, %b : (tensor<i32>, tensor<i32>, tensor<i32>) -> tensor<4xi32>\n"
                "  return %r : tensor<4xi32>\n}",
                "expected a step other than 0");
}

TEST(Indexing, PicksAgree) {
  for (std::string type : {"f32", "i32", kInt8}) {
    expectAgreement(formatv("func.func @main(%x: tensor<5x3x{0}>) -> tensor<4x3x{0}> {{\n"
                            "  %i = nn.const dense<[4, 0, 2, 2]> : tensor<4xi32>\n"
                            "  %y = nn.embedding_lookup %i, %x : (tensor<4xi32>, tensor<5x3x{0}>) -> tensor<4x3x{0}>\n"
                            "  return %y : tensor<4x3x{0}>\n}",
                            type)
                        .str());
    expectAgreement(
        formatv("func.func @main(%x: tensor<5x30x{0}>) -> (tensor<5x7x{0}>, tensor<5x7xi32>) {{\n"
                "  %k = nn.const dense<7> : tensor<i32>\n"
                "  %y, %i = nn.topk_v2 %x, %k : (tensor<5x30x{0}>, tensor<i32>) -> (tensor<5x7x{0}>, tensor<5x7xi32>)\n"
                "  return %y, %i : tensor<5x7x{0}>, tensor<5x7xi32>\n}",
                type)
            .str());
    // The last start is moved inside.
    expectAgreement(
        module("dynamic_update_slice", {"4x6x" + type, "2x5x" + type}, {{"[1, 3]", "2xi32"}}, "", "4x6x" + type));
    expectAgreement(module("reverse_sequence", {"3x5x2x" + type}, {{"[5, 0, 2]", "3xi32"}},
                           "seq_dim = 1 : i32, batch_dim = 0 : i32", "3x5x2x" + type));
    expectAgreement(module("reverse_sequence", {"5x3x2x" + type}, {{"[5, 0, 2]", "3xi32"}},
                           "seq_dim = 0 : i32, batch_dim = 1 : i32", "5x3x2x" + type));
    expectAgreement(module("matrix_diag", {"2x3x" + type}, {}, "", "2x3x3x" + type));
    expectAgreement(module("matrix_set_diag", {"2x3x5x" + type, "2x3x" + type}, {}, "", "2x3x5x" + type));
  }
  expectAgreement(module("bitcast", {"5xf32"}, {}, "", "5xi32"));
  expectAgreement(module("bucketize", {"50xf32"}, {}, "boundaries = array<f32: -1.0, 0.0, 1.5>", "50xi32"));
}

TEST(Indexing, RepeatedIndicesAdd) {
  for (std::string type : {"f32", "i32", kInt8})
    expectAgreement(
        formatv(
            "func.func @main(%u: tensor<3x2x{0}>) -> tensor<4x2x{0}> {{\n"
            "  %i = nn.const dense<[[3], [1], [3]]> : tensor<3x1xi32>\n  %s = nn.const dense<[4, 2]> : tensor<2xi32>\n"
            "  %y = nn.scatter_nd %i, %u, %s : (tensor<3x1xi32>, tensor<3x2x{0}>, tensor<2xi32>) -> tensor<4x2x{0}>\n"
            "  return %y : tensor<4x2x{0}>\n}",
            type)
            .str());
}

TEST(Segments, FoldsAgree) {
  for (std::string type : {"f32", "i32", "i64"}) {
    for (StringRef flags : {"", "exclusive = true", "reverse = true", "exclusive = true, reverse = true"})
      expectAgreement(module("cumsum", {"3x5x2x" + type}, {{"1", "i32"}}, flags, "3x5x2x" + type));
    for (StringRef op :
         {"unsorted_segment_sum", "unsorted_segment_prod", "unsorted_segment_max", "unsorted_segment_min"})
      expectAgreement(module(op, {"5x2x" + type}, {{"[2, 0, -1, 2, 0]", "5xi32"}, {"4", "i32"}}, "", "4x2x" + type));
    expectAgreement(module("segment_sum", {"5x2x" + type}, {{"[0, 0, 1, 3, 3]", "5xi32"}}, "", "4x2x" + type));
  }
}

TEST(Volumes, ConvolutionsAgree) {
  for (StringRef padding : {"SAME", "VALID"}) {
    bool isSame = padding == "SAME";
    expectAgreement(
        formatv("func.func @main(%x: tensor<1x5x4x6x2xf32>, %w: tensor<2x3x3x2x5xf32>, %b: tensor<5xf32>) -> "
                "tensor<{1}xf32> {{\n  %y = nn.conv_3d %x, %w, %b stride [1, 1, 2] padding {0} activation RELU : "
                "(tensor<1x5x4x6x2xf32>, tensor<2x3x3x2x5xf32>, tensor<5xf32>) -> tensor<{1}xf32>\n"
                "  return %y : tensor<{1}xf32>\n}",
                padding, isSame ? "1x5x4x3x5" : "1x4x2x2x5")
            .str());
    expectAgreement(
        formatv("func.func @main(%x: tensor<1x3x2x3x5xf32>, %w: tensor<2x3x3x4x5xf32>) -> tensor<{1}xf32> {{\n"
                "  %s = nn.const dense<[{2}]> : tensor<5xi32>\n"
                "  %y = nn.conv_3d_transpose %s, %w, %x stride [1, 2, 2] padding {0} : "
                "(tensor<5xi32>, tensor<2x3x3x4x5xf32>, tensor<1x3x2x3x5xf32>) -> tensor<{1}xf32>\n"
                "  return %y : tensor<{1}xf32>\n}",
                padding, isSame ? "1x3x4x6x4" : "1x4x5x7x4", isSame ? "1, 3, 4, 6, 4" : "1, 4, 5, 7, 4")
            .str());
  }
}
