//===- NNStructureOps.cpp - Constants, casts and generic operators ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Canonicalize.h"
#include "mlir/IR/AsmState.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "vernier/Dialect/NN/NN.h"
#include "vernier/Interfaces/ConstantData.h"
#include "vernier/Interfaces/QuantTypeChecks.h"

#define GET_OP_CLASSES
#include "vernier/Dialect/NN/NNStructureOps.cpp.inc"

namespace mlir::vernier::nn {

//===----------------------------------------------------------------------===//
// nn.const
//===----------------------------------------------------------------------===//

ElementsAttr ConstOp::getConstantValue() { return getValue(); }

void ConstOp::build(OpBuilder &builder, OperationState &state, RankedTensorType type, ArrayRef<char> data,
                    StringRef name) {
  auto quantized = quant::QuantizedType::getQuantizedElementType(type);
  RankedTensorType storage = quantized ? type.clone(quantized.getStorageType()) : type;
  // As aligned as the importer's: bytecode with wider sections does not load from plain memory, where small files go.
  constexpr size_t alignment = 16;
  AsmResourceBlob blob = HeapAsmResourceBlob::allocateAndCopyWithAlign(data, alignment, /*dataIsMutable=*/false);
  build(builder, state, type,
        DenseResourceElementsAttr::get(storage, name.empty() ? "constant" : name, std::move(blob)));
}

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
  constexpr int64_t kWidestBits = 128;
  int64_t bits = kWidestBits;
  for (int64_t size : type.getShape())
    if (llvm::MulOverflow(bits, size, bits))
      return emitOpError() << "expected a size that can be addressed, got " << type;
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(getValue()))
    if (!resource.getRawHandle().getBlob())
      return emitOpError() << "has no data for resource '" << resource.getRawHandle().getKey()
                           << "'; text with elided weights cannot be used, write bytecode (.mlirbc) instead";
  std::optional<int64_t> expected = getStorageBytes(type.getElementType(), type.getNumElements());
  if (!expected)
    return success(); // strings have no fixed size
  std::optional<ConstantData> data = getConstantData(getValue());
  if (!data)
    return emitOpError() << "expected numeric elements, and at most 1 GiB of one that is repeated, got "
                         << getValue().getShapedType();
  if (int64_t(data->bytes().size()) != *expected)
    return emitOpError() << "expected " << *expected << " bytes for " << type << ", got " << data->bytes().size();
  return success();
}

//===----------------------------------------------------------------------===//
// nn.generic
//===----------------------------------------------------------------------===//

LogicalResult GenericOp::verify() {
  if ((getBuiltin() == "CUSTOM") != getCustomCode().has_value())
    return emitOpError() << "expected a custom_code with \"CUSTOM\" and with nothing else, got \"" << getBuiltin()
                         << "\"";
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

namespace {

/// Quantizing again what was dequantized gives the stored integers back.
///
///   %1 = nn.dequantize %0 : !q -> f32
///   %2 = nn.quantize %1 : f32 -> !q      ->  %0
///
/// (stored - zero point) has at most 17 bits, so that neither the product with the scale nor the
/// quotient loses enough to reach another integer. The other order, quantize then dequantize,
/// rounds, and requantizing twice rounds twice: both stay.
struct DropRequantizedDequantize : OpRewritePattern<QuantizeOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(QuantizeOp op, PatternRewriter &rewriter) const override {
    auto dequantize = op.getInput().getDefiningOp<DequantizeOp>();
    if (!dequantize || dequantize.getInput().getType() != op.getType())
      return rewriter.notifyMatchFailure(op, "requires a dequantized operand of the same quantized type");
    std::optional<QuantParameters> parameters = QuantParameters::of(op.getType());
    if (!parameters || parameters->storageMax > UINT16_MAX)
      return rewriter.notifyMatchFailure(op, "requires storage of at most 16 bits");
    if (!dequantize.getType().getElementType().isF32())
      return rewriter.notifyMatchFailure(op, "requires float32, as half precision rounds");
    // Beyond these, products or reciprocals leave the normal float32 range.
    if (llvm::any_of(parameters->scales, [](double scale) { return scale < 0x1p-100 || scale > 0x1p100; }))
      return rewriter.notifyMatchFailure(op, "requires scales of ordinary size");
    return replaceUnlessReturned(rewriter, op, dequantize.getInput());
  }
};

} // namespace

void QuantizeOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *context) {
  addDropWithoutEffect<QuantizeOp>(patterns);
  patterns.add<DropRequantizedDequantize>(context);
}

LogicalResult DequantizeOp::verify() {
  if (failed(verifySameShape(*this)))
    return failure();
  if (!isa<FloatType>(getOutput().getType().getElementType()))
    return emitOpError() << "expected a float result, got " << getOutput().getType();
  return success();
}

} // namespace mlir::vernier::nn
