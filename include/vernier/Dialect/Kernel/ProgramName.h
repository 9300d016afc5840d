//===- ProgramName.h - What a program may be called -------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_DIALECT_KERNEL_PROGRAMNAME_H
#define VERNIER_DIALECT_KERNEL_PROGRAMNAME_H

#include "mlir/Support/LLVM.h"

namespace mlir::vernier::kernel {

/// Whether a program's files, namespace, functions and CMake target can be called `name`: an identifier that is no word
/// of C or C++, no name or header of their libraries that a program meets, and no target of CMake's own.
bool isProgramName(StringRef name);

} // namespace mlir::vernier::kernel

#endif // VERNIER_DIALECT_KERNEL_PROGRAMNAME_H
