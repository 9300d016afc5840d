//===- ScaleClasses.cpp - Values that must have the same parameters ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "ScaleClasses.h"
#include "mlir/IR/Builders.h"
#include "vernier/Interfaces/ConstantData.h"
#include "vernier/Interfaces/TensorIdentity.h"
#include "vernier/Interfaces/TrainedRange.h"
#include <cmath>

namespace mlir::vernier {

quantx::FakeQuantOp getOperandMark(Operation *op, unsigned index) {
  return op->getOperand(index).getDefiningOp<quantx::FakeQuantOp>();
}

quantx::FakeQuantOp getResultMark(OpResult result) {
  for (Operation *user : result.getUsers())
    if (auto mark = dyn_cast<quantx::FakeQuantOp>(user))
      return mark;
  return {};
}

/// Whether operand `index` takes the parameters of a result that are that result's own.
static bool isCut(QuantizableOpInterface op, unsigned index) {
  const Scheme scheme = schemeOf(op);
  QuantSource source = op.getOperandSource(index, scheme);
  return source.kind == QuantSource::Kind::Shared && source.shared.isResult &&
         op.getResultSource(source.shared.index, scheme).kind == QuantSource::Kind::Own;
}

/// Whether the only reader of `mark` cuts off what its result does not cover, and nothing else ties
/// the parameters of `mark`: its own range does not matter then.
static bool isCutByReader(quantx::FakeQuantOp mark) {
  if (!mark.getOutput().hasOneUse())
    return false;
  OpOperand &use = *mark.getOutput().use_begin();
  auto reader = dyn_cast<QuantizableOpInterface>(use.getOwner());
  if (!reader || quantx::staysFloat(reader) || !isCut(reader, use.getOperandNumber()))
    return false;
  auto result = dyn_cast<OpResult>(mark.getInput());
  auto producer = result ? dyn_cast<QuantizableOpInterface>(result.getOwner()) : QuantizableOpInterface();
  return !producer || quantx::staysFloat(producer) ||
         producer.getResultSource(result.getResultNumber(), schemeOf(producer)).kind == QuantSource::Kind::Own;
}

ScaleClasses::ScaleClasses(ArrayRef<QuantizableOpInterface> participants, ArrayRef<CallSlot *> slots) {
  for (QuantizableOpInterface op : participants)
    addMarks(op);
  for (CallSlot *slot : slots)
    addSlot(*slot);
  for (QuantizableOpInterface op : participants)
    joinShared(op);
  for (CallSlot *slot : slots)
    joinSlot(*slot);
}

/// A node for each place of `slot`, with its range where it is free.
void ScaleClasses::addSlot(const CallSlot &slot) {
  for (quantx::FakeQuantOp mark : slot.marks())
    if (!nodes.count(mark))
      takeStatistics(add(mark), mark);
}

/// Joins all places of `slot`. What is given away with fixed parameters is requantized there: other callers may give
/// more than these can hold.
void ScaleClasses::joinSlot(const CallSlot &slot) {
  unsigned node = add(getDefinitionMark(slot.definitions.front()));
  for (Value definition : slot.definitions)
    join(node, add(getDefinitionMark(definition)));
  for (OpOperand *use : slot.uses) {
    auto mark = use->get().getDefiningOp<quantx::FakeQuantOp>();
    if (classOf(mark)->fixedBy) {
      mark = requantizeOperand(use->getOwner(), use->getOperandNumber(), slot.spec);
      takeStatistics(add(mark), mark);
    }
    join(node, add(mark));
  }
}

ScaleClass *ScaleClasses::classOf(quantx::FakeQuantOp mark) {
  auto found = nodes.find(mark);
  return found == nodes.end() ? nullptr : &classes[find(found->second)];
}

unsigned ScaleClasses::add(quantx::FakeQuantOp mark) {
  auto [entry, isNew] = nodes.insert({mark.getOperation(), unsigned(parents.size())});
  if (isNew) {
    parents.push_back(entry->second);
    classes.emplace_back().spec = mark.getSpec().getValue();
  }
  return entry->second;
}

unsigned ScaleClasses::find(unsigned node) {
  while (parents[node] != node)
    node = parents[node] = parents[parents[node]];
  return node;
}

void ScaleClasses::join(unsigned a, unsigned b) {
  a = find(a), b = find(b);
  if (a == b)
    return;
  ScaleClass &into = classes[a], &from = classes[b];
  if (from.ranged) {
    into.min = into.ranged ? std::min(into.min, from.min) : from.min;
    into.max = into.ranged ? std::max(into.max, from.max) : from.max;
    into.ranged = true;
  }
  into.isNonNegative |= from.isNonNegative;
  into.isTrained |= from.isTrained;
  if (!into.fixedBy) {
    into.fixedBy = from.fixedBy;
    into.parameters = from.parameters;
  }
  parents[b] = a;
}

/// The range of the value that `mark` is on: its statistics, or where there are none, those of the mark before it, or
/// what the operator that computes it fixes or shares.
static std::optional<std::pair<double, double>> findRange(quantx::FakeQuantOp mark) {
  // Every step goes to an earlier operator.
  while (mark) {
    if (auto statistics = mark.getStatistics())
      return std::make_pair(statistics->minimum(), statistics->maximum());
    if (auto before = mark.getInput().getDefiningOp<quantx::FakeQuantOp>()) {
      mark = before;
      continue;
    }
    auto result = dyn_cast<OpResult>(mark.getInput());
    auto producer = result ? dyn_cast<QuantizableOpInterface>(result.getOwner()) : QuantizableOpInterface();
    if (!producer || quantx::staysFloat(producer))
      return std::nullopt;
    const QuantSource source = producer.getResultSource(result.getResultNumber(), schemeOf(producer));
    if (source.kind == QuantSource::Kind::Fixed)
      return std::make_pair(source.scale * double(source.spec.storageMin() - source.zeroPoint),
                            source.scale * double(source.spec.storageMax() - source.zeroPoint));
    if (source.kind != QuantSource::Kind::Shared || source.shared.isResult)
      return std::nullopt;
    mark = getOperandMark(producer, source.shared.index);
  }
  return std::nullopt;
}

/// The range of a free value: calibrated, or that of a constant. A requantized value has its source's.
/// `limit`, if not null, has what can come of the constant: values beyond may saturate.
void ScaleClasses::takeStatistics(unsigned node, quantx::FakeQuantOp mark, quantx::StatisticsAttr limit) {
  ScaleClass &own = classes[find(node)];
  auto widen = [&](double min, double max) {
    own.min = own.ranged ? std::min(own.min, min) : min;
    own.max = own.ranged ? std::max(own.max, max) : max;
    own.ranged = true;
  };
  if (auto data = getConstantData(mark.getInput()); data && !mark.getStatistics()) {
    for (float value : data->as<float>())
      // A border of "minus infinity" before a maximum must not stretch the range.
      if (std::isfinite(value) && std::abs(value) < 1e30) {
        double reached = limit ? std::clamp(double(value), limit.minimum(), limit.maximum()) : double(value);
        widen(reached, reached);
      }
    return;
  }
  if (auto range = findRange(mark))
    widen(range->first, range->second);
  own.isTrained |= getTrainedRange(mark.getInput()).has_value();
}

/// A node for each activation that `op` touches, with the range of those that are free.
void ScaleClasses::addMarks(QuantizableOpInterface op) {
  const Scheme scheme = schemeOf(op);
  using Kind = QuantSource::Kind;
  for (unsigned i = 0, e = op->getNumOperands(); i < e; ++i) {
    QuantSource source = op.getOperandSource(i, scheme);
    quantx::FakeQuantOp mark = getOperandMark(op, i);
    if (!mark || (source.kind != Kind::Own && source.kind != Kind::Shared) || source.spec != scheme.activation())
      continue;
    // Results of quantized operators have their node from those; what is new here is free.
    if (nodes.count(mark))
      continue;
    if (isCutByReader(mark)) {
      add(mark);
      continue;
    }
    // An operator that shares parameters moves values or chooses among them, so a constant counts as far as it
    // shows in the result: the 1e7 of min(x, 1e7) does not stretch the range of x.
    quantx::StatisticsAttr limit;
    if (source.kind == Kind::Shared && op->getNumResults() == 1)
      if (quantx::FakeQuantOp result = getResultMark(op->getResult(0)))
        limit = result.getStatisticsAttr();
    takeStatistics(add(mark), mark, limit);
  }
  for (OpResult result : op->getResults()) {
    QuantSource source = op.getResultSource(result.getResultNumber(), scheme);
    quantx::FakeQuantOp mark = getResultMark(result);
    if (!mark || source.kind == Kind::Untouched)
      continue;
    unsigned node = add(mark);
    classes[node].isNonNegative |= source.isNonNegative;
    if (source.kind == Kind::Own && !isCutByReader(mark))
      takeStatistics(node, mark);
    if (source.kind == Kind::Fixed) {
      classes[node].fixedBy = op;
      classes[node].parameters = {source.scale, source.zeroPoint};
    }
  }
}

/// Gives operand `index` parameters of its own between it and its producer: folds to a requantization.
quantx::FakeQuantOp ScaleClasses::requantizeOperand(Operation *op, unsigned index, const QuantSpec &spec) {
  OpBuilder builder(op);
  auto mark = quantx::FakeQuantOp::create(builder, op->getLoc(), op->getOperand(index), spec);
  op->setOperand(index, mark);
  return mark;
}

/// Whether a range of `whole` lets values through that `part` was trained to cut off, by more than a step.
static bool losesItsClip(const ScaleClass &part, const ScaleClass &whole) {
  const double steps = double(part.spec.storageMax() - part.spec.storageMin());
  return part.isTrained && part.ranged &&
         std::max(part.min - whole.min, whole.max - part.max) > (part.max - part.min) / steps;
}

/// Joins what `op` says is shared.
///
/// Operands whose parameters are fixed all alike are joined as the others are. Else each fixed one
/// is requantized, because the others' range would not fit into it. So is one that must not grow below zero, and
/// one that was trained to be cut off where the others go on.
void ScaleClasses::joinShared(QuantizableOpInterface op) {
  const Scheme scheme = schemeOf(op);
  SmallVector<unsigned> operands;
  for (unsigned i = 0, e = op->getNumOperands(); i < e; ++i) {
    QuantSource source = op.getOperandSource(i, scheme);
    quantx::FakeQuantOp mark = getOperandMark(op, i);
    if (source.kind != QuantSource::Kind::Shared || !mark)
      continue;
    if (!isCut(op, i)) {
      operands.push_back(i);
      continue;
    }
    if (!isCutByReader(mark))
      mark = requantizeOperand(op, i, scheme.activation());
    join(add(getResultMark(op->getResult(source.shared.index))), add(mark));
  }
  SmallVector<quantx::FakeQuantOp> results;
  for (OpResult result : op->getResults())
    if (op.getResultSource(result.getResultNumber(), scheme).kind == QuantSource::Kind::Shared)
      if (quantx::FakeQuantOp mark = getResultMark(result))
        results.push_back(mark);
  if (operands.empty() || results.empty())
    return;

  auto classOfOperand = [&](unsigned index) -> ScaleClass & { return *classOf(getOperandMark(op, index)); };
  ScaleClass whole;
  for (unsigned index : operands)
    if (const ScaleClass &one = classOfOperand(index); one.ranged) {
      whole.min = whole.ranged ? std::min(whole.min, one.min) : one.min;
      whole.max = whole.ranged ? std::max(whole.max, one.max) : one.max;
      whole.ranged = true;
    }
  auto mustStayAlone = [&](unsigned index) {
    const ScaleClass &own = classOfOperand(index);
    return operands.size() > 1 && (own.isNonNegative || (!own.fixedBy && losesItsClip(own, whole)));
  };
  const ScaleClass &first = classOfOperand(operands.front());
  bool alike = llvm::all_of(operands, [&](unsigned index) {
    const ScaleClass &other = classOfOperand(index);
    return bool(other.fixedBy) == bool(first.fixedBy) &&
           (!other.fixedBy || (other.parameters.scale == first.parameters.scale &&
                               other.parameters.zeroPoint == first.parameters.zeroPoint));
  });

  unsigned node = add(results.front());
  for (quantx::FakeQuantOp mark : ArrayRef(results).drop_front())
    join(node, add(mark));
  bool joined = false;
  for (unsigned index : operands) {
    ScaleClass shared = classOfOperand(index);
    if (mustStayAlone(index)) {
      op->emitRemark() << "needs one scale for its operands, but operand " << index
                       << (shared.isNonNegative ? " relies on its zero point" : " was trained with a narrower range")
                       << "; it is requantized";
      quantx::FakeQuantOp mark = requantizeOperand(op, index, scheme.activation());
      takeStatistics(add(mark), mark);
      join(node, add(mark));
      joined = true;
      continue;
    }
    if (alike || !shared.fixedBy) {
      join(node, nodes.lookup(getOperandMark(op, index)));
      joined = true;
      continue;
    }
    InFlightDiagnostic remark = op->emitRemark() << "needs one scale for its operands, but operand " << index
                                                 << " is fixed at " << shared.parameters.scale << "; it is requantized";
    remark.attachNote(shared.fixedBy->getLoc()) << "fixed here by " << describe(shared.fixedBy);
    quantx::FakeQuantOp mark = requantizeOperand(op, index, scheme.activation());
    takeStatistics(add(mark), mark);
    join(node, add(mark));
  }
  // Every operand was fixed, each in its own way: the result is free.
  if (!joined)
    for (quantx::FakeQuantOp mark : results)
      takeStatistics(add(mark), mark);
}

} // namespace mlir::vernier
