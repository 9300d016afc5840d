//===- Reductions.cpp - Means, sums and extrema over axes -------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Families.h"
#include "vernier/Interfaces/ConstantData.h"
#include <cmath>

namespace mlir::vernier::reference {
namespace {

/// Which input elements an output element stands for.
struct Reduction {
  /// The shape of the result with every reduced dimension kept as 1.
  Shape kept;
  /// Elements for each result.
  int64_t size = 1;

  static FailureOr<Reduction> of(const Call &call, bool keepDims) {
    TensorRef input = call.operands[0];
    FailureOr<SmallVector<int64_t>> axes = readIndices(call, call.operands[1], "axes");
    if (failed(axes))
      return failure();
    Reduction reduction;
    reduction.kept.assign(input.shape.begin(), input.shape.end());
    SmallVector<bool> isReduced(input.shape.size(), false);
    for (int64_t axis : *axes) {
      FailureOr<int64_t> normalized = normalizeAxis(call, axis, input.shape.size());
      if (failed(normalized))
        return failure();
      isReduced[*normalized] = true;
    }
    Shape expected;
    for (auto [d, size] : llvm::enumerate(input.shape)) {
      if (isReduced[d]) {
        reduction.kept[d] = 1;
        reduction.size *= size;
      }
      if (!isReduced[d] || keepDims)
        expected.push_back(reduction.kept[d]);
    }
    if (failed(expectShape(call, call.results[0], expected)))
      return failure();
    if (reduction.size == 0 && count(expected) != 0)
      return call.error() << "reduces no elements of shape " << describe(input.shape);
    return reduction;
  }

  /// Folds the elements of each result with `fold`.
  template <typename Value, typename Fold>
  std::vector<Value> run(const Call &call, const std::vector<Value> &input, Value initial, Fold fold) const {
    std::vector<Value> results(count(kept), initial);
    ArrayRef<int64_t> shape = call.operands[0].shape;
    forEachIndex(shape, [&](ArrayRef<int64_t> i) {
      Value &result = results[broadcastPosition(kept, i)];
      result = fold(result, input[position(shape, i)]);
    });
    return results;
  }
};

/// XNNPACK's reductions add the zero point before they round, so that ties go to the even stored value.
int32_t requantizeInXnnpack(int32_t sum, float scale, const numerics::QuantizedRange &range) {
  float value = numerics::product(float(sum), scale) + float(range.zeroPoint);
  return numerics::roundHalfEvenInRange(numerics::clamp(value, float(range.min), float(range.max)));
}

/// MEAN or SUM: `isMean` divides. (The int8 SUM of LiteRT's reference kernels reads its input as uint8; this is what
/// they do to uint8, and TFLM to both.)
template <typename Op> LogicalResult meanOrSum(const Call &call, bool isMean) {
  TensorRef input = call.operands[0], output = call.results[0];
  FailureOr<Reduction> reduction = Reduction::of(call, llvm::cast<Op>(call.op).getKeepDims());
  if (failed(reduction))
    return failure();
  int64_t n = reduction->size;
  Elements results(output);
  if (isFloat(input) && isFloat(output)) {
    std::vector<double> sums = reduction->run(call, readReals(input), 0.0, std::plus<double>());
    for (size_t i = 0; i < sums.size(); ++i)
      results.setReal(i, isMean ? sums[i] / double(n) : sums[i]);
    return success();
  }
  if (!sameStorage(input, output) || isBoolean(input))
    return call.noForm();
  std::vector<int64_t> sums = reduction->run(call, readIntegers(input), int64_t(0), wrapAdd);
  if (isInteger(input) && isInteger(output)) {
    for (size_t i = 0; i < sums.size(); ++i)
      results.setInteger(i, isMean ? sums[i] / n : sums[i]);
    return success();
  }
  bool is16Bits = affine16(input).has_value();
  std::optional<Affine> in = is16Bits ? affine16(input) : affine8(input);
  std::optional<Affine> out = is16Bits ? affine16(output) : affine8(output);
  if (!in || !out)
    return call.noForm();
  numerics::QuantizedRange range{out->zeroPoint, out->min, out->max};
  // XNNPACK takes both over any axes that are in the file; LiteRT's own MEAN is fixed-point, its SUM in float.
  const bool xnnpack = call.isDefaultLiteRT() && (!isMean || getConstantElements(llvm::cast<Op>(call.op).getAxes()));
  float scale = in->scale / out->scale;
  if (isMean)
    scale = numerics::product(scale, 1.0f / float(n));
  auto multiplier = numerics::quantizeMultiplier(double(in->scale) / double(out->scale));
  if (isMean) {
    int shift = std::min({int(llvm::Log2_64(uint64_t(std::max<int64_t>(n, 1)))), 32, 31 + multiplier.shift});
    multiplier.multiplier = int32_t((int64_t(multiplier.multiplier) << std::max(shift, 0)) / std::max<int64_t>(n, 1));
    multiplier.shift -= shift;
  }
  for (size_t i = 0; i < sums.size(); ++i) {
    int32_t sum = int32_t(sums[i] - n * in->zeroPoint);
    // LiteRT's own SUM, which XNNPACK does not take, is in float.
    if (is16Bits && !isMean && call.isDefaultLiteRT()) {
      int64_t rounded = numerics::roundHalfAway64(numerics::product(float(sum), scale));
      results.setInteger(i, numerics::clamp<int64_t>(rounded, out->min, out->max));
      continue;
    }
    results.setInteger(i, xnnpack && !is16Bits ? requantizeInXnnpack(sum, scale, range)
                                               : numerics::FixedPointRequantizer{&multiplier, 0, range}(sum, 0));
  }
  return success();
}

/// REDUCE_ANY or REDUCE_ALL.
template <typename Op, typename Fold> LogicalResult logical(const Call &call, bool initial, Fold fold) {
  FailureOr<Reduction> reduction = Reduction::of(call, llvm::cast<Op>(call.op).getKeepDims());
  if (failed(reduction))
    return failure();
  if (!isBoolean(call.operands[0]) || !isBoolean(call.results[0]))
    return call.noForm();
  std::vector<int64_t> values = reduction->run(call, readIntegers(call.operands[0]), int64_t(initial), fold);
  for (size_t i = 0; i < values.size(); ++i)
    Elements(call.results[0]).setInteger(i, values[i]);
  return success();
}

/// REDUCE_MAX or REDUCE_MIN: stored integers compare as what they stand for, parameters being shared.
template <typename Op, typename Pick> LogicalResult extremum(const Call &call, Pick pick, bool isMax) {
  TensorRef input = call.operands[0], output = call.results[0];
  FailureOr<Reduction> reduction = Reduction::of(call, llvm::cast<Op>(call.op).getKeepDims());
  if (failed(reduction))
    return failure();
  if (!sameStorage(input, output))
    return call.noForm();
  Elements results(output);
  if (isFloat(input)) {
    double initial = isMax ? -std::numeric_limits<double>::infinity() : std::numeric_limits<double>::infinity();
    std::vector<double> extrema = reduction->run(call, readReals(input), initial, pick);
    for (size_t i = 0; i < extrema.size(); ++i)
      results.setReal(i, extrema[i]);
    return success();
  }
  Storage storage = *Storage::of(input.elementType);
  std::vector<int64_t> extrema = reduction->run(call, readIntegers(input), isMax ? storage.min() : storage.max(), pick);
  for (size_t i = 0; i < extrema.size(); ++i)
    results.setInteger(i, extrema[i]);
  return success();
}

/// ARG_MAX or ARG_MIN: the first of equal elements. `isBetter(a, b)`: a replaces b.
template <typename Better> LogicalResult argument(const Call &call, Better isBetter) {
  TensorRef input = call.operands[0], output = call.results[0];
  FailureOr<int64_t> axis = readAxis(call, call.operands[1], input);
  if (failed(axis))
    return failure();
  Shape expected(input.shape);
  expected.erase(expected.begin() + *axis);
  if (failed(expectShape(call, output, expected)))
    return failure();
  if (!isInteger(output) || isBoolean(output))
    return call.noForm();
  if (input.shape[*axis] == 0 && count(expected) != 0)
    return call.error() << "looks for an element among none, in shape " << describe(input.shape);
  Elements values(input), results(output);
  auto isBetterAt = [&](int64_t a, int64_t b) {
    return isFloat(input) ? isBetter(values.real(a), values.real(b)) : isBetter(values.integer(a), values.integer(b));
  };
  int64_t stride = count(input.shape.drop_front(*axis + 1)), size = input.shape[*axis];
  for (int64_t o = 0, e = count(expected); o < e; ++o) {
    int64_t first = o / stride * stride * size + o % stride, best = 0;
    for (int64_t k = 1; k < size; ++k)
      if (isBetterAt(first + k * stride, first + best * stride))
        best = k;
    results.setInteger(o, best);
  }
  return success();
}

} // namespace

LogicalResult mean(const Call &call) { return meanOrSum<nn::MeanOp>(call, /*isMean=*/true); }
LogicalResult sum(const Call &call) { return meanOrSum<nn::SumOp>(call, /*isMean=*/false); }

LogicalResult reduceMax(const Call &call) {
  return extremum<nn::ReduceMaxOp>(call, [](auto a, auto b) { return std::max(a, b); }, /*isMax=*/true);
}
LogicalResult reduceMin(const Call &call) {
  return extremum<nn::ReduceMinOp>(call, [](auto a, auto b) { return std::min(a, b); }, /*isMax=*/false);
}

LogicalResult reduceAny(const Call &call) {
  return logical<nn::ReduceAnyOp>(call, false, [](int64_t a, int64_t b) { return int64_t(a || b); });
}
LogicalResult reduceAll(const Call &call) {
  return logical<nn::ReduceAllOp>(call, true, [](int64_t a, int64_t b) { return int64_t(a && b); });
}

LogicalResult reduceProd(const Call &call) {
  TensorRef input = call.operands[0], output = call.results[0];
  FailureOr<Reduction> reduction = Reduction::of(call, llvm::cast<nn::ReduceProdOp>(call.op).getKeepDims());
  if (failed(reduction))
    return failure();
  Elements results(output);
  if (isFloat(input) && isFloat(output)) {
    std::vector<double> products = reduction->run(call, readReals(input), 1.0, std::multiplies<double>());
    for (size_t i = 0; i < products.size(); ++i)
      results.setReal(i, products[i]);
    return success();
  }
  if (!sameStorage(input, output) || isBoolean(input))
    return call.noForm();
  std::vector<int64_t> values = readIntegers(input);
  std::optional<Affine> in = affine8(input), out = affine8(output);
  if (!in) {
    in = affine16(input);
    out = affine16(output);
  }
  if (isInteger(input) && isInteger(output)) {
    auto multiply = [](int64_t a, int64_t b) { return int64_t(uint64_t(a) * uint64_t(b)); };
    std::vector<int64_t> products = reduction->run(call, values, int64_t(1), multiply);
    for (size_t i = 0; i < products.size(); ++i)
      results.setInteger(i, products[i]);
    return success();
  }
  if (!in || !out || out->min == 0)
    return call.noForm();
  // LiteRT's optimized kernel takes dimensions of size 1 for nothing to do, whatever the parameters.
  if (call.isDefaultLiteRT() && reduction->size == 1) {
    for (size_t i = 0; i < values.size(); ++i)
      results.setInteger(i, values[i]);
    return success();
  }
  // Each of the n factors brings its share of the rescaling, so that nothing overflows on the way: s / s_out^(1/n).
  // The 64-bit products are scaled by the 16-bit form of the multiplier.
  auto share =
      numerics::quantizeMultiplier(double(in->scale) / std::pow(double(out->scale), 1.0 / double(reduction->size)));
  if (share.shift < -31 || share.shift >= 8)
    return call.noForm();
  auto scale = [&](int64_t value) { return int64_t(numerics::multiplyByQuantizedMultiplier64(value, share)); };
  constexpr int64_t none = std::numeric_limits<int64_t>::min();
  std::vector<int64_t> products = reduction->run(call, values, none, [&](int64_t product, int64_t x) {
    return product == none ? x - in->zeroPoint : scale(product * (x - in->zeroPoint));
  });
  for (size_t i = 0; i < products.size(); ++i)
    results.setInteger(i, numerics::clamp<int64_t>(scale(products[i]) + out->zeroPoint, out->min, out->max));
  return success();
}

LogicalResult argMax(const Call &call) {
  return argument(call, [](auto a, auto b) { return a > b; });
}
LogicalResult argMin(const Call &call) {
  return argument(call, [](auto a, auto b) { return a < b; });
}

} // namespace mlir::vernier::reference
