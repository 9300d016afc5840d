//===- Softmax.cpp - Normalizations of the last dimension -------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The reference kernels and TFLM compute 8-bit softmax in fixed point; the optimized kernels, which LiteRT runs by
// default as XNNPACK takes floats only, read exponentials from a float table.

#include "Families.h"
#include "vernier/Numerics/Elementary.h"
#include "vernier/Numerics/FixedPointFunctions.h"
#include "vernier/Numerics/Tables16.h"
#include <cmath>

namespace mlir::vernier::reference {
namespace {

using namespace numerics;

/// Calls `row(first position, number of elements)` for each slice of the last dimension.
template <typename Row> void forEachRow(const TensorRef &tensor, Row row) {
  int64_t depth = tensor.shape.back(), size = count(tensor.shape);
  for (int64_t first = 0; first < size; first += depth)
    row(first, depth);
}

LogicalResult checkRows(const Call &call) {
  if (call.operands[0].shape.empty())
    return call.error() << "expected an input with dimensions, got a scalar";
  return expectShape(call, call.results[0], call.operands[0].shape);
}

/// Differences to the maximum of a row, in Q5.26.
struct ScaledDifference {
  FixedPointMultiplier multiplier;
  /// Differences below this one count as nothing.
  int32_t least;

  /// Nothing where the scale is too small for the format.
  static std::optional<ScaledDifference> of(double beta, double scale) {
    double real = std::min(beta * scale * double(1 << 26), 2147483647.0);
    if (!(real > 1.0))
      return std::nullopt;
    FixedPointMultiplier multiplier = quantizeMultiplier(real);
    double least = -std::floor(31.0 * double(1 << 26) / std::ldexp(1.0, multiplier.shift));
    return ScaledDifference{multiplier, int32_t(least)};
  }
  int32_t operator()(int64_t difference) const {
    return multiplyByQuantizedMultiplier(int32_t(difference), multiplier);
  }
};

/// The sum of exponentials of a row in Q12.19.
int32_t sumOfExponentials(ArrayRef<int64_t> row, int64_t max, const ScaledDifference &scaled) {
  int32_t sum = 0;
  for (int64_t x : row)
    if (x - max >= scaled.least)
      sum = wrapAdd(sum, roundingDivideByPOT(expOnNegativeValues(scaled(x - max)), 12));
  return sum;
}

LogicalResult fixedPointSoftmax(const Call &call, ArrayRef<int64_t> row, const ScaledDifference &scaled, Affine out,
                                MutableArrayRef<int64_t> result) {
  int64_t max = *std::max_element(row.begin(), row.end());
  int bitsOverUnit;
  int32_t inverse = reciprocal(sumOfExponentials(row, max, scaled), 12, bitsOverUnit);
  int exponent = bitsOverUnit + 31 - 8;
  if (exponent < 0 || exponent > 31)
    return call.error() << "has a row of " << row.size() << " elements whose sum overflows Q12.19";
  for (auto [x, y] : llvm::zip_equal(row, result)) {
    y = out.min;
    if (x - max < scaled.least)
      continue;
    int32_t product = saturatingRoundingDoublingHighMul(inverse, expOnNegativeValues(scaled(x - max)));
    y = clamp(roundingDivideByPOT(product, exponent) + out.min, out.min, out.max);
  }
  return success();
}

/// exp(-scale * v) for the 256 differences that 8 bits have, in float as the kernels build it.
std::vector<float> exponentials(float scale) {
  std::vector<float> table(256);
  for (int v = 0; v < 256; ++v)
    table[v] = portableExp(-scale * float(v));
  return table;
}

/// Summed in order, in float: the order decides the last bit.
float sumFromTable(ArrayRef<float> table, ArrayRef<int64_t> row, int64_t max) {
  float sum = 0;
  for (int64_t x : row)
    sum += table[max - x];
  return sum;
}

void tableSoftmax(ArrayRef<int64_t> row, ArrayRef<float> table, Affine out, MutableArrayRef<int64_t> result) {
  int64_t max = *std::max_element(row.begin(), row.end());
  float inverse = 1.0f / numerics::product(sumFromTable(table, row, max), out.scale);
  for (auto [x, y] : llvm::zip_equal(row, result)) {
    float probability = numerics::product(table[max - x], inverse);
    // uint8 adds a half and truncates, and has no zero point.
    int32_t rounded = out.min == 0 ? int32_t(probability + 0.5f) : roundHalfAway(probability) + out.zeroPoint;
    y = clamp(rounded, out.min, out.max);
  }
}

void tableLogSoftmax(ArrayRef<int64_t> row, ArrayRef<float> table, Affine in, Affine out,
                     MutableArrayRef<int64_t> result) {
  int64_t max = *std::max_element(row.begin(), row.end());
  float logSum = portableLog(sumFromTable(table, row, max));
  float scale = in.scale / out.scale;
  float offset = (numerics::product(in.scale, float(max)) + logSum) / out.scale;
  for (auto [x, y] : llvm::zip_equal(row, result))
    y = clamp(roundHalfEven(numerics::product(scale, float(x)) - offset) + out.zeroPoint, out.min, out.max);
}

void fixedPointLogSoftmax(ArrayRef<int64_t> row, const ScaledDifference &scaled, MutableArrayRef<int64_t> result) {
  int64_t max = *std::max_element(row.begin(), row.end());
  int32_t logSum = logOfAtLeastOne(sumOfExponentials(row, max, scaled));
  // The least difference whose logarithm is still representable once `logSum` is taken off.
  FixedPointMultiplier back =
      quantizeMultiplier(std::ldexp(1.0, 31 - scaled.multiplier.shift) / scaled.multiplier.multiplier);
  int32_t representable = multiplyByQuantizedMultiplier(wrapAdd(logSum, std::numeric_limits<int32_t>::min()), back);
  int32_t least = std::max(scaled.least - 1, representable);
  for (auto [x, y] : llvm::zip_equal(row, result))
    y = x - max > least ? clamp(roundingDivideByPOT(wrapSub(scaled(x - max), logSum), 31 - 5 - 4) + 127, -128, 127)
                        : -128;
}

/// Runs `function(row, result row)` on the integers of every row.
template <typename Row> LogicalResult integerRows(const Call &call, Row function) {
  std::vector<int64_t> input = readIntegers(call.operands[0]), result(input.size());
  LogicalResult status = success();
  forEachRow(call.operands[0], [&](int64_t first, int64_t depth) {
    if (succeeded(status))
      status =
          function(ArrayRef<int64_t>(input).slice(first, depth), MutableArrayRef<int64_t>(result).slice(first, depth));
  });
  Elements output(call.results[0]);
  for (size_t i = 0; i < result.size(); ++i)
    output.setInteger(i, result[i]);
  return status;
}

template <typename Row> LogicalResult realRows(const Call &call, Row function) {
  std::vector<double> input = readReals(call.operands[0]);
  Elements output(call.results[0]);
  forEachRow(call.operands[0], [&](int64_t first, int64_t depth) {
    std::vector<double> row(input.begin() + first, input.begin() + first + depth);
    function(row);
    for (int64_t i = 0; i < depth; ++i)
      output.setReal(first + i, row[i]);
  });
  return success();
}

/// Subtracts the maximum from a row and returns the sum of its exponentials.
double center(std::vector<double> &row, double beta) {
  double max = *std::max_element(row.begin(), row.end()), sum = 0;
  for (double &x : row) {
    x = beta * (x - max);
    sum += std::exp(x);
  }
  return sum;
}

} // namespace

/// 16 bits: e^x for x in [-10, 0] and 1 / (1 + x) for x in [0, 1] from tables, in every kernel set.
static LogicalResult softmax16(const Call &call, float beta) {
  std::optional<Affine> in = affine16(call.operands[0]), out = affine16(call.results[0]);
  if (!in || !out || out->scale != 1.0f / 32768 || call.operands[0].shape.back() >= 1 << 16)
    return call.noForm();
  std::vector<int16_t> powers(interpolatedEntries16), reciprocals(interpolatedEntries16);
  fillInterpolated16<double>(10.0 / 65535, 32767, 2.0 / 65535, [](double x) { return std::exp(x); }, powers.data());
  fillInterpolated16<double>(
      1.0 / 65535, -32768, 2.0 / 65535, [](double x) { return 1 / (1 + x); }, reciprocals.data());
  FixedPointMultiplier steps = quantizeMultiplier(double(product(in->scale, beta)) / (10.0 / 65535.0));
  return integerRows(call, [&](ArrayRef<int64_t> row, MutableArrayRef<int64_t> result) {
    int64_t largest = *std::max_element(row.begin(), row.end()), sum = 0;
    for (auto [x, y] : llvm::zip_equal(row, result)) {
      int64_t at = int64_t(multiplyByQuantizedMultiplier(int32_t(x - largest), steps)) + 32767;
      y = interpolate16(int32_t(clamp<int64_t>(at, -32768, 32767)), powers.data());
      sum += y;
    }
    // The sum is 2^exponent times a number in [1, 2), of which the table has what is above 1.
    int exponent = int(llvm::Log2_64(uint64_t(sum)));
    int64_t fraction = ((sum << (30 - exponent)) + (1 << 13)) >> 14;
    int64_t at = clamp<int64_t>(fraction - (1 << 16) - (1 << 15), -32768, 32767);
    int64_t reciprocal = interpolate16(int32_t(at), reciprocals.data());
    for (int64_t &y : result)
      y = clamp<int64_t>((y * reciprocal + (int64_t(1) << (exponent - 1))) >> exponent, 0, 32767);
    return success();
  });
}

LogicalResult softmax(const Call &call) {
  if (failed(checkRows(call)))
    return failure();
  float beta = llvm::cast<nn::SoftmaxOp>(call.op).getBeta().convertToFloat();
  TensorRef input = call.operands[0], output = call.results[0];
  if (isFloat(input) && isFloat(output))
    return realRows(call, [&](std::vector<double> &row) {
      double sum = center(row, beta);
      for (double &x : row)
        x = std::exp(x) / sum;
    });
  if (affine16(input))
    return softmax16(call, beta);
  std::optional<Affine> in = affine8(input), out = affine8(output);
  if (!in || !out || !sameStorage(input, output))
    return call.noForm();
  if (call.isDefaultLiteRT()) {
    std::vector<float> table = exponentials(numerics::product(in->scale, beta));
    return integerRows(call, [&](ArrayRef<int64_t> row, MutableArrayRef<int64_t> result) {
      tableSoftmax(row, table, *out, result);
      return success();
    });
  }
  std::optional<ScaledDifference> scaled = ScaledDifference::of(beta, in->scale);
  if (!scaled)
    return call.noForm();
  return integerRows(call, [&](ArrayRef<int64_t> row, MutableArrayRef<int64_t> result) {
    return fixedPointSoftmax(call, row, *scaled, *out, result);
  });
}

LogicalResult logSoftmax(const Call &call) {
  if (failed(checkRows(call)))
    return failure();
  TensorRef input = call.operands[0], output = call.results[0];
  if (isFloat(input) && isFloat(output))
    return realRows(call, [&](std::vector<double> &row) {
      double logSum = std::log(center(row, 1.0));
      for (double &x : row)
        x -= logSum;
    });
  std::optional<Affine> in = affine8(input), out = affine8(output);
  if (!in || !out || !sameStorage(input, output))
    return call.noForm();
  if (call.isDefaultLiteRT()) {
    std::vector<float> table = exponentials(in->scale);
    return integerRows(call, [&](ArrayRef<int64_t> row, MutableArrayRef<int64_t> result) {
      tableLogSoftmax(row, table, *in, *out, result);
      return success();
    });
  }
  std::optional<ScaledDifference> scaled = ScaledDifference::of(1.0, in->scale);
  if (!scaled || out->min == 0)
    return call.noForm();
  return integerRows(call, [&](ArrayRef<int64_t> row, MutableArrayRef<int64_t> result) {
    fixedPointLogSoftmax(row, *scaled, result);
    return success();
  });
}

LogicalResult l2Normalization(const Call &call) {
  if (failed(checkRows(call)))
    return failure();
  if (llvm::cast<nn::L2NormalizationOp>(call.op).getFusedActivationFunction() != nn::Activation::NONE)
    return call.error() << "has no reference form with a fused activation";
  TensorRef input = call.operands[0], output = call.results[0];
  if (isFloat(input) && isFloat(output))
    return realRows(call, [&](std::vector<double> &row) {
      double sum = 0;
      for (double x : row)
        sum += x * x;
      double length = std::max(std::sqrt(sum), 1e-6);
      for (double &x : row)
        x /= length;
    });
  std::optional<Affine> in = affine8(input), out = affine8(output);
  if (!in || !out || !sameStorage(input, output))
    return call.noForm();
  return integerRows(call, [&](ArrayRef<int64_t> row, MutableArrayRef<int64_t> result) {
    int64_t sum = 0;
    for (int64_t x : row)
      sum += (x - in->zeroPoint) * (x - in->zeroPoint);
    FixedPointMultiplier inverse = inverseSqrt(int32_t(sum));
    // The output is in steps of 1/128: int8 folds that into the shift, uint8 into the value.
    bool isUnsigned = out->min == 0;
    if (!isUnsigned)
      inverse.shift += 7;
    for (auto [x, y] : llvm::zip_equal(row, result)) {
      int32_t difference = int32_t(x - in->zeroPoint) * (isUnsigned ? 128 : 1);
      y = clamp(multiplyByQuantizedMultiplier(difference, inverse) + (isUnsigned ? 128 : 0), out->min, out->max);
    }
    return success();
  });
}

LogicalResult localResponseNormalization(const Call &call) {
  auto op = llvm::cast<nn::LocalResponseNormalizationOp>(call.op);
  TensorRef input = call.operands[0], output = call.results[0];
  if (failed(expectShape(call, output, input.shape)))
    return failure();
  if (!isFloat(input) || !isFloat(output) || input.shape.empty())
    return call.noForm();
  double bias = op.getBias().convertToFloat(), alpha = op.getAlpha().convertToFloat(),
         beta = op.getBeta().convertToFloat();
  int64_t radius = int32_t(op.getRadius()), depth = input.shape.back();
  std::vector<double> values = readReals(input);
  for (int64_t i = 0, e = values.size(); i < e; ++i) {
    int64_t channel = i % depth;
    double squares = 0;
    for (int64_t c = std::max<int64_t>(channel - radius, 0); c <= std::min(channel + radius, depth - 1); ++c)
      squares += values[i - channel + c] * values[i - channel + c];
    Elements(output).setReal(i, values[i] * std::pow(bias + alpha * squares, -beta));
  }
  return success();
}

} // namespace mlir::vernier::reference
