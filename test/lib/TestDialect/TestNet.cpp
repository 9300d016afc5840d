//===- TestNet.cpp - Operators that the passes have never heard of ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "TestNet.h"
#include "mlir/Dialect/Quant/IR/Quant.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"

#include "TestNetDialect.cpp.inc"

#define GET_OP_CLASSES
#include "TestNetOps.cpp.inc"

namespace mlir::vernier::test {

void TestNetDialect::initialize() {
  addOperations<
#define GET_OP_LIST
#include "TestNetOps.cpp.inc"
      >();
}

//===----------------------------------------------------------------------===//
// test_net.linear
//===----------------------------------------------------------------------===//

QuantSource LinearOp::getOperandSource(unsigned index, const Scheme &scheme) {
  switch (index) {
  case 0:
    return QuantSource::derived(scheme.bias(), {1, 2});
  case 1:
    return QuantSource::own(scheme.activation());
  default:
    return QuantSource::own(scheme.weight(1));
  }
}

QuantSource LinearOp::getResultSource(unsigned, const Scheme &scheme) { return QuantSource::own(scheme.activation()); }

double LinearOp::getMinResultScale(ArrayRef<double> operandScales) { return operandScales[1] / 2; }

SmallVector<Value> LinearOp::finalizeQuantized(const Scheme &) {
  setFinalized(true);
  return {getOutput()};
}

//===----------------------------------------------------------------------===//
// The others
//===----------------------------------------------------------------------===//

QuantSource JoinOp::getOperandSource(unsigned, const Scheme &scheme) {
  return QuantSource::sharedWith(ValueSlot::result(0), scheme.activation());
}
QuantSource JoinOp::getResultSource(unsigned, const Scheme &scheme) {
  return QuantSource::sharedWith(ValueSlot::operand(0), scheme.activation());
}

QuantSource GateOp::getOperandSource(unsigned, const Scheme &scheme) { return QuantSource::own(scheme.activation()); }
QuantSource GateOp::getResultSource(unsigned, const Scheme &scheme) {
  return QuantSource::fixed(scheme.activation(), 1.0 / 64, 10);
}

QuantSource PickOp::getOperandSource(unsigned index, const Scheme &scheme) {
  return index == 0 ? QuantSource::untouched() : QuantSource::sharedWith(ValueSlot::result(0), scheme.activation());
}
QuantSource PickOp::getResultSource(unsigned, const Scheme &scheme) {
  return QuantSource::sharedWith(ValueSlot::operand(1), scheme.activation());
}

QuantSource ScaleOp::getOperandSource(unsigned, const Scheme &scheme) { return QuantSource::own(scheme.activation()); }
QuantSource ScaleOp::getResultSource(unsigned, const Scheme &scheme) { return QuantSource::own(scheme.activation()); }

QuantSource CutOp::getOperandSource(unsigned, const Scheme &scheme) {
  return QuantSource::sharedWith(ValueSlot::result(0), scheme.activation());
}
QuantSource CutOp::getResultSource(unsigned, const Scheme &scheme) { return QuantSource::own(scheme.activation()); }

QuantSource TwoStepOp::getOperandSource(unsigned, const Scheme &scheme) {
  return QuantSource::own(scheme.activation());
}
QuantSource TwoStepOp::getResultSource(unsigned, const Scheme &scheme) { return QuantSource::own(scheme.activation()); }
SmallVector<Value> TwoStepOp::finalizeQuantized(const Scheme &) {
  OpBuilder builder(getContext());
  builder.setInsertionPointAfter(*this);
  Type result = getOutput().getType();
  getOutput().setType(cast<RankedTensorType>(result).clone(builder.getI32Type()));
  return {OpaqueOp::create(builder, getLoc(), result, getOutput())};
}

// The bias is derived from a tensor inside, with a factor.
QuantSource MemoryOp::getOperandSource(unsigned index, const Scheme &scheme) {
  if (index == 1)
    return QuantSource::own(scheme.activation());
  if (index == 2)
    return QuantSource::own(scheme.weight(std::nullopt));
  QuantSource source = QuantSource::derived(scheme.bias(), {2});
  source.internalFactor = 0;
  source.multiplier = 0.5;
  return source;
}
QuantSource MemoryOp::getResultSource(unsigned, const Scheme &scheme) {
  QuantSource source = QuantSource::own(scheme.activation());
  source.isNonNegative = true;
  return source;
}
SmallVector<InternalTensor> MemoryOp::getInternalTensors(const Scheme &scheme) {
  QuantSpec spec;
  spec.bits = 16;
  spec.symmetric = spec.powerOfTwo = true;
  QuantSource own = QuantSource::own(spec);
  own.minScale = 0.125;
  return {{"state", own}, {"copy", QuantSource::sharedWith(ValueSlot::result(0), scheme.activation())}};
}
void MemoryOp::setInternalTypes(ArrayRef<Type> types) { setInnerAttr(Builder(getContext()).getTypeArrayAttr(types)); }

QuantSource RefuseOp::getOperandSource(unsigned, const Scheme &scheme) { return QuantSource::own(scheme.activation()); }
QuantSource RefuseOp::getResultSource(unsigned, const Scheme &scheme) { return QuantSource::own(scheme.activation()); }
std::optional<std::string> RefuseOp::getReasonToStayFloat(const Scheme &) { return "tests want it in float"; }

} // namespace mlir::vernier::test
