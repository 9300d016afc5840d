//===- FullyConnected.cpp - FULLY_CONNECTED ---------------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "FloatIsa.h"
#include "IntegerIsa.h"
#include "Weights.h"

namespace mlir::vernier {

using runtime::FullyConnectedParams;

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
  if (output.elements() != int64_t(p.batches) * p.outputChannels)
    return request.error() << "expected " << p.batches << " rows of " << p.outputChannels
                           << " elements as a result, got " << formatDims(output.shape);
  auto activation = fusedActivation(request, op.getFusedActivationFunction());
  auto isFloat = isFloatWeighted(request, at);
  const int64_t size = runtime::packedFloatSize(p.inputChannels, p.outputChannels);
  if (failed(activation) || failed(isFloat) || failed(checkPackedSize(request, size)))
    return failure();
  if (*isFloat) {
    std::shared_ptr<std::vector<float>> packed;
    if (filter.data) {
      packed = std::make_shared<std::vector<float>>(size);
      runtime::packFloatFilter(p.inputChannels, p.outputChannels, filter.as<const float>(), packed->data());
    }
    return makeKernel(
        [p, packed, kernel = floatKernels().fullyConnected,
         range = numerics::activationRange(*activation)](const KernelMemory &m) {
          auto *weights = packed ? packed->data() : reinterpret_cast<float *>(m.scratch);
          if (!packed)
            runtime::packFloatFilter(p.inputChannels, p.outputChannels, m.operand<float>(1), weights);
          kernel(p, m.operand<float>(0), weights, m.operand<float>(2), range, m.result<float>());
        },
        packed ? 0 : size * int64_t(sizeof(float)));
  }
  auto weights = planIntegerWeights(request, at, WeightedKind::FullyConnected, *activation);
  if (failed(weights))
    return failure();
  p.inputZeroPoint = weights->inputZeroPoint;
  p.filterZeroPoint = weights->filterZeroPoint;
  return makeIntegerKernel<Requantization::Float, Requantization::HalfUp, Requantization::Double,
                           Requantization::FixedPoint>(
      *weights, at,
      [p](auto *input, auto *filter, auto *bias, const auto &requantize, auto *output) {
        runtime::fullyConnected(p, input, filter, bias, requantize, output);
      },
      [&](auto element, const auto &requantize) -> std::optional<PlannedKernel> {
        using T = decltype(element);
        auto packed = packWeights<T>(request, *weights, at, runtime::integerFilterShape(p));
        return makeKernel(
            [p, packed, requantize, data = weights->requantizer,
             kernel = integerKernels<T, std::decay_t<decltype(requantize)>>().fullyConnected](const KernelMemory &m) {
              kernel(p, m.operand<T>(0), packed->view(), requantize, m.result<T>());
            });
      });
}

ArrayRef<KernelRow> fullyConnectedKernels() {
  static const KernelRow rows[] = {row<nn::FullyConnectedOp, planFullyConnected>()};
  return rows;
}

} // namespace mlir::vernier
