//===- DynamicRange.h - Float activations, integer weights ------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How an operator with dynamic range rounds its activations and scales its sums: docs/Numerics.md, "Dynamic range".

#ifndef VERNIER_LIB_REFERENCE_DYNAMICRANGE_H
#define VERNIER_LIB_REFERENCE_DYNAMICRANGE_H

#include "llvm/ADT/ArrayRef.h"
#include <cstdint>
#include <vector>

namespace mlir::vernier::reference {

/// Which kernel quantizes the rows.
enum class RowKernel { Xnnpack, Symmetric, Asymmetric };
/// The order in which a sum meets the scales of its row and of its weights, and the bias.
enum class SumOrder {
  Fused,
  ScalesFirst,
  WeightFirst,
  RowFirst,
  InGroups, ///< WeightFirst for channels in full groups of four, RowFirst for the others
};

struct Hybrid {
  RowKernel rows;
  SumOrder order;
};

/// Rows of stored integers with the zero point taken off, and the parameters of each.
struct QuantizedRows {
  std::vector<int64_t> values;
  std::vector<float> scales;
  std::vector<int64_t> zeroPoints;
};
QuantizedRows quantizeRows(RowKernel kernel, llvm::ArrayRef<double> values, int64_t rowSize);

/// The result of `sum` before the activation.
float scaleSum(SumOrder order, int64_t sum, float rowScale, float weightScale, float bias);

} // namespace mlir::vernier::reference

#endif // VERNIER_LIB_REFERENCE_DYNAMICRANGE_H
