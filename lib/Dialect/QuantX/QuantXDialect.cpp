//===- QuantXDialect.cpp - The quantx dialect -------------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "mlir/Dialect/Quant/IR/Quant.h"
#include "mlir/IR/Remarks.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "mlir/Transforms/InliningUtils.h"
#include "vernier/Dialect/QuantX/Blockwise.h"
#include "vernier/Dialect/QuantX/QuantX.h"
#include "vernier/Interfaces/BlockwiseType.h"
#include "vernier/Interfaces/FusedOperators.h"
#include "vernier/Interfaces/TensorIdentity.h"
#include "vernier/Interfaces/TrainedRange.h"

#include "vernier/Dialect/QuantX/QuantXDialect.cpp.inc"

namespace mlir::vernier::quantx {
namespace {

struct QuantXInlinerInterface : DialectInlinerInterface {
  using DialectInlinerInterface::DialectInlinerInterface;
  bool isLegalToInline(Operation *, Region *, bool, IRMapping &) const final { return true; }
};

} // namespace

void QuantXDialect::initialize() {
  registerAttributes();
  addOperations<
#define GET_OP_LIST
#include "vernier/Dialect/QuantX/QuantXOps.cpp.inc"
      >();
  addInterfaces<QuantXInlinerInterface>();
}

LogicalResult QuantXDialect::verifyOperationAttribute(Operation *op, NamedAttribute attr) {
  StringRef name = attr.getName().getValue();
  if (name == getSchemeAttrName()) {
    if (!isa<SchemeAttr>(attr.getValue()))
      return op->emitError() << "'" << name << "' must be a #quantx.scheme, got " << attr.getValue();
    return success();
  }
  if (llvm::is_contained({getFloatReasonAttrName(), getRemedyAttrName(), getRangeMethodAttrName(), getIOAttrName(),
                          StringLiteral(kBlockReasonAttrName)},
                         name)) {
    if (!isa<StringAttr>(attr.getValue()))
      return op->emitError() << "'" << name << "' must be a string, got " << attr.getValue();
    return success();
  }
  if (name == kBlockSizeAttrName) {
    auto size = dyn_cast<IntegerAttr>(attr.getValue());
    if (!size || !size.getType().isInteger(64) ||
        (size.getInt() != 0 && !llvm::is_contained(getBlockSizes(), size.getInt())))
      return op->emitError() << "'" << name << "' must be an i64 of 0, 32, 64, 128 or 256, got " << attr.getValue();
    return success();
  }
  if (name == getInternalAttrName()) {
    auto entries = dyn_cast<ArrayAttr>(attr.getValue());
    if (!entries || !llvm::all_of(entries, llvm::IsaPred<InternalAttr, UnitAttr>))
      return op->emitError() << "'" << name << "' must be a list of #quantx.internal and unit, got " << attr.getValue();
    return success();
  }
  if (name == getTrainedRangeAttrName())
    return verifyTrainedRange([op] { return op->emitError(); }, attr.getValue());
  if (name == getTrainedTypeAttrName()) {
    auto type = dyn_cast<TypeAttr>(attr.getValue());
    if (!type || !isa<quant::QuantizedType>(type.getValue()))
      return op->emitError() << "'" << name << "' must be a quantized type, got " << attr.getValue();
    return success();
  }
  if (name == getFusedAttrName()) {
    auto entries = dyn_cast<ArrayAttr>(attr.getValue());
    if (!entries || entries.size() % 2 != 0 || !llvm::all_of(entries, llvm::IsaPred<StringAttr>))
      return op->emitError() << "'" << name << "' must be pairs of strings, got " << attr.getValue();
    return success();
  }
  return op->emitError() << "'" << name << "' is no attribute of the quantx dialect; it has '" << getSchemeAttrName()
                         << "', '" << getFloatReasonAttrName() << "', '" << getRemedyAttrName() << "', '"
                         << getInternalAttrName() << "', '" << getRangeMethodAttrName() << "', '" << getIOAttrName()
                         << "', '" << getFusedAttrName() << "', '" << getTrainedRangeAttrName() << "', '"
                         << getTrainedTypeAttrName() << "', '" << kBlockSizeAttrName << "' and '"
                         << kBlockReasonAttrName << "'";
}

LogicalResult QuantXDialect::verifyRegionArgAttribute(Operation *op, unsigned, unsigned, NamedAttribute attr) {
  if (attr.getName() != getTrainedRangeAttrName())
    return success();
  return verifyTrainedRange([op] { return op->emitError(); }, attr.getValue());
}

std::optional<Scheme> getScheme(Operation *op) {
  for (Operation *holder = op; holder; holder = holder->getParentOfType<ModuleOp>())
    if (auto attr = holder->getAttrOfType<SchemeAttr>(QuantXDialect::getSchemeAttrName()))
      return attr.getValue();
  return std::nullopt;
}

bool staysFloat(Operation *op) {
  std::optional<Scheme> scheme = getScheme(op);
  return !scheme || !scheme->hasIntegers() || !getFloatReason(op).empty();
}

void setFloatReason(Operation *op, const Twine &reason, const Twine &remedy) {
  if (op->hasAttr(QuantXDialect::getFloatReasonAttrName()))
    return;
  std::string text = reason.str();
  op->setAttr(QuantXDialect::getFloatReasonAttrName(), StringAttr::get(op->getContext(), text));
  if (std::string cure = remedy.str(); !cure.empty())
    op->setAttr(QuantXDialect::getRemedyAttrName(), StringAttr::get(op->getContext(), cure));
  StringRef function;
  if (auto parent = op->getParentOfType<FunctionOpInterface>())
    function = parent.getName();
  remark::missed(op->getLoc(), remark::RemarkOpts::name("StaysFloat").category("vernier-quantize").function(function))
      << remark::reason("{0}: {1}", describe(op), text);
}

static ArrayAttr getInternals(Operation *op) {
  return op->getAttrOfType<ArrayAttr>(QuantXDialect::getInternalAttrName());
}

InternalAttr getInternal(Operation *op, unsigned index) {
  return index < getNumInternals(op) ? dyn_cast<InternalAttr>(getInternals(op)[index]) : InternalAttr();
}

unsigned getNumInternals(Operation *op) { return getInternals(op) ? getInternals(op).size() : 0; }

void setInternal(Operation *op, unsigned index, InternalAttr internal) {
  SmallVector<Attribute> entries(getInternals(op).getValue());
  entries[index] = internal;
  op->setAttr(QuantXDialect::getInternalAttrName(), ArrayAttr::get(op->getContext(), entries));
}

static StringRef getText(Operation *op, StringRef name) {
  auto attr = op->getAttrOfType<StringAttr>(name);
  return attr ? attr.getValue() : StringRef();
}

StringRef getFloatReason(Operation *op) { return getText(op, QuantXDialect::getFloatReasonAttrName()); }

StringRef getRemedy(Operation *op) { return getText(op, QuantXDialect::getRemedyAttrName()); }

} // namespace mlir::vernier::quantx
