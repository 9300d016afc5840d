//===- CallSlots.cpp - Values on their way through calls --------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "CallSlots.h"
#include "mlir/IR/SymbolTable.h"
#include "vernier/Interfaces/QuantInterfaces.h"
#include "vernier/Interfaces/TensorIdentity.h"
#include "llvm/ADT/MapVector.h"

namespace mlir::vernier {
namespace {

bool isFloatTensor(Type type) {
  auto tensor = dyn_cast<ShapedType>(type);
  return tensor && isa<FloatType>(tensor.getElementType());
}

/// Collects what decides whether loops go on, backwards from what their conditions return.
class DeciderFinder {
public:
  explicit DeciderFinder(ModuleOp module) {
    module.walk([&](CallEdgesOpInterface op) {
      for (const CallEdge &edge : op.getCallEdges())
        if (op.isLoop() && !edge.givesResults)
          if (Block *condition = bodyOf(op, edge))
            llvm::for_each(condition->getTerminator()->getOperands(), [&](Value value) { add(value); });
    });
    while (!worklist.empty())
      visit(worklist.pop_back_val());
  }

  DenseSet<Operation *> operators;
  DenseSet<Value> values;

private:
  static Block *bodyOf(Operation *op, const CallEdge &edge) {
    auto callee = SymbolTable::lookupNearestSymbolFrom<FunctionOpInterface>(op, edge.callee);
    return callee && !callee.isExternal() && callee.getFunctionBody().hasOneBlock() ? &callee.getFunctionBody().front()
                                                                                    : nullptr;
  }

  void add(Value value) {
    if (values.insert(value).second)
      worklist.push_back(value);
  }

  void visit(Value value) {
    if (auto argument = dyn_cast<BlockArgument>(value))
      return visitArgument(argument);
    Operation *op = value.getDefiningOp();
    // A shape, or the place of a maximum, is no measure that integers of the operand could fall short of.
    auto tensor = dyn_cast<ShapedType>(value.getType());
    if (isa<QuantizableOpInterface>(op) && tensor && tensor.getElementType().isInteger() &&
        !tensor.getElementType().isInteger(1))
      return;
    if (auto caller = dyn_cast<CallEdgesOpInterface>(op))
      return visitResult(caller, cast<OpResult>(value).getResultNumber());
    operators.insert(op);
    llvm::for_each(op->getOperands(), [&](Value operand) { add(operand); });
  }

  /// A result is what the functions return, one of which the first operands may choose; a loop may never run.
  void visitResult(CallEdgesOpInterface caller, unsigned index) {
    for (const CallEdge &edge : caller.getCallEdges()) {
      for (Value operand : caller->getOperands().take_front(edge.firstOperand))
        add(operand);
      Block *body = bodyOf(caller, edge);
      if (body && edge.givesResults && index < body->getTerminator()->getNumOperands())
        add(body->getTerminator()->getOperand(index));
    }
    if (caller.isLoop() && index < caller->getNumOperands())
      add(caller->getOperand(index));
  }

  /// An argument is what callers give and, in a loop, what the round before returned.
  void visitArgument(BlockArgument argument) {
    auto function = dyn_cast<FunctionOpInterface>(argument.getOwner()->getParentOp());
    auto module = function ? function->getParentOfType<ModuleOp>() : ModuleOp();
    auto uses = module ? SymbolTable::getSymbolUses(function, &module.getBodyRegion()) : std::nullopt;
    if (!uses)
      return;
    for (const SymbolTable::SymbolUse &use : *uses) {
      auto caller = dyn_cast<CallEdgesOpInterface>(use.getUser());
      if (!caller)
        continue;
      for (const CallEdge &edge : caller.getCallEdges()) {
        unsigned operand = edge.firstOperand + argument.getArgNumber();
        if (edge.callee != use.getSymbolRef() || operand >= caller->getNumOperands())
          continue;
        add(caller->getOperand(operand));
        if (caller.isLoop() && operand < caller->getNumResults())
          add(caller->getResult(operand));
      }
    }
  }

  SmallVector<Value> worklist;
};

/// Joins places into slots.
class SlotBuilder {
public:
  explicit SlotBuilder(ModuleOp module) : module(module), entries(findEntryPoints(module)), deciders(module) {}

  SmallVector<CallSlot> build() {
    module.walk<WalkOrder::PreOrder>([&](CallEdgesOpInterface op) { add(op); });
    llvm::MapVector<unsigned, CallSlot> slots;
    for (auto [index, place] : llvm::enumerate(places)) {
      CallSlot &slot = slots[find(index)];
      if (place.use)
        slot.uses.push_back(place.use);
      else
        slot.definitions.push_back(place.definition);
      slot.callers.insert_range(place.callers);
      if (slot.floatReason.empty())
        slot.floatReason = place.floatReason;
    }
    SmallVector<CallSlot> floats;
    for (auto &[root, slot] : slots) {
      auto type = [&](const auto &value) -> Type { return value.getType(); };
      SmallVector<Type> types = llvm::map_to_vector(slot.definitions, type);
      for (OpOperand *use : slot.uses)
        types.push_back(use->get().getType());
      if (!llvm::any_of(types, isFloatTensor))
        continue;
      takeScheme(slot);
      for (Type other : types)
        if (auto tensor = dyn_cast<RankedTensorType>(other); !tensor || !tensor.getElementType().isF32())
          if (slot.floatReason.empty())
            llvm::raw_string_ostream(slot.floatReason) << "it has type " << other << ", not a ranked tensor of f32";
      floats.push_back(std::move(slot));
    }
    return floats;
  }

private:
  /// What passes through calls has one type, so its callers must have one scheme.
  static void takeScheme(CallSlot &slot) {
    const Scheme first = quantx::getScheme(slot.callers.front()).value_or(Scheme());
    slot.spec = first.activation();
    for (Operation *caller : slot.callers) {
      if (!slot.floatReason.empty())
        return;
      const Scheme scheme = quantx::getScheme(caller).value_or(Scheme());
      if (!scheme.quantizesActivations())
        slot.floatReason = "the scheme of " + describe(caller) + " keeps it so";
      else if (scheme.activation() != slot.spec)
        slot.floatReason = describe(caller) + " and " + describe(slot.callers.front()) + " have different schemes";
    }
  }

  struct Place {
    OpOperand *use = nullptr;
    Value definition;
    llvm::SetVector<Operation *> callers;
    std::string floatReason;
  };

  unsigned find(unsigned node) {
    while (parents[node] != node)
      node = parents[node] = parents[parents[node]];
    return node;
  }
  unsigned addPlace(void *key, const Place &place, Operation *caller) {
    auto [entry, isNew] = numbers.insert({key, unsigned(places.size())});
    if (isNew) {
      parents.push_back(places.size());
      places.push_back(place);
    }
    places[entry->second].callers.insert(caller);
    if (deciders.values.contains(place.use ? place.use->get() : place.definition))
      places[entry->second].floatReason = "whether a loop goes on depends on it";
    return entry->second;
  }
  unsigned addUse(OpOperand &use, Operation *caller) { return addPlace(&use, {&use, {}, {}, {}}, caller); }
  unsigned addDefinition(Value value, Operation *caller) {
    return addPlace(value.getAsOpaquePointer(), {nullptr, value, {}, {}}, caller);
  }
  void join(unsigned a, unsigned b) { parents[find(b)] = find(a); }

  void add(CallEdgesOpInterface op) {
    SmallVector<unsigned> operands, results;
    for (OpOperand &operand : op->getOpOperands())
      operands.push_back(addUse(operand, op));
    for (Value result : op->getResults())
      results.push_back(addDefinition(result, op));
    auto refuse = [&](const Twine &reason) {
      for (unsigned place : llvm::concat<unsigned>(operands, results))
        places[place].floatReason = reason.str();
    };
    for (const CallEdge &edge : op.getCallEdges()) {
      auto callee = SymbolTable::lookupNearestSymbolFrom<FunctionOpInterface>(op, edge.callee);
      if (!callee || callee.isExternal() || !callee.getFunctionBody().hasOneBlock()) {
        refuse("nothing is known of function '" + edge.callee.getValue() + "'");
        continue;
      }
      Block &body = callee.getFunctionBody().front();
      Operation *terminator = body.getTerminator();
      if (edge.firstOperand + body.getNumArguments() != operands.size() ||
          (edge.givesResults && terminator->getNumOperands() != results.size())) {
        refuse("function '" + edge.callee.getValue() + "' takes or returns another number of values");
        continue;
      }
      if (entries.contains(callee))
        refuse("function '" + edge.callee.getValue() + "' is an entry point, too");
      for (BlockArgument argument : body.getArguments())
        join(operands[edge.firstOperand + argument.getArgNumber()], addDefinition(argument, op));
      if (edge.givesResults)
        for (OpOperand &returned : terminator->getOpOperands())
          join(results[returned.getOperandNumber()], addUse(returned, op));
    }
    if (op.isLoop() && operands.size() == results.size())
      for (auto [operand, result] : llvm::zip_equal(operands, results))
        join(operand, result);
  }

  ModuleOp module;
  llvm::SetVector<Operation *> entries;
  DeciderFinder deciders;
  llvm::DenseMap<void *, unsigned> numbers;
  SmallVector<Place> places;
  SmallVector<unsigned> parents;
};

} // namespace

quantx::FakeQuantOp getDefinitionMark(Value definition) {
  return definition.hasOneUse() ? dyn_cast<quantx::FakeQuantOp>(*definition.getUsers().begin()) : quantx::FakeQuantOp();
}

SmallVector<quantx::FakeQuantOp> CallSlot::marks() const {
  SmallVector<quantx::FakeQuantOp> result;
  for (OpOperand *use : uses)
    result.push_back(use->get().getDefiningOp<quantx::FakeQuantOp>());
  for (Value definition : definitions)
    result.push_back(getDefinitionMark(definition));
  return result;
}

SmallVector<CallSlot> findCallSlots(ModuleOp module) { return SlotBuilder(module).build(); }

DenseSet<Operation *> findLoopDeciders(ModuleOp module) { return std::move(DeciderFinder(module).operators); }

llvm::SetVector<Operation *> findEntryPoints(ModuleOp module) {
  llvm::SetVector<Operation *> entries;
  DenseSet<StringAttr> called;
  module.walk([&](CallEdgesOpInterface op) {
    for (const CallEdge &edge : op.getCallEdges())
      called.insert(edge.callee.getAttr());
  });
  DenseSet<StringAttr> named;
  module->getAttrDictionary().walk([&](FlatSymbolRefAttr symbol) { named.insert(symbol.getAttr()); });
  for (auto function : module.getOps<FunctionOpInterface>())
    if (entries.empty() || named.contains(function.getNameAttr()) || !called.contains(function.getNameAttr()))
      entries.insert(function);
  return entries;
}

} // namespace mlir::vernier
