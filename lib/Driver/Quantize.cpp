//===- Quantize.cpp - vernier quantize --------------------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Quantize.h"
#include "Report.h"
#include "mlir/Bytecode/BytecodeWriter.h"
#include "vernier/Calibration/RangeMethods.h"
#include "vernier/Dialect/QuantX/Blockwise.h"
#include "vernier/Dialect/QuantX/QuantX.h"
#include "vernier/IO/AtomicFile.h"
#include "vernier/Interfaces/BlockwiseType.h"
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
  llvm::cl::opt<std::string> model{llvm::cl::Positional, llvm::cl::sub(command), llvm::cl::Required,
                                   llvm::cl::desc("MODEL")};
  llvm::cl::opt<std::string> output{"o", llvm::cl::sub(command), llvm::cl::Required, llvm::cl::value_desc("OUT.tflite"),
                                    llvm::cl::desc("Where the quantized model goes")};
  llvm::cl::opt<std::string> calibration{
      "calibration", llvm::cl::sub(command), llvm::cl::value_desc("DATA"),
      llvm::cl::desc("Samples (.npz, .npy, or a folder of them), or a statistics file (.json); for int8 and int16x8, "
                     "unless the model has ranges")};
  llvm::cl::opt<std::string> scheme{"scheme", llvm::cl::sub(command), llvm::cl::init("int8"),
                                    llvm::cl::value_desc("name"),
                                    llvm::cl::desc("int8 (default), int16x8 (activations in 16 bits), fp16 (constants "
                                                   "in half precision), dynamic (int8 weights, activations "
                                                   "quantized at run time), weight-only (int8 weights, float "
                                                   "arithmetic) or float (as it is, with rules of a recipe)")};
  llvm::cl::opt<std::string> ranges{
      "ranges", llvm::cl::sub(command), llvm::cl::init("minmax"), llvm::cl::value_desc("method"),
      llvm::cl::desc("How ranges are chosen: minmax (default), percentile (99.99 %), mse or entropy")};
  llvm::cl::opt<unsigned> weightBits{
      "weight-bits", llvm::cl::sub(command), llvm::cl::init(8), llvm::cl::value_desc("N"),
      llvm::cl::desc("Width of stored weights: 8 (default); for weight-only also 4 or 2")};
  llvm::cl::opt<int64_t> blockSize{"block-size", llvm::cl::sub(command), llvm::cl::init(0), llvm::cl::value_desc("N"),
                                   llvm::cl::desc("With --scheme weight-only --weight-bits 4: one scale for each N "
                                                  "weights of a dense layer's row: 32, 64, 128 or 256")};
  llvm::cl::opt<std::string> io{
      "io", llvm::cl::sub(command), llvm::cl::init("float32"), llvm::cl::value_desc("type"),
      llvm::cl::desc(
          "Type of float inputs and outputs: float32 (default); int8 or uint8 with scheme int8; int16 with int16x8")};
  llvm::cl::opt<std::string> recipe{
      "recipe", llvm::cl::sub(command), llvm::cl::value_desc("RECIPE.json"),
      llvm::cl::desc("What becomes of each operator (docs/Recipes.md); the flags here override its defaults")};
  llvm::cl::opt<std::string> writeRecipe{"write-recipe", llvm::cl::sub(command), llvm::cl::value_desc("OUT.json"),
                                         llvm::cl::desc("Also write the recipe that was followed")};
  llvm::cl::opt<std::string> report{"report", llvm::cl::sub(command), llvm::cl::value_desc("REPORT.html|.json"),
                                    llvm::cl::desc("Also write the closing table as a page, or as JSON")};
  llvm::cl::list<std::string> keepFloat{
      "keep-float", llvm::cl::sub(command), llvm::cl::CommaSeparated, llvm::cl::value_desc("NAME|TYPE,..."),
      llvm::cl::desc("Operators that stay float: by the name of a tensor that they compute, or by type (SOFTMAX)")};
  llvm::cl::opt<bool> perTensor{"per-tensor", llvm::cl::sub(command),
                                llvm::cl::desc("One scale per weight tensor instead of one per channel")};
  llvm::cl::opt<bool> strict{
      "strict", llvm::cl::sub(command),
      llvm::cl::desc("Fail (exit code 3, no file) when an operator is not in the scheme that was asked for")};
  llvm::cl::opt<std::string> minRuntime{
      "min-runtime", llvm::cl::sub(command), llvm::cl::value_desc("2.x"),
      llvm::cl::desc("Fail, and write nothing, if an operator's version needs a newer release of the runtime")};
  llvm::cl::opt<std::string> emitMlir{
      "emit-mlir", llvm::cl::sub(command), llvm::cl::value_desc("OUT.mlir"),
      llvm::cl::desc("Also write the quantized module (bytecode if the name ends in .mlirbc)")};
  llvm::cl::opt<bool> json{"json", llvm::cl::sub(command), llvm::cl::desc("Print the report as JSON")};
  DataFlags dataFlags{command};
};

Flags &flags() {
  static Flags instance;
  return instance;
}

bool isStatisticsFile() { return StringRef(flags().calibration).ends_with(".json"); }

/// Each option has a value that it can have, whatever the recipe and the model are.
LogicalResult checkUsage() {
  if (!Scheme::fromName(flags().scheme))
    return reportError("--scheme " + flags().scheme + ": expected int8, int16x8, fp16, dynamic, weight-only or float"),
           failure();
  if (!parseRangeMethod(flags().ranges))
    return reportError("--ranges " + flags().ranges + ": expected minmax, percentile, mse or entropy"), failure();
  if (!llvm::is_contained({8u, 4u, 2u}, flags().weightBits))
    return reportError("--weight-bits " + Twine(flags().weightBits) +
                       ": expected 8, or 4 or 2 with --scheme weight-only"),
           failure();
  if (flags().blockSize.getNumOccurrences() && !llvm::is_contained(getBlockSizes(), flags().blockSize))
    return reportError("--block-size " + Twine(flags().blockSize) + ": expected 32, 64, 128 or 256"), failure();
  if (!llvm::is_contained({"float32", "int8", "uint8", "int16"}, StringRef(flags().io)))
    return reportError("--io " + flags().io + ": expected float32, int8, uint8 or int16"), failure();
  if (llvm::VersionTuple release; flags().minRuntime.getNumOccurrences() && release.tryParse(flags().minRuntime))
    return reportError("--min-runtime " + flags().minRuntime + ": expected a release such as 2.14"), failure();
  if (StringRef report = flags().report; !report.empty() && !report.ends_with(".html") && !report.ends_with(".json"))
    return reportError("--report " + report + ": expected a name that ends in .html or .json"), failure();
  return success();
}

/// The recipe file, if any, with what the command line says instead.
FailureOr<Recipe> readRequest() {
  Recipe recipe;
  if (!flags().recipe.empty()) {
    llvm::Expected<Recipe> read = readRecipe(flags().recipe);
    if (!read)
      return reportError(read.takeError()), failure();
    recipe = std::move(*read);
  }
  if (flags().scheme.getNumOccurrences()) {
    recipe.scheme.kind = Scheme::fromName(flags().scheme)->kind;
    // A width belongs to the scheme that it was asked for with, and a block to both.
    recipe.scheme.weightBits = 8;
    recipe.blockSize = 0;
  }
  if (flags().weightBits.getNumOccurrences()) {
    if (flags().weightBits != recipe.scheme.weightBits)
      recipe.blockSize = 0;
    recipe.scheme.weightBits = flags().weightBits;
  }
  if (!recipe.scheme.acceptsWeightBits(recipe.scheme.weightBits))
    return reportError("--weight-bits " + Twine(recipe.scheme.weightBits) +
                       ": expected 8, or 4 or 2 with --scheme weight-only"),
           failure();
  if (flags().perTensor.getNumOccurrences()) {
    if (flags().perTensor && flags().blockSize)
      return reportError("--per-tensor and --block-size contradict each other"), failure();
    recipe.scheme.perTensorWeights = flags().perTensor;
    recipe.blockSize = 0;
  }
  if (flags().blockSize.getNumOccurrences()) {
    if (!quantx::hasBlocks(recipe.scheme))
      return reportError("--block-size " + Twine(flags().blockSize) +
                         ": expected --scheme weight-only --weight-bits 4 beside it"),
             failure();
    recipe.scheme.perTensorWeights = false;
    recipe.blockSize = flags().blockSize;
  }
  if (flags().ranges.getNumOccurrences())
    recipe.ranges = *parseRangeMethod(flags().ranges);
  if (flags().io.getNumOccurrences())
    recipe.io = flags().io;
  return recipe;
}

/// Options that contradict each other get a straight answer.
LogicalResult checkRequest(const Recipe &recipe) {
  std::string scheme = recipe.scheme.name().str();
  if (!recipe.mayQuantizeActivations()) {
    if (!flags().calibration.empty())
      return reportError("--scheme " + scheme + " changes constants alone; leave out --calibration"), failure();
    if (recipe.ranges != RangeMethod::MinMax)
      return reportError((flags().ranges.getNumOccurrences() ? "--ranges" : flags().recipe + ": ranges") +
                         ": --scheme " + scheme + " has no activations to choose ranges for"),
             failure();
    for (const RecipeRule &rule : recipe.rules)
      if (rule.ranges)
        return reportError(rule.placeOf("ranges") + ": no operator has activations in integers to choose ranges for"),
               failure();
  }
  ArrayRef<StringRef> types = getBoundaryTypes(recipe.scheme);
  if (!llvm::is_contained(types, StringRef(recipe.io)))
    return reportError("--io " + recipe.io + ": with --scheme " + scheme + ", expected " + llvm::join(types, " or ")),
           failure();
  if (!recipe.scheme.hasIntegers() && recipe.scheme.perTensorWeights && recipe.rules.empty())
    return reportError("--per-tensor: " + scheme + " has no scales"), failure();
  const std::pair<StringRef, StringRef> outputs[] = {{"-o", flags().output},
                                                     {"--emit-mlir", flags().emitMlir},
                                                     {"--write-recipe", flags().writeRecipe},
                                                     {"--report", flags().report}};
  for (auto [index, first] : llvm::enumerate(outputs))
    for (auto second : ArrayRef(outputs).drop_front(index + 1))
      if (!first.second.empty() && first.second == second.second)
        return reportError(first.second + ": " + first.first + " and " + second.first + " name the same file"),
               failure();
  if (isStatisticsFile() && !(flags().dataFlags.mean.empty() && flags().dataFlags.std.empty()))
    return reportError(flags().calibration + ": --mean and --std normalize samples, but a statistics file has none"),
           failure();
  return success();
}

/// Without calibration, ranges can only be those that the model was trained with or quantized to: each that is missing
/// is named.
LogicalResult checkTrainedRanges(ModuleOp module, const Recipe &recipe) {
  SmallVector<StringRef> missing = findMissingRanges(module);
  if (missing.empty())
    return success();
  unsigned all = 0;
  module.walk([&](quantx::FakeQuantOp mark) { all += mark.getTensorName().has_value(); });
  std::string text = (recipe.rules.empty() ? "--scheme " + recipe.scheme.name().str() : "the recipe") +
                     " needs --calibration DATA: samples, or a statistics file";
  if (missing.size() < all) {
    constexpr size_t shown = 8;
    llvm::raw_string_ostream os(text);
    os << "; " << flags().model << " has no range of its own for " << missing.size() << " of " << all << " values: '"
       << llvm::join(ArrayRef(missing).take_front(shown), "', '") << "'" << (missing.size() > shown ? ", ..." : "");
  }
  return reportError(text), failure();
}

/// Statistics of a file, or of a pass over the samples.
FailureOr<Statistics> getStatistics(Model &model, const Recipe &recipe) {
  if (!isStatisticsFile())
    return calibrateOnData(model, flags().calibration, flags().dataFlags, recipe.needsHistograms());
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
    llvm::WithColor::error() << describe(entry.op) << ": version " << entry.version << " of " << entry.builtin
                             << " came with release " << entry.release.getAsString() << '\n';
  return reportError("--min-runtime " + flags().minRuntime + ": " + flags().model +
                     " would need a newer release there; ask for another scheme, fewer kinds of weights or "
                     "--keep-float for these, or allow that release. Nothing was written"),
         failure();
}

/// Begins the file at `path`, unless it is empty.
LogicalResult createFile(StringRef path, std::optional<AtomicFile> &file) {
  if (path.empty())
    return success();
  auto created = AtomicFile::create(path);
  if (!created)
    return reportError(created.takeError()), failure();
  file.emplace(std::move(*created));
  return success();
}

int quantize() {
  if (failed(checkUsage()))
    return kUsage;
  FailureOr<Recipe> recipe = readRequest();
  if (failed(recipe) || failed(checkRequest(*recipe)))
    return kWrongInput;
  ToolContext context;
  FailureOr<Model> model = loadModel(flags().model, context);
  if (failed(model))
    return kWrongInput;
  // Before minutes of calibration: can the results be written at all?
  auto output = AtomicFile::create(flags().output);
  if (!output)
    return reportError(output.takeError());
  std::optional<AtomicFile> mlirOutput, recipeOutput, reportOutput;
  if (failed(createFile(flags().emitMlir, mlirOutput)) || failed(createFile(flags().writeRecipe, recipeOutput)) ||
      failed(createFile(flags().report, reportOutput)))
    return kWrongInput;

  raiseVersions(*model->module);
  if (failed(prepareModel(*model, *recipe, flags().keepFloat)))
    return kWrongInput;
  if (flags().calibration.empty()) {
    if (failed(checkTrainedRanges(*model->module, *recipe)))
      return kWrongInput;
  } else {
    FailureOr<Statistics> statistics = getStatistics(*model, *recipe);
    if (failed(statistics))
      return kWrongInput;
    for (StringRef name : attachStatistics(*model->module, *statistics, recipe->ranges))
      llvm::WithColor::warning() << flags().calibration << ": no quantized value of " << flags().model << " is named '"
                                 << name << "'\n";
  }
  PassManager passes(context);
  buildFinishPipeline(passes, {});
  if (failed(passes.run(*model->module)))
    return kWrongInput;

  QuantizeReport report = QuantizeReport::of(*model->module);
  report.input = flags().model;
  report.output = flags().output;
  report.scheme = recipe->scheme.name();
  report.io = recipe->io;
  report.inputBytes = model->bytes;
  if (flags().strict && !report.floatOperators.empty()) {
    report.printFloatOperators(llvm::errs());
    reportError("--strict: " + Twine(report.floatOperators.size()) + " operators of " + flags().model +
                " are not in the scheme that was asked for; nothing was written");
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
  if (recipeOutput) {
    writeRecipe(*recipe, recipeOutput->os());
    if (llvm::Error error = recipeOutput->commit())
      return reportError(std::move(error));
  }
  if (reportOutput) {
    StringRef(flags().report).ends_with(".html") ? report.printHtml(reportOutput->os())
                                                 : report.printJson(reportOutput->os());
    if (llvm::Error error = reportOutput->commit())
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
