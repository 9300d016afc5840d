//===- CheckRun.cpp - vernier check --run -----------------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "CheckRun.h"
#include "NoiseInputs.h"

namespace mlir::vernier {

static constexpr unsigned kNoiseSamples = 3;

FailureOr<check::PartingReport> runTargets(StringRef path, StringRef samples, const DataFlags &flags,
                                           ToolContext &context) {
  FailureOr<Model> model = loadModel(path, context);
  if (failed(model))
    return failure();
  if (samples.empty()) {
    auto runner = check::TargetRunner::create(model->main());
    if (failed(runner))
      return failure();
    TensorBuffers buffers(runner->inputs());
    std::mt19937 random(1);
    for (unsigned i = 0; i < kNoiseSamples; ++i) {
      // Valid indices nearly everywhere.
      fillWithNoise(runner->inputs(), buffers, random, /*largestIndex=*/1);
      if (failed(runner->run(buffers.readable())))
        return failure();
    }
    return runner->report();
  }
  FailureOr<Signature> entry = model->findEntry("");
  if (failed(entry))
    return failure();
  FailureOr<SampleStream> stream = openSamples(samples, *entry, flags, path);
  if (failed(stream))
    return failure();
  SmallVector<SmallVector<int64_t>> shapes;
  for (unsigned i = 0, e = entry->inputs.size(); i < e; ++i)
    shapes.emplace_back(stream->shape(i));
  auto runner = check::TargetRunner::create(model->main(), shapes);
  if (failed(runner))
    return failure();
  TensorBuffers buffers(runner->inputs());
  while (true) {
    llvm::Expected<bool> more = stream->next(buffers.writable());
    if (!more)
      return reportError(more.takeError()), failure();
    if (!*more)
      return runner->report();
    if (failed(runner->run(buffers.readable())))
      return failure();
  }
}

} // namespace mlir::vernier
