//===- FusePatterns.h - What nn-fuse consists of ----------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_LIB_DIALECT_NN_TRANSFORMS_FUSEPATTERNS_H
#define VERNIER_LIB_DIALECT_NN_TRANSFORMS_FUSEPATTERNS_H

#include "mlir/IR/PatternMatch.h"
#include "vernier/Dialect/NN/NN.h"

namespace mlir::vernier::nn {

/// Activations into the operator before them.
void populateFuseActivationPatterns(RewritePatternSet &patterns);
/// Arithmetic with one constant for each output channel into filter and bias.
void populateFuseArithmeticPatterns(RewritePatternSet &patterns);
/// Borders of zeros into SAME padding.
void populateFusePadPatterns(RewritePatternSet &patterns);
/// Half-precision and reshaped constants into plain ones.
void populateFuseConstantPatterns(RewritePatternSet &patterns);
/// What a file leaves out and runtimes want: a bias of zeros, the depth multiplier.
void populateFuseDefaultPatterns(RewritePatternSet &patterns);
/// Operators without an integer form into ones that compute the same and have it.
void populateFuseEquivalentPatterns(RewritePatternSet &patterns);
/// Roundings that training left behind into the identity of what they round.
void populateFuseTrainedRangePatterns(RewritePatternSet &patterns);

/// A new float32 constant of `data` before `op`, called `name`.
Value createConstant(PatternRewriter &rewriter, Operation *op, RankedTensorType type, ArrayRef<float> data,
                     const std::string &name);

/// Whether `value` is a float32 tensor.
bool isFloat32(Value value);

/// Erases the chain that ends in `last` and starts after `first`, whose result takes over the users
/// and the identity of `last`. Every operator of the chain is used by the next one only.
void replaceChain(PatternRewriter &rewriter, Operation *first, Operation *last);

} // namespace mlir::vernier::nn

#endif // VERNIER_LIB_DIALECT_NN_TRANSFORMS_FUSEPATTERNS_H
