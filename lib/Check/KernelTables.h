//===- KernelTables.h - Which kernels runtimes have -------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_LIB_CHECK_KERNELTABLES_H
#define VERNIER_LIB_CHECK_KERNELTABLES_H

#include "View.h"
#include "vernier/Check/Check.h"

namespace mlir::vernier::check {

/// The first and last version of `builtin` that LiteRT registers; nothing if it has none.
std::optional<std::pair<int, int>> findVersions(StringRef builtin);

/// What `runtime` lacks to run the builtin `op`, as a clause that follows its name; nothing if nothing is known to be
/// missing.
std::optional<std::string> findMissingKernel(Runtime runtime, const OperatorView &op);

/// Whether the custom operator `name` comes with the runtime.
bool knowsCustom(Runtime runtime, StringRef name);

/// Whether the Edge TPU's compiler maps `builtin`.
bool isForEdgeTPU(StringRef builtin);

} // namespace mlir::vernier::check

#endif // VERNIER_LIB_CHECK_KERNELTABLES_H
