//===- Executor.h - Runs a function of network operators --------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A function is planned once, with all functions that it calls: shapes, memory, and one kernel for each operator.
// Running it then is a loop over kernels. Everything that can be wrong with the IR is found while planning; what
// follows from data - shapes that a network computes, indices - is checked while it runs.
//===----------------------------------------------------------------------===//

#ifndef VERNIER_EXECUTION_EXECUTOR_H
#define VERNIER_EXECUTION_EXECUTOR_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "vernier/Numerics/NumericsTarget.h"
#include "vernier/Reference/TensorRef.h"
#include <functional>
#include <memory>
#include <string>

namespace mlir::vernier {

/// By which kernels a function runs.
struct ExecutionOptions {
  /// `Runtime`: the kernels that generated programs use. `Reference`: naive ones, written from the specification.
  enum class KernelSet { Runtime, Reference };
  KernelSet kernels = KernelSet::Runtime;
  /// Whose results integer operators reproduce.
  numerics::NumericsTarget target = numerics::NumericsTarget::LiteRT;
};

/// One input or output of a function, in concrete terms.
struct TensorInfo {
  /// Possibly empty.
  std::string name;
  Type elementType;
  SmallVector<int64_t> shape;
  /// Of the whole tensor, in TFLite's layout: row-major, little endian, a bool is a byte. `kUnknown` for an output
  /// whose shape follows from data; then `shape` is a guess.
  int64_t bytes = 0;
  static constexpr int64_t kUnknown = -1;
};

/// Called after an operator has run, while its results are alive; in loops, in every round. Operators that depend on
/// constants alone run once, while planning, but are reported in every run. Failure ends the run.
using ExecutionObserver = std::function<LogicalResult(Operation *op, ArrayRef<TensorRef> results)>;

/// Called while an operator runs with values that exist inside of it only: those of its internal tensor `index` (see
/// `QuantizableOpInterface::getInternalTensors`) at one step. Failure ends the run.
using InternalObserver = std::function<LogicalResult(Operation *op, unsigned index, ArrayRef<float> values)>;

class ExecutionProgram;
class Machine;

/// A planned function and the memory of one run at a time. The IR, whose constants it reads in place, must outlive it
/// unchanged.
class Executor {
public:
  /// Plans `function`. Diagnostics name the operator and the tensor that stand in the way. `shapes` has one entry for
  /// each input; without it, inputs have the shape of their type and, where that is dynamic, the one that their file
  /// records.
  static FailureOr<std::unique_ptr<Executor>> create(func::FuncOp function, const ExecutionOptions &options,
                                                     ArrayRef<SmallVector<int64_t>> shapes = {});
  ~Executor();

  /// Another executor of the same plan with memory and variables of its own, for another thread. Null when there is no
  /// memory.
  std::unique_ptr<Executor> share() const;

  /// Plans again if any input of `shapes` has another shape than now. Resource variables keep their values; states
  /// start over. Where it fails, the executor is as before.
  LogicalResult resize(ArrayRef<SmallVector<int64_t>> shapes);

  ArrayRef<TensorInfo> inputs() const;
  ArrayRef<TensorInfo> outputs() const;

  /// Bytes of activations and scratch memory that one run needs, after reuse; without those whose size follows from
  /// data.
  int64_t arenaBytes() const;

  /// Runs once. Each input has exactly the bytes of its tensor and is aligned to its elements.
  LogicalResult run(ArrayRef<ArrayRef<char>> inputs, const ExecutionObserver &observer = {},
                    const InternalObserver &internals = {});

  /// Output `index` of the last run, valid until the next one; where it is an input, as long as that.
  TensorRef output(unsigned index) const;

  /// Runs once and copies the outputs to buffers of exactly their bytes; fails with a diagnostic for an output whose
  /// shape in this run has another size.
  LogicalResult run(ArrayRef<ArrayRef<char>> inputs, ArrayRef<MutableArrayRef<char>> outputs,
                    const ExecutionObserver &observer = {}, const InternalObserver &internals = {});

  /// As in a new executor, states (`nn.variable`) take their first values - zero, in quantized tensors the zero point
  /// -, resource variables forget theirs, and what runs once runs again. Until then each run begins with what the run
  /// before has left.
  void resetState();

private:
  explicit Executor(std::shared_ptr<const ExecutionProgram> program);

  std::shared_ptr<const ExecutionProgram> program;
  std::unique_ptr<Machine> machine;
};

} // namespace mlir::vernier

#endif // VERNIER_EXECUTION_EXECUTOR_H
