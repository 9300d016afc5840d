//===- RecipeTargets.h - What rules of a recipe can be about ----*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_LIB_TRANSFORMS_RECIPETARGETS_H
#define VERNIER_LIB_TRANSFORMS_RECIPETARGETS_H

#include "vernier/Transforms/Recipe.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/SetVector.h"

namespace mlir::vernier {

/// An operator, or an input of the network.
struct RecipeTarget {
  /// Null for an input.
  Operation *op = nullptr;
  BlockArgument input;
  /// The operator's, then those of what was merged into it.
  SmallVector<std::string, 1> types;
  /// Elements of its float constants.
  uint64_t size = 0;

  /// The tensors that it computes.
  SmallVector<Value> values() const;
  /// Their names, and those of tensors that are no more because their operators were merged into it.
  SmallVector<StringRef> names() const;
  /// Sets an attribute of the operator, or of the function's argument.
  void setAttr(StringRef name, Attribute attr) const;
};

/// All operators and inputs of a module, and how matchers find them.
class RecipeTargets {
public:
  explicit RecipeTargets(ModuleOp module);

  ArrayRef<RecipeTarget> all() const { return targets; }

  /// The places in `all` that `rule` matches. Fails where it names what is not there.
  FailureOr<SmallVector<unsigned>> match(const RecipeRule &rule) const;

  /// The tensors of target `index` that `rule` is about: those that it names, or all.
  SmallVector<Value> valuesOf(unsigned index, const RecipeRule &rule) const;

private:
  using Filter = llvm::SetVector<unsigned>;

  LogicalResult checkNames(const RecipeRule &rule, StringRef key, ArrayRef<std::string> names) const;
  LogicalResult checkTypes(const RecipeRule &rule) const;
  DenseSet<Operation *> reach(ArrayRef<std::string> names, bool forwards) const;
  InFlightDiagnostic error(const RecipeRule &rule, StringRef key) const;

  mutable ModuleOp module;
  std::vector<RecipeTarget> targets;
  /// Every name, and the values that have it.
  llvm::MapVector<StringRef, SmallVector<Value, 1>> named;
};

} // namespace mlir::vernier

#endif // VERNIER_LIB_TRANSFORMS_RECIPETARGETS_H
