//===- Compare.h - Runs two forms of a network side by side -----*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Gives the same samples to a network and to another form of it and measures how far they part, tensor by tensor.
// Memory follows the networks' tensors, not the number of samples; figures do not depend on the number of threads.

#ifndef VERNIER_EXECUTION_COMPARE_H
#define VERNIER_EXECUTION_COMPARE_H

#include "vernier/Execution/ErrorSums.h"
#include "vernier/Execution/Executor.h"
#include "vernier/Execution/MatchTensors.h"
#include "vernier/IO/Data.h"

namespace mlir::vernier {

/// Two functions that should compute the same.
struct ComparedFunctions {
  func::FuncOp expected, actual;
  /// For each input of `actual`, the one of `expected` that it gets. Shapes agree; where types differ, it gets the
  /// nearest values that its type has.
  SmallVector<unsigned> inputs;
  /// Outputs of `expected` and `actual` that belong together.
  SmallVector<std::pair<unsigned, unsigned>> outputs;
};

/// Where the largest elements are, of an output that holds one score for each class.
struct Agreement {
  /// Samples with the same largest element: the first one where several are.
  uint64_t same = 0;
  /// The first samples where it differs, at most `kShown`.
  static constexpr size_t kShown = 20;
  std::vector<uint64_t> differing;
};

/// Output `actual` of one network against output `expected` of the other, over all samples.
struct OutputComparison {
  unsigned expected, actual;
  ErrorSums errors;
  /// For outputs that are one vector of at least two numbers, whatever its dimensions of size 1.
  std::optional<Agreement> agreement;
  /// The sample with the lowest SQNR, and what that is.
  uint64_t worstSample = 0;
  double worstSqnr = std::numeric_limits<double>::infinity();
};

/// The two forms of a value, over all samples.
struct TensorComparison {
  TensorPair pair;
  ErrorSums errors;
  /// The compared tensors that it is computed from, as indices.
  SmallVector<unsigned> inputs;
};

/// Two networks on the same samples.
struct Comparison {
  uint64_t samples = 0;
  std::vector<OutputComparison> outputs;
  /// In the order in which they are computed; tensors of called functions after those of the function itself, in the
  /// first of the rounds that a sample makes.
  std::vector<TensorComparison> tensors;
  /// Tensors without a partner.
  unsigned onlyExpected = 0, onlyActual = 0;
};

/// Runs `samples`, which are bound to `functions.expected`, through both executors with up to `threads` threads.
/// Fails with a diagnostic where either network does, and where outputs that belong together differ in size.
FailureOr<Comparison> compare(const ComparedFunctions &functions, Executor &expected, Executor &actual,
                              SampleStream &samples, unsigned threads,
                              std::function<void(uint64_t done)> progress = nullptr);

} // namespace mlir::vernier

#endif // VERNIER_EXECUTION_COMPARE_H
