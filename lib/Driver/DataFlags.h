//===- DataFlags.h - Options of the commands that read samples ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_LIB_DRIVER_DATAFLAGS_H
#define VERNIER_LIB_DRIVER_DATAFLAGS_H

#include "Command.h"
#include "mlir/IR/Diagnostics.h"
#include "vernier/Execution/Executor.h"
#include "vernier/IO/Data.h"

namespace mlir::vernier {

/// `--mean` and `--std`.
struct DataFlags {
  explicit DataFlags(llvm::cl::SubCommand &command)
      : mean("mean", llvm::cl::sub(command), llvm::cl::value_desc("numbers"),
             llvm::cl::desc("Subtracted from integer data for a float input: one number, or one per channel")),
        std("std", llvm::cl::sub(command), llvm::cl::value_desc("numbers"),
            llvm::cl::desc("What the difference is divided by")) {}

  llvm::cl::opt<std::string> mean, std;
};

/// `--kernels` and `--numerics`.
struct ExecutionFlags {
  explicit ExecutionFlags(llvm::cl::SubCommand &command);
  ExecutionOptions options() const;

  llvm::cl::opt<ExecutionOptions::KernelSet> kernels;
  llvm::cl::opt<numerics::NumericsTarget> numerics;
};

/// While it lives, diagnostics say which sample was being run.
class SampleNotes : public ScopedDiagnosticHandler {
public:
  SampleNotes(MLIRContext *context, const SampleStream &samples);
};

/// Opens `path` for the inputs of `executor`. Errors are printed.
FailureOr<SampleStream> openSamples(StringRef path, const Executor &executor, const DataFlags &flags, StringRef model);

} // namespace mlir::vernier

#endif // VERNIER_LIB_DRIVER_DATAFLAGS_H
