//===- Frame.cpp - One function in the middle of its run --------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Frame.h"
#include "vernier/Interfaces/TensorIdentity.h"

namespace mlir::vernier {

//===----------------------------------------------------------------------===//
// Machine
//===----------------------------------------------------------------------===//

FailureOr<Frame *> Machine::getFrame(const Plan &plan, Operation *caller) {
  std::unique_ptr<Frame> &frame = frames[&plan];
  if (!frame) {
    FailureOr<AlignedMemory> arena = allocate(caller, plan.arenaBytes);
    if (failed(arena))
      return failure();
    FailureOr<AlignedMemory> state = allocate(caller, plan.stateBytes);
    if (failed(state))
      return failure();
    frame = std::make_unique<Frame>(*this, plan, std::move(*arena), std::move(*state));
  }
  return frame.get();
}

FailureOr<AlignedMemory> Machine::allocate(Operation *op, int64_t bytes) {
  const bool isAllowed = allocated + bytes <= kMaxArenaBytes;
  AlignedMemory memory = allocateAligned(isAllowed ? bytes : 0);
  if (!memory || !isAllowed)
    return op->emitError() << "needs " << bytes << " bytes for activations, which are not there";
  allocated += bytes;
  return memory;
}

void Machine::begin(const ExecutionObserver *watcher, const InternalObserver *internalWatcher) {
  observer = watcher;
  internals = internalWatcher;
  calls = 0;
}

LogicalResult Machine::countCall(Operation *op) {
  constexpr int64_t maxCalls = 1000000;
  if (++calls <= maxCalls)
    return success();
  return op->emitError() << describe(op) << " expected to end within " << maxCalls
                         << " calls of functions in one run, rounds of loops included";
}

void Machine::takeState(Machine &other) {
  // Variables are numbered in program order, whatever the shapes.
  variables = std::move(other.variables);
  calledOnce = std::move(other.calledOnce);
}

void Machine::reset() {
  variables.assign(variables.size(), VariableValue());
  calledOnce.clear();
  for (auto &[plan, frame] : frames)
    if (frame)
      frame->resetState();
}

//===----------------------------------------------------------------------===//
// Frame
//===----------------------------------------------------------------------===//

Frame::Frame(Machine &machine, const Plan &plan, AlignedMemory arena, AlignedMemory state)
    : machine(machine), plan(plan), arena(std::move(arena)), state(std::move(state)), shapes(plan.tensors.size()),
      heapBytes(plan.storages.size()), lateOperators(plan.lateSteps) {
  for (size_t i = 0; i < plan.storages.size(); ++i)
    heap.emplace_back(nullptr, std::free);
  resetState();
}

Frame::~Frame() = default;

void Frame::resetState() {
  for (const Storage &storage : plan.storages)
    if (storage.kind == Storage::Kind::State)
      std::memset(state.get() + storage.offset, storage.initial, storage.bytes);
}

TensorRef Frame::view(unsigned index) const {
  if (index == kAbsent)
    return {};
  const PlannedTensor &tensor = plan.tensors[index];
  const Storage &storage = plan.storages[tensor.storage];
  void *data = nullptr;
  switch (storage.kind) {
  case Storage::Kind::Constant:
    data = const_cast<void *>(storage.data);
    break;
  case Storage::Kind::Input:
    data = arguments[storage.index].data;
    break;
  case Storage::Kind::State:
    data = state.get() + storage.offset;
    break;
  case Storage::Kind::Arena:
    data = arena.get() + storage.offset;
    break;
  case Storage::Kind::Heap:
    data = heap[tensor.storage].get();
    break;
  }
  return {tensor.elementType, tensor.isKnown ? ArrayRef<int64_t>(tensor.shape) : shapes[index], data};
}

std::optional<unsigned> Frame::getArgumentOf(unsigned index) const {
  const Storage &storage = plan.storages[plan.tensors[plan.results[index]].storage];
  if (storage.kind != Storage::Kind::Input)
    return std::nullopt;
  return storage.index;
}

void Frame::free(unsigned storage) {
  machine.release(heapBytes[storage]);
  heapBytes[storage] = 0;
  heap[storage].reset();
}

LogicalResult Frame::giveMemory(Operation *op, unsigned tensor, ArrayRef<int64_t> shape, int64_t bytes) {
  const unsigned storage = plan.tensors[tensor].storage;
  free(storage);
  FailureOr<AlignedMemory> memory = machine.allocate(op, bytes);
  if (failed(memory))
    return failure();
  heap[storage] = std::move(*memory);
  heapBytes[storage] = bytes;
  shapes[tensor].assign(shape.begin(), shape.end());
  return success();
}

LogicalResult Frame::setResult(const Step &step, unsigned index, const TensorRef &value) {
  const unsigned tensor = step.results[index];
  FailureOr<int64_t> bytes = getTensorBytes(step.op->getResult(index), value.elementType, value.shape);
  if (failed(bytes))
    return failure();
  if (!plan.tensors[tensor].isKnown) {
    if (failed(giveMemory(step.op, tensor, value.shape, *bytes)))
      return failure();
  } else if (value.shape != ArrayRef<int64_t>(plan.tensors[tensor].shape)) {
    return emitTensorError(step.op->getResult(index))
           << "expected result " << index << " of shape " << formatDims(plan.tensors[tensor].shape) << ", got "
           << formatDims(value.shape);
  }
  if (*bytes)
    std::memcpy(view(tensor).data, value.data, *bytes);
  return success();
}

/// The operator's plan for these operands: the last one, while shapes and the values that it asked for are the same.
LogicalResult Frame::planLate(const Step &step, ArrayRef<TensorRef> operands, LateOperator &late) {
  late.values.resize(operands.size());
  auto bytesOf = [&](unsigned index) -> ArrayRef<char> {
    std::optional<int64_t> bytes = nn::getStorageBytes(operands[index].elementType, operands[index].elements());
    return {operands[index].as<const char>(), size_t(bytes.value_or(0))};
  };
  auto isSame = [&] {
    for (auto [index, operand] : llvm::enumerate(operands))
      if (ArrayRef<int64_t>(late.shapes[index]) != operand.shape ||
          (late.values[index] && bytesOf(index) != ArrayRef<char>(*late.values[index])))
        return false;
    return true;
  };
  if (late.isPlanned && isSame())
    return success();
  late.isPlanned = false;
  late.shapes.clear();
  SmallVector<TensorRef> known(operands);
  for (auto [index, operand] : llvm::enumerate(operands)) {
    late.shapes.emplace_back(operand.shape);
    const unsigned tensor = step.operands[index];
    const bool isConstant =
        tensor != kAbsent && plan.storages[plan.tensors[tensor].storage].kind == Storage::Kind::Constant;
    if (late.values[index])
      late.values[index].emplace(bytesOf(index));
    else if (!isConstant)
      known[index].data = nullptr;
  }
  for (;;) {
    late.results.clear();
    for (unsigned result : step.results)
      late.results.push_back(plan.tensors[result]);
    FailureOr<OperatorPlan> planned = planOperator(step.op, known, late.results, machine.getProgram().getOptions());
    if (failed(planned))
      return failure();
    if (!planned->missingValue) {
      late.plan = std::move(*planned);
      late.isPlanned = true;
      return success();
    }
    const unsigned index = *planned->missingValue;
    late.values[index].emplace(bytesOf(index));
    known[index].data = operands[index].data;
  }
}

LogicalResult Frame::runKernel(Operation *op, const std::function<LogicalResult(const KernelMemory &)> &kernel,
                               KernelMemory memory) const {
  const InternalObserver *internals = machine.getInternalObserver();
  auto watch = [&](unsigned index, ArrayRef<float> values) { return (*internals)(op, index, values); };
  if (internals)
    memory.watch = watch;
  return kernel(memory);
}

LogicalResult Frame::runLate(const Step &step, ArrayRef<TensorRef> operands) {
  LateOperator &late = lateOperators[*step.late];
  if (failed(planLate(step, operands, late)))
    return failure();
  for (auto [tensor, value, shape] : llvm::zip_equal(step.results, step.op->getResults(), late.results)) {
    if (plan.tensors[tensor].isKnown)
      continue;
    FailureOr<int64_t> bytes = getTensorBytes(value, shape.elementType, shape.shape);
    if (failed(bytes) || failed(giveMemory(step.op, tensor, shape.shape, *bytes)))
      return failure();
  }
  SmallVector<TensorRef> results = llvm::map_to_vector(step.results, [&](unsigned tensor) { return view(tensor); });
  const PlannedKernel &kernel = late.plan.kernel;
  if (kernel.aliasOf) {
    const TensorRef &source = operands[*kernel.aliasOf];
    if (std::optional<int64_t> bytes = nn::getStorageBytes(source.elementType, source.elements()); bytes && *bytes)
      std::memcpy(results[0].data, source.data, *bytes);
    return success();
  }
  FailureOr<AlignedMemory> scratch = machine.allocate(step.op, kernel.scratchBytes);
  if (failed(scratch))
    return failure();
  LogicalResult result = runKernel(step.op, kernel.run, {operands, results, scratch->get()});
  machine.release(kernel.scratchBytes);
  return result;
}

LogicalResult Frame::run(ArrayRef<TensorRef> given) {
  arguments.assign(given.begin(), given.end());
  for (auto [tensor, argument] : llvm::zip_equal(plan.arguments, arguments))
    if (!plan.tensors[tensor].isKnown)
      shapes[tensor].assign(argument.shape.begin(), argument.shape.end());
  auto look = [&](unsigned tensor) { return view(tensor); };
  SmallVector<TensorRef> operands, results;
  for (const Step &step : plan.steps) {
    operands = llvm::map_to_vector(step.operands, look);
    if (step.control) {
      if (failed(step.control->run(*this, step, operands)))
        return failure();
    } else if (step.late) {
      if (failed(runLate(step, operands)))
        return failure();
    }
    results = llvm::map_to_vector(step.results, look);
    if (step.run) {
      char *scratch = step.scratch ? arena.get() + plan.storages[*step.scratch].offset : nullptr;
      if (failed(runKernel(step.op, step.run, {operands, results, scratch})))
        return failure();
    }
    if (failed(machine.observe(step.op, results)))
      return failure();
    for (unsigned storage : step.frees)
      free(storage);
  }
  return success();
}

} // namespace mlir::vernier
