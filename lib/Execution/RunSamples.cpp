//===- RunSamples.cpp - Runs samples on several threads ---------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "vernier/Execution/RunSamples.h"
#include "mlir/IR/Diagnostics.h"
#include "vernier/Execution/TensorIO.h"
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

namespace mlir::vernier {
namespace {

/// What a thread's diagnostics become while it runs a sample.
struct Caught {
  StringRef place;
  std::vector<Diagnostic> diagnostics;
};
thread_local Caught *caught = nullptr;

/// Keeps the diagnostics of threads that run samples, until their order is known.
class CatchDiagnostics : public ScopedDiagnosticHandler {
public:
  explicit CatchDiagnostics(MLIRContext *context)
      : ScopedDiagnosticHandler(context, [](Diagnostic &diagnostic) {
          if (!caught)
            return failure();
          if (!caught->place.empty())
            diagnostic.attachNote() << "read from " << caught->place;
          caught->diagnostics.push_back(std::move(diagnostic));
          return success();
        }) {}
};

/// A context whose users may be several threads.
class ThreadedContext {
public:
  ThreadedContext(MLIRContext *context, bool threads) : context(context), was(context->isMultithreadingEnabled()) {
    if (threads)
      context->enableMultithreading();
  }
  ~ThreadedContext() { context->enableMultithreading(was); }

private:
  MLIRContext *context;
  bool was;
};

class SampleLoop {
public:
  SampleLoop(func::FuncOp function, SampleStream &samples, const SampleActions &actions)
      : function(function), samples(samples), actions(actions) {}

  /// Takes samples until there are none, or one before them has failed.
  void work(unsigned worker, Executor &executor);
  /// Emits what was caught, and says how many samples there were.
  FailureOr<uint64_t> finish();

private:
  LogicalResult run(const SampleRun &run, Executor &executor, const TensorBuffers &inputs);

  func::FuncOp function;
  SampleStream &samples;
  const SampleActions &actions;

  std::mutex mutex;
  std::condition_variable isNext;
  uint64_t taken = 0, inOrder = 0, done = 0, firstFailure = std::numeric_limits<uint64_t>::max();
  std::map<uint64_t, std::vector<Diagnostic>> diagnostics;
};

} // namespace

LogicalResult SampleLoop::run(const SampleRun &run, Executor &executor, const TensorBuffers &inputs) {
  if (actions.begin && failed(actions.begin(run, inputs.readable())))
    return failure();
  ExecutionObserver observer;
  if (actions.observe)
    observer = [&](Operation *op, ArrayRef<TensorRef> results) { return actions.observe(run, op, results); };
  InternalObserver internals;
  if (actions.observeInternal)
    internals = [&](Operation *op, unsigned index, ArrayRef<float> values) {
      return actions.observeInternal(run, op, index, values);
    };
  executor.resetState();
  if (failed(executor.run(inputs.readable(), observer, internals)))
    return failure();
  if (!actions.finish)
    return success();
  std::unique_lock lock(mutex);
  isNext.wait(lock, [&] { return inOrder == run.sample || firstFailure < run.sample; });
  if (firstFailure < run.sample)
    return success();
  lock.unlock();
  SmallVector<TensorRef> outputs;
  for (unsigned i = 0, e = executor.outputs().size(); i < e; ++i)
    outputs.push_back(executor.output(i));
  const LogicalResult result = actions.finish(run, outputs);
  lock.lock();
  ++inOrder;
  isNext.notify_all();
  return result;
}

void SampleLoop::work(unsigned worker, Executor &executor) {
  TensorBuffers inputs(executor.inputs());
  Caught mine;
  caught = &mine;
  for (std::unique_lock lock(mutex); taken < firstFailure;) {
    const uint64_t sample = taken;
    llvm::Expected<bool> more = samples.next(inputs.writable());
    LogicalResult result = success();
    if (!more) {
      function.emitError() << llvm::toString(more.takeError());
      result = failure();
    } else if (!*more) {
      break;
    } else {
      ++taken;
      const std::string place = samples.lastPlace();
      mine.place = place;
      lock.unlock();
      result = run({sample, worker, place}, executor, inputs);
      lock.lock();
      mine.place = "";
    }
    if (!mine.diagnostics.empty())
      diagnostics[sample] = std::exchange(mine.diagnostics, {});
    if (failed(result)) {
      firstFailure = std::min(firstFailure, sample);
      isNext.notify_all();
    } else if (actions.progress) {
      actions.progress(++done);
    }
  }
  caught = nullptr;
}

FailureOr<uint64_t> SampleLoop::finish() {
  for (auto &[sample, list] : diagnostics)
    if (sample <= firstFailure)
      for (Diagnostic &diagnostic : list)
        function->getContext()->getDiagEngine().emit(std::move(diagnostic));
  if (firstFailure <= taken)
    return failure();
  return taken;
}

FailureOr<uint64_t> runSamples(func::FuncOp function, Executor &executor, SampleStream &samples, unsigned workers,
                               const SampleActions &actions) {
  SmallVector<std::unique_ptr<Executor>> others;
  for (unsigned i = 1; i < std::min<uint64_t>(workers, samples.numSamples()); ++i) {
    // Where memory does not do for more, fewer do the same.
    std::unique_ptr<Executor> other = executor.share();
    if (!other)
      break;
    others.push_back(std::move(other));
  }
  SampleLoop loop(function, samples, actions);
  {
    CatchDiagnostics handler(function->getContext());
    ThreadedContext context(function->getContext(), !others.empty());
    std::vector<std::thread> threads;
    for (auto [index, other] : llvm::enumerate(others))
      threads.emplace_back(
          [&loop, worker = unsigned(index + 1), executor = other.get()] { loop.work(worker, *executor); });
    loop.work(0, executor);
    for (std::thread &thread : threads)
      thread.join();
  }
  return loop.finish();
}

} // namespace mlir::vernier
