//===- FloatIsa.h - The float kernels of this processor ---------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One table for each instruction set that the compiler knows, each filled in a file of its own that is compiled for
// it. All give the same bits.
//===----------------------------------------------------------------------===//

#ifndef VERNIER_LIB_EXECUTION_KERNELS_FLOATISA_H
#define VERNIER_LIB_EXECUTION_KERNELS_FLOATISA_H

#include "mlir/Support/LLVM.h"
#include "vernier/Runtime/Float/Kernels.h"
#include "llvm/ADT/ArrayRef.h"

namespace mlir::vernier {

/// The fastest table that this processor runs.
const runtime::FloatKernels &floatKernels();

/// Every table that this processor runs, the fastest first.
ArrayRef<const runtime::FloatKernels *> allFloatKernels();

} // namespace mlir::vernier

#endif // VERNIER_LIB_EXECUTION_KERNELS_FLOATISA_H
