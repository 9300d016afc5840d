//===- Run.cpp - vernier run ------------------------------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "DataFlags.h"
#include "vernier/Execution/RunSamples.h"
#include "vernier/Execution/TensorIO.h"
#include "vernier/IO/Npz.h"
#include "vernier/IO/Progress.h"

namespace mlir::vernier {
namespace {

struct Flags {
  llvm::cl::SubCommand command{"run", "Run a network, float or quantized, on samples"};
  llvm::cl::opt<std::string> model{llvm::cl::Positional, llvm::cl::sub(command), llvm::cl::Required, llvm::cl::desc("MODEL")};
  llvm::cl::opt<std::string> input{"input", llvm::cl::sub(command), llvm::cl::Required, llvm::cl::value_desc("IN.npz"),
                                   llvm::cl::desc("Samples: .npz, .npy, or a folder of them")};
  llvm::cl::opt<std::string> output{"o", llvm::cl::sub(command), llvm::cl::Required, llvm::cl::value_desc("OUT.npz"),
                                    llvm::cl::desc("One array for each output, samples along the first axis")};
  ExecutionFlags execution{command};
  DataFlags data{command};
};

Flags &flags() {
  static Flags instance;
  return instance;
}

/// An output array holds all samples: along the batch dimension where that is 1, else along a new first one.
llvm::Expected<ArrayInfo> arrayOf(const TensorInfo &tensor, unsigned index, uint64_t samples) {
  FailureOr<ElementKind> kind = getElementKind(tensor.elementType);
  if (failed(kind))
    return llvm::createStringError("output " + Twine(index) + " ('" + tensor.name + "') has a type that .npz cannot hold");
  ArrayInfo info;
  info.name = tensor.name.empty() ? "arr_" + std::to_string(index) : tensor.name;
  info.kind = *kind;
  info.shape.push_back(samples);
  bool batched = !tensor.shape.empty() && tensor.shape.front() == 1;
  llvm::append_range(info.shape, ArrayRef(tensor.shape).drop_front(batched ? 1 : 0));
  return info;
}

int runModel() {
  ToolContext context;
  FailureOr<Model> model = loadModel(flags().model, context);
  if (failed(model))
    return kWrongInput;
  auto executor = Executor::create(model->main(), flags().execution.options());
  if (failed(executor))
    return kWrongInput;
  FailureOr<SampleStream> samples = openSamples(flags().input, **executor, flags().data, model->path);
  if (failed(samples))
    return kWrongInput;
  auto writer = NpzWriter::create(flags().output);
  if (!writer)
    return reportError(writer.takeError());
  SmallVector<unsigned> arrays;
  llvm::StringMap<unsigned> used;
  for (auto [index, tensor] : llvm::enumerate((*executor)->outputs())) {
    auto info = arrayOf(tensor, index, samples->numSamples());
    if (!info)
      return reportError(info.takeError());
    // Two outputs may be one tensor, or two of one name.
    if (unsigned seen = used[info->name]++)
      info->name += "#" + std::to_string(seen + 1);
    auto array = writer->addArray(*info);
    if (!array)
      return reportError(array.takeError());
    arrays.push_back(*array);
  }
  Progress progress(llvm::errs(), "running", samples->numSamples());
  SampleActions actions;
  actions.finish = [&](const SampleRun &, ArrayRef<MutableArrayRef<char>> outputs) {
    for (auto [array, bytes] : llvm::zip_equal(arrays, outputs))
      writer->append(array, bytes);
    return success();
  };
  actions.progress = [&](uint64_t done) { progress.update(done); };
  if (failed(runSamples(model->main(), **executor, *samples, flags().data.threadCount(), actions)))
    return kWrongInput;
  if (llvm::Error error = writer->commit())
    return reportError(std::move(error));
  return kDone;
}

} // namespace

Command runCommand() { return {flags().command, runModel}; }

} // namespace mlir::vernier
