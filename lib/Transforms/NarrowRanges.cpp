//===- NarrowRanges.cpp - Ranges end where values stop to count -----*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Forwards, what is known of each value; backwards, which of its values somebody can tell apart.

#include "ScaleClasses.h"
#include "vernier/Interfaces/ConstantData.h"
#include "vernier/Interfaces/RangeFlow.h"
#include "vernier/Interfaces/TrainedRange.h"
#include "vernier/Transforms/Passes.h"
#include <cmath>

namespace mlir::vernier {

#define GEN_PASS_DEF_NARROWRANGESPASS
#include "vernier/Transforms/Passes.h.inc"

namespace {

/// A computed value that is zero or lower than this, or zero or higher than its opposite, is a mask: each row has places
/// that it does not hide.
constexpr double kMask = -1000;

class Narrower {
public:
  explicit Narrower(ModuleOp module) : module(module) {}

  void run() {
    SmallVector<quantx::FakeQuantOp> marks;
    module.walk([&](quantx::FakeQuantOp mark) {
      marks.push_back(mark);
      known[mark] = flowOf(mark);
    });
    // Readers come after what they read, so that theirs are known.
    for (quantx::FakeQuantOp mark : llvm::reverse(marks)) {
      useful[mark] = usefulRange(mark);
      narrow(mark);
    }
  }

private:
  static RangeFlow flowOfConstant(ArrayRef<float> values, int64_t rowLength) {
    constexpr double largest = std::numeric_limits<float>::max();
    RangeFlow flow;
    if (values.empty() || llvm::any_of(values, [](float value) { return std::isnan(value); }))
      return flow;
    flow.known = true;
    flow.range = {largest, -largest};
    flow.lowestPeak = largest;
    flow.highestValley = -largest;
    for (size_t start = 0; start < values.size(); start += rowLength) {
      double peak = -largest, valley = largest;
      for (float value : values.slice(start, rowLength)) {
        double finite = std::clamp(double(value), -largest, largest);
        valley = std::min(valley, finite);
        peak = std::max(peak, finite);
      }
      flow.range.max = std::max(flow.range.max, peak);
      flow.range.min = std::min(flow.range.min, valley);
      flow.lowestPeak = std::min(flow.lowestPeak, peak);
      flow.highestValley = std::max(flow.highestValley, valley);
    }
    return flow;
  }

  /// What is known of the operands of `op`.
  SmallVector<RangeFlow> flowsInto(Operation *op) {
    return llvm::map_to_vector(op->getOperands(), [&](Value operand) {
      auto mark = operand.getDefiningOp<quantx::FakeQuantOp>();
      return mark ? known.lookup(mark) : RangeFlow();
    });
  }

  RangeFlow flowOf(quantx::FakeQuantOp mark) {
    ArrayRef<int64_t> shape = cast<RankedTensorType>(mark.getType()).getShape();
    if (auto data = getConstantData(mark.getInput()))
      return flowOfConstant(data->as<float>(), shape.empty() || shape.back() == 0 ? 1 : shape.back());
    RangeFlow flow;
    if (auto before = mark.getInput().getDefiningOp<quantx::FakeQuantOp>())
      flow = known.lookup(before);
    if (quantx::StatisticsAttr statistics = mark.getStatisticsAttr()) {
      flow.known = true;
      flow.range = {statistics.minimum(), statistics.maximum()};
      flow.lowestPeak = flow.range.max == 0 && flow.range.min <= kMask ? 0 : flow.range.min;
      flow.highestValley = flow.range.min == 0 && flow.range.max >= -kMask ? 0 : flow.range.max;
    }
    if (auto producer = mark.getInput().getDefiningOp<RangeFlowOpInterface>(); producer && flow.known)
      if (std::optional<double> peak = producer.getLowestPeak(flowsInto(producer)))
        flow.lowestPeak = std::max(flow.lowestPeak, *peak);
    return flow;
  }

  /// What `use` can tell apart.
  Interval usefulRange(OpOperand &use) {
    auto reader = dyn_cast<RangeFlowOpInterface>(use.getOwner());
    if (auto further = dyn_cast<quantx::FakeQuantOp>(use.getOwner()))
      return useful.lookup(further);
    std::optional<Scheme> scheme = quantx::getScheme(use.getOwner());
    if (!reader || reader->getNumResults() != 1 || !quantx::getFloatReason(reader).empty() ||
        quantx::staysFloat(reader) || !scheme || !scheme->quantizesActivations())
      return {};
    quantx::FakeQuantOp result = getResultMark(reader->getResult(0));
    return reader.getUsefulRange(use.getOperandNumber(), flowsInto(reader), result ? useful.lookup(result) : Interval(),
                                 *scheme);
  }

  Interval usefulRange(quantx::FakeQuantOp mark) {
    // Nobody's use of a value that has other names, outside this function, is known.
    Interval all = {std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity()};
    for (OpOperand &use : mark.getOutput().getUses()) {
      Interval one = usefulRange(use);
      all.min = std::min(all.min, one.min);
      all.max = std::max(all.max, one.max);
    }
    return mark.getOutput().use_empty() ? Interval() : all;
  }

  /// What was trained stays.
  void narrow(quantx::FakeQuantOp mark) {
    RangeFlow flow = known.lookup(mark);
    Interval part = useful.lookup(mark);
    if (!flow.known || (flow.range.min >= part.min && flow.range.max <= part.max) || !(part.min <= part.max) ||
        getTrainedRange(mark.getInput()))
      return;
    auto inside = [&](double value) { return std::clamp(value, part.min, part.max); };
    mark.setStatisticsAttr(
        quantx::StatisticsAttr::get(mark.getContext(), inside(flow.range.min), inside(flow.range.max)));
  }

  ModuleOp module;
  DenseMap<Operation *, RangeFlow> known;
  DenseMap<Operation *, Interval> useful;
};

struct NarrowRangesPass : impl::NarrowRangesPassBase<NarrowRangesPass> {
  void runOnOperation() override { Narrower(getOperation()).run(); }
};

} // namespace
} // namespace mlir::vernier
