//===- ActivationsTest.cpp - Functions of one element -----------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "OperatorTest.h"
#include <cmath>

using namespace mlir::vernier;

class ActivationsTest : public OperatorTest {
protected:
  /// A float operator on one value.
  float real(const std::string &op, float x) {
    std::vector<float> result = evaluate<float>(op, "(tensor<1xf32>) -> tensor<1xf32>", {f32({x})});
    return result.empty() ? NAN : result[0];
  }
  /// An int8 operator on all values between two types.
  std::vector<int8_t> table(const std::string &op, const std::string &from, const std::string &to, Target target) {
    std::vector<int8_t> all(256);
    for (int i = 0; i < 256; ++i)
      all[i] = int8_t(i - 128);
    return evaluate<int8_t>(
        op, "(tensor<256x!quant.uniform<i8:f32, " + from + ">>) -> tensor<256x!quant.uniform<i8:f32, " + to + ">>",
        {data(all)}, target);
  }
};

TEST_F(ActivationsTest, FloatFunctions) {
  for (float x : {-3.5f, -1.0f, -0.25f, 0.0f, 0.5f, 2.0f, 7.0f}) {
    EXPECT_EQ(real("nn.relu %a", x), std::max(x, 0.0f));
    EXPECT_EQ(real("nn.relu6 %a", x), std::min(std::max(x, 0.0f), 6.0f));
    EXPECT_EQ(real("nn.relu_n1_to_1 %a", x), std::min(std::max(x, -1.0f), 1.0f));
    EXPECT_FLOAT_EQ(real("nn.logistic %a", x), 1.0 / (1.0 + std::exp(-double(x))));
    EXPECT_FLOAT_EQ(real("nn.tanh %a", x), std::tanh(x));
    EXPECT_FLOAT_EQ(real("nn.hard_swish %a", x), x * std::min(std::max(x + 3, 0.0f), 6.0f) / 6);
    EXPECT_FLOAT_EQ(real("nn.elu %a", x), x < 0 ? std::expm1(x) : x);
    EXPECT_FLOAT_EQ(real("nn.leaky_relu %a alpha 0.25", x), x > 0 ? x : x / 4);
    EXPECT_FLOAT_EQ(real("nn.gelu %a", x), x * 0.5 * (1 + std::erf(x / std::sqrt(2.0))));
    EXPECT_EQ(real("nn.abs %a", x), std::fabs(x));
    EXPECT_FLOAT_EQ(real("nn.exp %a", x), std::exp(x));
    EXPECT_EQ(real("nn.neg %a", x), -x);
    EXPECT_EQ(real("nn.square %a", x), x * x);
    EXPECT_EQ(real("nn.floor %a", x), std::floor(x));
  }
  EXPECT_FLOAT_EQ(real("nn.log %a", 2.5f), std::log(2.5));
  EXPECT_EQ(real("nn.sqrt %a", 6.25f), 2.5f);
  EXPECT_EQ(real("nn.rsqrt %a", 16.0f), 0.25f);
  EXPECT_FLOAT_EQ(real("nn.gelu %a {approximate = true}", 1.0f), 0.84119199);
}

// Logistic and tanh of every int8, by their definition; no scale here makes a tie.
TEST_F(ActivationsTest, TablesHoldTheRoundedFunction) {
  for (Target target : {LiteRT, LiteRTRef, TFLM}) {
    std::vector<int8_t> logistic = table("nn.logistic %a", "0.0625:3", "0.00390625:-128", target);
    std::vector<int8_t> tanh = table("nn.tanh %a", "0.03125:-5", "0.0078125", target);
    ASSERT_EQ(logistic.size(), 256u);
    for (int i = 0; i < 256; ++i) {
      double x = 0.0625 * (i - 128 - 3), y = 0.03125 * (i - 128 + 5);
      EXPECT_EQ(logistic[i], std::min(std::round(256 / (1 + std::exp(-x))) - 128, 127.0)) << i;
      EXPECT_EQ(tanh[i], std::min(std::round(128 * std::tanh(y)), 127.0)) << i;
    }
  }
}

TEST_F(ActivationsTest, QuantizedFunctionsStayWithinOneStep) {
  struct Case {
    const char *op, *from, *to;
    double (*function)(double);
  };
  const Case cases[] = {
      {"nn.relu %a", "0.125:10", "0.0625:-128", [](double x) { return std::max(x, 0.0); }},
      {"nn.relu6 %a", "0.125:10", "0.03125:-128", [](double x) { return std::min(std::max(x, 0.0), 6.0); }},
      {"nn.hard_swish %a", "0.046875:1", "0.03125:-100",
       [](double x) { return x * std::min(std::max(x + 3, 0.0), 6.0) / 6; }},
      {"nn.elu %a", "0.046875:1", "0.03125:-90", [](double x) { return x < 0 ? std::expm1(x) : x; }},
      {"nn.gelu %a", "0.046875:1", "0.03125:-100", [](double x) { return x * 0.5 * std::erfc(-x / std::sqrt(2.0)); }},
      {"nn.leaky_relu %a alpha 0.5", "0.046875:1", "0.046875:-20", [](double x) { return x > 0 ? x : x / 2; }},
      {"nn.abs %a", "0.046875:1", "0.03125:-128", [](double x) { return std::fabs(x); }},
      {"nn.exp %a", "0.015625:1", "0.0234375:-128", [](double x) { return std::exp(x); }},
      {"nn.sqrt %a", "0.046875:-128", "0.0234375:-128", [](double x) { return std::sqrt(x); }},
      {"nn.rsqrt %a", "0.046875:-128", "0.0234375:-128", [](double x) { return 1 / std::sqrt(x); }},
      {"nn.log %a", "0.046875:-128", "0.03125:-10", [](double x) { return x > 0 ? std::log(x) : -1e9; }},
  };
  for (const Case &c : cases)
    for (Target target : {LiteRT, LiteRTRef, TFLM}) {
      std::vector<int8_t> result = table(c.op, c.from, c.to, target);
      ASSERT_EQ(result.size(), 256u) << c.op << ": " << diagnostic;
      double scale = std::stod(c.from),
             zeroPoint = std::stod(std::string(c.from).substr(std::string(c.from).find(':') + 1));
      double outScale = std::stod(c.to), outZero = std::stod(std::string(c.to).substr(std::string(c.to).find(':') + 1));
      for (int i = 0; i < 256; ++i) {
        double expected = c.function(scale * (i - 128 - zeroPoint)) / outScale + outZero;
        // SQRT truncates; the others round, some of them twice.
        EXPECT_NEAR(result[i], std::min(std::max(expected, -128.0), 127.0), 1.01) << c.op << " of " << i - 128;
      }
    }
}

TEST_F(ActivationsTest, LeakyReluRoundsHalfUpInXnnpack) {
  std::string types = "(tensor<2x!quant.uniform<i8:f32, 1.0>>) -> tensor<2x!quant.uniform<i8:f32, 1.0>>";
  EXPECT_EQ(evaluate<int8_t>("nn.leaky_relu %a alpha 0.25", types, {i8({-2, -6})}, LiteRT),
            (std::vector<int8_t>{0, -1}));
  EXPECT_EQ(evaluate<int8_t>("nn.leaky_relu %a alpha 0.25", types, {i8({-2, -6})}, LiteRTRef),
            (std::vector<int8_t>{-1, -2}));
  // XNNPACK has no slope 0.
  EXPECT_EQ(evaluate<int8_t>("nn.leaky_relu %a alpha 0.0", types, {i8({-2, 6})}, LiteRT), (std::vector<int8_t>{0, 6}));
}

TEST_F(ActivationsTest, PreluHasASlopeForEachChannel) {
  EXPECT_EQ(evaluate<float>("nn.prelu %a, %b", "(tensor<2x2xf32>, tensor<2xf32>) -> tensor<2x2xf32>",
                            {f32({-2, 2, -4, -4}), f32({0.5, 3})}),
            (std::vector<float>{-1, 2, -2, -12}));
  EXPECT_EQ(evaluate<int8_t>("nn.prelu %a, %b",
                             "(tensor<2x!quant.uniform<i8:f32, 1.0>>, tensor<2x!quant.uniform<i8:f32, 0.5>>) -> "
                             "tensor<2x!quant.uniform<i8:f32, 0.5:1>>",
                             {i8({-3, 5}), i8({4, 4})}),
            (std::vector<int8_t>{-11, 11}));
}

TEST_F(ActivationsTest, RootsOfNegativeValuesAreErrors) {
  std::string types = "(tensor<1x!quant.uniform<i8:f32, 1.0>>) -> tensor<1x!quant.uniform<i8:f32, 1.0>>";
  EXPECT_TRUE(evaluate<int8_t>("nn.sqrt %a", types, {i8({-1})}).empty());
  expectDiagnostic("is not defined on -1");
  EXPECT_TRUE(evaluate<int8_t>("nn.rsqrt %a", types, {i8({-1})}).empty());
}

TEST_F(ActivationsTest, IntegersHaveMagnitudeAndSign) {
  EXPECT_EQ(evaluate<int32_t>("nn.abs %a", "(tensor<2xi32>) -> tensor<2xi32>", {i32({-5, 5})}),
            (std::vector<int32_t>{5, 5}));
  EXPECT_EQ(evaluate<int32_t>("nn.neg %a", "(tensor<2xi32>) -> tensor<2xi32>", {i32({-5, INT32_MIN})}),
            (std::vector<int32_t>{5, INT32_MIN}));
}
