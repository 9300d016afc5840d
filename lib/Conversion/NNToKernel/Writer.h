//===- Writer.h - From a program to calls of kernels ------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_LIB_CONVERSION_NNTOKERNEL_WRITER_H
#define VERNIER_LIB_CONVERSION_NNTOKERNEL_WRITER_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Builders.h"
#include "vernier/Dialect/Kernel/Kernel.h"
#include "vernier/Dialect/Kernel/Targets.h"
#include "vernier/Execution/Program.h"
#include <map>
#include <set>

namespace mlir::vernier {

/// What a tensor is where its function is written: memory, or a handle, which is the number of a variable.
struct Place {
  Value memory;
  std::optional<int64_t> variable = std::nullopt;
};

/// A function where it is written. Those that operators run are written in the operators' places, once for each.
struct Scope {
  const ProgramFunction &function;
  /// Of each memory, once there is one.
  SmallVector<Place> places;
};

/// Writes a program as one function.
class Writer {
public:
  Writer(func::FuncOp from, const Program &program, const kernel::Target &target)
      : from(from), program(program), target(target), builder(from.getContext()) {}
  FailureOr<func::FuncOp> write();

private:
  MemRefType typeOf(const ProgramMemory &memory);
  Value valueOf(Scope &scope, unsigned memory);
  Value constant(ArrayRef<char> bytes, Type elementType, ArrayRef<int64_t> shape);
  /// Memory that keeps its value from run to run, and starts with the byte `initial` everywhere.
  Value state(MemRefType type, int8_t initial);
  void addArguments(func::FuncOp to, Scope &scope);
  void addCall(Scope &scope, const ProgramStep &step, KernelCall call);
  /// A call of a kernel that is no operator's own.
  void addCall(Location location, StringRef callee, StringRef header, ArrayRef<Attribute> arguments, ValueRange reads,
               ValueRange writes, StringRef origin, bool canFail = false);
  void addCopy(Operation *op, Value source, Value target, StringRef origin);
  void orderWeights(CallArgument &weights);
  void adaptFilter(CallArgument &filter);
  void addOutputCopies(Scope &scope);
  Attribute convert(const CallArgument &argument, function_ref<Attribute(const CallArgument &)> pointer);
  LogicalResult addSteps(Scope &scope);

  /// An error that names `op`.
  LogicalResult refuse(Operation *op, const Twine &reason);
  LogicalResult addControl(Scope &scope, const ProgramStep &step);
  LogicalResult addBranch(Scope &scope, const ProgramStep &step);
  LogicalResult addLoop(Scope &scope, const ProgramStep &step);
  LogicalResult addCallOnce(Scope &scope, const ProgramStep &step);
  LogicalResult addVariableAccess(Scope &scope, const ProgramStep &step);
  /// Nobody asks whether these variables have a value.
  void dropUnasked();
  Place placeOf(Scope &scope, unsigned memory);
  SmallVector<Place> argumentsOf(Scope &scope, const ProgramStep &step, unsigned first);
  /// Writes a function here, and returns what its results are. What it computes for a result goes to the memory that is
  /// `wanted` for it, where there is one.
  FailureOr<SmallVector<Place>> addFunction(unsigned index, ArrayRef<Place> arguments, ArrayRef<Value> wanted);
  /// The same with copies of those that are somewhere else; handles are checked, or become known in `scope`.
  LogicalResult addFunctionInto(Scope &scope, const ProgramStep &step, unsigned index, ArrayRef<Place> arguments);

  /// A variable's memory, and whether it has a value.
  struct Variable {
    Type elementType;
    Value memory, isSet;
    /// Somebody asks whether it has a value.
    bool isAsked = false;
  };

  func::FuncOp from;
  const Program &program;
  const kernel::Target &target;
  OpBuilder builder;
  /// Constants and states of functions: one for all places where a function is written.
  std::map<const ProgramMemory *, Value> shared;
  /// Constants of calls, by their data and its size.
  llvm::DenseMap<std::pair<const char *, size_t>, Value> prepared;
  /// Start values for signed inputs, by those for unsigned ones.
  std::map<const char *, std::vector<int32_t>> shiftedStarts;
  /// Weights in pairs, by those as they were packed.
  std::map<const char *, std::vector<int8_t>> pairedWeights;
  unsigned numConstants = 0, numSteps = 0;
  Block *entry = nullptr;
  Operation *lastShared = nullptr;
  std::map<int64_t, Variable> variables;
  /// Those that have a value here, whichever way the run took.
  std::set<int64_t> assigned;
  /// Whether a function that runs once is still to be run.
  std::map<unsigned, Value> waiting;
};

} // namespace mlir::vernier

#endif // VERNIER_LIB_CONVERSION_NNTOKERNEL_WRITER_H
