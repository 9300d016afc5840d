//===- Spelling.cpp - How C++ spells the arguments of a call ----*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Spelling.h"
#include "llvm/ADT/SmallString.h"

namespace mlir::vernier {

static std::string spellFloat(FloatAttr attr) {
  const APFloat value = attr.getValue();
  const bool isFloat = attr.getType().isF32();
  const std::string type = isFloat ? "float" : "double";
  if (value.isNaN())
    return "std::numeric_limits<" + type + ">::quiet_NaN()";
  if (value.isInfinity())
    return (value.isNegative() ? "-std::numeric_limits<" : "std::numeric_limits<") + type + ">::infinity()";
  char digits[64];
  const unsigned length =
      value.convertToHexString(digits, /*HexDigits=*/0, /*UpperCase=*/false, llvm::RoundingMode::NearestTiesToEven);
  return std::string(digits, length) + (isFloat ? "f" : "");
}

static std::string spellInteger(IntegerAttr attr) {
  auto type = cast<IntegerType>(attr.getType());
  const APInt &value = attr.getValue();
  if (type.getWidth() == 1)
    return value.isZero() ? "false" : "true";
  llvm::SmallString<24> digits;
  value.toString(digits, 10, !type.isUnsigned());
  std::string text = digits.str().str();
  const std::string name = (type.isUnsigned() ? "uint" : "int") + std::to_string(type.getWidth()) + "_t";
  if (type.getWidth() == 32 && !type.isUnsigned())
    // There is no literal for the lowest one.
    return value.isMinSignedValue() ? "std::numeric_limits<int32_t>::min()" : text;
  if (value.isMinSignedValue() && !type.isUnsigned())
    return "std::numeric_limits<" + name + ">::min()";
  return name + "(" + text + ")";
}

std::string spell(Attribute argument, function_ref<std::string(kernel::PointerAttr)> spellPointer) {
  const auto list = [&](ArrayRef<Attribute> fields, ArrayRef<StringAttr> names) {
    std::string text = "{";
    for (auto [index, field] : llvm::enumerate(fields)) {
      if (index)
        text += ", ";
      if (index < names.size() && !names[index].empty())
        text += "/*" + names[index].str() + "=*/";
      text += spell(field, spellPointer);
    }
    return text + "}";
  };
  if (auto integer = dyn_cast<IntegerAttr>(argument))
    return spellInteger(integer);
  if (auto real = dyn_cast<FloatAttr>(argument))
    return spellFloat(real);
  if (auto record = dyn_cast<kernel::RecordAttr>(argument))
    return record.getType().str() + list(record.getFields(), record.getNames());
  if (auto array = dyn_cast<ArrayAttr>(argument))
    return list(array.getValue(), {});
  if (auto null = dyn_cast<kernel::NullAttr>(argument))
    return "static_cast<" + null.getType().str() + " *>(nullptr)";
  return spellPointer(cast<kernel::PointerAttr>(argument));
}

} // namespace mlir::vernier
