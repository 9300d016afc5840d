//===- Signatures.cpp - The entry points of a model -------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "AttributeNames.h"
#include "vernier/Target/TFLite/TFLite.h"

namespace mlir::vernier {

/// Puts the names of `entries` at their positions of the kind `slot`.
static void readNames(ArrayAttr entries, StringRef slot, std::vector<std::string> &names) {
  for (Attribute attribute : entries ? entries.getValue() : ArrayRef<Attribute>()) {
    auto entry = dyn_cast<DictionaryAttr>(attribute);
    auto name = entry ? entry.getAs<StringAttr>("name") : StringAttr();
    auto position = entry ? entry.getAs<IntegerAttr>(slot) : IntegerAttr();
    if (name && position && position.getValue().ult(names.size()))
      names[position.getValue().getZExtValue()] = name.str();
  }
}

std::vector<Signature> getSignatures(ModuleOp module) {
  std::vector<Signature> signatures;
  auto list = module->getAttrOfType<ArrayAttr>(tflite::kSignatures);
  for (Attribute attribute : list ? list.getValue() : ArrayRef<Attribute>()) {
    auto entry = dyn_cast<DictionaryAttr>(attribute);
    auto key = entry ? entry.getAs<StringAttr>("key") : StringAttr();
    auto symbol = entry ? entry.getAs<FlatSymbolRefAttr>("function") : FlatSymbolRefAttr();
    auto function = symbol ? module.lookupSymbol<func::FuncOp>(symbol.getValue()) : func::FuncOp();
    if (!key || !function || function.isExternal())
      continue;
    Signature &signature = signatures.emplace_back();
    signature.key = key.str();
    signature.function = function;
    signature.inputs.resize(function.getNumArguments());
    signature.outputs.resize(function.getNumResults());
    readNames(entry.getAs<ArrayAttr>("inputs"), "argument", signature.inputs);
    readNames(entry.getAs<ArrayAttr>("outputs"), "result", signature.outputs);
  }
  return signatures;
}

} // namespace mlir::vernier
