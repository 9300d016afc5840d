//===- Quantize.cpp - vernier quantize --------------------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Quantize.h"
#include "Report.h"
#include "mlir/Bytecode/BytecodeWriter.h"
#include "vernier/Calibration/RangeMethods.h"
#include "vernier/Dialect/QuantX/QuantX.h"
#include "vernier/IO/AtomicFile.h"
#include "vernier/Interfaces/QuantSpec.h"
#include "vernier/Interfaces/TensorIdentity.h"
#include "vernier/Target/TFLite/TFLite.h"
#include "vernier/Transforms/Passes.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/WithColor.h"

namespace mlir::vernier {
namespace {

struct Flags {
  llvm::cl::SubCommand command{"quantize", "Quantize a network"};
  llvm::cl::opt<std::string> model{llvm::cl::Positional, llvm::cl::sub(command), llvm::cl::Required, llvm::cl::desc("MODEL")};
  llvm::cl::opt<std::string> output{"o", llvm::cl::sub(command), llvm::cl::Required, llvm::cl::value_desc("OUT.tflite"),
                                    llvm::cl::desc("Where the quantized model goes")};
  llvm::cl::opt<std::string> calibration{"calibration", llvm::cl::sub(command), llvm::cl::value_desc("DATA"),
                                         llvm::cl::desc("Samples (.npz, .npy, or a folder of them), or a statistics file (.json); for int8 and int16x8, unless the model has ranges")};
  llvm::cl::opt<std::string> scheme{"scheme", llvm::cl::sub(command), llvm::cl::init("int8"), llvm::cl::value_desc("name"),
                                    llvm::cl::desc("int8 (default), int16x8 (activations in 16 bits), fp16 (constants in half precision), dynamic (int8 weights, activations "
                                                   "quantized at run time) or weight-only (int8 weights, float arithmetic)")};
  llvm::cl::opt<std::string> ranges{"ranges", llvm::cl::sub(command), llvm::cl::init("minmax"), llvm::cl::value_desc("method"),
                                    llvm::cl::desc("How ranges are chosen: minmax (default), percentile (99.99 %), mse or entropy")};
  llvm::cl::opt<unsigned> weightBits{"weight-bits", llvm::cl::sub(command), llvm::cl::init(8), llvm::cl::value_desc("N"),
                                     llvm::cl::desc("Width of stored weights: 8 (default); for weight-only also 4 or 2")};
  llvm::cl::opt<std::string> io{"io", llvm::cl::sub(command), llvm::cl::init("float32"), llvm::cl::value_desc("type"),
                                llvm::cl::desc("Type of float inputs and outputs: float32 (default); int8 or uint8 with scheme int8; int16 with int16x8")};
  llvm::cl::opt<bool> perTensor{"per-tensor", llvm::cl::sub(command), llvm::cl::desc("One scale per weight tensor instead of one per channel")};
  llvm::cl::opt<bool> strict{"strict", llvm::cl::sub(command), llvm::cl::desc("Fail (exit code 3, no file) when an operator stays float")};
  llvm::cl::opt<std::string> minRuntime{"min-runtime", llvm::cl::sub(command), llvm::cl::value_desc("2.x"),
                                        llvm::cl::desc("Fail, and write nothing, if an operator's version needs a newer release of the runtime")};
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
  std::optional<Scheme> scheme = Scheme::fromName(flags().scheme);
  if (!scheme && flags().scheme != "fp16") {
    reportError("--scheme " + flags().scheme + ": expected int8, int16x8, fp16, dynamic or weight-only");
    return failure();
  }
  bool calibrates = scheme && scheme->quantizesActivations();
  if (!calibrates && !flags().calibration.empty()) {
    reportError("--scheme " + flags().scheme + " changes constants alone; leave out --calibration");
    return failure();
  }
  if (!parseRangeMethod(flags().ranges)) {
    reportError("--ranges " + flags().ranges + ": expected minmax, percentile, mse or entropy");
    return failure();
  }
  if (!calibrates && flags().ranges != "minmax") {
    reportError("--ranges: --scheme " + flags().scheme + " has no activations to choose ranges for");
    return failure();
  }
  const StringRef half[] = {"float32"};
  ArrayRef<StringRef> types = scheme ? getBoundaryTypes(*scheme) : ArrayRef(half);
  if (!llvm::is_contained(types, StringRef(flags().io))) {
    reportError("--io " + flags().io + ": with --scheme " + flags().scheme + ", expected " + llvm::join(types, " or "));
    return failure();
  }
  if (scheme ? !scheme->acceptsWeightBits(flags().weightBits) : flags().weightBits != 8) {
    reportError("--weight-bits " + Twine(flags().weightBits) + ": expected 8, or 4 or 2 with --scheme weight-only");
    return failure();
  }
  if (!scheme && flags().perTensor) {
    reportError("--per-tensor: fp16 has no scales");
    return failure();
  }
  if (llvm::VersionTuple release; !flags().minRuntime.empty() && release.tryParse(flags().minRuntime)) {
    reportError("--min-runtime " + flags().minRuntime + ": expected a release such as 2.14");
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

/// Without calibration, ranges can only be those that the model was trained with or quantized to: each that is missing is
/// named.
LogicalResult checkTrainedRanges(ModuleOp module) {
  SmallVector<StringRef> missing = findMissingRanges(module);
  if (missing.empty())
    return success();
  unsigned all = 0;
  module.walk([&](quantx::FakeQuantOp mark) { all += mark.getTensorName().has_value(); });
  std::string text = "--scheme " + flags().scheme + " needs --calibration DATA: samples, or a statistics file";
  if (missing.size() < all) {
    constexpr size_t shown = 8;
    llvm::raw_string_ostream os(text);
    os << "; " << flags().model << " has no range of its own for " << missing.size() << " of " << all << " values: '"
       << llvm::join(ArrayRef(missing).take_front(shown), "', '") << "'" << (missing.size() > shown ? ", ..." : "");
  }
  return reportError(text), failure();
}

/// Statistics of a file, or of a pass over the samples.
FailureOr<Statistics> getStatistics(Model &model) {
  if (!isStatisticsFile())
    return calibrateOnData(model, flags().calibration, flags().dataFlags, /*histograms=*/flags().ranges != "minmax");
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

/// The release that --min-runtime asks for has every operator in the version that the file will have.
LogicalResult checkRuntime(ModuleOp module) {
  llvm::VersionTuple release;
  if (flags().minRuntime.empty() || release.tryParse(flags().minRuntime))
    return success();
  std::vector<NewerOperator> newer = findNewerOperators(module, release);
  if (newer.empty())
    return success();
  for (const NewerOperator &entry : newer)
    llvm::WithColor::error() << describe(entry.op) << ": version " << entry.version << " of " << entry.builtin << " came with release "
                             << entry.release.getAsString() << '\n';
  return reportError("--min-runtime " + flags().minRuntime + ": " + Twine(newer.size()) + " operators of " + flags().model +
                     " need a newer release; nothing was written"),
         failure();
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

  QuantizeOptions options{flags().scheme, flags().perTensor, "", flags().io, flags().ranges, flags().weightBits};
  if (failed(prepareModel(*model, options)))
    return kWrongInput;
  if (options.needsCalibration() && flags().calibration.empty()) {
    if (failed(checkTrainedRanges(*model->module)))
      return kWrongInput;
  } else if (options.needsCalibration()) {
    FailureOr<Statistics> statistics = getStatistics(*model);
    if (failed(statistics))
      return kWrongInput;
    for (StringRef name : attachStatistics(*model->module, *statistics, *parseRangeMethod(flags().ranges)))
      llvm::WithColor::warning() << flags().calibration << ": no quantized value of " << flags().model << " is named '" << name << "'\n";
  }
  PassManager passes(context);
  buildFinishPipeline(passes, options);
  if (failed(passes.run(*model->module)))
    return kWrongInput;

  QuantizeReport report = QuantizeReport::of(*model->module);
  report.input = flags().model;
  report.output = flags().output;
  report.scheme = flags().scheme;
  report.io = flags().io;
  report.inputBytes = model->bytes;
  if (flags().strict && !report.floatOperators.empty()) {
    report.printFloatOperators(llvm::errs());
    reportError("--strict: " + Twine(report.floatOperators.size()) + " operators of " + flags().model + " stay float; nothing was written");
    return kCheckFailed;
  }
  if (failed(checkRuntime(*model->module)))
    return kWrongInput;
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
