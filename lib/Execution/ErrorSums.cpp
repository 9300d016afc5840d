//===- ErrorSums.cpp - How far one tensor is from another -------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "vernier/Execution/ErrorSums.h"
#include "mlir/Dialect/Quant/IR/QuantTypes.h"
#include "vernier/Execution/TensorIO.h"
#include "vernier/Numerics/Half.h"
#include <cmath>
#include <limits>

namespace mlir::vernier {
namespace {

template <typename T> void copyReals(const TensorRef &tensor, int64_t from, MutableArrayRef<double> values) {
  const T *data = tensor.as<const T>() + from;
  for (size_t i = 0; i < values.size(); ++i)
    values[i] = double(data[i]);
}

/// Partial sums that a processor can keep at the same time.
constexpr unsigned kLanes = 8;
struct Lanes {
  double sums[kLanes] = {};
  double total() const {
    double total = 0;
    for (double sum : sums)
      total += sum;
    return total;
  }
};

} // namespace

void readReals(const TensorRef &tensor, int64_t from, MutableArrayRef<double> values) {
  switch (*getElementKind(tensor.elementType)) {
  case ElementKind::Bool:
  case ElementKind::UInt8:
    copyReals<uint8_t>(tensor, from, values);
    break;
  case ElementKind::Int8:
    copyReals<int8_t>(tensor, from, values);
    break;
  case ElementKind::Int16:
    copyReals<int16_t>(tensor, from, values);
    break;
  case ElementKind::UInt16:
    copyReals<uint16_t>(tensor, from, values);
    break;
  case ElementKind::Int32:
    copyReals<int32_t>(tensor, from, values);
    break;
  case ElementKind::UInt32:
    copyReals<uint32_t>(tensor, from, values);
    break;
  case ElementKind::Int64:
    copyReals<int64_t>(tensor, from, values);
    break;
  case ElementKind::UInt64:
    copyReals<uint64_t>(tensor, from, values);
    break;
  case ElementKind::Float16:
    for (size_t i = 0; i < values.size(); ++i)
      values[i] = numerics::halfToFloat(tensor.as<const uint16_t>()[from + int64_t(i)]);
    break;
  case ElementKind::Float32:
    copyReals<float>(tensor, from, values);
    break;
  case ElementKind::Float64:
    copyReals<double>(tensor, from, values);
    break;
  }
  if (auto quantized = dyn_cast<quant::UniformQuantizedType>(tensor.elementType)) {
    const double scale = quantized.getScale(), zeroPoint = double(quantized.getZeroPoint());
    for (double &value : values)
      value = scale * (value - zeroPoint);
  }
}

namespace {

/// Zeroes what is not finite in either tensor, so that it adds nothing. Returns how many such elements there were, and
/// of them how many differ.
std::pair<uint64_t, uint64_t> removeNonFinite(MutableArrayRef<double> expected, MutableArrayRef<double> actual) {
  uint64_t removed = 0, unequal = 0;
  for (size_t i = 0; i < expected.size(); ++i) {
    double &x = expected[i], &y = actual[i];
    if (std::isfinite(x) && std::isfinite(y))
      continue;
    ++removed;
    unequal += !(x == y || (std::isnan(x) && std::isnan(y)));
    x = y = 0;
  }
  return {removed, unequal};
}

} // namespace

void ErrorSums::add(ArrayRef<double> expected, ArrayRef<double> actual) {
  Lanes expectedLanes, actualLanes, productLanes, errorLanes, absoluteLanes, differenceLanes, largestLanes;
  auto addLanes = [&](size_t from, unsigned width) {
    for (unsigned lane = 0; lane < width; ++lane) {
      const double x = expected[from + lane], y = actual[from + lane], error = y - x, size = std::abs(error);
      expectedLanes.sums[lane] += x * x;
      actualLanes.sums[lane] += y * y;
      productLanes.sums[lane] += x * y;
      errorLanes.sums[lane] += error * error;
      absoluteLanes.sums[lane] += size;
      differenceLanes.sums[lane] += error;
      largestLanes.sums[lane] = largestLanes.sums[lane] < size ? size : largestLanes.sums[lane];
    }
  };
  const size_t whole = expected.size() / kLanes * kLanes;
  for (size_t i = 0; i < whole; i += kLanes)
    addLanes(i, kLanes);
  addLanes(whole, expected.size() - whole);
  expectedSquares += expectedLanes.total();
  actualSquares += actualLanes.total();
  products += productLanes.total();
  errorSquares += errorLanes.total();
  absolute += absoluteLanes.total();
  difference += differenceLanes.total();
  for (double value : largestLanes.sums)
    largest = std::max(largest, value);
}

void ErrorSums::add(const TensorRef &expected, const TensorRef &actual) {
  constexpr int64_t block = 1024;
  double x[block], y[block];
  for (int64_t from = 0, end = expected.elements(); from < end; from += block) {
    const size_t count = std::min(block, end - from);
    readReals(expected, from, {x, count});
    readReals(actual, from, {y, count});
    const auto [removed, differing] = removeNonFinite({x, count}, {y, count});
    elements += count - removed;
    unequal += differing;
    add(ArrayRef(x, count), ArrayRef(y, count));
  }
}

void ErrorSums::merge(const ErrorSums &other) {
  elements += other.elements;
  unequal += other.unequal;
  expectedSquares += other.expectedSquares;
  actualSquares += other.actualSquares;
  products += other.products;
  errorSquares += other.errorSquares;
  absolute += other.absolute;
  difference += other.difference;
  largest = std::max(largest, other.largest);
}

double ErrorSums::relativeNoise() const {
  if (errorSquares == 0)
    return 0;
  return expectedSquares == 0 ? std::numeric_limits<double>::infinity() : errorSquares / expectedSquares;
}

double ErrorSums::sqnr() const {
  return elements ? -10 * std::log10(relativeNoise()) : std::numeric_limits<double>::quiet_NaN();
}

double ErrorSums::rms() const { return elements ? std::sqrt(expectedSquares / double(elements)) : 0; }

double ErrorSums::cosine() const {
  if (expectedSquares == 0 || actualSquares == 0)
    return expectedSquares == actualSquares ? 1 : 0;
  return products / (std::sqrt(expectedSquares) * std::sqrt(actualSquares));
}

} // namespace mlir::vernier
