//===- NNDialect.cpp - The nn dialect ---------------------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "RangeFlowModels.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Quant/IR/Quant.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "vernier/Dialect/NN/NN.h"
#include "vernier/Interfaces/QuantDialectInterface.h"
#include "vernier/Interfaces/QuantTypeChecks.h"
#include "vernier/Interfaces/TensorIdentity.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/MathExtras.h"

#include "vernier/Dialect/NN/NNDialect.cpp.inc"
#include "vernier/Dialect/NN/NNEnums.cpp.inc"

#define GET_ATTRDEF_CLASSES
#include "vernier/Dialect/NN/NNAttributes.cpp.inc"

#define GET_TYPEDEF_CLASSES
#include "vernier/Dialect/NN/NNTypes.cpp.inc"

namespace mlir::vernier::nn {
namespace {

/// Repeated quantized types read better under a name: `!q_i8`, `!q_i8_axis0`.
struct NNAliases : OpAsmDialectInterface {
  using OpAsmDialectInterface::OpAsmDialectInterface;
  AliasResult getAlias(Type type, raw_ostream &os) const final {
    auto quantized = dyn_cast<quant::UniformQuantizedPerAxisType>(type);
    if (!quantized || quantized.getScales().size() < 4)
      return AliasResult::NoAlias;
    os << "q_" << (quantized.isSigned() ? "i" : "u") << quantized.getStorageTypeIntegralWidth() << "_axis"
       << quantized.getQuantizedDimension();
    return AliasResult::FinalAlias;
  }
};

/// Puts `attr` in the list of the operator that computes `result`.
void setTensorAttr(Value result, TensorAttr attr) {
  Operation *op = cast<OpResult>(result).getOwner();
  SmallVector<Attribute> tensors(
      op->getNumResults(), TensorAttr::get(op->getContext(), StringAttr::get(op->getContext()), -1, {}, {}, {}, {}));
  if (auto present = op->getAttrOfType<ArrayAttr>(NNDialect::getTensorsAttrName());
      present && present.size() == tensors.size())
    tensors.assign(present.begin(), present.end());
  tensors[cast<OpResult>(result).getResultNumber()] = attr;
  op->setAttr(NNDialect::getTensorsAttrName(), ArrayAttr::get(op->getContext(), tensors));
}

/// Casts at the border are `nn.quantize` and `nn.dequantize`: upstream's pair folds away, rounding included.
struct NNQuantDialect : QuantDialectInterface {
  using QuantDialectInterface::QuantDialectInterface;

  Value buildQuantize(OpBuilder &builder, Location loc, Value input, Type resultType) const final {
    return QuantizeOp::create(builder, loc, resultType, input);
  }
  Value buildDequantize(OpBuilder &builder, Location loc, Value input, Type resultType) const final {
    return DequantizeOp::create(builder, loc, resultType, input);
  }
  Value buildConstant(OpBuilder &builder, Operation *original, ShapedType type, ArrayRef<char> data) const final {
    auto constant = ConstOp::create(builder, original->getLoc(), cast<RankedTensorType>(type), data,
                                    getTensorName(original->getResult(0)));
    constant->setDiscardableAttrs(original->getDiscardableAttrDictionary());
    return constant;
  }
  std::string getOperatorType(Operation *op) const final {
    if (auto generic = dyn_cast<GenericOp>(op))
      return generic.getCustomCode().value_or(generic.getBuiltin()).str();
    return op->getName().stripDialect().upper();
  }
  void nameCast(Value cast, Value original, StringRef suffix) const final {
    StringRef name = vernier::getTensorName(original);
    if (!name.empty())
      setTensorAttr(cast, TensorAttr::get(cast.getContext(), StringAttr::get(cast.getContext(), name + suffix), -1, {},
                                          {}, {}, {}));
  }
  void swapNames(Value a, Value b) const final {
    TensorAttr first = getTensorAttr(a), second = getTensorAttr(b);
    if (!first || !second || !isa<OpResult>(a) || !isa<OpResult>(b))
      return;
    setTensorAttr(a, second);
    setTensorAttr(b, first);
  }
  Type getConstantElementType(Type quantized, const QuantSpec &spec) const final {
    // A bias is a plain integer: its scale is the product of two others.
    return spec.bits >= 32 ? IntegerType::get(quantized.getContext(), spec.bits) : quantized;
  }
};

} // namespace

void NNDialect::initialize() {
  registerAttributes();
  registerTypes();
  addOperations<
#define GET_OP_LIST
#include "vernier/Dialect/NN/NNOps.cpp.inc"
      >();
  addInterfaces<NNAliases, NNQuantDialect>();
  attachRangeFlowModels(getContext());
}

void NNDialect::registerAttributes() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "vernier/Dialect/NN/NNAttributes.cpp.inc"
      >();
}

void NNDialect::registerTypes() {
  addTypes<
#define GET_TYPEDEF_LIST
#include "vernier/Dialect/NN/NNTypes.cpp.inc"
      >();
}

static LogicalResult verifyIntermediates(Operation *op, Attribute attr) {
  auto tensors = dyn_cast<ArrayAttr>(attr);
  if (!tensors)
    return op->emitOpError() << "expected #nn.tensor attributes for its intermediates, got " << attr;
  for (Attribute element : tensors) {
    if (isa<UnitAttr>(element))
      continue;
    auto tensor = dyn_cast<TensorAttr>(element);
    if (!tensor || !isa_and_present<TensorType>(tensor.getType()))
      return op->emitOpError() << "expected a #nn.tensor with a tensor type for each intermediate, got " << element;
    if (failed(verifyQuantizedTensorType(tensor.getType(), [&] { return op->emitOpError() << "intermediate: "; })))
      return failure();
  }
  return success();
}

LogicalResult NNDialect::verifyOperationAttribute(Operation *op, NamedAttribute attr) {
  if (attr.getName() == getIntermediatesAttrName())
    return verifyIntermediates(op, attr.getValue());
  if (attr.getName() != getTensorsAttrName())
    return success();
  auto tensors = dyn_cast<ArrayAttr>(attr.getValue());
  if (!tensors || !llvm::all_of(tensors, llvm::IsaPred<TensorAttr>))
    return op->emitOpError() << "expected #nn.tensor attributes in '" << getTensorsAttrName() << "', got "
                             << attr.getValue();
  if (tensors.size() != op->getNumResults())
    return op->emitOpError() << "expected one #nn.tensor for each of " << op->getNumResults() << " results, got "
                             << tensors.size();
  return success();
}

LogicalResult NNDialect::verifyRegionArgAttribute(Operation *op, unsigned, unsigned argument, NamedAttribute attr) {
  if (attr.getName() == getTensorAttrName() && !isa<TensorAttr>(attr.getValue()))
    return op->emitOpError() << "expected a #nn.tensor on argument " << argument << ", got " << attr.getValue();
  return success();
}

StringRef TensorAttr::getTensorName() const { return getName().getValue(); }

void setQuantizedOptions(Operation *op, const Scheme &scheme) {
  auto set = [&](StringRef option, bool value) {
    if (op->getInherentAttr(option))
      op->setInherentAttr(StringAttr::get(op->getContext(), option), BoolAttr::get(op->getContext(), value));
  };
  if (scheme.kind == Scheme::Kind::Int16x8)
    set("pot_scale_int16", false);
  if (scheme.kind == Scheme::Kind::Dynamic)
    set("asymmetric_quantize_inputs", true);
}

std::optional<std::string> reasonAgainstActivation(Activation activation) {
  switch (activation) {
  case Activation::NONE:
  case Activation::RELU:
  case Activation::RELU_N1_TO_1:
  case Activation::RELU6:
    return std::nullopt;
  case Activation::TANH:
  case Activation::SIGN_BIT:
    return ("its int8 kernel cannot fuse " + stringifyActivation(activation)).str();
  }
  return std::nullopt;
}

LogicalResult verifySoundQuantizedTypes(Operation *op) {
  for (auto [index, type] : llvm::enumerate(op->getOperandTypes()))
    if (failed(verifyQuantizedTensorType(
            type, [&, index = index] { return op->emitOpError() << "operand " << index << ": "; })))
      return failure();
  for (auto [index, type] : llvm::enumerate(op->getResultTypes()))
    if (failed(verifyQuantizedTensorType(
            type, [&, index = index] { return op->emitOpError() << "result " << index << ": "; })))
      return failure();
  return success();
}

LogicalResult verifySharedStorageType(Operation *op) {
  auto quantizable = cast<QuantizableOpInterface>(op);
  auto isShared = [](const QuantSource &source) { return source.kind == QuantSource::Kind::Shared; };
  auto storageType = [](Value value) -> Type {
    auto tensor = dyn_cast<TensorType>(value.getType());
    if (!tensor)
      return {};
    auto quantized = dyn_cast<quant::QuantizedType>(tensor.getElementType());
    return quantized ? quantized.getStorageType() : tensor.getElementType();
  };
  for (OpResult result : op->getResults()) {
    if (!isShared(quantizable.getResultSource(result.getResultNumber(), Scheme())))
      continue;
    // A table of integers may be dequantized as rows are picked.
    if (isa<EmbeddingLookupOp>(op) && isa_and_present<FloatType>(storageType(result)))
      continue;
    for (OpOperand &operand : op->getOpOperands()) {
      Type type = storageType(operand.get());
      if (type && isShared(quantizable.getOperandSource(operand.getOperandNumber(), Scheme())) &&
          type != storageType(result))
        return op->emitOpError() << "expected operand " << operand.getOperandNumber() << " and result "
                                 << result.getResultNumber() << " to have the same element or storage type, got "
                                 << operand.get().getType() << " and " << result.getType();
    }
  }
  return success();
}

TensorAttr getTensorAttr(Value value) { return dyn_cast_or_null<TensorAttr>(Attribute(getTensorIdentity(value))); }

std::optional<SmallVector<int64_t>> getPlannedShape(Value value) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  if (!type)
    return std::nullopt;
  if (type.hasStaticShape())
    return SmallVector<int64_t>(type.getShape());
  TensorAttr attr = getTensorAttr(value);
  if (!attr || !attr.getShape() || int64_t(attr.getShape().size()) != type.getRank())
    return std::nullopt;
  SmallVector<int64_t> shape(attr.getShape().asArrayRef());
  for (auto [planned, typed] : llvm::zip_equal(shape, type.getShape()))
    if (planned < 0 || (!ShapedType::isDynamic(typed) && planned != typed))
      return std::nullopt;
  return shape;
}

std::optional<int64_t> getStorageBytes(Type elementType, int64_t elements) {
  if (auto quantized = dyn_cast<quant::QuantizedType>(elementType))
    elementType = quantized.getStorageType();
  int64_t bits;
  if (auto complex = dyn_cast<ComplexType>(elementType))
    bits = 2 * complex.getElementType().getIntOrFloatBitWidth();
  else if (elementType.isIntOrFloat())
    bits = elementType.getIntOrFloatBitWidth();
  else
    return std::nullopt;
  if (bits == 1)
    bits = 8;
  int64_t total;
  if (elements < 0 || llvm::MulOverflow(elements, bits, total))
    return std::nullopt;
  return llvm::divideCeil(total, int64_t(8));
}

} // namespace mlir::vernier::nn
