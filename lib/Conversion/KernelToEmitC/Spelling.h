//===- Spelling.h - How C++ spells the arguments of a call ------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_LIB_CONVERSION_KERNELTOEMITC_SPELLING_H
#define VERNIER_LIB_CONVERSION_KERNELTOEMITC_SPELLING_H

#include "vernier/Dialect/Kernel/Kernel.h"
#include <string>

namespace mlir::vernier {

/// C++ source of a number, a `#kernel.record`, an array of these or a null pointer, exact to the bit. `spellPointer`
/// says what pointers are.
std::string spell(Attribute argument, function_ref<std::string(kernel::PointerAttr)> spellPointer);

} // namespace mlir::vernier

#endif // VERNIER_LIB_CONVERSION_KERNELTOEMITC_SPELLING_H
