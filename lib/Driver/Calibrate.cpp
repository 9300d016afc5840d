//===- Calibrate.cpp - vernier calibrate ------------------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "DataFlags.h"
#include "Quantize.h"
#include "vernier/Calibration/Statistics.h"
#include "llvm/Support/WithColor.h"

namespace mlir::vernier {
namespace {

struct Flags {
  llvm::cl::SubCommand command{"calibrate", "Find out what ranges the values of a float network take"};
  llvm::cl::list<std::string> inputs{llvm::cl::Positional, llvm::cl::sub(command), llvm::cl::OneOrMore,
                                     llvm::cl::desc("MODEL, or with --merge the statistics files")};
  llvm::cl::opt<std::string> data{"data", llvm::cl::sub(command), llvm::cl::value_desc("DATA"),
                                  llvm::cl::desc("Samples: .npz, .npy, or a folder of them")};
  llvm::cl::opt<std::string> output{"o", llvm::cl::sub(command), llvm::cl::Required, llvm::cl::value_desc("STATS.json"),
                                    llvm::cl::desc("Where the statistics go")};
  llvm::cl::opt<bool> merge{
      "merge", llvm::cl::sub(command),
      llvm::cl::desc("Merge statistics files; the result is that of one pass over all their samples")};
  DataFlags dataFlags{command};
};

Flags &flags() {
  static Flags instance;
  return instance;
}

int write(const Statistics &statistics) {
  if (llvm::Error error = writeStatistics(statistics, flags().output))
    return reportError(std::move(error));
  llvm::outs() << flags().output << ": " << statistics.tensors.size() << " tensors, " << statistics.samples
               << " samples\n";
  return kDone;
}

int mergeFiles() {
  if (!flags().data.empty()) {
    llvm::WithColor::error() << "--merge takes statistics files, not --data; see 'vernier calibrate --help'\n";
    return kUsage;
  }
  std::optional<Statistics> merged;
  for (const std::string &path : flags().inputs) {
    auto statistics = readStatistics(path);
    if (!statistics)
      return reportError(statistics.takeError());
    if (!merged)
      merged = std::move(*statistics);
    else if (llvm::Error error = merge(*merged, *statistics))
      return reportError(path + ": " + llvm::toString(std::move(error)));
  }
  return write(*merged);
}

int calibrateModel() {
  if (flags().inputs.size() != 1 || flags().data.empty()) {
    llvm::WithColor::error() << "expected one MODEL and --data; see 'vernier calibrate --help'\n";
    return kUsage;
  }
  ToolContext context;
  FailureOr<Model> model = loadModel(flags().inputs.front(), context);
  Recipe recipe;
  if (failed(model) || failed(prepareModel(*model, recipe)))
    return kWrongInput;
  FailureOr<Statistics> statistics = calibrateOnData(*model, flags().data, flags().dataFlags, /*histograms=*/true);
  if (failed(statistics))
    return kWrongInput;
  return write(*statistics);
}

} // namespace

Command calibrateCommand() {
  return {flags().command, [] { return flags().merge ? mergeFiles() : calibrateModel(); }};
}

} // namespace mlir::vernier
