//===- Calibrate.cpp - What values a network's tensors take -----*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "vernier/Execution/Calibrate.h"
#include "vernier/Calibration/Observer.h"
#include "vernier/Dialect/QuantX/QuantX.h"
#include "vernier/Execution/TensorIO.h"
#include "vernier/Interfaces/ConstantData.h"
#include "llvm/ADT/DenseMap.h"

namespace mlir::vernier {
namespace {

/// The observers of a function, one for each name.
class Watch {
public:
  /// Makes an observer for each value that data decides; fails where one has no name.
  LogicalResult add(func::FuncOp function);
  /// Takes in what `op` computed from sample `sample`.
  LogicalResult see(Operation *op, ArrayRef<TensorRef> results, uint64_t sample);
  /// Fails for a tensor that has seen nothing finite.
  FailureOr<Statistics> finish(StringRef modelName, uint64_t samples) const;

private:
  struct Entry {
    Observer observer;
    Operation *first = nullptr;
    bool hasWarned = false;
  };
  /// Ordered, so that errors come in a fixed order.
  std::map<std::string, Entry> entries;
  llvm::DenseMap<Operation *, Entry *> byOperator;
};

LogicalResult Watch::add(func::FuncOp function) {
  WalkResult result = function.walk([&](quantx::FakeQuantOp op) {
    // A value that is rounded a second time, as weights computed at run time are, has the range of its first mark.
    if (getConstantElements(op.getInput()) || op.getInput().getDefiningOp<quantx::FakeQuantOp>())
      return WalkResult::advance();
    if (!op.getTensorName()) {
      op.emitOpError() << "expected a name to keep statistics under";
      return WalkResult::interrupt();
    }
    Entry &entry = entries[op.getTensorName()->str()];
    if (!entry.first)
      entry.first = op;
    byOperator[op] = &entry;
    return WalkResult::advance();
  });
  return failure(result.wasInterrupted());
}

LogicalResult Watch::see(Operation *op, ArrayRef<TensorRef> results, uint64_t sample) {
  Entry *entry = byOperator.lookup(op);
  if (!entry)
    return success();
  const uint64_t nansBefore = entry->observer.nanCount();
  if (entry->observer.observe({results[0].as<const float>(), size_t(results[0].elements())}))
    return success();
  auto fakeQuant = cast<quantx::FakeQuantOp>(op);
  const uint64_t nans = entry->observer.nanCount() - nansBefore;
  if (nans || isa<BlockArgument>(fakeQuant.getInput()))
    return op->emitError() << "tensor '" << *fakeQuant.getTensorName() << "' is expected to be finite, but sample "
                           << sample << " gives it " << (nans ? "NaN" : "an infinite value");
  if (!entry->hasWarned)
    op->emitWarning() << "tensor '" << *fakeQuant.getTensorName() << "' takes infinite values, first in sample "
                      << sample << "; they stay out of its range";
  entry->hasWarned = true;
  return success();
}

FailureOr<Statistics> Watch::finish(StringRef modelName, uint64_t samples) const {
  Statistics statistics;
  statistics.model = modelName.str();
  statistics.samples = samples;
  for (const auto &[name, entry] : entries) {
    if (entry.observer.count() == 0)
      return entry.first->emitError() << "tensor '" << name << "' is expected to take a finite value in some sample";
    statistics.tensors.emplace(name, TensorStatistics::of(entry.observer));
  }
  return statistics;
}

} // namespace

FailureOr<Statistics> calibrate(func::FuncOp function, Executor &executor, SampleStream &samples, StringRef modelName,
                                function_ref<void(uint64_t done)> progress) {
  Watch watch;
  if (failed(watch.add(function)))
    return failure();
  TensorBuffers inputs(executor.inputs()), outputs(executor.outputs());
  uint64_t sample = 0;
  for (;; ++sample) {
    llvm::Expected<bool> more = samples.next(inputs.writable());
    if (!more)
      return function.emitError() << llvm::toString(more.takeError());
    if (!*more)
      break;
    auto observer = [&](Operation *op, ArrayRef<TensorRef> results) { return watch.see(op, results, sample); };
    if (failed(executor.run(inputs.readable(), outputs.writable(), observer)))
      return failure();
    if (progress)
      progress(sample + 1);
  }
  return watch.finish(modelName, sample);
}

} // namespace mlir::vernier
