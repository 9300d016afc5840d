//===- ResolveScales.cpp - Choose scales and zero points --------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Activations first, by class; then constants; then what ties them together: output scales that
// runtimes accept and biases that fit. The ties only ever raise scales, so they come to rest.

#include "ScaleClasses.h"
#include "vernier/Interfaces/ConstantData.h"
#include "vernier/Interfaces/TensorIdentity.h"
#include "vernier/Transforms/Passes.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"
#include <cmath>
#include <optional>

namespace mlir::vernier {

#define GEN_PASS_DEF_RESOLVESCALESPASS
#include "vernier/Transforms/Passes.h.inc"

namespace {

/// Biases stay below half of their integer range, so that the accumulator has the other half
/// (TFLite's converter keeps the same margin).
constexpr double kLargestBias = 1 << 30;

using Kind = QuantSource::Kind;

/// The scales of one constant: one, or one for each slice of `spec.axis`.
struct WeightScales {
  QuantSpec spec;
  SmallVector<double> scales;
  double largest() const { return *std::max_element(scales.begin(), scales.end()); }
};

ArrayRef<int64_t> shapeOf(Value value) { return cast<RankedTensorType>(value.getType()).getShape(); }

class Resolver {
public:
  explicit Resolver(ModuleOp module) : module(module), slots(findCallSlots(module)) {}

  LogicalResult run() {
    std::optional<ScaleClasses> classes;
    do {
      chooseParticipants();
      passUnusedMarks();
      integerSlots.clear();
      weights.clear();
      for (CallSlot &slot : slots)
        if (slot.floatReason.empty())
          integerSlots.push_back(&slot);
      classes.emplace(participants, integerSlots);
      for (QuantizableOpInterface op : participants)
        resolveValues(op, *classes);
      // No operator has to stand beside every class: a branch may give what it requantizes.
      for (const CallSlot *slot : integerSlots)
        for (quantx::FakeQuantOp mark : slot->marks())
          resolveClass(mark, *classes);
      settle(*classes);
    } while (dropUnsuited(*classes));
    for (CallSlot &slot : slots)
      if (!slot.floatReason.empty())
        for (Operation *caller : llvm::make_filter_range(slot.callers, quantizesActivations))
          quantx::setFloatReason(caller, describe(slot) + " stays float: " + slot.floatReason);
    if (failed(setParameters(*classes)))
      return failure();
    eraseUnresolvedMarks();
    return success();
  }

private:
  static bool quantizesActivations(Operation *op) { return schemeOf(op).quantizesActivations(); }

  /// How messages name a value that passes through calls.
  static std::string describe(const CallSlot &slot) {
    // A callee that is not there has no arguments.
    Value value = slot.definitions.empty() ? slot.uses.front()->get() : slot.definitions.front();
    return ("value '" + getTensorName(value) + "'").str();
  }

  /// The slot that `mark` is the mark of a definition of, or null.
  const CallSlot *findSlot(quantx::FakeQuantOp mark) const {
    for (const CallSlot &slot : slots)
      if (slot.floatReason.empty() && llvm::is_contained(slot.definitions, mark.getInput()))
        return &slot;
    return nullptr;
  }

  /// Why the values of `slot` cannot be integers, or nothing.
  std::optional<std::string> reasonToStayFloat(const CallSlot &slot) {
    auto integers = [&](Operation *op) {
      auto quantizable = dyn_cast_or_null<QuantizableOpInterface>(op);
      return quantizable && !quantx::staysFloat(op);
    };
    bool isUseful = false, hasAnyRange = false;
    for (quantx::FakeQuantOp mark : slot.marks()) {
      if (!mark)
        return "a place where it is given or taken carries no quantx.fake_quant of its own";
      hasAnyRange |= hasOwnRange(mark);
      isUseful |= integers(mark.getInput().getDefiningOp()) || llvm::any_of(mark->getUsers(), integers);
    }
    if (!hasAnyRange)
      return "the statistics have no range for it";
    if (!isUseful)
      return "no operator beside it computes in integers";
    return std::nullopt;
  }

  /// Whether `mark` can get parameters: they may come with a call, too.
  bool hasRange(quantx::FakeQuantOp mark) { return hasOwnRange(mark) || findSlot(mark); }

  /// Whether `mark` can get parameters without regard to calls: it sits on a constant, or has been calibrated, or takes
  /// its parameters from elsewhere.
  bool hasOwnRange(quantx::FakeQuantOp mark) {
    if (mark.getStatistics())
      return true;
    if (getConstantElements(mark.getInput()))
      return bool(getConstantData(mark.getInput()));
    if (auto source = mark.getInput().getDefiningOp<quantx::FakeQuantOp>())
      return hasRange(source);
    auto result = dyn_cast<OpResult>(mark.getInput());
    auto producer = result ? dyn_cast<QuantizableOpInterface>(result.getOwner()) : QuantizableOpInterface();
    if (!producer || quantx::staysFloat(producer))
      return false;
    Kind kind = producer.getResultSource(result.getResultNumber(), schemeOf(producer)).kind;
    return kind == Kind::Shared || kind == Kind::Fixed;
  }

  /// Why `op` cannot be quantized with the marks that it has, or nothing.
  std::optional<std::string> reasonToStayFloat(QuantizableOpInterface op) {
    auto check = [&](quantx::FakeQuantOp mark, StringRef what, unsigned index) -> std::optional<std::string> {
      if (!mark)
        return (what + " " + Twine(index) + " carries no quantx.fake_quant").str();
      if (!hasRange(mark))
        return ("no statistics for " + what + " " + Twine(index) + " ('" + mark.getTensorName().value_or("unnamed") +
                "'): the statistics have no range for it")
            .str();
      return std::nullopt;
    };
    for (unsigned i = 0, e = op->getNumOperands(); i < e; ++i)
      if (op.getOperandSource(i, schemeOf(op)).kind != Kind::Untouched && !isa<NoneType>(op->getOperand(i).getType()))
        if (auto reason = check(getOperandMark(op, i), "operand", i))
          return reason;
    for (OpResult result : op->getResults()) {
      Kind kind = op.getResultSource(result.getResultNumber(), schemeOf(op)).kind;
      if (kind != Kind::Untouched)
        if (auto reason = check(getResultMark(result), "result", result.getResultNumber()))
          return reason;
    }
    for (auto [index, tensor] : llvm::enumerate(op.getInternalTensors(schemeOf(op)))) {
      if (tensor.source.kind != Kind::Own)
        continue;
      quantx::InternalAttr internal = quantx::getInternal(op, index);
      if (!internal || !internal.getStatistics())
        return "no statistics for its " + tensor.name + ": the statistics have no range for it";
    }
    return std::nullopt;
  }

  /// Why the constants of `op` cannot be quantized: no integer stands for NaN. Infinities saturate.
  static std::optional<std::string> findNaN(QuantizableOpInterface op) {
    for (auto [index, operand] : llvm::enumerate(op->getOperands()))
      if (auto mark = operand.getDefiningOp<quantx::FakeQuantOp>())
        if (auto data = getConstantData(mark.getInput()))
          if (llvm::any_of(data->as<float>(), [](float value) { return std::isnan(value); }))
            return ("operand " + Twine(index) + " ('" + mark.getTensorName().value_or("unnamed") + "') holds NaN")
                .str();
    return std::nullopt;
  }

  /// An operator that drops out makes its results plain float values, which need statistics of their own: repeat.
  void chooseParticipants() {
    SmallVector<QuantizableOpInterface> candidates;
    module.walk<WalkOrder::PreOrder>([&](QuantizableOpInterface op) {
      bool marked =
          llvm::any_of(op->getOperands(), [](Value v) { return bool(v.getDefiningOp<quantx::FakeQuantOp>()); });
      if (!marked || quantx::staysFloat(op))
        return;
      if (auto reason = findNaN(op))
        quantx::setFloatReason(op, *reason, "finite constants in the model");
      else
        candidates.push_back(op);
    });
    for (bool changed = true; changed;) {
      changed = false;
      participants.clear();
      for (QuantizableOpInterface op : candidates) {
        if (!quantx::getFloatReason(op).empty())
          continue;
        if (auto reason = reasonToStayFloat(op)) {
          quantx::setFloatReason(op, *reason, "samples that reach it, or a recipe with a 'range' for that tensor");
          changed = true;
        } else {
          participants.push_back(op);
        }
      }
      for (CallSlot &slot : slots) {
        if (!slot.floatReason.empty())
          continue;
        if (auto reason = reasonToStayFloat(slot)) {
          slot.floatReason = *reason;
          changed = true;
        }
      }
    }
  }

  /// Gives up operators whose kernels cannot work with the scales found; returns whether there was one.
  bool dropUnsuited(ScaleClasses &classes) {
    bool dropped = false;
    for (QuantizableOpInterface op : participants)
      for (unsigned i = 0, e = op->getNumOperands(); i < e; ++i) {
        double scale = operandScale(op, i, classes), most = op.getOperandSource(i, schemeOf(op)).maxScale;
        if (scale <= most)
          continue;
        std::string reason;
        llvm::raw_string_ostream(reason) << "operand " << i << " has a scale of " << llvm::format("%g", scale)
                                         << ", and the largest that its kernels work with is "
                                         << llvm::format("%.8g", most);
        quantx::setFloatReason(op, reason);
        dropped = true;
        break;
      }
    return dropped;
  }

  /// A value that is marked in two ways is rounded twice where an operator computes it as integers. Where none does
  /// after all, the second mark is on the value itself.
  void passUnusedMarks() {
    DenseSet<Operation *> computed(participants.begin(), participants.end());
    module.walk([&](quantx::FakeQuantOp mark) {
      auto first = mark.getInput().getDefiningOp<quantx::FakeQuantOp>();
      if (!first || computed.contains(first.getInput().getDefiningOp()) || findSlot(first))
        return;
      if (!mark.getStatistics() && first.getStatistics())
        mark.setStatisticsAttr(*first.getStatistics());
      mark.getInputMutable().assign(first.getInput());
    });
  }

  /// Parameters of the class of `mark`; false where it has none.
  bool resolveClass(quantx::FakeQuantOp mark, ScaleClasses &classes) {
    ScaleClass *shared = mark ? classes.classOf(mark) : nullptr;
    if (shared && !shared->fixedBy)
      shared->parameters = chooseParameters(shared->min, shared->max, shared->spec);
    return shared != nullptr;
  }

  /// Parameters of the classes that `op` touches, and of its weights.
  void resolveValues(QuantizableOpInterface op, ScaleClasses &classes) {
    for (OpResult result : op->getResults())
      resolveClass(getResultMark(result), classes);
    for (unsigned i = 0, e = op->getNumOperands(); i < e; ++i) {
      quantx::FakeQuantOp mark = getOperandMark(op, i);
      if (!mark || resolveClass(mark, classes) || op.getOperandSource(i, schemeOf(op)).kind != Kind::Own)
        continue;
      weights[mark] = chooseWeights(mark, classes);
    }
  }

  /// Symmetric scales from the largest magnitude of each slice, or those of a file before. A slice of zeros takes the
  /// scale of the largest one: any does for the weights, and its bias fits.
  WeightScales chooseWeights(quantx::FakeQuantOp mark, ScaleClasses &classes) {
    WeightScales result;
    result.spec = mark.getSpec().getValue();
    if (auto data = getConstantData(mark.getInput())) {
      SmallVector<double> magnitudes = largestMagnitudes(data->as<float>(), shapeOf(mark.getInput()), result.spec.axis);
      double widest = magnitudes.empty() ? 0 : *std::max_element(magnitudes.begin(), magnitudes.end());
      for (double magnitude : magnitudes)
        result.scales.push_back(chooseParameters(0, magnitude > 0 ? magnitude : widest, result.spec).scale);
      // Integers that a file held before are held again without loss.
      if (!result.spec.powerOfTwo)
        for (auto [scale, trained] : llvm::zip(result.scales, findTrainedScales(mark.getInput(), result.spec)))
          scale = trained > 0 ? trained : scale;
      return result;
    }
    result.scales.push_back(chooseParameters(0, computedMagnitude(mark, classes), result.spec).scale);
    return result;
  }

  /// The largest magnitude of weights that are computed: what calibration saw of them or, where their
  /// parameters come from elsewhere, what those can express.
  double computedMagnitude(quantx::FakeQuantOp mark, ScaleClasses &classes) {
    quantx::FakeQuantOp source = mark;
    while (!source.getStatistics() && source.getInput().getDefiningOp<quantx::FakeQuantOp>())
      source = source.getInput().getDefiningOp<quantx::FakeQuantOp>();
    if (auto statistics = source.getStatistics())
      return std::max(std::abs(statistics->minimum()), std::abs(statistics->maximum()));
    ScaleClass *shared = classes.classOf(source);
    if (!shared)
      return 0;
    double low = double(shared->spec.storageMin() - shared->parameters.zeroPoint);
    double high = double(shared->spec.storageMax() - shared->parameters.zeroPoint);
    return shared->parameters.scale * std::max(std::abs(low), std::abs(high));
  }

  /// The largest scale of operand `index`, or 0.
  double operandScale(QuantizableOpInterface op, unsigned index, ScaleClasses &classes) {
    quantx::FakeQuantOp mark = getOperandMark(op, index);
    if (!mark)
      return 0;
    if (ScaleClass *shared = classes.classOf(mark))
      return shared->parameters.scale;
    auto found = weights.find(mark);
    return found == weights.end() ? 0 : found->second.largest();
  }

  /// The parameters of internal tensor `index`.
  AffineParameters internalParameters(QuantizableOpInterface op, unsigned index, ScaleClasses &classes) {
    QuantSource source = op.getInternalTensors(schemeOf(op))[index].source;
    if (source.kind == Kind::Shared) {
      ScaleClass *shared = classes.classOf(source.shared.isResult ? getResultMark(op->getResult(source.shared.index))
                                                                  : getOperandMark(op, source.shared.index));
      return shared ? shared->parameters : AffineParameters();
    }
    quantx::StatisticsAttr statistics = quantx::getInternal(op, index).getStatistics();
    AffineParameters parameters = chooseParameters(statistics.minimum(), statistics.maximum(), source.spec);
    parameters.scale = std::min(std::max(parameters.scale, source.minScale), source.maxScale);
    return parameters;
  }

  /// What a derived scale has beside the scales of the weight, its last factor.
  double derivedFactor(QuantizableOpInterface op, const QuantSource &source, ScaleClasses &classes) {
    double factor = source.multiplier;
    for (unsigned operand : ArrayRef(source.factors).drop_back())
      factor *= operandScale(op, operand, classes);
    if (source.internalFactor)
      factor *= internalParameters(op, *source.internalFactor, classes).scale;
    return factor;
  }

  /// Raises output and weight scales until every operator loads and every bias fits.
  void settle(ScaleClasses &classes) {
    for (bool changed = true; changed;) {
      changed = false;
      for (QuantizableOpInterface op : participants)
        changed |= raiseForBias(op, classes) | raiseForRuntime(op, classes);
    }
  }

  bool raiseForRuntime(QuantizableOpInterface op, ScaleClasses &classes) {
    if (op->getNumResults() == 0 || op.getResultSource(0, schemeOf(op)).kind != Kind::Own)
      return false;
    ScaleClass *output = classes.classOf(getResultMark(op->getResult(0)));
    SmallVector<double> operandScales;
    for (unsigned i = 0, e = op->getNumOperands(); i < e; ++i)
      operandScales.push_back(operandScale(op, i, classes));
    double smallest = op.getMinResultScale(operandScales);
    if (!output || output->fixedBy || output->parameters.scale >= smallest)
      return false;
    // One part in a million above the bound: float32 must not round below it.
    double scale = roundScale(smallest * 1.000001);
    if (scale <= output->parameters.scale)
      return false;
    // The wider range that has this scale; zero keeps its place in proportion.
    double factor = scale / output->parameters.scale;
    output->parameters = chooseParameters(output->min * factor, output->max * factor, output->spec);
    output->parameters.scale = std::max(output->parameters.scale, scale);
    output->min *= factor;
    output->max *= factor;
    return true;
  }

  bool raiseForBias(QuantizableOpInterface op, ScaleClasses &classes) {
    bool changed = false;
    for (unsigned i = 0, e = op->getNumOperands(); i < e; ++i) {
      QuantSource source = op.getOperandSource(i, schemeOf(op));
      if (source.kind != Kind::Derived || !getOperandMark(op, i))
        continue;
      std::optional<ConstantData> bias = getConstantData(getOperandMark(op, i).getInput());
      auto weight = weights.find(getOperandMark(op, source.factors.back()));
      if (!bias || weight == weights.end())
        continue;
      double inputScale = derivedFactor(op, source, classes);
      SmallVectorImpl<double> &scales = weight->second.scales;
      ArrayRef<float> values = bias->as<float>();
      for (size_t channel = 0; channel < values.size(); ++channel) {
        double &scale = scales[scales.size() == 1 ? 0 : channel % scales.size()];
        double needed = std::abs(double(values[channel])) / (kLargestBias * inputScale);
        if (std::isfinite(needed) && scale < needed) {
          double raised = roundScale(needed * 1.000001);
          changed |= raised > scale;
          scale = std::max(scale, raised);
        }
      }
    }
    return changed;
  }

  LogicalResult setParams(quantx::FakeQuantOp mark, QuantSpec spec, ArrayRef<double> scales,
                          ArrayRef<int64_t> zeroPoints) {
    Type expressed = cast<RankedTensorType>(mark.getType()).getElementType();
    Type type = quantx::getQuantizedElementType([&] { return mark.emitError(); }, spec, expressed, scales, zeroPoints);
    if (!type)
      return failure();
    mark.setSpecAttr(quantx::SpecAttr::get(mark.getContext(), spec));
    mark.setParamsAttr(TypeAttr::get(type));
    return success();
  }

  LogicalResult setBias(QuantizableOpInterface op, unsigned index, ScaleClasses &classes) {
    QuantSource source = op.getOperandSource(index, schemeOf(op));
    quantx::FakeQuantOp mark = getOperandMark(op, index);
    double inputScale = derivedFactor(op, source, classes);
    auto weight = weights.find(getOperandMark(op, source.factors.back()));
    if (weight == weights.end())
      return op->emitOpError() << "operand " << index << " is derived from operand " << source.factors.back()
                               << ", which has no scales of its own";
    QuantSpec spec = source.spec;
    ArrayRef<int64_t> shape = shapeOf(mark.getInput());
    if (weight->second.scales.size() > 1) {
      // A bias has one element for each slice of the weight; it may carry leading dimensions of 1.
      if (shape.empty() || shape.back() != int64_t(weight->second.scales.size()))
        return op->emitOpError() << "operand " << index << " has " << mark.getType() << ", but operand "
                                 << source.factors.back() << " has " << weight->second.scales.size() << " scales";
      spec.axis = shape.size() - 1;
    }
    SmallVector<double> scales;
    for (double scale : weight->second.scales)
      scales.push_back(roundScale(inputScale * scale));
    SmallVector<int64_t> zeroPoints(scales.size(), 0);
    return setParams(mark, spec, scales, zeroPoints);
  }

  LogicalResult setInternals(QuantizableOpInterface op, ScaleClasses &classes) {
    for (unsigned i = 0, e = quantx::getNumInternals(op); i < e; ++i) {
      quantx::InternalAttr internal = quantx::getInternal(op, i);
      if (!internal)
        continue;
      AffineParameters parameters = internalParameters(op, i, classes);
      Type type =
          quantx::getQuantizedElementType([&] { return op.emitError(); }, internal.getSpec().getValue(),
                                          Float32Type::get(op.getContext()), parameters.scale, parameters.zeroPoint);
      if (!type)
        return failure();
      quantx::setInternal(op, i,
                          quantx::InternalAttr::get(op.getContext(), internal.getName(), internal.getSpec(),
                                                    internal.getStatistics(), type));
    }
    return success();
  }

  /// Parameters of what passes through calls, wherever it is given or taken.
  LogicalResult setSlotParameters(const CallSlot &slot, ScaleClasses &classes) {
    for (quantx::FakeQuantOp mark : slot.marks()) {
      if (mark.getParams())
        continue;
      const AffineParameters &parameters = classes.classOf(mark)->parameters;
      if (failed(setParams(mark, slot.spec, parameters.scale, parameters.zeroPoint)))
        return failure();
    }
    return success();
  }

  LogicalResult setParameters(ScaleClasses &classes) {
    for (const CallSlot *slot : integerSlots)
      if (failed(setSlotParameters(*slot, classes)))
        return failure();
    for (QuantizableOpInterface op : participants) {
      if (failed(setInternals(op, classes)))
        return failure();
      SmallVector<quantx::FakeQuantOp> marks;
      for (OpResult result : op->getResults())
        marks.push_back(getResultMark(result));
      for (unsigned i = 0, e = op->getNumOperands(); i < e; ++i) {
        if (op.getOperandSource(i, schemeOf(op)).kind == Kind::Derived && getOperandMark(op, i)) {
          if (failed(setBias(op, i, classes)))
            return failure();
        } else {
          marks.push_back(getOperandMark(op, i));
        }
      }
      for (quantx::FakeQuantOp mark : marks) {
        if (!mark || mark.getParams())
          continue;
        if (ScaleClass *shared = classes.classOf(mark)) {
          if (failed(setParams(mark, shared->spec, shared->parameters.scale, shared->parameters.zeroPoint)))
            return failure();
        } else if (auto weight = weights.find(mark); weight != weights.end()) {
          SmallVector<int64_t> zeroPoints(weight->second.scales.size(), 0);
          if (failed(setParams(mark, weight->second.spec, weight->second.scales, zeroPoints)))
            return failure();
        }
      }
    }
    return success();
  }

  /// Marks of operators that stay float mark nothing any more.
  void eraseUnresolvedMarks() {
    SmallVector<quantx::FakeQuantOp> unresolved;
    module.walk([&](quantx::FakeQuantOp mark) {
      if (!mark.getParams())
        unresolved.push_back(mark);
    });
    for (quantx::FakeQuantOp mark : llvm::reverse(unresolved)) {
      mark.getOutput().replaceAllUsesWith(mark.getInput());
      mark.erase();
    }
    module.walk([](Operation *op) {
      if (!quantx::getFloatReason(op).empty())
        op->removeAttr(quantx::QuantXDialect::getInternalAttrName());
    });
  }

  ModuleOp module;
  SmallVector<QuantizableOpInterface> participants;
  SmallVector<CallSlot> slots;
  /// Those of `slots` that become integers.
  SmallVector<CallSlot *> integerSlots;
  llvm::DenseMap<Operation *, WeightScales> weights;
};

struct ResolveScalesPass : impl::ResolveScalesPassBase<ResolveScalesPass> {
  using ResolveScalesPassBase::ResolveScalesPassBase;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    if (!quantx::getScheme(module)) {
      module.emitError() << "has no '" << quantx::QuantXDialect::getSchemeAttrName()
                         << "'; run quantx-insert-fake-quant first";
      return signalPassFailure();
    }
    if (failed(Resolver(module).run()))
      signalPassFailure();
  }
};

} // namespace
} // namespace mlir::vernier
