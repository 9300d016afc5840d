//===- DynamicRange.cpp - Float activations, integer weights ----*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "DynamicRange.h"
#include "vernier/Numerics/Bits.h"
#include "vernier/Numerics/Rounding.h"
#include <algorithm>
#include <cmath>

namespace mlir::vernier::reference {
namespace {

/// One rounding to float32, as a float operation of the kernels.
float f32(double value) { return float(value); }

struct Row {
  float reciprocal, scale;
  int64_t zeroPoint;
};

/// The parameters for values in [low, high], which holds zero.
Row chooseRow(RowKernel kernel, float low, float high) {
  if (kernel == RowKernel::Symmetric) {
    float largest = std::max(-low, high);
    return largest == 0 ? Row{1, 1, 0} : Row{f32(127.0 / largest), f32(largest / 127.0), 0};
  }
  if (low == high)
    return {1, 1, kernel == RowKernel::Xnnpack ? -1 : 0};
  if (kernel == RowKernel::Xnnpack) {
    float reciprocal = f32(255.0 / f32(double(high) - low));
    float bottom = f32(double(low) * reciprocal), top = f32(double(high) * reciprocal);
    float errorOfLow = f32(-128.0 + bottom), errorOfHigh = f32(127.0 + top);
    float exact = f32(double(errorOfLow) + errorOfHigh) > 0 ? f32(-128.0 - bottom) : f32(127.0 - top);
    return {reciprocal, f32(1.0 / reciprocal), std::lrint(std::clamp(exact, -128.0f, 127.0f))};
  }
  double step = double(f32(double(high) - low)) / 255.0, bottom = low / step, top = high / step;
  double exact = 128.0 - bottom < 127.0 + top ? -128.0 - bottom : 127.0 - top;
  return {f32(1.0 / f32(step)), f32(step), std::lround(std::clamp(exact, -128.0, 127.0))};
}

} // namespace

QuantizedRows quantizeRows(RowKernel kernel, llvm::ArrayRef<double> values, int64_t rowSize) {
  QuantizedRows result;
  for (; !values.empty(); values = values.drop_front(rowSize)) {
    llvm::ArrayRef<double> row = values.take_front(rowSize);
    float low = 0, high = 0;
    for (double value : row) {
      low = std::min(low, float(value));
      high = std::max(high, float(value));
    }
    Row parameters = chooseRow(kernel, low, high);
    result.scales.push_back(parameters.scale);
    result.zeroPoints.push_back(parameters.zeroPoint);
    for (double value : row) {
      float steps = f32(value * parameters.reciprocal);
      bool isXnnpack = kernel == RowKernel::Xnnpack;
      int64_t stored =
          (isXnnpack ? numerics::roundHalfEven64(steps) : numerics::roundHalfAway64(steps)) + parameters.zeroPoint;
      int64_t lowest = kernel == RowKernel::Symmetric ? -127 : -128;
      result.values.push_back(std::clamp<int64_t>(stored, lowest, 127) - parameters.zeroPoint);
    }
  }
  return result;
}

float scaleSum(SumOrder order, int64_t sum, float rowScale, float weightScale, float bias) {
  // The kernels' sums wrap at 32 bits.
  float exact = f32(int32_t(uint32_t(uint64_t(sum))));
  switch (order) {
  case SumOrder::Fused:
    return std::fma(f32(double(exact) * rowScale), weightScale, bias);
  case SumOrder::ScalesFirst:
    return f32(f32(double(exact) * f32(double(rowScale) * weightScale)) + double(bias));
  case SumOrder::WeightFirst:
  case SumOrder::InGroups:
    return f32(f32(f32(double(exact) * weightScale) * double(rowScale)) + double(bias));
  case SumOrder::RowFirst:
    return f32(f32(f32(double(exact) * rowScale) * double(weightScale)) + double(bias));
  }
  return 0;
}

} // namespace mlir::vernier::reference
