//===- Suggestion.h - What a misspelled word was meant to be ----*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_IO_SUGGESTION_H
#define VERNIER_IO_SUGGESTION_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include <string>

namespace mlir::vernier {

/// The one of `known` that `word` most likely stands for: one that it is a part of, else the one that takes the fewest
/// edits, capitals apart; of several the shortest, then the first. Empty where nothing is known.
llvm::StringRef findNearest(llvm::StringRef word, llvm::ArrayRef<llvm::StringRef> known);

} // namespace mlir::vernier

#endif // VERNIER_IO_SUGGESTION_H
