//===- Prepare.cpp - Steps that quantize and calibrate share ----*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Quantize.h"
#include "vernier/Dialect/QuantX/QuantX.h"
#include "vernier/Execution/Calibrate.h"
#include "vernier/IO/Progress.h"
#include "vernier/Interfaces/TensorIdentity.h"
#include "vernier/Transforms/Passes.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/WithColor.h"

namespace mlir::vernier {
LogicalResult prepareModel(Model &model, Recipe &recipe, ArrayRef<std::string> keepFloat) {
  PassManager normalize(model.module->getContext());
  buildNormalizePipeline(normalize);
  if (failed(normalize.run(*model.module)))
    return failure();
  for (const std::string &word : keepFloat) {
    llvm::Expected<RecipeMatch> match = findOperators(*model.module, word);
    if (!match)
      return reportError(model.path + ": --keep-float " + word + ": " + llvm::toString(match.takeError())), failure();
    RecipeRule &rule = recipe.rules.emplace_back();
    rule.match = std::move(*match);
    rule.scheme = Scheme::Kind::Float;
  }
  SmallVector<ExplicitRange> ranges;
  if (failed(applyRecipe(*model.module, recipe, &ranges)))
    return failure();
  PassManager passes(model.module->getContext());
  passes.addPass(createStoreBlockwisePass());
  passes.addPass(createInsertFakeQuantPass());
  if (failed(passes.run(*model.module)))
    return failure();
  // Of a rule for several tensors, some may be float.
  llvm::StringMap<bool> hasEffect;
  for (const ExplicitRange &range : ranges)
    hasEffect[range.place] |= llvm::any_of(range.value.getUsers(), llvm::IsaPred<quantx::FakeQuantOp>);
  for (const ExplicitRange &range : ranges)
    if (!hasEffect.lookup(range.place))
      return reportError(range.place + ": has no effect: no operator computes or reads tensor '" +
                         getTensorName(range.value) + "' in integers"),
             failure();
  return success();
}

/// The signatures of which `source` has all inputs, as arrays 'KEY/INPUT', one for each function; and the main
/// function, whose arrays may have the names of its tensors instead. The others are warned of.
static FailureOr<std::vector<Signature>> findCalibratedEntries(Model &model, const DataSource &source) {
  auto arrays = source.arrays();
  if (!arrays)
    return reportError(arrays.takeError()), failure();
  std::vector<Signature> entries;
  auto isTaken = [&](func::FuncOp function) {
    return llvm::any_of(entries, [&](const Signature &entry) { return entry.function == function; });
  };
  for (Signature &signature : getSignatures(*model.module)) {
    auto hasArray = [&](StringRef input) { return llvm::is_contained(*arrays, signature.key + "/" + input.str()); };
    if (!isTaken(signature.function) && !signature.inputs.empty() && llvm::all_of(signature.inputs, hasArray))
      entries.push_back(std::move(signature));
  }
  // Without any of those, the data can only be the main function's.
  if (entries.empty())
    entries.push_back(*model.findEntry(""));
  for (const Signature &signature : getSignatures(*model.module))
    if (!isTaken(signature.function))
      llvm::WithColor::warning() << model.path << ": signature '" << signature.key
                                 << "' is not calibrated: there are no arrays '" << signature.key
                                 << "/INPUT' for its inputs; what only it runs stays float\n";
  return entries;
}

FailureOr<Statistics> calibrateOnData(Model &model, StringRef path, const DataFlags &flags, bool histograms) {
  auto source = DataSource::open(path);
  if (!source)
    return reportError(source.takeError()), failure();
  FailureOr<std::vector<Signature>> entries = findCalibratedEntries(model, *source);
  if (failed(entries))
    return failure();
  std::optional<Statistics> all;
  for (const Signature &entry : *entries) {
    FailureOr<SampleStream> samples = openSamples(*source, entry, entry.key + "/", flags, model.path);
    if (failed(samples))
      return failure();
    auto executor = planFor(*samples, entry, {});
    if (failed(executor))
      return failure();
    Progress progress(llvm::errs(), "calibrating", samples->numSamples());
    FailureOr<Statistics> statistics =
        calibrate(entry.function, **executor, *samples, llvm::sys::path::filename(model.path),
                  {flags.threadCount(), histograms}, [&](uint64_t done) { progress.update(done); });
    if (failed(statistics))
      return failure();
    if (!all)
      all = std::move(*statistics);
    else if (llvm::Error error = merge(*all, *statistics))
      return reportError(std::move(error)), failure();
  }
  return std::move(*all);
}

} // namespace mlir::vernier
