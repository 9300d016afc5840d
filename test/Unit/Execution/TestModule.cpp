//===- TestModule.cpp - Run a textual module in a test ----------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "TestModule.h"
#include "mlir/Dialect/Quant/IR/Quant.h"
#include "mlir/Parser/Parser.h"
#include "vernier/Dialect/NN/NN.h"
#include "vernier/Dialect/QuantX/QuantX.h"
#include "llvm/Support/raw_ostream.h"
#include "gtest/gtest.h"
#include <cmath>
#include <random>

namespace mlir::vernier::test {

TestModule::TestModule(StringRef text, bool verify) {
  context.loadDialect<func::FuncDialect, nn::NNDialect, quantx::QuantXDialect, quant::QuantDialect>();
  context.getDiagEngine().registerHandler([this](Diagnostic &diagnostic) {
    if (error.empty())
      error = diagnostic.str();
  });
  module = parseSourceString<ModuleOp>(text, ParserConfig(&context, verify));
}

func::FuncOp TestModule::function() const { return *module.get().getOps<func::FuncOp>().begin(); }

std::unique_ptr<Executor> TestModule::plan(const ExecutionOptions &options) {
  FailureOr<std::unique_ptr<Executor>> executor = Executor::create(function(), options);
  return failed(executor) ? nullptr : std::move(*executor);
}

std::vector<std::vector<char>> makeInputs(const Executor &executor, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<std::vector<char>> buffers;
  for (const TensorInfo &input : executor.inputs()) {
    std::vector<char> &buffer = buffers.emplace_back(input.bytes);
    if (input.elementType.isF32()) {
      for (int64_t i = 0; i < input.bytes; i += 4) {
        float value = float(int(random() % 4001) - 2000) / 1000;
        std::memcpy(&buffer[i], &value, 4);
      }
    } else if (input.elementType.isInteger(1)) {
      for (char &byte : buffer)
        byte = random() % 2;
    } else if (input.elementType.isInteger(32) || input.elementType.isInteger(64)) {
      const int64_t size = input.elementType.getIntOrFloatBitWidth() / 8;
      for (int64_t i = 0; i < input.bytes; i += size) {
        int64_t value = 1 + int64_t(random() % 1000);
        value = random() % 2 ? value : -value;
        std::memcpy(&buffer[i], &value, size);
      }
    } else {
      for (char &byte : buffer)
        byte = char(random());
    }
  }
  return buffers;
}

std::vector<std::vector<char>> run(Executor &executor, const std::vector<std::vector<char>> &inputs,
                                   const ExecutionObserver &observer) {
  std::vector<std::vector<char>> outputs;
  for (const TensorInfo &output : executor.outputs())
    outputs.emplace_back(output.bytes);
  SmallVector<ArrayRef<char>> from(inputs.begin(), inputs.end());
  SmallVector<MutableArrayRef<char>> to(outputs.begin(), outputs.end());
  EXPECT_TRUE(succeeded(executor.run(from, to, observer)));
  return outputs;
}

static void compare(const TensorInfo &info, const std::vector<char> &runtime, const std::vector<char> &reference) {
  if (!info.elementType.isF32()) {
    size_t differences = 0, first = 0;
    for (size_t i = runtime.size(); i--;)
      if (runtime[i] != reference[i]) {
        ++differences;
        first = i;
      }
    EXPECT_EQ(differences, 0u) << "of " << runtime.size() << " bytes; the first is byte " << first << ": "
                               << int(runtime[first]) << " and " << int(reference[first]);
    return;
  }
  auto view = [](const std::vector<char> &bytes) {
    std::vector<float> values(bytes.size() / 4);
    std::memcpy(values.data(), bytes.data(), bytes.size());
    return values;
  };
  std::vector<float> got = view(runtime), expected = view(reference);
  double largest = 0;
  for (float value : expected)
    if (std::isfinite(value))
      largest = std::max(largest, double(std::fabs(value)));
  for (size_t i = 0; i < got.size(); ++i) {
    if (got[i] == expected[i] || (std::isnan(got[i]) && std::isnan(expected[i])))
      continue;
    ASSERT_LE(std::fabs(double(got[i]) - expected[i]), 1e-6 * largest)
        << "element " << i << " is " << got[i] << ", expected " << expected[i];
  }
}

void expectAgreement(StringRef text, ArrayRef<numerics::NumericsTarget> targets) {
  SCOPED_TRACE(text.str());
  TestModule module(text);
  ASSERT_TRUE(module) << module.firstError();
  for (numerics::NumericsTarget target : targets) {
    SCOPED_TRACE("numerics target " + std::to_string(int(target)));
    std::unique_ptr<Executor> runtime = module.plan({ExecutionOptions::KernelSet::Runtime, target});
    std::unique_ptr<Executor> reference = module.plan({ExecutionOptions::KernelSet::Reference, target});
    ASSERT_TRUE(runtime && reference) << module.firstError();
    for (unsigned seed : {1, 2}) {
      auto inputs = makeInputs(*runtime, seed);
      auto got = run(*runtime, inputs), expected = run(*reference, inputs);
      ASSERT_EQ(module.firstError(), "");
      for (size_t i = 0; i < got.size(); ++i)
        compare(runtime->outputs()[i], got[i], expected[i]);
    }
  }
}

void expectRefusal(StringRef text, StringRef message) {
  SCOPED_TRACE(text.str());
  TestModule module(text, /*verify=*/false);
  ASSERT_TRUE(module) << module.firstError();
  EXPECT_EQ(module.plan(), nullptr);
  EXPECT_NE(module.firstError().find(message.str()), std::string::npos) << "got: " << module.firstError();
}

} // namespace mlir::vernier::test
