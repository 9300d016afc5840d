//===- ModelFacts.h - What can be read off a model --------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Nothing here runs a network, so that operators without a kernel are no obstacle.

#ifndef VERNIER_LIB_DRIVER_MODELFACTS_H
#define VERNIER_LIB_DRIVER_MODELFACTS_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/MapVector.h"
#include <map>
#include <optional>

namespace mlir::vernier {

/// Whether `op` is an operator of the file; constants, variables and the like are tensors there.
bool isOperator(Operation *op);

/// One tensor.
struct TensorFacts {
  /// "int8", "float32", "int4"; MLIR's spelling for types that have no such name.
  std::string element;
  /// -1 for a dynamic dimension; nothing for a tensor without a rank.
  std::optional<SmallVector<int64_t>> shape;
  /// One of each for the tensor, or one for each step of dimension `axis`; none where it is not quantized.
  SmallVector<double> scales;
  SmallVector<int64_t> zeroPoints;
  unsigned axis = 0;
  /// With one scale for each so many elements of a row; or 0.
  int64_t blockSize = 0;
  bool isConstant = false;
  /// In memory, packed; nothing where the shape is not known.
  std::optional<int64_t> bytes;

  static TensorFacts of(Value value);
};

/// Smallest and largest finite value of a constant; real ones where its type has scales. Nothing for what is no
/// constant of numbers, or has no finite one.
std::optional<std::pair<double, double>> findRange(Value value);

/// The memory that the values of a function take while it runs, inputs and outputs included, each in a place of its
/// own.
struct MemoryFacts {
  /// Of a plan as `vernier codegen` makes it, and what no plan can do without.
  int64_t arena = 0, bound = 0;
  /// Values of unknown size, which are in neither.
  unsigned unknown = 0;

  static MemoryFacts of(func::FuncOp function);
};

/// The whole model.
struct ModelFacts {
  struct Kind {
    unsigned count = 0;
    uint64_t macs = 0;
  };
  /// Operators by name, in the order in which they appear.
  llvm::MapVector<std::string, Kind, std::map<std::string, unsigned>> operators;
  /// Bytes of constants by element type.
  llvm::MapVector<std::string, uint64_t, std::map<std::string, unsigned>> constants;
  unsigned operatorCount = 0;
  uint64_t macs = 0, constantBytes = 0;

  static ModelFacts of(ModuleOp module);
};

} // namespace mlir::vernier

#endif // VERNIER_LIB_DRIVER_MODELFACTS_H
