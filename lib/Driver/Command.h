//===- Command.h - What the subcommands share -------------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_LIB_DRIVER_COMMAND_H
#define VERNIER_LIB_DRIVER_COMMAND_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/OwningOpRef.h"
#include "vernier/Target/TFLite/TFLite.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/Error.h"
#include <vector>

namespace mlir::vernier {

/// Exit codes that scripts can trust.
enum ExitCode { kDone = 0, kWrongInput = 1, kUsage = 2, kCheckFailed = 3 };

/// One subcommand: its name on the command line and what it does.
struct Command {
  llvm::cl::SubCommand &subcommand;
  int (*run)();
};

/// Each defines its options on first use, so that only `runDriver` decides what exists.
Command benchCommand();
Command calibrateCommand();
Command checkCommand();
Command codegenCommand();
Command compareCommand();
Command evalCommand();
Command inspectCommand();
Command quantizeCommand();
Command runCommand();

/// Prints "error: ..." and returns `kWrongInput`.
int reportError(const Twine &message);
int reportError(llvm::Error error);

/// A context with every dialect, whose diagnostics print as the tool's own errors and warnings.
class ToolContext {
public:
  ToolContext();
  ToolContext(const ToolContext &) = delete;
  ToolContext &operator=(const ToolContext &) = delete;
  MLIRContext *operator->() { return &context; }
  operator MLIRContext *() { return &context; }

  /// The file that diagnostics are about, where their location does not say.
  std::string model;

private:
  MLIRContext context;
};

/// A model and where it came from.
struct Model {
  std::string path;
  uint64_t bytes = 0;
  OwningOpRef<ModuleOp> module;

  /// The function that runs: the file's first subgraph.
  func::FuncOp main() { return *module->getOps<func::FuncOp>().begin(); }

  /// The entry point that the model calls `signature`, or the main function under the names of its tensors where that
  /// is empty. Errors are printed.
  FailureOr<Signature> findEntry(StringRef signature);
};

/// Reads a `.tflite`, `.mlir` or `.mlirbc` file, told by content. Errors are printed.
FailureOr<Model> loadModel(StringRef path, ToolContext &context);

/// "1x28x28x1xf32", "64x10xi8 (64 scales on dimension 0)": a scale for each of a thousand channels is a page of
/// numbers.
std::string summarize(Type type);

/// The operator's name in the schema of TFLite ("CONV_2D"), or a custom operator's own.
std::string getOperatorName(Operation *op);

/// Parses "127.5" or "0.485,0.456,0.406".
llvm::Expected<std::vector<float>> parseNumbers(StringRef text);

} // namespace mlir::vernier

#endif // VERNIER_LIB_DRIVER_COMMAND_H
