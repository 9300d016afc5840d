//===- HybridGeneric.cpp - Dynamic range compiled for plain C++ ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "../HybridIsa.h"
#include "vernier/Runtime/Integer/Generic.h"

namespace mlir::vernier {
VERNIER_DEFINE_HYBRID_TABLES(generic, GenericInteger)
} // namespace mlir::vernier
