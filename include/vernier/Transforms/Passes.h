//===- Passes.h - The op-agnostic quantization passes -----------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_TRANSFORMS_PASSES_H
#define VERNIER_TRANSFORMS_PASSES_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"

namespace mlir::vernier {
struct Scheme;
struct Statistics;
enum class RangeMethod : int;

#define GEN_PASS_DECL
#include "vernier/Transforms/Passes.h.inc"

/// Sets the range of every `quantx.fake_quant` of `module` whose name `statistics` knows, by the method that its value
/// or the module asks for, or else by `fallback`. Returns the names of `statistics` that no value of the module has.
SmallVector<StringRef> attachStatistics(ModuleOp module, const Statistics &statistics, RangeMethod fallback);

/// The names of the marked values and internal tensors of `module` that need a range and have none, in program order.
SmallVector<StringRef> findMissingRanges(ModuleOp module);

/// The types that float inputs and outputs of a network under `scheme` can take, by their names: float32, int8 ...
ArrayRef<StringRef> getBoundaryTypes(const Scheme &scheme);

#define GEN_PASS_REGISTRATION
#include "vernier/Transforms/Passes.h.inc"

} // namespace mlir::vernier

#endif // VERNIER_TRANSFORMS_PASSES_H
