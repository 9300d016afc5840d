//===- HybridAvx512Vnni.cpp - Dynamic range compiled for AVX-512 VNNI ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "../HybridIsa.h"
#include "vernier/Runtime/Integer/Avx512Vnni.h"

namespace mlir::vernier {
VERNIER_DEFINE_HYBRID_TABLES(avx512Vnni, Avx512VnniInteger)
} // namespace mlir::vernier
