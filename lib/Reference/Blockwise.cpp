//===- Blockwise.cpp - Dense layers with several scales in a row ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Blockwise.h"
#include "DynamicRange.h"
#include "vernier/Dialect/NN/NN.h"
#include "llvm/ADT/APFloat.h"
#include <cmath>

namespace mlir::vernier::reference {

static float toBFloat(float value) {
  llvm::APFloat rounded(value);
  bool losesInfo;
  rounded.convert(llvm::APFloat::BFloat(), llvm::APFloat::rmNearestTiesToEven, &losesInfo);
  return rounded.convertToFloat();
}

LogicalResult evaluateBlockwise(const Call &call, const BlockwiseParameters &parameters,
                                numerics::FusedActivation activation) {
  TensorRef input = call.operand(0), bias = call.operand(2), output = call.results[0];
  const std::vector<int64_t> weights = readIntegers(call.operand(1));
  const int64_t columns = parameters.block * parameters.blocksOfRow;
  if (!call.isDefaultLiteRT() || !isFloat(input) || !isFloat(output) || (bias && !isFloat(bias)) ||
      int64_t(weights.size()) != parameters.rows * columns)
    return call.noForm();
  if (count(input.shape) == 0)
    return success();
  const QuantizedRows rows = quantizeRows(RowKernel::Xnnpack, readReals(input), columns);
  const std::vector<double> offsets = bias ? readReals(bias) : std::vector<double>(parameters.rows);
  Elements results(output);
  for (int64_t i = 0, e = int64_t(rows.scales.size()) * parameters.rows; i < e; ++i) {
    const int64_t row = i / parameters.rows, channel = i % parameters.rows;
    // The zero point is taken off as a whole, before any product of it is added: rounding shows the order.
    float weightSum = 0;
    for (int64_t b = 0; b < parameters.blocksOfRow; ++b) {
      int64_t sum = 0;
      for (int64_t c = 0; c < parameters.block; ++c)
        sum += weights[channel * columns + b * parameters.block + c];
      weightSum = std::fma(float(-sum), toBFloat(parameters.scales[channel * parameters.blocksOfRow + b]), weightSum);
    }
    float total = weightSum * float(rows.zeroPoints[row]);
    for (int64_t b = 0; b < parameters.blocksOfRow; ++b) {
      int64_t sum = 0;
      for (int64_t c = b * parameters.block; c < (b + 1) * parameters.block; ++c)
        sum += (rows.values[row * columns + c] + rows.zeroPoints[row]) * weights[channel * columns + c];
      total = std::fma(float(sum), toBFloat(parameters.scales[channel * parameters.blocksOfRow + b]), total);
    }
    const double product = double(float(double(total) * rows.scales[row]));
    results.setReal(i, applyActivation(activation, float(product + offsets[channel])));
  }
  return success();
}

} // namespace mlir::vernier::reference
