//===- Evaluate.cpp - Naive operators, the oracle ---------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The table of what is known, and the checks that hold for every tensor whatever the operator.

#include "vernier/Reference/Evaluate.h"
#include "Families.h"
#include "vernier/Dialect/QuantX/QuantX.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/MathExtras.h"

namespace mlir::vernier {
namespace {

using Function = LogicalResult (*)(const reference::Call &);

/// Operator name to function.
const llvm::StringMap<Function> &table() {
  static const llvm::StringMap<Function> rows = {
      {"nn.conv_2d", reference::conv2D},
      {"nn.depthwise_conv_2d", reference::depthwiseConv2D},
      {"nn.transpose_conv", reference::transposeConv},
      {"nn.fully_connected", reference::fullyConnected},
      {"nn.batch_matmul", reference::batchMatmul},
      {"nn.average_pool_2d", reference::averagePool2D},
      {"nn.max_pool_2d", reference::maxPool2D},
      {"nn.add", reference::add},
      {"nn.sub", reference::sub},
      {"nn.mul", reference::mul},
      {"nn.div", reference::div},
      {"nn.maximum", reference::maximum},
      {"nn.minimum", reference::minimum},
      {"nn.squared_difference", reference::squaredDifference},
      {"nn.floor_div", reference::floorDiv},
      {"nn.floor_mod", reference::floorMod},
      {"nn.relu", reference::relu},
      {"nn.relu6", reference::relu6},
      {"nn.relu_n1_to_1", reference::reluN1To1},
      {"nn.logistic", reference::logistic},
      {"nn.tanh", reference::tanh},
      {"nn.hard_swish", reference::hardSwish},
      {"nn.elu", reference::elu},
      {"nn.leaky_relu", reference::leakyRelu},
      {"nn.prelu", reference::prelu},
      {"nn.gelu", reference::gelu},
      {"nn.abs", reference::abs},
      {"nn.exp", reference::exp},
      {"nn.log", reference::log},
      {"nn.sqrt", reference::sqrt},
      {"nn.rsqrt", reference::rsqrt},
      {"nn.neg", reference::neg},
      {"nn.square", reference::square},
      {"nn.floor", reference::floor},
      {"nn.conv_3d", reference::conv3D},
      {"nn.conv_3d_transpose", reference::conv3DTranspose},
      {"nn.l2_pool_2d", reference::l2Pool2D},
      {"nn.pow", reference::pow},
      {"nn.atan2", reference::atan2},
      {"nn.bitwise_xor", reference::bitwiseXor},
      {"nn.right_shift", reference::rightShift},
      {"nn.add_n", reference::addN},
      {"nn.equal", reference::equal},
      {"nn.not_equal", reference::notEqual},
      {"nn.less", reference::less},
      {"nn.less_equal", reference::lessEqual},
      {"nn.greater", reference::greater},
      {"nn.greater_equal", reference::greaterEqual},
      {"nn.logical_and", reference::logicalAnd},
      {"nn.logical_or", reference::logicalOr},
      {"nn.logical_not", reference::logicalNot},
      {"nn.select", reference::select},
      {"nn.select_v2", reference::selectV2},
      {"nn.relu_0_to_1", reference::relu0To1},
      {"nn.ceil", reference::ceil},
      {"nn.round", reference::round},
      {"nn.sign", reference::sign},
      {"nn.sin", reference::sin},
      {"nn.cos", reference::cos},
      {"nn.local_response_normalization", reference::localResponseNormalization},
      {"nn.reduce_prod", reference::reduceProd},
      {"nn.reduce_any", reference::reduceAny},
      {"nn.reduce_all", reference::reduceAll},
      {"nn.fill", reference::fill},
      {"nn.zeros_like", reference::zerosLike},
      {"nn.range", reference::range},
      {"nn.broadcast_args", reference::broadcastArgs},
      {"nn.one_hot", reference::oneHot},
      {"nn.embedding_lookup", reference::embeddingLookup},
      {"nn.topk_v2", reference::topK},
      {"nn.dynamic_update_slice", reference::dynamicUpdateSlice},
      {"nn.scatter_nd", reference::scatterNd},
      {"nn.reverse_sequence", reference::reverseSequence},
      {"nn.matrix_diag", reference::matrixDiag},
      {"nn.matrix_set_diag", reference::matrixSetDiag},
      {"nn.bitcast", reference::bitcast},
      {"nn.bucketize", reference::bucketize},
      {"nn.segment_sum", reference::segmentSum},
      {"nn.unsorted_segment_sum", reference::unsortedSegmentSum},
      {"nn.unsorted_segment_prod", reference::unsortedSegmentProd},
      {"nn.unsorted_segment_max", reference::unsortedSegmentMax},
      {"nn.unsorted_segment_min", reference::unsortedSegmentMin},
      {"nn.cumsum", reference::cumsum},
      {"nn.softmax", reference::softmax},
      {"nn.log_softmax", reference::logSoftmax},
      {"nn.l2_normalization", reference::l2Normalization},
      {"nn.mean", reference::mean},
      {"nn.sum", reference::sum},
      {"nn.reduce_max", reference::reduceMax},
      {"nn.reduce_min", reference::reduceMin},
      {"nn.arg_max", reference::argMax},
      {"nn.arg_min", reference::argMin},
      {"nn.reshape", reference::reshape},
      {"nn.squeeze", reference::reshape},
      {"nn.expand_dims", reference::reshape},
      {"nn.transpose", reference::transpose},
      {"nn.pad", reference::pad},
      {"nn.padv2", reference::pad},
      {"nn.mirror_pad", reference::mirrorPad},
      {"nn.tile", reference::tile},
      {"nn.broadcast_to", reference::broadcastTo},
      {"nn.reverse_v2", reference::reverse},
      {"nn.space_to_depth", reference::spaceToDepth},
      {"nn.depth_to_space", reference::depthToSpace},
      {"nn.space_to_batch_nd", reference::spaceToBatchNd},
      {"nn.batch_to_space_nd", reference::batchToSpaceNd},
      {"nn.slice", reference::slice},
      {"nn.strided_slice", reference::stridedSlice},
      {"nn.gather", reference::gather},
      {"nn.gather_nd", reference::gatherNd},
      {"nn.concatenation", reference::concatenation},
      {"nn.pack", reference::pack},
      {"nn.unpack", reference::unpack},
      {"nn.split", reference::split},
      {"nn.split_v", reference::splitV},
      {"nn.resize_bilinear", reference::resizeBilinear},
      {"nn.resize_nearest_neighbor", reference::resizeNearestNeighbor},
      {"nn.lstm", reference::lstm},
      {"nn.unidirectional_sequence_lstm", reference::unidirectionalSequenceLstm},
      {"nn.bidirectional_sequence_lstm", reference::bidirectionalSequenceLstm},
      {"nn.rnn", reference::rnn},
      {"nn.unidirectional_sequence_rnn", reference::unidirectionalSequenceRnn},
      {"nn.bidirectional_sequence_rnn", reference::bidirectionalSequenceRnn},
      {"nn.svdf", reference::svdf},
      {"nn.quantize", reference::quantize},
      {"nn.dequantize", reference::dequantize},
      {"nn.cast", reference::cast},
      {"nn.shape", reference::shape},
      {"quantx.fake_quant", reference::fakeQuant},
  };
  return rows;
}

/// Sizes as a flatbuffer can hold them, an element count that fits, a type whose layout is known, and data.
LogicalResult checkTensor(Operation *op, const TensorRef &tensor, StringRef what, unsigned index) {
  if (!reference::Storage::of(tensor.elementType))
    return op->emitOpError() << "has no reference form for " << what << " " << index << " with elements of "
                             << tensor.elementType;
  // Zeros do not excuse the other sizes: partial products must not overflow either.
  int64_t bytes = 8;
  for (int64_t size : tensor.shape)
    if (size < 0 || size > std::numeric_limits<int32_t>::max() ||
        llvm::MulOverflow(bytes, std::max<int64_t>(size, 1), bytes))
      return op->emitOpError() << what << " " << index
                               << " has a shape that no tensor can have: " << reference::describe(tensor.shape);
  if (!tensor.data && !llvm::is_contained(tensor.shape, 0))
    return op->emitOpError() << what << " " << index << " has no data";
  return success();
}

} // namespace

bool hasReference(Operation *op) { return table().contains(op->getName().getStringRef()); }

LogicalResult evaluateReference(Operation *op, ArrayRef<TensorRef> operands, ArrayRef<TensorRef> results,
                                numerics::NumericsTarget target) {
  auto row = table().find(op->getName().getStringRef());
  if (row == table().end())
    return op->emitOpError() << "has no reference form";
  if (operands.size() != op->getNumOperands() || results.size() != op->getNumResults())
    return op->emitOpError() << "expected " << op->getNumOperands() << " operands and " << op->getNumResults()
                             << " results, got " << operands.size() << " and " << results.size();
  for (auto [index, tensor] : llvm::enumerate(operands)) {
    bool isAbsent = isa<NoneType>(op->getOperand(index).getType());
    if (isAbsent && tensor)
      return op->emitOpError() << "operand " << index << " is absent, but has a tensor";
    if (isAbsent)
      continue;
    if (!tensor)
      return op->emitOpError() << "operand " << index << " has no tensor";
    if (failed(checkTensor(op, tensor, "operand", index)))
      return failure();
  }
  for (auto [index, tensor] : llvm::enumerate(results)) {
    if (!tensor)
      return op->emitOpError() << "result " << index << " has no tensor";
    if (failed(checkTensor(op, tensor, "result", index)))
      return failure();
  }
  return row->second({op, operands, results, target});
}

} // namespace mlir::vernier
