//===- Json.h - safe JSON in, exact floats out ------------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// LLVM's JSON with what files from outside need: bounded nesting and no duplicate keys on the way in, and floats
// in their shortest exact form on the way out.

#ifndef VERNIER_IO_JSON_H
#define VERNIER_IO_JSON_H

#include "llvm/Support/JSON.h"
#include <string>

namespace mlir::vernier {

/// Parses `text`, the content of `path`. Nesting beyond 64 levels, duplicate keys in an object and syntax errors are
/// reported with line and column.
llvm::Expected<llvm::json::Value> parseJson(llvm::StringRef text, llvm::StringRef path);

/// The shortest decimal form that reads back as `value`, which must be finite.
std::string shortestFloat(float value);

} // namespace mlir::vernier

#endif // VERNIER_IO_JSON_H
