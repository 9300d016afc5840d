//===- ControlFlowTest.cpp - Loops, branches, calls, variables and shapes from data ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "TestModule.h"
#include "gtest/gtest.h"

using namespace mlir;
using namespace mlir::vernier;
using namespace mlir::vernier::test;

namespace {

/// Values and shape of an output.
struct Output {
  std::vector<float> values;
  SmallVector<int64_t> shape;
  bool operator==(const Output &other) const { return values == other.values && shape == other.shape; }
};

/// An input of 32-bit elements, as bytes.
template <typename T> std::vector<char> bytesOf(std::initializer_list<T> values) {
  std::vector<char> bytes(values.size() * sizeof(T));
  std::memcpy(bytes.data(), values.begin(), bytes.size());
  return bytes;
}

/// The outputs of one run, which are floats; nothing where it fails.
std::optional<std::vector<Output>> runFloats(Executor &executor, const std::vector<std::vector<char>> &inputs) {
  SmallVector<ArrayRef<char>> from(inputs.begin(), inputs.end());
  if (failed(executor.run(from)))
    return std::nullopt;
  std::vector<Output> outputs;
  for (size_t i = 0; i < executor.outputs().size(); ++i) {
    TensorRef tensor = executor.output(i);
    outputs.push_back(
        {{tensor.as<float>(), tensor.as<float>() + tensor.elements()}, SmallVector<int64_t>(tensor.shape)});
  }
  return outputs;
}

/// Runs `text` once with each kernel set and expects `expected` of both.
void expectOutputs(StringRef text, const std::vector<std::vector<char>> &inputs, const std::vector<Output> &expected) {
  for (auto kernels : {ExecutionOptions::KernelSet::Runtime, ExecutionOptions::KernelSet::Reference}) {
    TestModule module(text);
    ASSERT_TRUE(module) << module.firstError();
    auto executor = module.plan({kernels});
    ASSERT_TRUE(executor) << module.firstError();
    auto outputs = runFloats(*executor, inputs);
    ASSERT_TRUE(outputs) << module.firstError();
    ASSERT_EQ(outputs->size(), expected.size());
    for (auto [got, want] : llvm::zip_equal(*outputs, expected)) {
      EXPECT_EQ(got.values, want.values);
      EXPECT_EQ(got.shape, want.shape);
    }
  }
}

// A condition and a step for loops that count down in their first value.
const char *const kCountDown = R"mlir(
func.func @more(%n: tensor<i32>, %x: tensor<2xf32>) -> tensor<i1> {
  %0 = nn.cast %n : (tensor<i32>) -> tensor<i1>
  return %0 : tensor<i1>
})mlir";

TEST(ControlFlow, ALoopRunsUntilItsConditionIsFalse) {
  std::string text = std::string(R"mlir(
func.func @main(%n: tensor<i32>, %x: tensor<2xf32>) -> tensor<2xf32> {
  %0:2 = nn.while @more do @double(%n, %x) : (tensor<i32>, tensor<2xf32>) -> (tensor<i32>, tensor<2xf32>)
  return %0#1 : tensor<2xf32>
}
func.func @double(%n: tensor<i32>, %x: tensor<2xf32>) -> (tensor<i32>, tensor<2xf32>) {
  %one = nn.const dense<1> : tensor<i32>
  %0 = nn.sub %n, %one : (tensor<i32>, tensor<i32>) -> tensor<i32>
  %1 = nn.add %x, %x : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  return %0, %1 : tensor<i32>, tensor<2xf32>
})mlir") + kCountDown;
  expectOutputs(text, {bytesOf<int32_t>({10}), bytesOf<float>({1, -3})}, {{{1024, -3072}, {2}}});
  expectOutputs(text, {bytesOf<int32_t>({0}), bytesOf<float>({1, -3})}, {{{1, -3}, {2}}});
}

TEST(ControlFlow, ALoopMaySwapItsValues) {
  // What the body hands on stays in place; a swap must not overwrite what is still to be read.
  std::string text = R"mlir(
func.func @main(%n: tensor<i32>, %x: tensor<2xf32>, %y: tensor<2xf32>) -> (tensor<2xf32>, tensor<2xf32>) {
  %0:3 = nn.while @more do @swap(%n, %x, %y)
      : (tensor<i32>, tensor<2xf32>, tensor<2xf32>) -> (tensor<i32>, tensor<2xf32>, tensor<2xf32>)
  return %0#1, %0#2 : tensor<2xf32>, tensor<2xf32>
}
func.func @more(%n: tensor<i32>, %x: tensor<2xf32>, %y: tensor<2xf32>) -> tensor<i1> {
  %0 = nn.cast %n : (tensor<i32>) -> tensor<i1>
  return %0 : tensor<i1>
}
func.func @swap(%n: tensor<i32>, %x: tensor<2xf32>, %y: tensor<2xf32>) -> (tensor<i32>, tensor<2xf32>, tensor<2xf32>) {
  %one = nn.const dense<1> : tensor<i32>
  %0 = nn.sub %n, %one : (tensor<i32>, tensor<i32>) -> tensor<i32>
  %1 = nn.add %y, %y : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  return %0, %1, %x : tensor<i32>, tensor<2xf32>, tensor<2xf32>
})mlir";
  // (1, 10) -> (20, 1) -> (2, 20) -> (40, 2)
  expectOutputs(text, {bytesOf<int32_t>({3}), bytesOf<float>({1, 1}), bytesOf<float>({10, 10})},
                {{{40, 40}, {2}}, {{2, 2}, {2}}});
}

TEST(ControlFlow, ALoopMayGrowItsValues) {
  std::string text = R"mlir(
func.func @main(%n: tensor<i32>, %x: tensor<2xf32>) -> (tensor<?xf32>, tensor<?xf32>) {
  %0:2 = nn.while @more do @append(%n, %x) : (tensor<i32>, tensor<2xf32>) -> (tensor<i32>, tensor<?xf32>)
  %1 = nn.neg %0#1 : (tensor<?xf32>) -> tensor<?xf32>
  return %0#1, %1 : tensor<?xf32>, tensor<?xf32>
}
func.func @more(%n: tensor<i32>, %x: tensor<?xf32>) -> tensor<i1> {
  %0 = nn.cast %n : (tensor<i32>) -> tensor<i1>
  return %0 : tensor<i1>
}
func.func @append(%n: tensor<i32>, %x: tensor<?xf32>) -> (tensor<i32>, tensor<?xf32>) {
  %one = nn.const dense<1> : tensor<i32>
  %0 = nn.sub %n, %one : (tensor<i32>, tensor<i32>) -> tensor<i32>
  %f = nn.cast %n : (tensor<i32>) -> tensor<f32>
  %g = nn.reshape %f {new_shape = array<i32: 1>} : (tensor<f32>) -> tensor<1xf32>
  %1 = nn.concatenation %x, %g axis 0 : (tensor<?xf32>, tensor<1xf32>) -> tensor<?xf32>
  return %0, %1 : tensor<i32>, tensor<?xf32>
})mlir";
  expectOutputs(text, {bytesOf<int32_t>({3}), bytesOf<float>({8, 9})},
                {{{8, 9, 3, 2, 1}, {5}}, {{-8, -9, -3, -2, -1}, {5}}});
}

TEST(ControlFlow, ALoopMaySliceWhereItsCounterSays) {
  // The begin of the slice is another one in each round.
  std::string text = R"mlir(
func.func @main(%n: tensor<1xi32>, %x: tensor<4xf32>, %s: tensor<1xf32>) -> tensor<1xf32> {
  %0:3 = nn.while @more do @step(%n, %x, %s)
      : (tensor<1xi32>, tensor<4xf32>, tensor<1xf32>) -> (tensor<1xi32>, tensor<4xf32>, tensor<1xf32>)
  return %0#2 : tensor<1xf32>
}
func.func @more(%n: tensor<1xi32>, %x: tensor<4xf32>, %s: tensor<1xf32>) -> tensor<1xi1> {
  %0 = nn.cast %n : (tensor<1xi32>) -> tensor<1xi1>
  return %0 : tensor<1xi1>
}
func.func @step(%n: tensor<1xi32>, %x: tensor<4xf32>, %s: tensor<1xf32>) -> (tensor<1xi32>, tensor<4xf32>, tensor<1xf32>) {
  %one = nn.const dense<1> : tensor<1xi32>
  %ten = nn.const dense<10.0> : tensor<1xf32>
  %0 = nn.sub %n, %one : (tensor<1xi32>, tensor<1xi32>) -> tensor<1xi32>
  %1 = nn.slice %x, %0, %one : (tensor<4xf32>, tensor<1xi32>, tensor<1xi32>) -> tensor<1xf32>
  %2 = nn.mul %s, %ten : (tensor<1xf32>, tensor<1xf32>) -> tensor<1xf32>
  %3 = nn.add %2, %1 : (tensor<1xf32>, tensor<1xf32>) -> tensor<1xf32>
  return %0, %x, %3 : tensor<1xi32>, tensor<4xf32>, tensor<1xf32>
})mlir";
  expectOutputs(text, {bytesOf<int32_t>({4}), bytesOf<float>({1, 2, 3, 4}), bytesOf<float>({0})}, {{{4321}, {1}}});
}

const char *const kBranch = R"mlir(
func.func @main(%c: tensor<i1>, %x: tensor<2xf32>) -> tensor<?xf32> {
  %0 = nn.if @twice else @once(%c, %x) : (tensor<i1>, tensor<2xf32>) -> tensor<?xf32>
  return %0 : tensor<?xf32>
}
func.func @twice(%x: tensor<2xf32>) -> tensor<4xf32> {
  %0 = nn.concatenation %x, %x axis 0 : (tensor<2xf32>, tensor<2xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}
func.func @once(%x: tensor<2xf32>) -> tensor<2xf32> {
  return %x : tensor<2xf32>
})mlir";

TEST(ControlFlow, ABranchGivesWhatItsFunctionGives) {
  expectOutputs(kBranch, {{1}, bytesOf<float>({5, 6})}, {{{5, 6, 5, 6}, {4}}});
  expectOutputs(kBranch, {{0}, bytesOf<float>({5, 6})}, {{{5, 6}, {2}}});
}

TEST(ControlFlow, AnOutputOfUnknownSizeDoesNotGoToABufferOfAnother) {
  TestModule module(kBranch);
  auto executor = module.plan();
  ASSERT_TRUE(executor) << module.firstError();
  EXPECT_EQ(executor->outputs()[0].bytes, TensorInfo::kUnknown);
  alignas(4) char x[8] = {}, output[8], yes[1] = {1}, no[1] = {0};
  EXPECT_TRUE(failed(executor->run({ArrayRef<char>(yes), ArrayRef<char>(x)}, {MutableArrayRef<char>(output)})));
  EXPECT_TRUE(succeeded(executor->run({ArrayRef<char>(no), ArrayRef<char>(x)}, {MutableArrayRef<char>(output)})));
}

TEST(ControlFlow, AFunctionTakesTheShapesOfEachCall) {
  std::string text = R"mlir(
func.func @main(%x: tensor<2xf32>) -> tensor<8xf32> {
  %0 = nn.call @twice(%x) : (tensor<2xf32>) -> tensor<4xf32>
  %1 = nn.call @twice(%0) : (tensor<4xf32>) -> tensor<8xf32>
  return %1 : tensor<8xf32>
}
func.func @twice(%x: tensor<?xf32>) -> tensor<?xf32> {
  %0 = nn.concatenation %x, %x axis 0 : (tensor<?xf32>, tensor<?xf32>) -> tensor<?xf32>
  return %0 : tensor<?xf32>
})mlir";
  expectOutputs(text, {bytesOf<float>({1, 2})}, {{{1, 2, 1, 2, 1, 2, 1, 2}, {8}}});
}

// Adds its input to a variable that starts at 100.
const char *const kAccumulator = R"mlir(
func.func @main(%x: tensor<1xf32>) -> tensor<1xf32> {
  nn.call_once @init() : () -> ()
  %h = nn.var_handle {shared_name = "total"} : tensor<1x!nn.resource>
  %0 = nn.read_variable %h : (tensor<1x!nn.resource>) -> tensor<1xf32>
  %1 = nn.add %0, %x : (tensor<1xf32>, tensor<1xf32>) -> tensor<1xf32>
  nn.assign_variable %h, %1 : tensor<1x!nn.resource>, tensor<1xf32>
  return %1 : tensor<1xf32>
}
func.func @init() {
  %h = nn.var_handle {shared_name = "total"} : tensor<1x!nn.resource>
  %c = nn.const dense<100.0> : tensor<1xf32>
  nn.assign_variable %h, %c : tensor<1x!nn.resource>, tensor<1xf32>
  return
})mlir";

TEST(ControlFlow, VariablesLiveUntilTheStateIsReset) {
  TestModule module(kAccumulator);
  ASSERT_TRUE(module) << module.firstError();
  auto executor = module.plan();
  ASSERT_TRUE(executor) << module.firstError();
  auto next = [](Executor &executor, float x) { return (*runFloats(executor, {bytesOf<float>({x})}))[0].values[0]; };
  EXPECT_EQ(next(*executor, 1), 101);
  EXPECT_EQ(next(*executor, 2), 103);
  EXPECT_EQ(next(*executor->share(), 5), 105);
  executor->resetState();
  EXPECT_EQ(next(*executor, 7), 107);
}

TEST(ControlFlow, AVariableWithoutAValueIsAnError) {
  TestModule module(R"mlir(
func.func @main() -> tensor<1xf32> {
  %h = nn.var_handle {shared_name = "total"} : tensor<!nn.resource>
  %0 = nn.read_variable %h {nn.tensors = [#nn.tensor<name = "sum">]} : (tensor<!nn.resource>) -> tensor<1xf32>
  return %0 : tensor<1xf32>
})mlir");
  auto executor = module.plan();
  ASSERT_TRUE(executor) << module.firstError();
  EXPECT_FALSE(runFloats(*executor, {}));
  EXPECT_EQ(module.firstError(), "'nn.read_variable' (tensor 'sum') reads a variable that has no value yet");
}

TEST(ControlFlow, ALoopWithoutEndIsAnError) {
  TestModule module(std::string(R"mlir(
func.func @main(%n: tensor<i32>, %x: tensor<2xf32>) -> tensor<2xf32> {
  %0:2 = nn.while @more do @again(%n, %x) : (tensor<i32>, tensor<2xf32>) -> (tensor<i32>, tensor<2xf32>)
  return %0#1 : tensor<2xf32>
}
func.func @again(%n: tensor<i32>, %x: tensor<2xf32>) -> (tensor<i32>, tensor<2xf32>) {
  return %n, %x : tensor<i32>, tensor<2xf32>
})mlir") + kCountDown);
  auto executor = module.plan();
  ASSERT_TRUE(executor) << module.firstError();
  EXPECT_FALSE(runFloats(*executor, {bytesOf<int32_t>({1}), bytesOf<float>({1, 2})}));
  EXPECT_EQ(module.firstError(), "'nn.while' expected to end within 1000000 calls of functions in one run, "
                                 "rounds of loops included");
}

TEST(ControlFlow, AFunctionThatCallsItselfIsRefused) {
  expectRefusal(R"mlir(
func.func @main(%x: tensor<2xf32>) -> tensor<2xf32> {
  %0 = nn.call @main(%x) : (tensor<2xf32>) -> tensor<2xf32>
  return %0 : tensor<2xf32>
})mlir",
                "cannot be executed: the function calls itself");
}

TEST(ControlFlow, CallsThatDoNotFitAreRefused) {
  expectRefusal(R"mlir(
func.func @main(%x: tensor<2xf32>) -> tensor<2xf32> {
  %0 = nn.call @missing(%x) : (tensor<2xf32>) -> tensor<2xf32>
  return %0 : tensor<2xf32>
})mlir",
                "'nn.call' runs @missing, but the module has no such function");
  expectRefusal(R"mlir(
func.func @main(%x: tensor<2xf32>) -> tensor<2xf32> {
  %0 = nn.call @f() : () -> tensor<2xf32>
  return %0 : tensor<2xf32>
}
func.func @f(%x: tensor<2xf32>) -> tensor<2xf32> {
  return %x : tensor<2xf32>
})mlir",
                "'nn.call' gives 0 arguments to @f, which takes 1");
  expectRefusal(R"mlir(
func.func @main(%x: tensor<2xf32>) -> tensor<2xf32> {
  %0 = nn.call @f(%x) : (tensor<2xf32>) -> tensor<2xf32>
  return %0 : tensor<2xf32>
}
func.func @f(%x: tensor<2xi32>) -> tensor<2xi32> {
  return %x : tensor<2xi32>
})mlir",
                "expected argument 0 of @f to have elements of type 'f32', got 'i32'");
}

TEST(DynamicShapes, ARankOfUnknownSizeFollowsFromValues) {
  // SHAPE, STRIDED_SLICE and PACK of a dynamic batch; the shape is known while planning.
  TestModule module(R"mlir(
func.func @main(%x: tensor<?x2x2xf32> {nn.tensor = #nn.tensor<name = "x", shape = [1, 2, 2]>}) -> tensor<*xf32> {
  %0 = nn.shape %x : (tensor<?x2x2xf32>) -> tensor<3xi32>
  %zero = nn.const dense<0> : tensor<1xi32>
  %one = nn.const dense<1> : tensor<1xi32>
  %1 = nn.strided_slice %0, %zero, %one, %one {shrink_axis_mask = 1 : i32}
      : (tensor<3xi32>, tensor<1xi32>, tensor<1xi32>, tensor<1xi32>) -> tensor<i32>
  %four = nn.const dense<4> : tensor<i32>
  %2 = nn.pack %1, %four axis 0 {values_count = 2 : i32} : (tensor<i32>, tensor<i32>) -> tensor<2xi32>
  %3 = nn.reshape %x, %2 : (tensor<?x2x2xf32>, tensor<2xi32>) -> tensor<*xf32>
  return %3 : tensor<*xf32>
})mlir");
  ASSERT_TRUE(module) << module.firstError();
  auto executor = module.plan();
  ASSERT_TRUE(executor) << module.firstError();
  EXPECT_EQ(executor->outputs()[0].shape, (SmallVector<int64_t>{1, 4}));
  ASSERT_TRUE(succeeded(executor->resize({SmallVector<int64_t>{3, 2, 2}}))) << module.firstError();
  EXPECT_EQ(executor->outputs()[0].shape, (SmallVector<int64_t>{3, 4}));
  EXPECT_EQ(executor->outputs()[0].bytes, 48);
}

TEST(DynamicShapes, AShapeMayComeWithTheData) {
  expectOutputs(R"mlir(
func.func @main(%s: tensor<2xi32>, %x: tensor<6xf32>) -> tensor<?x?xf32> {
  %0 = nn.reshape %x, %s : (tensor<6xf32>, tensor<2xi32>) -> tensor<?x?xf32>
  %1 = nn.neg %0 : (tensor<?x?xf32>) -> tensor<?x?xf32>
  return %1 : tensor<?x?xf32>
})mlir",
                {bytesOf<int32_t>({-1, 2}), bytesOf<float>({1, 2, 3, 4, 5, 6})}, {{{-1, -2, -3, -4, -5, -6}, {3, 2}}});
}

TEST(DynamicShapes, ANewShapeIsPlannedForAnew) {
  TestModule module(R"mlir(
func.func @main(%s: tensor<2xi32>, %x: tensor<6xf32>) -> tensor<?xf32> {
  %0 = nn.reshape %x, %s : (tensor<6xf32>, tensor<2xi32>) -> tensor<?x?xf32>
  %a = nn.const dense<1> : tensor<1xi32>
  %1 = nn.sum %0, %a : (tensor<?x?xf32>, tensor<1xi32>) -> tensor<?xf32>
  return %1 : tensor<?xf32>
})mlir");
  auto executor = module.plan();
  ASSERT_TRUE(executor) << module.firstError();
  const std::vector<char> x = bytesOf<float>({1, 2, 3, 4, 5, 6});
  auto sums = [&](std::initializer_list<int32_t> shape) { return (*runFloats(*executor, {bytesOf(shape), x}))[0]; };
  EXPECT_TRUE(sums({3, 2}) == (Output{{3, 7, 11}, {3}}));
  EXPECT_TRUE(sums({2, 3}) == (Output{{6, 15}, {2}}));
  EXPECT_TRUE(sums({3, 2}) == (Output{{3, 7, 11}, {3}}));
  EXPECT_FALSE(runFloats(*executor, {bytesOf<int32_t>({4, 2}), x}));
  EXPECT_EQ(module.firstError(), "'nn.reshape' expected a result of 6 elements, got shape 4x2");
}

TEST(DynamicShapes, AResizeThatDoesNotFitLeavesThingsAsTheyWere) {
  TestModule module(R"mlir(
func.func @main(%x: tensor<?x2xf32> {nn.tensor = #nn.tensor<name = "x", shape = [1, 2]>}) -> tensor<?x2xf32> {
  %0 = nn.neg %x : (tensor<?x2xf32>) -> tensor<?x2xf32>
  return %0 : tensor<?x2xf32>
})mlir");
  auto executor = module.plan();
  ASSERT_TRUE(executor) << module.firstError();
  EXPECT_TRUE(failed(executor->resize({SmallVector<int64_t>{2, 3}})));
  EXPECT_EQ(module.firstError(), "input 0 (tensor 'x') expected a tensor of type 'tensor<?x2xf32>', got shape 2x3");
  EXPECT_TRUE((*runFloats(*executor, {bytesOf<float>({1, 2})}))[0] == (Output{{-1, -2}, {1, 2}}));
}

} // namespace
