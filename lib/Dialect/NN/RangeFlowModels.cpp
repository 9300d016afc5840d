//===- RangeFlowModels.cpp - Operators with values that do not count ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Attention hides places by a large negative number that is added to their score, or put in its place. Behind a softmax
// such numbers are zero, whether -1e9 or the score less twenty; but a scale that reaches -1e9 has no steps
// left for the scores.

#include "RangeFlowModels.h"
#include "vernier/Dialect/NN/NN.h"
#include "vernier/Interfaces/RangeFlow.h"
#include <cmath>

namespace mlir::vernier::nn {
namespace {

/// How far below the largest value of its row a value has to lie so that a whole row of them weighs less than a quarter
/// of a step of the result. In a row whose length is not known, there are 1024.
double dropOf(RankedTensorType type, unsigned bits, double beta) {
  double length = type.getRank() == 0                     ? 1
                  : type.isDynamicDim(type.getRank() - 1) ? 1024
                                                          : double(type.getShape().back());
  return (std::log(std::max(length, 1.0)) + (bits + 2) * std::log(2.0)) / beta;
}

struct SoftmaxModel : RangeFlowOpInterface::ExternalModel<SoftmaxModel, SoftmaxOp> {
  Interval getUsefulRange(Operation *op, unsigned index, ArrayRef<RangeFlow> operands, Interval,
                          const Scheme &scheme) const {
    auto softmax = cast<SoftmaxOp>(op);
    double beta = softmax.getBeta().convertToDouble();
    auto type = dyn_cast<RankedTensorType>(softmax.getInput().getType());
    if (!type || !(beta > 0))
      return {};
    Interval useful;
    useful.min = operands[index].lowestPeak - dropOf(type, scheme.activation().bits, beta);
    return useful;
  }
};

/// In 8 bits results end at -16, which a value has that lies as far below the largest one of its row.
struct LogSoftmaxModel : RangeFlowOpInterface::ExternalModel<LogSoftmaxModel, LogSoftmaxOp> {
  Interval getUsefulRange(Operation *, unsigned index, ArrayRef<RangeFlow> operands, Interval,
                          const Scheme &scheme) const {
    Interval useful;
    if (scheme.activation().bits == 8)
      useful.min = operands[index].lowestPeak - 16;
    return useful;
  }
};

constexpr double kMask = 1000;

/// A row of sums reaches at least what the largest value of one operand and the smallest of the other give. Where both
/// are masks, it has a place that neither hides.
struct AddModel : RangeFlowOpInterface::ExternalModel<AddModel, AddOp> {
  std::optional<double> getLowestPeak(Operation *, ArrayRef<RangeFlow> operands) const {
    const RangeFlow &a = operands[0], &b = operands[1];
    if (a.lowestPeak - a.range.min > kMask && b.lowestPeak - b.range.min > kMask)
      return a.lowestPeak + b.lowestPeak;
    return std::max(a.range.min + b.lowestPeak, b.range.min + a.lowestPeak);
  }
  Interval getUsefulRange(Operation *op, unsigned index, ArrayRef<RangeFlow> operands, Interval result,
                          const Scheme &) const {
    Interval useful;
    if (cast<AddOp>(op).getFusedActivationFunction() == Activation::NONE)
      useful.min = result.min - operands[1 - index].range.max;
    return useful;
  }
};

/// The same of a mask that is taken away: (1 - mask) * 1e9.
struct SubModel : RangeFlowOpInterface::ExternalModel<SubModel, SubOp> {
  std::optional<double> getLowestPeak(Operation *, ArrayRef<RangeFlow> operands) const {
    const RangeFlow &a = operands[0], &b = operands[1];
    if (a.lowestPeak - a.range.min > kMask && b.range.max - b.highestValley > kMask)
      return a.lowestPeak - b.highestValley;
    return std::max(a.range.min - b.highestValley, a.lowestPeak - b.range.max);
  }
  Interval getUsefulRange(Operation *op, unsigned index, ArrayRef<RangeFlow> operands, Interval result,
                          const Scheme &) const {
    Interval useful;
    if (cast<SubOp>(op).getFusedActivationFunction() != Activation::NONE)
      return useful;
    if (index == 0)
      useful.min = result.min + operands[1].range.min;
    else
      useful.max = operands[0].range.max - result.min;
    return useful;
  }
};

/// A constant that takes the place of scores below all others is a mask. A row of nothing else is even, whatever it
/// holds.
template <typename Op> struct SelectModel : RangeFlowOpInterface::ExternalModel<SelectModel<Op>, Op> {
  std::optional<double> getLowestPeak(Operation *, ArrayRef<RangeFlow> operands) const {
    auto isMaskOf = [](const RangeFlow &mask, const RangeFlow &scores) {
      return mask.range.min == mask.range.max && mask.range.max < scores.range.min;
    };
    const RangeFlow &a = operands[1], &b = operands[2];
    return isMaskOf(a, b) ? b.lowestPeak : isMaskOf(b, a) ? a.lowestPeak : std::min(a.range.min, b.range.min);
  }
  Interval getUsefulRange(Operation *, unsigned index, ArrayRef<RangeFlow>, Interval result, const Scheme &) const {
    return index == 0 ? Interval() : result;
  }
};

/// Of the larger factor counts what brings the smallest step of the other one to the end of the result: the -1e9 in
/// (1 - mask) * -1e9.
struct MulModel : RangeFlowOpInterface::ExternalModel<MulModel, MulOp> {
  Interval getUsefulRange(Operation *op, unsigned index, ArrayRef<RangeFlow> operands, Interval result,
                          const Scheme &scheme) const {
    auto magnitude = [](const Interval &range) { return std::max(std::abs(range.min), std::abs(range.max)); };
    const Interval &own = operands[index].range, &other = operands[1 - index].range;
    Interval useful;
    if (cast<MulOp>(op).getFusedActivationFunction() != Activation::NONE || !(magnitude(own) > magnitude(other)))
      return useful;
    const double steps = double((int64_t(1) << scheme.activation().bits) - 1);
    const bool isPositive = other.min >= 0 && other.max > 0;
    if (!isPositive && !(other.max <= 0 && other.min < 0))
      return useful;
    const double step = (isPositive ? other.max : other.min) / steps;
    if (result.min < 0)
      (isPositive ? useful.min : useful.max) = result.min / step;
    if (result.max > 0)
      (isPositive ? useful.max : useful.min) = result.max / step;
    return useful;
  }
};

/// Values move, or some of them do.
template <typename Op> struct MovementModel : RangeFlowOpInterface::ExternalModel<MovementModel<Op>, Op> {
  Interval getUsefulRange(Operation *, unsigned index, ArrayRef<RangeFlow>, Interval result, const Scheme &) const {
    return index == 0 ? result : Interval();
  }
};

/// Only the shape changes: rows of the same length are the same rows.
template <typename Op> struct ShapeModel : RangeFlowOpInterface::ExternalModel<ShapeModel<Op>, Op> {
  std::optional<double> getLowestPeak(Operation *op, ArrayRef<RangeFlow> operands) const {
    auto from = dyn_cast<RankedTensorType>(op->getOperand(0).getType());
    auto to = dyn_cast<RankedTensorType>(op->getResult(0).getType());
    if (!from || !to || from.getRank() == 0 || to.getRank() == 0 || from.isDynamicDim(from.getRank() - 1) ||
        from.getShape().back() != to.getShape().back())
      return std::nullopt;
    return operands[0].lowestPeak;
  }
  Interval getUsefulRange(Operation *, unsigned index, ArrayRef<RangeFlow>, Interval result, const Scheme &) const {
    return index == 0 ? result : Interval();
  }
};

} // namespace

void attachRangeFlowModels(MLIRContext *context) {
  SoftmaxOp::attachInterface<SoftmaxModel>(*context);
  LogSoftmaxOp::attachInterface<LogSoftmaxModel>(*context);
  AddOp::attachInterface<AddModel>(*context);
  SubOp::attachInterface<SubModel>(*context);
  MulOp::attachInterface<MulModel>(*context);
  SelectOp::attachInterface<SelectModel<SelectOp>>(*context);
  SelectV2Op::attachInterface<SelectModel<SelectV2Op>>(*context);
  ReshapeOp::attachInterface<ShapeModel<ReshapeOp>>(*context);
  ExpandDimsOp::attachInterface<ShapeModel<ExpandDimsOp>>(*context);
  SqueezeOp::attachInterface<ShapeModel<SqueezeOp>>(*context);
  TransposeOp::attachInterface<MovementModel<TransposeOp>>(*context);
  TileOp::attachInterface<MovementModel<TileOp>>(*context);
  BroadcastToOp::attachInterface<MovementModel<BroadcastToOp>>(*context);
  SliceOp::attachInterface<MovementModel<SliceOp>>(*context);
  StridedSliceOp::attachInterface<MovementModel<StridedSliceOp>>(*context);
}

} // namespace mlir::vernier::nn
