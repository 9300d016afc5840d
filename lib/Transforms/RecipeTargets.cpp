//===- RecipeTargets.cpp - What rules of a recipe can be about ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "RecipeTargets.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "vernier/IO/Error.h"
#include "vernier/IO/Suggestion.h"
#include "vernier/Interfaces/ConstantData.h"
#include "vernier/Interfaces/FusedOperators.h"
#include "vernier/Interfaces/QuantDialectInterface.h"
#include "vernier/Interfaces/TensorIdentity.h"
#include "llvm/Support/Regex.h"

namespace mlir::vernier {
namespace {

constexpr StringLiteral kInput = "INPUT";

/// Whether data passes through `op`: neither a constant nor structure.
bool isOperator(Operation *op) {
  return op->getNumOperands() != 0 && op->getNumResults() != 0 && !isa<FunctionOpInterface>(op);
}

uint64_t sizeOfConstants(Operation *op) {
  uint64_t size = 0;
  for (Value operand : op->getOperands())
    if (auto type = dyn_cast<RankedTensorType>(operand.getType());
        type && isa<FloatType>(type.getElementType()) && type.hasStaticShape() && getConstantElements(operand))
      size += uint64_t(type.getNumElements());
  return size;
}

SmallVector<std::string, 1> typesOf(Operation *op) {
  SmallVector<std::string, 1> types = {getQuantDialectInterface(op).getOperatorType(op)};
  for (const FusedOperator &fused : getFused(op))
    if (!llvm::is_contained(types, fused.type))
      types.push_back(fused.type.str());
  return types;
}

/// POSIX automata match anywhere; the longest match from the beginning decides about the whole.
bool matchesWhole(const llvm::Regex &regex, StringRef name) {
  SmallVector<StringRef, 1> parts;
  return regex.match(name, &parts) && parts.front().size() == name.size();
}

} // namespace

SmallVector<Value> RecipeTarget::values() const {
  return op ? SmallVector<Value>(op->getResults()) : SmallVector<Value>{input};
}

SmallVector<StringRef> RecipeTarget::names() const {
  SmallVector<StringRef> names;
  for (Value value : values())
    names.push_back(getTensorName(value));
  if (op)
    for (const FusedOperator &fused : getFused(op))
      names.push_back(fused.tensor);
  llvm::erase_if(names, [](StringRef name) { return name.empty(); });
  return names;
}

void RecipeTarget::setAttr(StringRef name, Attribute attr) const {
  if (op)
    op->setDiscardableAttr(name, attr);
  else
    cast<FunctionOpInterface>(input.getOwner()->getParentOp()).setArgAttr(input.getArgNumber(), name, attr);
}

RecipeTargets::RecipeTargets(ModuleOp module) : module(module) {
  for (auto function : module.getOps<FunctionOpInterface>()) {
    if (function.isExternal())
      continue;
    for (BlockArgument argument : function.getFunctionBody().front().getArguments())
      targets.push_back({nullptr, argument, {kInput.str()}, 0});
    function.walk<WalkOrder::PreOrder>([&](Operation *op) {
      if (isOperator(op))
        targets.push_back({op, {}, typesOf(op), sizeOfConstants(op)});
    });
  }
  for (const RecipeTarget &target : targets)
    for (Value value : target.values())
      if (StringRef name = getTensorName(value); !name.empty())
        named[name].push_back(value);
  // A tensor that is no more leads to what its operator was merged into.
  for (const RecipeTarget &target : targets)
    for (StringRef name : target.names())
      if (!named.contains(name))
        named[name].push_back(target.op->getResult(0));
}

InFlightDiagnostic RecipeTargets::error(const RecipeRule &rule, StringRef key) const {
  return module.emitError() << rule.placeOf(key) << ": ";
}

LogicalResult RecipeTargets::checkNames(const RecipeRule &rule, StringRef key, ArrayRef<std::string> names) const {
  for (const std::string &name : names) {
    if (named.contains(name) || rule.optional)
      continue;
    std::vector<StringRef> known;
    for (const auto &entry : named)
      known.push_back(entry.first);
    InFlightDiagnostic diagnostic = error(rule, key) << "no operator computes a tensor '" << name << "'";
    if (StringRef nearest = findNearest(name, known); !nearest.empty())
      diagnostic << "; did you mean '" << nearest << "'?";
    return diagnostic;
  }
  return success();
}

LogicalResult RecipeTargets::checkTypes(const RecipeRule &rule) const {
  llvm::SetVector<StringRef> known;
  for (const RecipeTarget &target : targets)
    for (const std::string &type : target.types)
      known.insert(type);
  for (const std::string &type : rule.match.types)
    if (!known.contains(type) && !rule.optional)
      return error(rule, "match.type") << "the network has no operator of type '" << type << "'; did you mean '"
                                       << findNearest(type, known.getArrayRef()) << "'?";
  return success();
}

/// The operators that depend on the tensors called `names`, or those that they depend on.
DenseSet<Operation *> RecipeTargets::reach(ArrayRef<std::string> names, bool forwards) const {
  SmallVector<Value> work;
  for (const std::string &name : names)
    if (auto found = named.find(name); found != named.end())
      work.append(found->second.begin(), found->second.end());
  DenseSet<Operation *> reached;
  while (!work.empty()) {
    Value value = work.pop_back_val();
    if (!forwards) {
      if (Operation *producer = value.getDefiningOp(); producer && reached.insert(producer).second)
        llvm::append_range(work, producer->getOperands());
      continue;
    }
    for (Operation *user : value.getUsers())
      if (reached.insert(user).second)
        llvm::append_range(work, user->getResults());
  }
  return reached;
}

FailureOr<SmallVector<unsigned>> RecipeTargets::match(const RecipeRule &rule) const {
  const RecipeMatch &match = rule.match;
  if (failed(checkNames(rule, "match.name", match.names)) || failed(checkTypes(rule)) ||
      failed(checkNames(rule, "match.from", match.from)) || failed(checkNames(rule, "match.to", match.to)))
    return failure();
  const llvm::Regex regex(match.regex);
  const DenseSet<Operation *> after = reach(match.from, /*forwards=*/true),
                              before = reach(match.to, /*forwards=*/false);
  SmallVector<unsigned> matched;
  for (auto [index, target] : llvm::enumerate(targets)) {
    if (!match.names.empty() &&
        !llvm::any_of(target.names(), [&](StringRef name) { return llvm::is_contained(match.names, name); }))
      continue;
    if (!match.regex.empty() &&
        !llvm::any_of(target.names(), [&](StringRef name) { return matchesWhole(regex, name); }))
      continue;
    if (!match.types.empty() &&
        !llvm::any_of(target.types, [&](const std::string &type) { return llvm::is_contained(match.types, type); }))
      continue;
    if ((!match.from.empty() && !after.contains(target.op)) || (!match.to.empty() && !before.contains(target.op)))
      continue;
    if (target.size < match.minSize.value_or(0) || target.size > match.maxSize.value_or(~uint64_t(0)))
      continue;
    // Inputs have a range alone; a rule that is about operators does not mean them.
    if (!target.op && match.types.empty() && !rule.ranges && !rule.range)
      continue;
    matched.push_back(index);
  }
  if (!matched.empty() || rule.optional)
    return matched;
  if (!match.regex.empty() && match.types.empty() && match.from.empty() && match.to.empty()) {
    std::vector<StringRef> known;
    for (const auto &entry : named)
      known.push_back(entry.first);
    return error(rule, "match.regex") << "'" << match.regex << "' matches the name of no tensor; the nearest is '"
                                      << findNearest(match.regex, known) << "'";
  }
  if (!match.from.empty() && !match.to.empty() &&
      !llvm::any_of(after, [&](Operation *op) { return before.contains(op); }))
    return error(rule, "match.to") << "no operator stands between '" << match.from.front() << "' and '"
                                   << match.to.front() << "': the second does not depend on the first";
  for (const RecipeTarget &target : targets)
    for (StringRef name : target.names())
      if (!target.op && llvm::is_contained(match.names, name))
        return error(rule, "match.name") << "'" << name
                                         << "' is an input of the network: it takes 'ranges' and 'range' alone";
  return error(rule, "match") << "no operator meets all of its conditions";
}

SmallVector<Value> RecipeTargets::valuesOf(unsigned index, const RecipeRule &rule) const {
  const SmallVector<Value> values = targets[index].values();
  const llvm::Regex regex(rule.match.regex);
  SmallVector<Value> chosen;
  for (Value value : values)
    if (StringRef name = getTensorName(value);
        llvm::is_contained(rule.match.names, name) || (!rule.match.regex.empty() && matchesWhole(regex, name)))
      chosen.push_back(value);
  return chosen.empty() ? values : chosen;
}

llvm::Expected<RecipeMatch> findOperators(ModuleOp module, StringRef word) {
  const RecipeTargets targets(module);
  llvm::SetVector<StringRef> types, names;
  for (const RecipeTarget &target : targets.all()) {
    if (!target.op)
      continue;
    types.insert(target.types.begin(), target.types.end());
    for (StringRef name : target.names())
      names.insert(name);
  }
  RecipeMatch match;
  if (types.contains(word))
    match.types.push_back(word.str());
  else if (names.contains(word))
    match.names.push_back(word.str());
  else {
    types.insert(names.begin(), names.end());
    return makeError("no operator has this type or computes a tensor of this name; did you mean '{0}'?",
                     findNearest(word, types.getArrayRef()));
  }
  return match;
}

} // namespace mlir::vernier
