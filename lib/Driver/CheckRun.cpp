//===- CheckRun.cpp - vernier check --run -----------------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "CheckRun.h"
#include "vernier/Execution/TensorIO.h"
#include <cmath>
#include <random>

namespace mlir::vernier {
namespace {

constexpr unsigned kNoiseSamples = 3;

/// Every value of 8 and 16 bits, floats in -1 to 1, other integers 0 or 1, which are valid indices nearly everywhere.
void fillWithNoise(const TensorInfo &tensor, MutableArrayRef<char> bytes, std::mt19937 &random) {
  FailureOr<ElementKind> kind = getElementKind(tensor.elementType);
  llvm::fill(bytes, 0);
  if (failed(kind))
    return;
  unsigned size = byteSize(*kind);
  for (size_t at = 0; at + size <= bytes.size(); at += size) {
    uint32_t value = random();
    if (*kind == ElementKind::Float32) {
      float real = std::ldexp(float(value), -31) - 1.0f;
      std::memcpy(bytes.data() + at, &real, sizeof(real));
    } else if (size <= 2 && isInteger(*kind)) {
      std::memcpy(bytes.data() + at, &value, size);
    } else if (isInteger(*kind) || *kind == ElementKind::Bool) {
      bytes[at] = value & 1;
    }
  }
}

} // namespace

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
      for (auto [tensor, bytes] : llvm::zip_equal(runner->inputs(), buffers.writable()))
        fillWithNoise(tensor, bytes, random);
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
