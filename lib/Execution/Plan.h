//===- Plan.h - Everything about a run that does not depend on data ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Tensors are views of storages; a storage is a constant, an input of the function, a variable, or a place in the
// arena. A step is a kernel and the tensors that it reads and writes.
//===----------------------------------------------------------------------===//

#ifndef VERNIER_LIB_EXECUTION_PLAN_H
#define VERNIER_LIB_EXECUTION_PLAN_H

#include "Kernels/Planner.h"
#include "vernier/Execution/Executor.h"
#include "vernier/Interfaces/ConstantData.h"
#include "llvm/ADT/DenseMap.h"
#include <vector>

namespace mlir::vernier {

/// Memory that one or more tensors share.
struct Storage {
  enum class Kind { Constant, Input, State, Arena };
  Kind kind = Kind::Arena;
  int64_t bytes = 0;
  /// Constant: its data. Input: null, and `index` says which.
  const void *data = nullptr;
  unsigned index = 0;
  /// State: the byte that it starts with everywhere.
  char initial = 0;
  /// Arena: the steps that write it and read it last. State and arena: where it is.
  unsigned first = 0, last = 0;
  int64_t offset = 0;
};

struct PlannedTensor {
  Type elementType;
  SmallVector<int64_t> shape;
  unsigned storage = 0;
};

/// Index of an absent optional operand.
constexpr unsigned kAbsent = ~0u;

struct Step {
  Operation *op = nullptr;
  /// Null for aliases and results that are known already.
  std::function<LogicalResult(const KernelMemory &)> run;
  /// Appends the calls that `run` makes; null where nothing runs or a generated program cannot make them.
  std::function<void(SmallVectorImpl<KernelCall> &)> describe;
  SmallVector<unsigned> operands, results;
  std::optional<unsigned> scratch;
};

struct Executor::Plan {
  std::vector<Storage> storages;
  std::vector<PlannedTensor> tensors;
  std::vector<Step> steps;
  /// Tensor of each function result.
  SmallVector<unsigned> results;
  SmallVector<TensorInfo> inputs, outputs;
  int64_t arenaBytes = 0, stateBytes = 0;
  /// Views of the constants' own data, and the data of those that were computed or copied while planning.
  std::vector<ConstantData> constants;
  std::vector<std::unique_ptr<char, void (*)(void *)>> owned;

  /// Plans `function`.
  static FailureOr<std::shared_ptr<const Plan>> build(func::FuncOp function, const ExecutionOptions &options);
};

/// Uninitialized memory, aligned for every kernel; null when there is none.
std::unique_ptr<char, void (*)(void *)> allocateAligned(int64_t bytes);

} // namespace mlir::vernier

#endif // VERNIER_LIB_EXECUTION_PLAN_H
