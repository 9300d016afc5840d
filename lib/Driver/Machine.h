//===- Machine.h - What one core can do at most -----------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_LIB_DRIVER_MACHINE_H
#define VERNIER_LIB_DRIVER_MACHINE_H

#include "mlir/Support/LLVM.h"
#include "llvm/ADT/StringRef.h"
#include <optional>

namespace mlir::vernier {

/// What is multiplied: 8-bit integers, 16-bit integers, or single-precision floats.
enum class Arithmetic { Int8, Int16, Float };

StringRef stringify(Arithmetic arithmetic);

/// Most multiply-adds a second, and the instruction that makes them.
struct Peak {
  StringRef instruction;
  double gmacs;
};

/// Measures on this core, in a few milliseconds, with independent sums in registers and no memory. Nothing where the
/// target called `target` has no such loop.
std::optional<Peak> measurePeak(StringRef target, Arithmetic arithmetic);

/// Gigabytes a second of reading `bytes` over and over with the widest loads of `target`: as fast as the cache is that
/// holds them.
double measureReads(StringRef target, size_t bytes);

} // namespace mlir::vernier

#endif // VERNIER_LIB_DRIVER_MACHINE_H
