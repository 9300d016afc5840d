//===- Check.cpp - vernier check --------------------------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "vernier/Check/Check.h"
#include "CheckReport.h"
#include "CheckRun.h"
#include "Command.h"
#include "DataFlags.h"

namespace mlir::vernier {
namespace {

struct Flags {
  llvm::cl::SubCommand command{"check", "Hold a .tflite file to the contract of a runtime"};
  llvm::cl::opt<std::string> model{llvm::cl::Positional, llvm::cl::sub(command), llvm::cl::desc("MODEL.tflite")};
  llvm::cl::opt<std::string> target{"target", llvm::cl::sub(command), llvm::cl::init("litert"),
                                    llvm::cl::value_desc("runtime"),
                                    llvm::cl::desc("Whose contract: litert (default), tflm (TFLite Micro) or edgetpu")};
  llvm::cl::opt<std::string> minRuntime{"min-runtime", llvm::cl::sub(command), llvm::cl::value_desc("2.x"),
                                        llvm::cl::desc("The oldest release of the runtime that must run the file")};
  llvm::cl::opt<bool> rules{"rules", llvm::cl::sub(command),
                            llvm::cl::desc("List the rules instead of checking a model")};
  llvm::cl::opt<bool> run{
      "run", llvm::cl::sub(command),
      llvm::cl::desc("Also run the file as litert, litert-ref and tflm would, and say where they part")};
  llvm::cl::opt<std::string> samples{
      "data", llvm::cl::sub(command), llvm::cl::value_desc("DATA"),
      llvm::cl::desc("With --run: samples (.npz, .npy, or a folder of them) instead of noise")};
  llvm::cl::opt<bool> json{"json", llvm::cl::sub(command), llvm::cl::desc("Print the report as JSON")};
  DataFlags data{command};
};

Flags &flags() {
  static Flags instance;
  return instance;
}

int checkFile() {
  if (flags().rules) {
    printRules(llvm::outs(), flags().json);
    return kDone;
  }
  if (flags().model.empty())
    return reportError("expected a model: vernier check MODEL.tflite"), kUsage;
  check::Options options;
  std::optional<check::Runtime> runtime = check::parseRuntime(flags().target);
  if (!runtime)
    return reportError("--target " + flags().target + ": expected litert, tflm or edgetpu"), kUsage;
  options.runtime = *runtime;
  if (flags().minRuntime.getNumOccurrences() && options.minRuntime.tryParse(flags().minRuntime))
    return reportError("--min-runtime " + flags().minRuntime + ": expected a release such as 2.14"), kUsage;
  if (!flags().run && !flags().samples.empty())
    return reportError("--data: only --run reads samples"), kUsage;
  auto file = MappedFile::open(flags().model);
  if (!file)
    return reportError(file.takeError());
  ToolContext context;
  check::Report report = check::checkModel(*file, options, context);
  std::optional<check::PartingReport> partings;
  if (flags().run) {
    FailureOr<check::PartingReport> run = runTargets(flags().model, flags().samples, flags().data, context);
    if (succeeded(run))
      partings = std::move(*run);
  }
  const check::PartingReport *ran = partings ? &*partings : nullptr;
  if (flags().json)
    printJson(llvm::outs(), report, ran, flags().model, options);
  else
    printText(llvm::outs(), report, ran, flags().model, options);
  if (report.count(check::Severity::Error))
    return kCheckFailed;
  return flags().run && !ran ? kWrongInput : kDone;
}

} // namespace

Command checkCommand() { return {flags().command, checkFile}; }

} // namespace mlir::vernier
