//===- NNRecurrentOps.cpp - LSTM, RNN and SVDF as single operators ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "vernier/Dialect/NN/Recurrent.h"
#include "vernier/Interfaces/TensorIdentity.h"

#define GET_OP_CLASSES
#include "vernier/Dialect/NN/NNRecurrentOps.cpp.inc"

namespace mlir::vernier::nn {
namespace {

constexpr LstmOperands kLstm;

/// Symmetric 16-bit storage, for states and for weights that meet them.
QuantSpec symmetric16(bool powerOfTwo = false) {
  QuantSpec spec;
  spec.bits = 16;
  spec.symmetric = spec.narrowRange = true;
  spec.powerOfTwo = powerOfTwo;
  return spec;
}

bool isNormalized(Operation *op) { return hasOperand(op, kLstm.normalization + ForgetGate); }
bool isProjected(Operation *op) { return hasOperand(op, kLstm.projectionWeights); }

/// Why the variable at operand `index` cannot change its type, or nothing.
std::optional<std::string> reasonAgainstState(Operation *op, unsigned index) {
  if (!hasOperand(op, index) || !op->getOperand(index).getDefiningOp<VariableOp>())
    return ("its state, operand " + Twine(index) + ", is no variable").str();
  if (!op->getOperand(index).hasOneUse())
    return ("another operator reads its state, operand " + Twine(index)).str();
  return std::nullopt;
}

/// Gives the state at operand `index` the elements `elementType`.
void setStateType(Operation *op, unsigned index, Type elementType) {
  Value state = op->getOperand(index);
  state.setType(cast<TensorType>(state.getType()).clone(elementType));
}

/// Weight `index` of `op` beside float activations is stored as integers and read dequantized, so that no kernel stands
/// against a scale for each row.
QuantSource storedWeight(Operation *op, unsigned index, const Scheme &scheme) {
  auto type = dyn_cast<RankedTensorType>(op->getOperand(index).getType());
  const bool isMatrix = type && type.getRank() == 2;
  return QuantSource::stored(scheme.weight(isMatrix ? std::optional<unsigned>(0) : std::nullopt));
}

QuantSource recurrentResultSource(const Scheme &scheme) {
  return scheme.quantizesActivations() ? QuantSource::own(scheme.activation()) : QuantSource::untouched();
}

std::optional<std::string> reasonAgainstScheme(const Scheme &scheme) {
  if (scheme.kind == Scheme::Kind::Int16x8)
    return "its kernel with int16 activations is not supported";
  return std::nullopt;
}

//===----------------------------------------------------------------------===//
// LSTM
//===----------------------------------------------------------------------===//

QuantSource lstmOperandSource(Operation *op, unsigned index, const Scheme &scheme) {
  auto isGate = [&](unsigned first, unsigned count = kLstmGates) { return index >= first && index < first + count; };
  const bool isWeight =
      isGate(kLstm.inputWeights) || isGate(kLstm.recurrentWeights) || index == kLstm.projectionWeights;
  if (!scheme.quantizesActivations())
    return isWeight ? storedWeight(op, index, scheme) : QuantSource::untouched();
  if (index == kLstm.input)
    return QuantSource::own(scheme.activation());
  if (isWeight)
    return QuantSource::own(scheme.weight(std::nullopt));
  if (isGate(kLstm.peepholes, 3) || isGate(kLstm.normalization))
    return QuantSource::own(symmetric16());
  if (isGate(kLstm.biases)) {
    const unsigned gate = index - kLstm.biases;
    if (!isNormalized(op))
      return QuantSource::derived(scheme.bias(), {kLstm.input, kLstm.inputWeights + gate});
    // Normalized values have ten fractional bits.
    QuantSource source = QuantSource::derived(scheme.bias(), {kLstm.normalization + gate});
    source.multiplier = 0x1p-10;
    return source;
  }
  if (index == kLstm.projectionBias) {
    QuantSource source = QuantSource::derived(scheme.bias(), {kLstm.projectionWeights});
    source.internalFactor = FirstIntermediate + kHiddenIntermediate;
    return source;
  }
  return QuantSource::untouched();
}

std::optional<std::string> lstmReasonToStayFloat(Operation *op, Activation activation) {
  if (op->getNumOperands() != 20 && op->getNumOperands() != 24)
    return ("an LSTM of " + Twine(op->getNumOperands()) + " operands has no int8 form").str();
  if (activation != Activation::TANH)
    return ("its int8 kernel computes TANH, not " + stringifyActivation(activation)).str();
  for (unsigned gate = InputGate; gate <= OutputGate; ++gate)
    if (unsigned weights = kLstm.recurrentWeights + gate; hasOperand(op, weights))
      if (auto type = dyn_cast<RankedTensorType>(op->getOperand(weights).getType()); type && type.getRank() != 2)
        return ("its int8 kernel has no diagonal recurrent weights, such as operand " + Twine(weights)).str();
  if (hasOperand(op, kLstm.peephole(OutputGate)) && isProjected(op)) {
    auto type = dyn_cast<RankedTensorType>(op->getOperand(kLstm.projectionWeights).getType());
    if (!type || type.getRank() != 2 || type.getDimSize(0) != type.getDimSize(1))
      return "LiteRT's int8 kernel loses peepholes where a projection changes the number of outputs";
  }
  if (auto reason = reasonAgainstState(op, kLstm.outputState))
    return reason;
  return reasonAgainstState(op, kLstm.cellState);
}

SmallVector<InternalTensor> lstmInternalTensors(Operation *op, const Scheme &scheme) {
  if (!scheme.quantizesActivations())
    return {};
  QuantSource asOutput = QuantSource::sharedWith(ValueSlot::result(0), scheme.activation());
  QuantSource cell = QuantSource::own(symmetric16(/*powerOfTwo=*/true));
  // The kernel's tanh takes 0 to 6 integer bits.
  cell.minScale = 0x1p-15;
  cell.maxScale = 0x1p-9;
  SmallVector<InternalTensor> tensors = {{"output_state", asOutput}, {"cell_state", cell}};
  static constexpr StringLiteral gates[] = {"input", "forget", "cell", "output"};
  for (unsigned gate = InputGate; gate <= OutputGate; ++gate) {
    bool isThere = isNormalized(op) && hasOperand(op, kLstm.normalization + gate);
    tensors.push_back({("input_to_" + gates[gate] + "_intermediate").str(),
                       isThere ? QuantSource::own(symmetric16()) : QuantSource::untouched()});
  }
  // Where nothing is projected the kernel scales the output with these parameters.
  tensors.push_back(
      {"effective_hidden_scale_intermediate", isProjected(op) ? QuantSource::own(scheme.activation()) : asOutput});
  return tensors;
}

void setLstmInternalTypes(Operation *op, ArrayRef<Type> elementTypes) {
  setStateType(op, kLstm.outputState, elementTypes[OutputStateInternal]);
  setStateType(op, kLstm.cellState, elementTypes[CellStateInternal]);
  MLIRContext *context = op->getContext();
  auto present = op->getAttrOfType<ArrayAttr>(NNDialect::getIntermediatesAttrName());
  std::string prefix = vernier::getTensorName(op->getResult(0)).str();
  SmallVector<InternalTensor> internal = lstmInternalTensors(op, Scheme());
  SmallVector<Attribute> attributes;
  for (unsigned i = 0; i < kLstmIntermediates; ++i) {
    // A parameter without a tensor is still a place in the list. Of normalized gates LiteRT reads all four, also of an
    // input gate that is coupled to the forget gate and not there.
    Type element = elementTypes[FirstIntermediate + i];
    if (!element && isNormalized(op))
      element = elementTypes[FirstIntermediate + ForgetGate];
    if (!element)
      element = Float32Type::get(context);
    Type type = RankedTensorType::get({0}, element);
    auto tensor = present && i < present.size() ? dyn_cast<TensorAttr>(present[i]) : TensorAttr();
    auto name =
        tensor ? tensor.getName() : StringAttr::get(context, prefix + "/" + internal[FirstIntermediate + i].name);
    attributes.push_back(TensorAttr::get(context, name, tensor ? tensor.getIndex() : -1, {}, type, {}, {}));
  }
  op->setAttr(NNDialect::getIntermediatesAttrName(), ArrayAttr::get(context, attributes));
}

/// The quantized element type of the state at operand `index`, or null.
Type getStateType(Operation *op, unsigned index) {
  auto type = hasOperand(op, index) ? dyn_cast<TensorType>(op->getOperand(index).getType()) : TensorType();
  return type ? Type(dyn_cast<quant::QuantizedType>(type.getElementType())) : Type();
}

SmallVector<Type> getLstmInternalTypes(Operation *op) {
  SmallVector<Type> types = {getStateType(op, kLstm.outputState), getStateType(op, kLstm.cellState)};
  for (unsigned i = 0; i < kLstmIntermediates; ++i) {
    auto type = dyn_cast_or_null<TensorType>(getIntermediateType(op, i));
    types.push_back(type ? Type(dyn_cast<quant::QuantizedType>(type.getElementType())) : Type());
  }
  return types;
}

} // namespace

Type getIntermediateType(Operation *op, unsigned index) {
  auto tensors = op->getAttrOfType<ArrayAttr>(NNDialect::getIntermediatesAttrName());
  auto tensor = tensors && index < tensors.size() ? dyn_cast<TensorAttr>(tensors[index]) : TensorAttr();
  return tensor ? tensor.getType() : Type();
}

QuantSource UnidirectionalSequenceLstmOp::getOperandSource(unsigned index, const Scheme &scheme) {
  return lstmOperandSource(*this, index, scheme);
}
QuantSource UnidirectionalSequenceLstmOp::getResultSource(unsigned, const Scheme &scheme) {
  return recurrentResultSource(scheme);
}
std::optional<std::string> UnidirectionalSequenceLstmOp::getReasonToStayFloat(const Scheme &scheme) {
  if (auto reason = reasonAgainstScheme(scheme); reason || !scheme.quantizesActivations())
    return reason;
  return lstmReasonToStayFloat(*this, getFusedActivationFunction());
}
SmallVector<InternalTensor> UnidirectionalSequenceLstmOp::getInternalTensors(const Scheme &scheme) {
  return lstmInternalTensors(*this, scheme);
}
void UnidirectionalSequenceLstmOp::setInternalTypes(ArrayRef<Type> elementTypes) {
  setLstmInternalTypes(*this, elementTypes);
}
SmallVector<Type> UnidirectionalSequenceLstmOp::getInternalTypes() { return getLstmInternalTypes(*this); }

QuantSource LstmOp::getOperandSource(unsigned index, const Scheme &scheme) {
  return lstmOperandSource(*this, index, scheme);
}
QuantSource LstmOp::getResultSource(unsigned, const Scheme &scheme) { return recurrentResultSource(scheme); }
std::optional<std::string> LstmOp::getReasonToStayFloat(const Scheme &scheme) {
  if (auto reason = reasonAgainstScheme(scheme); reason || !scheme.quantizesActivations())
    return reason;
  if (getKernelType() != 0)
    return "the basic LSTM cell has no int8 form";
  return lstmReasonToStayFloat(*this, getFusedActivationFunction());
}
SmallVector<InternalTensor> LstmOp::getInternalTensors(const Scheme &scheme) {
  return lstmInternalTensors(*this, scheme);
}
void LstmOp::setInternalTypes(ArrayRef<Type> elementTypes) { setLstmInternalTypes(*this, elementTypes); }
SmallVector<Type> LstmOp::getInternalTypes() { return getLstmInternalTypes(*this); }

//===----------------------------------------------------------------------===//
// SVDF
//===----------------------------------------------------------------------===//

QuantSource SvdfOp::getOperandSource(unsigned index, const Scheme &scheme) {
  if (!scheme.quantizesActivations())
    return index == svdf::FeatureWeights ? storedWeight(*this, index, scheme) : QuantSource::untouched();
  switch (index) {
  case svdf::Input:
    return QuantSource::own(scheme.activation());
  case svdf::FeatureWeights:
    return QuantSource::own(scheme.weight(std::nullopt));
  case svdf::TimeWeights: {
    // The sum over filters and steps takes the other six bits.
    QuantSource source = QuantSource::own(symmetric16());
    source.spec.valueBits = 10;
    return source;
  }
  case svdf::Bias: {
    QuantSource source = QuantSource::derived(scheme.bias(), {svdf::TimeWeights});
    source.internalFactor = 0;
    return source;
  }
  default:
    return QuantSource::untouched();
  }
}
QuantSource SvdfOp::getResultSource(unsigned, const Scheme &scheme) {
  QuantSource source = recurrentResultSource(scheme);
  source.isNonNegative = getFusedActivationFunction() == Activation::RELU;
  return source;
}
std::optional<std::string> SvdfOp::getReasonToStayFloat(const Scheme &scheme) {
  if (auto reason = reasonAgainstScheme(scheme); reason || !scheme.quantizesActivations())
    return reason;
  if (getNumOperands() != svdf::Operands)
    return ("expected " + Twine(unsigned(svdf::Operands)) + " operands, got " + Twine(getNumOperands())).str();
  // Its kernel takes nothing else, and leaves it to the clamp at the output's range.
  if (getFusedActivationFunction() != Activation::RELU)
    return ("its int8 kernel computes RELU, not " + stringifyActivation(getFusedActivationFunction())).str();
  return reasonAgainstState(*this, svdf::State);
}
SmallVector<InternalTensor> SvdfOp::getInternalTensors(const Scheme &scheme) {
  if (!scheme.quantizesActivations())
    return {};
  return {{"state", QuantSource::own(symmetric16())}};
}
void SvdfOp::setInternalTypes(ArrayRef<Type> elementTypes) { setStateType(*this, svdf::State, elementTypes[0]); }
SmallVector<Type> SvdfOp::getInternalTypes() { return {getStateType(*this, svdf::State)}; }

} // namespace mlir::vernier::nn
