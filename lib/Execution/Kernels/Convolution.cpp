//===- Convolution.cpp - Convolutions over images ---------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "FloatIsa.h"
#include "IntegerIsa.h"
#include "Weights.h"
#include "vernier/Runtime/DepthwiseConv2D.h"
#include "vernier/Runtime/Float/Padding.h"
#include "vernier/Runtime/TransposeConv.h"

namespace mlir::vernier {
namespace {

using runtime::Conv2DParams;
using PackedFilter = std::shared_ptr<const std::vector<float>>;

/// The parameters that every convolution takes from its image, filter and result; all of rank 4.
LogicalResult fillParams(const KernelRequest &request, const TensorRef &input, const TensorRef &filter,
                         Conv2DParams &p) {
  const TensorRef &output = request.results[0];
  if (failed(expectRank(request, input, 4, "an input")) || failed(expectRank(request, filter, 4, "a filter")) ||
      failed(expectRank(request, output, 4, "a result")))
    return failure();
  p = {};
  p.batches = input.shape[0];
  p.inputHeight = input.shape[1];
  p.inputWidth = input.shape[2];
  p.inputChannels = input.shape[3];
  p.outputHeight = output.shape[1];
  p.outputWidth = output.shape[2];
  p.outputChannels = output.shape[3];
  p.filterHeight = filter.shape[1];
  p.filterWidth = filter.shape[2];
  p.strideHeight = p.strideWidth = p.dilationHeight = p.dilationWidth = p.groups = 1;
  return success();
}

template <typename Op>
LogicalResult fillWindow(Op op, const KernelRequest &request, int64_t channels, Conv2DParams &p) {
  p.strideHeight = op.getStrideH();
  p.strideWidth = op.getStrideW();
  p.dilationHeight = op.getDilationHFactor();
  p.dilationWidth = op.getDilationWFactor();
  auto rows = planWindow(request, op.getPadding(), {p.inputHeight, p.filterHeight, p.strideHeight, p.dilationHeight});
  if (failed(rows))
    return failure();
  auto columns = planWindow(request, op.getPadding(), {p.inputWidth, p.filterWidth, p.strideWidth, p.dilationWidth});
  if (failed(columns))
    return failure();
  p.padTop = rows->pad;
  p.padLeft = columns->pad;
  return expectResultShape(request, {p.batches, rows->output, columns->output, channels});
}

/// Packs a constant filter now; null for one that the network computes, which is packed in each run.
PackedFilter packFilter(const Conv2DParams &p, const TensorRef &filter) {
  if (!filter.data)
    return nullptr;
  auto packed = std::make_shared<std::vector<float>>(runtime::packedConvFilterSize(p));
  runtime::packConvFilter(p, filter.as<const float>(), packed->data());
  return packed;
}

using FloatConvolution = void (*)(const Conv2DParams &, const float *, const float *, const float *,
                                  const numerics::FloatRange &, float *);

/// A float convolution whose filter is packed.
PlannedKernel makeFloatKernel(const KernelRequest &request, const Conv2DParams &p, const WeightedOperands &at,
                              numerics::FusedActivation activation, FloatConvolution convolution) {
  PackedFilter packed = packFilter(p, request.operands[at.filter]);
  return makeKernel(
      [p, at, packed, convolution, range = numerics::activationRange(activation)](const KernelMemory &m) {
        const float *filter = packed ? packed->data() : nullptr;
        if (!packed) {
          auto *scratch = reinterpret_cast<float *>(m.scratch);
          runtime::packConvFilter(p, m.operand<float>(at.filter), scratch);
          filter = scratch;
        }
        convolution(p, m.operand<float>(at.input), filter, m.operand<float>(at.bias), range, m.result<float>());
      },
      packed ? 0 : runtime::packedConvFilterSize(p) * int64_t(sizeof(float)));
}

/// A float convolution over a copy of its image with the padding written out, where that pays.
PlannedKernel makePaddedKernel(const KernelRequest &request, const Conv2DParams &p, const WeightedOperands &at,
                               numerics::FusedActivation activation) {
  const FloatConvolution convolution = floatKernels().conv2D;
  if (!runtime::paysToPad(p))
    return makeFloatKernel(request, p, at, activation, convolution);
  PlannedKernel kernel = makeFloatKernel(request, runtime::paddedConv(p), at, activation, convolution);
  const int64_t filterBytes = llvm::alignTo(kernel.scratchBytes, 64);
  kernel.scratchBytes = filterBytes + runtime::paddedImageSize(p) * int64_t(sizeof(float));
  kernel.run = [p, at, filterBytes, run = std::move(kernel.run)](const KernelMemory &m) {
    auto *padded = reinterpret_cast<float *>(m.scratch + filterBytes);
    runtime::padImage(p, m.operand<float>(at.input), padded);
    SmallVector<TensorRef> operands(m.operands);
    operands[at.input].data = padded;
    return run({operands, m.results, m.scratch});
  };
  return kernel;
}

FailureOr<PlannedKernel> planConv2D(nn::Conv2DOp op, const KernelRequest &request) {
  const WeightedOperands at{0, 1, 2, 0};
  const TensorRef &filter = request.operands[1];
  Conv2DParams p;
  if (failed(fillParams(request, request.operands[0], filter, p)) ||
      failed(fillWindow(op, request, filter.shape[0], p)))
    return failure();
  const int64_t perGroup = filter.shape[3];
  if (perGroup <= 0 || p.inputChannels % perGroup != 0 || p.inputChannels == 0 ||
      p.outputChannels % (p.inputChannels / perGroup) != 0)
    return request.error() << "expected the filter's input channels to divide the input's " << p.inputChannels
                           << " and the groups to divide the results' " << p.outputChannels << ", got " << perGroup;
  p.groups = p.inputChannels / perGroup;
  auto activation = fusedActivation(request, op.getFusedActivationFunction());
  auto isFloat = isFloatWeighted(request, at);
  if (failed(activation) || failed(isFloat) || failed(checkPackedSize(request, runtime::packedConvFilterSize(p))))
    return failure();
  if (*isFloat)
    return makePaddedKernel(request, p, at, *activation);
  auto weights =
      planIntegerWeights(request, at, p.groups > 1 ? WeightedKind::GroupedConv : WeightedKind::Conv, *activation);
  if (failed(weights))
    return failure();
  p.inputZeroPoint = weights->inputZeroPoint;
  p.filterZeroPoint = weights->filterZeroPoint;
  return makeIntegerKernel<Requantization::Float, Requantization::HalfUp, Requantization::FixedPoint>(
      *weights, at,
      [p](auto *input, auto *filter, auto *bias, const auto &requantize, auto *output) {
        runtime::conv2D(p, input, filter, bias, requantize, output);
      },
      [&](auto element, const auto &requantize) -> std::optional<PlannedKernel> {
        using T = decltype(element);
        auto packed = packWeights<T>(request, *weights, at, runtime::integerFilterShape(p));
        return makeKernel(
            [p, packed, requantize, data = weights->requantizer,
             kernel = integerKernels<T, std::decay_t<decltype(requantize)>>().conv2D](const KernelMemory &m) {
              kernel(p, m.operand<T>(0), packed->view(), requantize, m.result<T>());
            });
      });
}

FailureOr<PlannedKernel> planDepthwiseConv2D(nn::DepthwiseConv2DOp op, const KernelRequest &request) {
  const WeightedOperands at{0, 1, 2, 3};
  const TensorRef &filter = request.operands[1];
  Conv2DParams p;
  if (failed(fillParams(request, request.operands[0], filter, p)) ||
      failed(fillWindow(op, request, filter.shape[3], p)))
    return failure();
  if (filter.shape[0] != 1 || p.inputChannels <= 0 || p.outputChannels % p.inputChannels != 0)
    return request.error() << "expected a filter of shape 1 x height x width x a multiple of " << p.inputChannels
                           << ", got " << formatDims(filter.shape);
  auto activation = fusedActivation(request, op.getFusedActivationFunction());
  auto isFloat = isFloatWeighted(request, at);
  if (failed(activation) || failed(isFloat))
    return failure();
  if (*isFloat)
    return makeKernel([p, kernel = floatKernels().depthwiseConv2D,
                       range = numerics::activationRange(*activation)](const KernelMemory &m) {
      kernel(p, m.operand<float>(0), m.operand<float>(1), m.operand<float>(2), range, m.result<float>());
    });
  auto weights = planIntegerWeights(request, at, WeightedKind::Depthwise, *activation);
  if (failed(weights))
    return failure();
  p.inputZeroPoint = weights->inputZeroPoint;
  p.filterZeroPoint = weights->filterZeroPoint;
  return makeIntegerKernel<Requantization::Float, Requantization::Mixed, Requantization::FixedPoint>(
      *weights, at,
      [p](auto *input, auto *filter, auto *bias, const auto &requantize, auto *output) {
        runtime::depthwiseConv2D(p, input, filter, bias, requantize, output);
      },
      [&](auto element, const auto &requantize) -> std::optional<PlannedKernel> {
        using T = decltype(element);
        if (p.inputChannels != p.outputChannels)
          return std::nullopt;
        return makeKernel(
            [p, requantize, data = weights->requantizer, unpacked = weights->unpacked,
             kernel = integerKernels<T, std::decay_t<decltype(requantize)>>().depthwiseConv2D](const KernelMemory &m) {
              const T *filter = unpacked ? reinterpret_cast<const T *>(unpacked->data()) : m.operand<T>(1);
              kernel(p, m.operand<T>(0), filter, m.operand<int32_t>(2), requantize, m.result<T>());
            });
      });
}

FailureOr<PlannedKernel> planTransposeConv(nn::TransposeConvOp op, const KernelRequest &request) {
  const WeightedOperands at{2, 1, 3, 0};
  const TensorRef &filter = request.operands[1];
  Conv2DParams p;
  if (failed(fillParams(request, request.operands[2], filter, p)))
    return failure();
  p.strideHeight = op.getStrideH();
  p.strideWidth = op.getStrideW();
  // The padding of the convolution that this one reverses, from the result back to the input. Results that no tap
  // reaches are bias alone, so their size is free.
  auto rows = planWindow(request, op.getPadding(), {p.outputHeight, p.filterHeight, p.strideHeight, 1});
  if (failed(rows))
    return failure();
  auto columns = planWindow(request, op.getPadding(), {p.outputWidth, p.filterWidth, p.strideWidth, 1});
  if (failed(columns))
    return failure();
  if (filter.shape[3] != p.inputChannels)
    return request.error() << "expected a filter of " << p.inputChannels << " input channels, got "
                           << formatDims(filter.shape);
  if (failed(expectResultShape(request, {p.batches, p.outputHeight, p.outputWidth, filter.shape[0]})))
    return failure();
  p.padTop = rows->pad;
  p.padLeft = columns->pad;
  auto activation = fusedActivation(request, op.getFusedActivationFunction());
  auto isFloat = isFloatWeighted(request, at);
  if (failed(activation) || failed(isFloat) || failed(checkPackedSize(request, runtime::packedConvFilterSize(p))))
    return failure();
  if (*isFloat)
    return makeFloatKernel(request, p, at, *activation, floatKernels().transposeConv);
  auto weights = planIntegerWeights(request, at, WeightedKind::TransposeConv, *activation);
  if (failed(weights))
    return failure();
  p.inputZeroPoint = weights->inputZeroPoint;
  p.filterZeroPoint = weights->filterZeroPoint;
  return makeIntegerKernel<Requantization::Float, Requantization::Mixed, Requantization::FixedPoint>(
      *weights, at,
      [p](auto *input, auto *filter, auto *bias, const auto &requantize, auto *output) {
        runtime::transposeConv(p, input, filter, bias, requantize, output);
      },
      [](auto, const auto &) -> std::optional<PlannedKernel> { return std::nullopt; });
}

} // namespace

ArrayRef<KernelRow> convolutionKernels() {
  static const KernelRow rows[] = {
      row<nn::Conv2DOp, planConv2D>(),
      row<nn::DepthwiseConv2DOp, planDepthwiseConv2D>(),
      row<nn::TransposeConvOp, planTransposeConv>(),
  };
  return rows;
}

} // namespace mlir::vernier
