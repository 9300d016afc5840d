//===- QuantInterfaces.h - What passes may ask of operators -----*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_INTERFACES_QUANTINTERFACES_H
#define VERNIER_INTERFACES_QUANTINTERFACES_H

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/OpDefinition.h"
#include "vernier/Interfaces/CallEdge.h"
#include "vernier/Interfaces/QuantSpec.h"
#include <optional>
#include <string>

#include "vernier/Interfaces/QuantAttrInterfaces.h.inc"
#include "vernier/Interfaces/QuantOpInterfaces.h.inc"

#endif // VERNIER_INTERFACES_QUANTINTERFACES_H
