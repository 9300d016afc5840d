//===- QuantXAttributes.cpp - Specs, statistics and schemes -----*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "mlir/IR/DialectImplementation.h"
#include "vernier/Dialect/QuantX/QuantX.h"
#include "llvm/ADT/TypeSwitch.h"

#define GET_ATTRDEF_CLASSES
#include "vernier/Dialect/QuantX/QuantXAttributes.cpp.inc"

namespace mlir::vernier::quantx {

void QuantXDialect::registerAttributes() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "vernier/Dialect/QuantX/QuantXAttributes.cpp.inc"
      >();
}

//===----------------------------------------------------------------------===//
// #quantx.spec
//===----------------------------------------------------------------------===//

LogicalResult SpecAttr::verify(function_ref<InFlightDiagnostic()> emitError, QuantSpec spec) {
  if (spec.bits < 2 || spec.bits > 64)
    return emitError() << "expected a storage type of 2 to 64 bits, got " << spec.bits;
  if (spec.valueBits && (*spec.valueBits < 2 || *spec.valueBits > spec.bits))
    return emitError() << "expected values of 2 to " << spec.bits << " bits, got " << *spec.valueBits;
  if (spec.symmetric && !spec.isSigned)
    return emitError() << "a symmetric range needs a signed storage type";
  return success();
}

void SpecAttr::print(AsmPrinter &printer) const {
  const QuantSpec &spec = getValue();
  printer << '<' << (spec.isSigned ? "i" : "u") << spec.bits;
  if (spec.symmetric)
    printer << ", symmetric";
  if (spec.narrowRange)
    printer << ", narrow";
  if (spec.powerOfTwo)
    printer << ", pot";
  if (spec.valueBits)
    printer << ", values = " << *spec.valueBits;
  if (spec.axis)
    printer << ", axis = " << *spec.axis;
  printer << '>';
}

Attribute SpecAttr::parse(AsmParser &parser, Type) {
  QuantSpec spec;
  SMLoc loc = parser.getCurrentLocation();
  StringRef storage;
  if (parser.parseLess() || parser.parseKeyword(&storage))
    return {};
  if (!(storage.consume_front("i") || (storage.consume_front("u") && !(spec.isSigned = false))) ||
      storage.getAsInteger(10, spec.bits)) {
    parser.emitError(loc, "expected a storage type such as 'i8' or 'u8'");
    return {};
  }
  while (succeeded(parser.parseOptionalComma())) {
    StringRef word;
    SMLoc wordLoc = parser.getCurrentLocation();
    if (parser.parseKeyword(&word))
      return {};
    if (word == "symmetric") {
      spec.symmetric = true;
    } else if (word == "narrow") {
      spec.narrowRange = true;
    } else if (word == "pot") {
      spec.powerOfTwo = true;
    } else if (word == "values") {
      unsigned valueBits = 0;
      if (parser.parseEqual() || parser.parseInteger(valueBits))
        return {};
      spec.valueBits = valueBits;
    } else if (word == "axis") {
      unsigned axis = 0;
      if (parser.parseEqual() || parser.parseInteger(axis))
        return {};
      spec.axis = axis;
    } else {
      parser.emitError(wordLoc, "expected 'symmetric', 'narrow', 'pot', 'values' or 'axis', got '") << word << "'";
      return {};
    }
  }
  if (parser.parseGreater())
    return {};
  return parser.getChecked<SpecAttr>(loc, parser.getContext(), spec);
}

//===----------------------------------------------------------------------===//
// #quantx.statistics
//===----------------------------------------------------------------------===//

LogicalResult StatisticsAttr::verify(function_ref<InFlightDiagnostic()> emitError, llvm::APFloat min,
                                     llvm::APFloat max) {
  if (!min.isFinite() || !max.isFinite() || min > max)
    return emitError() << "expected finite bounds with min <= max, got min = " << min.convertToDouble()
                       << ", max = " << max.convertToDouble();
  return success();
}

void StatisticsAttr::print(AsmPrinter &printer) const {
  printer << "<min = ";
  printer.printFloat(getMin());
  printer << ", max = ";
  printer.printFloat(getMax());
  printer << '>';
}

Attribute StatisticsAttr::parse(AsmParser &parser, Type) {
  double min = 0, max = 0;
  SMLoc loc = parser.getCurrentLocation();
  if (parser.parseLess() || parser.parseKeyword("min") || parser.parseEqual() || parser.parseFloat(min) ||
      parser.parseComma() || parser.parseKeyword("max") || parser.parseEqual() || parser.parseFloat(max) ||
      parser.parseGreater())
    return {};
  return parser.getChecked<StatisticsAttr>(loc, parser.getContext(), llvm::APFloat(min), llvm::APFloat(max));
}

//===----------------------------------------------------------------------===//
// #quantx.scheme
//===----------------------------------------------------------------------===//

void SchemeAttr::print(AsmPrinter &printer) const {
  printer << '<';
  printer.printKeywordOrString(getValue().name());
  if (getValue().weightBits != 8)
    printer << ", bits = " << getValue().weightBits;
  if (getValue().perTensorWeights)
    printer << ", per_tensor";
  printer << '>';
}

Attribute SchemeAttr::parse(AsmParser &parser, Type) {
  std::string name;
  SMLoc loc = parser.getCurrentLocation();
  if (parser.parseLess() || parser.parseKeywordOrString(&name))
    return {};
  std::optional<Scheme> scheme = Scheme::fromName(name);
  if (!scheme) {
    parser.emitError(loc, "expected a scheme ('int8', 'int16x8', 'dynamic', \"weight-only\", 'fp16' or 'float'), got '")
        << name << "'";
    return {};
  }
  while (succeeded(parser.parseOptionalComma())) {
    SMLoc bitsLoc = parser.getCurrentLocation();
    if (succeeded(parser.parseOptionalKeyword("bits"))) {
      if (parser.parseEqual() || parser.parseInteger(scheme->weightBits))
        return {};
      if (!scheme->acceptsWeightBits(scheme->weightBits))
        return parser.emitError(bitsLoc, "weights of ") << scheme->weightBits << " bits have no form in " << name,
               Attribute();
    } else if (succeeded(parser.parseKeyword("per_tensor"))) {
      scheme->perTensorWeights = true;
    } else {
      return {};
    }
  }
  if (parser.parseGreater())
    return {};
  return SchemeAttr::get(parser.getContext(), *scheme);
}

//===----------------------------------------------------------------------===//
// Types from specs
//===----------------------------------------------------------------------===//

Type getQuantizedElementType(function_ref<InFlightDiagnostic()> emitError, const QuantSpec &spec, Type expressed,
                             ArrayRef<double> scales, ArrayRef<int64_t> zeroPoints) {
  unsigned flags = spec.isSigned ? quant::QuantizationFlags::Signed : 0;
  // Upstream's types end at 32 bits. A 64-bit bias is symmetric: its type carries the scale, `spec` the width.
  Type storage = IntegerType::get(expressed.getContext(), std::min(spec.bits, 32u));
  int64_t low = spec.storageMin(), high = spec.storageMax();
  if (spec.bits > 32)
    low = std::numeric_limits<int32_t>::min(), high = std::numeric_limits<int32_t>::max();
  if (!spec.axis)
    return quant::UniformQuantizedType::getChecked(emitError, flags, storage, expressed, scales.front(),
                                                   zeroPoints.front(), low, high);
  return quant::UniformQuantizedPerAxisType::getChecked(emitError, flags, storage, expressed, scales, zeroPoints,
                                                        int32_t(*spec.axis), low, high);
}

} // namespace mlir::vernier::quantx
