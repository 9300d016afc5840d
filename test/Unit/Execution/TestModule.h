//===- TestModule.h - Run a textual module in a test ------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Parses a function, fills its inputs with a deterministic pattern and runs it with either kernel set.

#ifndef VERNIER_TEST_UNIT_EXECUTION_TESTMODULE_H
#define VERNIER_TEST_UNIT_EXECUTION_TESTMODULE_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/MLIRContext.h"
#include "vernier/Execution/Executor.h"
#include <string>
#include <vector>

namespace mlir::vernier::test {

/// A parsed module with the diagnostics that came up.
class TestModule {
public:
  /// Without `verify`, IR that its operators' verifiers refuse is taken as it is.
  explicit TestModule(StringRef text, bool verify = true);

  /// Whether the text parsed and verified.
  explicit operator bool() const { return bool(module); }
  func::FuncOp function() const;
  /// The first error since the module was made, or an empty string.
  const std::string &firstError() const { return error; }

  std::unique_ptr<Executor> plan(const ExecutionOptions &options = {});
  MLIRContext &getContext() { return context; }

private:
  MLIRContext context;
  OwningOpRef<ModuleOp> module;
  std::string error;
};

/// One buffer for each input, filled from `seed`: floats in [-2, 2], 32 and 64-bit integers within
/// 1000 of 0 without it, others over their whole range.
std::vector<std::vector<char>> makeInputs(const Executor &executor, unsigned seed);

/// The bytes of each output; fails the test if the run fails.
std::vector<std::vector<char>> run(Executor &executor, const std::vector<std::vector<char>> &inputs,
                                   const ExecutionObserver &observer = {});

/// Runs the module with both kernel sets under each of `targets` and expects equal bits for integers, and 1e-6 of the
/// largest value for floats.
void expectAgreement(StringRef text, ArrayRef<numerics::NumericsTarget> targets = {numerics::NumericsTarget::LiteRT,
                                                                                   numerics::NumericsTarget::LiteRTRef,
                                                                                   numerics::NumericsTarget::TFLM});

/// Expects planning to fail with a first error that contains `message`; the operators' own verifiers do not run before.
void expectRefusal(StringRef text, StringRef message);

} // namespace mlir::vernier::test

#endif // VERNIER_TEST_UNIT_EXECUTION_TESTMODULE_H
