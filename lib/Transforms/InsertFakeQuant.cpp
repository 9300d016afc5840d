//===- InsertFakeQuant.cpp - Mark every value that the scheme quantizes ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One fake_quant on each result that quantizes, one on each argument or float result that a
// quantizable operator reads, one on each constant operand. Everything else in quantization refers
// to these marks.

#include "ScaleClasses.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/Matchers.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "vernier/Dialect/QuantX/QuantX.h"
#include "vernier/Interfaces/ConstantData.h"
#include "vernier/Interfaces/QuantInterfaces.h"
#include "vernier/Interfaces/TensorIdentity.h"
#include "vernier/Interfaces/TrainedRange.h"
#include "vernier/Transforms/Passes.h"
#include "llvm/ADT/StringSet.h"

namespace mlir::vernier {

#define GEN_PASS_DEF_INSERTFAKEQUANTPASS
#include "vernier/Transforms/Passes.h.inc"

namespace {

Type elementTypeOf(Value value) {
  auto type = dyn_cast<ShapedType>(value.getType());
  return type ? type.getElementType() : Type();
}

bool isFloatTensor(Value value) { return isa_and_nonnull<FloatType>(elementTypeOf(value)); }
bool isQuantizedTensor(Value value) { return isa_and_nonnull<quant::QuantizedType>(elementTypeOf(value)); }

/// Whether `op` computes on float tensors at all: neither a source of data nor structure nor a border cast.
bool computesOnFloat(Operation *op) {
  if (op->getNumOperands() == 0 || op->getNumResults() == 0 || op->hasTrait<OpTrait::IsTerminator>() ||
      isa<quantx::FakeQuantOp>(op))
    return false;
  auto touches = [&](auto predicate) {
    return llvm::any_of(op->getOperands(), predicate) || llvm::any_of(op->getResults(), predicate);
  };
  return touches(isFloatTensor) && !touches(isQuantizedTensor);
}

/// Why `op` cannot be quantized, or nothing.
std::optional<std::string> reasonToStayFloat(Operation *op, const Scheme &scheme) {
  auto quantizable = dyn_cast<QuantizableOpInterface>(op);
  if (!quantizable)
    return scheme.quantizesActivations() ? std::make_optional("it has no " + scheme.name().str() + " form")
                                         : std::nullopt;
  if (auto reason = quantizable.getReasonToStayFloat(scheme))
    return reason;
  auto check = [&](Value value, const QuantSource &source, StringRef what,
                   unsigned index) -> std::optional<std::string> {
    if (source.kind == QuantSource::Kind::Untouched || isa<NoneType>(value.getType()))
      return std::nullopt;
    if (!isa<RankedTensorType>(value.getType()) || !elementTypeOf(value).isF32()) {
      std::string text;
      llvm::raw_string_ostream(text) << what << " " << index << " has type " << value.getType()
                                     << ", not a ranked tensor of f32";
      return text;
    }
    if (source.kind == QuantSource::Kind::Derived && !getConstantElements(value))
      return (what + " " + Twine(index) + ", its bias, is computed at run time").str();
    if (!scheme.quantizesActivations() && source.kind == QuantSource::Kind::Own && !getConstantElements(value))
      return (what + " " + Twine(index) + ", its weight, is computed at run time").str();
    return std::nullopt;
  };
  for (auto [index, operand] : llvm::enumerate(op->getOperands()))
    if (auto reason = check(operand, quantizable.getOperandSource(index, scheme), "operand", index))
      return reason;
  for (auto [index, result] : llvm::enumerate(op->getResults()))
    if (auto reason = check(result, quantizable.getResultSource(index, scheme), "result", index))
      return reason;
  return std::nullopt;
}

/// Whether `op`, whose scheme quantizes constants alone, moves values that are computed: nothing is asked of it.
bool movesComputed(Operation *op, const Scheme &scheme) {
  auto quantizable = dyn_cast<QuantizableOpInterface>(op);
  return quantizable && !scheme.quantizesActivations() && llvm::any_of(op->getOpOperands(), [&](OpOperand &operand) {
           return quantizable.getOperandSource(operand.getOperandNumber(), scheme).kind == QuantSource::Kind::Shared &&
                  !getConstantElements(operand.get());
         });
}

/// What would bring `op`, which has no form under `scheme`, nearer to it: another scheme that it has a form in, the
/// nearest first.
std::string remedyFor(Operation *op, const Scheme &scheme) {
  for (Scheme::Kind kind : {Scheme::Kind::Int8, Scheme::Kind::Int16x8, Scheme::Kind::Dynamic}) {
    Scheme other;
    other.kind = kind;
    auto quantizable = dyn_cast<QuantizableOpInterface>(op);
    auto touches = [&](unsigned index) {
      return quantizable.getOperandSource(index, other).kind != QuantSource::Kind::Untouched;
    };
    if (quantizable && kind != scheme.kind && !reasonToStayFloat(op, other) &&
        llvm::any_of(llvm::seq(op->getNumOperands()), touches))
      return ("a recipe that asks for " + other.name() + " here, which has a form for it").str();
  }
  return "other operators in the model: no scheme has a form for this one as it stands";
}

/// Names that statistics files know values by: the file's names, made unique in program order. Those of functions other
/// than the first begin with the function's. All float values are numbered, marked or not: a name does not depend on
/// what becomes of other values.
class NameTable {
public:
  explicit NameTable(ModuleOp module) {
    auto functions = module.getOps<FunctionOpInterface>();
    main = functions.empty() ? nullptr : (*functions.begin()).getOperation();
    auto add = [&](Value value) {
      if (isFloatTensor(value))
        get(value);
    };
    module.walk<WalkOrder::PreOrder>([&](Operation *op) {
      if (op->getNumOperands() != 0)
        llvm::for_each(op->getResults(), add);
      for (Region &region : op->getRegions())
        for (Block &block : region)
          llvm::for_each(block.getArguments(), add);
    });
  }

  std::string get(Value value) {
    auto [entry, isNew] = names.try_emplace(value);
    if (isNew)
      entry->second = take(value.getParentRegion()->getParentOp(), getTensorName(value));
    return entry->second;
  }
  /// A name for something at or in `op`.
  std::string take(Operation *op, StringRef tensor) {
    if (tensor.empty())
      tensor = "tensor";
    auto function = dyn_cast<FunctionOpInterface>(op);
    if (!function)
      function = op->getParentOfType<FunctionOpInterface>();
    std::string base = tensor.str();
    if (function && function != main)
      base = ("@" + function.getName() + "/" + tensor).str();
    std::string candidate = base;
    for (unsigned suffix = 2; !used.insert(candidate).second; ++suffix)
      candidate = (base + "#" + Twine(suffix)).str();
    return candidate;
  }

private:
  Operation *main = nullptr;
  llvm::StringSet<> used;
  DenseMap<Value, std::string> names;
};

struct InsertFakeQuantPass : impl::InsertFakeQuantPassBase<InsertFakeQuantPass> {
  using InsertFakeQuantPassBase::InsertFakeQuantPassBase;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    if (failed(setModuleScheme(module)))
      return signalPassFailure();
    bool marked = false;
    module.walk([&](quantx::FakeQuantOp) { marked = true; });
    if (marked) {
      module.emitError() << "already has quantx.fake_quant operators; run this pass once, on float operators";
      return signalPassFailure();
    }
    SmallVector<QuantizableOpInterface> chosen;
    const DenseSet<Operation *> deciders = findLoopDeciders(module);
    module.walk<WalkOrder::PreOrder>([&](Operation *op) {
      // What passes through calls is a matter of both ends; see below.
      if (!computesOnFloat(op) || isa<CallEdgesOpInterface>(op) || quantx::staysFloat(op) ||
          movesComputed(op, schemeOf(op)))
        return;
      if (deciders.contains(op) && schemeOf(op).quantizesActivations())
        quantx::setFloatReason(op,
                               "whether a loop goes on depends on it, and integers that saturate might never end it",
                               "a condition that counts rounds in integers");
      else if (auto reason = reasonToStayFloat(op, schemeOf(op)))
        quantx::setFloatReason(op, *reason, remedyFor(op, schemeOf(op)));
      else if (auto quantizable = dyn_cast<QuantizableOpInterface>(op))
        chosen.push_back(quantizable);
    });
    NameTable names(module);
    SmallVector<CallSlot> slots = findCallSlots(module);
    for (QuantizableOpInterface op : chosen)
      markResults(op, names);
    for (CallSlot &slot : slots)
      markDefinitions(slot, names);
    for (QuantizableOpInterface op : chosen)
      markOperands(op, names);
    for (CallSlot &slot : slots)
      markUses(slot, names);
    for (QuantizableOpInterface op : chosen)
      listInternals(op, names);
  }

  /// The options count where the module does not say what it wants.
  LogicalResult setModuleScheme(ModuleOp module) {
    if (quantx::getScheme(module))
      return success();
    std::optional<Scheme> parsed = Scheme::fromName(scheme);
    if (!parsed)
      return module.emitError()
             << "expected a scheme ('int8', 'int16x8', 'dynamic', 'weight-only', 'fp16' or 'float'), got '" << scheme
             << "'";
    if (!parsed->acceptsWeightBits(weightBits))
      return module.emitError() << "weights of " << weightBits << " bits have no form in " << scheme;
    parsed->weightBits = weightBits;
    parsed->perTensorWeights = perTensor;
    module->setAttr(quantx::QuantXDialect::getSchemeAttrName(), quantx::SchemeAttr::get(&getContext(), *parsed));
    return success();
  }

  /// What a fake_quant is to a value, for the tensors inside of `op`.
  void listInternals(QuantizableOpInterface op, NameTable &names) {
    SmallVector<Attribute> entries;
    for (auto [index, tensor] : llvm::enumerate(op.getInternalTensors(schemeOf(op)))) {
      if (tensor.source.kind != QuantSource::Kind::Own) {
        entries.push_back(UnitAttr::get(op.getContext()));
        continue;
      }
      StringRef owner = op->getNumResults() ? getTensorName(op->getResult(0)) : StringRef();
      std::string name = names.take(op, (owner + "/" + tensor.name).str());
      quantx::StatisticsAttr statistics;
      if (std::optional<TrainedRange> range = getTrainedInternalRange(op, index))
        statistics = quantx::StatisticsAttr::get(op.getContext(), range->min, range->max);
      entries.push_back(quantx::InternalAttr::get(op.getContext(), StringAttr::get(op.getContext(), name),
                                                  quantx::SpecAttr::get(op.getContext(), tensor.source.spec),
                                                  statistics, {}));
    }
    if (!entries.empty())
      op->setAttr(quantx::QuantXDialect::getInternalAttrName(), ArrayAttr::get(op.getContext(), entries));
  }

  /// Arguments of functions that are called, and results of calls, take part as results do.
  void markDefinitions(CallSlot &slot, NameTable &names) {
    for (Value value : slot.definitions) {
      if (!slot.floatReason.empty())
        continue;
      OpBuilder builder(value.getContext());
      builder.setInsertionPointAfterValue(value);
      auto mark = quantx::FakeQuantOp::create(builder, value.getLoc(), value, slot.spec, names.get(value));
      takeTrainedRange(mark, value);
      value.replaceAllUsesExcept(mark.getOutput(), mark);
    }
  }

  void markUses(CallSlot &slot, NameTable &names) {
    for (OpOperand *use : slot.uses) {
      if (!slot.floatReason.empty())
        continue;
      OpBuilder builder(use->getOwner());
      if (getConstantElements(use->get()))
        use->set(quantx::FakeQuantOp::create(builder, use->getOwner()->getLoc(), use->get(), slot.spec));
      else
        use->set(markOf(use->get(), slot.spec, names));
    }
  }

  /// A fake_quant on each quantizable result takes over all its uses.
  void markResults(QuantizableOpInterface op, NameTable &names) {
    const Scheme scheme = schemeOf(op);
    OpBuilder builder(op.getContext());
    builder.setInsertionPointAfter(op);
    for (auto [index, result] : llvm::enumerate(op->getResults())) {
      QuantSource source = op.getResultSource(index, scheme);
      if (source.kind == QuantSource::Kind::Untouched)
        continue;
      auto mark = quantx::FakeQuantOp::create(builder, op.getLoc(), result, source.spec, names.get(result));
      takeTrainedRange(mark, result);
      result.replaceAllUsesExcept(mark.getOutput(), mark);
    }
  }

  void markOperands(QuantizableOpInterface op, NameTable &names) {
    const Scheme scheme = schemeOf(op);
    OpBuilder builder(op);
    for (OpOperand &operand : op->getOpOperands()) {
      QuantSource source = op.getOperandSource(operand.getOperandNumber(), scheme);
      Value value = operand.get();
      if (source.kind == QuantSource::Kind::Untouched || isa<NoneType>(value.getType()))
        continue;
      QuantSpec spec = source.spec;
      if (getConstantElements(value)) {
        auto mark = quantx::FakeQuantOp::create(builder, op.getLoc(), value, spec);
        takeTrainedRange(mark, value);
        operand.set(mark);
        continue;
      }
      // One scale for each channel is for constants; a computed value has one for all.
      spec.axis = std::nullopt;
      if (spec == scheme.activation()) {
        operand.set(markOf(value, spec, names));
        continue;
      }
      // Weights that are computed are activations first.
      value = markOf(value, scheme.activation(), names);
      operand.set(quantx::FakeQuantOp::create(builder, op.getLoc(), value, spec));
    }
  }

  /// The mark on `value` that all readers of `spec` share. Where `value` is marked with another one by the operator
  /// that computes it, the mark stands after that; a value that no quantizable operator computes has one for each spec,
  /// and its float readers keep the value itself.
  Value markOf(Value value, const QuantSpec &spec, NameTable &names) {
    auto present = value.getDefiningOp<quantx::FakeQuantOp>();
    if (present && present.getSpec().getValue() == spec)
      return value;
    Value &mark = marks[{value, quantx::SpecAttr::get(value.getContext(), spec)}];
    if (!mark) {
      OpBuilder builder(value.getContext());
      builder.setInsertionPointAfterValue(value);
      auto created = quantx::FakeQuantOp::create(builder, value.getLoc(), value, spec, present ? "" : names.get(value));
      if (!present)
        takeTrainedRange(created, value);
      mark = created;
    }
    return mark;
  }

  /// Ranges that the network was trained for are not for calibration to change.
  static void takeTrainedRange(quantx::FakeQuantOp mark, Value value) {
    if (std::optional<TrainedRange> range = getTrainedRange(value))
      mark.setStatisticsAttr(quantx::StatisticsAttr::get(mark.getContext(), range->min, range->max));
  }

  DenseMap<std::pair<Value, Attribute>, Value> marks;
};

} // namespace
} // namespace mlir::vernier
