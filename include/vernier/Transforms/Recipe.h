//===- Recipe.h - What becomes of each operator of a network ----*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Defaults for a whole network, then rules in order: docs/Recipes.md. A recipe becomes attributes of the module and of
// its operators, which the other passes read.

#ifndef VERNIER_TRANSFORMS_RECIPE_H
#define VERNIER_TRANSFORMS_RECIPE_H

#include "mlir/IR/BuiltinOps.h"
#include "vernier/Calibration/RangeMethods.h"
#include "vernier/Interfaces/QuantSpec.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/Error.h"
#include <vector>

namespace mlir::vernier {

/// Which operators a rule is about: those that meet all that is set.
struct RecipeMatch {
  /// Names of tensors that the operator computes, or one that matches `regex` as a whole.
  std::vector<std::string> names;
  std::string regex;
  /// Types as the file has them; INPUT for the network's inputs.
  std::vector<std::string> types;
  /// The operator depends on one of `from`; one of `to` is computed by it or depends on it.
  std::vector<std::string> from, to;
  /// Elements of the operator's constants.
  std::optional<uint64_t> minSize, maxSize;
};

/// One rule: what it sets overrides the rules before it.
struct RecipeRule {
  RecipeMatch match;
  std::optional<Scheme::Kind> scheme;
  std::optional<unsigned> bits;
  std::optional<bool> perTensor;
  /// Set together with `perTensor`: how many weights of a row share a scale; 0 for all.
  std::optional<int64_t> blockSize;
  std::optional<RangeMethod> ranges;
  /// Minimum and maximum.
  std::optional<std::pair<double, double>> range;
  bool optional = false;
  std::string comment;
  /// Where messages say it stands: "R.json:7:5", or a flag.
  std::string place;
  /// The same of single keys, by their name: "match.name", "range".
  llvm::StringMap<std::string> places;

  /// Where `key` stands: a sentence's beginning.
  std::string placeOf(StringRef key) const;
};

/// A recipe with all defaults filled in.
struct Recipe {
  Scheme scheme;
  /// How many weights of a row share a scale; 0 for all.
  int64_t blockSize = 0;
  RangeMethod ranges = RangeMethod::MinMax;
  /// The type of float inputs and outputs.
  std::string io = "float32";
  std::string comment;
  std::vector<RecipeRule> rules;

  /// Whether an operator may need to know what values activations take.
  bool mayQuantizeActivations() const;
  /// Whether a range may be chosen from more than minimum and maximum.
  bool needsHistograms() const;
};

/// Reads the file at `path`, which must follow the JSON Schema docs/recipe.schema.json. Errors name file, line, column
/// and key, and for what is misspelled the nearest right word.
llvm::Expected<Recipe> readRecipe(StringRef path);

/// Writes what `readRecipe` reads back.
void writeRecipe(const Recipe &recipe, raw_ostream &os);

/// The operators of `module` that `word` means: those of this type, or the one that computes the tensor of this name.
/// The error names the nearest right word.
llvm::Expected<RecipeMatch> findOperators(ModuleOp module, StringRef word);

/// A range that a rule set, and where it stands.
struct ExplicitRange {
  Value value;
  std::string place;
};

/// Sets the attributes of `module`, fused but not marked yet, and of its operators; `ranges`, if any, receives the
/// explicit ranges. Fails, with the place in the recipe and the nearest right name, where a rule names what the network
/// does not have, or asks for what cannot be.
LogicalResult applyRecipe(ModuleOp module, const Recipe &recipe, SmallVectorImpl<ExplicitRange> *ranges = nullptr);

} // namespace mlir::vernier

#endif // VERNIER_TRANSFORMS_RECIPE_H
