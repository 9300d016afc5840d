//===- Calibrate.cpp - What values a network's tensors take -----*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "vernier/Execution/Calibrate.h"
#include "vernier/Calibration/Observer.h"
#include "vernier/Dialect/QuantX/QuantX.h"
#include "vernier/Execution/RunSamples.h"
#include "vernier/Interfaces/ConstantData.h"
#include "llvm/ADT/DenseMap.h"

namespace mlir::vernier {
namespace {

/// The observers of a module, one for each name; each worker has its own.
class Watch {
public:
  /// `function` is the one that takes the samples.
  Watch(func::FuncOp function, bool histograms) : function(function), histograms(histograms) {}
  /// Makes an observer for each value that data decides; fails where one has no name.
  LogicalResult add();
  /// Takes in what `op` computed from a sample.
  LogicalResult see(const SampleRun &run, Operation *op, ArrayRef<TensorRef> results);
  /// Takes in values of internal tensor `index` of `op`.
  LogicalResult see(const SampleRun &run, Operation *op, unsigned index, ArrayRef<float> values);
  /// Takes in what another worker's watch has seen of the same function.
  void merge(const Watch &other);
  /// Fails for a tensor that was computed but has seen nothing finite. One that was never computed, as in a branch that
  /// no sample takes, is left out.
  FailureOr<Statistics> finish(StringRef modelName, uint64_t samples) const;

private:
  struct Entry {
    explicit Entry(bool histograms) : observer(histograms) {}
    Observer observer;
    Operation *first = nullptr;
    bool wasComputed = false;
    /// The first sample that had infinities, and where it came from.
    std::optional<std::pair<uint64_t, std::string>> infinite;
  };
  Entry &entry(StringRef name, Operation *op);
  static LogicalResult take(Entry &entry, const SampleRun &run, Operation *op, StringRef name, bool isInput,
                            ArrayRef<float> values);
  bool isInput(Value value) const {
    auto argument = dyn_cast<BlockArgument>(value);
    return argument && argument.getOwner()->getParentOp() == function;
  }

  func::FuncOp function;
  bool histograms;
  /// Ordered, so that diagnostics come in a fixed order.
  std::map<std::string, Entry> entries;
  llvm::DenseMap<Operation *, Entry *> byOperator;
  llvm::DenseMap<std::pair<Operation *, unsigned>, Entry *> internals;
};

Watch::Entry &Watch::entry(StringRef name, Operation *op) {
  Entry &entry = entries.try_emplace(name.str(), histograms).first->second;
  if (!entry.first)
    entry.first = op;
  return entry;
}

LogicalResult Watch::add() {
  auto module = function->getParentOfType<ModuleOp>();
  WalkResult result = module.walk([&](quantx::FakeQuantOp op) {
    // A value that is rounded a second time, as weights computed at run time are, has the range of its first mark.
    // What was trained with a range keeps it.
    if (op.getStatistics() || getConstantElements(op.getInput()) || op.getInput().getDefiningOp<quantx::FakeQuantOp>())
      return WalkResult::advance();
    if (!op.getTensorName()) {
      op.emitOpError() << "expected a name to keep statistics under";
      return WalkResult::interrupt();
    }
    // One that is rounded in two ways counts once.
    Entry &seen = entry(*op.getTensorName(), op);
    if (seen.first == op)
      byOperator[op] = &seen;
    return WalkResult::advance();
  });
  module.walk([&](Operation *op) {
    for (unsigned i = 0, e = quantx::getNumInternals(op); i < e; ++i)
      if (quantx::InternalAttr internal = quantx::getInternal(op, i))
        internals[{op, i}] = &entry(internal.getName().getValue(), op);
  });
  return failure(result.wasInterrupted());
}

LogicalResult Watch::take(Entry &entry, const SampleRun &run, Operation *op, StringRef name, bool isInput,
                          ArrayRef<float> values) {
  entry.wasComputed = true;
  const uint64_t nansBefore = entry.observer.nanCount();
  if (entry.observer.observe({values.data(), values.size()}))
    return success();
  const uint64_t nans = entry.observer.nanCount() - nansBefore;
  if (nans || isInput)
    return op->emitError() << "tensor '" << name << "' is expected to be finite, but sample " << run.sample
                           << " gives it " << (nans ? "NaN" : "an infinite value");
  if (!entry.infinite)
    entry.infinite.emplace(run.sample, run.place.str());
  return success();
}

LogicalResult Watch::see(const SampleRun &run, Operation *op, ArrayRef<TensorRef> results) {
  Entry *entry = byOperator.lookup(op);
  if (!entry)
    return success();
  auto fakeQuant = cast<quantx::FakeQuantOp>(op);
  return take(*entry, run, op, *fakeQuant.getTensorName(), isInput(fakeQuant.getInput()),
              {results[0].as<const float>(), size_t(results[0].elements())});
}

LogicalResult Watch::see(const SampleRun &run, Operation *op, unsigned index, ArrayRef<float> values) {
  Entry *entry = internals.lookup({op, index});
  if (!entry)
    return success();
  return take(*entry, run, op, quantx::getInternal(op, index).getName().getValue(), /*isInput=*/false, values);
}

void Watch::merge(const Watch &other) {
  for (auto &[name, entry] : entries) {
    const Entry &from = other.entries.at(name);
    entry.observer.merge(from.observer);
    entry.wasComputed |= from.wasComputed;
    if (from.infinite && (!entry.infinite || from.infinite->first < entry.infinite->first))
      entry.infinite = from.infinite;
  }
}

FailureOr<Statistics> Watch::finish(StringRef modelName, uint64_t samples) const {
  Statistics statistics;
  statistics.model = modelName.str();
  statistics.samples = samples;
  for (const auto &[name, entry] : entries) {
    if (entry.infinite) {
      InFlightDiagnostic warning = entry.first->emitWarning();
      warning << "tensor '" << name << "' takes infinite values, first in sample " << entry.infinite->first
              << "; they stay out of its range";
      warning.attachNote() << "read from " << entry.infinite->second;
    }
    if (!entry.wasComputed)
      continue;
    if (entry.observer.count() == 0)
      return entry.first->emitError() << "tensor '" << name << "' is expected to take a finite value in some sample";
    statistics.tensors.emplace(name, TensorStatistics::of(entry.observer));
  }
  return statistics;
}

} // namespace

FailureOr<Statistics> calibrate(func::FuncOp function, Executor &executor, SampleStream &samples, StringRef modelName,
                                const CalibrationOptions &options, std::function<void(uint64_t done)> progress) {
  std::vector<Watch> watches(std::max(1u, options.threads), Watch(function, options.histograms));
  for (Watch &watch : watches)
    if (failed(watch.add()))
      return failure();
  SampleActions actions;
  actions.observe = [&](const SampleRun &run, Operation *op, ArrayRef<TensorRef> results) {
    return watches[run.worker].see(run, op, results);
  };
  actions.observeInternal = [&](const SampleRun &run, Operation *op, unsigned index, ArrayRef<float> values) {
    return watches[run.worker].see(run, op, index, values);
  };
  actions.progress = std::move(progress);
  FailureOr<uint64_t> count = runSamples(function, executor, samples, watches.size(), actions);
  if (failed(count))
    return failure();
  for (const Watch &watch : ArrayRef(watches).drop_front())
    watches.front().merge(watch);
  return watches.front().finish(modelName, *count);
}

} // namespace mlir::vernier
