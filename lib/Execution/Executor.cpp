//===- Executor.cpp - Runs a function of network operators ------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "vernier/Execution/Executor.h"
#include "Frame.h"
#include "vernier/Dialect/Kernel/MemoryPlan.h"
#include "llvm/Support/MathExtras.h"

namespace mlir::vernier {

std::unique_ptr<char, void (*)(void *)> allocateAligned(int64_t bytes) {
  void *memory = std::aligned_alloc(kArenaAlignment, llvm::alignTo(std::max<int64_t>(bytes, 1), kArenaAlignment));
  return {static_cast<char *>(memory), std::free};
}

Executor::Executor(std::shared_ptr<const ExecutionProgram> given)
    : program(std::move(given)), machine(std::make_unique<Machine>(program)) {}
Executor::~Executor() = default;

FailureOr<std::unique_ptr<Executor>> Executor::create(func::FuncOp function, const ExecutionOptions &options,
                                                      ArrayRef<SmallVector<int64_t>> shapes) {
  FailureOr<std::shared_ptr<const ExecutionProgram>> program = ExecutionProgram::build(function, options, shapes);
  if (failed(program))
    return failure();
  std::unique_ptr<Executor> executor(new Executor(*program));
  if (failed(executor->machine->getFrame((*program)->getEntry(), function)))
    return failure();
  return executor;
}

std::unique_ptr<Executor> Executor::share() const {
  std::unique_ptr<Executor> executor(new Executor(program));
  ScopedDiagnosticHandler silence(program->getFunction().getContext(), [](Diagnostic &) { return success(); });
  return succeeded(executor->machine->getFrame(program->getEntry(), program->getFunction())) ? std::move(executor)
                                                                                             : nullptr;
}

LogicalResult Executor::resize(ArrayRef<SmallVector<int64_t>> shapes) {
  if (llvm::all_of_zip(shapes, inputs(), [](const auto &shape, const TensorInfo &info) { return shape == info.shape; }))
    return success();
  FailureOr<std::unique_ptr<Executor>> resized = create(program->getFunction(), program->getOptions(), shapes);
  if (failed(resized))
    return failure();
  (*resized)->machine->takeState(*machine);
  program = std::move((*resized)->program);
  machine = std::move((*resized)->machine);
  return success();
}

ArrayRef<TensorInfo> Executor::inputs() const { return program->getEntry().inputs; }
ArrayRef<TensorInfo> Executor::outputs() const { return program->getEntry().outputs; }
int64_t Executor::arenaBytes() const { return program->getArenaBytes(); }
void Executor::resetState() { machine->reset(); }

LogicalResult Executor::run(ArrayRef<ArrayRef<char>> inputs, const ExecutionObserver &observer,
                            const InternalObserver &internals) {
  SmallVector<TensorRef> arguments;
  for (auto [buffer, info] : llvm::zip_equal(inputs, this->inputs())) {
    assert(int64_t(buffer.size()) == info.bytes && "an input has the bytes of its tensor");
    assert(reinterpret_cast<uintptr_t>(buffer.data()) % std::max(1u, elementBytes(info.elementType)) == 0 &&
           "an input is aligned to its elements");
    arguments.push_back({info.elementType, info.shape, const_cast<char *>(buffer.data())});
  }
  FailureOr<Frame *> frame = machine->getFrame(program->getEntry(), program->getFunction());
  if (failed(frame))
    return failure();
  machine->begin(observer ? &observer : nullptr, internals ? &internals : nullptr);
  return (*frame)->run(arguments);
}

TensorRef Executor::output(unsigned index) const {
  return (*machine->getFrame(program->getEntry(), program->getFunction()))->getResult(index);
}

LogicalResult Executor::run(ArrayRef<ArrayRef<char>> inputs, ArrayRef<MutableArrayRef<char>> outputs,
                            const ExecutionObserver &observer, const InternalObserver &internals) {
  assert(outputs.size() == this->outputs().size() && "one buffer for each output");
  if (failed(run(inputs, observer, internals)))
    return failure();
  for (auto [index, buffer, info] : llvm::enumerate(outputs, this->outputs())) {
    TensorRef tensor = output(index);
    std::optional<int64_t> bytes = nn::getStorageBytes(tensor.elementType, tensor.elements());
    if (bytes != int64_t(buffer.size()))
      return program->getFunction().emitError() << "expected output " << index << " ('" << info.name << "') of shape "
                                                << formatDims(info.shape) << ", got " << formatDims(tensor.shape);
    if (*bytes)
      std::memcpy(buffer.data(), tensor.data, *bytes);
  }
  return success();
}

} // namespace mlir::vernier
