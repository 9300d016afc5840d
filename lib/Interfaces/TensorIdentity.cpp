//===- TensorIdentity.cpp - The name of a tensor, whatever its dialect ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "vernier/Interfaces/TensorIdentity.h"
#include "mlir/Interfaces/FunctionInterfaces.h"

namespace mlir::vernier {

TensorIdentityAttrInterface getTensorIdentity(Value value) {
  if (auto argument = dyn_cast<BlockArgument>(value)) {
    auto function = dyn_cast_or_null<FunctionOpInterface>(argument.getOwner()->getParentOp());
    if (!function || !argument.getOwner()->isEntryBlock())
      return {};
    for (NamedAttribute attr : function.getArgAttrs(argument.getArgNumber()))
      if (auto identity = dyn_cast<TensorIdentityAttrInterface>(attr.getValue()))
        return identity;
    return {};
  }
  auto result = cast<OpResult>(value);
  for (NamedAttribute attr : result.getOwner()->getDiscardableAttrs()) {
    auto array = dyn_cast<ArrayAttr>(attr.getValue());
    if (!array || array.size() != result.getOwner()->getNumResults())
      continue;
    if (auto identity = dyn_cast<TensorIdentityAttrInterface>(array[result.getResultNumber()]))
      return identity;
  }
  return {};
}

StringRef getTensorName(Value value) {
  TensorIdentityAttrInterface identity = getTensorIdentity(value);
  return identity ? identity.getTensorName() : StringRef();
}

std::string describe(Operation *op) {
  std::string text = "'" + op->getName().getStringRef().str() + "'";
  for (Value result : op->getResults()) {
    StringRef name = getTensorName(result);
    if (!name.empty())
      return text + " (tensor '" + name.str() + "')";
  }
  return text;
}

} // namespace mlir::vernier
