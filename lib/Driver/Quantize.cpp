//===- Quantize.cpp - vernier quantize --------------------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Quantize.h"
#include "Report.h"
#include "mlir/Bytecode/BytecodeWriter.h"
#include "vernier/IO/AtomicFile.h"
#include "vernier/Target/TFLite/TFLite.h"
#include "vernier/Transforms/Passes.h"
#include "llvm/Support/WithColor.h"

namespace mlir::vernier {
namespace {

struct Flags {
  llvm::cl::SubCommand command{"quantize", "Quantize a float network"};
  llvm::cl::opt<std::string> model{llvm::cl::Positional, llvm::cl::sub(command), llvm::cl::Required, llvm::cl::desc("MODEL")};
  llvm::cl::opt<std::string> output{"o", llvm::cl::sub(command), llvm::cl::Required, llvm::cl::value_desc("OUT.tflite"),
                                    llvm::cl::desc("Where the quantized model goes")};
  llvm::cl::opt<std::string> calibration{"calibration", llvm::cl::sub(command), llvm::cl::Required, llvm::cl::value_desc("DATA"),
                                         llvm::cl::desc("Samples (.npz, .npy, or a folder of them), or a statistics file (.json)")};
  llvm::cl::opt<std::string> scheme{"scheme", llvm::cl::sub(command), llvm::cl::init("int8"), llvm::cl::desc("Quantization scheme: int8")};
  llvm::cl::opt<std::string> io{"io", llvm::cl::sub(command), llvm::cl::init("float32"), llvm::cl::value_desc("type"),
                                llvm::cl::desc("Type of float inputs and outputs: float32 (default), int8 or uint8")};
  llvm::cl::opt<bool> perTensor{"per-tensor", llvm::cl::sub(command), llvm::cl::desc("One scale per weight tensor instead of one per channel")};
  llvm::cl::opt<bool> strict{"strict", llvm::cl::sub(command), llvm::cl::desc("Fail (exit code 3, no file) when an operator stays float")};
  llvm::cl::opt<std::string> emitMlir{"emit-mlir", llvm::cl::sub(command), llvm::cl::value_desc("OUT.mlir"),
                                      llvm::cl::desc("Also write the quantized module (bytecode if the name ends in .mlirbc)")};
  llvm::cl::opt<bool> json{"json", llvm::cl::sub(command), llvm::cl::desc("Print the report as JSON")};
  DataFlags dataFlags{command};
};

Flags &flags() {
  static Flags instance;
  return instance;
}

bool isStatisticsFile() { return StringRef(flags().calibration).ends_with(".json"); }

/// Schemes that are known, so that asking for a later one gets a straight answer.
LogicalResult checkRequest() {
  if (flags().scheme != "int8") {
    bool planned = llvm::is_contained({"int16x8", "fp16", "dynamic", "weight-only"}, StringRef(flags().scheme));
    reportError("--scheme " + flags().scheme + (planned ? " is not available yet; this version has int8" : ": unknown scheme; this version has int8"));
    return failure();
  }
  if (!llvm::is_contained({"float32", "int8", "uint8"}, StringRef(flags().io))) {
    reportError("--io " + flags().io + ": expected float32, int8 or uint8");
    return failure();
  }
  if (flags().emitMlir == flags().output) {
    reportError(flags().output + ": -o and --emit-mlir name the same file");
    return failure();
  }
  if (isStatisticsFile() && !(flags().dataFlags.mean.empty() && flags().dataFlags.std.empty())) {
    reportError(flags().calibration + ": --mean and --std normalize samples, but a statistics file has none");
    return failure();
  }
  return success();
}

/// Statistics of a file, or of a pass over the samples.
FailureOr<Statistics> getStatistics(Model &model) {
  if (!isStatisticsFile())
    return calibrateOnData(model, flags().calibration, flags().dataFlags, /*histograms=*/false);
  auto statistics = readStatistics(flags().calibration);
  if (!statistics)
    return reportError(statistics.takeError()), failure();
  return std::move(*statistics);
}

LogicalResult writeModule(ModuleOp module, AtomicFile &file) {
  if (file.path().ends_with(".mlirbc"))
    return writeBytecodeToFile(module, file.os());
  module.print(file.os());
  file.os() << '\n';
  return success();
}

int quantize() {
  if (failed(checkRequest()))
    return kWrongInput;
  ToolContext context;
  FailureOr<Model> model = loadModel(flags().model, context);
  if (failed(model))
    return kWrongInput;
  // Before minutes of calibration: can the results be written at all?
  auto output = AtomicFile::create(flags().output);
  if (!output)
    return reportError(output.takeError());
  std::optional<AtomicFile> mlirOutput;
  if (!flags().emitMlir.empty()) {
    auto file = AtomicFile::create(flags().emitMlir);
    if (!file)
      return reportError(file.takeError());
    mlirOutput.emplace(std::move(*file));
  }

  QuantizeOptions options{flags().scheme, flags().perTensor, "", flags().io};
  if (failed(prepareModel(*model, options)))
    return kWrongInput;
  FailureOr<Statistics> statistics = getStatistics(*model);
  if (failed(statistics))
    return kWrongInput;
  for (StringRef name : attachStatistics(*model->module, *statistics))
    llvm::WithColor::warning() << flags().calibration << ": no quantized value of " << flags().model << " is named '" << name << "'\n";
  PassManager passes(context);
  buildFinishPipeline(passes, options);
  if (failed(passes.run(*model->module)))
    return kWrongInput;

  QuantizeReport report = QuantizeReport::of(*model->module);
  report.input = flags().model;
  report.output = flags().output;
  report.io = flags().io;
  report.inputBytes = model->bytes;
  if (flags().strict && !report.floatOperators.empty()) {
    report.printFloatOperators(llvm::errs());
    reportError("--strict: " + Twine(report.floatOperators.size()) + " operators of " + flags().model + " stay float; nothing was written");
    return kCheckFailed;
  }
  if (failed(exportTFLite(*model->module, output->os())))
    return kWrongInput;
  report.outputBytes = output->os().tell();
  if (mlirOutput) {
    if (failed(writeModule(*model->module, *mlirOutput)))
      return kWrongInput;
    if (llvm::Error error = mlirOutput->commit())
      return reportError(std::move(error));
  }
  // The model last: where it stands, everything went well.
  if (llvm::Error error = output->commit())
    return reportError(std::move(error));
  if (flags().json)
    report.printJson(llvm::outs());
  else
    report.print(llvm::outs());
  return kDone;
}

} // namespace

Command quantizeCommand() { return {flags().command, quantize}; }

} // namespace mlir::vernier
