//===- MatchTensors.cpp - The same tensor in two networks -------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "vernier/Execution/MatchTensors.h"
#include "mlir/IR/TypeUtilities.h"
#include "vernier/Dialect/NN/NN.h"
#include "vernier/Execution/TensorIO.h"
#include "vernier/Interfaces/TensorIdentity.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/SetVector.h"

namespace mlir::vernier {
namespace {

bool isCast(Operation *op) { return isa_and_nonnull<nn::QuantizeOp, nn::DequantizeOp>(op); }

/// The value that `value` is a cast of, or itself.
Value getRoot(Value value) {
  while (isCast(value.getDefiningOp()))
    value = value.getDefiningOp()->getOperand(0);
  return value;
}

/// The values of one function that depend on data, each with the casts of it.
class Values {
public:
  explicit Values(func::FuncOp function) {
    for (BlockArgument argument : function.getArguments())
      add(argument);
    for (Operation &op : function.front()) {
      // States are no results. What else has no operands and is no constant makes values of its own.
      const bool isConstant =
          isa<nn::ConstOp, nn::NoValueOp, nn::VariableOp>(op) ||
          (op.getNumOperands() && llvm::none_of(op.getOperands(), [&](Value operand) { return isData(operand); }));
      if (!isConstant)
        llvm::for_each(op.getResults(), [&](Value result) { add(result); });
    }
  }

  bool isData(Value value) const { return members.contains(getRoot(value)); }
  /// Each value that depends on data, before any cast, in the order in which they are computed.
  auto roots() const { return llvm::make_first_range(members); }
  ArrayRef<Value> membersOf(Value root) const { return members.find(root)->second; }
  Value findName(StringRef name) const { return names.lookup(name); }

  /// The roots that `op` computes its results from.
  SmallVector<Value> operandsOf(Operation *op) const {
    SmallVector<Value> roots;
    for (Value operand : op->getOperands())
      if (isData(operand))
        roots.push_back(getRoot(operand));
    return roots;
  }

  /// The first quantized form of `root`, or itself.
  Value getCoarsest(Value root) const {
    for (Value member : membersOf(root))
      if (isa<quant::QuantizedType>(getElementTypeOrSelf(member)))
        return member;
    return root;
  }

private:
  void add(Value value) {
    auto type = dyn_cast<TensorType>(value.getType());
    if (!type || failed(getElementKind(type.getElementType())))
      return;
    const Value root = getRoot(value);
    members[root].push_back(value);
    StringRef name = getTensorName(value);
    if (name.empty())
      return;
    // A name of two values is none.
    auto [place, isNew] = names.try_emplace(name, root);
    if (!isNew && place->second != root)
      place->second = nullptr;
  }

  llvm::MapVector<Value, SmallVector<Value>> members;
  llvm::StringMap<Value> names;
};

/// Whether the order of operands does not matter.
bool isCommutative(Operation *op) { return isa<nn::AddOp, nn::MulOp, nn::MaximumOp, nn::MinimumOp>(op); }

/// Whether two operators do the same, as far as their kind says: a fused activation is part of it.
bool isSameKind(Operation *a, Operation *b) {
  if (a->getName() != b->getName() || a->getNumResults() != b->getNumResults())
    return false;
  if (auto generic = dyn_cast<nn::GenericOp>(a)) {
    auto other = cast<nn::GenericOp>(b);
    return generic.getBuiltin() == other.getBuiltin() && generic.getCustomCode() == other.getCustomCode();
  }
  constexpr llvm::StringLiteral activation = "fused_activation_function";
  return a->getAttr(activation) == b->getAttr(activation);
}

class Matcher {
public:
  Matcher(func::FuncOp expected, func::FuncOp actual) : expectedValues(expected), actualValues(actual) {}

  TensorMatch match(func::FuncOp expected, func::FuncOp actual, ArrayRef<unsigned> arguments,
                    ArrayRef<std::pair<unsigned, unsigned>> results) {
    for (auto [argument, index] : llvm::zip_equal(actual.getArguments(), arguments)) {
      Value given = expected.getArgument(index);
      take(given, argument, !getTensorName(given).empty() && getTensorName(given) == getTensorName(argument));
    }
    for (Value root : expectedValues.roots())
      matchByName(root);
    Operation *ends[] = {expected.front().getTerminator(), actual.front().getTerminator()};
    for (auto [ours, theirs] : results)
      take(getRoot(ends[0]->getOperand(ours)), getRoot(ends[1]->getOperand(theirs)), /*byName=*/false);
    for (Operation &op : expected.front())
      if (!isCast(&op))
        matchByPlace(&op);
    for (Operation &op : llvm::reverse(expected.front()))
      if (!isCast(&op))
        matchOperands(&op);
    return finish();
  }

private:
  bool canTake(Value expected, Value actual) const {
    return expectedValues.isData(expected) && actualValues.isData(actual) && !partners.contains(expected) &&
           !taken.contains(actual) && succeeded(verifyCompatibleShape(expected.getType(), actual.getType()));
  }
  bool take(Value expected, Value actual, bool byName) {
    if (!canTake(expected, actual))
      return false;
    partners[expected] = {expected, actual, byName};
    taken.insert(actual);
    return true;
  }

  void matchByName(Value root) {
    for (Value member : expectedValues.membersOf(root))
      if (Value other = actualValues.findName(getTensorName(member)))
        if (take(root, other, /*byName=*/true))
          return;
  }

  /// Whether `user` reads `operands`.
  static bool reads(Operation *user, const Values &values, ArrayRef<Value> operands) {
    SmallVector<Value> own = values.operandsOf(user);
    return ArrayRef<Value>(own) == operands ||
           (isCommutative(user) &&
            (own.size() == operands.size() && std::is_permutation(own.begin(), own.end(), operands.begin())));
  }

  /// Operators of `op`'s kind that compute from `operands` what nobody has matched yet.
  SmallVector<Operation *> findAlike(Operation *op, const Values &values, ArrayRef<Value> operands,
                                     llvm::function_ref<bool(Value)> isFree) const {
    llvm::SetVector<Operation *> found;
    for (Value member : values.membersOf(operands.front()))
      for (Operation *user : member.getUsers())
        if (!isCast(user) && isSameKind(op, user) && reads(user, values, operands) &&
            llvm::all_of(user->getResults(), isFree))
          found.insert(user);
    SmallVector<Operation *> list = found.takeVector();
    llvm::sort(list, [](Operation *a, Operation *b) { return a->isBeforeInBlock(b); });
    return list;
  }

  void matchByPlace(Operation *op) {
    const SmallVector<Value> operands = expectedValues.operandsOf(op);
    if (operands.empty() || op->getNumResults() == 0)
      return;
    SmallVector<Value> others;
    for (Value operand : operands) {
      auto partner = partners.find(operand);
      if (partner == partners.end())
        return;
      others.push_back(partner->second.actual);
    }
    auto ours = findAlike(op, expectedValues, operands, [&](Value value) { return !partners.contains(value); });
    auto theirs = findAlike(op, actualValues, others, [&](Value value) { return !taken.contains(value); });
    // Branches that begin alike are told apart by their order, if all are there.
    auto place = llvm::find(ours, op);
    if (place == ours.end() || ours.size() != theirs.size())
      return;
    for (auto [result, other] : llvm::zip_equal(op->getResults(), theirs[place - ours.begin()]->getResults()))
      take(result, other, /*byName=*/false);
  }

  /// Matches what `op` reads, if its result has a partner that an operator of the same kind computes.
  void matchOperands(Operation *op) {
    if (op->getNumResults() != 1 || isCommutative(op))
      return;
    auto partner = partners.find(op->getResult(0));
    Operation *other = partner == partners.end() ? nullptr : partner->second.actual.getDefiningOp();
    if (!other || !isSameKind(op, other))
      return;
    const SmallVector<Value> operands = expectedValues.operandsOf(op), others = actualValues.operandsOf(other);
    if (operands.size() != others.size())
      return;
    for (auto [ours, theirs] : llvm::zip_equal(operands, others))
      take(ours, theirs, /*byName=*/false);
  }

  TensorMatch finish() const {
    TensorMatch match;
    llvm::DenseMap<Value, SmallVector<unsigned>> sources;
    for (Value root : expectedValues.roots()) {
      llvm::SmallSetVector<unsigned, 4> inputs;
      if (Operation *op = root.getDefiningOp())
        for (Value operand : expectedValues.operandsOf(op))
          inputs.insert_range(sources[operand]);
      auto partner = partners.find(root);
      if (partner == partners.end()) {
        ++match.onlyExpected;
        sources[root] = inputs.takeVector();
        continue;
      }
      sources[root] = {unsigned(match.pairs.size())};
      match.pairs.push_back({root, actualValues.getCoarsest(partner->second.actual), partner->second.byName});
      match.inputs.push_back(inputs.takeVector());
    }
    match.onlyActual = std::distance(actualValues.roots().begin(), actualValues.roots().end()) - match.pairs.size();
    return match;
  }

  const Values expectedValues, actualValues;
  llvm::DenseMap<Value, TensorPair> partners;
  llvm::DenseSet<Value> taken;
};

} // namespace

TensorMatch matchTensors(func::FuncOp expected, func::FuncOp actual, ArrayRef<unsigned> arguments,
                         ArrayRef<std::pair<unsigned, unsigned>> results) {
  return Matcher(expected, actual).match(expected, actual, arguments, results);
}

} // namespace mlir::vernier
