//===- CalibrateTest.cpp - Statistics of a network's tensors ----*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "vernier/Execution/Calibrate.h"
#include "TestModule.h"
#include "vernier/Execution/TensorIO.h"
#include "vernier/IO/Npz.h"
#include "llvm/Support/FileSystem.h"
#include "gtest/gtest.h"
#include <cmath>

using namespace mlir;
using namespace mlir::vernier;
using namespace mlir::vernier::test;

static const char *kNetwork = R"mlir(
func.func @main(%x: tensor<1x4xf32> {nn.tensor = #nn.tensor<name = "x", index = 0>}) -> tensor<1x4xf32> {
  %0 = quantx.fake_quant %x name "x" spec<i8> : tensor<1x4xf32>
  %c = nn.const dense<[1.0, 1.0, 1.0, -100.0]> : tensor<4xf32>
  %d = quantx.fake_quant %c name "slopes" spec<i8> : tensor<4xf32>
  %1 = nn.mul %0, %d : (tensor<1x4xf32>, tensor<4xf32>) -> tensor<1x4xf32>
  %2 = quantx.fake_quant %1 name "y" spec<i8> : tensor<1x4xf32>
  return %2 : tensor<1x4xf32>
})mlir";

/// Calibrates on these samples of four values each.
static FailureOr<Statistics> calibrateOn(TestModule &module, const std::vector<float> &values,
                                         const CalibrationOptions &options = {}) {
  llvm::SmallString<128> path;
  EXPECT_FALSE(llvm::sys::fs::createTemporaryFile("calibrate", "npz", path));
  {
    auto writer = NpzWriter::create(path);
    EXPECT_TRUE(bool(writer));
    auto array = writer->addArray({"x", ElementKind::Float32, {int64_t(values.size() / 4), 4}});
    EXPECT_TRUE(bool(array));
    writer->append(*array, {reinterpret_cast<const char *>(values.data()), values.size() * 4});
    EXPECT_FALSE(bool(writer->commit()));
  }
  auto executor = module.plan();
  EXPECT_TRUE(executor) << module.firstError();
  auto source = DataSource::open(path);
  EXPECT_TRUE(bool(source));
  auto samples = source->bind(*getInputSpecs(module.function()));
  EXPECT_TRUE(bool(samples));
  uint64_t told = 0;
  auto statistics =
      calibrate(module.function(), *executor, *samples, "net.tflite", options, [&](uint64_t done) { told = done; });
  if (succeeded(statistics)) {
    EXPECT_EQ(told, values.size() / 4);
  }
  llvm::sys::fs::remove(path);
  return statistics;
}

TEST(Calibrate, ObservesWhatDataDecides) {
  TestModule module(kNetwork);
  ASSERT_TRUE(module) << module.firstError();
  auto statistics = calibrateOn(module, {1, 2, 3, 4, -5, 0, 0, -1});
  ASSERT_TRUE(succeeded(statistics)) << module.firstError();
  EXPECT_EQ(statistics->samples, 2u);
  EXPECT_EQ(statistics->model, "net.tflite");
  ASSERT_EQ(statistics->tensors.size(), 2u) << "the constant is left out";
  EXPECT_EQ(statistics->tensors["x"].min, -5);
  EXPECT_EQ(statistics->tensors["x"].max, 4);
  EXPECT_EQ(statistics->tensors["y"].min, -400);
  EXPECT_EQ(statistics->tensors["y"].max, 100);
  EXPECT_EQ(statistics->tensors["y"].count, 8u);
}

TEST(Calibrate, WatchesAValueOfTwoMarksOnce) {
  TestModule module(R"mlir(
func.func @main(%x: tensor<1x4xf32> {nn.tensor = #nn.tensor<name = "x", index = 0>}) -> tensor<1x4xf32> {
  %0 = quantx.fake_quant %x name "x" spec<i8> : tensor<1x4xf32>
  %1 = quantx.fake_quant %0 spec<i8, symmetric, narrow> : tensor<1x4xf32>
  return %1 : tensor<1x4xf32>
})mlir");
  ASSERT_TRUE(module) << module.firstError();
  auto statistics = calibrateOn(module, {1, 2, 3, 4});
  ASSERT_TRUE(succeeded(statistics)) << module.firstError();
  EXPECT_EQ(statistics->tensors.size(), 1u);
}

TEST(Calibrate, DoesNotDependOnTheOrderOfSamples) {
  TestModule module(kNetwork);
  auto forward = calibrateOn(module, {1, 2, 3, 4, -5, 0, 0.125, -1}),
       backward = calibrateOn(module, {-5, 0, 0.125, -1, 1, 2, 3, 4});
  ASSERT_TRUE(succeeded(forward) && succeeded(backward));
  std::string texts[2];
  for (auto [text, statistics] : {std::pair(&texts[0], &*forward), std::pair(&texts[1], &*backward)}) {
    llvm::raw_string_ostream os(*text);
    printStatistics(*statistics, os);
  }
  EXPECT_EQ(texts[0], texts[1]);
}

TEST(Calibrate, DoesNotDependOnTheNumberOfThreads) {
  TestModule module(kNetwork);
  std::vector<float> values;
  for (int i = 0; i < 4000; ++i)
    values.push_back(std::ldexp(float(i % 61 - 30), i % 7));
  std::string texts[2];
  for (unsigned threads : {1, 4}) {
    auto statistics = calibrateOn(module, values, {threads});
    ASSERT_TRUE(succeeded(statistics)) << module.firstError();
    llvm::raw_string_ostream os(texts[threads / 4]);
    printStatistics(*statistics, os);
  }
  EXPECT_EQ(texts[0], texts[1]);
}

TEST(Calibrate, OfSeveralBadSamplesNamesTheFirst) {
  TestModule module(kNetwork);
  std::vector<float> values(4 * 200, 1.0f);
  for (size_t i = 37 * 4; i < values.size(); i += 8)
    values[i] = NAN;
  EXPECT_TRUE(failed(calibrateOn(module, values, {4})));
  EXPECT_EQ(module.firstError(), "tensor 'x' is expected to be finite, but sample 37 gives it NaN");
}

TEST(Calibrate, WithoutHistogramsTheRangeIsTheSame) {
  TestModule module(kNetwork);
  auto statistics = calibrateOn(module, {1, 2, 3, 4, -5, 0, 0, -1}, {2, /*histograms=*/false});
  ASSERT_TRUE(succeeded(statistics)) << module.firstError();
  EXPECT_EQ(statistics->tensors["x"].min, -5);
  EXPECT_EQ(statistics->tensors["x"].max, 4);
  EXPECT_EQ(statistics->tensors["x"].count, 8u);
  EXPECT_FALSE(statistics->tensors["x"].histogram);
}

TEST(Calibrate, NamesTensorAndSampleOfANaN) {
  TestModule module(kNetwork);
  EXPECT_TRUE(failed(calibrateOn(module, {1, 2, 3, 4, 1, NAN, 1, 1})));
  EXPECT_EQ(module.firstError(), "tensor 'x' is expected to be finite, but sample 1 gives it NaN");
}

TEST(Calibrate, RefusesInfiniteInputs) {
  TestModule module(kNetwork);
  EXPECT_TRUE(failed(calibrateOn(module, {1, 2, INFINITY, 4})));
  EXPECT_EQ(module.firstError(), "tensor 'x' is expected to be finite, but sample 0 gives it an infinite value");
}

TEST(Calibrate, KeepsInfinitiesOfTheNetworkOutOfRanges) {
  TestModule module(kNetwork);
  auto statistics = calibrateOn(module, {1, 2, 3, 3e38f});
  ASSERT_TRUE(succeeded(statistics));
  EXPECT_EQ(module.firstError(), "tensor 'y' takes infinite values, first in sample 0; they stay out of its range");
  EXPECT_EQ(statistics->tensors["y"].max, 3);
}

TEST(Calibrate, ObservesEveryRoundOfALoopAndLeavesOutBranchesNotTaken) {
  TestModule module(R"mlir(
func.func @main(%x: tensor<1x4xf32> {nn.tensor = #nn.tensor<name = "x", index = 0>}) -> tensor<1x4xf32> {
  %n = nn.const dense<3> : tensor<i32>
  %no = nn.const dense<false> : tensor<i1>
  %0:2 = nn.while @more do @double(%n, %x) : (tensor<i32>, tensor<1x4xf32>) -> (tensor<i32>, tensor<1x4xf32>)
  %1 = nn.if @negate else @keep(%no, %0#1) : (tensor<i1>, tensor<1x4xf32>) -> tensor<1x4xf32>
  return %1 : tensor<1x4xf32>
}
func.func @more(%n: tensor<i32>, %x: tensor<1x4xf32>) -> tensor<i1> {
  %0 = nn.cast %n : (tensor<i32>) -> tensor<i1>
  return %0 : tensor<i1>
}
func.func @double(%n: tensor<i32>, %x: tensor<1x4xf32>) -> (tensor<i32>, tensor<1x4xf32>) {
  %one = nn.const dense<1> : tensor<i32>
  %0 = nn.sub %n, %one : (tensor<i32>, tensor<i32>) -> tensor<i32>
  %1 = nn.add %x, %x : (tensor<1x4xf32>, tensor<1x4xf32>) -> tensor<1x4xf32>
  %2 = quantx.fake_quant %1 name "@double/y" spec<i8> : tensor<1x4xf32>
  return %0, %2 : tensor<i32>, tensor<1x4xf32>
}
func.func @negate(%x: tensor<1x4xf32>) -> tensor<1x4xf32> {
  %0 = nn.neg %x : (tensor<1x4xf32>) -> tensor<1x4xf32>
  %1 = quantx.fake_quant %0 name "@negate/y" spec<i8> : tensor<1x4xf32>
  return %1 : tensor<1x4xf32>
}
func.func @keep(%x: tensor<1x4xf32>) -> tensor<1x4xf32> {
  return %x : tensor<1x4xf32>
})mlir");
  ASSERT_TRUE(module) << module.firstError();
  auto statistics = calibrateOn(module, {1, 2, 3, 4, -5, 0, 0, -1});
  ASSERT_TRUE(succeeded(statistics)) << module.firstError();
  ASSERT_EQ(statistics->tensors.size(), 1u);
  EXPECT_EQ(statistics->tensors["@double/y"].min, -40);
  EXPECT_EQ(statistics->tensors["@double/y"].max, 32);
  EXPECT_EQ(statistics->tensors["@double/y"].count, 24u);
}
