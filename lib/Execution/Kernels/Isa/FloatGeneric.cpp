//===- FloatGeneric.cpp - Float kernels compiled for plain C++ ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "vernier/Runtime/Float/Generic.h"

namespace mlir::vernier {
// The declaration gives the constant external linkage.
extern const runtime::FloatKernels kGenericFloatKernels;
const runtime::FloatKernels kGenericFloatKernels = runtime::makeFloatKernels<runtime::GenericFloat>();
} // namespace mlir::vernier
