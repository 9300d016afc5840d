//===- TestNet.h - Operators that the passes have never heard of ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_TEST_LIB_TESTDIALECT_TESTNET_H
#define VERNIER_TEST_LIB_TESTDIALECT_TESTNET_H

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "vernier/Interfaces/QuantInterfaces.h"

#include "TestNetDialect.h.inc"

#define GET_OP_CLASSES
#include "TestNetOps.h.inc"

#endif // VERNIER_TEST_LIB_TESTDIALECT_TESTNET_H
