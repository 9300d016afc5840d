//===- FloatGeneric.cpp - Float kernels for every processor ------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#if defined(__SSE2__) && !defined(__FMA__)
#include "vernier/Runtime/Float/Sse2.h"
using PlainFloat = mlir::vernier::runtime::Sse2Float;
#else
#include "vernier/Runtime/Float/Generic.h"
using PlainFloat = mlir::vernier::runtime::GenericFloat;
#endif

namespace mlir::vernier {
// The declaration gives the constant external linkage.
extern const runtime::FloatKernels kGenericFloatKernels;
const runtime::FloatKernels kGenericFloatKernels = runtime::makeFloatKernels<PlainFloat>();
} // namespace mlir::vernier
