//===- HybridAvx2.cpp - Dynamic range compiled for AVX2 ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "../HybridIsa.h"
#include "vernier/Runtime/Integer/Avx2.h"

namespace mlir::vernier {
VERNIER_DEFINE_HYBRID_TABLES(avx2, Avx2Integer)
} // namespace mlir::vernier
