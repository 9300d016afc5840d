//===- Volume.cpp - CONV_3D and CONV_3D_TRANSPOSE ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Weights.h"
#include "vernier/Runtime/Conv3D.h"
#include <array>

namespace mlir::vernier {
namespace {

struct Steps {
  std::array<int32_t, 3> strides, dilations;
};

template <typename Op> Steps stepsOf(Op op) {
  return {{int32_t(op.getStrideD()), int32_t(op.getStrideH()), int32_t(op.getStrideW())},
          {int32_t(op.getDilationDFactor()), int32_t(op.getDilationHFactor()), int32_t(op.getDilationWFactor())}};
}

/// The windows from `large` to `small`, volumes of rank 5.
template <typename Op>
FailureOr<runtime::Conv3DParams> planVolumes(Op op, const KernelRequest &request, const TensorRef &large,
                                             const TensorRef &small, const TensorRef &filter) {
  if (failed(expectRank(request, large, 5, "volumes")) || failed(expectRank(request, small, 5, "volumes")) ||
      failed(expectRank(request, filter, 5, "a filter")))
    return failure();
  const auto [strides, dilations] = stepsOf(op);
  runtime::Conv3DParams p{};
  p.batches = large.shape[0];
  if (small.shape[0] != large.shape[0])
    return request.error() << "expected one number of batches, got " << large.shape[0] << " and " << small.shape[0];
  for (int d = 0; d < 3; ++d) {
    auto window = planWindow(request, op.getPadding(), {large.shape[d + 1], filter.shape[d], strides[d], dilations[d]});
    if (failed(window))
      return failure();
    p.axes[d] = {int32_t(large.shape[d + 1]),
                 int32_t(small.shape[d + 1]),
                 int32_t(filter.shape[d]),
                 strides[d],
                 dilations[d],
                 window->pad};
    // Positions of the small side beyond the last window touch nothing.
    if (int64_t(small.shape[d + 1]) * strides[d] + int64_t(filter.shape[d]) * dilations[d] > INT32_MAX)
      return request.unsupported() << "volumes of shape " << formatDims(small.shape) << " are too large";
  }
  return p;
}

/// Everything is float, and the bias has an element for each channel.
LogicalResult checkFloat(const KernelRequest &request, unsigned bias, int64_t channels) {
  for (const TensorRef &tensor : {request.operands[1], request.results[0]})
    if (!isFloat(tensor))
      return request.unsupported() << "elements of type " << tensor.elementType;
  if (request.has(bias) && (!isFloat(request.operands[bias]) || request.operands[bias].elements() != channels))
    return request.error() << "expected a float bias of " << channels << " elements, got shape "
                           << formatDims(request.operands[bias].shape);
  return success();
}

FailureOr<PlannedKernel> planConv3D(nn::Conv3DOp op, const KernelRequest &request) {
  const TensorRef &input = request.operands[0], &filter = request.operands[1], &output = request.results[0];
  if (failed(expectRank(request, input, 5, "volumes")) || failed(expectRank(request, filter, 5, "a filter")))
    return failure();
  const Steps steps = stepsOf(op);
  SmallVector<int64_t> shape{input.shape[0]};
  for (int d = 0; d < 3; ++d) {
    auto window = planWindow(request, op.getPadding(),
                             {input.shape[d + 1], filter.shape[d], steps.strides[d], steps.dilations[d]});
    if (failed(window))
      return failure();
    shape.push_back(window->output);
  }
  shape.push_back(filter.shape[4]);
  if (failed(expectResultShape(request, shape)))
    return failure();
  auto p = planVolumes(op, request, input, output, filter);
  auto activation = fusedActivation(request, op.getFusedActivationFunction());
  if (failed(p) || failed(activation))
    return failure();
  p->inputChannels = filter.shape[3];
  p->outputChannels = filter.shape[4];
  if (input.shape[4] != filter.shape[3])
    return request.error() << "expected a filter of " << input.shape[4] << " input channels, got " << filter.shape[3];
  if (!isFloat(input))
    return request.unsupported() << "elements of type " << input.elementType;
  if (failed(checkFloat(request, 2, filter.shape[4])))
    return failure();
  return makeCall(VERNIER_KERNEL("Conv3D.h", runtime::conv3D), *p, In<float>{0}, In<float>{1}, In<float>{2},
                  numerics::activationRange(*activation), Out<float>());
}

FailureOr<PlannedKernel> planConv3DTranspose(nn::Conv3DTransposeOp op, const KernelRequest &request) {
  const TensorRef &filter = request.operands[1], &input = request.operands[2], &output = request.results[0];
  auto shape = constantIntegers(request, 0, "an output shape");
  if (failed(shape) || failed(expectResultShape(request, SmallVector<int64_t>(shape->begin(), shape->end()))))
    return failure();
  auto p = planVolumes(op, request, output, input, filter);
  auto activation = fusedActivation(request, op.getFusedActivationFunction());
  if (failed(p) || failed(activation))
    return failure();
  p->inputChannels = filter.shape[4];
  p->outputChannels = filter.shape[3];
  if (input.shape[4] != filter.shape[4] || output.shape[4] != filter.shape[3])
    return request.error() << "expected a filter for " << output.shape[4] << " output and " << input.shape[4]
                           << " input channels, got " << formatDims(filter.shape);
  if (!isFloat(input))
    return request.unsupported() << "elements of type " << input.elementType;
  if (failed(checkFloat(request, 3, filter.shape[3])))
    return failure();
  return makeCall(VERNIER_KERNEL("Conv3D.h", runtime::conv3DTranspose), *p, In<float>{2}, In<float>{1}, In<float>{3},
                  numerics::activationRange(*activation), Out<float>());
}

} // namespace

ArrayRef<KernelRow> volumeKernels() {
  static const KernelRow rows[] = {row<nn::Conv3DOp, planConv3D>(), row<nn::Conv3DTransposeOp, planConv3DTranspose>()};
  return rows;
}

} // namespace mlir::vernier
