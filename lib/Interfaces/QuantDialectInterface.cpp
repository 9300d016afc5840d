//===- QuantDialectInterface.cpp - How a dialect spells a cast ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "vernier/Interfaces/QuantDialectInterface.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Quant/IR/Quant.h"
#include "mlir/Dialect/Quant/IR/QuantTypes.h"

namespace mlir::vernier {
namespace {

/// Upstream's spelling: casts of the `quant` dialect, and a storage cast for constants.
class UpstreamSpelling : public QuantDialectInterface {
public:
  using QuantDialectInterface::QuantDialectInterface;

  Value buildQuantize(OpBuilder &builder, Location loc, Value input, Type resultType) const final {
    // Upstream has no requantizing cast: quantized to quantized goes through float.
    if (quant::QuantizedType::getQuantizedElementType(input.getType()))
      input = buildDequantize(builder, loc, input, quant::QuantizedType::castToExpressedType(resultType));
    return quant::QuantizeCastOp::create(builder, loc, resultType, input);
  }

  Value buildDequantize(OpBuilder &builder, Location loc, Value input, Type resultType) const final {
    if (isa<FloatType>(getElementTypeOrSelf(input.getType())))
      return arith::ExtFOp::create(builder, loc, resultType, input);
    return quant::DequantizeCastOp::create(builder, loc, resultType, input);
  }

  Value buildConstant(OpBuilder &builder, Operation *original, ShapedType type, ArrayRef<char> data) const final {
    Location loc = original->getLoc();
    auto quantized = quant::QuantizedType::getQuantizedElementType(type);
    ShapedType storage = quantized ? type.clone(quantized.getStorageType()) : type;
    Value constant = arith::ConstantOp::create(builder, loc, DenseElementsAttr::getFromRawBuffer(storage, data));
    return quantized ? quant::StorageCastOp::create(builder, loc, type, constant).getResult() : constant;
  }
};

} // namespace

const QuantDialectInterface &getQuantDialectInterface(Operation *op) {
  if (Dialect *dialect = op->getDialect())
    if (auto *own = dialect->getRegisteredInterface<QuantDialectInterface>())
      return *own;
  static const UpstreamSpelling upstream(nullptr);
  return upstream;
}

} // namespace mlir::vernier
