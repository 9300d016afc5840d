//===- Convolution.cpp - Convolutions over images ---------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "FloatIsa.h"
#include "Hybrid.h"
#include "IntegerIsa.h"
#include "MergedPixels.h"
#include "Phases.h"
#include "UnsignedForm.h"
#include "Weights.h"
#include "vernier/Runtime/DepthwiseConv2D.h"
#include "vernier/Runtime/Float/Padding.h"

namespace mlir::vernier {
namespace {

using runtime::Conv2DParams;

/// The parameters that every convolution takes from its image, filter and result; all of rank 4.
LogicalResult fillParams(const KernelRequest &request, const TensorRef &input, const TensorRef &filter,
                         Conv2DParams &p) {
  if (failed(expectRank(request, input, 4, "an input")) || failed(expectRank(request, filter, 4, "a filter")) ||
      (request.knowsShape() && failed(expectRank(request, request.results[0], 4, "a result"))))
    return failure();
  // Where it is not known, the window says it.
  SmallVector<int64_t> output(request.knowsShape() ? request.results[0].shape : input.shape);
  p = {};
  p.batches = input.shape[0];
  p.inputHeight = input.shape[1];
  p.inputWidth = input.shape[2];
  p.inputChannels = input.shape[3];
  p.outputHeight = output[1];
  p.outputWidth = output[2];
  p.outputChannels = output[3];
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

using FloatConvolution = void (*)(const Conv2DParams &, const float *, const float *, const float *,
                                  const numerics::FloatRange &, float *);

/// A float convolution whose filter is packed: a constant one now, one that the network computes in each run, at the
/// beginning of the scratch memory.
template <typename Image>
PlannedKernel makeFloatKernel(const KernelRequest &request, const Conv2DParams &p, const WeightedOperands &at,
                              numerics::FusedActivation activation, StringRef name, FloatConvolution convolution,
                              Image image) {
  const auto call = [&](auto filter) {
    return makeCall(makeKernelFunction("Float/Convolution.h", name, convolution, KernelIsa::Float), p, image, filter,
                    In<float>{at.bias}, numerics::activationRange(activation), Out<float>());
  };
  const int64_t size = runtime::packedConvFilterSize(p);
  const TensorRef &filter = request.operands[at.filter];
  if (filter.data) {
    std::vector<float> packed(size);
    runtime::packConvFilter(p, filter.as<const float>(), packed.data());
    return call(Prepared<float>(std::move(packed)));
  }
  PlannedKernel kernel = inOrder(
      {makeCall(VERNIER_KERNEL("Float/Packing.h", runtime::packConvFilter), p, In<float>{at.filter}, Scratch<float>()),
       call(Scratch<float>())});
  kernel.scratchBytes = size * int64_t(sizeof(float));
  return kernel;
}

/// A float convolution over a copy of its image with the padding written out, where that pays.
PlannedKernel makePaddedKernel(const KernelRequest &request, const Conv2DParams &p, const WeightedOperands &at,
                               numerics::FusedActivation activation) {
  constexpr StringRef name = "runtime::conv2DFloat";
  const FloatConvolution convolution = floatKernels().conv2D;
  if (!runtime::paysToPad(p))
    return makeFloatKernel(request, p, at, activation, name, convolution, In<float>{at.input});
  const int64_t filterBytes =
      request.operands[at.filter].data ? 0 : llvm::alignTo(runtime::packedConvFilterSize(p) * sizeof(float), 64);
  const Scratch<float> padded{filterBytes};
  PlannedKernel kernel =
      inOrder({makeCall(VERNIER_KERNEL("Float/Padding.h", runtime::padImage), p, In<float>{at.input}, padded),
               makeFloatKernel(request, runtime::paddedConv(p), at, activation, name, convolution, padded)});
  kernel.scratchBytes = filterBytes + runtime::paddedImageSize(p) * int64_t(sizeof(float));
  return kernel;
}

/// Elements of one image, which dynamic range quantizes together.
int64_t imageElements(const Conv2DParams &p) { return int64_t(p.inputHeight) * p.inputWidth * p.inputChannels; }

/// CONV_2D with dynamic range. XNNPACK makes a product of matrices of a convolution by 1x1, and with it a row of each
/// pixel.
FailureOr<PlannedKernel> planHybridConv2D(const KernelRequest &request, const Conv2DParams &p,
                                          const WeightedOperands &at, numerics::FusedActivation activation) {
  auto plan = planHybrid(request, at, p.groups > 1 ? WeightedKind::GroupedConv : WeightedKind::Conv, false);
  if (failed(plan))
    return failure();
  const bool isMatrix = plan->rounding == RowRounding::Xnnpack && p.groups == 1 && p.filterHeight == 1 &&
                        p.filterWidth == 1 && p.strideHeight == 1 && p.strideWidth == 1;
  if (isMatrix)
    return makeHybridMatrix(request, *plan, at,
                            {p.batches * p.inputHeight * p.inputWidth, p.inputChannels, p.outputChannels, 0, 0},
                            activation);
  if (auto packed = packHybrid(request, *plan, at, runtime::integerFilterShape(p)))
    return makePackedHybridKernel(
        *plan, at, std::move(packed), "runtime::conv2DHybridPacked", [](const auto &kernels) { return kernels.conv2D; },
        p, imageElements(p), activation);
  return makeHybridKernel(*plan, at, VERNIER_KERNEL("DynamicRange.h", runtime::conv2DHybrid), p, imageElements(p),
                          activation);
}

/// A column of pixels lies in memory as a row does, of which kernels take several at once. False where `p` is none.
bool layDown(Conv2DParams &p) {
  if (p.inputWidth != 1 || p.outputWidth != 1 || p.filterWidth != 1 || p.padLeft != 0 || p.inputHeight == 1)
    return false;
  std::swap(p.inputHeight, p.inputWidth);
  std::swap(p.outputHeight, p.outputWidth);
  std::swap(p.filterHeight, p.filterWidth);
  std::swap(p.strideHeight, p.strideWidth);
  std::swap(p.dilationHeight, p.dilationWidth);
  std::swap(p.padTop, p.padLeft);
  return true;
}
/// Its kernel cannot be cut into rows, of which it has one.
PlannedKernel byRowsUnless(bool isLaidDown, PlannedKernel kernel) {
  return isLaidDown ? kernel : byRows(std::move(kernel));
}

/// Whether bytes, signed or not, are requantized in vectors, so that it matters how they are stored.
template <typename Requantizer> constexpr bool hasVectors = std::is_same_v<Requantizer, numerics::FloatRequantizer>;

template <typename T, typename Requantizer, typename Output = Out<T>>
PlannedKernel makePackedConvolution(const KernelRequest &request, const IntegerWeights &weights,
                                    const WeightedOperands &at, const Conv2DParams &p, const Requantizer &requantize,
                                    Output output = {}) {
  return withPackedWeights<T, Requantizer>(request, weights, at, runtime::integerFilterShape(p), [&](auto filter) {
    PlannedKernel kernel = takingResidual(makeCall(
        makeKernelFunction("Integer/Convolution.h", "runtime::conv2DPacked",
                           integerKernels<T, Requantizer, typename decltype(filter)::Type>().conv2D,
                           KernelIsa::Integer),
        p, In<T>{at.input}, filter, PreparedRequantizer<Requantizer>{requantize, weights.requantizer}, output));
    if (!hasVectors<Requantizer>)
      return kernel;
    // Beside inputs of uint8 weights of 0 are stored as -128; these stay what they are.
    kernel = mayBeUnsigned(std::move(kernel), 1,
                           {{"0.inputZeroPoint", kUnsignedShift}, {"0.filterZeroPoint", kUnsignedShift}});
    return mayHaveUnsignedResults(std::move(kernel), 4, "3.range");
  });
}

/// The same of several neighbouring pixels at once, where that pays. `Kinds`: how results of `T` may be requantized.
template <typename T, Requantization... Kinds, typename Requantizer, typename Output = Out<T>>
PlannedKernel makeMergedConvolution(const KernelRequest &request, const IntegerWeights &weights,
                                    const WeightedOperands &at, const Conv2DParams &p, const Requantizer &requantize,
                                    Output output = {}) {
  const int32_t pixels = sizeof(T) == 1 ? mergedPixels(p) : 1;
  if (pixels == 1)
    return makePackedConvolution<T>(request, weights, at, p, requantize, output);
  const IntegerWeights merged = mergePixels(request, weights, at, p, pixels);
  return withRequantizer<Kinds...>(merged.requantizer, [&](auto repeated) -> PlannedKernel {
    if constexpr (std::is_same_v<decltype(repeated), Requantizer>)
      return makePackedConvolution<T>(request, merged, at, mergePixels(p, pixels), repeated, output);
    llvm_unreachable("merged results have the same arithmetic");
  });
}

/// A convolution of integers, whose filter is `weights`.
template <Requantization Reference>
PlannedKernel makeIntegerConvolution(const KernelRequest &request, const IntegerWeights &weights,
                                     const WeightedOperands &at, const Conv2DParams &p) {
  return makeIntegerKernel<Requantization::Float, Reference, Requantization::FixedPoint>(
      weights, at, VERNIER_KERNEL("Conv2D.h", runtime::conv2D), p,
      [&](auto element, const auto &requantize) -> std::optional<PlannedKernel> {
        return makeMergedConvolution<decltype(element), Requantization::Float, Reference, Requantization::FixedPoint>(
            request, weights, at, p, requantize);
      });
}

/// A transposed convolution of integers as a convolution of each phase.
template <typename T, typename Requantizer>
PlannedKernel makeTransposePhases(const KernelRequest &request, const IntegerWeights &weights,
                                  const WeightedOperands &at, const Conv2DParams &p, const Requantizer &requantize) {
  const std::vector<TransposePhase> phases = transposePhases(p);
  std::vector<PlannedKernel> calls;
  int64_t scratchBytes = 0;
  for (const TransposePhase &phase : phases) {
    const Conv2DParams &one = phase.convolution;
    const IntegerWeights taps = phaseWeights(request, weights, at, p, phase);
    const int64_t results = int64_t(one.batches) * one.outputHeight * one.outputWidth * one.outputChannels;
    const int64_t macs = results * one.filterHeight * one.filterWidth * one.inputChannels;
    if (phases.size() == 1 && results == request.results[0].elements())
      return withMacs(makeMergedConvolution<T, Requantization::Float, Requantization::FixedPoint>(request, taps, at,
                                                                                                  one, requantize),
                      macs);
    scratchBytes = std::max(scratchBytes, results * int64_t(sizeof(T)));
    calls.push_back(withMacs(makeMergedConvolution<T, Requantization::Float, Requantization::FixedPoint>(
                                 request, taps, at, one, requantize, Scratch<T>()),
                             macs));
    calls.push_back(
        makeCall(VERNIER_KERNEL("TransposeConv.h", runtime::spreadPixels), phase.grid, Scratch<T>(), Out<T>()));
  }
  PlannedKernel kernel = inOrder(std::move(calls));
  kernel.scratchBytes = scratchBytes;
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
  const bool isLaidDown = layDown(p);
  auto activation = fusedActivation(request, op.getFusedActivationFunction());
  if (succeeded(activation) && isHybridWeighted(request, at))
    return planHybridConv2D(request, p, at, *activation);
  auto isFloat = isFloatWeighted(request, at);
  if (failed(activation) || failed(isFloat) || failed(checkPackedSize(request, runtime::packedConvFilterSize(p))))
    return failure();
  if (*isFloat)
    return byRowsUnless(isLaidDown, makePaddedKernel(request, p, at, *activation));
  auto weights =
      planIntegerWeights(request, at, p.groups > 1 ? WeightedKind::GroupedConv : WeightedKind::Conv, *activation);
  if (failed(weights))
    return failure();
  p.inputZeroPoint = weights->inputZeroPoint;
  p.filterZeroPoint = weights->filterZeroPoint;
  return byRowsUnless(isLaidDown, makeIntegerConvolution<Requantization::HalfUp>(request, *weights, at, p));
}

/// A depthwise kernel on elements of `bytes` that says which other one may write over what it reads.
PlannedKernel mayOverlap(const Conv2DParams &p, int64_t bytes, StringRef name, PlannedKernel kernel) {
  if (p.batches != 1)
    return kernel;
  kernel.describe = [name, distance = runtime::overlapDistance(p) * bytes,
                     describe = std::move(kernel.describe)](SmallVectorImpl<KernelCall> &calls) {
    describe(calls);
    calls.back().overlapping = name.str();
    calls.back().distance = distance;
  };
  return kernel;
}

/// The bias of a 16x8 depthwise convolution in 32 bits, or nothing where a sum might leave them.
std::optional<std::vector<int32_t>> narrowDepthwiseBias(const KernelRequest &request, const IntegerWeights &weights,
                                                        const WeightedOperands &at) {
  const TensorRef &filter = request.operands[at.filter];
  const int64_t channels = filter.shape[3];
  const int8_t *values = weights.unpacked ? weights.unpacked->data() : filter.as<const int8_t>();
  std::vector<int32_t> narrow(channels);
  for (int64_t c = 0; c < channels; ++c) {
    const int64_t bias = request.has(at.bias) ? request.operands[at.bias].as<const int64_t>()[c] : 0;
    int64_t rest = std::numeric_limits<int32_t>::max();
    for (int64_t i = c; i < filter.elements(); i += channels)
      rest -= int64_t(32768) * std::abs(values[i]);
    if (bias > rest || bias < -rest)
      return std::nullopt;
    narrow[c] = int32_t(bias);
  }
  return narrow;
}

/// Weights [1][height][width][channels] of 8 bits, in `unpacked` if they are stored in fewer, as
/// [channels][height][width][1].
std::shared_ptr<const std::vector<int8_t>> transposeFilter(const TensorRef &filter,
                                                           const std::vector<int8_t> *unpacked) {
  const int8_t *from = unpacked ? unpacked->data() : filter.as<const int8_t>();
  const int64_t channels = filter.shape[3], taps = filter.elements() / channels;
  auto transposed = std::make_shared<std::vector<int8_t>>(filter.elements());
  for (int64_t tap = 0; tap < taps; ++tap)
    for (int64_t c = 0; c < channels; ++c)
      (*transposed)[c * taps + tap] = from[tap * channels + c];
  return transposed;
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
  const bool isLaidDown = layDown(p);
  auto activation = fusedActivation(request, op.getFusedActivationFunction());
  if (failed(activation))
    return failure();
  if (isHybridWeighted(request, at)) {
    auto plan = planHybrid(request, at, WeightedKind::Depthwise, false);
    if (failed(plan))
      return failure();
    return makeHybridKernel(*plan, at, VERNIER_KERNEL("DynamicRange.h", runtime::depthwiseConv2DHybrid), p,
                            imageElements(p), *activation);
  }
  auto isFloat = isFloatWeighted(request, at);
  if (failed(isFloat))
    return failure();
  if (*isFloat)
    return byRowsUnless(isLaidDown, makeCall(makeKernelFunction("Float/Depthwise.h", "runtime::depthwiseConv2DFloat",
                                                                floatKernels().depthwiseConv2D, KernelIsa::Float),
                                             p, In<float>{0}, In<float>{1}, In<float>{2},
                                             numerics::activationRange(*activation), Out<float>()));
  auto weights = planIntegerWeights(request, at, WeightedKind::Depthwise, *activation);
  if (failed(weights))
    return failure();
  p.inputZeroPoint = weights->inputZeroPoint;
  p.filterZeroPoint = weights->filterZeroPoint;
  if (p.inputChannels == 1) {
    // All results read the same channel, which is a convolution.
    weights->unpacked = transposeFilter(filter, weights->unpacked.get());
    p.groups = 1;
    return byRowsUnless(isLaidDown, makeIntegerConvolution<Requantization::Mixed>(request, *weights, at, p));
  }
  return byRowsUnless(
      isLaidDown,
      makeIntegerKernel<Requantization::Float, Requantization::Mixed, Requantization::FixedPoint>(
          *weights, at, VERNIER_KERNEL("DepthwiseConv2D.h", runtime::depthwiseConv2D), p,
          [&](auto element, const auto &requantize) -> std::optional<PlannedKernel> {
            using T = decltype(element);
            using Requantizer = std::decay_t<decltype(requantize)>;
            const int32_t times = p.outputChannels / p.inputChannels;
            const auto call = [&](auto bias) {
              return withFilter<runtime::IntegerWeight<T>>(*weights, at, [&](auto filter) {
                const auto convolve = [&](const Conv2DParams &one, auto input) {
                  PlannedKernel kernel =
                      makeCall(makeKernelFunction("Integer/Depthwise.h", "runtime::depthwiseConv2DVector",
                                                  integerKernels<T, Requantizer>().depthwiseConv2D, KernelIsa::Integer),
                               one, input, filter, bias,
                               PreparedRequantizer<Requantizer>{requantize, weights->requantizer}, Out<T>());
                  if (!hasVectors<Requantizer>)
                    return kernel;
                  kernel = mayBeUnsigned(std::move(kernel), 1, {{"0.inputZeroPoint", kUnsignedShift}});
                  return mayHaveUnsignedResults(std::move(kernel), 5, "4.range");
                };
                if (times == 1)
                  return mayOverlap(p, sizeof(T), "runtime::depthwiseConv2DOverlapping", convolve(p, In<T>{0}));
                // Each channel as often as it is read.
                Conv2DParams repeated = p;
                repeated.inputChannels = p.outputChannels;
                const int64_t size = request.operands[0].elements();
                PlannedKernel kernel = inOrder({makeCall(VERNIER_KERNEL("DepthwiseConv2D.h", runtime::repeatChannels),
                                                         size, times, In<T>{0}, Scratch<T>()),
                                                convolve(repeated, Scratch<T>())});
                kernel.scratchBytes = size * times * int64_t(sizeof(T));
                return kernel;
              });
            };
            if (!weights->wide)
              return call(In<int32_t>{2});
            std::optional<std::vector<int32_t>> narrow = narrowDepthwiseBias(request, *weights, at);
            if (!narrow)
              return std::nullopt;
            return call(Prepared<int32_t>(std::move(*narrow)));
          }));
}

FailureOr<PlannedKernel> planTransposeConv(nn::TransposeConvOp op, const KernelRequest &request) {
  const WeightedOperands at{2, 1, 3, 0};
  const TensorRef &filter = request.operands[1];
  if (!request.knowsShape()) {
    auto sizes = constantIntegers(request, 0, "the shape of a result");
    if (failed(sizes))
      return failure();
    return expectResultShape(request, SmallVector<int64_t>(sizes->begin(), sizes->end()));
  }
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
  if (succeeded(activation) && isHybridWeighted(request, at)) {
    auto plan = planHybrid(request, at, WeightedKind::TransposeConv, false);
    if (failed(plan))
      return failure();
    if (plan->rounding != RowRounding::Xnnpack)
      return makeHybridKernel(*plan, at, VERNIER_KERNEL("DynamicRange.h", runtime::transposeConvInFloat), p,
                              imageElements(p), *activation);
    return makeHybridKernel(*plan, at, VERNIER_KERNEL("DynamicRange.h", runtime::transposeConvHybrid), p,
                            imageElements(p), *activation);
  }
  auto isFloat = isFloatWeighted(request, at);
  if (failed(activation) || failed(isFloat) || failed(checkPackedSize(request, runtime::packedConvFilterSize(p))))
    return failure();
  if (*isFloat)
    return makeFloatKernel(request, p, at, *activation, "runtime::transposeConvFloat", floatKernels().transposeConv,
                           In<float>{at.input});
  auto weights = planIntegerWeights(request, at, WeightedKind::TransposeConv, *activation);
  if (failed(weights))
    return failure();
  p.inputZeroPoint = weights->inputZeroPoint;
  p.filterZeroPoint = weights->filterZeroPoint;
  return makeIntegerKernel<Requantization::Float, Requantization::Mixed, Requantization::FixedPoint>(
      *weights, at, VERNIER_KERNEL("TransposeConv.h", runtime::transposeConv), p,
      [&](auto element, const auto &requantize) -> std::optional<PlannedKernel> {
        return makeTransposePhases<decltype(element)>(request, *weights, at, p, requantize);
      });
}

} // namespace

ArrayRef<KernelRow> convolutionKernels() {
  static const KernelRow rows[] = {
      row<nn::Conv2DOp, counted<nn::Conv2DOp, planConv2D, 0>>(),
      row<nn::DepthwiseConv2DOp, counted<nn::DepthwiseConv2DOp, planDepthwiseConv2D, 3>>(),
      row<nn::TransposeConvOp, planTransposeConv>(),
  };
  return rows;
}

} // namespace mlir::vernier
