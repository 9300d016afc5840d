//===- OperatorVersionsTest.cpp - Versions that types and options ask for ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "OperatorVersions.h"
#include "TestModels.h"
#include "mlir/Parser/Parser.h"
#include "vernier/Dialect/NN/NN.h"

using namespace mlir;

using namespace mlir::vernier::test;
using mlir::vernier::tflite::findRelease;
using mlir::vernier::tflite::getRequiredVersion;

namespace {

/// The version of the first operator of `body`, a function on the arguments `arguments`; types q8, q16 and qc are
/// quantized.
int versionOf(const std::string &arguments, const std::string &body) {
  MLIRContext context;
  importBytes(context, pack(makeEmptyModel()));
  std::string text = "!q8 = !quant.uniform<i8:f32, 0.5>\n!q16 = !quant.uniform<i16:f32, 0.5>\n"
                     "!qc = !quant.uniform<i8:f32:0, {0.5,0.25}>\n"
                     "func.func @main(" +
                     arguments + ") {\n" + body + "\n  return\n}\n";
  OwningOpRef<ModuleOp> module = parseSourceString<ModuleOp>(text, &context);
  if (!module) {
    ADD_FAILURE() << text;
    return -1;
  }
  int version = -1;
  module->walk([&](Operation *op) {
    if (version < 0 && op->getName().getDialectNamespace() == "nn")
      version = getRequiredVersion(op->getName().stripDialect().upper(), op);
  });
  return version;
}

/// A unary operator.
int unary(const std::string &op, const std::string &from, const std::string &to) {
  return versionOf("%x: tensor<2x" + from + ">",
                   "%y = nn." + op + " %x : (tensor<2x" + from + ">) -> tensor<2x" + to + ">");
}

TEST(OperatorVersionsTest, FloatIsTheFirstVersion) {
  for (const char *op : {"relu", "logistic", "tanh", "abs", "hard_swish"})
    EXPECT_EQ(unary(op, "f32", "f32"), 1) << op;
}

TEST(OperatorVersionsTest, Int8AndInt16) {
  EXPECT_EQ(unary("logistic", "!q8", "!q8"), 2);
  EXPECT_EQ(unary("logistic", "!q16", "!q16"), 3);
  EXPECT_EQ(unary("relu", "!q8", "!q8"), 2);
  EXPECT_EQ(unary("relu", "!q16", "!q16"), 3);
  EXPECT_EQ(unary("hard_swish", "!q8", "!q8"), 1);
  EXPECT_EQ(unary("quantize", "f32", "!q8"), 1);
  EXPECT_EQ(unary("quantize", "f32", "!qc"), 3);
  EXPECT_EQ(unary("quantize", "f32", "!q16"), 2);
  EXPECT_EQ(unary("dequantize", "!q8", "f32"), 2);
  EXPECT_EQ(unary("dequantize", "!qc", "f32"), 5);
  EXPECT_EQ(unary("dequantize", "f16", "f32"), 3);
}

TEST(OperatorVersionsTest, ProductsThatGrow) {
  auto mul = [](const std::string &out) {
    return versionOf("%x: tensor<2x!q8>",
                     "%y = nn.mul %x, %x : (tensor<2x!q8>, tensor<2x!q8>) -> tensor<2x!quant.uniform<i8:f32, " + out +
                         ">>");
  };
  EXPECT_EQ(mul("1.0"), 2) << "0.5 * 0.5 / 1.0";
  EXPECT_EQ(mul("0.25"), 3) << "a rescale of 1 needs version 3";
}

TEST(OperatorVersionsTest, FullyConnected) {
  auto dense = [](const std::string &bias, const std::string &options, const std::string &in, const std::string &w) {
    std::string b = bias.empty() ? "" : ", %b";
    std::string type = bias.empty() ? "" : ", tensor<2x" + bias + ">";
    return versionOf("%x: tensor<1x2x" + in + ">, %w: tensor<2x2x" + w + ">, %b: tensor<2x" +
                         (bias.empty() ? "f32" : bias) + ">",
                     "%y = nn.fully_connected %x, %w" + b + " " + options + " : (tensor<1x2x" + in + ">, tensor<2x2x" +
                         w + ">" + type + ") -> tensor<1x2x" + in + ">");
  };
  EXPECT_EQ(dense("f32", "", "f32", "f32"), 1);
  EXPECT_EQ(dense("i32", "", "!q8", "!q8"), 4);
  EXPECT_EQ(dense("", "", "!q8", "!q8"), 6) << "no bias operand";
  EXPECT_EQ(dense("i32", "{keep_num_dims = true}", "!q8", "!q8"), 5);
  EXPECT_EQ(dense("f32", "", "f32", "!q8"), 3) << "hybrid";
  EXPECT_EQ(dense("f32", "{asymmetric_quantize_inputs = true}", "f32", "!q8"), 9);
  EXPECT_EQ(dense("f32", "", "f32", "!qc"), 12) << "hybrid, per channel";
  // TFLite's writer would say 1. Releases before this version's load blockwise weights and compute garbage.
  EXPECT_EQ(dense("f32", "", "f32", "!quant.uniform<i4<-7:7>:f32:{0:1, 1:2}, {{0.5}, {0.25}}>"), 14) << "blockwise";
}

TEST(OperatorVersionsTest, Convolutions) {
  auto conv = [](const std::string &channels, const std::string &in, const std::string &dilation) {
    std::string x = "tensor<1x8x8x" + channels + "x" + in + ">", w = "tensor<4x3x3x2x" + in + ">";
    return versionOf("%x: " + x + ", %w: " + w, "%y = nn.conv_2d %x, %w stride [1, 1] " + dilation +
                                                    " padding SAME : (" + x + ", " + w + ") -> tensor<1x8x8x4x" + in +
                                                    ">");
  };
  EXPECT_EQ(conv("2", "f32", ""), 1);
  EXPECT_EQ(conv("2", "!q8", ""), 3);
  EXPECT_EQ(conv("4", "f32", ""), 6) << "two groups";
  auto depthwise = [](const std::string &in, const std::string &dilation) {
    std::string x = "tensor<1x8x8x2x" + in + ">", w = "tensor<1x3x3x2x" + in + ">";
    return versionOf("%x: " + x + ", %w: " + w, "%y = nn.depthwise_conv_2d %x, %w stride [1, 1] " + dilation +
                                                    " padding SAME : (" + x + ", " + w + ") -> tensor<1x8x8x2x" + in +
                                                    ">");
  };
  EXPECT_EQ(depthwise("f32", ""), 1);
  EXPECT_EQ(depthwise("f32", "dilation [2, 2]"), 2);
  EXPECT_EQ(depthwise("!q8", "dilation [2, 2]"), 3);
}

TEST(OperatorVersionsTest, ReleasesAreOrdered) {
  EXPECT_EQ(findRelease("CONV_2D", 1), llvm::VersionTuple(1, 5, 0));
  EXPECT_EQ(findRelease("CONV_2D", 7), llvm::VersionTuple(2, 11, 0));
  EXPECT_TRUE(findRelease("CONV_2D", 99).empty());
  EXPECT_TRUE(findRelease("CONV_2D", 0).empty());
  EXPECT_EQ(findRelease("BROADCAST_TO", 2), llvm::VersionTuple(2, 5, 0));
  EXPECT_TRUE(findRelease("BROADCAST_TO", 1).empty()) << "withdrawn";
  EXPECT_LT(llvm::VersionTuple(2, 9, 0), llvm::VersionTuple(2, 10, 0)) << "numbers, not text";
}

} // namespace
