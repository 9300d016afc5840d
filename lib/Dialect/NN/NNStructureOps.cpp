//===- NNStructureOps.cpp - Constants, casts and generic operators ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "vernier/Dialect/NN/NN.h"
#include "vernier/Interfaces/ConstantData.h"

#define GET_OP_CLASSES
#include "vernier/Dialect/NN/NNStructureOps.cpp.inc"

namespace mlir::vernier::nn {

//===----------------------------------------------------------------------===//
// nn.const
//===----------------------------------------------------------------------===//

ElementsAttr ConstOp::getConstantValue() { return getValue(); }

ParseResult ConstOp::parse(OpAsmParser &parser, OperationState &state) {
  ElementsAttr value;
  SMLoc loc = parser.getCurrentLocation();
  Attribute parsed;
  if (parser.parseAttribute(parsed))
    return failure();
  value = dyn_cast<ElementsAttr>(parsed);
  if (!value)
    return parser.emitError(loc, "expected the elements of a tensor");
  Type type = value.getShapedType();
  if (succeeded(parser.parseOptionalKeyword("as")) && parser.parseType(type))
    return failure();
  state.getOrAddProperties<Properties>().value = value;
  state.addTypes(type);
  return parser.parseOptionalAttrDict(state.attributes);
}

void ConstOp::print(OpAsmPrinter &printer) {
  printer << ' ' << getValue();
  if (getValue().getShapedType() != getType())
    printer << " as " << getType();
  printer.printOptionalAttrDict((*this)->getAttrs(), {"value"});
}

LogicalResult ConstOp::verify() {
  auto type = dyn_cast<RankedTensorType>(getType());
  if (!type || !type.hasStaticShape())
    return emitOpError() << "expected a static shape, got " << getType();
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(getValue()))
    if (!resource.getRawHandle().getBlob())
      return emitOpError() << "has no data for resource '" << resource.getRawHandle().getKey()
                           << "'; text with elided weights cannot be used, write bytecode (.mlirbc) instead";
  std::optional<int64_t> expected = getStorageBytes(type.getElementType(), type.getNumElements());
  if (!expected)
    return success(); // strings have no fixed size
  std::optional<ConstantData> data = getConstantData(getValue());
  if (!data)
    return emitOpError() << "expected numeric elements, got " << getValue().getShapedType();
  if (int64_t(data->bytes().size()) != *expected)
    return emitOpError() << "expected " << *expected << " bytes for " << type << ", got " << data->bytes().size();
  return success();
}

//===----------------------------------------------------------------------===//
// nn.generic
//===----------------------------------------------------------------------===//

LogicalResult GenericOp::verify() {
  if ((getBuiltin() == "CUSTOM") != getCustomCode().has_value())
    return emitOpError() << "expected a custom_code with \"CUSTOM\" and with nothing else, got \"" << getBuiltin() << "\"";
  return success();
}

//===----------------------------------------------------------------------===//
// nn.quantize, nn.dequantize
//===----------------------------------------------------------------------===//

static LogicalResult verifySameShape(Operation *op) {
  auto input = cast<ShapedType>(op->getOperand(0).getType()), output = cast<ShapedType>(op->getResult(0).getType());
  if (failed(verifyCompatibleShape(input, output)))
    return op->emitOpError() << "expected equal shapes, got " << input << " and " << output;
  return success();
}

LogicalResult QuantizeOp::verify() {
  if (failed(verifySameShape(*this)))
    return failure();
  Type element = getOutput().getType().getElementType();
  if (!isa<quant::QuantizedType, IntegerType>(element))
    return emitOpError() << "expected a quantized result, got " << getOutput().getType();
  return success();
}

LogicalResult DequantizeOp::verify() {
  if (failed(verifySameShape(*this)))
    return failure();
  if (!isa<FloatType>(getOutput().getType().getElementType()))
    return emitOpError() << "expected a float result, got " << getOutput().getType();
  return success();
}

} // namespace mlir::vernier::nn
