//===- Eval.cpp - vernier eval ----------------------------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "DataFlags.h"
#include "vernier/Execution/RunSamples.h"
#include "vernier/Execution/TensorIO.h"
#include "vernier/IO/Progress.h"
#include "vernier/Interfaces/QuantTypeChecks.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MathExtras.h"

namespace mlir::vernier {
namespace {

struct Flags {
  llvm::cl::SubCommand command{"eval", "Accuracy of a classifier on labelled samples"};
  llvm::cl::opt<std::string> model{llvm::cl::Positional, llvm::cl::sub(command), llvm::cl::Required,
                                   llvm::cl::desc("MODEL")};
  llvm::cl::opt<std::string> samples{"data", llvm::cl::sub(command), llvm::cl::Required,
                                     llvm::cl::value_desc("DATA.npz"), llvm::cl::desc("Samples and labels")};
  llvm::cl::opt<std::string> labels{"labels", llvm::cl::sub(command), llvm::cl::Required, llvm::cl::value_desc("KEY"),
                                    llvm::cl::desc("The array of DATA that holds the class of each sample")};
  llvm::cl::opt<unsigned> topK{"top-k", llvm::cl::sub(command), llvm::cl::init(1), llvm::cl::value_desc("N"),
                               llvm::cl::desc("A sample counts when its class is among the N best (default 1)")};
  llvm::cl::opt<int64_t> offset{
      "label-offset", llvm::cl::sub(command), llvm::cl::init(0), llvm::cl::value_desc("N"),
      llvm::cl::desc("Added to each label: 1 where the network has a background class first")};
  llvm::cl::opt<bool> json{"json", llvm::cl::sub(command), llvm::cl::desc("Print the result as JSON")};
  ExecutionFlags execution{command};
  DataFlags data{command};
  SignatureFlag entry{command};
};

Flags &flags() {
  static Flags instance;
  return instance;
}

/// Whether fewer than `k` classes score above `label`; of equal scores the lower class wins, as in arg_max. A score
/// that is not a number is above none.
template <typename T> bool isAmongBest(ArrayRef<char> bytes, int64_t label, unsigned k) {
  ArrayRef<T> scores(reinterpret_cast<const T *>(bytes.data()), bytes.size() / sizeof(T));
  if (scores[label] != scores[label])
    return false;
  unsigned better = 0;
  for (int64_t i = 0, e = scores.size(); i < e; ++i)
    better += scores[i] > scores[label] || (scores[i] == scores[label] && i < label);
  return better < k;
}

/// The comparison for the output's element type, or null. One scale for all classes keeps their order.
bool (*comparisonFor(const TensorInfo &output))(ArrayRef<char>, int64_t, unsigned) {
  FailureOr<ElementKind> kind = getElementKind(output.elementType);
  if (failed(kind))
    return nullptr;
  switch (*kind) {
  case ElementKind::Float32:
    return isAmongBest<float>;
  case ElementKind::Int8:
    return isAmongBest<int8_t>;
  case ElementKind::UInt8:
    return isAmongBest<uint8_t>;
  case ElementKind::Int16:
    return isAmongBest<int16_t>;
  default:
    return nullptr;
  }
}

int evaluate() {
  ToolContext context;
  FailureOr<PreparedRun> run =
      prepareRun(flags().model, flags().samples, flags().entry, flags().data, flags().execution, context);
  if (failed(run))
    return kWrongInput;
  const std::string &path = run->model.path;
  Executor &executor = *run->executor;
  if (executor.outputs().size() != 1)
    return reportError(path + ": expected one output, found " + Twine(executor.outputs().size()));
  const TensorInfo &output = executor.outputs().front();
  auto *isCorrect = comparisonFor(output);
  if (!isCorrect || output.bytes == TensorInfo::kUnknown)
    return reportError(path + ": output '" + output.name + "' has no scores that can be compared");
  int64_t classes = 1;
  for (int64_t size : output.shape)
    classes *= size;
  if (flags().topK < 1 || flags().topK > classes)
    return reportError("--top-k " + Twine(flags().topK) + ": expected 1 to " + Twine(classes) +
                       ", the classes of output '" + output.name + "' of " + path);
  auto labels = loadLabels(flags().samples, flags().labels);
  if (!labels)
    return reportError(labels.takeError());
  if (labels->size() != run->samples.numSamples())
    return reportError(flags().samples + ": expected one label for each of " + Twine(run->samples.numSamples()) +
                       " samples, '" + flags().labels + "' has " + Twine(labels->size()));
  for (auto [sample, label] : llvm::enumerate(*labels))
    if (llvm::AddOverflow(label, int64_t(flags().offset), label) || label < 0 || label >= classes)
      return reportError(flags().samples + ": label " + Twine(label) + " of sample " + Twine(sample) +
                         " is none of the " + Twine(classes) + " classes of '" + output.name + "'");

  Progress progress(llvm::errs(), "evaluating", run->samples.numSamples());
  uint64_t correct = 0;
  SampleActions actions;
  actions.finish = [&](const SampleRun &sample, ArrayRef<TensorRef> outputs) -> LogicalResult {
    correct +=
        isCorrect({outputs.front().as<const char>(), size_t(output.bytes)}, (*labels)[sample.sample], flags().topK);
    return success();
  };
  actions.progress = [&](uint64_t done) { progress.update(done); };
  FailureOr<uint64_t> done =
      runSamples(run->entry.function, executor, run->samples, flags().data.threadCount(), actions);
  if (failed(done))
    return kWrongInput;
  double accuracy = 100.0 * double(correct) / double(*done);
  if (flags().json) {
    llvm::json::OStream json(llvm::outs(), 2);
    json.object([&] {
      json.attribute("model", llvm::json::fixUTF8(path));
      json.attribute("top_k", int64_t(flags().topK));
      json.attribute("accuracy", accuracy / 100);
      json.attribute("correct", int64_t(correct));
      json.attribute("samples", int64_t(*done));
    });
    llvm::outs() << '\n';
  } else {
    llvm::outs() << path << ": top-" << flags().topK << " accuracy " << llvm::format("%.2f", accuracy) << " % ("
                 << correct << " of " << *done << ")\n";
  }
  return kDone;
}

} // namespace

Command evalCommand() { return {flags().command, evaluate}; }

} // namespace mlir::vernier
