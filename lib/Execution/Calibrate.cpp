//===- Calibrate.cpp - Watching a network's values over samples ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "vernier/Execution/Calibrate.h"
#include "vernier/Calibration/Observer.h"
#include "vernier/Dialect/QuantX/QuantX.h"
#include "vernier/Execution/TensorIO.h"

namespace mlir::vernier {

FailureOr<Statistics> calibrate(func::FuncOp function, Executor &executor, SampleStream &samples, StringRef modelName,
                                function_ref<void(uint64_t)> progress) {
  std::map<std::string, Observer> observers;
  uint64_t sample = 0;
  auto watch = [&](Operation *op, ArrayRef<TensorRef> results) -> LogicalResult {
    auto mark = dyn_cast<quantx::FakeQuantOp>(op);
    if (!mark || !mark.getTensorName())
      return success();
    const TensorRef &value = results.front();
    if (observers[mark.getTensorName()->str()].observe({value.as<const float>(), size_t(value.elements())}))
      return success();
    return mark.emitError() << "calibration sample " << sample << " gives tensor '" << *mark.getTensorName()
                            << "' a value that is not finite (NaN or infinity)";
  };

  TensorBuffers inputs(executor.inputs()), outputs(executor.outputs());
  for (;; progress(++sample)) {
    llvm::Expected<bool> more = samples.next(inputs.writable());
    if (!more)
      return function.emitError() << llvm::toString(more.takeError());
    if (!*more)
      break;
    if (failed(executor.run(inputs.readable(), outputs.writable(), watch)))
      return failure();
  }

  Statistics statistics;
  statistics.model = modelName.str();
  statistics.samples = sample;
  for (auto &[name, observer] : observers)
    if (observer.count())
      statistics.tensors.emplace(name, TensorStatistics::of(observer));
  return statistics;
}

} // namespace mlir::vernier
