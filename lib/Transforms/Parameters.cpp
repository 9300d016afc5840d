//===- Parameters.cpp - From a range to scale and zero point ----*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "vernier/Transforms/Parameters.h"
#include "vernier/Numerics/Rounding.h"
#include "llvm/Support/ErrorHandling.h"
#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

namespace mlir::vernier {
namespace {

/// Narrower ranges would give scales that runtimes round to zero (TFLite's converter has the same bound).
constexpr double kNarrowestRange = 1e-6;

/// What a range of zeros gets. Any scale below 1 is right; LiteRT's comparisons abort at 1 (`x > 0` has such a range).
constexpr double kScaleOfZeros = 0.5;

/// Slices of a row-major array along one axis: element i belongs to slice (i / inner) % count.
struct Slices {
  int64_t count = 1, inner = 1;
  Slices(llvm::ArrayRef<int64_t> shape, std::optional<unsigned> axis) {
    if (!axis)
      return;
    count = shape[*axis];
    for (int64_t size : shape.drop_front(*axis + 1))
      inner *= size;
  }
  int64_t of(int64_t element) const { return count == 1 ? 0 : (element / inner) % count; }
};

template <typename T> void store(std::vector<char> &bytes, int64_t index, int64_t value) {
  T narrow = static_cast<T>(value);
  std::memcpy(bytes.data() + index * sizeof(T), &narrow, sizeof(T));
}

} // namespace

double roundScale(double scale) {
  double smallest = std::numeric_limits<float>::min(), largest = std::numeric_limits<float>::max();
  return double(float(std::clamp(scale, smallest, largest)));
}

AffineParameters chooseParameters(double min, double max, const QuantSpec &spec) {
  min = std::min(min, 0.0);
  max = std::max(max, 0.0);
  double low = double(spec.storageMin()), high = double(spec.storageMax());
  AffineParameters result;
  result.scale = kScaleOfZeros;
  if (spec.symmetric) {
    double magnitude = std::max(-min, max);
    if (magnitude == 0)
      return result;
    result.scale = std::max(magnitude, kNarrowestRange / 2) / high;
  } else {
    if (min == 0 && max == 0) {
      result.zeroPoint = spec.storageMin();
      return result;
    }
    result.scale = std::max(max - min, kNarrowestRange) / (high - low);
  }
  if (spec.powerOfTwo)
    result.scale = std::exp2(std::ceil(std::log2(result.scale)));
  result.scale = roundScale(result.scale);
  if (spec.symmetric)
    return result;
  double fromMin = low - min / result.scale, fromMax = high - max / result.scale;
  double errorOfMin = std::abs(low) + std::abs(min / result.scale);
  double errorOfMax = std::abs(high) + std::abs(max / result.scale);
  double exact = errorOfMin < errorOfMax ? fromMin : fromMax;
  result.zeroPoint = numerics::roundHalfAway64(std::clamp(exact, low, high));
  return result;
}

std::vector<char> quantizeData(llvm::ArrayRef<float> data, llvm::ArrayRef<int64_t> shape, const QuantSpec &spec,
                               llvm::ArrayRef<double> scales, llvm::ArrayRef<int64_t> zeroPoints) {
  Slices slices(shape, spec.axis);
  // Narrower integers share bytes, the first in the low bits (TFLite's INT4 and INT2).
  std::vector<char> bytes((data.size() * spec.bits + 7) / 8);
  for (int64_t i = 0, e = int64_t(data.size()); i < e; ++i) {
    int64_t slice = slices.of(i), zeroPoint = zeroPoints[slice];
    // Clamped before the zero point is added: rounding saturates at 64 bits, and "minus infinity" must not wrap.
    int64_t value = std::clamp(numerics::roundHalfAway64(double(data[i]) / scales[slice]),
                               spec.storageMin() - zeroPoint, spec.storageMax() - zeroPoint) +
                    zeroPoint;
    switch (spec.bits) {
    case 2:
    case 4: {
      size_t bit = size_t(i) * spec.bits;
      bytes[bit / 8] |= char((uint64_t(value) & ((1u << spec.bits) - 1)) << (bit % 8));
      break;
    }
    case 8:
      store<uint8_t>(bytes, i, value);
      break;
    case 16:
      store<uint16_t>(bytes, i, value);
      break;
    case 32:
      store<uint32_t>(bytes, i, value);
      break;
    case 64:
      store<uint64_t>(bytes, i, value);
      break;
    default:
      llvm_unreachable("specs of other widths are refused before");
    }
  }
  return bytes;
}

llvm::SmallVector<double> largestMagnitudes(llvm::ArrayRef<float> data, llvm::ArrayRef<int64_t> shape,
                                            std::optional<unsigned> axis) {
  Slices slices(shape, axis);
  llvm::SmallVector<double> magnitudes(slices.count, 0.0);
  for (int64_t i = 0, e = int64_t(data.size()); i < e; ++i) {
    double &largest = magnitudes[slices.of(i)];
    double magnitude = std::abs(double(data[i]));
    if (std::isfinite(magnitude))
      largest = std::max(largest, magnitude);
  }
  return magnitudes;
}

} // namespace mlir::vernier
