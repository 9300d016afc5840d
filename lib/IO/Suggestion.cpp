//===- Suggestion.cpp - What a misspelled word was meant to be --------------===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "vernier/IO/Suggestion.h"
#include <tuple>

namespace mlir::vernier {

llvm::StringRef findNearest(llvm::StringRef word, llvm::ArrayRef<llvm::StringRef> known) {
  // Names of tensors are paths: a part of one is the commonest mistake. Longer words would take too long to compare.
  constexpr size_t kLongest = 256;
  std::string lower = word.take_front(kLongest).lower();
  llvm::StringRef best;
  std::tuple<unsigned, size_t> least;
  for (llvm::StringRef candidate : known) {
    std::string other = candidate.take_front(kLongest).lower();
    bool isPart = lower.size() >= 3 && llvm::StringRef(other).contains(lower);
    std::tuple<unsigned, size_t> distance(isPart ? 0 : 1 + llvm::StringRef(lower).edit_distance(other), other.size());
    if (best.data() == nullptr || distance < least) {
      best = candidate;
      least = distance;
    }
  }
  return best;
}

} // namespace mlir::vernier
