//===- RunTargets.h - Where the numerics of runtimes part -------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The same quantized file gives different numbers in LiteRT as it comes, in its reference kernels and in TFLite Micro.
// Running it in all three shows which operators are the reason.

#ifndef VERNIER_CHECK_RUNTARGETS_H
#define VERNIER_CHECK_RUNTARGETS_H

#include "vernier/Execution/Executor.h"
#include "llvm/ADT/MapVector.h"
#include <array>

namespace mlir::vernier::check {

/// The targets that are compared with `litert`.
inline constexpr numerics::NumericsTarget kOtherTargets[] = {numerics::NumericsTarget::LiteRTRef,
                                                             numerics::NumericsTarget::TFLM};

/// How far a tensor of one target is from that of `litert`, over all samples.
struct Difference {
  uint64_t elements = 0, differing = 0;
  /// In steps of integers, else in real numbers.
  double largest = 0;
};

/// A tensor that is not the same in all targets.
struct Parting {
  std::string op, tensor;
  /// One for each of `kOtherTargets`. For an operator: where its operands were still the same.
  std::array<Difference, 2> differences;
};

/// Where the targets part, over `samples` samples.
struct PartingReport {
  uint64_t samples = 0;
  /// Operators in which targets part, in the order in which they run.
  std::vector<Parting> operators;
  /// Outputs, all of them.
  std::vector<Parting> outputs;
};

/// Runs a function in all targets, sample by sample.
class TargetRunner {
public:
  /// Plans `function` for inputs of `shapes`, or of the shapes that the file records. Diagnostics say what cannot run.
  static FailureOr<TargetRunner> create(func::FuncOp function, ArrayRef<SmallVector<int64_t>> shapes = {});

  ArrayRef<TensorInfo> inputs() const { return executors.front()->inputs(); }

  /// Runs one sample and adds what differs to the report.
  LogicalResult run(ArrayRef<ArrayRef<char>> inputs);

  PartingReport report() const;

private:
  TargetRunner() = default;

  func::FuncOp function;
  /// `litert`, then the others.
  std::vector<std::unique_ptr<Executor>> executors;
  uint64_t samples = 0;
  std::vector<Parting> outputs;
  /// What was seen of each operator, equal or not.
  llvm::MapVector<Operation *, Parting> operators;
};

} // namespace mlir::vernier::check

#endif // VERNIER_CHECK_RUNTARGETS_H
