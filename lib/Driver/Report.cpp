//===- Report.cpp - What became of each operator ----------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Report.h"
#include "Command.h"
#include "vernier/Dialect/NN/Macs.h"
#include "vernier/Dialect/NN/NN.h"
#include "vernier/Dialect/QuantX/Blockwise.h"
#include "vernier/Dialect/QuantX/QuantX.h"
#include "vernier/Interfaces/ConstantData.h"
#include "vernier/Interfaces/TensorIdentity.h"

namespace mlir::vernier {
namespace {

bool isQuantized(Type type) { return bool(quant::QuantizedType::getQuantizedElementType(type)); }

bool isFloat(Type type) {
  auto tensor = dyn_cast<ShapedType>(type);
  return tensor && isa<FloatType>(tensor.getElementType());
}

/// The constant that `value` is, or is dequantized from; or null.
Operation *findConstant(Value value) {
  auto cast = value.getDefiningOp<nn::DequantizeOp>();
  Value stored = cast ? cast.getInput() : value;
  return getConstantElements(stored) ? stored.getDefiningOp() : nullptr;
}

uint64_t bytesOf(Operation *constant) {
  auto type = dyn_cast<RankedTensorType>(constant->getResult(0).getType());
  if (!type || !type.hasStaticShape())
    return 0;
  return uint64_t(nn::getStorageBytes(type.getElementType(), type.getNumElements()).value_or(0));
}

QuantizeReport::Line describeLine(Operation *op, const Scheme &scheme) {
  QuantizeReport::Line line;
  line.type = isa<nn::ConstOp>(op) ? "constant" : getOperatorName(op);
  line.tensor = op->getNumResults() ? getTensorName(op->getResult(0)).str() : "";
  line.scheme = scheme.name().str();
  line.reason = quantx::getFloatReason(op).str();
  line.remedy = quantx::getRemedy(op).str();
  line.macs = nn::countMacs(op);
  if (isa<nn::ConstOp>(op))
    line.bytes = bytesOf(op);
  for (Value operand : op->getOperands())
    if (Operation *constant = findConstant(operand))
      line.bytes += bytesOf(constant);
  return line;
}

/// Whether `op` reads weights that its scheme wanted it to compute with, but that it gets dequantized.
bool readsStoredWeights(Operation *op, const Scheme &scheme) {
  return scheme.kind == Scheme::Kind::Dynamic && llvm::any_of(op->getOperands(), [](Value operand) {
           auto cast = operand.getDefiningOp<nn::DequantizeOp>();
           return cast && isQuantized(cast.getInput().getType()) && getConstantElements(cast.getInput());
         });
}

} // namespace

QuantizeReport QuantizeReport::of(ModuleOp module) {
  QuantizeReport report;
  module.walk<WalkOrder::PreOrder>([&](Operation *op) {
    const Scheme scheme = quantx::getScheme(op).value_or(Scheme());
    if (isa<nn::DequantizeOp>(op) && getConstantElements(op->getOperand(0))) {
      ++(isQuantized(op->getOperand(0).getType()) ? report.integerConstants : report.halfConstants);
      return;
    }
    if (isa<nn::QuantizeOp, nn::DequantizeOp>(op)) {
      ++report.casts;
      return;
    }
    Line line = describeLine(op, scheme);
    if (!isa<nn::ConstOp>(op)) {
      report.macs += line.macs;
      report.bytes += line.bytes;
    }
    if (readsStoredWeights(op, scheme) && line.reason.empty()) {
      line.reason = "LiteRT has no kernel of it for integer weights beside float activations; they are stored as "
                    "integers and dequantized";
      line.remedy = "int8 has a form for it";
    }
    if (auto reason = op->getAttrOfType<StringAttr>(quantx::kBlockReasonAttrName); reason && line.reason.empty()) {
      line.reason = reason.str();
      line.remedy = "a recipe that asks for per-axis here";
    }
    if (!line.reason.empty()) {
      report.floatOperators.push_back(std::move(line));
      return;
    }
    if (isa<nn::ConstOp>(op) || op->getNumResults() == 0 || op->getNumOperands() == 0)
      return;
    if (llvm::any_of(op->getOperandTypes(), isQuantized) || llvm::any_of(op->getResultTypes(), isQuantized))
      ++report.quantizedOperators[line.scheme];
    else if (scheme.kind == Scheme::Kind::Float &&
             (llvm::any_of(op->getOperandTypes(), isFloat) || llvm::any_of(op->getResultTypes(), isFloat)))
      report.keptFloat.push_back(std::move(line));
  });
  return report;
}

} // namespace mlir::vernier
