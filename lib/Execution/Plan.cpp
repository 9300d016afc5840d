//===- Plan.cpp - From a function to steps and memory -----------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Plan.h"
#include "ControlFlow.h"
#include "vernier/Dialect/Kernel/MemoryPlan.h"
#include "vernier/Interfaces/ConstantData.h"
#include "vernier/Interfaces/TensorIdentity.h"
#include "llvm/Support/MathExtras.h"

namespace mlir::vernier {
namespace {

class Builder {
public:
  Builder(func::FuncOp function, ExecutionProgram &program, Plan &plan)
      : function(function), program(program), plan(plan) {}
  LogicalResult build(ArrayRef<ExecutionProgram::ArgumentShape> shapes);

private:
  LogicalResult addInput(BlockArgument argument, const ExecutionProgram::ArgumentShape &shape);
  LogicalResult addConstant(Operation *op, ElementsAttr elements);
  LogicalResult addVariable(nn::VariableOp op);
  LogicalResult addStep(Operation *op);
  LogicalResult addControl(Step &step, ControlPlanner planner);
  LogicalResult addKernel(Step &step);
  LogicalResult addReturn(func::ReturnOp op);
  LogicalResult computeNow(Step &step, int64_t scratchBytes);
  LogicalResult addResults(Step &step, ArrayRef<TensorShape> results);
  LogicalResult placeInArena();

  TensorRef view(unsigned tensor) const;
  bool isConstant(unsigned tensor) const {
    return tensor == kAbsent || plan.storages[plan.tensors[tensor].storage].kind == Storage::Kind::Constant;
  }
  unsigned addTensor(Value value, const TensorShape &tensor, const Storage &storage);
  FailureOr<char *> own(Operation *op, int64_t bytes);
  TensorInfo info(Value value, unsigned tensor) const;

  func::FuncOp function;
  ExecutionProgram &program;
  Plan &plan;
  llvm::DenseMap<Value, unsigned> indexOf;
};

} // namespace

TensorRef Builder::view(unsigned index) const {
  if (index == kAbsent)
    return {};
  const PlannedTensor &tensor = plan.tensors[index];
  return {tensor.elementType, tensor.shape, const_cast<void *>(plan.storages[tensor.storage].data)};
}

unsigned Builder::addTensor(Value value, const TensorShape &tensor, const Storage &storage) {
  PlannedTensor planned{tensor};
  planned.storage = plan.storages.size();
  plan.storages.push_back(storage);
  indexOf[value] = plan.tensors.size();
  plan.tensors.push_back(std::move(planned));
  return plan.tensors.size() - 1;
}

FailureOr<char *> Builder::own(Operation *op, int64_t bytes) {
  const bool isAllowed = program.reserve(bytes);
  auto memory = allocateAligned(isAllowed ? bytes : 0);
  if (!memory || !isAllowed)
    return op->emitError() << describe(op) << " needs " << bytes << " bytes for constants, which are not there";
  plan.owned.push_back(std::move(memory));
  return plan.owned.back().get();
}

TensorInfo Builder::info(Value value, unsigned index) const {
  const PlannedTensor &tensor = plan.tensors[index];
  TensorInfo result{getTensorName(value).str(), tensor.elementType, tensor.shape};
  result.bytes = tensor.isKnown ? plan.storages[tensor.storage].bytes : TensorInfo::kUnknown;
  return result;
}

LogicalResult Builder::addInput(BlockArgument argument, const ExecutionProgram::ArgumentShape &shape) {
  if (!isa<TensorType>(argument.getType()))
    return emitTensorError(argument) << "cannot be executed yet: expected a tensor, got " << argument.getType();
  TensorShape tensor = guessShape(argument);
  auto ranked = dyn_cast<RankedTensorType>(argument.getType());
  if (shape && ranked && failed(verifyCompatibleShape(ranked.getShape(), *shape)))
    return emitTensorError(argument) << "expected a tensor of type " << ranked << ", got shape " << formatDims(*shape);
  if (shape)
    tensor.shape = *shape;
  // A static type holds, even where the caller does not know the shape yet.
  tensor.isKnown |= shape.has_value();
  FailureOr<int64_t> bytes = getTensorBytes(argument, tensor.elementType, tensor.shape);
  if (failed(bytes))
    return failure();
  Storage storage{Storage::Kind::Input, *bytes};
  storage.index = argument.getArgNumber();
  plan.arguments.push_back(addTensor(argument, tensor, storage));
  plan.inputs.push_back(info(argument, plan.arguments.back()));
  return success();
}

LogicalResult Builder::addConstant(Operation *op, ElementsAttr elements) {
  Value value = op->getResult(0);
  TensorShape tensor = guessShape(value);
  FailureOr<int64_t> bytes = getTensorBytes(value, tensor.elementType, tensor.shape);
  if (failed(bytes))
    return failure();
  std::optional<ConstantData> data = getConstantData(elements);
  if (!data || int64_t(data->bytes().size()) != *bytes)
    return emitTensorError(value) << "expected " << *bytes << " bytes of data, got "
                                  << (data ? data->bytes().size() : 0);
  const char *view = data->bytes().data();
  if (reinterpret_cast<uintptr_t>(view) % std::max(1u, elementBytes(tensor.elementType))) {
    FailureOr<char *> copy = own(op, *bytes);
    if (failed(copy))
      return failure();
    llvm::copy(data->bytes(), *copy);
    view = *copy;
  } else {
    plan.constants.push_back(std::move(*data));
  }
  addTensor(value, tensor, Storage{Storage::Kind::Constant, *bytes, view});
  return success();
}

LogicalResult Builder::addVariable(nn::VariableOp op) {
  TensorShape tensor = guessShape(op.getOutput());
  // The same memory in every run, whatever the shapes of the arguments: what the file records.
  if (!nn::getPlannedShape(op.getOutput()))
    return emitTensorError(op.getOutput())
           << "cannot be executed yet: the shape of " << op.getOutput().getType() << " is not known";
  tensor.isKnown = true;
  FailureOr<int64_t> bytes = getTensorBytes(op.getOutput(), tensor.elementType, tensor.shape);
  if (failed(bytes))
    return failure();
  Storage storage{Storage::Kind::State, *bytes};
  // As LiteRT resets them: int8 to the zero point, all else to zeros.
  if (auto type = dyn_cast<quant::UniformQuantizedType>(tensor.elementType);
      type && classify(type) == ElementClass::Int8)
    storage.initial = char(type.getZeroPoint());
  storage.offset = plan.stateBytes;
  plan.stateBytes += llvm::alignTo(*bytes, kArenaAlignment);
  if (plan.stateBytes > kMaxArenaBytes)
    return op.emitError() << describe(op) << " cannot be executed yet: variables need more than "
                          << (kMaxArenaBytes >> 30) << " GiB";
  addTensor(op.getOutput(), tensor, storage);
  return success();
}

LogicalResult Builder::computeNow(Step &step, int64_t scratchBytes) {
  auto scratch = allocateAligned(scratchBytes);
  if (!scratch)
    return step.op->emitError() << describe(step.op) << " needs " << scratchBytes << " bytes, which are not there";
  for (unsigned result : step.results) {
    Storage &storage = plan.storages[plan.tensors[result].storage];
    FailureOr<char *> memory = own(step.op, storage.bytes);
    if (failed(memory))
      return failure();
    storage.kind = Storage::Kind::Constant;
    storage.data = *memory;
  }
  auto look = [&](unsigned tensor) { return view(tensor); };
  SmallVector<TensorRef> operands = llvm::map_to_vector(step.operands, look),
                         results = llvm::map_to_vector(step.results, look);
  if (failed(step.run({operands, results, scratch.get()})))
    return failure();
  step.run = nullptr;
  return success();
}

/// Storages for the results: in the arena where the shape is known, else on the heap.
LogicalResult Builder::addResults(Step &step, ArrayRef<TensorShape> results) {
  for (auto [value, result] : llvm::zip_equal(step.op->getResults(), results)) {
    Storage storage;
    storage.first = storage.last = plan.steps.size();
    FailureOr<int64_t> bytes = getTensorBytes(value, result.elementType, result.shape);
    if (failed(bytes))
      return failure();
    if (result.isKnown)
      storage.bytes = *bytes;
    else
      storage.kind = Storage::Kind::Heap;
    step.results.push_back(addTensor(value, result, storage));
  }
  return success();
}

LogicalResult Builder::addStep(Operation *op) {
  Step step;
  step.op = op;
  for (Value operand : op->getOperands())
    step.operands.push_back(indexOf.lookup(operand));
  for (Value result : op->getResults())
    if (!isa<TensorType>(result.getType()))
      return emitTensorError(result) << "cannot be executed yet: expected a tensor, got " << result.getType();
  ControlPlanner control = findControlPlanner(op->getName().getStringRef());
  if (failed(control ? addControl(step, control) : addKernel(step)))
    return failure();
  for (unsigned operand : step.operands)
    if (operand != kAbsent)
      plan.storages[plan.tensors[operand].storage].last = plan.steps.size();
  plan.steps.push_back(std::move(step));
  return success();
}

LogicalResult Builder::addControl(Step &step, ControlPlanner planner) {
  auto results = llvm::map_to_vector(step.op->getResults(), [](Value value) { return guessShape(value); });
  auto operands = llvm::map_to_vector(
      step.operands, [&](unsigned index) { return index == kAbsent ? TensorShape() : plan.tensors[index]; });
  FailureOr<ControlStep> control = planner({step.op, program, operands, results});
  if (failed(control))
    return failure();
  step.control = std::move(*control);
  return addResults(step, results);
}

LogicalResult Builder::addKernel(Step &step) {
  auto look = [&](unsigned tensor) { return view(tensor); };
  SmallVector<TensorRef> operands = llvm::map_to_vector(step.operands, look);
  ArrayRef<int64_t> like = operands.empty() ? ArrayRef<int64_t>() : operands.front().shape;
  SmallVector<TensorShape> results =
      llvm::map_to_vector(step.op->getResults(), [&](Value value) { return guessShape(value, like); });
  const bool areKnown =
      llvm::all_of(step.operands, [&](unsigned tensor) { return tensor == kAbsent || plan.tensors[tensor].isKnown; });
  FailureOr<OperatorPlan> planned = OperatorPlan();
  if (areKnown)
    planned = planOperator(step.op, operands, results, program.getOptions());
  if (failed(planned) || failed(addResults(step, results)))
    return failure();
  if (!areKnown || planned->missingValue) {
    if (!findKernelPlanner(step.op->getName().getStringRef()))
      return step.op->emitError() << describe(step.op)
                                  << " cannot be executed yet: there is no kernel for this operator";
    step.late = plan.lateSteps++;
    return success();
  }
  PlannedKernel &kernel = planned->kernel;
  if (kernel.aliasOf) {
    PlannedTensor &result = plan.tensors[step.results[0]];
    unsigned source = plan.tensors[step.operands[*kernel.aliasOf]].storage;
    assert(plan.storages[source].bytes == plan.storages[result.storage].bytes && "an alias has its source's bytes");
    plan.storages[result.storage].bytes = 0;
    result.storage = source;
    return success();
  }
  step.run = std::move(kernel.run);
  step.describe = std::move(kernel.describe);
  if (kernel.isConstant || llvm::all_of(step.operands, [&](unsigned tensor) { return isConstant(tensor); }))
    return computeNow(step, kernel.scratchBytes);
  if (kernel.scratchBytes) {
    step.scratch = plan.storages.size();
    Storage storage{Storage::Kind::Arena, kernel.scratchBytes};
    storage.first = storage.last = plan.steps.size();
    plan.storages.push_back(storage);
  }
  return success();
}

LogicalResult Builder::addReturn(func::ReturnOp op) {
  for (Value value : op.getOperands()) {
    unsigned tensor = indexOf.lookup(value);
    if (tensor == kAbsent)
      return op.emitError() << "expected tensors to return, got " << value.getType();
    plan.results.push_back(tensor);
    plan.storages[plan.tensors[tensor].storage].last = plan.steps.size();
    plan.outputs.push_back(info(value, tensor));
  }
  return success();
}

LogicalResult Builder::placeInArena() {
  SmallVector<BufferLifetime> lifetimes;
  SmallVector<Storage *> storages;
  for (auto [index, storage] : llvm::enumerate(plan.storages)) {
    if (storage.kind == Storage::Kind::Heap && storage.last < plan.steps.size())
      plan.steps[storage.last].frees.push_back(index);
    if (storage.kind != Storage::Kind::Arena || storage.bytes == 0)
      continue;
    lifetimes.push_back({storage.bytes, storage.first, storage.last});
    storages.push_back(&storage);
  }
  SmallVector<int64_t> offsets;
  std::optional<int64_t> bytes = planMemory(lifetimes, kMaxArenaBytes, offsets);
  if (!bytes)
    return function.emitError() << "cannot be executed yet: its activations need more than " << (kMaxArenaBytes >> 30)
                                << " GiB";
  for (auto [storage, offset] : llvm::zip_equal(storages, offsets))
    storage->offset = offset;
  plan.arenaBytes = *bytes;
  return success();
}

LogicalResult Builder::build(ArrayRef<ExecutionProgram::ArgumentShape> shapes) {
  if (!function.getBody().hasOneBlock())
    return function.emitError() << "cannot be executed yet: expected a body of one block";
  Block &block = function.getBody().front();
  for (auto [argument, shape] : llvm::zip_equal(block.getArguments(), shapes))
    if (failed(addInput(argument, shape)))
      return failure();
  for (Operation &op : block) {
    ElementsAttr elements = op.getNumResults() == 1 ? getConstantElements(op.getResult(0)) : ElementsAttr();
    if (auto terminator = dyn_cast<func::ReturnOp>(op)) {
      if (failed(addReturn(terminator)))
        return failure();
    } else if (isa<nn::NoValueOp>(op)) {
      indexOf[op.getResult(0)] = kAbsent;
    } else if (auto variable = dyn_cast<nn::VariableOp>(op)) {
      if (failed(addVariable(variable)))
        return failure();
    } else if (failed(elements ? addConstant(&op, elements) : addStep(&op))) {
      return failure();
    }
  }
  return placeInArena();
}

FailureOr<const Plan *> ExecutionProgram::plan(func::FuncOp callee, ArrayRef<ArgumentShape> shapes) {
  Key key(callee, {});
  for (const ArgumentShape &shape : shapes) {
    auto &entry = key.second.emplace_back();
    if (shape)
      entry.emplace(shape->begin(), shape->end());
  }
  auto found = plans.find(key);
  if (found != plans.end())
    return found->second.get();
  // Each plan has a share of its own in memory: neither a tower of calls nor calls with ever new shapes may ask for
  // any number of them.
  constexpr size_t maxDepth = 100, maxPlans = 10000;
  if (active.size() == maxDepth || plans.size() == maxPlans)
    return callee.emitError() << "cannot be executed yet: expected functions that call each other at most " << maxDepth
                              << " deep, with at most " << maxPlans << " lists of shapes";
  if (llvm::is_contained(active, callee))
    return callee.emitError() << "cannot be executed: the function calls itself";
  active.push_back(callee);
  auto made = std::make_unique<Plan>();
  LogicalResult result = Builder(callee, *this, *made).build(shapes);
  active.pop_back();
  if (failed(result))
    return failure();
  return plans.emplace(std::move(key), std::move(made)).first->second.get();
}

FailureOr<const Plan *> ExecutionProgram::planCallee(Operation *caller, FlatSymbolRefAttr symbol,
                                                     ArrayRef<ArgumentShape> shapes) {
  auto callee = SymbolTable::lookupNearestSymbolFrom<func::FuncOp>(caller, symbol);
  if (!callee || callee.isExternal())
    return caller->emitError() << describe(caller) << " runs " << symbol << ", but the module has no such function";
  if (callee.getNumArguments() != shapes.size())
    return caller->emitError() << describe(caller) << " gives " << shapes.size() << " arguments to " << symbol
                               << ", which takes " << callee.getNumArguments();
  return plan(callee, shapes);
}

FailureOr<std::shared_ptr<const ExecutionProgram>>
ExecutionProgram::build(func::FuncOp function, const ExecutionOptions &options, ArrayRef<SmallVector<int64_t>> shapes) {
  SmallVector<ArgumentShape> arguments;
  if (!shapes.empty())
    arguments.append(shapes.begin(), shapes.end());
  else
    for (BlockArgument argument : function.getArguments()) {
      if (isa<RankedTensorType>(argument.getType()) && !nn::getPlannedShape(argument))
        return emitTensorError(argument) << "cannot be executed yet: the shape of " << argument.getType()
                                         << " is not known";
      arguments.push_back(isa<TensorType>(argument.getType()) ? guessShape(argument).shape : SmallVector<int64_t>());
    }
  std::shared_ptr<ExecutionProgram> program(new ExecutionProgram(function, options));
  FailureOr<const Plan *> entry = program->plan(function, arguments);
  if (failed(entry))
    return failure();
  program->entry = *entry;
  return std::shared_ptr<const ExecutionProgram>(std::move(program));
}

int64_t ExecutionProgram::getArenaBytes() const {
  int64_t bytes = 0;
  for (const auto &[key, plan] : plans)
    bytes += plan->arenaBytes;
  return bytes;
}

} // namespace mlir::vernier
