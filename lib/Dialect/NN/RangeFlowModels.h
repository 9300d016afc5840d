//===- RangeFlowModels.h - Operators with values that do not count ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_LIB_DIALECT_NN_RANGEFLOWMODELS_H
#define VERNIER_LIB_DIALECT_NN_RANGEFLOWMODELS_H

namespace mlir {
class MLIRContext;
}

namespace mlir::vernier::nn {

/// Attaches RangeFlowOpInterface to the operators that stand between a mask and its softmax.
void attachRangeFlowModels(MLIRContext *context);

} // namespace mlir::vernier::nn

#endif // VERNIER_LIB_DIALECT_NN_RANGEFLOWMODELS_H
