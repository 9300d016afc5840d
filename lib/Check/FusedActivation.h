//===- FusedActivation.h - What operators clamp their results to -*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_LIB_CHECK_FUSEDACTIVATION_H
#define VERNIER_LIB_CHECK_FUSEDACTIVATION_H

#include "View.h"

namespace mlir::vernier::check {

/// The activation in the options of `op`; nothing for operators that fuse none.
std::optional<schema::ActivationFunctionType> fusedActivation(const OperatorView &op);

} // namespace mlir::vernier::check

#endif // VERNIER_LIB_CHECK_FUSEDACTIVATION_H
