//===- Executor.h - Runs a function of network operators --------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A function is planned once: shapes, memory, and one kernel for each operator. Running it then is a loop over
// kernels. Everything that can be wrong with the IR is found while planning; only indices that a network computes
// are checked while it runs.
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
  /// Of the whole tensor, in TFLite's layout: row-major, little endian, a bool is a byte.
  int64_t bytes = 0;
};

/// Called after an operator has run, while its results are alive. Operators that depend on constants alone run once,
/// while planning, but are reported in every run. Failure ends the run.
using ExecutionObserver = std::function<LogicalResult(Operation *op, ArrayRef<TensorRef> results)>;

/// Called while an operator runs with values that exist inside of it only: those of its internal tensor `index` (see
/// `QuantizableOpInterface::getInternalTensors`) at one step. Failure ends the run.
using InternalObserver = std::function<LogicalResult(Operation *op, unsigned index, ArrayRef<float> values)>;

/// A planned function and the memory of one run at a time. The IR, whose constants it reads in place, must outlive it
/// unchanged.
class Executor {
public:
  /// Plans `function`. Diagnostics name the operator and the tensor that stand in the way.
  static FailureOr<std::unique_ptr<Executor>> create(func::FuncOp function, const ExecutionOptions &options);
  ~Executor();

  /// Another executor of the same plan with memory of its own, for another thread. Null when there is no memory.
  std::unique_ptr<Executor> share() const;

  ArrayRef<TensorInfo> inputs() const;
  ArrayRef<TensorInfo> outputs() const;

  /// Bytes of activations and scratch memory that one run needs, after reuse.
  int64_t arenaBytes() const;

  /// Runs once. Each buffer has exactly the bytes of its tensor; inputs are aligned to their elements.
  LogicalResult run(ArrayRef<ArrayRef<char>> inputs, ArrayRef<MutableArrayRef<char>> outputs,
                    const ExecutionObserver &observer = {}, const InternalObserver &internals = {});

  /// Variables (`nn.variable`) take their first values, as in a new executor: zero, in quantized tensors the zero
  /// point. Until then each run begins with what the run before has left.
  void resetState();

  /// Implementation.
  struct Plan;

private:
  explicit Executor(std::shared_ptr<const Plan> plan);
  bool allocate();

  std::shared_ptr<const Plan> plan;
  std::unique_ptr<char, void (*)(void *)> arena, state;
};

} // namespace mlir::vernier

#endif // VERNIER_EXECUTION_EXECUTOR_H
