//===- Segments.cpp - Running sums and sums by id ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Families.h"

namespace mlir::vernier::reference {
namespace {

/// A fold on reals and on integers that wrap.
struct Fold {
  double real;
  int64_t integer;
  double (*foldReal)(double, double);
  int64_t (*foldInteger)(int64_t, int64_t);
};

Fold sumFold() {
  return {0, 0, [](double a, double x) { return a + x; }, wrapAdd};
}

LogicalResult checkPlain(const Call &call) {
  const TensorRef &input = call.operands[0];
  if (input.elementType == call.results[0].elementType && (isFloat(input) || (isInteger(input) && !isBoolean(input))))
    return success();
  return call.noForm();
}

/// Folds each slice of dimension 0 into the slice of the result that its id names; ids below 0 are dropped.
LogicalResult segments(const Call &call, const Fold &fold, std::optional<int64_t> size) {
  TensorRef input = call.operands[0], ids = call.operands[1], output = call.results[0];
  FailureOr<SmallVector<int64_t>> id = readIndices(call, ids, "segment ids");
  if (failed(id) || failed(checkPlain(call)))
    return failure();
  if (ids.shape.size() > input.shape.size() || ids.shape != input.shape.take_front(ids.shape.size()) ||
      ids.shape.empty())
    return call.error() << "expected ids for the leading dimensions of " << describe(input.shape) << ", got shape "
                        << describe(ids.shape);
  Shape expected(input.shape.drop_front(ids.shape.size() - 1));
  expected[0] = size ? *size : id->empty() ? 0 : id->back() + 1;
  if (failed(expectShape(call, output, expected)))
    return failure();
  Elements from(input), to(output);
  int64_t slice = count(input.shape.drop_front(ids.shape.size()));
  std::vector<double> reals(count(expected), fold.real);
  std::vector<int64_t> integers(count(expected), fold.integer);
  for (auto [n, segment] : llvm::enumerate(*id)) {
    if (segment >= expected[0] || (!size && segment < 0))
      return call.error() << "expected ids within [0, " << expected[0] << "), got " << segment;
    for (int64_t i = 0; segment >= 0 && i < slice; ++i)
      if (isFloat(input))
        reals[segment * slice + i] = fold.foldReal(reals[segment * slice + i], from.real(n * slice + i));
      else
        integers[segment * slice + i] = fold.foldInteger(integers[segment * slice + i], from.integer(n * slice + i));
  }
  for (int64_t i = 0, e = count(expected); i < e; ++i)
    isFloat(input) ? to.setReal(i, reals[i]) : to.setInteger(i, integers[i]);
  return success();
}

LogicalResult unsorted(const Call &call, const Fold &fold) {
  FailureOr<SmallVector<int64_t>> size = readIndices(call, call.operands[2], "number of segments");
  if (failed(size))
    return failure();
  if (size->size() != 1 || size->front() < 0)
    return call.error() << "expected one number of segments";
  return segments(call, fold, size->front());
}

} // namespace

LogicalResult segmentSum(const Call &call) { return segments(call, sumFold(), std::nullopt); }
LogicalResult unsortedSegmentSum(const Call &call) { return unsorted(call, sumFold()); }
LogicalResult unsortedSegmentProd(const Call &call) {
  return unsorted(call, {1, 1, [](double a, double x) { return a * x; },
                         [](int64_t a, int64_t x) { return int64_t(uint64_t(a) * uint64_t(x)); }});
}
LogicalResult unsortedSegmentMax(const Call &call) {
  // An empty segment has the lowest value, which is finite.
  return unsorted(call, {-double(std::numeric_limits<float>::max()), Storage::of(call.results[0].elementType)->min(),
                         [](double a, double x) { return std::max(a, x); },
                         [](int64_t a, int64_t x) { return std::max(a, x); }});
}
LogicalResult unsortedSegmentMin(const Call &call) {
  return unsorted(call, {double(std::numeric_limits<float>::max()), Storage::of(call.results[0].elementType)->max(),
                         [](double a, double x) { return std::min(a, x); },
                         [](int64_t a, int64_t x) { return std::min(a, x); }});
}

LogicalResult cumsum(const Call &call) {
  auto op = llvm::cast<nn::CumsumOp>(call.op);
  TensorRef input = call.operands[0], output = call.results[0];
  FailureOr<int64_t> axis = readAxis(call, call.operands[1], input);
  if (failed(axis) || failed(checkPlain(call)) || failed(expectShape(call, output, input.shape)))
    return failure();
  Elements from(input), to(output);
  int64_t size = input.shape[*axis], inner = count(input.shape.drop_front(*axis + 1));
  for (int64_t row = 0, e = size ? count(input.shape) / size : 0; row < e; ++row) {
    int64_t first = row / inner * inner * size + row % inner;
    double real = 0;
    int64_t integer = 0;
    for (int64_t step = 0; step < size; ++step) {
      int64_t at = first + (op.getReverse() ? size - 1 - step : step) * inner;
      double nextReal = isFloat(input) ? real + from.real(at) : 0;
      int64_t nextInteger = isFloat(input) ? 0 : wrapAdd(integer, from.integer(at));
      isFloat(input) ? to.setReal(at, op.getExclusive() ? real : nextReal)
                     : to.setInteger(at, op.getExclusive() ? integer : nextInteger);
      real = nextReal;
      integer = nextInteger;
    }
  }
  return success();
}

} // namespace mlir::vernier::reference
