//===- ApplyRecipe.cpp - What a recipe says, as attributes of operators ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Rules are applied in order, key by key; then each operator is held against what it was asked for.

#include "RecipeTargets.h"
#include "vernier/Dialect/QuantX/Blockwise.h"
#include "vernier/Dialect/QuantX/QuantX.h"
#include "vernier/Interfaces/TensorIdentity.h"
#include "vernier/Interfaces/TrainedRange.h"
#include "vernier/Transforms/Passes.h"
#include "llvm/ADT/EquivalenceClasses.h"

namespace mlir::vernier {

#define GEN_PASS_DEF_APPLYRECIPEPASS
#include "vernier/Transforms/Passes.h.inc"

namespace {

/// A key that some rule set, and the last one that did.
template <typename T> struct Asked {
  T value;
  const RecipeRule *rule = nullptr;
};

/// What the rules come to for one target.
struct Request {
  Asked<Scheme::Kind> scheme;
  Asked<unsigned> bits;
  Asked<bool> perTensor;
  Asked<int64_t> blockSize;
  Asked<RangeMethod> ranges;
};

class Application {
public:
  Application(ModuleOp module, const Recipe &recipe, SmallVectorImpl<ExplicitRange> *ranges)
      : module(module), recipe(recipe), ranges(ranges), targets(module) {
    Request defaults;
    defaults.scheme.value = recipe.scheme.kind;
    defaults.bits.value = recipe.scheme.weightBits;
    defaults.perTensor.value = recipe.scheme.perTensorWeights;
    defaults.blockSize.value = recipe.blockSize;
    defaults.ranges.value = recipe.ranges;
    requests.assign(targets.all().size(), defaults);
  }

  LogicalResult run() {
    MLIRContext *context = module.getContext();
    context->loadDialect<quantx::QuantXDialect>();
    module->setAttr(quantx::QuantXDialect::getSchemeAttrName(), quantx::SchemeAttr::get(context, recipe.scheme));
    if (recipe.blockSize != 0)
      module->setAttr(quantx::kBlockSizeAttrName, Builder(context).getI64IntegerAttr(recipe.blockSize));
    module->setAttr(quantx::QuantXDialect::getIOAttrName(), StringAttr::get(context, recipe.io));
    module->setAttr(quantx::QuantXDialect::getRangeMethodAttrName(),
                    StringAttr::get(context, getRangeMethodName(recipe.ranges)));
    for (const RecipeRule &rule : recipe.rules)
      if (failed(apply(rule)))
        return failure();
    followNeighbours();
    for (auto [target, request] : llvm::zip_equal(targets.all(), requests))
      if (failed(setAttributes(target, request)))
        return failure();
    return success();
  }

private:
  InFlightDiagnostic error(const RecipeRule &rule, StringRef key) {
    return module.emitError() << rule.placeOf(key) << ": ";
  }

  LogicalResult apply(const RecipeRule &rule) {
    FailureOr<SmallVector<unsigned>> matched = targets.match(rule);
    if (failed(matched))
      return failure();
    for (unsigned index : *matched) {
      Request &request = requests[index];
      if (rule.scheme) {
        // A width belongs to the scheme that it was asked for with, and a block to both.
        if (*rule.scheme != request.scheme.value) {
          const bool isDefault = *rule.scheme == recipe.scheme.kind;
          request.bits = {isDefault ? recipe.scheme.weightBits : 8, &rule};
          request.blockSize = {isDefault ? recipe.blockSize : 0};
        }
        request.scheme = {*rule.scheme, &rule};
      }
      if (rule.bits) {
        if (*rule.bits != request.bits.value)
          request.blockSize = {};
        request.bits = {*rule.bits, &rule};
      }
      if (rule.perTensor) {
        request.perTensor = {*rule.perTensor, &rule};
        request.blockSize = {*rule.blockSize, &rule};
      }
      if (rule.ranges)
        request.ranges = {*rule.ranges, &rule};
    }
    return rule.range ? setRanges(rule, *matched) : success();
  }

  /// Explicit ranges: on the values that have parameters of their own.
  LogicalResult setRanges(const RecipeRule &rule, ArrayRef<unsigned> matched) {
    std::string why;
    bool any = false;
    for (unsigned index : matched)
      for (Value value : targets.valuesOf(index, rule)) {
        if (auto reason = reasonAgainstRange(value, requests[index])) {
          why = *reason;
          continue;
        }
        setTrainedRange(value, {rule.range->first, rule.range->second});
        if (ranges)
          ranges->push_back({value, rule.placeOf("range")});
        any = true;
      }
    if (any || matched.empty())
      return success();
    return error(rule, "range") << "cannot be set: " << why;
  }

  /// Why the parameters of `value` do not follow from a range of its own, or nothing.
  std::optional<std::string> reasonAgainstRange(Value value, const Request &request) {
    auto type = dyn_cast<ShapedType>(value.getType());
    std::string name = ("tensor '" + getTensorName(value) + "'").str();
    if (!type || !type.getElementType().isF32())
      return name + " does not hold float32";
    auto result = dyn_cast<OpResult>(value);
    auto producer = result ? dyn_cast<QuantizableOpInterface>(result.getOwner()) : QuantizableOpInterface();
    Scheme scheme;
    scheme.kind = request.scheme.value;
    // The range of a float value is what integer operators read it with.
    if (!producer || !scheme.quantizesActivations())
      return std::nullopt;
    QuantSource source = producer.getResultSource(result.getResultNumber(), scheme);
    switch (source.kind) {
    case QuantSource::Kind::Fixed:
      return describe(producer) + " fixes the scale of what it computes";
    case QuantSource::Kind::Shared:
      if (!source.shared.isResult && source.shared.index < producer->getNumOperands())
        return (describe(producer) + " has the range of its operand; set that of tensor '" +
                getTensorName(producer->getOperand(source.shared.index)) + "'")
            .str();
      return std::nullopt;
    default:
      return std::nullopt;
    }
  }

  /// Whether target `index` only moves values, and no rule says what it is to be.
  bool isFree(unsigned index) const {
    auto op = dyn_cast_or_null<QuantizableOpInterface>(targets.all()[index].op);
    if (!op || requests[index].scheme.rule)
      return false;
    using Kind = QuantSource::Kind;
    for (unsigned i = 0, e = op->getNumOperands(); i < e; ++i)
      if (Kind kind = op.getOperandSource(i, Scheme()).kind; kind != Kind::Shared && kind != Kind::Untouched)
        return false;
    return op->getNumResults() != 0 && op.getResultSource(0, Scheme()).kind == Kind::Shared;
  }

  /// What moves values between operators of one kind is of that kind: casts around it would only lose precision.
  /// Inputs, outputs and constants have no say.
  void followNeighbours() {
    if (recipe.rules.empty())
      return;
    DenseMap<Operation *, unsigned> indices;
    for (auto [index, target] : llvm::enumerate(targets.all()))
      if (target.op)
        indices[target.op] = index;
    llvm::EquivalenceClasses<unsigned> groups;
    DenseMap<unsigned, SmallVector<unsigned>> neighbours;
    for (auto [index, target] : llvm::enumerate(targets.all())) {
      if (!isFree(index))
        continue;
      groups.insert(index);
      SmallVector<Operation *> beside(target.op->user_begin(), target.op->user_end());
      for (Value operand : target.op->getOperands())
        beside.push_back(operand.getDefiningOp());
      for (Operation *other : beside) {
        auto found = indices.find(other);
        if (found == indices.end())
          continue;
        if (isFree(found->second))
          groups.unionSets(index, found->second);
        else
          neighbours[index].push_back(found->second);
      }
    }
    for (const auto &group : groups) {
      if (!group->isLeader())
        continue;
      std::optional<Scheme> common;
      bool agree = true;
      for (unsigned member : groups.members(*group))
        for (unsigned neighbour : neighbours.lookup(member)) {
          Scheme scheme;
          scheme.kind = requests[neighbour].scheme.value;
          // Under all other schemes activations are float.
          if (!scheme.quantizesActivations())
            scheme.kind = Scheme::Kind::Float;
          agree &= !common || common->kind == scheme.kind;
          common = scheme;
        }
      if (!agree || !common)
        continue;
      for (unsigned member : groups.members(*group))
        if (recipe.scheme.quantizesActivations() || common->quantizesActivations())
          requests[member].scheme.value = common->kind;
    }
  }

  LogicalResult setAttributes(const RecipeTarget &target, const Request &request) {
    MLIRContext *context = module.getContext();
    if (request.ranges.value != recipe.ranges)
      target.setAttr(quantx::QuantXDialect::getRangeMethodAttrName(),
                     StringAttr::get(context, getRangeMethodName(request.ranges.value)));
    if (!target.op)
      return success();
    Scheme scheme;
    scheme.kind = request.scheme.value;
    scheme.perTensorWeights = request.perTensor.value;
    scheme.weightBits = request.bits.rule || request.scheme.value == recipe.scheme.kind ? request.bits.value : 8;
    if (!scheme.acceptsWeightBits(scheme.weightBits))
      return error(*request.bits.rule, "bits") << describe(target.op) << ": weights of " << scheme.weightBits
                                               << " bits have no form in " << scheme.name();
    if (request.blockSize.rule && request.blockSize.value != 0 && !quantx::hasBlocks(scheme))
      return error(*request.blockSize.rule, "granularity")
             << describe(target.op) << ": blocks of a row have no form in " << scheme.name() << " of "
             << scheme.weightBits << " bits; expected weight-only of 4";
    if (request.blockSize.value != recipe.blockSize)
      target.setAttr(quantx::kBlockSizeAttrName, Builder(context).getI64IntegerAttr(request.blockSize.value));
    if (!(scheme == recipe.scheme))
      target.setAttr(quantx::QuantXDialect::getSchemeAttrName(), quantx::SchemeAttr::get(context, scheme));
    return success();
  }

  ModuleOp module;
  const Recipe &recipe;
  SmallVectorImpl<ExplicitRange> *ranges;
  RecipeTargets targets;
  std::vector<Request> requests;
};

struct ApplyRecipePass : impl::ApplyRecipePassBase<ApplyRecipePass> {
  using ApplyRecipePassBase::ApplyRecipePassBase;

  void runOnOperation() override {
    llvm::Expected<Recipe> parsed = readRecipe(recipe);
    if (!parsed) {
      getOperation().emitError() << llvm::toString(parsed.takeError());
      return signalPassFailure();
    }
    if (failed(applyRecipe(getOperation(), *parsed)))
      signalPassFailure();
  }
};

} // namespace

LogicalResult applyRecipe(ModuleOp module, const Recipe &recipe, SmallVectorImpl<ExplicitRange> *ranges) {
  return Application(module, recipe, ranges).run();
}

} // namespace mlir::vernier
