//===- Passes.h - Passes of the nn dialect ----------------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_DIALECT_NN_TRANSFORMS_PASSES_H
#define VERNIER_DIALECT_NN_TRANSFORMS_PASSES_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"
#include "vernier/Dialect/NN/NN.h"

namespace mlir::vernier::nn {

#define GEN_PASS_DECL
#include "vernier/Dialect/NN/Transforms/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "vernier/Dialect/NN/Transforms/Passes.h.inc"

} // namespace mlir::vernier::nn

#endif // VERNIER_DIALECT_NN_TRANSFORMS_PASSES_H
