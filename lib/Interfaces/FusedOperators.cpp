//===- FusedOperators.cpp - What was merged into an operator ----*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "vernier/Interfaces/FusedOperators.h"
#include "mlir/IR/Builders.h"
#include "vernier/Interfaces/QuantDialectInterface.h"
#include "vernier/Interfaces/TensorIdentity.h"

namespace mlir::vernier {

llvm::StringLiteral getFusedAttrName() { return "quantx.fused"; }

void recordFused(Operation *op, Operation *gone) {
  Builder builder(op->getContext());
  SmallVector<Attribute> entries;
  auto add = [&](Attribute type, Attribute tensor) {
    for (size_t i = 0; i + 1 < entries.size(); i += 2)
      if (entries[i] == type && entries[i + 1] == tensor)
        return;
    entries.append({type, tensor});
  };
  for (Operation *holder : {op, gone})
    for (const FusedOperator &present : getFused(holder))
      add(builder.getStringAttr(present.type), builder.getStringAttr(present.tensor));
  StringRef tensor = gone->getNumResults() ? getTensorName(gone->getResult(0)) : StringRef();
  add(builder.getStringAttr(getQuantDialectInterface(gone).getOperatorType(gone)), builder.getStringAttr(tensor));
  op->setDiscardableAttr(getFusedAttrName(), builder.getArrayAttr(entries));
}

SmallVector<FusedOperator> getFused(Operation *op) {
  SmallVector<FusedOperator> fused;
  auto entries = op->getAttrOfType<ArrayAttr>(getFusedAttrName());
  for (size_t i = 0; entries && i + 1 < entries.size(); i += 2) {
    auto type = dyn_cast<StringAttr>(entries[i]), tensor = dyn_cast<StringAttr>(entries[i + 1]);
    if (type && tensor)
      fused.push_back({type, tensor});
  }
  return fused;
}

} // namespace mlir::vernier
