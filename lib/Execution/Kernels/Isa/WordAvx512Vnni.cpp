//===- WordAvx512Vnni.cpp - 16x8 kernels compiled for AVX-512 VNNI ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "../IntegerIsa.h"
#include "vernier/Runtime/Integer/Avx512Vnni.h"

namespace mlir::vernier {
VERNIER_DEFINE_INTEGER_TABLES(avx512Vnni, Avx512VnniInteger)
VERNIER_INSTANTIATE_WORD_TABLES(avx512Vnni)
} // namespace mlir::vernier
