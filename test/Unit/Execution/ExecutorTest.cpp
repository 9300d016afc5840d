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

TEST(Executor, ReusesTheMemoryOfDeadActivations) {
  // Ten activations of 4096 bytes; two of them are alive at any time.
  std::string text = "func.func @main(%x0: tensor<1024xf32>) -> tensor<1024xf32> {\n";
  for (int i = 0; i < 10; ++i)
    text += "  %x" + std::to_string(i + 1) + " = nn.relu %x" + std::to_string(i) +
            " : (tensor<1024xf32>) -> tensor<1024xf32>\n";
  text += "  return %x10 : tensor<1024xf32>\n}";
  TestModule module(text);
  auto executor = module.plan();
  ASSERT_TRUE(executor) << module.firstError();
  EXPECT_EQ(executor->arenaBytes(), 2 * 4096);
}

TEST(Executor, KeepsWhatALaterOperatorReads) {
  expectAgreement(R"mlir(
func.func @main(%x: tensor<1x4x4x2xf32>) -> (tensor<1x4x4x2xf32>, tensor<32xf32>, tensor<1x4x4x2xf32>) {
  %0 = nn.relu %x : (tensor<1x4x4x2xf32>) -> tensor<1x4x4x2xf32>
  %1 = nn.tanh %0 : (tensor<1x4x4x2xf32>) -> tensor<1x4x4x2xf32>
  %2 = nn.logistic %1 : (tensor<1x4x4x2xf32>) -> tensor<1x4x4x2xf32>
  %3 = nn.add %0, %2 : (tensor<1x4x4x2xf32>, tensor<1x4x4x2xf32>) -> tensor<1x4x4x2xf32>
  %4 = nn.reshape %1 : (tensor<1x4x4x2xf32>) -> tensor<32xf32>
  %5 = nn.neg %3 : (tensor<1x4x4x2xf32>) -> tensor<1x4x4x2xf32>
  return %3, %4, %5 : tensor<1x4x4x2xf32>, tensor<32xf32>, tensor<1x4x4x2xf32>
})mlir");
}

TEST(Executor, ReturnsInputsConstantsAndOneTensorTwice) {
  TestModule module(R"mlir(
func.func @main(%x: tensor<2xi32>) -> (tensor<2xi32>, tensor<2xi32>, tensor<2xi32>, tensor<1x2xi32>) {
  %c = nn.const dense<[7, 9]> : tensor<2xi32>
  %0 = nn.reshape %x : (tensor<2xi32>) -> tensor<1x2xi32>
  return %x, %c, %x, %0 : tensor<2xi32>, tensor<2xi32>, tensor<2xi32>, tensor<1x2xi32>
})mlir");
  auto executor = module.plan();
  ASSERT_TRUE(executor) << module.firstError();
  EXPECT_EQ(executor->arenaBytes(), 0);
  auto inputs = makeInputs(*executor, 3), outputs = run(*executor, inputs);
  EXPECT_EQ(outputs[0], inputs[0]);
  EXPECT_EQ(outputs[1], (std::vector<char>{7, 0, 0, 0, 9, 0, 0, 0}));
  EXPECT_EQ(outputs[2], inputs[0]);
  EXPECT_EQ(outputs[3], inputs[0]);
}

TEST(Executor, TakesShapesThatTheFileRecords) {
  TestModule module(R"mlir(
func.func @main(%x: tensor<?x4xf32> {nn.tensor = #nn.tensor<name = "x", index = 0, shape = [1, 4]>}) -> tensor<?x4xf32> {
  %0 = quantx.fake_quant %x name "x" spec<i8> : tensor<?x4xf32>
  %1 = nn.relu %0 : (tensor<?x4xf32>) -> tensor<?x4xf32>
  return %1 : tensor<?x4xf32>
})mlir");
  auto executor = module.plan();
  ASSERT_TRUE(executor) << module.firstError();
  EXPECT_EQ(executor->outputs()[0].shape, (SmallVector<int64_t>{1, 4}));
  // The simulated quantization has no parameters yet: no copy of it is made.
  EXPECT_EQ(executor->arenaBytes(), 64);
}

TEST(Executor, ShowsEveryOperatorItsResults) {
  TestModule module(R"mlir(
func.func @main(%x: tensor<3xf32>) -> tensor<3xf32> {
  %c = nn.const dense<[1.0, 2.0, 3.0]> : tensor<3xf32>
  %0 = nn.square %c : (tensor<3xf32>) -> tensor<3xf32>
  %1 = nn.add %x, %0 : (tensor<3xf32>, tensor<3xf32>) -> tensor<3xf32>
  %2 = nn.neg %1 : (tensor<3xf32>) -> tensor<3xf32>
  return %2 : tensor<3xf32>
})mlir");
  auto executor = module.plan();
  ASSERT_TRUE(executor) << module.firstError();
  std::vector<std::string> seen;
  auto outputs = run(*executor, {std::vector<char>(12)}, [&](Operation *op, ArrayRef<TensorRef> results) {
    seen.push_back(op->getName().stripDialect().str() + " " + std::to_string(int(results[0].as<float>()[2])));
    return success();
  });
  EXPECT_EQ(seen, (std::vector<std::string>{"square 9", "add 9", "neg -9"}));
}

TEST(Executor, AnObserverEndsTheRun) {
  TestModule module("func.func @main(%x: tensor<3xf32>) -> tensor<3xf32> {\n"
                    "  %0 = nn.neg %x : (tensor<3xf32>) -> tensor<3xf32>\n  return %0 : tensor<3xf32>\n}");
  auto executor = module.plan();
  alignas(4) char input[12] = {}, output[12];
  EXPECT_TRUE(failed(executor->run({ArrayRef<char>(input)}, {MutableArrayRef<char>(output)},
                                   [](Operation *, ArrayRef<TensorRef>) { return failure(); })));
}

TEST(Executor, SharesItsPlanButNotItsMemory) {
  TestModule module(kNetwork);
  auto first = module.plan();
  ASSERT_TRUE(first) << module.firstError();
  auto second = first->share();
  auto a = makeInputs(*first, 1), b = makeInputs(*first, 2);
  auto alone = run(*first, a);
  // The second runs in the middle of the first.
  bool hasRun = false;
  auto interrupted = run(*first, a, [&](Operation *, ArrayRef<TensorRef>) {
    if (!hasRun)
      run(*second, b);
    hasRun = true;
    return success();
  });
  EXPECT_EQ(interrupted, alone);
}

TEST(Executor, RefusesWhatItCannotExecute) {
  expectRefusal(R"mlir(
func.func @main(%x: tensor<2xf32>) -> tensor<2xf32> {
  %0 = nn.generic "SIN" (%x) {nn.tensors = [#nn.tensor<name = "wave">]} : (tensor<2xf32>) -> tensor<2xf32>
  return %0 : tensor<2xf32>
})mlir",
                "'nn.generic' (tensor 'wave') cannot be executed yet: there is no kernel for this operator");
  expectRefusal(R"mlir(
func.func @main(%x: tensor<2xf64>) -> tensor<2xf64> {
  return %x : tensor<2xf64>
})mlir",
                "input 0 (tensor '') cannot be executed yet: elements of type 'f64'");
  expectRefusal(R"mlir(
func.func @main(%x: tensor<?x2xf32>) -> tensor<?x2xf32> {
  return %x : tensor<?x2xf32>
})mlir",
                "the shape of 'tensor<?x2xf32>' is not known");
  expectRefusal(R"mlir(
func.func @main(%x: tensor<2x2xf32>, %w: tensor<3x2x!quant.uniform<u8:f32, 0.5>>) -> tensor<2x3xf32> {
  %n = nn.no_value : none
  %0 = nn.fully_connected %x, %w, %n : (tensor<2x2xf32>, tensor<3x2x!quant.uniform<u8:f32, 0.5>>, none) -> tensor<2x3xf32>
  return %0 : tensor<2x3xf32>
})mlir",
                "cannot be executed yet: weights of type '!quant.uniform<u8:f32, 5.000000e-01>' on float values");
  expectRefusal(R"mlir(
func.func @main(%x: tensor<1x4x4x1xf32>) -> tensor<1x4x4x1xf32> {
  %0 = nn.max_pool_2d %x filter [2, 2] stride [1, 1] padding SAME activation TANH : (tensor<1x4x4x1xf32>) -> tensor<1x4x4x1xf32>
  return %0 : tensor<1x4x4x1xf32>
})mlir",
                "cannot be executed yet: no kernel fuses TANH");
}

TEST(Executor, RefusesShapesThatDoNotFit) {
  auto refuse = [](const std::string &arguments, const std::string &op, const std::string &result, StringRef message) {
    expectRefusal("func.func @main(" + arguments + ") -> " + result + " {\n" + op + "\n  return %y : " + result + "\n}",
                  message);
  };
  refuse("%x: tensor<1x4x4x1xf32>, %w: tensor<2x3x3x1xf32>",
         "  %n = nn.no_value : none\n  %y = nn.conv_2d %x, %w, %n stride [1, 1] padding SAME : (tensor<1x4x4x1xf32>, "
         "tensor<2x3x3x1xf32>, none) -> tensor<1x5x4x2xf32>",
         "tensor<1x5x4x2xf32>", "'nn.conv_2d' expected a result of shape 1x4x4x2, got 1x5x4x2");
  refuse("%x: tensor<1x4x4x1xf32>, %w: tensor<2x9x3x1xf32>",
         "  %n = nn.no_value : none\n  %y = nn.conv_2d %x, %w, %n stride [1, 1] padding VALID : (tensor<1x4x4x1xf32>, "
         "tensor<2x9x3x1xf32>, none) -> tensor<1x1x2x2xf32>",
         "tensor<1x1x2x2xf32>", "expected a window of at most 4 elements, got 9");
  refuse("%x: tensor<2x3xf32>, %z: tensor<4xf32>",
         "  %y = nn.add %x, %z : (tensor<2x3xf32>, tensor<4xf32>) -> tensor<2x4xf32>", "tensor<2x4xf32>",
         "expected operands that broadcast, got shapes 2x3 and 4");
  refuse("%x: tensor<2x3xf32>", "  %y = nn.reshape %x : (tensor<2x3xf32>) -> tensor<7xf32>", "tensor<7xf32>",
         "expected a result of 6 elements, got shape 7");
  refuse(
      "%x: tensor<2x3xf32>",
      "  %p = nn.const dense<[0, 0]> : tensor<2xi32>\n  %y = nn.transpose %x, %p : (tensor<2x3xf32>, tensor<2xi32>) -> "
      "tensor<2x2xf32>",
      "tensor<2x2xf32>", "expected a permutation, got dimension 0 twice");
  refuse("%x: tensor<6xf32>",
         "  %b = nn.const dense<4> : tensor<1xi32>\n  %s = nn.const dense<3> : tensor<1xi32>\n  %y = nn.slice %x, %b, "
         "%s : "
         "(tensor<6xf32>, tensor<1xi32>, tensor<1xi32>) -> tensor<3xf32>",
         "tensor<3xf32>", "expected a slice within dimension 0 of size 6, got 3 elements from 4");
  refuse("%x: tensor<2x3xf32>",
         "  %a = nn.const dense<2> : tensor<1xi32>\n  %y = nn.mean %x, %a : (tensor<2x3xf32>, tensor<1xi32>) -> "
         "tensor<2xf32>",
         "tensor<2xf32>", "expected an axis within [-2, 2), got 2");
  refuse("%x: tensor<3xf32>, %z: tensor<2xf32>",
         "  %y = nn.concatenation %x, %z axis 0 : (tensor<3xf32>, tensor<2xf32>) -> tensor<6xf32>", "tensor<6xf32>",
         "expected inputs that fill dimension 0 of 6, got 5");
  refuse(
      "%x: tensor<4xf32>",
      "  %p = nn.const dense<[[-1, 0]]> : tensor<1x2xi32>\n  %y = nn.pad %x, %p : (tensor<4xf32>, tensor<1x2xi32>) -> "
      "tensor<3xf32>",
      "tensor<3xf32>", "expected paddings of at least 0, got -1 and 0");
}

TEST(Executor, RefusesWhatIsTooLarge) {
  expectRefusal(R"mlir(
func.func @main(%x: tensor<65536x65536xf32>) -> tensor<65536x65536xf32> {
  return %x : tensor<65536x65536xf32>
})mlir",
                "a tensor of shape 65536x65536 is too large");
  expectRefusal(R"mlir(
func.func @main(%x: tensor<1x1xi64>) -> tensor<2147483647xi64> {
  %s = nn.const dense<[2147483647]> : tensor<1xi32>
  %0 = nn.broadcast_to %x, %s : (tensor<1x1xi64>, tensor<1xi32>) -> tensor<2147483647xi64>
  %1 = nn.neg %0 : (tensor<2147483647xi64>) -> tensor<2147483647xi64>
  return %1 : tensor<2147483647xi64>
})mlir",
                "'nn.broadcast_to' expected an input that broadcasts to 2147483647, got 1x1");
  expectRefusal(R"mlir(
func.func @main(%x: tensor<1xi64>) -> tensor<2147483647xi64> {
  %s = nn.const dense<[2147483647]> : tensor<1xi32>
  %0 = nn.broadcast_to %x, %s : (tensor<1xi64>, tensor<1xi32>) -> tensor<2147483647xi64>
  %1 = nn.neg %0 : (tensor<2147483647xi64>) -> tensor<2147483647xi64>
  return %1 : tensor<2147483647xi64>
})mlir",
                "its activations need more than 16 GiB");
}

TEST(Executor, ChecksIndicesThatANetworkComputes) {
  TestModule module(R"mlir(
func.func @main(%x: tensor<4xf32>, %i: tensor<1xi32>) -> tensor<1xf32> {
  %0 = nn.gather %x, %i axis 0 {nn.tensors = [#nn.tensor<name = "picked">]} : (tensor<4xf32>, tensor<1xi32>) -> tensor<1xf32>
  return %0 : tensor<1xf32>
})mlir");
  auto executor = module.plan();
  ASSERT_TRUE(executor) << module.firstError();
  alignas(4) char values[16] = {}, index[4] = {4, 0, 0, 0}, output[4];
  EXPECT_TRUE(failed(executor->run({ArrayRef<char>(values), ArrayRef<char>(index)}, {MutableArrayRef<char>(output)})));
  EXPECT_EQ(module.firstError(), "'nn.gather' (tensor 'picked') expected indices within an input of shape 4");
}
