//===- FullyConnected.cpp - FULLY_CONNECTED ---------------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "FloatIsa.h"
#include "Hybrid.h"
#include "IntegerIsa.h"
#include "Weights.h"
#include "vernier/Interfaces/BlockwiseType.h"
#include "vernier/Runtime/Blockwise.h"

namespace mlir::vernier {

using runtime::FullyConnectedParams;

/// Only XNNPACK computes with blockwise weights as they are meant.
static FailureOr<PlannedKernel> planBlockwise(const BlockwiseParameters &parameters, const KernelRequest &request,
                                              const FullyConnectedParams &p, numerics::FusedActivation activation) {
  const TensorRef &input = request.operands[0], &filter = request.operands[1], &output = request.results[0];
  if (!request.isLiteRT())
    return request.unsupported() << "blockwise weights: the reference kernels return garbage for them";
  auto isComputed = [&](unsigned index) { return request.has(index) && !request.operands[index].data; };
  if (!isFloat(input) || !isFloat(output) || isComputed(1) || isComputed(2))
    return request.unsupported() << "blockwise weights without float activations and constant operands";
  if (request.has(2) && (!isFloat(request.operands[2]) || request.operands[2].elements() != p.outputChannels))
    return request.error() << "expected a bias of " << p.outputChannels << " float elements";
  if (cast<quant::QuantizedType>(filter.elementType).getStorageTypeIntegralWidth() != 4 ||
      !llvm::is_contained(getBlockSizes(), parameters.block) || parameters.rows != p.outputChannels ||
      parameters.blocksOfRow * parameters.block != p.inputChannels)
    return request.unsupported() << "weights of type " << filter.elementType;
  // It keeps scales as bfloat16.
  std::vector<float> scales, sums(p.outputChannels);
  for (float scale : parameters.scales)
    scales.push_back(numerics::roundToBFloat(scale));
  const int32_t block = int32_t(parameters.block);
  runtime::sumBlocks(p, block, filter.as<const uint8_t>(), scales.data(), sums.data());
  PlannedKernel kernel =
      makeCall(VERNIER_KERNEL("Blockwise.h", runtime::fullyConnectedBlockwise), p, block, In<float>{0}, In<uint8_t>{1},
               Prepared<float>(std::move(scales)), Prepared<float>(std::move(sums)), In<float>{2},
               numerics::activationRange(activation), Scratch<int8_t>(), Out<float>());
  kernel.scratchBytes = p.inputChannels;
  return kernel;
}

static FailureOr<PlannedKernel> planFullyConnected(nn::FullyConnectedOp op, const KernelRequest &request) {
  const WeightedOperands at{0, 1, 2, 0};
  const TensorRef &input = request.operands[0], &filter = request.operands[1], &output = request.results[0];
  if (failed(expectRank(request, filter, 2, "a filter")))
    return failure();
  if (op.getWeightsFormat() != 0)
    return request.unsupported() << "weights in the shuffled format";
  FullyConnectedParams p{};
  p.outputChannels = filter.shape[0];
  p.inputChannels = filter.shape[1];
  if (p.inputChannels <= 0 || input.elements() % p.inputChannels != 0)
    return request.error() << "expected an input that flattens to rows of " << p.inputChannels << " elements, got "
                           << formatDims(input.shape);
  p.batches = input.elements() / p.inputChannels;
  if (!request.knowsShape()) {
    SmallVector<int64_t> expected{p.batches};
    if (op.getKeepNumDims() && !input.shape.empty())
      expected.assign(input.shape.begin(), input.shape.end() - 1);
    expected.push_back(p.outputChannels);
    return expectResultShape(request, expected);
  }
  if (output.elements() != int64_t(p.batches) * p.outputChannels)
    return request.error() << "expected " << p.batches << " rows of " << p.outputChannels
                           << " elements as a result, got " << formatDims(output.shape);
  auto activation = fusedActivation(request, op.getFusedActivationFunction());
  if (auto blockwise = BlockwiseParameters::of(filter.elementType); blockwise && succeeded(activation))
    return planBlockwise(*blockwise, request, p, *activation);
  if (succeeded(activation) && isHybridWeighted(request, at)) {
    auto plan = planHybrid(request, at, WeightedKind::FullyConnected, op.getAsymmetricQuantizeInputs());
    if (failed(plan))
      return failure();
    return makeHybridMatrix(request, *plan, at, p, *activation);
  }
  auto isFloat = isFloatWeighted(request, at);
  const int64_t size = runtime::packedFloatSize(p.inputChannels, p.outputChannels);
  if (failed(activation) || failed(isFloat) || failed(checkPackedSize(request, size)))
    return failure();
  if (*isFloat) {
    const auto call = [&](auto weights) {
      return makeCall(makeKernelFunction("Float/Convolution.h", "runtime::fullyConnectedFloat",
                                         floatKernels().fullyConnected, KernelIsa::Float),
                      p, In<float>{0}, weights, In<float>{2}, numerics::activationRange(*activation), Out<float>());
    };
    if (filter.data) {
      std::vector<float> packed(size);
      runtime::packFloatFilter(p.inputChannels, p.outputChannels, filter.as<const float>(), packed.data());
      return call(Prepared<float>(std::move(packed)));
    }
    PlannedKernel kernel =
        inOrder({makeCall(VERNIER_KERNEL("Float/Packing.h", runtime::packFloatFilter), int64_t(p.inputChannels),
                          int64_t(p.outputChannels), In<float>{1}, Scratch<float>()),
                 call(Scratch<float>())});
    kernel.scratchBytes = size * int64_t(sizeof(float));
    return kernel;
  }
  auto weights = planIntegerWeights(request, at, WeightedKind::FullyConnected, *activation);
  if (failed(weights))
    return failure();
  p.inputZeroPoint = weights->inputZeroPoint;
  p.filterZeroPoint = weights->filterZeroPoint;
  return makeIntegerKernel<Requantization::Float, Requantization::HalfUp, Requantization::Double,
                           Requantization::FixedPoint>(
      *weights, at, VERNIER_KERNEL("FullyConnected.h", runtime::fullyConnected), p,
      [&](auto element, const auto &requantize) -> std::optional<PlannedKernel> {
        using T = decltype(element);
        using Requantizer = std::decay_t<decltype(requantize)>;
        return withPackedWeights<T, Requantizer>(
            request, *weights, at, runtime::integerFilterShape(p), [&](auto filter) {
              return takingResidual(makeCall(
                  makeKernelFunction("Integer/Convolution.h", "runtime::fullyConnectedPacked",
                                     integerKernels<T, Requantizer, typename decltype(filter)::Type>().fullyConnected,
                                     KernelIsa::Integer),
                  p, In<T>{0}, filter, PreparedRequantizer<Requantizer>{requantize, weights->requantizer}, Out<T>()));
            });
      });
}

ArrayRef<KernelRow> fullyConnectedKernels() {
  static const KernelRow rows[] = {row<nn::FullyConnectedOp, counted<nn::FullyConnectedOp, planFullyConnected, 0>>()};
  return rows;
}

} // namespace mlir::vernier
