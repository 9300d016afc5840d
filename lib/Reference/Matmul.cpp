//===- Matmul.cpp - Products of two activations -----------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "DynamicRange.h"
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
  if (isFloat(lhs) && isFloat(output)) {
    const unsigned axis = rhs.shape.size() - (op.getAdjY() ? 2 : 1);
    std::optional<Weights> filter = weights(rhs, axis);
    if (!filter || filter->bits != 8 || llvm::any_of(filter->zeroPoints, [](int32_t z) { return z != 0; }))
      return call.noForm();
    // Each row of the left side is quantized by itself.
    const RowKernel rounding = call.isDefaultLiteRT()             ? RowKernel::Xnnpack
                               : op.getAsymmetricQuantizeInputs() ? RowKernel::Asymmetric
                                                                  : RowKernel::Symmetric;
    std::vector<double> a = readReals(lhs);
    std::vector<int64_t> b = readIntegers(rhs);
    forEachIndex(expected, [&](ArrayRef<int64_t> o) {
      std::vector<double> row;
      for (int64_t k = 0; k < x.columns; ++k)
        row.push_back(a[x.at(o.drop_back(2), o[o.size() - 2], k)]);
      QuantizedRows stored = quantizeRows(rounding, row, x.columns);
      int64_t sum = 0;
      for (int64_t k = 0; k < x.columns; ++k)
        sum += stored.values[k] * b[y.at(o.drop_back(2), k, o.back())];
      results.setReal(position(expected, o),
                      scaleSum(call.isDefaultLiteRT() ? SumOrder::Fused : SumOrder::ScalesFirst, sum, stored.scales[0],
                               filter->scales[filter->scales.size() > 1 ? o.back() : 0], 0));
    });
    return success();
  }
  const bool is16Bits = affine16(lhs).has_value();
  std::optional<Affine> left = is16Bits ? affine16(lhs) : affine8(lhs), right = is16Bits ? affine16(rhs) : affine8(rhs),
                        out = is16Bits ? affine16(output) : affine8(output);
  // LiteRT has no uint8.
  if (!left || !right || !out || out->min == 0 || !sameStorage(lhs, rhs) || !sameStorage(lhs, output))
    return call.noForm();
  std::vector<int64_t> a = readIntegers(lhs), b = readIntegers(rhs);
  for (int64_t &value : a)
    value -= left->zeroPoint;
  for (int64_t &value : b)
    value -= right->zeroPoint;
  // XNNPACK wants a right-hand side without a zero point.
  bool isXnnpack = call.isDefaultLiteRT() && right->zeroPoint == 0;
  if (is16Bits) {
    auto multiplier =
        numerics::quantizeMultiplier(double(numerics::product(left->scale, right->scale)) / double(out->scale));
    if (multiplier.shift >= 8 || multiplier.shift < -31)
      return call.noForm();
    forEachResult(a, b, [&](int64_t o, int64_t sum) {
      results.setInteger(
          o, numerics::clamp<int64_t>(numerics::multiplyByQuantizedMultiplier64(sum, multiplier), out->min, out->max));
    });
    return success();
  }
  Requantizer requantize(isXnnpack ? Arithmetic::Float : Arithmetic::FixedHalfAway, left->scale, {right->scale},
                         out->scale, {out->zeroPoint, out->min, out->max}, /*floatProduct=*/true);
  forEachResult(a, b, [&](int64_t o, int64_t sum) { results.setInteger(o, requantize(sum, 0)); });
  return success();
}

} // namespace mlir::vernier::reference
