//===- Plan.h - Everything about a run that does not depend on data ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Tensors are views of storages; a storage is a constant, an argument of the function, a state, a place in the arena
// or, where nobody knows its size yet, memory of its own. A step is a kernel and the tensors that it reads and writes.
// Operators whose shapes or kernels follow from data become late steps, which are planned when they run.
//===----------------------------------------------------------------------===//

#ifndef VERNIER_LIB_EXECUTION_PLAN_H
#define VERNIER_LIB_EXECUTION_PLAN_H

#include "PlanOperator.h"
#include "vernier/Execution/Executor.h"
#include "vernier/Execution/Program.h"
#include "vernier/Interfaces/ConstantData.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/StringMap.h"
#include <map>
#include <vector>

namespace mlir::vernier {

class Frame;
struct Step;

/// No file, however small, makes us ask for more.
constexpr int64_t kMaxArenaBytes = int64_t(16) << 30;

/// Memory that one or more tensors share.
struct Storage {
  enum class Kind { Constant, Input, State, Arena, Heap };
  Kind kind = Kind::Arena;
  int64_t bytes = 0;
  /// Constant: its data. Input: null, and `index` says which.
  const void *data = nullptr;
  unsigned index = 0;
  /// State: the byte that it starts with everywhere.
  char initial = 0;
  /// Arena and heap: the steps that write it and read it last. State and arena: where it is.
  unsigned first = 0, last = 0;
  int64_t offset = 0;
};

struct PlannedTensor : TensorShape {
  unsigned storage = 0;
};

/// Index of an absent optional operand.
constexpr unsigned kAbsent = ~0u;

/// What an operator does that runs functions or touches variables: its operands are in `operands`, its results go to
/// `Frame::setResult`.
using ControlFunction = std::function<LogicalResult(Frame &frame, const Step &step, ArrayRef<TensorRef> operands)>;

struct Plan;

/// The same with what those have to know that write it down: what it is, the plans of the functions that it may run, in
/// the order of the operator's attributes, and the number of its variable.
struct ControlStep {
  ControlFunction run;
  ControlKind kind = ControlKind::Call;
  SmallVector<const Plan *, 2> plans = {};
  int64_t variable = 0;
};

struct Step {
  Operation *op = nullptr;
  /// Null for aliases and results that are known already.
  std::function<LogicalResult(const KernelMemory &)> run;
  /// Appends the calls that `run` makes; null where nothing runs or a generated program cannot make them.
  std::function<void(SmallVectorImpl<KernelCall> &)> describe;
  std::optional<ControlStep> control;
  /// Late steps: which one of them.
  std::optional<unsigned> late;
  SmallVector<unsigned> operands, results;
  std::optional<unsigned> scratch;
  /// Storages on the heap that nobody reads any more.
  SmallVector<unsigned> frees;
};

/// One function for arguments of certain shapes.
struct Plan {
  std::vector<Storage> storages;
  std::vector<PlannedTensor> tensors;
  std::vector<Step> steps;
  unsigned lateSteps = 0;
  /// Tensors of the arguments and of the results.
  SmallVector<unsigned> arguments, results;
  SmallVector<TensorInfo> inputs, outputs;
  int64_t arenaBytes = 0, stateBytes = 0;
  /// Views of the constants' own data, and the data of those that were computed or copied while planning.
  std::vector<ConstantData> constants;
  std::vector<std::unique_ptr<char, void (*)(void *)>> owned;
};

/// A function with all the functions that it calls, each planned once for each list of argument shapes.
class ExecutionProgram {
public:
  /// Plans `function` for arguments of `shapes`; an empty list takes each argument's own.
  static FailureOr<std::shared_ptr<const ExecutionProgram>>
  build(func::FuncOp function, const ExecutionOptions &options, ArrayRef<SmallVector<int64_t>> shapes);

  /// An argument's shape, or nothing where it changes from call to call.
  using ArgumentShape = std::optional<SmallVector<int64_t>>;

  /// The plan of the function `symbol` that `caller` runs, for arguments of `shapes`. For planning.
  FailureOr<const Plan *> planCallee(Operation *caller, FlatSymbolRefAttr symbol, ArrayRef<ArgumentShape> shapes);

  /// The number of the variable of this name, for handles. For planning.
  int64_t getVariable(StringRef name) { return variables.try_emplace(name, variables.size()).first->second; }
  int64_t getNumVariables() const { return variables.size(); }

  /// Counts memory for constants; false where all plans together would take too much. For planning.
  bool reserve(int64_t bytes) { return (ownedBytes += bytes) <= kMaxArenaBytes; }

  const Plan &getEntry() const { return *entry; }
  func::FuncOp getFunction() const { return function; }
  const ExecutionOptions &getOptions() const { return options; }
  /// Of all plans together.
  int64_t getArenaBytes() const;

private:
  ExecutionProgram(func::FuncOp function, const ExecutionOptions &options) : function(function), options(options) {}
  FailureOr<const Plan *> plan(func::FuncOp callee, ArrayRef<ArgumentShape> shapes);

  func::FuncOp function;
  ExecutionOptions options;
  const Plan *entry = nullptr;
  using Key = std::pair<Operation *, std::vector<std::optional<std::vector<int64_t>>>>;
  std::map<Key, std::unique_ptr<Plan>> plans;
  /// Functions being planned: none may call itself.
  SmallVector<Operation *> active;
  llvm::StringMap<int64_t> variables;
  int64_t ownedBytes = 0;
};

/// Uninitialized memory, aligned for every kernel; null when there is none.
std::unique_ptr<char, void (*)(void *)> allocateAligned(int64_t bytes);

} // namespace mlir::vernier

#endif // VERNIER_LIB_EXECUTION_PLAN_H
