//===- Families.h - The operator functions, by family -----------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Each function evaluates one operator, or several that differ in a step; Evaluate.cpp says which name runs which.

#ifndef VERNIER_LIB_REFERENCE_FAMILIES_H
#define VERNIER_LIB_REFERENCE_FAMILIES_H

#include "Call.h"

namespace mlir::vernier::reference {

// Convolution.cpp
LogicalResult conv2D(const Call &call);
LogicalResult depthwiseConv2D(const Call &call);
LogicalResult transposeConv(const Call &call);
LogicalResult fullyConnected(const Call &call);
// Volume.cpp
LogicalResult conv3D(const Call &call);
LogicalResult conv3DTranspose(const Call &call);
// Matmul.cpp
LogicalResult batchMatmul(const Call &call);
// Pooling.cpp
LogicalResult averagePool2D(const Call &call);
LogicalResult maxPool2D(const Call &call);
LogicalResult l2Pool2D(const Call &call);
// Elementwise.cpp
LogicalResult add(const Call &call);
LogicalResult sub(const Call &call);
LogicalResult mul(const Call &call);
LogicalResult div(const Call &call);
LogicalResult maximum(const Call &call);
LogicalResult minimum(const Call &call);
LogicalResult squaredDifference(const Call &call);
LogicalResult floorDiv(const Call &call);
LogicalResult floorMod(const Call &call);
LogicalResult pow(const Call &call);
LogicalResult atan2(const Call &call);
LogicalResult bitwiseXor(const Call &call);
LogicalResult rightShift(const Call &call);
LogicalResult addN(const Call &call);
// Logic.cpp
LogicalResult equal(const Call &call);
LogicalResult notEqual(const Call &call);
LogicalResult less(const Call &call);
LogicalResult lessEqual(const Call &call);
LogicalResult greater(const Call &call);
LogicalResult greaterEqual(const Call &call);
LogicalResult logicalAnd(const Call &call);
LogicalResult logicalOr(const Call &call);
LogicalResult logicalNot(const Call &call);
LogicalResult select(const Call &call);
LogicalResult selectV2(const Call &call);
// Activations.cpp
LogicalResult relu(const Call &call);
LogicalResult relu6(const Call &call);
LogicalResult reluN1To1(const Call &call);
LogicalResult relu0To1(const Call &call);
LogicalResult logistic(const Call &call);
LogicalResult tanh(const Call &call);
LogicalResult hardSwish(const Call &call);
LogicalResult elu(const Call &call);
LogicalResult leakyRelu(const Call &call);
LogicalResult prelu(const Call &call);
LogicalResult gelu(const Call &call);
// Unary.cpp
LogicalResult abs(const Call &call);
LogicalResult exp(const Call &call);
LogicalResult log(const Call &call);
LogicalResult sqrt(const Call &call);
LogicalResult rsqrt(const Call &call);
LogicalResult neg(const Call &call);
LogicalResult square(const Call &call);
LogicalResult floor(const Call &call);
LogicalResult ceil(const Call &call);
LogicalResult round(const Call &call);
LogicalResult sign(const Call &call);
LogicalResult sin(const Call &call);
LogicalResult cos(const Call &call);
// Softmax.cpp
LogicalResult softmax(const Call &call);
LogicalResult logSoftmax(const Call &call);
LogicalResult l2Normalization(const Call &call);
LogicalResult localResponseNormalization(const Call &call);
// Reductions.cpp
LogicalResult mean(const Call &call);
LogicalResult sum(const Call &call);
LogicalResult reduceMax(const Call &call);
LogicalResult reduceMin(const Call &call);
LogicalResult reduceProd(const Call &call);
LogicalResult reduceAny(const Call &call);
LogicalResult reduceAll(const Call &call);
LogicalResult argMax(const Call &call);
LogicalResult argMin(const Call &call);
// Movement.cpp
LogicalResult reshape(const Call &call);
LogicalResult transpose(const Call &call);
LogicalResult pad(const Call &call);
LogicalResult mirrorPad(const Call &call);
LogicalResult tile(const Call &call);
LogicalResult broadcastTo(const Call &call);
LogicalResult reverse(const Call &call);
LogicalResult spaceToDepth(const Call &call);
LogicalResult depthToSpace(const Call &call);
LogicalResult spaceToBatchNd(const Call &call);
LogicalResult batchToSpaceNd(const Call &call);
// Slicing.cpp
LogicalResult slice(const Call &call);
LogicalResult stridedSlice(const Call &call);
LogicalResult gather(const Call &call);
LogicalResult gatherNd(const Call &call);
LogicalResult concatenation(const Call &call);
LogicalResult pack(const Call &call);
LogicalResult unpack(const Call &call);
LogicalResult split(const Call &call);
LogicalResult splitV(const Call &call);
// Indexing.cpp
LogicalResult fill(const Call &call);
LogicalResult zerosLike(const Call &call);
LogicalResult range(const Call &call);
LogicalResult broadcastArgs(const Call &call);
LogicalResult oneHot(const Call &call);
LogicalResult embeddingLookup(const Call &call);
LogicalResult topK(const Call &call);
LogicalResult dynamicUpdateSlice(const Call &call);
LogicalResult scatterNd(const Call &call);
LogicalResult reverseSequence(const Call &call);
LogicalResult matrixDiag(const Call &call);
LogicalResult matrixSetDiag(const Call &call);
LogicalResult bitcast(const Call &call);
LogicalResult bucketize(const Call &call);
// Segments.cpp
LogicalResult segmentSum(const Call &call);
LogicalResult unsortedSegmentSum(const Call &call);
LogicalResult unsortedSegmentProd(const Call &call);
LogicalResult unsortedSegmentMax(const Call &call);
LogicalResult unsortedSegmentMin(const Call &call);
LogicalResult cumsum(const Call &call);
// Resize.cpp
LogicalResult resizeBilinear(const Call &call);
LogicalResult resizeNearestNeighbor(const Call &call);
// Quantize.cpp
LogicalResult lstm(const Call &call);
LogicalResult unidirectionalSequenceLstm(const Call &call);
LogicalResult bidirectionalSequenceLstm(const Call &call);
LogicalResult rnn(const Call &call);
LogicalResult unidirectionalSequenceRnn(const Call &call);
LogicalResult bidirectionalSequenceRnn(const Call &call);
LogicalResult svdf(const Call &call);
LogicalResult quantize(const Call &call);
LogicalResult dequantize(const Call &call);
LogicalResult fakeQuant(const Call &call);
LogicalResult cast(const Call &call);
LogicalResult shape(const Call &call);

} // namespace mlir::vernier::reference

#endif // VERNIER_LIB_REFERENCE_FAMILIES_H
