//===- ObserverAvx2.cpp - an observer's loops compiled for AVX2 ------------===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#define VERNIER_DEFINE_OBSERVER
#include "../ObserverKernels.h"

namespace mlir::vernier {
const ObserverKernels kAvx2Observer = VERNIER_OBSERVER_TABLE;
} // namespace mlir::vernier
