//===- Delegate.h - What LiteRT's default delegate takes --------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_LIB_CHECK_DELEGATE_H
#define VERNIER_LIB_CHECK_DELEGATE_H

#include "View.h"

namespace mlir::vernier::check {

/// Why XNNPACK, LiteRT's default delegate, leaves the sound operator `op` to LiteRT's own kernels, as a clause for the
/// user; nothing if it takes it.
std::optional<std::string> findReasonAgainstDelegate(const OperatorView &op);

} // namespace mlir::vernier::check

#endif // VERNIER_LIB_CHECK_DELEGATE_H
