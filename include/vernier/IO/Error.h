//===- Error.h - errors with a formatted sentence ---------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Files and data report what is wrong as values. The sentence is a lower-case clause without a full stop: what was
// expected, then what was found, after the name of the file; a cure follows "; ".

#ifndef VERNIER_IO_ERROR_H
#define VERNIER_IO_ERROR_H

#include "llvm/Support/Error.h"
#include "llvm/Support/FormatVariadic.h"

namespace mlir::vernier {

/// An error whose message is `llvm::formatv(format, values...)`.
template <typename... Ts> llvm::Error makeError(const char *format, Ts &&...values) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(),
                                 llvm::formatv(format, std::forward<Ts>(values)...).str());
}

} // namespace mlir::vernier

#endif // VERNIER_IO_ERROR_H
