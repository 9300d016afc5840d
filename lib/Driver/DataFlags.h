//===- DataFlags.h - Options of the commands that read samples ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_LIB_DRIVER_DATAFLAGS_H
#define VERNIER_LIB_DRIVER_DATAFLAGS_H

#include "Command.h"
#include "vernier/Execution/Executor.h"
#include "vernier/IO/Data.h"

namespace mlir::vernier {

/// Takes what `parseNumbers` does.
struct NumbersParser : llvm::cl::parser<std::string> {
  using llvm::cl::parser<std::string>::parser;
  bool parse(llvm::cl::Option &option, StringRef, StringRef text, std::string &value);
};

/// `--mean`, `--std` and `--threads`: how samples are read, and by how many they are run.
struct DataFlags {
  explicit DataFlags(llvm::cl::SubCommand &command)
      : mean("mean", llvm::cl::sub(command), llvm::cl::value_desc("numbers"),
             llvm::cl::desc("Subtracted from integer data for a float input: one number, or one per channel")),
        std("std", llvm::cl::sub(command), llvm::cl::value_desc("numbers"),
            llvm::cl::desc("What the difference is divided by")),
        threads("threads", llvm::cl::sub(command), llvm::cl::value_desc("N"),
                llvm::cl::desc("Samples that run at the same time (default: one on each processor); results do not "
                               "depend on it")) {}

  /// At least 1.
  unsigned threadCount() const;

  llvm::cl::opt<std::string, false, NumbersParser> mean, std;
  llvm::cl::opt<unsigned> threads;
};

/// `--kernels` and `--numerics`.
struct ExecutionFlags {
  explicit ExecutionFlags(llvm::cl::SubCommand &command);
  ExecutionOptions options() const;

  llvm::cl::opt<ExecutionOptions::KernelSet> kernels;
  llvm::cl::opt<numerics::NumericsTarget> numerics;
};

/// `--signature`.
struct SignatureFlag {
  explicit SignatureFlag(llvm::cl::SubCommand &command)
      : signature(
            "signature", llvm::cl::sub(command), llvm::cl::value_desc("KEY"),
            llvm::cl::desc(
                "The entry point, by its signature's key; its inputs and outputs then have the signature's names")) {}

  llvm::cl::opt<std::string> signature;
};

/// Opens `source` for the inputs of `entry`, each under its signature's name, after `prefix`, where it has one. Errors
/// are printed.
FailureOr<SampleStream> openSamples(const DataSource &source, const Signature &entry, StringRef prefix,
                                    const DataFlags &flags, StringRef model);

/// Opens `path` for the inputs of `entry`. Errors are printed.
FailureOr<SampleStream> openSamples(StringRef path, const Signature &entry, const DataFlags &flags, StringRef model);

/// Plans `entry` for samples of the shapes that `samples` has. Errors are printed.
FailureOr<std::unique_ptr<Executor>> planFor(const SampleStream &samples, const Signature &entry,
                                             const ExecutionOptions &options);

/// A network, samples for it, and its plan for samples of their shapes.
struct PreparedRun {
  Model model;
  Signature entry;
  SampleStream samples;
  std::unique_ptr<Executor> executor;
};

/// Loads the network `model` and plans its entry point for the samples at `samples`. Errors are printed.
FailureOr<PreparedRun> prepareRun(StringRef model, StringRef samples, const SignatureFlag &entry, const DataFlags &data,
                                  const ExecutionFlags &execution, ToolContext &context);

} // namespace mlir::vernier

#endif // VERNIER_LIB_DRIVER_DATAFLAGS_H
