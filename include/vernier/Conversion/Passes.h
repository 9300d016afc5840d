//===- Passes.h - Conversions between dialects ------------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_CONVERSION_PASSES_H
#define VERNIER_CONVERSION_PASSES_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"

namespace mlir::vernier {

#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "vernier/Conversion/Passes.h.inc"

} // namespace mlir::vernier

#endif // VERNIER_CONVERSION_PASSES_H
