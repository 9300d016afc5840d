//===- ControlFlow.cpp - Branches, loops, calls and variables ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Every function is written where an operator runs it, so that the memory plan sees the whole program at once: what a
// function needs lies beside what lives around it, not beside all that may ever live.
//===----------------------------------------------------------------------===//

#include "Writer.h"
#include "vernier/Dialect/NN/NN.h"
#include "vernier/Interfaces/TensorIdentity.h"

namespace mlir::vernier {

using kernel::IfOp;
using kernel::WhileOp;

LogicalResult Writer::refuse(Operation *op, const Twine &reason) {
  return op->emitError() << describe(op) << " cannot be generated yet: " << reason;
}

Place Writer::placeOf(Scope &scope, unsigned memory) {
  if (scope.places[memory].variable)
    return scope.places[memory];
  return {valueOf(scope, memory)};
}

SmallVector<Place> Writer::argumentsOf(Scope &scope, const ProgramStep &step, unsigned first) {
  // Planning refuses operators that give a function less than it takes.
  return llvm::map_to_vector(ArrayRef(step.operands).drop_front(first),
                             [&](std::optional<unsigned> memory) { return placeOf(scope, *memory); });
}

FailureOr<SmallVector<Place>> Writer::addFunction(unsigned index, ArrayRef<Place> arguments, ArrayRef<Value> wanted) {
  const ProgramFunction &function = program.functions[index];
  Scope scope{function, SmallVector<Place>(function.memories.size())};
  for (auto [place, memory] : llvm::zip_equal(scope.places, function.memories))
    if (memory.kind == ProgramMemory::Kind::Input)
      place = arguments[memory.input];
  for (auto [result, memory] : llvm::zip(function.results, wanted))
    if (Value &at = scope.places[result].memory;
        function.memories[result].kind == ProgramMemory::Kind::Arena && !at && memory)
      at = memory;
  if (failed(addSteps(scope)))
    return failure();
  return llvm::map_to_vector(function.results, [&](unsigned result) { return placeOf(scope, result); });
}

/// Handles have no memory.
static bool isHandle(const ProgramMemory &memory) { return isa_and_nonnull<nn::ResourceType>(memory.elementType); }

LogicalResult Writer::addFunctionInto(Scope &scope, const ProgramStep &step, unsigned index,
                                      ArrayRef<Place> arguments) {
  // Memory that both branches of an operator write has been made outside of them.
  auto wanted = llvm::map_to_vector(step.results, [&](std::optional<unsigned> result) {
    return isHandle(scope.function.memories[*result]) ? Value() : valueOf(scope, *result);
  });
  FailureOr<SmallVector<Place>> results = addFunction(index, arguments, wanted);
  if (failed(results))
    return failure();
  for (auto [result, place, memory] : llvm::zip_equal(step.results, *results, wanted)) {
    if (memory) {
      addCopy(step.op, place.memory, memory, describe(step.op));
      continue;
    }
    std::optional<int64_t> &variable = scope.places[*result].variable;
    if (!place.variable || (variable && variable != place.variable))
      return refuse(step.op, "which variable its result names follows from data");
    variable = place.variable;
  }
  return success();
}

LogicalResult Writer::addBranch(Scope &scope, const ProgramStep &step) {
  const ProgramMemory &condition = scope.function.memories[*step.operands.front()];
  if (condition.bytes != 1)
    return refuse(step.op, "expected one boolean as its condition, got " + Twine(condition.bytes) + " bytes");
  SmallVector<Place> arguments = argumentsOf(scope, step, 1);
  if (condition.kind == ProgramMemory::Kind::Constant)
    return addFunctionInto(scope, step, step.functions[*condition.data ? 0 : 1], arguments);
  for (std::optional<unsigned> result : step.results)
    if (!isHandle(scope.function.memories[*result]))
      (void)valueOf(scope, *result);
  auto branch = IfOp::create(builder, step.op->getLoc(), valueOf(scope, *step.operands.front()),
                             builder.getStringAttr(describe(step.op)));
  const std::set<int64_t> before = assigned;
  for (auto [index, region] : llvm::zip_equal(step.functions, branch->getRegions())) {
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToEnd(&region.front());
    assigned = before;
    if (failed(addFunctionInto(scope, step, index, arguments)))
      return failure();
  }
  // What one branch alone gives a value may have none.
  assigned = before;
  return success();
}

LogicalResult Writer::addLoop(Scope &scope, const ProgramStep &step) {
  const unsigned conditionIndex = step.functions[0], bodyIndex = step.functions[1];
  const ProgramFunction &condition = program.functions[conditionIndex], &body = program.functions[bodyIndex];
  const ProgramMemory &verdict = condition.memories[condition.results.front()];
  if (verdict.bytes != 1)
    return refuse(step.op, "expected one boolean as its condition, got " + Twine(verdict.bytes) + " bytes");
  // What goes round stays where its result will be; what never changes, where it is.
  SmallVector<Place> values = argumentsOf(scope, step, 0);
  for (auto [index, value, result] : llvm::enumerate(values, step.results)) {
    Place &place = scope.places[*result];
    const ProgramMemory &returned = body.memories[body.results[index]];
    const bool isUnchanged = returned.kind == ProgramMemory::Kind::Input && returned.input == index;
    auto buffer = value.memory ? value.memory.getDefiningOp<kernel::BufferOp>() : kernel::BufferOp();
    const bool mayChangeLater = buffer && buffer.getState();
    if (value.variable || (isUnchanged && !mayChangeLater && !place.memory)) {
      place = value;
      continue;
    }
    Value memory = valueOf(scope, *result);
    addCopy(step.op, value.memory, memory, describe(step.op));
    value.memory = memory;
  }
  Value goesOn =
      kernel::BufferOp::create(builder, step.op->getLoc(), typeOf(verdict), IntegerAttr(), IntegerAttr()).getMemory();
  StringAttr origin = builder.getStringAttr(describe(step.op));
  auto loop = WhileOp::create(builder, step.op->getLoc(), goesOn, origin);
  OpBuilder::InsertionGuard guard(builder);
  const std::set<int64_t> before = assigned;
  builder.setInsertionPointToEnd(&loop.getTest().front());
  FailureOr<SmallVector<Place>> asked = addFunction(conditionIndex, values, goesOn);
  if (failed(asked))
    return failure();
  addCopy(step.op, asked->front().memory, goesOn, origin);

  builder.setInsertionPointToEnd(&loop.getBody().front());
  FailureOr<SmallVector<Place>> next = addFunction(bodyIndex, values, {});
  if (failed(next))
    return failure();
  for (auto [value, place] : llvm::zip_equal(values, *next)) {
    if (value.variable != place.variable)
      return refuse(step.op, "which variable its result names follows from data");
    // A value that becomes another one's is read before that is written.
    const bool isOther = place.memory != value.memory &&
                         llvm::any_of(values, [&](const Place &other) { return other.memory == place.memory; });
    if (!isOther || value.variable)
      continue;
    Value apart = kernel::BufferOp::create(builder, step.op->getLoc(), cast<MemRefType>(place.memory.getType()),
                                           IntegerAttr(), IntegerAttr())
                      .getMemory();
    addCopy(step.op, place.memory, apart, origin);
    place.memory = apart;
  }
  for (auto [value, place] : llvm::zip_equal(values, *next))
    if (!value.variable)
      addCopy(step.op, place.memory, value.memory, origin);
  // There may have been no round.
  assigned = before;
  return success();
}

LogicalResult Writer::addCallOnce(Scope &scope, const ProgramStep &step) {
  if (!step.operands.empty() || !step.results.empty())
    return refuse(step.op, "expected no operands and no results");
  MemRefType byte = MemRefType::get({1}, builder.getI8Type());
  Value &isWaiting = waiting[step.functions.front()];
  if (!isWaiting)
    isWaiting = state(byte, 1);
  StringAttr origin = builder.getStringAttr(describe(step.op));
  auto branch = IfOp::create(builder, step.op->getLoc(), isWaiting, origin);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToEnd(&branch.getThenRegion().front());
  addCopy(step.op, constant({"\0", 1}, builder.getI8Type(), {1}), isWaiting, origin);
  // It has run now or before.
  return addFunctionInto(scope, step, step.functions.front(), {});
}

LogicalResult Writer::addVariableAccess(Scope &scope, const ProgramStep &step) {
  const std::optional<int64_t> number = scope.places[*step.operands.front()].variable;
  if (!number)
    return refuse(step.op, "which variable it means follows from data");
  const bool isRead = step.control == ControlKind::Read;
  const unsigned index = isRead ? *step.results.front() : *step.operands[1];
  const ProgramMemory &value = scope.function.memories[index];
  Variable &variable = variables[*number];
  if (!variable.memory) {
    variable = {value.elementType, state(typeOf(value), 0), state(MemRefType::get({1}, builder.getI8Type()), 0)};
  } else if (variable.elementType != value.elementType ||
             kernel::bytesOf(cast<MemRefType>(variable.memory.getType())) != value.bytes) {
    return refuse(step.op, "expected a variable of one type and shape throughout");
  }
  const std::string origin = describe(step.op);
  if (!isRead) {
    addCopy(step.op, valueOf(scope, index), variable.memory, origin);
    addCopy(step.op, constant({"\1", 1}, builder.getI8Type(), {1}), variable.isSet, origin);
    assigned.insert(*number);
    return success();
  }
  if (!assigned.count(*number)) {
    variable.isAsked = true;
    addCall(step.op->getLoc(), "runtime::isSet", "Runtime/IsSet.h",
            kernel::PointerAttr::get(builder.getContext(), 0, builder.getStringAttr("uint8_t"), 0), variable.isSet, {},
            origin, /*canFail=*/true);
  }
  addCopy(step.op, variable.memory, valueOf(scope, index), origin);
  return success();
}

void Writer::dropUnasked() {
  for (auto &[number, variable] : variables)
    if (!variable.isAsked) {
      for (Operation *user : llvm::make_early_inc_range(variable.isSet.getUsers()))
        user->erase();
      variable.isSet.getDefiningOp()->erase();
    }
}

LogicalResult Writer::addControl(Scope &scope, const ProgramStep &step) {
  switch (*step.control) {
  case ControlKind::Call:
    return addFunctionInto(scope, step, step.functions.front(), argumentsOf(scope, step, 0));
  case ControlKind::CallOnce:
    return addCallOnce(scope, step);
  case ControlKind::If:
    return addBranch(scope, step);
  case ControlKind::While:
    return addLoop(scope, step);
  case ControlKind::Handle:
    scope.places[*step.results.front()].variable = step.variable;
    return success();
  case ControlKind::Read:
  case ControlKind::Assign:
    return addVariableAccess(scope, step);
  }
  llvm_unreachable("every kind has its writer");
}

} // namespace mlir::vernier
