//===- RunSamples.h - Runs samples on several threads -----------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Each worker has an executor of its own, all of one plan, and takes the next sample when it is done with one. Memory
// grows with workers, not with samples. What callers see does not depend on the number of workers: results come in the
// order of samples where they ask for that, and of several failures the first sample's is reported. Each sample stands
// alone: variables are reset before it.

#ifndef VERNIER_EXECUTION_RUNSAMPLES_H
#define VERNIER_EXECUTION_RUNSAMPLES_H

#include "vernier/Execution/Executor.h"
#include "vernier/IO/Data.h"

namespace mlir::vernier {

/// A sample that is being run.
struct SampleRun {
  /// Its number, and who runs it: less than the workers asked for.
  uint64_t sample;
  unsigned worker;
  /// Where it was read from, for messages: "b.npz, sample 7".
  StringRef place;
};

/// What `runSamples` calls. Each may be empty; failure ends the run.
struct SampleActions {
  /// Before a sample runs, with its inputs; workers call it at the same time.
  std::function<LogicalResult(const SampleRun &run, ArrayRef<ArrayRef<char>> inputs)> begin;
  /// After an operator has run, as ExecutionObserver; workers call it at the same time.
  std::function<LogicalResult(const SampleRun &run, Operation *op, ArrayRef<TensorRef> results)> observe;
  /// While an operator runs, as InternalObserver; workers call it at the same time.
  std::function<LogicalResult(const SampleRun &run, Operation *op, unsigned index, ArrayRef<float> values)>
      observeInternal;
  /// After a sample has run, in the order of samples, one at a time.
  std::function<LogicalResult(const SampleRun &run, ArrayRef<TensorRef> outputs)> finish;
  /// After a sample has run, one at a time: how many have.
  std::function<void(uint64_t done)> progress;
};

/// Runs `samples` through `function`, which `executor` executes, with up to `workers` threads, the caller's among them.
/// Each sample begins with fresh variables, so that neither order nor workers matter.
/// Diagnostics come from the caller's thread, those of a sample with a note that says where it was read from.
/// Returns the number of samples.
FailureOr<uint64_t> runSamples(func::FuncOp function, Executor &executor, SampleStream &samples, unsigned workers,
                               const SampleActions &actions);

} // namespace mlir::vernier

#endif // VERNIER_EXECUTION_RUNSAMPLES_H
