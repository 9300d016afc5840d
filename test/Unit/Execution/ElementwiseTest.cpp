//===- ElementwiseTest.cpp - Arithmetic, functions and reductions, Runtime against Reference ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "TestModule.h"
#include "llvm/Support/FormatVariadic.h"
#include "gtest/gtest.h"
#include <cmath>

using namespace mlir::vernier::test;
using llvm::formatv;
using llvm::StringRef;

static const char *kInt8 = "!quant.uniform<i8:f32, 0.0234375:-3>";
static const char *kInt8Wide = "!quant.uniform<i8:f32, 0.15625:21>";
static const char *kUInt8 = "!quant.uniform<u8:f32, 0.0234375:131>";
static const char *kUInt8Wide = "!quant.uniform<u8:f32, 0.109375:100>";

/// One operator on operands of the given tensor types.
static std::string module(StringRef op, llvm::ArrayRef<std::string> operands, StringRef attributes,
                          const std::string &result) {
  std::string arguments, names, types;
  for (auto [index, type] : llvm::enumerate(operands)) {
    const char *comma = index ? ", " : "";
    arguments += formatv("{0}%x{1}: tensor<{2}>", comma, index, type);
    names += formatv("{0}%x{1}", comma, index);
    types += formatv("{0}tensor<{1}>", comma, type);
  }
  return formatv("func.func @main({0}) -> tensor<{1}> {{\n  %y = \"nn.{2}\"({3}) {{{4}} : ({5}) -> tensor<{1}>\n"
                 "  return %y : tensor<{1}>\n}",
                 arguments, result, op, names, attributes, types);
}

struct Shapes {
  std::string lhs, rhs, result;
};
static const Shapes kBroadcasts[] = {{"2x3x4x5x", "2x3x4x5x", "2x3x4x5x"},
                                     {"2x3x4x5x", "5x", "2x3x4x5x"},
                                     {"1x1x1x5x", "2x3x4x5x", "2x3x4x5x"},
                                     {"2x1x4x1x", "1x3x1x5x", "2x3x4x5x"},
                                     {"7x", "", "7x"},
                                     {"", "", ""}};

TEST(Elementwise, FusedBinariesAgree) {
  for (StringRef op : {"add", "sub", "mul"})
    for (const Shapes &s : kBroadcasts)
      for (StringRef activation : {"NONE", "RELU", "RELU6"}) {
        std::string attribute = formatv("fused_activation_function = #nn<activation {0}>", activation);
        expectAgreement(module(op, {s.lhs + "f32", s.rhs + "f32"}, attribute, s.result + "f32"));
        expectAgreement(module(op, {s.lhs + "i32", s.rhs + "i32"}, attribute, s.result + "i32"));
        expectAgreement(module(op, {s.lhs + kInt8, s.rhs + kInt8Wide}, attribute, s.result + kInt8Wide));
        expectAgreement(module(op, {s.lhs + kUInt8, s.rhs + kUInt8Wide}, attribute, s.result + kUInt8));
      }
}

// Beyond the ratios of scales that XNNPACK takes, the fixed-point kernels run for every target.
TEST(Elementwise, ScalesBeyondXnnpackAgree) {
  std::string tiny = "9x!quant.uniform<i8:f32, 1.52587890625e-05:4>", large = "9x!quant.uniform<i8:f32, 8.0:-4>";
  for (StringRef op : {"add", "sub", "mul"}) {
    expectAgreement(module(op, {tiny, large}, "", large));
    expectAgreement(module(op, {tiny, tiny}, "", large));
  }
  expectAgreement(module("quantize", {large}, "", tiny));
  expectAgreement(module("leaky_relu", {large}, "alpha = 0.25 : f32", tiny));
}

TEST(Elementwise, ExtremaAndDifferencesAgree) {
  for (const Shapes &s : kBroadcasts) {
    for (StringRef op : {"maximum", "minimum"})
      for (std::string type : {"f32", "i32", "i64", "i8", kInt8, kUInt8})
        expectAgreement(module(op, {s.lhs + type, s.rhs + type}, "", s.result + type));
    expectAgreement(module("squared_difference", {s.lhs + "f32", s.rhs + "f32"}, "", s.result + "f32"));
    expectAgreement(module("squared_difference", {s.lhs + "i32", s.rhs + "i32"}, "", s.result + "i32"));
    expectAgreement(module("squared_difference", {s.lhs + kInt8, s.rhs + kInt8Wide}, "", s.result + kInt8Wide));
    expectAgreement(module("div", {s.lhs + "f32", s.rhs + "f32"}, "", s.result + "f32"));
    expectAgreement(module("floor_div", {s.lhs + "i32", s.rhs + "i32"}, "", s.result + "i32"));
    expectAgreement(module("floor_mod", {s.lhs + "i64", s.rhs + "i64"}, "", s.result + "i64"));
  }
  expectAgreement(module("div", {"9xi32", "9xi32"}, "", "9xi32"));
  expectAgreement(module("floor_div", {"9xf32", "9xf32"}, "", "9xf32"));
  expectAgreement(module("floor_mod", {"9xf32", "9xf32"}, "", "9xf32"));
}

TEST(Elementwise, PreluAgrees) {
  for (std::string slope : {"1x1x5x", "5x", "2x3x5x"}) {
    expectAgreement(module("prelu", {"2x3x5xf32", slope + "f32"}, "", "2x3x5xf32"));
    expectAgreement(
        module("prelu", {std::string("2x3x5x") + kInt8, slope + kInt8Wide}, "", std::string("2x3x5x") + kInt8Wide));
    expectAgreement(
        module("prelu", {std::string("2x3x5x") + kUInt8, slope + kUInt8}, "", std::string("2x3x5x") + kUInt8Wide));
  }
}

// 601 random bytes see nearly every entry of a table.
TEST(Elementwise, FunctionsAgree) {
  std::string shape = "601x";
  for (StringRef op :
       {"relu", "relu6", "relu_n1_to_1", "relu_0_to_1", "logistic", "tanh", "hard_swish", "elu", "gelu"}) {
    expectAgreement(module(op, {shape + "f32"}, "", shape + "f32"));
    expectAgreement(module(op, {shape + kInt8}, "", shape + kInt8Wide));
    expectAgreement(module(op, {shape + kInt8Wide}, "", shape + kInt8));
    expectAgreement(module(op, {shape + kUInt8}, "", shape + kUInt8Wide));
  }
  expectAgreement(module("gelu", {shape + "f32"}, "approximate = true", shape + "f32"));
  expectAgreement(module("gelu", {shape + kInt8}, "approximate = true", shape + kInt8Wide));
  for (StringRef alpha : {"0.25", "-0.5", "0.0"})
    for (std::string type : {"f32", kInt8, kUInt8})
      expectAgreement(module("leaky_relu", {shape + type}, formatv("alpha = {0} : f32", alpha).str(), shape + type));
  for (StringRef op : {"abs", "exp"}) {
    expectAgreement(module(op, {shape + "f32"}, "", shape + "f32"));
    expectAgreement(module(op, {shape + kInt8}, "", shape + kInt8Wide));
  }
  for (StringRef op : {"log", "sqrt", "rsqrt", "neg", "square", "floor", "ceil", "round", "sign", "sin", "cos"})
    expectAgreement(module(op, {shape + "f32"}, "", shape + "f32"));
  expectAgreement(module("log", {shape + kInt8}, "", shape + kInt8Wide));
  std::string positive = shape + "!quant.uniform<i8:f32, 0.0234375:-128>";
  expectAgreement(module("sqrt", {positive}, "", positive));
  expectAgreement(module("rsqrt", {positive}, "", positive));
  expectAgreement(module("abs", {shape + "i32"}, "", shape + "i32"));
  expectAgreement(module("neg", {shape + "i32"}, "", shape + "i32"));
  expectAgreement(module("neg", {shape + kInt8}, "", shape + kInt8));
  expectAgreement(module("sign", {shape + "i32"}, "", shape + "i32"));
}

// A divisor that is stored as the zero point is an error, so this one never is.
TEST(Elementwise, QuantizedQuotientsAgree) {
  std::string divisor = "!quant.uniform<i8:f32, 0.0078125:-128>";
  for (StringRef activation : {"NONE", "RELU6"}) {
    std::string attribute = formatv("fused_activation_function = #nn<activation {0}>", activation);
    for (StringRef type : {StringRef(kInt8), StringRef(kInt8Wide)})
      expectAgreement(
          formatv("func.func @main(%x: tensor<601x{0}>) -> tensor<601x{1}> {{\n"
                  "  %d = nn.const dense<37> : tensor<1xi8> as tensor<1x{2}>\n  %y = \"nn.div\"(%x, %d) {{{3}} : "
                  "(tensor<601x{0}>, tensor<1x{2}>) -> tensor<601x{1}>\n  return %y : tensor<601x{1}>\n}",
                  type, kInt8Wide, divisor, attribute)
              .str());
  }
}

TEST(Elementwise, OperatorsOnIntegersAndAnglesAgree) {
  for (StringRef type : {"i8", "i16", "i32"})
    expectAgreement(module("bitwise_xor", {formatv("7x9x{0}", type).str(), formatv("9x{0}", type).str()}, "",
                           formatv("7x9x{0}", type).str()));
  for (StringRef type : {"i8", "i16", "i32"})
    expectAgreement(module("right_shift", {formatv("601x{0}", type).str(), formatv("601x{0}", type).str()}, "",
                           formatv("601x{0}", type).str()));
  expectAgreement(module("atan2", {"601xf32", "601xf32"}, "", "601xf32"));
  for (StringRef type : {"f32", "i32"})
    expectAgreement(module("add_n", std::vector<std::string>(3, formatv("4x5x{0}", type).str()), "",
                           formatv("4x5x{0}", type).str()));
  expectAgreement("func.func @main(%x: tensor<601xf32>, %y: tensor<601xf32>) -> tensor<601xf32> {\n"
                  "  %p = nn.exp %x : (tensor<601xf32>) -> tensor<601xf32>\n"
                  "  %z = nn.pow %p, %y : (tensor<601xf32>, tensor<601xf32>) -> tensor<601xf32>\n"
                  "  return %z : tensor<601xf32>\n}");
  expectAgreement("func.func @main(%x: tensor<601xi32>) -> tensor<601xi32> {\n"
                  "  %e = nn.const dense<5> : tensor<i32>\n"
                  "  %z = nn.pow %x, %e : (tensor<601xi32>, tensor<i32>) -> tensor<601xi32>\n"
                  "  return %z : tensor<601xi32>\n}");
}

TEST(Elementwise, RootsOfNegativeValuesAreErrors) {
  TestModule text(module("sqrt", {std::string("601x") + kInt8}, "", std::string("601x") + kInt8));
  auto executor = text.plan();
  ASSERT_TRUE(executor) << text.firstError();
  auto inputs = makeInputs(*executor, 1);
  std::vector<char> output(601);
  EXPECT_TRUE(failed(executor->run({inputs[0]}, {llvm::MutableArrayRef<char>(output)})));
  EXPECT_NE(text.firstError().find("'nn.sqrt' is not defined on"), std::string::npos) << text.firstError();
}

TEST(Elementwise, DividingByZeroIsAnError) {
  TestModule text(R"mlir(
func.func @main(%x: tensor<2xi32>) -> tensor<2xi32> {
  %0 = nn.floor_div %x, %x : (tensor<2xi32>, tensor<2xi32>) -> tensor<2xi32>
  return %0 : tensor<2xi32>
})mlir");
  auto executor = text.plan();
  ASSERT_TRUE(executor) << text.firstError();
  alignas(4) char input[8] = {1}, output[8];
  EXPECT_TRUE(failed(executor->run({llvm::ArrayRef<char>(input)}, {llvm::MutableArrayRef<char>(output)})));
  EXPECT_EQ(text.firstError(), "'nn.floor_div' divides by zero");
}

TEST(Elementwise, ConversionsAgree) {
  std::string shape = "3x7x5x";
  for (std::string to : {kInt8, kUInt8, "!quant.uniform<i16:f32, 0.000244140625>"}) {
    expectAgreement(module("quantize", {shape + "f32"}, "", shape + to));
    expectAgreement(module("dequantize", {shape + to}, "", shape + "f32"));
    for (std::string from : {kInt8, kInt8Wide, kUInt8Wide})
      if (StringRef(to).contains("8:"))
        expectAgreement(module("quantize", {shape + from}, "", shape + to));
  }
  std::string perAxis = "!quant.uniform<i8:f32:1, {0.5,0.25,0.125,1.0,2.0,0.0625,0.75}>";
  expectAgreement(module("quantize", {shape + "f32"}, "", shape + perAxis));
  expectAgreement(module("dequantize", {shape + perAxis}, "", shape + "f32"));
  expectAgreement(module("dequantize", {shape + "f16"}, "", shape + "f32"));
  for (std::string from : {"f32", "i32", "i64", "i8", "i1"})
    for (std::string to : {"f32", "i32", "i64", "i16", "i1"})
      expectAgreement(module("cast", {shape + from}, "", shape + to));
  expectAgreement(module("shape", {shape + "f32"}, "", "3xi32"));
}

TEST(Elementwise, SimulatedQuantizationAgrees) {
  expectAgreement(R"mlir(
func.func @main(%x: tensor<3x4x5xf32>) -> (tensor<3x4x5xf32>, tensor<3x4x5xf32>) {
  %0 = quantx.fake_quant %x name "a" spec<i8> as !quant.uniform<i8:f32, 0.0078125:5> : tensor<3x4x5xf32>
  %1 = quantx.fake_quant %x name "b" spec<i8, symmetric, narrow, axis = 1>
      as !quant.uniform<i8<-127:127>:f32:1, {0.0078125, 0.25, 0.001953125, 0.5}> : tensor<3x4x5xf32>
  return %0, %1 : tensor<3x4x5xf32>, tensor<3x4x5xf32>
})mlir");
}

static std::string onAxes(StringRef op, const std::string &input, StringRef axes, StringRef axesType,
                          StringRef attributes, const std::string &result) {
  return formatv(
      "func.func @main(%x: tensor<{0}>) -> tensor<{1}> {{\n  %a = nn.const dense<{2}> : tensor<{3}>\n"
      "  %y = \"nn.{4}\"(%x, %a) {{{5}} : (tensor<{0}>, tensor<{3}>) -> tensor<{1}>\n  return %y : tensor<{1}>\n}",
      input, result, axes, axesType, op, attributes);
}

// The product of 5 bytes fills the output's range; longer ones leave 32 bits on the way.
TEST(Elementwise, ProductsAgree) {
  std::string small = "!quant.uniform<i8:f32, 0.01171875:-3>";
  for (std::string type : {"f32", "i32", "i64", small.c_str()})
    expectAgreement(onAxes("reduce_prod", "2x5x7x9x" + type, "[-3]", "1xi32", "keep_dims = true", "2x1x7x9x" + type));
  expectAgreement(onAxes("reduce_prod", "6x9x!quant.uniform<i8:f32, 1.5:-3>", "[1]", "1xi32", "",
                         "6x!quant.uniform<i8:f32, 32.0:5>"));
}

TEST(Elementwise, ReductionsAgree) {
  for (StringRef op : {"mean", "sum", "reduce_max", "reduce_min"}) {
    bool rescales = op == "mean" || op == "sum";
    std::pair<std::string, std::string> types[] = {{"f32", "f32"},
                                                   {"i32", "i32"},
                                                   {kInt8, rescales ? kInt8Wide : kInt8},
                                                   {kUInt8, rescales ? kUInt8Wide : kUInt8}};
    for (auto [in, out] : types) {
      expectAgreement(onAxes(op, "2x5x7x9x" + in, "[1, 2]", "2xi32", "keep_dims = true", "2x1x1x9x" + out));
      expectAgreement(onAxes(op, "2x5x7x9x" + in, "[1, 2]", "2xi32", "", "2x9x" + out));
      expectAgreement(onAxes(op, "2x5x7x9x" + in, "-1", "1xi32", "", "2x5x7x" + out));
      expectAgreement(onAxes(op, "2x5x7x9x" + in, "[0, 2]", "2xi32", "", "5x9x" + out));
      expectAgreement(onAxes(op, "2x5x7x9x" + in, "[0, 1, 2, 3]", "4xi32", "", out));
    }
  }
  for (StringRef op : {"arg_max", "arg_min"})
    for (std::string type : {"f32", "i32", kInt8, kUInt8})
      for (int axis : {0, 1, -1})
        for (StringRef index : {"i32", "i64"})
          expectAgreement(onAxes(op, "4x6x8x" + type, std::to_string(axis), "i32", "",
                                 (axis == 0   ? "6x8x"
                                  : axis == 1 ? "4x8x"
                                              : "4x6x") +
                                     index.str()));
}

TEST(Elementwise, NormalizationsAgree) {
  std::string shape = "5x11x";
  expectAgreement(module("softmax", {shape + "f32"}, "beta = 1.0 : f32", shape + "f32"));
  expectAgreement(module("softmax", {shape + "f32"}, "beta = 0.5 : f32", shape + "f32"));
  for (std::string beta : {"1.0", "0.5"}) {
    std::string attribute = "beta = " + beta + " : f32";
    // Rows of one block and of several, in groups and alone.
    for (std::string rows : {"5x11x", "6x70x"}) {
      expectAgreement(
          module("softmax", {rows + kInt8Wide}, attribute, rows + "!quant.uniform<i8:f32, 0.00390625:-128>"));
      expectAgreement(module("softmax", {rows + kUInt8Wide}, attribute, rows + "!quant.uniform<u8:f32, 0.00390625>"));
    }
  }
  expectAgreement(module("log_softmax", {shape + "f32"}, "", shape + "f32"));
  expectAgreement(module("log_softmax", {shape + kInt8Wide}, "", shape + "!quant.uniform<i8:f32, 0.0625:127>"));
  expectAgreement(module("l2_normalization", {shape + "f32"}, "", shape + "f32"));
  expectAgreement(module("l2_normalization", {shape + kInt8}, "", shape + "!quant.uniform<i8:f32, 0.0078125>"));
}

TEST(Elementwise, MatrixProductsAgree) {
  struct Case {
    const char *lhs, *rhs, *attributes, *result;
  };
  for (Case c :
       {Case{"5x7x", "7x9x", "", "5x9x"}, Case{"2x5x7x", "2x7x9x", "", "2x5x9x"},
        Case{"7x5x", "9x7x", "adj_x = true, adj_y = true", "5x9x"}, Case{"3x1x5x7x", "2x7x18x", "", "3x2x5x18x"},
        Case{"4x7x5x", "7x9x", "adj_x = true", "4x5x9x"}, Case{"4x5x7x", "1x9x7x", "adj_y = true", "4x5x9x"}}) {
    expectAgreement(module("batch_matmul", {std::string(c.lhs) + "f32", std::string(c.rhs) + "f32"}, c.attributes,
                           std::string(c.result) + "f32"));
    expectAgreement(module("batch_matmul", {std::string(c.lhs) + kInt8, std::string(c.rhs) + kInt8Wide}, c.attributes,
                           std::string(c.result) + kInt8Wide));
  }
}

TEST(Elementwise, QuantizingNaNGivesTheLowerBound) {
  TestModule text(module("quantize", {"3xf32"}, "", std::string("3x") + kInt8));
  auto executor = text.plan();
  ASSERT_TRUE(executor) << text.firstError();
  const float values[] = {NAN, INFINITY, -INFINITY};
  llvm::ArrayRef<char> input(reinterpret_cast<const char *>(values), sizeof(values));
  char output[3];
  ASSERT_TRUE(succeeded(executor->run({input}, {llvm::MutableArrayRef<char>(output)})));
  EXPECT_EQ(int(output[0]), -128);
  EXPECT_EQ(int(output[1]), 127);
  EXPECT_EQ(int(output[2]), -128);
}
