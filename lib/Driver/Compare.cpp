//===- Compare.cpp - vernier compare ----------------------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "CompareReport.h"
#include "DataFlags.h"
#include "mlir/IR/TypeUtilities.h"
#include "vernier/Execution/TensorIO.h"
#include "vernier/IO/AtomicFile.h"
#include "vernier/IO/Progress.h"
#include "vernier/Interfaces/TensorIdentity.h"

namespace mlir::vernier {
namespace {

struct Flags {
  llvm::cl::SubCommand command{"compare", "Find out where a quantized network loses accuracy"};
  llvm::cl::opt<std::string> expected{llvm::cl::Positional, llvm::cl::sub(command), llvm::cl::Required,
                                      llvm::cl::desc("FLOAT")};
  llvm::cl::opt<std::string> actual{llvm::cl::Positional, llvm::cl::sub(command), llvm::cl::Required,
                                    llvm::cl::desc("QUANTIZED")};
  llvm::cl::opt<std::string> samples{
      "data", llvm::cl::sub(command), llvm::cl::Required, llvm::cl::value_desc("DATA"),
      llvm::cl::desc("Samples for FLOAT (.npz, .npy, or a folder of them); QUANTIZED gets the same, "
                     "on the scale of its inputs")};
  llvm::cl::opt<std::string> report{"report", llvm::cl::sub(command), llvm::cl::value_desc("REPORT.html"),
                                    llvm::cl::desc("Also write a page with plots, which opens without a network")};
  llvm::cl::opt<bool> json{"json", llvm::cl::sub(command), llvm::cl::desc("Print the result as JSON")};
  ExecutionFlags execution{command};
  DataFlags data{command};
  SignatureFlag entry{command};
};

Flags &flags() {
  static Flags instance;
  return instance;
}

/// One of the two networks.
struct Side {
  Model model;
  Signature entry;

  Value input(unsigned index) const { return func::FuncOp(entry.function).getArgument(index); }
  Value output(unsigned index) const { return func::FuncOp(entry.function).front().getTerminator()->getOperand(index); }
  std::string inputName(unsigned index) const {
    const std::string &name = entry.inputs[index];
    return name.empty() ? getTensorName(input(index)).str() : name;
  }
  std::string outputName(unsigned index) const {
    const std::string &name = entry.outputs[index];
    return name.empty() ? getTensorName(output(index)).str() : name;
  }
};

FailureOr<Side> loadSide(StringRef path, ToolContext &context) {
  FailureOr<Model> model = loadModel(path, context);
  if (failed(model))
    return failure();
  FailureOr<Signature> entry = model->findEntry(flags().entry.signature);
  if (failed(entry))
    return failure();
  return Side{std::move(*model), std::move(*entry)};
}

/// For each of `wanted` the place of its name in `offered`; where no name is known there, places in order if there are
/// as many. Nothing for those without a partner.
std::vector<std::optional<unsigned>> matchNames(ArrayRef<std::string> wanted, ArrayRef<std::string> offered) {
  std::vector<std::optional<unsigned>> places(wanted.size());
  bool any = false;
  for (auto [place, name] : llvm::zip_equal(places, wanted)) {
    auto found = llvm::find(offered, name);
    if (name.empty() || found == offered.end() || llvm::count(offered, name) > 1 || llvm::count(wanted, name) > 1)
      continue;
    place = found - offered.begin();
    any = true;
  }
  if (wanted.size() != offered.size() || (any && llvm::all_of(places, [](const auto &place) { return bool(place); })))
    return places;
  for (auto [index, place] : llvm::enumerate(places))
    place = index;
  return places;
}

/// Whether the real values of a tensor can be written in the type of `type`.
bool holdsReals(Type type) {
  auto quantized = dyn_cast<quant::UniformQuantizedType>(getElementTypeOrSelf(type));
  return getElementTypeOrSelf(type).isF32() || (quantized && quantized.getStorageTypeIntegralWidth() >= 8);
}

/// Whether samples for `from` can be given to `to`; errors are printed.
LogicalResult checkInput(const Side &expected, unsigned from, const Side &actual, unsigned to) {
  Type ours = expected.input(from).getType(), theirs = actual.input(to).getType();
  const bool sameShape = succeeded(verifyCompatibleShape(ours, theirs));
  const bool sameKind =
      getElementTypeOrSelf(ours) == getElementTypeOrSelf(theirs) || (holdsReals(ours) && holdsReals(theirs));
  if (sameShape && sameKind)
    return success();
  return reportError("expected two forms of one network, but input '" + expected.inputName(from) + "' is " +
                     summarize(ours) + " in " + expected.model.path + ", and input '" + actual.inputName(to) + "' " +
                     summarize(theirs) + " in " + actual.model.path),
         failure();
}

/// Which inputs and outputs belong together. Errors are printed.
FailureOr<ComparedFunctions> matchBoundaries(const Side &expected, const Side &actual) {
  ComparedFunctions functions{expected.entry.function, actual.entry.function, {}, {}};
  auto names = [](size_t count, auto name) { return llvm::map_to_vector(llvm::seq<unsigned>(0, count), name); };
  auto ourInputs = names(expected.entry.inputs.size(), [&](unsigned i) { return expected.inputName(i); });
  auto theirInputs = names(actual.entry.inputs.size(), [&](unsigned i) { return actual.inputName(i); });
  auto countError = [&](StringRef what, size_t ours, size_t theirs) {
    return reportError("expected two forms of one network, but " + expected.model.path + " has " + Twine(ours) + " " +
                       what + " and " + actual.model.path + " has " + Twine(theirs)),
           failure();
  };
  if (ourInputs.size() != theirInputs.size())
    return countError("inputs", ourInputs.size(), theirInputs.size());
  for (auto [index, place] : llvm::enumerate(matchNames(theirInputs, ourInputs))) {
    if (failed(checkInput(expected, *place, actual, index)))
      return failure();
    functions.inputs.push_back(*place);
  }
  auto ourOutputs = names(expected.entry.outputs.size(), [&](unsigned i) { return expected.outputName(i); });
  auto theirOutputs = names(actual.entry.outputs.size(), [&](unsigned i) { return actual.outputName(i); });
  for (auto [index, place] : llvm::enumerate(matchNames(ourOutputs, theirOutputs))) {
    if (!place)
      continue;
    Type ours = expected.output(index).getType(), theirs = actual.output(*place).getType();
    for (auto [type, side] : {std::pair(ours, &expected), std::pair(theirs, &actual)})
      if (failed(getElementKind(getElementTypeOrSelf(type))))
        return reportError(side->model.path + ": an output of type " + summarize(type) + " cannot be compared"),
               failure();
    if (failed(verifyCompatibleShape(ours, theirs)))
      return reportError("expected two forms of one network, but output '" + ourOutputs[index] + "' is " +
                         summarize(ours) + " in " + expected.model.path + ", and output '" + theirOutputs[*place] +
                         "' " + summarize(theirs) + " in " + actual.model.path),
             failure();
    functions.outputs.push_back({unsigned(index), *place});
  }
  if (functions.outputs.empty())
    return countError("outputs", ourOutputs.size(), theirOutputs.size());
  return functions;
}

int compareModels() {
  ToolContext context;
  FailureOr<Side> expected = loadSide(flags().expected, context);
  if (failed(expected))
    return kWrongInput;
  FailureOr<Side> actual = loadSide(flags().actual, context);
  if (failed(actual))
    return kWrongInput;
  FailureOr<ComparedFunctions> functions = matchBoundaries(*expected, *actual);
  if (failed(functions))
    return kWrongInput;
  FailureOr<SampleStream> samples = openSamples(flags().samples, expected->entry, flags().data, expected->model.path);
  if (failed(samples))
    return kWrongInput;
  // Before minutes of work: can the page be written at all?
  std::optional<AtomicFile> page;
  if (!flags().report.empty()) {
    auto file = AtomicFile::create(flags().report);
    if (!file)
      return reportError(file.takeError());
    page.emplace(std::move(*file));
  }
  context.model = expected->model.path;
  auto first = planFor(*samples, expected->entry, flags().execution.options());
  if (failed(first))
    return kWrongInput;
  context.model = actual->model.path;
  auto shapes = llvm::map_to_vector(functions->inputs,
                                    [&](unsigned input) { return SmallVector<int64_t>(samples->shape(input)); });
  auto second = Executor::create(actual->entry.function, flags().execution.options(), shapes);
  if (failed(second))
    return kWrongInput;

  FailureOr<Comparison> comparison = failure();
  {
    Progress progress(llvm::errs(), "comparing", samples->numSamples());
    comparison = compare(*functions, **first, **second, *samples, flags().data.threadCount(),
                         [&](uint64_t done) { progress.update(done); });
  }
  if (failed(comparison))
    return kWrongInput;
  std::vector<std::string> outputNames;
  for (auto [ours, theirs] : functions->outputs)
    outputNames.push_back(expected->outputName(ours));
  const CompareReport report(expected->model.path, actual->model.path, flags().samples, std::move(outputNames),
                             *comparison);
  if (page) {
    report.printHtml(page->os());
    if (llvm::Error error = page->commit())
      return reportError(std::move(error));
  }
  flags().json ? report.printJson(llvm::outs()) : report.print(llvm::outs());
  return kDone;
}

} // namespace

Command compareCommand() { return {flags().command, compareModels}; }

} // namespace mlir::vernier
