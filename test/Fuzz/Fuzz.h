//===- Fuzz.h - What the fuzz targets share ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_TEST_FUZZ_FUZZ_H
#define VERNIER_TEST_FUZZ_FUZZ_H

#include "mlir/IR/MLIRContext.h"
#include "llvm/ADT/StringRef.h"

namespace mlir::vernier::fuzz {

/// A context with every dialect; diagnostics are made and dropped. Making one takes longer than most inputs do, so it
/// is kept, and renewed now and then with all that it has uniqued.
MLIRContext &getContext();

/// Ends the process with `message`, for libFuzzer to report, unless `condition` holds.
void require(bool condition, llvm::StringRef message);

} // namespace mlir::vernier::fuzz

#endif // VERNIER_TEST_FUZZ_FUZZ_H
