//===- FloatAvx512.cpp - Float kernels compiled for AVX-512 ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "vernier/Runtime/Float/Avx512.h"

namespace mlir::vernier {
// The declaration gives the constant external linkage.
extern const runtime::FloatKernels kAvx512FloatKernels;
const runtime::FloatKernels kAvx512FloatKernels = runtime::makeFloatKernels<runtime::Avx512Float>();
} // namespace mlir::vernier
