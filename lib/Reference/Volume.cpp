//===- Volume.cpp - Convolutions over volumes ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Families.h"
#include "Window.h"
#include <array>

namespace mlir::vernier::reference {
namespace {

/// The strides and dilations of depth, height and width.
template <typename Op> std::array<std::array<int64_t, 2>, 3> stepsOf(Op op) {
  return {{{int32_t(op.getStrideD()), int32_t(op.getDilationDFactor())},
           {int32_t(op.getStrideH()), int32_t(op.getDilationHFactor())},
           {int32_t(op.getStrideW()), int32_t(op.getDilationWFactor())}}};
}

/// The window of one dimension of the larger side of the convolution.
template <typename Op>
FailureOr<SmallVector<Window>> windows(const Call &call, Op op, ArrayRef<int64_t> image, ArrayRef<int64_t> filter) {
  SmallVector<Window> result;
  for (auto [d, step] : llvm::enumerate(stepsOf(op))) {
    if (step[0] <= 0 || step[1] <= 0 || filter[d] <= 0)
      return call.error() << "expected positive strides, dilations and filter sizes";
    result.emplace_back(image[d + 1], filter[d], step[0], step[1], op.getPadding());
  }
  return result;
}

/// Calls `visit(taps, positions)` for each tap of each window at `at`.
template <typename Visit> void forEachTap(ArrayRef<Window> windows, ArrayRef<int64_t> at, Visit visit) {
  windows[0].forEachTap(at[0], [&](int64_t kd, int64_t d) {
    windows[1].forEachTap(at[1], [&](int64_t ky, int64_t y) {
      windows[2].forEachTap(at[2], [&](int64_t kx, int64_t x) {
        visit(std::array<int64_t, 3>{kd, ky, kx}, std::array<int64_t, 3>{d, y, x});
      });
    });
  });
}

/// The sums, which start at the bias, through the activation into the result; nothing for integers.
template <typename Op, typename Accumulate>
LogicalResult convolve(const Call &call, Op op, const TensorRef &bias, int64_t channels, Accumulate accumulate) {
  TensorRef output = call.results[0];
  FailureOr<numerics::FusedActivation> activation = clampingActivation(call, op.getFusedActivationFunction());
  if (failed(activation) || (bias && failed(expectShape(call, bias, {channels}, "a bias"))))
    return failure();
  if (!isFloat(output) || (bias && !isFloat(bias)))
    return call.noForm();
  std::vector<double> sums(count(output.shape), 0.0);
  accumulate(sums);
  for (auto [i, sum] : llvm::enumerate(sums)) {
    double total = sum + (bias ? Elements(bias).real(int64_t(i) % channels) : 0.0);
    Elements(output).setReal(i, applyActivation(*activation, total));
  }
  return success();
}

} // namespace

LogicalResult conv3D(const Call &call) {
  auto op = llvm::cast<nn::Conv3DOp>(call.op);
  TensorRef input = call.operands[0], filter = call.operands[1], output = call.results[0];
  if (failed(expectRank(call, input, 5, "an input")) || failed(expectRank(call, filter, 5, "a filter")))
    return failure();
  ArrayRef<int64_t> in = input.shape, weights = filter.shape;
  auto steps = windows(call, op, in, weights);
  if (failed(steps))
    return failure();
  int64_t channels = weights[4];
  Shape out = {in[0], (*steps)[0].output, (*steps)[1].output, (*steps)[2].output, channels};
  if (failed(expectShape(call, output, out)))
    return failure();
  if (weights[3] != in[4])
    return call.error() << "expected a filter of " << in[4] << " input channels, got " << weights[3];
  if (!isFloat(input) || !isFloat(filter))
    return call.noForm();
  return convolve(call, op, call.operand(2), channels, [&](std::vector<double> &sums) {
    std::vector<double> x = readReals(input), w = readReals(filter);
    forEachIndex(out, [&](ArrayRef<int64_t> o) {
      forEachTap(*steps, o.slice(1, 3), [&](auto k, auto i) {
        for (int64_t c = 0; c < in[4]; ++c)
          sums[position(out, o)] +=
              x[position(in, {o[0], i[0], i[1], i[2], c})] * w[position(weights, {k[0], k[1], k[2], c, o[4]})];
      });
    });
  });
}

LogicalResult conv3DTranspose(const Call &call) {
  auto op = llvm::cast<nn::Conv3DTransposeOp>(call.op);
  TensorRef filter = call.operands[1], input = call.operands[2], output = call.results[0];
  FailureOr<SmallVector<int64_t>> shape = readIndices(call, call.operands[0], "output shape");
  if (failed(shape) || failed(expectRank(call, input, 5, "an input")) ||
      failed(expectRank(call, filter, 5, "a filter")) || failed(expectShape(call, output, *shape)) ||
      failed(expectRank(call, output, 5, "a result")))
    return failure();
  ArrayRef<int64_t> in = input.shape, weights = filter.shape, out = output.shape;
  auto steps = windows(call, op, out, weights);
  if (failed(steps))
    return failure();
  if (out[0] != in[0] || weights[3] != out[4] || weights[4] != in[4])
    return call.error() << "expected a filter and a result that fit the input " << describe(in) << ", got "
                        << describe(weights) << " and " << describe(out);
  if (!isFloat(input) || !isFloat(filter))
    return call.noForm();
  return convolve(call, op, call.operand(3), out[4], [&](std::vector<double> &sums) {
    std::vector<double> x = readReals(input), w = readReals(filter);
    forEachIndex(in, [&](ArrayRef<int64_t> i) {
      forEachTap(*steps, i.slice(1, 3), [&](auto k, auto o) {
        for (int64_t c = 0; c < out[4]; ++c)
          sums[position(out, {i[0], o[0], o[1], o[2], c})] +=
              x[position(in, i)] * w[position(weights, {k[0], k[1], k[2], c, i[4]})];
      });
    });
  });
}

} // namespace mlir::vernier::reference
