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
  llvm::cl::opt<std::string> model{llvm::cl::Positional, llvm::cl::sub(command), llvm::cl::Required,
                                   llvm::cl::desc("MODEL")};
  llvm::cl::opt<std::string> input{"input", llvm::cl::sub(command), llvm::cl::Required, llvm::cl::value_desc("IN.npz"),
                                   llvm::cl::desc("Samples: .npz, .npy, or a folder of them")};
  llvm::cl::opt<std::string> output{"o", llvm::cl::sub(command), llvm::cl::Required, llvm::cl::value_desc("OUT.npz"),
                                    llvm::cl::desc("One array for each output, samples along the first axis")};
  ExecutionFlags execution{command};
  DataFlags data{command};
  SignatureFlag entry{command};
};

Flags &flags() {
  static Flags instance;
  return instance;
}

/// An output array holds all samples: along the batch dimension where that is 1, else along a new first one.
llvm::Expected<ArrayInfo> arrayOf(const TensorRef &tensor, StringRef name, unsigned index, uint64_t samples) {
  FailureOr<ElementKind> kind = getElementKind(tensor.elementType);
  if (failed(kind))
    return llvm::createStringError("output " + Twine(index) + " ('" + name + "') has a type that .npz cannot hold");
  ArrayInfo info;
  info.name = name.empty() ? "arr_" + std::to_string(index) : name.str();
  info.kind = *kind;
  info.shape.push_back(samples);
  bool batched = !tensor.shape.empty() && tensor.shape.front() == 1;
  llvm::append_range(info.shape, tensor.shape.drop_front(batched ? 1 : 0));
  return info;
}

/// Writes the outputs of each run to an array each, of the shapes that the first run gives.
class OutputWriter {
public:
  /// `executor` says how outputs are called that `entry` has no names for.
  OutputWriter(NpzWriter &writer, const Signature &entry, const Executor &executor, uint64_t samples)
      : writer(writer), samples(samples) {
    for (auto [name, output] : llvm::zip_equal(entry.outputs, executor.outputs()))
      names.push_back(name.empty() ? output.name : name);
  }

  llvm::Error append(ArrayRef<TensorRef> outputs) {
    if (arrays.empty())
      if (llvm::Error error = begin(outputs))
        return error;
    for (auto [i, tensor] : llvm::enumerate(outputs)) {
      if (tensor.shape != ArrayRef<int64_t>(shapes[i]))
        return llvm::createStringError("output " + Twine(i) + " ('" + names[i] +
                                       "') is expected to have one shape in all samples, "
                                       "which an array needs; it has several");
      uint64_t bytes = 1;
      for (int64_t size : tensor.shape)
        bytes *= size;
      writer.append(arrays[i], {tensor.as<const char>(), bytes * byteSize(*getElementKind(tensor.elementType))});
    }
    return llvm::Error::success();
  }

private:
  llvm::Error begin(ArrayRef<TensorRef> outputs) {
    llvm::StringMap<unsigned> used;
    for (auto [index, tensor, name] : llvm::enumerate(outputs, names)) {
      auto info = arrayOf(tensor, name, index, samples);
      if (!info)
        return info.takeError();
      // Two outputs may be one tensor, or two of one name.
      if (unsigned seen = used[info->name]++)
        info->name += "#" + std::to_string(seen + 1);
      auto array = writer.addArray(*info);
      if (!array)
        return array.takeError();
      arrays.push_back(*array);
      shapes.emplace_back(tensor.shape);
    }
    return llvm::Error::success();
  }

  NpzWriter &writer;
  uint64_t samples;
  std::vector<std::string> names;
  SmallVector<unsigned> arrays;
  SmallVector<SmallVector<int64_t>> shapes;
};

int runModel() {
  ToolContext context;
  FailureOr<PreparedRun> run =
      prepareRun(flags().model, flags().input, flags().entry, flags().data, flags().execution, context);
  if (failed(run))
    return kWrongInput;
  auto writer = NpzWriter::create(flags().output);
  if (!writer)
    return reportError(writer.takeError());
  OutputWriter outputs(*writer, run->entry, *run->executor, run->samples.numSamples());
  Progress progress(llvm::errs(), "running", run->samples.numSamples());
  SampleActions actions;
  actions.finish = [&](const SampleRun &, ArrayRef<TensorRef> tensors) -> LogicalResult {
    if (llvm::Error error = outputs.append(tensors))
      return reportError(run->model.path + ": " + llvm::toString(std::move(error))), failure();
    return success();
  };
  actions.progress = [&](uint64_t done) { progress.update(done); };
  if (failed(runSamples(run->entry.function, *run->executor, run->samples, flags().data.threadCount(), actions)))
    return kWrongInput;
  if (llvm::Error error = writer->commit())
    return reportError(std::move(error));
  return kDone;
}

} // namespace

Command runCommand() { return {flags().command, runModel}; }

} // namespace mlir::vernier
