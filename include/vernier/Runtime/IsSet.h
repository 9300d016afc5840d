//===- IsSet.h - Whether there is something ---------------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_RUNTIME_ISSET_H
#define VERNIER_RUNTIME_ISSET_H

#include <cstdint>

namespace mlir::vernier::runtime {

/// Whether a byte is not 0: a condition, or what tells that a variable has a value.
inline bool isSet(const uint8_t *byte) { return *byte != 0; }

} // namespace mlir::vernier::runtime

#endif // VERNIER_RUNTIME_ISSET_H
