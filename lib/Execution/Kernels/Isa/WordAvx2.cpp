//===- WordAvx2.cpp - 16x8 kernels compiled for AVX2 ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "../IntegerIsa.h"
#include "vernier/Runtime/Integer/Avx2.h"

namespace mlir::vernier {
VERNIER_DEFINE_INTEGER_TABLES(avx2, Avx2Integer)
VERNIER_INSTANTIATE_WORD_TABLES(avx2)
} // namespace mlir::vernier
