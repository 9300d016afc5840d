//===- Pooling.cpp - Average and maximum of windows -------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Padding does not count in either. LiteRT's quantized average rounds half away from zero on the stored integers,
// zero point included, in every kernel set.

#include "Families.h"
#include "Window.h"
#include <cmath>

namespace mlir::vernier::reference {
namespace {

/// Calls `finish(output position, values of its window)` for every window of `op`.
template <typename Op, typename Finish, typename Value>
void forEachWindow(const Call &call, Op op, const Window &y, const Window &x, const std::vector<Value> &input,
                   Finish finish) {
  ArrayRef<int64_t> in = call.operands[0].shape, out = call.results[0].shape;
  std::vector<Value> window;
  forEachIndex(out, [&](ArrayRef<int64_t> o) {
    window.clear();
    y.forEachTap(o[1], [&](int64_t, int64_t iy) {
      x.forEachTap(o[2], [&](int64_t, int64_t ix) { window.push_back(input[position(in, {o[0], iy, ix, o[3]})]); });
    });
    finish(position(out, o), ArrayRef<Value>(window));
  });
}

/// C division rounds toward zero: this is half away from zero.
int64_t average(ArrayRef<int64_t> values) {
  int64_t sum = std::accumulate(values.begin(), values.end(), int64_t(0)), n = values.size();
  return sum > 0 ? (sum + n / 2) / n : (sum - n / 2) / n;
}
double average(ArrayRef<double> values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / double(values.size());
}
template <typename Value> Value maximumOf(ArrayRef<Value> values) {
  return *std::max_element(values.begin(), values.end());
}

/// `ties`: how the kernel that runs rounds the borders of a fused activation.
template <typename Op, typename Reduce> LogicalResult pool(const Call &call, numerics::Ties ties, Reduce reduce) {
  auto op = llvm::cast<Op>(call.op);
  TensorRef input = call.operands[0], output = call.results[0];
  FailureOr<numerics::FusedActivation> activation = clampingActivation(call, op.getFusedActivationFunction());
  if (failed(activation) || failed(expectRank(call, input, 4, "an input")))
    return failure();
  int32_t strideH = op.getStrideH(), strideW = op.getStrideW(), height = op.getFilterHeight(),
          width = op.getFilterWidth();
  if (strideH <= 0 || strideW <= 0 || height <= 0 || width <= 0)
    return call.error() << "expected positive strides and filter sizes";
  Window y(input.shape[1], height, strideH, 1, op.getPadding()), x(input.shape[2], width, strideW, 1, op.getPadding());
  if (failed(expectShape(call, output, {input.shape[0], y.output, x.output, input.shape[3]})))
    return failure();

  Elements elements(output);
  if (isFloat(input) && isFloat(output)) {
    forEachWindow(call, op, y, x, readReals(input), [&](int64_t o, ArrayRef<double> values) {
      elements.setReal(o, applyActivation(*activation, reduce(values)));
    });
    return success();
  }
  bool is16Bits = affine16(input).has_value();
  std::optional<Affine> in = is16Bits ? affine16(input) : affine8(input);
  std::optional<Affine> out = is16Bits ? affine16(output) : affine8(output);
  if (!in || !out || !sameStorage(input, output))
    return call.noForm();
  numerics::QuantizedRange range = activationRange(*activation, *out, is16Bits ? numerics::Ties::Away : ties);
  forEachWindow(call, op, y, x, readIntegers(input), [&](int64_t o, ArrayRef<int64_t> values) {
    elements.setInteger(o, range.clamp(int32_t(reduce(values))));
  });
  return success();
}

} // namespace

LogicalResult averagePool2D(const Call &call) {
  return pool<nn::AveragePool2DOp>(call, numerics::Ties::Away, [](auto values) { return average(values); });
}

LogicalResult l2Pool2D(const Call &call) {
  struct RootOfMeanSquare {
    double operator()(ArrayRef<double> values) const {
      double squares = 0;
      for (double value : values)
        squares += value * value;
      return std::sqrt(squares / double(values.size()));
    }
    int64_t operator()(ArrayRef<int64_t>) const { return 0; }
  };
  if (!isFloat(call.operands[0]))
    return call.noForm();
  return pool<nn::L2Pool2DOp>(call, numerics::Ties::Away, RootOfMeanSquare());
}

LogicalResult maxPool2D(const Call &call) {
  return pool<nn::MaxPool2DOp>(call, call.isDefaultLiteRT() ? numerics::Ties::Even : numerics::Ties::Away,
                               [](auto values) { return maximumOf(values); });
}

} // namespace mlir::vernier::reference
