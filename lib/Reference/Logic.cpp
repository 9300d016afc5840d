//===- Logic.cpp - Comparison, logic and selection ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Families.h"
#include "vernier/Numerics/Requantize.h"

namespace mlir::vernier::reference {
namespace {

/// Operands that broadcast to the result, as `visit(output position, positions...)` sees them.
template <typename Visit> LogicalResult forEachBroadcast(const Call &call, Visit visit) {
  Shape shape;
  for (const TensorRef &operand : call.operands) {
    std::optional<Shape> both = broadcastShapes(shape, operand.shape);
    if (!both)
      return call.error() << "expected operands that broadcast, got shapes " << describe(shape) << " and "
                          << describe(operand.shape);
    shape = *both;
  }
  if (failed(expectShape(call, call.results[0], shape)))
    return failure();
  SmallVector<int64_t> positions(call.operands.size());
  int64_t at = 0;
  forEachIndex(shape, [&](ArrayRef<int64_t> index) {
    for (auto [n, operand] : llvm::enumerate(call.operands))
      positions[n] = broadcastPosition(operand.shape, index);
    visit(at++, positions);
  });
  return success();
}

/// Stored values of different parameters compare in fixed point: each difference, with eight bits to spare, times its
/// scale.
int32_t comparable(int64_t stored, const Affine &affine) {
  auto multiplier = numerics::quantizeMultiplier(double(affine.scale));
  return numerics::multiplyByQuantizedMultiplier(numerics::wrapShiftLeft(int32_t(stored) - affine.zeroPoint, 8),
                                                 multiplier);
}

template <typename Comparison> LogicalResult compare(const Call &call, Comparison comparison, bool isEquality = false) {
  TensorRef lhs = call.operands[0], rhs = call.operands[1];
  if (!sameStorage(lhs, rhs) || !isBoolean(call.results[0]))
    return call.noForm();
  Elements a(lhs), b(rhs), result(call.results[0]);
  std::optional<Affine> left = affine8(lhs), right = affine8(rhs);
  // LiteRT orders stored values of 16 bits, whatever their scales.
  if (isEquality && !left && !right) {
    left = affine16(lhs);
    right = affine16(rhs);
  }
  return forEachBroadcast(call, [&](int64_t o, ArrayRef<int64_t> at) {
    bool value;
    if (isFloat(lhs))
      value = comparison(a.real(at[0]), b.real(at[1]));
    else if (left && right)
      value = comparison(comparable(a.integer(at[0]), *left), comparable(b.integer(at[1]), *right));
    else
      value = comparison(a.integer(at[0]), b.integer(at[1]));
    result.setInteger(o, value);
  });
}

template <typename Function> LogicalResult logical(const Call &call, Function function) {
  if (!isBoolean(call.operands[0]) || !isBoolean(call.operands[1]) || !isBoolean(call.results[0]))
    return call.noForm();
  Elements a(call.operands[0]), b(call.operands[1]), result(call.results[0]);
  return forEachBroadcast(call, [&](int64_t o, ArrayRef<int64_t> at) {
    result.setInteger(o, function(a.integer(at[0]) != 0, b.integer(at[1]) != 0));
  });
}

LogicalResult checkSelection(const Call &call) {
  if (isBoolean(call.operands[0]) && sameStorage(call.operands[1], call.operands[2]) &&
      sameStorage(call.operands[1], call.results[0]))
    return success();
  return call.noForm();
}

} // namespace

LogicalResult equal(const Call &call) { return compare(call, std::equal_to<>(), true); }
LogicalResult notEqual(const Call &call) { return compare(call, std::not_equal_to<>(), true); }
LogicalResult less(const Call &call) { return compare(call, std::less<>()); }
LogicalResult lessEqual(const Call &call) { return compare(call, std::less_equal<>()); }
LogicalResult greater(const Call &call) { return compare(call, std::greater<>()); }
LogicalResult greaterEqual(const Call &call) { return compare(call, std::greater_equal<>()); }

LogicalResult logicalAnd(const Call &call) { return logical(call, std::logical_and<>()); }
LogicalResult logicalOr(const Call &call) { return logical(call, std::logical_or<>()); }

LogicalResult logicalNot(const Call &call) {
  TensorRef input = call.operands[0], output = call.results[0];
  if (!isBoolean(input) || !isBoolean(output))
    return call.noForm();
  if (failed(expectShape(call, output, input.shape)))
    return failure();
  Elements from(input), to(output);
  for (int64_t i = 0, e = count(input.shape); i < e; ++i)
    to.setInteger(i, from.integer(i) == 0);
  return success();
}

LogicalResult selectV2(const Call &call) {
  if (failed(checkSelection(call)))
    return failure();
  Elements condition(call.operands[0]), onTrue(call.operands[1]), onFalse(call.operands[2]), result(call.results[0]);
  return forEachBroadcast(call, [&](int64_t o, ArrayRef<int64_t> at) {
    result.setInteger(o, condition.integer(at[0]) ? onTrue.integer(at[1]) : onFalse.integer(at[2]));
  });
}

LogicalResult select(const Call &call) {
  TensorRef chooser = call.operands[0], a = call.operands[1], output = call.results[0];
  if (failed(checkSelection(call)) || failed(expectShape(call, call.operands[2], a.shape, "operands")) ||
      failed(expectShape(call, output, a.shape)))
    return failure();
  // As many elements, one for each slice of dimension 0, or one for all.
  int64_t size = count(a.shape), choices = count(chooser.shape);
  bool isWhole = chooser.shape == a.shape;
  if (!isWhole && choices != 1 && (chooser.shape.size() != 1 || a.shape.empty() || chooser.shape[0] != a.shape[0]))
    return call.error() << "expected a condition that fits shape " << describe(a.shape) << ", got "
                        << describe(chooser.shape);
  Elements condition(chooser), onTrue(a), onFalse(call.operands[2]), result(output);
  for (int64_t i = 0; i < size; ++i)
    result.setInteger(i, condition.integer(isWhole ? i : i * choices / size) ? onTrue.integer(i) : onFalse.integer(i));
  return success();
}

} // namespace mlir::vernier::reference
