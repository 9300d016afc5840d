//===- Executor.cpp - Runs a function of network operators ------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "vernier/Execution/Executor.h"
#include "Plan.h"
#include "vernier/Dialect/Kernel/MemoryPlan.h"
#include "vernier/Interfaces/TensorIdentity.h"

namespace mlir::vernier {

std::unique_ptr<char, void (*)(void *)> allocateAligned(int64_t bytes) {
  void *memory = std::aligned_alloc(kArenaAlignment, llvm::alignTo(std::max<int64_t>(bytes, 1), kArenaAlignment));
  return {static_cast<char *>(memory), std::free};
}

Executor::Executor(std::shared_ptr<const Plan> plan)
    : plan(std::move(plan)), arena(nullptr, std::free), state(nullptr, std::free) {}
Executor::~Executor() = default;

bool Executor::allocate() {
  arena = allocateAligned(plan->arenaBytes);
  state = allocateAligned(plan->stateBytes);
  if (!arena || !state)
    return false;
  resetState();
  return true;
}

void Executor::resetState() {
  for (const Storage &storage : plan->storages)
    if (storage.kind == Storage::Kind::State)
      std::memset(state.get() + storage.offset, storage.initial, storage.bytes);
}

FailureOr<std::unique_ptr<Executor>> Executor::create(func::FuncOp function, const ExecutionOptions &options) {
  FailureOr<std::shared_ptr<const Plan>> plan = Plan::build(function, options);
  if (failed(plan))
    return failure();
  std::unique_ptr<Executor> executor(new Executor(*plan));
  if (!executor->allocate())
    return function.emitError() << "needs " << executor->arenaBytes() << " bytes for activations, which are not there";
  return executor;
}

std::unique_ptr<Executor> Executor::share() const {
  std::unique_ptr<Executor> executor(new Executor(plan));
  return executor->allocate() ? std::move(executor) : nullptr;
}

ArrayRef<TensorInfo> Executor::inputs() const { return plan->inputs; }
ArrayRef<TensorInfo> Executor::outputs() const { return plan->outputs; }
int64_t Executor::arenaBytes() const { return plan->arenaBytes; }

LogicalResult Executor::run(ArrayRef<ArrayRef<char>> inputs, ArrayRef<MutableArrayRef<char>> outputs,
                            const ExecutionObserver &observer, const InternalObserver &internals) {
  assert(inputs.size() == plan->inputs.size() && outputs.size() == plan->outputs.size() &&
         "one buffer for each tensor");
  auto locate = [&](const Storage &storage) -> void * {
    switch (storage.kind) {
    case Storage::Kind::Constant:
      return const_cast<void *>(storage.data);
    case Storage::Kind::Input:
      return const_cast<char *>(inputs[storage.index].data());
    case Storage::Kind::State:
      return state.get() + storage.offset;
    case Storage::Kind::Arena:
      return arena.get() + storage.offset;
    }
    return nullptr;
  };
  auto view = [&](unsigned index) {
    if (index == kAbsent)
      return TensorRef();
    const PlannedTensor &tensor = plan->tensors[index];
    return TensorRef{tensor.elementType, tensor.shape, locate(plan->storages[tensor.storage])};
  };
#ifndef NDEBUG
  for (auto [buffer, info] : llvm::zip_equal(inputs, plan->inputs)) {
    assert(int64_t(buffer.size()) == info.bytes && "an input has the bytes of its tensor");
    assert(reinterpret_cast<uintptr_t>(buffer.data()) % std::max(1u, elementBytes(info.elementType)) == 0 &&
           "an input is aligned to its elements");
  }
#endif

  SmallVector<TensorRef> operands, results;
  for (const Step &step : plan->steps) {
    operands = llvm::map_to_vector(step.operands, view);
    results = llvm::map_to_vector(step.results, view);
    if (step.run) {
      char *scratch = step.scratch ? static_cast<char *>(locate(plan->storages[*step.scratch])) : nullptr;
      auto watch = [&](unsigned index, ArrayRef<float> values) { return internals(step.op, index, values); };
      KernelMemory memory{operands, results, scratch};
      if (internals)
        memory.watch = watch;
      if (failed(step.run(memory)))
        return failure();
    }
    if (observer && failed(observer(step.op, results)))
      return failure();
  }
  for (auto [index, buffer, info] : llvm::zip_equal(plan->results, outputs, plan->outputs)) {
    assert(int64_t(buffer.size()) == info.bytes && "an output has the bytes of its tensor");
    if (info.bytes)
      std::memcpy(buffer.data(), view(index).data, info.bytes);
  }
  return success();
}

} // namespace mlir::vernier
