//===- Fold.cpp - Operators on quantized types ------------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Walks each function once, in order. A fake_quant has two faces: the stored value (integers), which
// quantized operators read, and the float value, which everybody else reads. Each face is built once,
// when somebody needs it.

#include "ScaleClasses.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Quant/IR/Quant.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "vernier/Interfaces/ConstantData.h"
#include "vernier/Interfaces/QuantDialectInterface.h"
#include "vernier/Interfaces/QuantTypeChecks.h"
#include "vernier/Interfaces/TensorIdentity.h"
#include "vernier/Transforms/Passes.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/StringSwitch.h"

namespace mlir::vernier {

#define GEN_PASS_DEF_FOLDPASS
#include "vernier/Transforms/Passes.h.inc"

ArrayRef<StringRef> getBoundaryTypes(const Scheme &scheme) {
  static const StringRef int8[] = {"float32", "int8", "uint8"}, int16x8[] = {"float32", "int16"};
  switch (scheme.kind) {
  case Scheme::Kind::Int8:
    return int8;
  case Scheme::Kind::Int16x8:
    return int16x8;
  case Scheme::Kind::Dynamic:
  case Scheme::Kind::WeightOnly:
  case Scheme::Kind::Half:
  case Scheme::Kind::Float:
    return ArrayRef(int8).take_front();
  }
  return {};
}

namespace {

/// What float inputs and outputs of functions become.
enum class IOType { Float32, Int8, UInt8, Int16 };

std::optional<IOType> parseIOType(StringRef name) {
  return llvm::StringSwitch<std::optional<IOType>>(name)
      .Case("float32", IOType::Float32)
      .Case("int8", IOType::Int8)
      .Case("uint8", IOType::UInt8)
      .Case("int16", IOType::Int16)
      .Default(std::nullopt);
}

/// The unsigned twin of a signed 8-bit type: the same real values, stored 128 higher.
Type toUnsigned(quant::UniformQuantizedType type) {
  return quant::UniformQuantizedType::get(0, type.getStorageType(), type.getExpressedType(), type.getScale(),
                                          type.getZeroPoint() + 128, type.getStorageTypeMin() + 128,
                                          type.getStorageTypeMax() + 128);
}

/// The places of values that pass through calls in integers.
struct CallPlaces {
  llvm::DenseSet<OpOperand *> uses;
  llvm::DenseSet<Value> definitions;

  /// A slot is integers if all of its places have the same parameters, and no place has other readers.
  explicit CallPlaces(ModuleOp module) {
    for (const CallSlot &slot : findCallSlots(module)) {
      SmallVector<quantx::FakeQuantOp> marks = slot.marks();
      if (!slot.floatReason.empty() || !llvm::all_of(marks, [&](quantx::FakeQuantOp mark) {
            return mark && mark.getParams() && mark.getParams() == marks.front().getParams();
          }))
        continue;
      uses.insert_range(slot.uses);
      definitions.insert_range(slot.definitions);
    }
  }
};

class FunctionFolder {
public:
  /// `slots` are the values that pass through calls in integers.
  FunctionFolder(FunctionOpInterface function, IOType io, const CallPlaces &slots)
      : function(function), io(io), slots(slots) {}

  LogicalResult run() {
    if (io != IOType::Float32 && failed(convertArguments()))
      return failure();
    convertCalledArguments();
    SmallVector<Operation *> operators;
    function.walk([&](Operation *op) { operators.push_back(op); });
    for (Operation *op : operators) {
      if (auto mark = dyn_cast<quantx::FakeQuantOp>(op))
        marks.push_back(mark);
      else if (auto quantizable = dyn_cast<QuantizableOpInterface>(op); quantizable && folds(quantizable))
        fold(quantizable);
      else if (isa<CallEdgesOpInterface>(op))
        foldCall(op);
    }
    convertCalledResults();
    if (io != IOType::Float32 && failed(convertResults()))
      return failure();
    for (quantx::FakeQuantOp mark : marks)
      replaceFloatReaders(mark);
    eraseWhatFolded();
    return success();
  }

private:
  bool folds(QuantizableOpInterface op) {
    if (quantx::staysFloat(op))
      return false;
    const Scheme scheme = schemeOf(op);
    bool any = false;
    auto resolved = [&](quantx::FakeQuantOp mark) {
      any = true;
      return mark && mark.getParams();
    };
    for (unsigned i = 0, e = op->getNumOperands(); i < e; ++i)
      if (op.getOperandSource(i, scheme).kind != QuantSource::Kind::Untouched &&
          !isa<NoneType>(op->getOperand(i).getType()))
        if (!resolved(getOperandMark(op, i)))
          return false;
    for (OpResult result : op->getResults())
      if (op.getResultSource(result.getResultNumber(), scheme).kind != QuantSource::Kind::Untouched)
        if (!resolved(getResultMark(result)))
          return false;
    for (auto [index, tensor] : llvm::enumerate(op.getInternalTensors(scheme)))
      if (quantx::InternalAttr internal = quantx::getInternal(op, index);
          tensor.source.kind == QuantSource::Kind::Own && (!internal || !internal.getParams()))
        return false;
    return any;
  }

  static RankedTensorType quantizedType(quantx::FakeQuantOp mark) {
    return cast<RankedTensorType>(mark.getType()).clone(*mark.getParams());
  }

  static Value buildQuantize(const QuantDialectInterface &spelling, OpBuilder &builder, Location loc, Value input,
                             RankedTensorType type, StringRef suffix) {
    Value cast = spelling.buildQuantize(builder, loc, input, type);
    spelling.nameCast(cast, input, suffix);
    return cast;
  }

  /// The integers of `mark`, as an operand of `reader`, whose dialect spells the cast.
  Value storedValue(quantx::FakeQuantOp mark, Operation *reader) {
    if (Value stored = storedValues.lookup(mark))
      return stored;
    const QuantDialectInterface &spelling = getQuantDialectInterface(reader);
    OpBuilder builder(mark);
    Value stored;
    if (std::optional<ConstantData> data = getConstantData(mark.getInput())) {
      stored = storedConstant(mark, *data, spelling, builder);
    } else if (auto source = mark.getInput().getDefiningOp<quantx::FakeQuantOp>()) {
      Value from = storedValue(source, reader);
      stored = from.getType() == quantizedType(mark)
                   ? from
                   : buildQuantize(spelling, builder, mark.getLoc(), from, quantizedType(mark), "_requantized");
    } else {
      stored = buildQuantize(spelling, builder, mark.getLoc(), mark.getInput(), quantizedType(mark), "_quantized");
    }
    storedValues[mark] = stored;
    return stored;
  }

  Value storedConstant(quantx::FakeQuantOp mark, const ConstantData &data, const QuantDialectInterface &spelling,
                       OpBuilder &builder) {
    QuantParameters parameters = *QuantParameters::of(*mark.getParams());
    auto type = cast<RankedTensorType>(mark.getType());
    std::vector<char> bytes = quantizeData(data.as<float>(), type.getShape(), mark.getSpec().getValue(),
                                           parameters.scales, parameters.zeroPoints);
    return spelling.buildConstant(
        builder, mark.getInput().getDefiningOp(),
        type.clone(spelling.getConstantElementType(*mark.getParams(), mark.getSpec().getValue())), bytes);
  }

  bool isQuantized(QuantizableOpInterface op, OpResult result) {
    return op.getResultSource(result.getResultNumber(), schemeOf(op)).kind != QuantSource::Kind::Untouched;
  }

  /// Clones `op` onto quantized types. Attributes and properties survive.
  void fold(QuantizableOpInterface op) {
    OpBuilder builder(op);
    IRMapping mapping;
    const Scheme scheme = schemeOf(op);
    Operation *quantized = builder.clone(*op, mapping);
    for (unsigned i = 0, e = op->getNumOperands(); i < e; ++i)
      if (quantx::FakeQuantOp mark = getOperandMark(op, i))
        if (QuantSource source = op.getOperandSource(i, scheme);
            source.kind != QuantSource::Kind::Untouched && !source.storageOnly)
          quantized->setOperand(i, storedValue(mark, op));
    for (OpResult result : op->getResults())
      if (isQuantized(op, result))
        quantized->getResult(result.getResultNumber()).setType(quantizedType(getResultMark(result)));
    setInternalTypes(op, cast<QuantizableOpInterface>(quantized));
    SmallVector<Value> values = cast<QuantizableOpInterface>(quantized).finalizeQuantized(scheme);
    for (auto [result, value] : llvm::zip_equal(op->getResults(), values)) {
      if (isQuantized(op, result))
        storedValues[getResultMark(result)] = value;
      else
        result.replaceAllUsesWith(value);
    }
    replaced.insert(op);
  }

  /// The types that resolve chose for the tensors inside of `op` go to its twin.
  void setInternalTypes(QuantizableOpInterface op, QuantizableOpInterface quantized) {
    SmallVector<Type> types;
    for (auto [index, tensor] : llvm::enumerate(op.getInternalTensors(schemeOf(op)))) {
      const ValueSlot &slot = tensor.source.shared;
      Type type;
      if (tensor.source.kind == QuantSource::Kind::Own)
        type = quantx::getInternal(op, index).getParams();
      else if (tensor.source.kind == QuantSource::Kind::Shared)
        type = *(slot.isResult ? getResultMark(op->getResult(slot.index)) : getOperandMark(op, slot.index)).getParams();
      types.push_back(type);
    }
    quantized->removeAttr(quantx::QuantXDialect::getInternalAttrName());
    if (!types.empty())
      quantized.setInternalTypes(types);
  }

  /// Clones the calling operator `op` where any of its values becomes integers.
  void foldCall(Operation *op) {
    auto isInteger = [&](Value result) { return slots.definitions.contains(result); };
    SmallVector<OpOperand *> operands;
    for (OpOperand &operand : op->getOpOperands())
      if (slots.uses.contains(&operand))
        operands.push_back(&operand);
    if (operands.empty() && !llvm::any_of(op->getResults(), isInteger))
      return;
    OpBuilder builder(op);
    Operation *quantized = builder.clone(*op);
    for (OpOperand *operand : operands) {
      auto mark = operand->get().getDefiningOp<quantx::FakeQuantOp>();
      quantized->setOperand(operand->getOperandNumber(), storedValue(mark, op));
    }
    for (auto [result, stored] : llvm::zip_equal(op->getResults(), quantized->getResults())) {
      if (!isInteger(result)) {
        result.replaceAllUsesWith(stored);
        continue;
      }
      quantx::FakeQuantOp mark = getResultMark(result);
      stored.setType(quantizedType(mark));
      storedValues[mark] = stored;
    }
    replaced.insert(op);
  }

  /// Whose dialect spells the casts of `mark` for `reader`: that of the operator that computes the value, or else of
  /// the reader. A terminator has no network's dialect: who calls the function has.
  Operation *speakerFor(quantx::FakeQuantOp mark, Operation *reader) {
    Operation *speaker = mark.getInput().getDefiningOp();
    while (auto inner = dyn_cast_or_null<quantx::FakeQuantOp>(speaker))
      speaker = inner.getInput().getDefiningOp();
    if (speaker)
      return speaker;
    if (reader->hasTrait<OpTrait::IsTerminator>())
      if (auto module = function->getParentOfType<ModuleOp>())
        if (auto uses = SymbolTable::getSymbolUses(function, &module.getBodyRegion()); uses && !uses->empty())
          return uses->begin()->getUser();
    return reader;
  }

  /// Readers that still want floats get them from the integers.
  void replaceFloatReaders(quantx::FakeQuantOp mark) {
    SmallVector<OpOperand *> readers;
    for (OpOperand &use : mark.getOutput().getUses())
      if (!isa<quantx::FakeQuantOp>(use.getOwner()) && !replaced.contains(use.getOwner()))
        readers.push_back(&use);
    if (readers.empty())
      return;
    Operation *speaker = speakerFor(mark, readers.front()->getOwner());
    Value stored = storedValue(mark, speaker);
    OpBuilder builder(mark);
    const QuantDialectInterface &spelling = getQuantDialectInterface(speaker);
    Value real = spelling.buildDequantize(builder, mark.getLoc(), stored, mark.getType());
    // Where a constant is read as it was, both forms are that constant, and long names are not written twice.
    spelling.nameCast(real, stored, getConstantElements(stored) ? "" : "_dequantized");
    bool isOutput = false;
    for (OpOperand *reader : readers) {
      reader->set(real);
      isOutput |= reader->getOwner()->hasTrait<OpTrait::IsTerminator>();
    }
    // Users know an output by its name.
    if (isOutput)
      keepOutputName(spelling, real, stored);
  }

  /// The boundary value `outer` takes the name of `inner`, from which it is cast.
  static void keepOutputName(const QuantDialectInterface &spelling, Value outer, Value inner) {
    spelling.nameCast(outer, inner, "_quantized");
    spelling.swapNames(outer, inner);
  }

  /// The marks, the float operators and the float constants that nobody reads any more.
  void eraseWhatFolded() {
    replaced.insert(marks.begin(), marks.end());
    llvm::SetVector<Operation *> constants;
    for (Operation *op : replaced) {
      for (Value operand : op->getOperands())
        if (getConstantElements(operand))
          constants.insert(operand.getDefiningOp());
      op->dropAllReferences();
    }
    for (Operation *op : replaced)
      op->erase();
    for (Operation *op : constants)
      if (op->use_empty())
        op->erase();
  }

  //===--------------------------------------------------------------------===//
  // Function boundaries
  //===--------------------------------------------------------------------===//

  /// The type that a boundary value with the parameters of `mark` has.
  RankedTensorType boundaryType(quantx::FakeQuantOp mark) {
    RankedTensorType type = quantizedType(mark);
    return io == IOType::UInt8 ? type.clone(toUnsigned(cast<quant::UniformQuantizedType>(*mark.getParams()))) : type;
  }

  InFlightDiagnostic boundaryError(StringRef what, unsigned index, StringRef name) {
    return function.emitError() << what << " " << index << " ('" << name << "') cannot be "
                                << (io == IOType::Int8    ? "int8"
                                    : io == IOType::UInt8 ? "uint8"
                                                          : "int16")
                                << ": ";
  }

  /// Why `op` stays float, as the end of a message, where that is known.
  static std::string reasonOf(Operation *op) {
    if (StringRef reason = quantx::getFloatReason(op); !reason.empty())
      return ": " + reason.str();
    std::optional<Scheme> scheme = quantx::getScheme(op);
    return scheme && scheme->kind == Scheme::Kind::Float ? ", as it was asked to" : "";
  }

  /// Why `value`, which a function returns, is float.
  static std::string whyFloat(Value value) {
    if (getConstantElements(value))
      return "it is a constant, which nothing computes in integers";
    Operation *op = value.getDefiningOp();
    return op ? describe(op) + " computes it in float" + reasonOf(op)
              : "it is an input that no operator reads in integers";
  }

  /// Whether the integers of `mark` are as wide as the boundary's.
  bool hasBoundaryWidth(quantx::FakeQuantOp mark) {
    return mark.getSpec().getValue().bits == (io == IOType::Int16 ? 16u : 8u);
  }

  /// An operator that reads `mark`, or a mark on it; without one, `mark`.
  static Operation *readerOf(quantx::FakeQuantOp mark) {
    for (Operation *user : mark.getOutput().getUsers()) {
      auto further = dyn_cast<quantx::FakeQuantOp>(user);
      if (Operation *reader = further ? readerOf(further) : user; !isa<quantx::FakeQuantOp>(reader))
        return reader;
    }
    return mark;
  }

  /// Float arguments take integer types. Their marks are the only readers, and go at the end.
  LogicalResult convertArguments() {
    Block &entry = function.getFunctionBody().front();
    for (BlockArgument argument : entry.getArguments()) {
      auto tensor = dyn_cast<ShapedType>(argument.getType());
      if (!tensor || !isa<FloatType>(tensor.getElementType()) || argument.use_empty())
        continue;
      quantx::FakeQuantOp mark;
      SmallVector<quantx::FakeQuantOp> others;
      for (Operation *user : argument.getUsers()) {
        auto present = dyn_cast<quantx::FakeQuantOp>(user);
        if (!present || !present.getParams())
          return boundaryError("input", argument.getArgNumber(), getTensorName(argument))
                 << describe(user) << " reads it as float" << reasonOf(user);
        if (hasBoundaryWidth(present))
          mark = present;
        else
          others.push_back(present);
      }
      if (!mark)
        return boundaryError("input", argument.getArgNumber(), getTensorName(argument))
               << describe(readerOf(others.front())) << " reads it with " << others.front().getSpec().getValue().bits
               << " bits";
      // Those who want other integers get them from these.
      for (quantx::FakeQuantOp other : others) {
        mark->moveBefore(&entry, entry.begin());
        other.getInputMutable().assign(mark);
      }
      argument.setType(boundaryType(mark));
      Value stored = argument;
      if (io == IOType::UInt8) {
        OpBuilder builder(mark);
        stored = buildQuantize(getQuantDialectInterface(readerOf(mark)), builder, mark.getLoc(), argument,
                               quantizedType(mark), "_int8");
      }
      storedValues[mark] = stored;
    }
    updateFunctionType();
    return success();
  }

  /// Arguments that callers give as integers.
  void convertCalledArguments() {
    for (BlockArgument argument : function.getFunctionBody().front().getArguments()) {
      if (!slots.definitions.contains(argument))
        continue;
      quantx::FakeQuantOp mark = getDefinitionMark(argument);
      argument.setType(quantizedType(mark));
      storedValues[mark] = argument;
    }
    updateFunctionType();
  }

  /// Results that callers take as integers.
  void convertCalledResults() {
    Operation *terminator = function.getFunctionBody().front().getTerminator();
    for (OpOperand &operand : terminator->getOpOperands()) {
      if (!slots.uses.contains(&operand))
        continue;
      auto mark = operand.get().getDefiningOp<quantx::FakeQuantOp>();
      operand.set(storedValue(mark, speakerFor(mark, terminator)));
    }
    updateFunctionType();
  }

  /// Float results take integer types.
  LogicalResult convertResults() {
    Operation *terminator = function.getFunctionBody().front().getTerminator();
    for (OpOperand &operand : terminator->getOpOperands()) {
      auto tensor = dyn_cast<ShapedType>(operand.get().getType());
      if (!tensor || !isa<FloatType>(tensor.getElementType()))
        continue;
      auto mark = operand.get().getDefiningOp<quantx::FakeQuantOp>();
      if (!mark)
        return boundaryError("output", operand.getOperandNumber(), getTensorName(operand.get()))
               << whyFloat(operand.get());
      if (!hasBoundaryWidth(mark))
        return boundaryError("output", operand.getOperandNumber(), getTensorName(operand.get()))
               << "it is computed with " << mark.getSpec().getValue().bits << " bits";
      Operation *speaker = speakerFor(mark, terminator);
      Value stored = storedValue(mark, speaker);
      if (io == IOType::UInt8) {
        OpBuilder builder(terminator);
        Value inner = stored;
        stored =
            buildQuantize(getQuantDialectInterface(speaker), builder, mark.getLoc(), inner, boundaryType(mark), "");
        keepOutputName(getQuantDialectInterface(speaker), stored, inner);
      }
      operand.set(stored);
    }
    updateFunctionType();
    return success();
  }

  void updateFunctionType() {
    Block &entry = function.getFunctionBody().front();
    function.setType(
        FunctionType::get(function.getContext(), entry.getArgumentTypes(), entry.getTerminator()->getOperandTypes()));
  }

  FunctionOpInterface function;
  IOType io;
  const CallPlaces &slots;
  SmallVector<quantx::FakeQuantOp> marks;
  /// The integers of each mark, once built.
  DenseMap<Operation *, Value> storedValues;
  /// Operators that have a quantized twin by now.
  llvm::SetVector<Operation *> replaced;
};

/// Whether an operator names `function`; the module's own attributes do not count.
bool isCalled(FunctionOpInterface function, ModuleOp module) {
  return !SymbolTable::symbolKnownUseEmpty(function, &module.getBodyRegion());
}

struct FoldPass : impl::FoldPassBase<FoldPass> {
  using FoldPassBase::FoldPassBase;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    std::optional<Scheme> scheme = quantx::getScheme(module);
    auto asked = module->getAttrOfType<StringAttr>(quantx::QuantXDialect::getIOAttrName());
    const std::string type = !io.empty() ? io : asked ? asked.str() : "float32";
    std::optional<IOType> boundary = parseIOType(type);
    if (!scheme) {
      module.emitError() << "has no '" << quantx::QuantXDialect::getSchemeAttrName()
                         << "'; run quantx-insert-fake-quant and quantx-resolve-scales first";
      return signalPassFailure();
    }
    if (!boundary) {
      module.emitError() << "expected io 'float32', 'int8', 'uint8' or 'int16', got '" << type << "'";
      return signalPassFailure();
    }
    if (!llvm::is_contained(getBoundaryTypes(*scheme), type)) {
      module.emitError() << "a network in " << scheme->name() << " cannot have inputs and outputs of type " << type;
      return signalPassFailure();
    }
    const CallPlaces slots(module);
    llvm::SetVector<Operation *> entries = findEntryPoints(module);
    for (auto function : module.getOps<FunctionOpInterface>()) {
      if (function.isExternal())
        continue;
      // Callers fix the types of the functions that they name.
      bool called = !entries.contains(function) || isCalled(function, module);
      if (failed(FunctionFolder(function, called ? IOType::Float32 : *boundary, slots).run()))
        return signalPassFailure();
    }
  }
};

} // namespace
} // namespace mlir::vernier
