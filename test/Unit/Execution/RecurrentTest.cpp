//===- RecurrentTest.cpp - LSTM, RNN, SVDF, and variables -------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "TestModule.h"
#include "gtest/gtest.h"
#include <random>

using namespace mlir;
using namespace mlir::vernier;
using namespace mlir::vernier::test;

namespace {

/// Builds the text of a function around one recurrent operator.
class Text {
public:
  explicit Text(unsigned seed = 1) : random(seed) {}

  void add(const std::string &value, const std::string &type) {
    operands += (operands.empty() ? "" : ", ") + value;
    types += (types.empty() ? "" : ", ") + type;
  }
  void addNone() {
    if (!hasNone)
      body += "  %none = nn.no_value : none\n";
    hasNone = true;
    add("%none", "none");
  }
  void addVariable(const std::string &type) {
    const std::string name = newName();
    body += "  " + name + " = nn.variable : tensor<" + type + ">\n";
    add(name, "tensor<" + type + ">");
  }
  /// Random floats within 1 of 0.
  void addFloats(std::vector<int64_t> shape) {
    std::uniform_real_distribution<float> next(-1, 1);
    addConstant(shape, "f32", "f32", [&] { return std::to_string(next(random)); });
  }
  /// Random integers within `limit` of 0 in storage `storage`, as elements of `type`.
  void addIntegers(std::vector<int64_t> shape, const std::string &storage, const std::string &type, int limit) {
    std::uniform_int_distribution<int> next(-limit, limit);
    addConstant(shape, storage, type, [&] { return std::to_string(next(random)); });
  }
  std::string function(const std::string &input, const std::string &op, const std::string &attributes,
                       const std::string &results) {
    return "func.func @main(%x: " + input + ") -> " + results + " {\n" + body + "  %y" +
           (results[0] == '(' ? ":2" : "") + " = nn." + op + " (" + operands + ") " + attributes + " : (" + types +
           ") -> " + results + "\n  return " +
           (results[0] == '(' ? "%y#0, %y#1 : " + results.substr(1, results.size() - 2) : "%y : " + results) + "\n}";
  }

private:
  std::string newName() { return "%v" + std::to_string(count++); }

  template <typename Next>
  void addConstant(ArrayRef<int64_t> shape, const std::string &storage, const std::string &type, Next next) {
    std::string dims, name = newName();
    int64_t elements = 1;
    for (int64_t size : shape) {
      dims += std::to_string(size) + "x";
      elements *= size;
    }
    // Row by row, as `dense` wants it.
    std::string values;
    const int64_t inner = shape.back();
    for (int64_t i = 0; i < elements; ++i) {
      if (shape.size() == 2 && i % inner == 0)
        values += i ? "], [" : "[";
      else if (i)
        values += ", ";
      values += next();
    }
    if (shape.size() == 2)
      values += "]";
    body += "  " + name + " = nn.const dense<[" + values + "]> : tensor<" + dims + storage + ">" +
            (type == storage ? "" : " as tensor<" + dims + type + ">") + "\n";
    add(name, "tensor<" + dims + type + ">");
  }

  std::mt19937 random;
  std::string body, operands, types;
  unsigned count = 0;
  bool hasNone = false;
};

/// Optional parts of an LSTM.
struct Parts {
  bool cifg = false, peephole = false, projection = false, normalized = false, timeMajor = false;
};

std::string floatLstm(const Parts &parts) {
  const int64_t inputs = 3, cells = 5, outputs = parts.projection ? 2 : cells;
  Text text;
  const std::string input = parts.timeMajor ? "tensor<4x2x3xf32>" : "tensor<2x4x3xf32>";
  text.add("%x", input);
  auto gates = [&](std::vector<int64_t> shape, bool isThere = true, bool hasCell = true) {
    for (int gate = 0; gate < 4; ++gate) {
      if (gate == 2 && !hasCell)
        continue;
      if (!isThere || (gate == 0 && parts.cifg))
        text.addNone();
      else
        text.addFloats(shape);
    }
  };
  gates({cells, inputs});
  gates({cells, outputs});
  gates({cells}, parts.peephole, /*hasCell=*/false);
  gates({cells});
  if (parts.projection) {
    text.addFloats({outputs, cells});
    text.addFloats({outputs});
  } else {
    text.addNone();
    text.addNone();
  }
  text.addVariable("2x" + std::to_string(outputs) + "xf32");
  text.addVariable("2x" + std::to_string(cells) + "xf32");
  gates({cells}, parts.normalized);
  const std::string steps = parts.timeMajor ? "4x2x" : "2x4x";
  return text.function(input, "unidirectional_sequence_lstm",
                       std::string("{fused_activation_function = #nn<activation TANH>, cell_clip = 1.5 : f32, "
                                   "proj_clip = 0.75 : f32") +
                           (parts.timeMajor ? ", time_major = true}" : "}"),
                       "tensor<" + steps + std::to_string(outputs) + "xf32>");
}

std::string integerLstm(const Parts &parts, const std::string &cellScale = "0.00048828125") {
  const int64_t inputs = 3, cells = 5, outputs = parts.projection ? 2 : cells;
  Text text;
  const std::string in = "!quant.uniform<i8:f32, 0.01953125:3>", out = "!quant.uniform<i8:f32, 0.0078125:-5>";
  const std::string hidden = parts.projection ? "!quant.uniform<i8:f32, 0.005859375:7>" : out;
  const std::string input = (parts.timeMajor ? "tensor<4x2x3x" : "tensor<2x4x3x") + in + ">";
  text.add("%x", input);
  auto gates = [&](std::vector<int64_t> shape, const std::string &storage, const std::string &type, int limit,
                   bool isThere = true, bool hasCell = true) {
    for (int gate = 0; gate < 4; ++gate) {
      if (gate == 2 && !hasCell)
        continue;
      if (!isThere || (gate == 0 && parts.cifg))
        text.addNone();
      else
        text.addIntegers(shape, storage, type, limit);
    }
  };
  gates({cells, inputs}, "i8", "!quant.uniform<i8:f32, 0.009765625>", 127);
  gates({cells, outputs}, "i8", "!quant.uniform<i8:f32, 0.01171875>", 127);
  gates({cells}, "i16", "!quant.uniform<i16:f32, 3.0517578125E-5>", 32767, parts.peephole, /*hasCell=*/false);
  gates({cells}, "i32", "i32", parts.normalized ? 2000 : 10000);
  if (parts.projection) {
    text.addIntegers({outputs, cells}, "i8", "!quant.uniform<i8:f32, 0.0078125>", 127);
    text.addIntegers({outputs}, "i32", "i32", 3000);
  } else {
    text.addNone();
    text.addNone();
  }
  text.addVariable("2x" + std::to_string(outputs) + "x" + out);
  text.addVariable("2x" + std::to_string(cells) + "x!quant.uniform<i16:f32, " + cellScale + ">");
  gates({cells}, "i16", "!quant.uniform<i16:f32, 4.57763671875E-5>", 32767, parts.normalized);
  std::string intermediates;
  for (int gate = 0; gate < 4; ++gate)
    intermediates += parts.normalized
                         ? "#nn.tensor<name = \"g\", type = tensor<0x!quant.uniform<i16:f32, 2.44140625E-4>>>, "
                         : "unit, ";
  intermediates += "#nn.tensor<name = \"h\", type = tensor<0x" + hidden + ">>";
  const std::string steps = parts.timeMajor ? "4x2x" : "2x4x";
  return text.function(input, "unidirectional_sequence_lstm",
                       std::string("{fused_activation_function = #nn<activation TANH>, cell_clip = 1.5 : f32, "
                                   "proj_clip = 0.75 : f32, nn.tensors_inside = [") +
                           intermediates + (parts.timeMajor ? "], time_major = true}" : "]}"),
                       "tensor<" + steps + std::to_string(outputs) + "x" + out + ">");
}

/// Calls `check` with every choice of parts.
template <typename Check> void forEachChoice(Check check) {
  for (unsigned bits = 0; bits < 32; ++bits) {
    Parts parts{bool(bits & 1), bool(bits & 2), bool(bits & 4), bool(bits & 8), bool(bits & 16)};
    SCOPED_TRACE(bits);
    check(parts);
  }
}

TEST(Recurrent, FloatLstmAgrees) {
  forEachChoice([](const Parts &parts) { expectAgreement(floatLstm(parts)); });
}

TEST(Recurrent, IntegerLstmAgrees) {
  forEachChoice([](const Parts &parts) { expectAgreement(integerLstm(parts)); });
}

TEST(Recurrent, RnnAgrees) {
  for (const char *activation : {"NONE", "RELU", "RELU_N1_TO_1", "RELU6", "TANH"}) {
    Text text;
    text.add("%x", "tensor<2x4x3xf32>");
    text.addFloats({5, 3});
    text.addFloats({5, 5});
    text.addFloats({5});
    text.addVariable("2x5xf32");
    expectAgreement(text.function("tensor<2x4x3xf32>", "unidirectional_sequence_rnn",
                                  std::string("{fused_activation_function = #nn<activation ") + activation + ">}",
                                  "tensor<2x4x5xf32>"));
  }
}

TEST(Recurrent, BidirectionalRnnAgreesMergedAndApart) {
  for (bool merged : {false, true}) {
    Text text;
    text.add("%x", "tensor<4x2x3xf32>");
    for (int64_t units : {5, 4}) {
      text.addFloats({units, 3});
      text.addFloats({units, units});
      text.addFloats({units});
      text.addVariable("2x" + std::to_string(units) + "xf32");
    }
    for (int i = 0; i < 3; ++i)
      text.addNone();
    expectAgreement(text.function("tensor<4x2x3xf32>", "bidirectional_sequence_rnn",
                                  std::string("{fused_activation_function = #nn<activation TANH>, time_major = true") +
                                      (merged ? ", merge_outputs = true}" : "}"),
                                  merged ? "tensor<4x2x9xf32>" : "(tensor<4x2x5xf32>, tensor<4x2x4xf32>)"));
  }
}

TEST(Recurrent, FloatSvdfAgrees) {
  Text text;
  text.add("%x", "tensor<2x3xf32>");
  text.addFloats({8, 3});
  text.addFloats({8, 5});
  text.addFloats({4});
  text.addVariable("2x40xf32");
  expectAgreement(text.function("tensor<2x3xf32>", "svdf",
                                "{rank = 2 : i32, fused_activation_function = #nn<activation RELU>}",
                                "tensor<2x4xf32>"));
}

std::string integerSvdf(const std::string &storage, const std::string &zeroPoint, int limit) {
  const std::string in = "tensor<2x3x!quant.uniform<i8:f32, 0.01953125:3>>";
  const std::string time = "!quant.uniform<" + storage + ":f32, 0.001953125>";
  Text text;
  text.add("%x", in);
  text.addIntegers({8, 3}, "i8", "!quant.uniform<i8:f32, 0.009765625>", 127);
  text.addIntegers({8, 5}, storage, time, limit);
  text.addIntegers({4}, "i32", "i32", 2000);
  text.addVariable("2x40x!quant.uniform<" + storage + ":f32, " + (storage == "i8" ? "0.05078125" : "0.00048828125") +
                   zeroPoint + ">");
  return text.function(in, "svdf", "{rank = 2 : i32}", "tensor<2x4x!quant.uniform<i8:f32, 0.01953125:-30>>");
}

TEST(Recurrent, IntegerSvdfAgrees) { expectAgreement(integerSvdf("i16", "", 511)); }

TEST(Recurrent, SvdfOfAnInt8StateIsMicrosAlone) {
  TestModule module(integerSvdf("i8", ":4", 127));
  ASSERT_TRUE(module) << module.firstError();
  EXPECT_FALSE(module.plan());
  EXPECT_NE(module.firstError().find("LiteRT has no kernel for a state of int8"), std::string::npos);
  ExecutionOptions options;
  options.target = numerics::NumericsTarget::TFLM;
  TestModule again(integerSvdf("i8", ":4", 127));
  auto runtime = again.plan(options);
  options.kernels = ExecutionOptions::KernelSet::Reference;
  auto reference = again.plan(options);
  ASSERT_TRUE(runtime && reference) << again.firstError();
  auto inputs = makeInputs(*runtime, 7);
  EXPECT_EQ(run(*runtime, inputs), run(*reference, inputs));
}

TEST(Recurrent, StateLivesFromRunToRunUntilItIsReset) {
  TestModule module(floatLstm({}));
  auto executor = module.plan();
  ASSERT_TRUE(executor) << module.firstError();
  auto inputs = makeInputs(*executor, 3);
  auto first = run(*executor, inputs), second = run(*executor, inputs);
  EXPECT_NE(first, second);
  executor->resetState();
  EXPECT_EQ(run(*executor, inputs), first);
  auto other = executor->share();
  ASSERT_TRUE(other);
  EXPECT_EQ(run(*other, inputs), first) << "a shared plan has a state of its own";
}

TEST(Recurrent, AnInt8StateBeginsAtItsZeroPoint) {
  TestModule module(R"mlir(
func.func @main(%x: tensor<2xi8>) -> tensor<2x!quant.uniform<i8:f32, 0.5:-5>> {
  %s = nn.variable : tensor<2x!quant.uniform<i8:f32, 0.5:-5>>
  return %s : tensor<2x!quant.uniform<i8:f32, 0.5:-5>>
})mlir");
  auto executor = module.plan();
  ASSERT_TRUE(executor) << module.firstError();
  EXPECT_EQ(run(*executor, makeInputs(*executor, 1))[0], (std::vector<char>{-5, -5}));
}

TEST(Recurrent, ReportsWhatCalibrationAsksFor) {
  Parts parts;
  parts.projection = parts.normalized = true;
  TestModule module(floatLstm(parts));
  auto executor = module.plan();
  ASSERT_TRUE(executor) << module.firstError();
  std::vector<std::vector<char>> inputs = makeInputs(*executor, 3), outputs;
  std::vector<char> output(executor->outputs()[0].bytes);
  std::map<unsigned, size_t> seen;
  auto watch = [&](Operation *, unsigned index, ArrayRef<float> values) {
    seen[index] += values.size();
    return success();
  };
  ASSERT_TRUE(succeeded(executor->run({ArrayRef<char>(inputs[0])}, {MutableArrayRef<char>(output)}, {}, watch)));
  // Two batches, four steps, five cells: the cell state, four gates and what is projected.
  EXPECT_EQ(seen, (std::map<unsigned, size_t>{{1, 40}, {2, 40}, {3, 40}, {4, 40}, {5, 40}, {6, 40}}));
}

TEST(Recurrent, RefusesWhatNoKernelTakes) {
  expectRefusal(integerLstm({}, "0.000732421875"), "expected a scale of 2^-15 to 2^-9 for the cell state");
  Text hybrid;
  hybrid.add("%x", "tensor<1x3xf32>");
  hybrid.addIntegers({5, 3}, "i8", "!quant.uniform<i8:f32, 0.009765625:3>", 127);
  hybrid.addIntegers({5, 5}, "i8", "!quant.uniform<i8:f32, 0.009765625:3>", 127);
  hybrid.addFloats({5});
  hybrid.addVariable("1x5xf32");
  expectRefusal(hybrid.function("tensor<1x3xf32>", "rnn", "", "tensor<1x5xf32>"),
                "expected weights with one scale and no zero point as operand 1");
  Text constant;
  constant.add("%x", "tensor<1x3xf32>");
  constant.addFloats({5, 3});
  constant.addFloats({5, 5});
  constant.addFloats({5});
  constant.addFloats({1, 5});
  expectRefusal(constant.function("tensor<1x3xf32>", "rnn", "", "tensor<1x5xf32>"),
                "expected operand 4, its state, to be a variable");
}

} // namespace
