//===- Indexing.cpp - Tensors from sizes, elements by index ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Families.h"
#include "Requantize.h"

namespace mlir::vernier::reference {
namespace {

/// The one integer of an operand.
FailureOr<int64_t> readScalar(const Call &call, unsigned operand, StringRef what) {
  FailureOr<SmallVector<int64_t>> values = readIndices(call, call.operands[operand], what);
  if (failed(values))
    return failure();
  if (values->size() != 1)
    return call.error() << "expected one integer for its " << what << ", got " << values->size();
  return values->front();
}

LogicalResult outOfRange(const Call &call, int64_t index, int64_t size) {
  return call.error() << "expected indices within [0, " << size << "), got " << index;
}

Shape joined(ArrayRef<int64_t> a, ArrayRef<int64_t> b) {
  Shape shape(a);
  shape.append(b.begin(), b.end());
  return shape;
}

} // namespace

LogicalResult fill(const Call &call) {
  FailureOr<SmallVector<int64_t>> dims = readIndices(call, call.operands[0], "dimensions");
  TensorRef value = call.operands[1], output = call.results[0];
  if (failed(dims) || failed(expectShape(call, output, *dims)))
    return failure();
  if (!sameStorage(value, output) || count(value.shape) != 1)
    return call.noForm();
  Elements results(output);
  for (int64_t i = 0, e = count(output.shape); i < e; ++i)
    results.setInteger(i, Elements(value).integer(0));
  return success();
}

LogicalResult zerosLike(const Call &call) {
  TensorRef input = call.operands[0], output = call.results[0];
  if (input.elementType != output.elementType || !(isFloat(input) || isInteger(input)))
    return call.noForm();
  if (failed(expectShape(call, output, input.shape)))
    return failure();
  Elements results(output);
  for (int64_t i = 0, e = count(output.shape); i < e; ++i)
    results.setInteger(i, 0);
  return success();
}

LogicalResult range(const Call &call) {
  TensorRef start = call.operands[0], output = call.results[0];
  for (const TensorRef &operand : call.operands)
    if (operand.elementType != output.elementType || count(operand.shape) != 1)
      return call.noForm();
  if (failed(expectRank(call, output, 1, "a result")))
    return failure();
  Elements first(start), last(call.operands[1]), step(call.operands[2]), results(output);
  int64_t size = 0;
  if (isFloat(start)) {
    if (step.real(0) == 0)
      return call.error() << "expected a step other than 0";
    size = std::max(0.0, std::ceil((last.real(0) - first.real(0)) / step.real(0)));
  } else if (isInteger(start)) {
    int64_t span = last.integer(0) - first.integer(0), by = step.integer(0);
    if (by == 0)
      return call.error() << "expected a step other than 0";
    size = std::max<int64_t>(0, span / by + (span % by != 0 && (span < 0) == (by < 0)));
  } else {
    return call.noForm();
  }
  if (failed(expectShape(call, output, {size})))
    return failure();
  // Each element from the one before, rounded: as LiteRT adds.
  float real = isFloat(start) ? float(first.real(0)) : 0;
  for (int64_t i = 0; i < size; ++i, real += isFloat(start) ? float(step.real(0)) : 0)
    isFloat(start) ? results.setReal(i, real) : results.setInteger(i, first.integer(0) + i * step.integer(0));
  return success();
}

LogicalResult broadcastArgs(const Call &call) {
  FailureOr<SmallVector<int64_t>> a = readIndices(call, call.operands[0], "shape"),
                                  b = readIndices(call, call.operands[1], "shape");
  if (failed(a) || failed(b))
    return failure();
  std::optional<Shape> both = broadcastShapes(*a, *b);
  if (!both)
    return call.error() << "expected shapes that broadcast, got " << describe(*a) << " and " << describe(*b);
  if (failed(expectShape(call, call.results[0], {int64_t(both->size())})))
    return failure();
  for (auto [i, size] : llvm::enumerate(*both))
    Elements(call.results[0]).setInteger(i, size);
  return success();
}

LogicalResult oneHot(const Call &call) {
  auto op = llvm::cast<nn::OneHotOp>(call.op);
  TensorRef indices = call.operands[0], on = call.operands[2], off = call.operands[3], output = call.results[0];
  FailureOr<int64_t> depth = readScalar(call, 1, "depth");
  FailureOr<int64_t> axis = normalizeAxis(call, int32_t(op.getAxis()), indices.shape.size() + 1);
  if (failed(depth) || failed(axis))
    return failure();
  if (!isInteger(indices) || !sameStorage(on, off) || !sameStorage(on, output) || count(on.shape) != 1 ||
      count(off.shape) != 1)
    return call.noForm();
  Shape expected = joined(indices.shape.take_front(*axis), {*depth});
  expected = joined(expected, indices.shape.drop_front(*axis));
  if (failed(expectShape(call, output, expected)))
    return failure();
  Elements at(indices), results(output);
  forEachIndex(expected, [&](ArrayRef<int64_t> o) {
    Shape where = joined(o.take_front(*axis), o.drop_front(*axis + 1));
    bool isOn = at.integer(position(indices.shape, where)) == o[*axis];
    results.setInteger(position(expected, o), Elements(isOn ? on : off).integer(0));
  });
  return success();
}

LogicalResult embeddingLookup(const Call &call) {
  TensorRef table = call.operands[1], output = call.results[0];
  FailureOr<SmallVector<int64_t>> rows = readIndices(call, call.operands[0], "rows");
  if (failed(rows) || failed(expectRank(call, call.operands[0], 1, "indices")))
    return failure();
  if (table.shape.empty() ||
      failed(expectShape(call, output, joined({int64_t(rows->size())}, table.shape.drop_front()))))
    return failure();
  // Integers, one scale for each row or for all, become real numbers.
  std::optional<Weights> hybrid = isFloat(output) && !isFloat(table) ? weights(table, 0) : std::nullopt;
  if (hybrid ? llvm::any_of(hybrid->zeroPoints, [](int32_t z) { return z != 0; }) : !sameStorage(table, output))
    return call.noForm();
  Elements from(table), to(output);
  int64_t size = count(table.shape.drop_front());
  for (auto [r, row] : llvm::enumerate(*rows)) {
    if (row < 0 || row >= table.shape[0])
      return outOfRange(call, row, table.shape[0]);
    for (int64_t i = 0; i < size; ++i)
      if (hybrid)
        to.setReal(r * size + i, numerics::product(float(from.integer(row * size + i)),
                                                   hybrid->scales[hybrid->scales.size() > 1 ? row : 0]));
      else
        to.setInteger(r * size + i, from.integer(row * size + i));
  }
  return success();
}

LogicalResult topK(const Call &call) {
  TensorRef input = call.operands[0], values = call.results[0], indices = call.results[1];
  FailureOr<int64_t> k = readScalar(call, 1, "k");
  if (failed(k))
    return failure();
  if (input.shape.empty() || *k < 0 || *k > input.shape.back())
    return call.error() << "expected k of at most the last dimension of " << describe(input.shape) << ", got " << *k;
  Shape expected = joined(input.shape.drop_back(), {*k});
  if (failed(expectShape(call, values, expected)) || failed(expectShape(call, indices, expected)))
    return failure();
  if (!sameStorage(input, values) || !isInteger(indices))
    return call.noForm();
  Elements from(input), toValue(values), toIndex(indices);
  int64_t size = input.shape.back();
  for (int64_t row = 0, e = size ? count(input.shape) / size : 0; row < e; ++row) {
    std::vector<int64_t> order(size);
    std::iota(order.begin(), order.end(), row * size);
    llvm::stable_sort(order, [&](int64_t a, int64_t b) {
      return isFloat(input) ? from.real(a) > from.real(b) : from.integer(a) > from.integer(b);
    });
    for (int64_t i = 0; i < *k; ++i) {
      toValue.setInteger(row * *k + i, from.integer(order[i]));
      toIndex.setInteger(row * *k + i, order[i] - row * size);
    }
  }
  return success();
}

LogicalResult dynamicUpdateSlice(const Call &call) {
  TensorRef operand = call.operands[0], update = call.operands[1], output = call.results[0];
  FailureOr<SmallVector<int64_t>> start = readIndices(call, call.operands[2], "start");
  if (failed(start) || failed(expectShape(call, output, operand.shape)))
    return failure();
  if (!sameStorage(operand, update) || !sameStorage(operand, output))
    return call.noForm();
  if (start->size() != operand.shape.size() || update.shape.size() != operand.shape.size())
    return call.error() << "expected an update and a start for each of " << operand.shape.size() << " dimensions";
  for (auto [at, whole, part] : llvm::zip_equal(*start, operand.shape, update.shape)) {
    if (part > whole)
      return call.error() << "expected an update within " << describe(operand.shape) << ", got "
                          << describe(update.shape);
    at = numerics::clamp<int64_t>(at, 0, whole - part);
  }
  Elements from(operand), patch(update), to(output);
  for (int64_t i = 0, e = count(operand.shape); i < e; ++i)
    to.setInteger(i, from.integer(i));
  forEachIndex(update.shape, [&](ArrayRef<int64_t> index) {
    Shape where(index);
    for (auto [w, at] : llvm::zip_equal(where, *start))
      w += at;
    to.setInteger(position(operand.shape, where), patch.integer(position(update.shape, index)));
  });
  return success();
}

LogicalResult scatterNd(const Call &call) {
  TensorRef indices = call.operands[0], updates = call.operands[1], output = call.results[0];
  FailureOr<SmallVector<int64_t>> shape = readIndices(call, call.operands[2], "shape");
  FailureOr<SmallVector<int64_t>> at = readIndices(call, indices, "indices");
  if (failed(shape) || failed(at) || failed(expectShape(call, output, *shape)))
    return failure();
  if (!sameStorage(updates, output))
    return call.noForm();
  if (indices.shape.empty() || indices.shape.back() > int64_t(output.shape.size()))
    return call.error() << "expected index vectors of at most " << output.shape.size() << " elements";
  size_t depth = indices.shape.back();
  ArrayRef<int64_t> slice = output.shape.drop_front(depth);
  if (failed(expectShape(call, updates, joined(indices.shape.drop_back(), slice), "updates")))
    return failure();
  Elements from(updates), to(output);
  for (int64_t i = 0, e = count(output.shape); i < e; ++i)
    to.setInteger(i, 0);
  int64_t size = count(slice);
  for (int64_t n = 0, e = count(indices.shape.drop_back()); n < e; ++n) {
    ArrayRef<int64_t> index = ArrayRef<int64_t>(*at).slice(n * depth, depth);
    for (auto [i, limit] : llvm::zip_first(index, output.shape))
      if (i < 0 || i >= limit)
        return outOfRange(call, i, limit);
    int64_t first = position(output.shape.take_front(depth), index) * size;
    for (int64_t i = 0; i < size; ++i)
      if (isFloat(output))
        to.setReal(first + i, to.real(first + i) + from.real(n * size + i));
      else if (isBoolean(output))
        to.setInteger(first + i, to.integer(first + i) || from.integer(n * size + i));
      else
        to.setInteger(first + i, to.integer(first + i) + from.integer(n * size + i));
  }
  return success();
}

LogicalResult reverseSequence(const Call &call) {
  auto op = llvm::cast<nn::ReverseSequenceOp>(call.op);
  TensorRef input = call.operands[0], output = call.results[0];
  FailureOr<SmallVector<int64_t>> lengths = readIndices(call, call.operands[1], "lengths");
  FailureOr<int64_t> sequence = normalizeAxis(call, int32_t(op.getSeqDim()), input.shape.size()),
                     batch = normalizeAxis(call, int32_t(op.getBatchDim()), input.shape.size());
  if (failed(lengths) || failed(sequence) || failed(batch) || failed(expectShape(call, output, input.shape)))
    return failure();
  if (!sameStorage(input, output))
    return call.noForm();
  if (*sequence == *batch || int64_t(lengths->size()) != input.shape[*batch])
    return call.error() << "expected a length for each of " << input.shape[*batch] << " sequences, got "
                        << lengths->size();
  for (int64_t length : *lengths)
    if (length < 0 || length > input.shape[*sequence])
      return outOfRange(call, length, input.shape[*sequence] + 1);
  Elements from(input), to(output);
  forEachIndex(input.shape, [&](ArrayRef<int64_t> o) {
    Shape i(o);
    int64_t length = (*lengths)[o[*batch]];
    if (o[*sequence] < length)
      i[*sequence] = length - 1 - o[*sequence];
    to.setInteger(position(input.shape, o), from.integer(position(input.shape, i)));
  });
  return success();
}

/// MATRIX_DIAG and MATRIX_SET_DIAG: `other(position)` is the element beside the diagonal.
template <typename Other> static LogicalResult setDiagonal(const Call &call, const TensorRef &diagonal, Other other) {
  TensorRef output = call.results[0];
  Elements from(diagonal), to(output);
  forEachIndex(output.shape, [&](ArrayRef<int64_t> o) {
    bool isOn = o[o.size() - 2] == o.back();
    int64_t at = position(output.shape, o);
    to.setInteger(at, isOn ? from.integer(position(diagonal.shape, o.drop_back())) : other(at));
  });
  return success();
}

LogicalResult matrixDiag(const Call &call) {
  TensorRef diagonal = call.operands[0], output = call.results[0];
  if (diagonal.shape.empty() || !sameStorage(diagonal, output))
    return call.noForm();
  if (failed(expectShape(call, output, joined(diagonal.shape, {diagonal.shape.back()}))))
    return failure();
  return setDiagonal(call, diagonal, [](int64_t) { return 0; });
}

LogicalResult matrixSetDiag(const Call &call) {
  TensorRef input = call.operands[0], diagonal = call.operands[1], output = call.results[0];
  if (input.shape.size() < 2 || !sameStorage(input, diagonal) || !sameStorage(input, output))
    return call.noForm();
  int64_t rows = input.shape[input.shape.size() - 2], columns = input.shape.back();
  if (failed(expectShape(call, output, input.shape)) ||
      failed(expectShape(call, diagonal, joined(input.shape.drop_back(2), {std::min(rows, columns)}), "a diagonal")))
    return failure();
  return setDiagonal(call, diagonal, [&](int64_t at) { return Elements(input).integer(at); });
}

LogicalResult bitcast(const Call &call) {
  TensorRef input = call.operands[0], output = call.results[0];
  int64_t from = Storage::of(input.elementType)->bits * count(input.shape),
          to = Storage::of(output.elementType)->bits * count(output.shape);
  if (from != to || from % 8)
    return call.error() << "expected as many bytes as its input has";
  std::copy_n(input.as<uint8_t>(), from / 8, output.as<uint8_t>());
  return success();
}

LogicalResult bucketize(const Call &call) {
  ArrayRef<float> boundaries = llvm::cast<nn::BucketizeOp>(call.op).getBoundaries();
  TensorRef input = call.operands[0], output = call.results[0];
  if (failed(expectShape(call, output, input.shape)))
    return failure();
  if (!(isFloat(input) || isInteger(input)) || !isInteger(output))
    return call.noForm();
  Elements from(input), to(output);
  for (int64_t i = 0, e = count(input.shape); i < e; ++i) {
    double value = isFloat(input) ? from.real(i) : double(from.integer(i));
    to.setInteger(i, llvm::count_if(boundaries, [&](float boundary) { return boundary <= value; }));
  }
  return success();
}

} // namespace mlir::vernier::reference
