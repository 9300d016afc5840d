//===- Blockwise.h - Dense layers with several scales in a row --*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_LIB_REFERENCE_BLOCKWISE_H
#define VERNIER_LIB_REFERENCE_BLOCKWISE_H

#include "Call.h"
#include "vernier/Interfaces/BlockwiseType.h"

namespace mlir::vernier::reference {

/// FULLY_CONNECTED with weights of `parameters`, whose shapes have been checked: docs/Numerics.md, "Dynamic range".
LogicalResult evaluateBlockwise(const Call &call, const BlockwiseParameters &parameters,
                                numerics::FusedActivation activation);

} // namespace mlir::vernier::reference

#endif // VERNIER_LIB_REFERENCE_BLOCKWISE_H
