//===- TensorIdentity.h - The name of a tensor, whatever its dialect ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_INTERFACES_TENSORIDENTITY_H
#define VERNIER_INTERFACES_TENSORIDENTITY_H

#include "mlir/IR/Operation.h"
#include "vernier/Interfaces/QuantInterfaces.h"

namespace mlir::vernier {

/// The identity attribute of `value`, from the discardable attributes of its defining operator
/// or from the attributes of its function argument; null where there is none.
TensorIdentityAttrInterface getTensorIdentity(Value value);

/// The tensor's name, or an empty string.
StringRef getTensorName(Value value);

/// How messages name an operator: its kind, and the tensor that it computes where that has a name.
std::string describe(Operation *op);

} // namespace mlir::vernier

#endif // VERNIER_INTERFACES_TENSORIDENTITY_H
