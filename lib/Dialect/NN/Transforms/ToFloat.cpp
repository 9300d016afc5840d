//===- ToFloat.cpp - A quantized network as the float network that it stands for ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Types change first, then the operators that were casts between them go. What the types said of ranges and grids is
// kept in attributes, so that the same integers can be had again.

#include "TrainedValues.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "vernier/Dialect/NN/Transforms/Passes.h"
#include "vernier/Interfaces/CallEdge.h"
#include "vernier/Interfaces/ConstantData.h"
#include "vernier/Interfaces/TensorIdentity.h"
#include "llvm/ADT/MapVector.h"
#include <cmath>

namespace mlir::vernier::nn {

#define GEN_PASS_DEF_TOFLOATPASS
#include "vernier/Dialect/NN/Transforms/Passes.h.inc"

namespace {

bool isQuantized(Type type) { return bool(quant::QuantizedType::getQuantizedElementType(type)); }

Type toFloat(Type type) {
  return isQuantized(type) ? cast<TensorType>(type).clone(Float32Type::get(type.getContext())) : type;
}

/// Whether `op` means the same on float tensors as on quantized ones. Others, such as casts of stored integers and
/// custom operators, keep their types.
bool computesOnReals(Operation *op) {
  if (isa<QuantizeOp, DequantizeOp>(op)) {
    Type input = op->getOperand(0).getType();
    return isQuantized(input) || isa<FloatType>(getElementTypeOrSelf(input));
  }
  return isa<QuantizableOpInterface, CallEdgesOpInterface, ConstOp, VariableOp>(op) ||
         op->hasTrait<OpTrait::IsTerminator>();
}

class FloatConverter {
public:
  explicit FloatConverter(ModuleOp module) : module(module) {}

  LogicalResult run() {
    bool found = false;
    module.walk([&](Operation *op) {
      found |= llvm::any_of(op->getOperandTypes(), isQuantized) || llvm::any_of(op->getResultTypes(), isQuantized);
    });
    if (!found)
      return success();
    // Integers first: their scales are those of the types that go.
    if (failed(convertBiases()) || failed(convertConstants()))
      return failure();
    keepInternalRanges();
    restoreActivations();
    convertTypes();
    dropCasts();
    return success();
  }

private:
  /// The scale of `value`, for each of its slices; empty where it has none.
  static SmallVector<double> scalesOf(Value value) {
    std::optional<QuantParameters> parameters = QuantParameters::of(value.getType());
    return parameters ? parameters->scales : SmallVector<double>();
  }

  /// The scales of a derived operand: one, or one for each slice of the factor that has several.
  static FailureOr<SmallVector<double>> derivedScales(QuantizableOpInterface op, const QuantSource &source) {
    SmallVector<double> scales = {source.multiplier};
    auto multiply = [&](ArrayRef<double> factor) {
      if (factor.empty() || (scales.size() > 1 && factor.size() > 1 && scales.size() != factor.size()))
        return failure();
      if (scales.size() == 1)
        scales.resize(factor.size(), scales.front());
      for (auto [i, scale] : llvm::enumerate(scales))
        scale *= factor[factor.size() == 1 ? 0 : i];
      return success();
    };
    for (unsigned factor : source.factors)
      if (factor >= op->getNumOperands() || failed(multiply(scalesOf(op->getOperand(factor)))))
        return failure();
    if (source.internalFactor) {
      SmallVector<Type> types = op.getInternalTypes();
      Type type = *source.internalFactor < types.size() ? types[*source.internalFactor] : Type();
      std::optional<QuantParameters> parameters = type ? QuantParameters::of(type) : std::nullopt;
      if (!parameters || failed(multiply(parameters->scales)))
        return failure();
    }
    // What a file can say.
    for (double &scale : scales)
      scale = double(float(scale));
    return scales;
  }

  /// Biases are plain integers, whose scale is that of what is added to them.
  LogicalResult convertBiases() {
    WalkResult result = module.walk([&](QuantizableOpInterface op) {
      if (op->getNumResults() == 0 || !isQuantized(op->getResult(0).getType()))
        return WalkResult::advance();
      Scheme scheme;
      if (auto storage = quant::QuantizedType::getQuantizedElementType(op->getResult(0).getType());
          storage.getStorageTypeIntegralWidth() == 16)
        scheme.kind = Scheme::Kind::Int16x8;
      for (OpOperand &operand : op->getOpOperands()) {
        QuantSource source = op.getOperandSource(operand.getOperandNumber(), scheme);
        auto type = dyn_cast<RankedTensorType>(operand.get().getType());
        if (source.kind != QuantSource::Kind::Derived || !type ||
            (!type.getElementType().isInteger(32) && !type.getElementType().isInteger(64)))
          continue;
        if (failed(convertBias(op, operand, source)))
          return WalkResult::interrupt();
      }
      return WalkResult::advance();
    });
    return failure(result.wasInterrupted());
  }

  LogicalResult convertBias(QuantizableOpInterface op, OpOperand &operand, const QuantSource &source) {
    auto constant = operand.get().getDefiningOp<ConstOp>();
    std::optional<ConstantData> data = constant ? getConstantData(constant.getValue()) : std::nullopt;
    FailureOr<SmallVector<double>> scales = derivedScales(op, source);
    if (!data || failed(scales))
      return op->emitError() << describe(op) << " cannot be brought back to float: operand "
                             << operand.getOperandNumber() << ", its bias, is "
                             << (data ? "derived from an operand without a scale" : "computed at run time");
    const bool isWide = constant.getType().getElementType().isInteger(64);
    const int64_t count = cast<RankedTensorType>(constant.getType()).getNumElements();
    if (scales->size() > 1 && int64_t(scales->size()) != count)
      return op->emitError() << describe(op) << " cannot be brought back to float: expected a bias of "
                             << scales->size() << " elements, got " << count;
    std::vector<float> values(count);
    for (int64_t i = 0; i < count; ++i) {
      const int64_t stored = isWide ? data->as<int64_t>()[i] : data->as<int32_t>()[i];
      values[i] = float(double(stored) * (*scales)[scales->size() == 1 ? 0 : i]);
    }
    OpBuilder builder(op);
    operand.set(createTrainedConstant(builder, constant, values, Type()));
    dead.insert(constant);
    return success();
  }

  /// Stored integers become the values that they stand for, except where an operator wants the integers.
  LogicalResult convertConstants() {
    SmallVector<ConstOp> constants;
    WalkResult result = module.walk([&](Operation *op) {
      if (auto constant = dyn_cast<ConstOp>(op); constant && isQuantized(constant.getType()))
        constants.push_back(constant);
      if (isa<SparseConstOp>(op) && isQuantized(op->getResult(0).getType())) {
        op->emitError() << describe(op) << " cannot be brought back to float: its weights are sparse";
        return WalkResult::interrupt();
      }
      return WalkResult::advance();
    });
    if (result.wasInterrupted())
      return failure();
    for (ConstOp constant : constants) {
      std::optional<std::vector<float>> values = dequantizeConstant(constant);
      if (!values)
        return constant.emitError() << describe(constant)
                                    << " cannot be brought back to float: it has no data of 2, 4, 8 "
                                    << "or 16 bits";
      OpBuilder builder(constant);
      dropParameters(constant);
      Type element = constant.getType().getElementType();
      ConstOp converted = createTrainedConstant(builder, constant, *values, element);
      if (std::optional<QuantParameters> parameters = QuantParameters::of(element);
          parameters && parameters->scales.size() == 1)
        setTrainedRange(converted, rangeOf(*parameters));
      constant.getOutput().replaceUsesWithIf(converted.getOutput(),
                                             [](OpOperand &use) { return computesOnReals(use.getOwner()); });
      dead.insert(constant);
    }
    return success();
  }

  /// The tensors that hold the scales of `constant`, which nothing else reads, mean nothing once it is float.
  void dropParameters(ConstOp constant) {
    TensorAttr identity = getTensorAttr(constant.getOutput());
    DictionaryAttr record = identity ? identity.getQuantization() : DictionaryAttr();
    auto details = record ? record.getAs<DictionaryAttr>("details") : DictionaryAttr();
    for (StringRef name : {"scales", "zero_points"}) {
      auto parameter = details ? details.getAs<DictionaryAttr>(name) : DictionaryAttr();
      auto tensor = parameter ? parameter.getAs<TensorAttr>("tensor") : TensorAttr();
      for (ConstOp other : constant->getBlock()->getOps<ConstOp>())
        if (TensorAttr own = getTensorAttr(other.getOutput());
            tensor && own && own.getIndex() == tensor.getIndex() && own.getName() == tensor.getName())
          dead.insert(other);
    }
  }

  /// What exists inside of operators only has ranges, too.
  void keepInternalRanges() {
    module.walk([](QuantizableOpInterface op) {
      for (auto [index, type] : llvm::enumerate(op.getInternalTypes()))
        if (std::optional<QuantParameters> parameters = type ? QuantParameters::of(type) : std::nullopt)
          setTrainedInternalRange(op, index, rangeOf(*parameters));
    });
  }

  /// A quantized range that begins at zero cuts off what is below, and converters leave out the activation that would
  /// do no more than that.
  void restoreActivations() {
    constexpr StringLiteral name = "fused_activation_function";
    module.walk([&](QuantizableOpInterface op) {
      auto activation = dyn_cast_or_null<ActivationAttr>(op->getInherentAttr(name).value_or(Attribute()));
      // Where values only move, their producer has the activation.
      if (!activation || activation.getValue() != Activation::NONE || op->getNumResults() != 1 ||
          op.getResultSource(0, Scheme()).kind != QuantSource::Kind::Own)
        return;
      std::optional<QuantParameters> parameters = QuantParameters::of(op->getResult(0).getType());
      if (!parameters || parameters->scales.size() != 1 || parameters->zeroPoints.front() != parameters->storageMin)
        return;
      const bool endsAtSix = std::abs(rangeOf(*parameters).max - 6) <= parameters->scales.front() / 2;
      op->setInherentAttr(StringAttr::get(op->getContext(), name),
                          ActivationAttr::get(op->getContext(), endsAtSix ? Activation::RELU6 : Activation::RELU));
    });
  }

  void convertTypes() {
    // Operators that keep integers get them from a cast, and give them to one.
    SmallVector<Operation *> keepers;
    module.walk([&](Operation *op) {
      if (!computesOnReals(op) && !isa<FunctionOpInterface, ModuleOp>(op))
        keepers.push_back(op);
    });
    DenseSet<Value> kept;
    for (Operation *op : keepers) {
      OpBuilder builder(op);
      for (OpOperand &operand : op->getOpOperands()) {
        Value value = operand.get();
        if (!isQuantized(value.getType()) || value.getDefiningOp<ConstOp>() || kept.contains(value))
          continue;
        // From float to integers, once the types are changed.
        auto cast = QuantizeOp::create(builder, op->getLoc(), value.getType(), value);
        kept.insert(cast);
        casts.insert(cast);
        operand.set(cast);
      }
      builder.setInsertionPointAfter(op);
      for (Value result : op->getResults()) {
        if (!isQuantized(result.getType()))
          continue;
        auto cast = DequantizeOp::create(builder, op->getLoc(), toFloat(result.getType()), result);
        result.replaceAllUsesExcept(cast, cast);
        kept.insert(result);
        casts.insert(cast);
        if (std::optional<QuantParameters> parameters = QuantParameters::of(result.getType());
            parameters && parameters->scales.size() == 1)
          setTrainedRange(cast, rangeOf(*parameters));
      }
    }
    auto convert = [&](Value value) {
      std::optional<QuantParameters> parameters = QuantParameters::of(value.getType());
      if (!parameters || kept.contains(value))
        return;
      // A requantized value is another one; what an operator rounds to is the range of its input.
      if (parameters->scales.size() == 1 && !value.getDefiningOp<ConstOp>() && !value.getDefiningOp<QuantizeOp>())
        setTrainedRange(value, rangeOf(*parameters));
      if (auto quantize = value.getDefiningOp<QuantizeOp>())
        rounding[quantize] = *parameters;
      value.setType(toFloat(value.getType()));
    };
    module.walk([&](Operation *op) {
      for (Region &region : op->getRegions())
        for (Block &block : region)
          llvm::for_each(block.getArguments(), convert);
      // The version that the file gives an operator is that of its integer form.
      if (llvm::any_of(op->getResults(),
                       [&](Value result) { return isQuantized(result.getType()) && !kept.contains(result); }))
        op->removeDiscardableAttr(NNDialect::getVersionAttrName());
      if (!isa<ConstOp>(op))
        llvm::for_each(op->getResults(), convert);
      op->removeDiscardableAttr(NNDialect::getIntermediatesAttrName());
      if (auto option = StringAttr::get(op->getContext(), "quantized_bias_type");
          op->getInherentAttr(option).value_or(Attribute()))
        op->setInherentAttr(option, IntegerAttr::get(IntegerType::get(op->getContext(), 8), 0));
    });
    for (auto function : module.getOps<FunctionOpInterface>()) {
      if (function.isExternal())
        continue;
      Block &entry = function.getFunctionBody().front();
      function.setType(
          FunctionType::get(module.getContext(), entry.getArgumentTypes(), entry.getTerminator()->getOperandTypes()));
    }
  }

  /// Whether a function returns `value`.
  static bool isReturned(Value value) {
    return llvm::any_of(value.getUsers(), [](Operation *user) { return user->hasTrait<OpTrait::IsTerminator>(); });
  }

  /// Casts between float and float, now: each gives way to what it read.
  void dropCasts() {
    SmallVector<Operation *> found;
    module.walk([&](Operation *op) {
      if (isa<QuantizeOp, DequantizeOp>(op) && !casts.contains(op) &&
          op->getOperand(0).getType() == op->getResult(0).getType())
        found.push_back(op);
    });
    for (Operation *op : found) {
      Value input = op->getOperand(0), output = op->getResult(0);
      if (auto quantize = dyn_cast<QuantizeOp>(op)) {
        QuantParameters parameters = rounding.lookup(quantize);
        if (parameters.scales.size() == 1 && !getTrainedRange(input) && !input.getDefiningOp<ConstOp>())
          setTrainedRange(input, rangeOf(parameters));
      }
      // The network's outputs keep their names, where they are tensors of their own.
      if (auto result = dyn_cast<OpResult>(input); result && isReturned(output) && !isReturned(input))
        setIdentity(result, output);
      output.replaceAllUsesWith(input);
      op->erase();
    }
    for (ConstOp constant : dead)
      if (constant->use_empty())
        constant->erase();
  }

  /// Gives `value` the identity of `named`, the result of an operator of one result.
  static void setIdentity(OpResult value, Value named) {
    StringRef name = NNDialect::getTensorsAttrName();
    auto identity = named.getDefiningOp()->getAttrOfType<ArrayAttr>(name);
    if (!identity || identity.size() != 1)
      return;
    Operation *op = value.getOwner();
    SmallVector<Attribute> identities(
        op->getNumResults(), TensorAttr::get(op->getContext(), StringAttr::get(op->getContext()), -1, {}, {}, {}, {}));
    if (auto present = op->getAttrOfType<ArrayAttr>(name); present && present.size() == identities.size())
      identities.assign(present.begin(), present.end());
    identities[value.getResultNumber()] = identity[0];
    op->setAttr(name, ArrayAttr::get(op->getContext(), identities));
  }

  ModuleOp module;
  /// Constants that lost their readers.
  llvm::SmallSetVector<ConstOp, 16> dead;
  /// Casts beside operators that keep integers.
  DenseSet<Operation *> casts;
  llvm::MapVector<QuantizeOp, QuantParameters> rounding;
};

struct ToFloatPass : impl::ToFloatPassBase<ToFloatPass> {
  void runOnOperation() override {
    if (failed(FloatConverter(getOperation()).run()))
      signalPassFailure();
  }
};

} // namespace
} // namespace mlir::vernier::nn
