//===- IntegerGeneric.cpp - 8-bit kernels compiled for plain C++ ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "../IntegerIsa.h"
#include "vernier/Runtime/Integer/Generic.h"

namespace mlir::vernier {
VERNIER_DEFINE_INTEGER_TABLES(generic, GenericInteger)
VERNIER_INSTANTIATE_BYTE_TABLES(generic, int8_t)
VERNIER_INSTANTIATE_BYTE_TABLES(generic, uint8_t)
} // namespace mlir::vernier
