//===- Matmul.cpp - Products of two activations -----------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Families.h"
#include "Requantize.h"

namespace mlir::vernier::reference {
namespace {

/// One side of the product: matrices of rows x columns in the last two dimensions, transposed where `isAdjoint`.
struct Matrices {
  ArrayRef<int64_t> batch;
  int64_t rows, columns;
  bool isAdjoint;

  Matrices(ArrayRef<int64_t> shape, bool isAdjoint)
      : batch(shape.drop_back(2)), rows(shape[shape.size() - 2]), columns(shape.back()), isAdjoint(isAdjoint) {
    if (isAdjoint)
      std::swap(rows, columns);
  }
  /// The position of an element of the matrix that broadcasts to `index` of the batch.
  int64_t at(ArrayRef<int64_t> index, int64_t row, int64_t column) const {
    int64_t within = isAdjoint ? column * rows + row : row * columns + column;
    return broadcastPosition(batch, index) * rows * columns + within;
  }
};

} // namespace

LogicalResult batchMatmul(const Call &call) {
  auto op = llvm::cast<nn::BatchMatmulOp>(call.op);
  TensorRef lhs = call.operands[0], rhs = call.operands[1], output = call.results[0];
  if (lhs.shape.size() < 2 || rhs.shape.size() < 2)
    return call.error() << "expected matrices, got shapes " << describe(lhs.shape) << " and " << describe(rhs.shape);
  Matrices x(lhs.shape, op.getAdjX()), y(rhs.shape, op.getAdjY());
  std::optional<Shape> batch = broadcastShapes(x.batch, y.batch);
  if (!batch || x.columns != y.rows)
    return call.error() << "expected matrices that multiply, got shapes " << describe(lhs.shape) << " and "
                        << describe(rhs.shape);
  Shape expected = *batch;
  expected.append({x.rows, y.columns});
  if (failed(expectShape(call, output, expected)))
    return failure();

  Elements results(output);
  auto forEachResult = [&](const auto &a, const auto &b, auto finish) {
    forEachIndex(expected, [&](ArrayRef<int64_t> o) {
      ArrayRef<int64_t> index = o.drop_back(2);
      typename std::decay_t<decltype(a)>::value_type sum = 0;
      for (int64_t k = 0; k < x.columns; ++k)
        sum += a[x.at(index, o[o.size() - 2], k)] * b[y.at(index, k, o.back())];
      finish(position(expected, o), sum);
    });
  };
  if (isFloat(lhs) && isFloat(rhs) && isFloat(output)) {
    forEachResult(readReals(lhs), readReals(rhs), [&](int64_t o, double sum) { results.setReal(o, sum); });
    return success();
  }
  std::optional<Affine> left = affine8(lhs), right = affine8(rhs), out = affine8(output);
  // LiteRT has int8 only.
  if (!left || !right || !out || out->min == 0 || !sameStorage(lhs, rhs) || !sameStorage(lhs, output))
    return call.noForm();
  std::vector<int64_t> a = readIntegers(lhs), b = readIntegers(rhs);
  for (int64_t &value : a)
    value -= left->zeroPoint;
  for (int64_t &value : b)
    value -= right->zeroPoint;
  // XNNPACK wants a right-hand side without a zero point.
  bool isXnnpack = call.isDefaultLiteRT() && right->zeroPoint == 0;
  Requantizer requantize(isXnnpack ? Arithmetic::Float : Arithmetic::FixedHalfAway, left->scale, {right->scale},
                         out->scale, {out->zeroPoint, out->min, out->max}, /*floatProduct=*/true);
  forEachResult(a, b, [&](int64_t o, int64_t sum) { results.setInteger(o, requantize(sum, 0)); });
  return success();
}

} // namespace mlir::vernier::reference
