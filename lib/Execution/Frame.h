//===- Frame.h - One function in the middle of its run ----------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A frame is the memory of one plan, a machine all frames of a program and what lives from one run to the next. No
// function calls itself, so one frame for each plan is enough.
//===----------------------------------------------------------------------===//

#ifndef VERNIER_LIB_EXECUTION_FRAME_H
#define VERNIER_LIB_EXECUTION_FRAME_H

#include "Plan.h"
#include "llvm/ADT/DenseSet.h"

namespace mlir::vernier {

/// Memory with an alignment that suits every kernel.
using AlignedMemory = std::unique_ptr<char, void (*)(void *)>;

/// A variable's value; no element type before it has one.
struct VariableValue {
  Type elementType;
  SmallVector<int64_t> shape;
  std::vector<char> data;
};

/// The memory of one executor.
class Machine {
public:
  explicit Machine(std::shared_ptr<const ExecutionProgram> program)
      : program(std::move(program)), variables(this->program->getNumVariables()) {}

  const ExecutionProgram &getProgram() const { return *program; }

  /// The frame of `plan`, for `caller`; fails with a diagnostic when there is no memory for it.
  FailureOr<Frame *> getFrame(const Plan &plan, Operation *caller);

  /// Memory that is counted; fails with a diagnostic on `op` beyond what one run may have.
  FailureOr<AlignedMemory> allocate(Operation *op, int64_t bytes);
  void release(int64_t bytes) { allocated -= bytes; }

  /// Begins a run that these, or nobody, watch.
  void begin(const ExecutionObserver *watcher, const InternalObserver *internalWatcher);
  /// Counts one call; fails with a diagnostic on `op` when a run has made too many. Nothing else ends a loop whose
  /// condition is always true.
  LogicalResult countCall(Operation *op);
  LogicalResult observe(Operation *op, ArrayRef<TensorRef> results) const {
    return observer ? (*observer)(op, results) : success();
  }
  /// Null where nobody watches the inside of operators.
  const InternalObserver *getInternalObserver() const { return internals; }

  /// Variables go on with what those of `other` hold.
  void takeState(Machine &other);
  /// Forgets what variables and states hold and which functions have run once.
  void reset();
  /// The variable of this number, or null.
  VariableValue *findVariable(int64_t number) {
    return number >= 0 && number < int64_t(variables.size()) ? &variables[number] : nullptr;
  }
  /// True the first time that somebody asks for `symbol`.
  bool isFirstCall(Attribute symbol) { return calledOnce.insert(symbol).second; }

private:
  std::shared_ptr<const ExecutionProgram> program;
  llvm::DenseMap<const Plan *, std::unique_ptr<Frame>> frames;
  std::vector<VariableValue> variables;
  llvm::DenseSet<Attribute> calledOnce;
  const ExecutionObserver *observer = nullptr;
  const InternalObserver *internals = nullptr;
  int64_t calls = 0, allocated = 0;
};

/// The memory of one plan.
class Frame {
public:
  Frame(Machine &machine, const Plan &plan, AlignedMemory arena, AlignedMemory state);
  ~Frame();

  /// Runs the plan on `arguments`, whose shapes are those that it was made for.
  LogicalResult run(ArrayRef<TensorRef> arguments);

  /// Result `index` of the last run, until the next one; its argument's memory where it is an argument.
  TensorRef getResult(unsigned index) const { return view(plan.results[index]); }
  /// Which argument result `index` is, in the same memory.
  std::optional<unsigned> getArgumentOf(unsigned index) const;

  /// Copies `value` into result `index` of `step`; fails with a diagnostic where it has another shape than planned.
  LogicalResult setResult(const Step &step, unsigned index, const TensorRef &value);

  /// States take their first values.
  void resetState();

  Machine &getMachine() const { return machine; }

private:
  /// An operator that is planned when it runs, and again when shapes or values change.
  struct LateOperator {
    OperatorPlan plan;
    bool isPlanned = false;
    /// What it was planned for: all shapes, and the values of those operands that the planner asked for.
    SmallVector<SmallVector<int64_t>> shapes;
    SmallVector<std::optional<std::vector<char>>> values;
    SmallVector<TensorShape> results;
  };

  TensorRef view(unsigned tensor) const;
  /// Runs `kernel` of `op`, watched as the machine's run is.
  LogicalResult runKernel(Operation *op, const std::function<LogicalResult(const KernelMemory &)> &kernel,
                          KernelMemory memory) const;
  LogicalResult runLate(const Step &step, ArrayRef<TensorRef> operands);
  LogicalResult planLate(const Step &step, ArrayRef<TensorRef> operands, LateOperator &late);
  /// Memory for tensor `tensor` of `bytes` bytes.
  LogicalResult giveMemory(Operation *op, unsigned tensor, ArrayRef<int64_t> shape, int64_t bytes);
  void free(unsigned storage);

  Machine &machine;
  const Plan &plan;
  AlignedMemory arena, state;
  SmallVector<TensorRef> arguments;
  /// Where plans do not know: the shapes of tensors, and the memory of storages.
  std::vector<SmallVector<int64_t>> shapes;
  std::vector<AlignedMemory> heap;
  std::vector<int64_t> heapBytes;
  std::vector<LateOperator> lateOperators;
};

} // namespace mlir::vernier

#endif // VERNIER_LIB_EXECUTION_FRAME_H
