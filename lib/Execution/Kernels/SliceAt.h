//===- SliceAt.h - Slices whose bounds are data -----------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_LIB_EXECUTION_KERNELS_SLICEAT_H
#define VERNIER_LIB_EXECUTION_KERNELS_SLICEAT_H

#include "Planner.h"

namespace mlir::vernier {

/// Whether the bounds are computed by the network, the first two operands after the input, but the result's shape is
/// known.
bool isSliceAt(const KernelRequest &request);

/// A kernel that looks at the bounds when it runs, and fails where they do not give the result's shape.
FailureOr<PlannedKernel> planSliceAt(const KernelRequest &request);
FailureOr<PlannedKernel> planStridedSliceAt(nn::StridedSliceOp op, const KernelRequest &request);

} // namespace mlir::vernier

#endif // VERNIER_LIB_EXECUTION_KERNELS_SLICEAT_H
