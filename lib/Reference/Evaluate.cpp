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
      {"nn.quantize", reference::quantize},
      {"nn.dequantize", reference::dequantize},
      {"quantx.fake_quant", reference::fakeQuant},
      {"nn.cast", reference::cast},
      {"nn.shape", reference::shape},
  };
  return rows;
}

/// Sizes as a flatbuffer can hold them, an element count that fits, a type whose layout is known, and data.
LogicalResult checkTensor(Operation *op, const TensorRef &tensor, StringRef what, unsigned index) {
  if (!reference::Storage::of(tensor.elementType))
    return op->emitOpError() << "has no reference form for " << what << " " << index << " with elements of " << tensor.elementType;
  int64_t bytes = 8;
  for (int64_t size : tensor.shape)
    if (size < 0 || size > std::numeric_limits<int32_t>::max() || llvm::MulOverflow(bytes, size, bytes))
      return op->emitOpError() << what << " " << index << " has a shape that no tensor can have: " << reference::describe(tensor.shape);
  if (bytes != 0 && !tensor.data)
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
    return op->emitOpError() << "expected " << op->getNumOperands() << " operands and " << op->getNumResults() << " results, got "
                             << operands.size() << " and " << results.size();
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
