//===- Plan.cpp - From a function to steps and memory -----------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Plan.h"
#include "mlir/IR/Matchers.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "vernier/Dialect/Kernel/MemoryPlan.h"
#include "vernier/Interfaces/ConstantData.h"
#include "vernier/Interfaces/QuantInterfaces.h"
#include "vernier/Interfaces/TensorIdentity.h"
#include "vernier/Reference/Evaluate.h"
#include "llvm/Support/MathExtras.h"

namespace mlir::vernier {
namespace {

/// Kernels count elements in 32 bits.
constexpr int64_t kMaxElements = std::numeric_limits<int32_t>::max();
/// No file, however small, makes us ask for more.
constexpr int64_t kMaxArenaBytes = int64_t(16) << 30;

class Builder {
public:
  Builder(func::FuncOp function, const ExecutionOptions &options, Executor::Plan &plan)
      : function(function), options(options), plan(plan) {}
  LogicalResult build();

private:
  LogicalResult addInput(BlockArgument argument);
  LogicalResult addConstant(Operation *op, ElementsAttr elements);
  LogicalResult addVariable(nn::VariableOp op);
  LogicalResult addStep(Operation *op);
  LogicalResult addReturn(func::ReturnOp op);
  LogicalResult computeNow(Step &step, int64_t scratchBytes);
  LogicalResult placeInArena();

  /// The type and concrete shape of `value`; fails with a diagnostic.
  FailureOr<PlannedTensor> describeTensor(Value value);
  InFlightDiagnostic error(Value value);
  FailureOr<int64_t> bytesOf(Value value, const PlannedTensor &tensor);
  TensorRef view(unsigned tensor) const;
  bool isConstant(unsigned tensor) const {
    return tensor == kAbsent || plan.storages[plan.tensors[tensor].storage].kind == Storage::Kind::Constant;
  }
  unsigned addTensor(Value value, PlannedTensor tensor, const Storage &storage);
  FailureOr<char *> own(Operation *op, int64_t bytes);
  TensorInfo info(Value value, unsigned tensor) const;

  func::FuncOp function;
  const ExecutionOptions &options;
  Executor::Plan &plan;
  llvm::DenseMap<Value, unsigned> indexOf;
  int64_t ownedBytes = 0;
};

} // namespace

InFlightDiagnostic Builder::error(Value value) {
  if (Operation *op = value.getDefiningOp()) {
    InFlightDiagnostic diagnostic = op->emitError();
    diagnostic << describe(op) << " ";
    return diagnostic;
  }
  InFlightDiagnostic diagnostic = emitError(value.getLoc());
  diagnostic << "input " << cast<BlockArgument>(value).getArgNumber() << " (tensor '" << getTensorName(value) << "') ";
  return diagnostic;
}

FailureOr<PlannedTensor> Builder::describeTensor(Value value) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  if (!type)
    return error(value) << "cannot be executed yet: expected a ranked tensor, got " << value.getType();
  PlannedTensor tensor;
  tensor.elementType = type.getElementType();
  if (std::optional<SmallVector<int64_t>> shape = nn::getPlannedShape(value)) {
    tensor.shape = std::move(*shape);
  } else {
    // An operator that keeps its operand's shape needs no record of its own.
    Operation *op = value.getDefiningOp();
    auto known = op && op->getNumOperands() == 1 ? indexOf.find(op->getOperand(0)) : indexOf.end();
    bool keepsShape =
        op && (op->getName().stripDialect() == "quantize" || op->getName().stripDialect() == "dequantize" ||
               (op->getNumOperands() == 1 && op->getOperand(0).getType() == type));
    if (!keepsShape || known == indexOf.end() || known->second == kAbsent)
      return error(value) << "cannot be executed yet: the shape of " << type << " is not known";
    tensor.shape = plan.tensors[known->second].shape;
    if (failed(verifyCompatibleShape(type.getShape(), tensor.shape)))
      return error(value) << "expected shape " << formatDims(tensor.shape) << ", got " << type;
  }
  int64_t elements = 1;
  for (int64_t size : tensor.shape)
    if (size < 0 || size > kMaxElements || llvm::MulOverflow(elements, std::max<int64_t>(size, 1), elements) ||
        elements > kMaxElements)
      return error(value) << "cannot be executed yet: a tensor of shape " << formatDims(tensor.shape)
                          << " is too large";
  return tensor;
}

FailureOr<int64_t> Builder::bytesOf(Value value, const PlannedTensor &tensor) {
  int64_t elements = 1;
  for (int64_t size : tensor.shape)
    elements *= size;
  std::optional<int64_t> bytes;
  if (classify(tensor.elementType) != ElementClass::Other)
    bytes = nn::getStorageBytes(tensor.elementType, elements);
  if (!bytes)
    return error(value) << "cannot be executed yet: elements of type " << tensor.elementType;
  return *bytes;
}

TensorRef Builder::view(unsigned index) const {
  if (index == kAbsent)
    return {};
  const PlannedTensor &tensor = plan.tensors[index];
  return {tensor.elementType, tensor.shape, const_cast<void *>(plan.storages[tensor.storage].data)};
}

unsigned Builder::addTensor(Value value, PlannedTensor tensor, const Storage &storage) {
  tensor.storage = plan.storages.size();
  plan.storages.push_back(storage);
  indexOf[value] = plan.tensors.size();
  plan.tensors.push_back(std::move(tensor));
  return plan.tensors.size() - 1;
}

FailureOr<char *> Builder::own(Operation *op, int64_t bytes) {
  ownedBytes += bytes;
  auto memory = allocateAligned(ownedBytes > kMaxArenaBytes ? 0 : bytes);
  if (!memory || ownedBytes > kMaxArenaBytes)
    return op->emitError() << describe(op) << " needs " << bytes << " bytes for constants, which are not there";
  plan.owned.push_back(std::move(memory));
  return plan.owned.back().get();
}

TensorInfo Builder::info(Value value, unsigned index) const {
  const PlannedTensor &tensor = plan.tensors[index];
  return {getTensorName(value).str(), tensor.elementType, tensor.shape, plan.storages[tensor.storage].bytes};
}

LogicalResult Builder::addInput(BlockArgument argument) {
  FailureOr<PlannedTensor> tensor = describeTensor(argument);
  if (failed(tensor))
    return failure();
  FailureOr<int64_t> bytes = bytesOf(argument, *tensor);
  if (failed(bytes))
    return failure();
  Storage storage{Storage::Kind::Input, *bytes};
  storage.index = argument.getArgNumber();
  plan.inputs.push_back(info(argument, addTensor(argument, std::move(*tensor), storage)));
  return success();
}

LogicalResult Builder::addConstant(Operation *op, ElementsAttr elements) {
  Value value = op->getResult(0);
  FailureOr<PlannedTensor> tensor = describeTensor(value);
  if (failed(tensor))
    return failure();
  FailureOr<int64_t> bytes = bytesOf(value, *tensor);
  if (failed(bytes))
    return failure();
  std::optional<ConstantData> data = getConstantData(elements);
  if (!data || int64_t(data->bytes().size()) != *bytes)
    return error(value) << "expected " << *bytes << " bytes of data, got " << (data ? data->bytes().size() : 0);
  const char *view = data->bytes().data();
  if (reinterpret_cast<uintptr_t>(view) % std::max(1u, elementBytes(tensor->elementType))) {
    FailureOr<char *> copy = own(op, *bytes);
    if (failed(copy))
      return failure();
    llvm::copy(data->bytes(), *copy);
    view = *copy;
  } else {
    plan.constants.push_back(std::move(*data));
  }
  Storage storage{Storage::Kind::Constant, *bytes, view};
  addTensor(value, std::move(*tensor), storage);
  return success();
}

LogicalResult Builder::addVariable(nn::VariableOp op) {
  FailureOr<PlannedTensor> tensor = describeTensor(op.getOutput());
  if (failed(tensor))
    return failure();
  FailureOr<int64_t> bytes = bytesOf(op.getOutput(), *tensor);
  if (failed(bytes))
    return failure();
  Storage storage{Storage::Kind::State, *bytes};
  // As LiteRT resets them: int8 to the zero point, all else to zeros.
  if (auto type = dyn_cast<quant::UniformQuantizedType>(tensor->elementType);
      type && classify(type) == ElementClass::Int8)
    storage.initial = char(type.getZeroPoint());
  storage.offset = plan.stateBytes;
  plan.stateBytes += llvm::alignTo(*bytes, kArenaAlignment);
  if (plan.stateBytes > kMaxArenaBytes)
    return op.emitError() << describe(op) << " cannot be executed yet: variables need more than "
                          << (kMaxArenaBytes >> 30) << " GiB";
  addTensor(op.getOutput(), std::move(*tensor), storage);
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

LogicalResult Builder::addStep(Operation *op) {
  KernelPlanner planner = findKernelPlanner(op->getName().getStringRef());
  if (!planner)
    return op->emitError() << describe(op) << " cannot be executed yet: there is no kernel for this operator";
  Step step;
  step.op = op;
  for (Value operand : op->getOperands())
    step.operands.push_back(indexOf.lookup(operand));
  unsigned index = plan.steps.size();
  for (Value result : op->getResults()) {
    FailureOr<PlannedTensor> tensor = describeTensor(result);
    if (failed(tensor))
      return failure();
    FailureOr<int64_t> bytes = bytesOf(result, *tensor);
    if (failed(bytes))
      return failure();
    Storage storage{Storage::Kind::Arena, *bytes};
    storage.first = storage.last = index;
    step.results.push_back(addTensor(result, std::move(*tensor), storage));
  }

  auto look = [&](unsigned tensor) { return view(tensor); };
  SmallVector<TensorRef> operands = llvm::map_to_vector(step.operands, look),
                         results = llvm::map_to_vector(step.results, look);
  FailureOr<PlannedKernel> kernel = planner({op, operands, results, options.target});
  if (failed(kernel))
    return failure();
  if (kernel->aliasOf) {
    PlannedTensor &result = plan.tensors[step.results[0]];
    unsigned source = plan.tensors[step.operands[*kernel->aliasOf]].storage;
    assert(plan.storages[source].bytes == plan.storages[result.storage].bytes && "an alias has its source's bytes");
    plan.storages[result.storage].bytes = 0;
    result.storage = source;
  } else {
    step.run = std::move(kernel->run);
    step.describe = std::move(kernel->describe);
    // What follows from shapes is the same for every kernel set.
    if (options.kernels == ExecutionOptions::KernelSet::Reference && !kernel->isConstant) {
      if (!hasReference(op))
        return op->emitError() << describe(op) << " cannot be executed yet: there is no reference for this operator";
      kernel->scratchBytes = 0;
      step.run = [op, target = options.target](const KernelMemory &memory) {
        return evaluateReference(op, memory.operands, memory.results, target);
      };
    }
    if (kernel->isConstant || llvm::all_of(step.operands, [&](unsigned tensor) { return isConstant(tensor); })) {
      if (failed(computeNow(step, kernel->scratchBytes)))
        return failure();
    } else if (kernel->scratchBytes) {
      step.scratch = plan.storages.size();
      Storage storage{Storage::Kind::Arena, kernel->scratchBytes};
      storage.first = storage.last = index;
      plan.storages.push_back(storage);
    }
  }
  for (unsigned operand : step.operands)
    if (operand != kAbsent)
      plan.storages[plan.tensors[operand].storage].last = index;
  plan.steps.push_back(std::move(step));
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
  for (Storage &storage : plan.storages)
    if (storage.kind == Storage::Kind::Arena && storage.bytes > 0) {
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

LogicalResult Builder::build() {
  if (!function.getBody().hasOneBlock())
    return function.emitError() << "cannot be executed yet: expected a body of one block";
  Block &block = function.getBody().front();
  for (BlockArgument argument : block.getArguments())
    if (failed(addInput(argument)))
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

FailureOr<std::shared_ptr<const Executor::Plan>> Executor::Plan::build(func::FuncOp function,
                                                                       const ExecutionOptions &options) {
  auto plan = std::make_shared<Plan>();
  if (failed(Builder(function, options, *plan).build()))
    return failure();
  return std::shared_ptr<const Plan>(std::move(plan));
}

} // namespace mlir::vernier
