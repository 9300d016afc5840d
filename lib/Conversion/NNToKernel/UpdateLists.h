//===- UpdateLists.h - Lists of which a loop sets one item ------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_LIB_CONVERSION_NNTOKERNEL_UPDATELISTS_H
#define VERNIER_LIB_CONVERSION_NNTOKERNEL_UPDATELISTS_H

#include "mlir/IR/BuiltinOps.h"

namespace mlir::vernier {

/// Makes one operator of those that put a list together again around an item, so that no shape follows from data.
///
///   %a = nn.slice %list, %zero, %i_and_all
///   %b = nn.slice %list, %behind, %all
///   %1 = nn.concatenation %a, %item, %b axis 0
/// becomes
///   %i = nn.sub %behind, %length
///   %1 = nn.dynamic_update_slice %list, %item, %i
void updateLists(ModuleOp module);

} // namespace mlir::vernier

#endif // VERNIER_LIB_CONVERSION_NNTOKERNEL_UPDATELISTS_H
