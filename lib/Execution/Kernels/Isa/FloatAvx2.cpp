//===- FloatAvx2.cpp - Float kernels compiled for AVX2 with FMA ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "vernier/Runtime/Float/Avx2.h"

namespace mlir::vernier {
// The declaration gives the constant external linkage.
extern const runtime::FloatKernels kAvx2FloatKernels;
const runtime::FloatKernels kAvx2FloatKernels = runtime::makeFloatKernels<runtime::Avx2Float>();
} // namespace mlir::vernier
