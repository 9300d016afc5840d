//===- NNOps.td - Every nn operator ------------------------*- tablegen -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_DIALECT_NN_NNOPS_TD
#define VERNIER_DIALECT_NN_NNOPS_TD

include "vernier/Dialect/NN/NNStructureOps.td"
include "vernier/Dialect/NN/NNControlOps.td"
include "vernier/Dialect/NN/NNConvolutionOps.td"
include "vernier/Dialect/NN/NNElementwiseOps.td"
include "vernier/Dialect/NN/NNMovementOps.td"
include "vernier/Dialect/NN/NNRecurrentOps.td"
include "vernier/Dialect/NN/NNLogicOps.td"
include "vernier/Dialect/NN/NNIndexOps.td"

#endif // VERNIER_DIALECT_NN_NNOPS_TD
