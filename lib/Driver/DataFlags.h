//===- DataFlags.h - Options of the commands that read samples ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_LIB_DRIVER_DATAFLAGS_H
#define VERNIER_LIB_DRIVER_DATAFLAGS_H

#include "Command.h"
#include "vernier/Execution/Executor.h"
#include "vernier/IO/Data.h"

namespace mlir::vernier {

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

  llvm::cl::opt<std::string> mean, std;
  llvm::cl::opt<unsigned> threads;
};

/// `--kernels` and `--numerics`.
struct ExecutionFlags {
  explicit ExecutionFlags(llvm::cl::SubCommand &command);
  ExecutionOptions options() const;

  llvm::cl::opt<ExecutionOptions::KernelSet> kernels;
  llvm::cl::opt<numerics::NumericsTarget> numerics;
};

/// Opens `path` for the inputs of `executor`. Errors are printed.
FailureOr<SampleStream> openSamples(StringRef path, const Executor &executor, const DataFlags &flags, StringRef model);

} // namespace mlir::vernier

#endif // VERNIER_LIB_DRIVER_DATAFLAGS_H
