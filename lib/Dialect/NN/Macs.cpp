//===- Macs.cpp - How much an operator multiplies ---------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "vernier/Dialect/NN/Macs.h"
#include "vernier/Dialect/NN/Recurrent.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/MathExtras.h"

namespace mlir::vernier::nn {
namespace {

uint64_t elementsOf(Value value) {
  uint64_t elements = 0;
  if (auto shape = getPlannedShape(value)) {
    elements = 1;
    for (int64_t size : *shape)
      elements = llvm::SaturatingMultiply(elements, uint64_t(size));
  }
  return elements;
}

uint64_t sizeOf(Value value, unsigned dimension) {
  auto shape = getPlannedShape(value);
  return shape && dimension < shape->size() ? uint64_t((*shape)[dimension]) : 0;
}

/// `places` elements each meet the part of `filter` that belongs to one of its channels.
uint64_t perChannel(uint64_t places, Value filter, unsigned channelDim) {
  const uint64_t channels = sizeOf(filter, channelDim);
  return channels ? llvm::SaturatingMultiply(places, elementsOf(filter) / channels) : 0;
}

/// Weights of a recurrent operator: all matrices among its operands, once for each step of each batch.
uint64_t perStep(Operation *op) {
  uint64_t weights = 0;
  for (Value operand : op->getOperands().drop_front())
    if (auto shape = getPlannedShape(operand); shape && shape->size() == 2 && !operand.getDefiningOp<VariableOp>())
      weights += elementsOf(operand);
  auto input = getPlannedShape(op->getOperand(0));
  const uint64_t features = input && !input->empty() ? uint64_t(input->back()) : 0;
  return features ? llvm::SaturatingMultiply(weights, elementsOf(op->getOperand(0)) / features) : 0;
}

} // namespace

uint64_t countMacs(Operation *op) {
  return llvm::TypeSwitch<Operation *, uint64_t>(op)
      .Case<Conv2DOp, FullyConnectedOp>(
          [](auto op) { return perChannel(elementsOf(op.getOutput()), op.getFilter(), 0); })
      .Case([](DepthwiseConv2DOp op) { return perChannel(elementsOf(op.getOutput()), op.getFilter(), 3); })
      .Case([](Conv3DOp op) { return perChannel(elementsOf(op->getResult(0)), op.getFilter(), 4); })
      // Each input meets the filter of its channel.
      .Case([](TransposeConvOp op) { return perChannel(elementsOf(op.getInput()), op.getFilter(), 3); })
      .Case([](Conv3DTransposeOp op) { return perChannel(elementsOf(op.getInput()), op.getFilter(), 4); })
      .Case([](BatchMatmulOp op) {
        auto shape = getPlannedShape(op.getX());
        if (!shape || shape->size() < 2)
          return uint64_t(0);
        const uint64_t depth = uint64_t(op.getAdjX() ? (*shape)[shape->size() - 2] : shape->back());
        return llvm::SaturatingMultiply(elementsOf(op->getResult(0)), depth);
      })
      .Case<UnidirectionalSequenceLstmOp, LstmOp, BidirectionalSequenceLstmOp, RnnOp, UnidirectionalSequenceRnnOp,
            BidirectionalSequenceRnnOp, SvdfOp>([](Operation *op) { return perStep(op); })
      .Default(uint64_t(0));
}

} // namespace mlir::vernier::nn
