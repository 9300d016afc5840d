//===- ConvolutionTest.cpp - Operators with weights, Runtime against Reference ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "TestModule.h"
#include "llvm/Support/FormatVariadic.h"
#include "gtest/gtest.h"
#include <random>

using namespace mlir::vernier::test;
using llvm::formatv;
using llvm::StringRef;

namespace {

std::string dims(llvm::ArrayRef<int> shape) {
  std::string text;
  for (int size : shape)
    text += std::to_string(size) + "x";
  return text;
}

/// The element types of one arithmetic: input, filter along `axis`, bias and output.
struct Types {
  const char *name;
  std::string input, filter, bias, output;
};

std::string perAxis(StringRef storage, int axis, int channels) {
  std::string scales;
  for (int c = 0; c < channels; ++c)
    scales += formatv("{0}{1:f12}", c ? "," : "", 0.001953125 * (1 + c % 7)).str();
  return formatv("!quant.uniform<{0}:f32:{1}, {{{2}}>", storage, axis, scales).str();
}

std::vector<Types> allTypes(int axis, int channels) {
  return {
      {"float", "f32", "f32", "f32", "f32"},
      {"int8 per axis", "!quant.uniform<i8:f32, 0.0234375:-3>", perAxis("i8", axis, channels), "i32",
       "!quant.uniform<i8:f32, 0.0625:7>"},
      {"int8 per tensor", "!quant.uniform<i8:f32, 0.0234375:5>", "!quant.uniform<i8:f32, 0.0078125>", "i32",
       "!quant.uniform<i8:f32, 0.09375:-9>"},
      {"uint8", "!quant.uniform<u8:f32, 0.0234375:130>", "!quant.uniform<u8:f32, 0.0078125:121>", "i32",
       "!quant.uniform<u8:f32, 0.0859375:117>"},
      {"int16", "!quant.uniform<i16:f32, 0.0009765625>", perAxis("i8", axis, channels), "i64",
       "!quant.uniform<i16:f32, 0.001953125>"},
      {"dynamic range per axis", "f32", perAxis("i8", axis, channels), "f32", "f32"},
      {"dynamic range per tensor", "f32", "!quant.uniform<i8:f32, 0.0078125>", "f32", "f32"},
  };
}

/// A constant of random elements.
std::string constant(StringRef name, const std::string &shape, const std::string &type, int count, unsigned seed) {
  std::mt19937 random(seed);
  std::string values, storage = type;
  bool isQuantized = StringRef(type).starts_with("!quant");
  if (isQuantized)
    storage = StringRef(type).contains("<u8") ? "ui8" : StringRef(type).contains("<i4") ? "i4" : "i8";
  if (type == "f32") {
    for (int i = 0; i < count; ++i)
      values += formatv("{0:x8}",
                        [&] {
                          float value = float(int(random() % 2001) - 1000) / 1024;
                          uint32_t bits;
                          std::memcpy(&bits, &value, 4);
                          return bits;
                        }())
                    .str()
                    .substr(2);
    // Little endian.
    std::string swapped;
    for (size_t i = 0; i < values.size(); i += 8)
      for (int b = 3; b >= 0; --b)
        swapped += values.substr(i + 2 * b, 2);
    values = swapped;
  } else if (type == "i32" || type == "i64") {
    for (int i = 0; i < count; ++i) {
      int64_t value = int(random() % 8001) - 4000;
      for (int b = 0; b < (type == "i32" ? 4 : 8); ++b)
        values += formatv("{0:x-2}", uint8_t(value >> (8 * b))).str();
    }
  } else {
    for (int i = 0; i < count; ++i)
      values += formatv("{0:x-2}", uint8_t(random())).str();
  }
  std::string as = isQuantized ? " as tensor<" + shape + type + ">" : "";
  return formatv("  %{0} = nn.const dense<\"0x{1}\"> : tensor<{2}{3}>{4}\n", name, StringRef(values).upper(), shape,
                 storage, as);
}

int product(llvm::ArrayRef<int> shape) {
  int count = 1;
  for (int size : shape)
    count *= size;
  return count;
}

struct Convolution {
  int height, width, channels, outputs, kernelH, kernelW, stride, dilation, groups;
  const char *padding, *activation;
};

int outputSize(int input, int kernel, int stride, int dilation, StringRef padding) {
  return padding == "SAME" ? (input + stride - 1) / stride : (input - (kernel - 1) * dilation - 1) / stride + 1;
}

void checkConvolution(StringRef op, const Convolution &c, bool hasBias) {
  bool isDepthwise = op == "nn.depthwise_conv_2d";
  std::vector<int> filter = isDepthwise ? std::vector<int>{1, c.kernelH, c.kernelW, c.outputs}
                                        : std::vector<int>{c.outputs, c.kernelH, c.kernelW, c.channels / c.groups};
  std::string in = dims({2, c.height, c.width, c.channels});
  std::string out = dims({2, outputSize(c.height, c.kernelH, c.stride, c.dilation, c.padding),
                          outputSize(c.width, c.kernelW, c.stride, c.dilation, c.padding), c.outputs});
  for (const Types &t : allTypes(isDepthwise ? 3 : 0, c.outputs)) {
    SCOPED_TRACE(t.name);
    std::string text =
        formatv("func.func @main(%x: tensor<{0}{1}>) -> tensor<{2}{3}> {{\n", in, t.input, out, t.output);
    text += constant("w", dims(filter), t.filter, product(filter), 3);
    text += hasBias ? constant("b", dims({c.outputs}), t.bias, c.outputs, 4) : "  %b = nn.no_value : none\n";
    text += formatv("  %y = {0} %x, %w, %b stride [{1}, {1}] dilation [{2}, {2}] padding {3} activation {4}\n", op,
                    c.stride, c.dilation, c.padding, c.activation);
    text += formatv("    : (tensor<{0}{1}>, tensor<{2}{3}>, {4}) -> tensor<{5}{6}>\n  return %y : tensor<{5}{6}>\n}",
                    in, t.input, dims(filter), t.filter,
                    hasBias ? "tensor<" + std::to_string(c.outputs) + "x" + t.bias + ">" : "none", out, t.output);
    expectAgreement(text);
  }
}

} // namespace

TEST(Convolution, Conv2DAgrees) {
  for (Convolution c :
       {Convolution{7, 5, 3, 8, 3, 3, 1, 1, 1, "SAME", "NONE"},
        Convolution{8, 9, 4, 17, 1, 1, 1, 1, 1, "VALID", "RELU6"},
        Convolution{9, 7, 5, 6, 3, 2, 2, 1, 1, "SAME", "RELU"},
        Convolution{9, 9, 2, 33, 3, 3, 1, 2, 1, "SAME", "RELU_N1_TO_1"},
        Convolution{9, 8, 1, 3, 5, 4, 3, 1, 1, "VALID", "NONE"}, Convolution{6, 6, 6, 9, 3, 3, 1, 1, 3, "SAME", "NONE"},
        Convolution{4, 4, 3, 2, 5, 5, 2, 1, 1, "SAME", "NONE"},
        Convolution{30, 1, 5, 20, 3, 1, 1, 2, 1, "SAME", "RELU"},
        Convolution{31, 1, 6, 9, 4, 1, 2, 1, 3, "VALID", "NONE"}})
    checkConvolution("nn.conv_2d", c, /*hasBias=*/true);
}

/// Few channels, which are computed for some neighbouring pixels at once.
TEST(Convolution, MergedPixelsAgree) {
  for (Convolution c : {Convolution{9, 12, 3, 8, 3, 3, 2, 1, 1, "SAME", "RELU6"},
                        Convolution{6, 15, 2, 5, 3, 5, 1, 1, 1, "SAME", "NONE"},
                        Convolution{5, 17, 1, 1, 2, 2, 1, 1, 1, "VALID", "RELU"}})
    for (const bool hasBias : {true, false})
      checkConvolution("nn.conv_2d", c, hasBias);
}

TEST(Convolution, DepthwiseAgrees) {
  for (Convolution c : {Convolution{7, 5, 3, 3, 3, 3, 1, 1, 1, "SAME", "NONE"},
                        Convolution{8, 9, 16, 16, 3, 3, 2, 1, 1, "SAME", "RELU6"},
                        Convolution{9, 9, 17, 17, 3, 3, 1, 2, 1, "VALID", "RELU"},
                        Convolution{9, 8, 3, 6, 5, 5, 2, 1, 1, "SAME", "NONE"},
                        Convolution{9, 8, 1, 70, 10, 4, 2, 1, 1, "SAME", "RELU"},
                        Convolution{30, 1, 40, 40, 3, 1, 2, 1, 1, "SAME", "NONE"},
                        Convolution{30, 1, 5, 10, 4, 1, 1, 2, 1, "VALID", "RELU6"}})
    checkConvolution("nn.depthwise_conv_2d", c, /*hasBias=*/true);
}

TEST(Convolution, FloatWithoutBiasAgrees) {
  expectAgreement(R"mlir(
func.func @main(%x: tensor<1x5x5x2xf32>, %w: tensor<3x3x3x2xf32>) -> tensor<1x5x5x3xf32> {
  %b = nn.no_value : none
  %y = nn.conv_2d %x, %w, %b stride [1, 1] padding SAME : (tensor<1x5x5x2xf32>, tensor<3x3x3x2xf32>, none) -> tensor<1x5x5x3xf32>
  return %y : tensor<1x5x5x3xf32>
})mlir");
}

TEST(Convolution, FullyConnectedAgrees) {
  for (int rows : {1, 3})
    for (int inputs : {1, 19, 64})
      for (int outputs : {1, 10, 37})
        for (const Types &t : allTypes(0, outputs)) {
          SCOPED_TRACE(t.name);
          std::string in = dims({rows, inputs}), out = dims({rows, outputs}), filter = dims({outputs, inputs});
          std::string text =
              formatv("func.func @main(%x: tensor<{0}{1}>) -> tensor<{2}{3}> {{\n", in, t.input, out, t.output);
          text +=
              constant("w", filter, t.filter, outputs * inputs, 5) + constant("b", dims({outputs}), t.bias, outputs, 6);
          text += formatv("  %y = nn.fully_connected %x, %w, %b activation RELU : (tensor<{0}{1}>, tensor<{2}{3}>, "
                          "tensor<{4}x{5}>) -> tensor<{6}{7}>\n  return %y : tensor<{6}{7}>\n}",
                          in, t.input, filter, t.filter, outputs, t.bias, out, t.output);
          expectAgreement(text);
        }
}

TEST(Convolution, FourBitWeightsAgree) {
  // Two weights in a byte, low bits first.
  std::string filter = "!quant.uniform<i4:f32:0, {0.0625, 0.125, 0.03125}>";
  std::string text = "func.func @main(%x: tensor<2x6x!quant.uniform<i8:f32, 0.0234375:5>>) -> "
                     "tensor<2x3x!quant.uniform<i8:f32, 0.125:-9>> {\n";
  text += "  %w = nn.const dense_resource<w> : tensor<3x6xi4> as tensor<3x6x" + filter + ">\n" +
          constant("b", "3x", "i32", 3, 6) +
          "  %y = nn.fully_connected %x, %w, %b : (tensor<2x6x!quant.uniform<i8:f32, 0.0234375:5>>, tensor<3x6x" +
          filter +
          ">, tensor<3xi32>) -> tensor<2x3x!quant.uniform<i8:f32, 0.125:-9>>\n"
          "  return %y : tensor<2x3x!quant.uniform<i8:f32, 0.125:-9>>\n}\n"
          "{-# dialect_resources: { builtin: { w: \"0x01000000F17A8B3C4D5E6F7081\" } } #-}";
  expectAgreement(text);
}

TEST(Convolution, TransposeConvAgrees) {
  struct Case {
    int in, kernel, stride;
    const char *padding;
    int out;
  };
  for (Case c : {Case{4, 3, 2, "SAME", 8}, Case{3, 2, 2, "VALID", 6}, Case{5, 3, 1, "SAME", 5},
                 Case{4, 3, 2, "SAME", 7}, Case{3, 4, 3, "VALID", 10}, Case{3, 5, 2, "VALID", 9},
                 // Some results are reached by no tap, which are bias alone.
                 Case{3, 2, 3, "SAME", 9}, Case{3, 1, 4, "VALID", 9}})
    for (const Types &t : allTypes(0, 5)) {
      SCOPED_TRACE(t.name);
      std::string in = dims({1, c.in, c.in, 3}), out = dims({1, c.out, c.out, 5}),
                  filter = dims({5, c.kernel, c.kernel, 3});
      std::string text =
          formatv("func.func @main(%x: tensor<{0}{1}>) -> tensor<{2}{3}> {{\n", in, t.input, out, t.output);
      text += formatv("  %s = nn.const dense<[1, {0}, {0}, 5]> : tensor<4xi32>\n", c.out);
      text += constant("w", filter, t.filter, 15 * c.kernel * c.kernel, 7) + constant("b", "5x", t.bias, 5, 8);
      text += formatv(
          "  %y = nn.transpose_conv %s, %w, %x, %b stride [{0}, {0}] padding {1} : (tensor<4xi32>, tensor<{2}{3}>, "
          "tensor<{4}{5}>, tensor<5x{6}>) -> tensor<{7}{8}>\n  return %y : tensor<{7}{8}>\n}",
          c.stride, c.padding, filter, t.filter, in, t.input, t.bias, out, t.output);
      expectAgreement(text);
    }
}

TEST(Convolution, PoolsAgree) {
  for (StringRef op : {"average_pool_2d", "max_pool_2d"})
    for (StringRef type : {"f32", "!quant.uniform<i8:f32, 0.0234375:-3>", "!quant.uniform<u8:f32, 0.0234375:140>"})
      for (StringRef padding : {"SAME", "VALID"})
        for (int filter : {1, 2, 3})
          for (int stride : {1, 2}) {
            std::string out =
                dims({2, outputSize(7, filter, stride, 1, padding), outputSize(6, filter, stride, 1, padding), 5});
            expectAgreement(formatv("func.func @main(%x: tensor<2x7x6x5x{0}>) -> tensor<{1}{0}> {{\n  %y = nn.{2} %x "
                                    "filter [{3}, {3}] stride [{4}, "
                                    "{4}] padding {5} activation RELU6 : (tensor<2x7x6x5x{0}>) -> tensor<{1}{0}>\n  "
                                    "return %y : tensor<{1}{0}>\n}",
                                    type, out, op, filter, stride, padding)
                                .str());
          }
}

// Reference has XNNPACK's arithmetic from its description, Runtime as loops over packed pairs.
TEST(Convolution, BlockwiseDenseLayersAgree) {
  struct Case {
    int rows, columns, outputs, block;
    const char *activation;
    bool hasBias;
  };
  for (Case c : {Case{1, 32, 1, 32, "NONE", true}, Case{3, 96, 5, 32, "RELU", false}, Case{2, 128, 7, 64, "NONE", true},
                 Case{1, 384, 9, 128, "RELU6", true}, Case{4, 256, 3, 256, "NONE", false},
                 Case{2, 768, 4, 256, "RELU_N1_TO_1", true}}) {
    SCOPED_TRACE(c.block);
    std::string scales;
    for (int row = 0; row < c.outputs; ++row) {
      scales += row ? ",{" : "{";
      for (int b = 0; b < c.columns / c.block; ++b)
        // Numbers that bfloat16 has to round.
        scales += formatv("{0}{1:f12}", b ? "," : "", 0.001953125 * (1 + (row + 3 * b) % 11 / 7.0)).str();
      scales += "}";
    }
    const std::string in = dims({c.rows, c.columns}), out = dims({c.rows, c.outputs}),
                      shape = dims({c.outputs, c.columns}),
                      type = formatv("!quant.uniform<i4:f32:{{0:1, 1:{0}}, {{{1}}>", c.block, scales);
    std::mt19937 random(11);
    std::string packed;
    for (int i = 0; i < c.outputs * c.columns / 2; ++i)
      packed += formatv("{0:X-2}", uint8_t(random())).str();
    std::string text = formatv("func.func @main(%x: tensor<{0}f32>) -> tensor<{1}f32> {{\n", in, out);
    text += formatv("  %w = nn.const dense<\"0x{0}\"> : tensor<{1}xi8> as tensor<{2}{3}>\n", packed,
                    c.outputs * c.columns / 2, shape, type);
    text += c.hasBias ? constant("b", dims({c.outputs}), "f32", c.outputs, 4) : "  %b = nn.no_value : none\n";
    text += formatv("  %y = nn.fully_connected %x, %w, %b activation {0} {{asymmetric_quantize_inputs = true} : "
                    "(tensor<{1}f32>, tensor<{2}{3}>, {4}) -> tensor<{5}f32>\n  return %y : tensor<{5}f32>\n}",
                    c.activation, in, shape, type, c.hasBias ? "tensor<" + std::to_string(c.outputs) + "xf32>" : "none",
                    out);
    expectAgreement(text, mlir::vernier::numerics::NumericsTarget::LiteRT);
  }
}
