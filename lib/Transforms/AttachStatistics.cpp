//===- AttachStatistics.cpp - What calibration saw, into the IR ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "mlir/Interfaces/FunctionInterfaces.h"
#include "vernier/Calibration/RangeMethods.h"
#include "vernier/Calibration/Statistics.h"
#include "vernier/Dialect/QuantX/QuantX.h"
#include "vernier/Interfaces/ConstantData.h"
#include "vernier/Interfaces/QuantInterfaces.h"
#include "vernier/Transforms/Passes.h"
#include "llvm/ADT/StringSet.h"

namespace mlir::vernier {

#define GEN_PASS_DEF_ATTACHSTATISTICSPASS
#include "vernier/Transforms/Passes.h.inc"

/// Values beyond a range are clipped, and some always lie beyond what samples have shown. In 16 bits one clipped value
/// costs more than a bit of resolution, so that all values seen get half of the integers, the largest one an integer of
/// its own: of (1 - mask) * 1e9 nothing may remain where the mask is 1. What exists inside an operator alone has its
/// own rules.
static Range addHeadroom(Range range, const QuantSpec &spec, RangeMethod method) {
  if (method != RangeMethod::MinMax || spec.bits < 16)
    return range;
  const int64_t steps = spec.storageMax();
  const double headroom = double(steps) / double(steps / 2), largest = std::numeric_limits<float>::max();
  return {float(std::max(range.min * headroom, -largest)), float(std::min(range.max * headroom, largest))};
}

static std::optional<RangeMethod> methodOf(Attribute attr) {
  auto name = dyn_cast_or_null<StringAttr>(attr);
  return name ? parseRangeMethod(name) : std::nullopt;
}

/// How the ranges of the results of `op` are chosen, where it says so itself.
static std::optional<RangeMethod> methodOf(Operation *op) {
  return methodOf(op->getAttr(quantx::QuantXDialect::getRangeMethodAttrName()));
}
static std::optional<RangeMethod> methodOf(Value value) {
  if (Operation *op = value.getDefiningOp())
    return methodOf(op);
  auto function = dyn_cast<FunctionOpInterface>(value.getParentBlock()->getParentOp());
  unsigned number = cast<BlockArgument>(value).getArgNumber();
  return function ? methodOf(function.getArgAttr(number, quantx::QuantXDialect::getRangeMethodAttrName()))
                  : std::nullopt;
}

SmallVector<StringRef> attachStatistics(ModuleOp module, const Statistics &statistics, RangeMethod fallback) {
  llvm::StringSet<> used;
  const RangeMethod method = methodOf(module.getOperation()).value_or(fallback);
  auto rangeOf = [&](quantx::SpecAttr attr, const TensorStatistics &seen, std::optional<RangeMethod> own,
                     bool isActivation) {
    QuantSpec spec = attr.getValue();
    RangeTarget target{double(spec.storageMax()) - double(spec.storageMin()), spec.symmetric};
    Range range = chooseRange(seen, own.value_or(method), target);
    if (isActivation)
      range = addHeadroom(range, spec, own.value_or(method));
    return quantx::StatisticsAttr::get(module.getContext(), double(range.min), double(range.max));
  };
  module.walk([&](quantx::FakeQuantOp op) {
    if (!op.getTensorName())
      return;
    auto found = statistics.tensors.find(op.getTensorName()->str());
    if (found == statistics.tensors.end())
      return;
    used.insert(found->first);
    // A range that was trained stays.
    if (!op.getStatistics())
      op.setStatisticsAttr(rangeOf(op.getSpec(), found->second, methodOf(op.getInput()), /*isActivation=*/true));
  });
  module.walk([&](Operation *op) {
    for (unsigned i = 0, e = quantx::getNumInternals(op); i < e; ++i) {
      quantx::InternalAttr internal = quantx::getInternal(op, i);
      auto found = internal ? statistics.tensors.find(internal.getName().str()) : statistics.tensors.end();
      if (found == statistics.tensors.end())
        continue;
      used.insert(found->first);
      if (internal.getStatistics())
        continue;
      quantx::StatisticsAttr attr = rangeOf(internal.getSpec(), found->second, methodOf(op), /*isActivation=*/false);
      quantx::setInternal(op, i,
                          quantx::InternalAttr::get(op->getContext(), internal.getName(), internal.getSpec(), attr,
                                                    internal.getParams()));
    }
  });
  SmallVector<StringRef> unknown;
  for (const auto &entry : statistics.tensors)
    if (!used.contains(entry.first))
      unknown.push_back(entry.first);
  return unknown;
}

SmallVector<StringRef> findMissingRanges(ModuleOp module) {
  SmallVector<StringRef> missing;
  module.walk([&](Operation *op) {
    if (auto mark = dyn_cast<quantx::FakeQuantOp>(op)) {
      if (!mark.getTensorName() || mark.getStatistics() || getConstantElements(mark.getInput()))
        return;
      // What an operator shares or fixes needs no range of its own.
      auto result = dyn_cast<OpResult>(mark.getInput());
      auto producer = result ? dyn_cast<QuantizableOpInterface>(result.getOwner()) : QuantizableOpInterface();
      if (producer && !quantx::staysFloat(producer) &&
          producer.getResultSource(result.getResultNumber(), *quantx::getScheme(producer)).kind !=
              QuantSource::Kind::Own)
        return;
      missing.push_back(*mark.getTensorName());
    }
    for (unsigned i = 0, e = quantx::getNumInternals(op); i < e; ++i)
      if (quantx::InternalAttr internal = quantx::getInternal(op, i); internal && !internal.getStatistics())
        missing.push_back(internal.getName().getValue());
  });
  return missing;
}

namespace {

struct AttachStatisticsPass : impl::AttachStatisticsPassBase<AttachStatisticsPass> {
  using AttachStatisticsPassBase::AttachStatisticsPassBase;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    if (statistics.empty()) {
      // Ranges that were trained may be all that it takes.
      if (findMissingRanges(module).empty())
        return;
      module.emitError() << "needs a statistics file; give its path as 'statistics=FILE.json'";
      return signalPassFailure();
    }
    llvm::Expected<Statistics> read = readStatistics(statistics);
    if (!read) {
      module.emitError() << llvm::toString(read.takeError());
      return signalPassFailure();
    }
    std::optional<RangeMethod> method = parseRangeMethod(ranges);
    if (!method) {
      module.emitError() << "expected ranges 'minmax', 'percentile', 'mse' or 'entropy', got '" << ranges << "'";
      return signalPassFailure();
    }
    for (StringRef name : attachStatistics(module, *read, *method))
      module.emitWarning() << statistics << ": no quantized value of the module is named '" << name << "'";
  }
};

} // namespace
} // namespace mlir::vernier
