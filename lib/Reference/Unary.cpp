//===- Unary.cpp - Functions of one element ---------------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Unary.h"
#include "Families.h"
#include "vernier/Numerics/Elementary.h"
#include "vernier/Numerics/FixedPointFunctions.h"
#include "vernier/Numerics/Tables16.h"
#include <cmath>

namespace mlir::vernier::reference {

LogicalResult unary(const Call &call, const UnaryForms &forms) {
  TensorRef input = call.operands[0], output = call.results[0];
  if (failed(expectShape(call, output, input.shape)))
    return failure();
  Elements from(input), to(output);
  int64_t size = count(input.shape);
  if (isFloat(input) && isFloat(output)) {
    for (int64_t i = 0; i < size; ++i)
      to.setReal(i, forms.real(from.real(i)));
    return success();
  }
  StoredFunction function;
  std::optional<Affine> in = affine8(input), out = affine8(output);
  if (!in && forms.on16Bits) {
    in = affine16(input);
    out = affine16(output);
  }
  if (isInteger(input) && isInteger(output) && !isBoolean(input)) {
    function = forms.integer;
  } else if (in && out && forms.quantized) {
    if (std::optional<StoredFunction> made = forms.quantized(*in, *out))
      function = *made;
  }
  if (!function || !sameStorage(input, output))
    return call.noForm();
  for (int64_t i = 0; i < size; ++i) {
    std::optional<int64_t> value = function(from.integer(i));
    if (!value)
      return call.error() << "is not defined on " << from.integer(i) << ", element " << i;
    to.setInteger(i, *value);
  }
  return success();
}

StoredFunction throughFloat(Affine input, Affine output, numerics::Ties ties, std::function<float(float)> function) {
  float reciprocal = 1.0f / output.scale;
  return [=](int64_t x) -> int64_t {
    float scaled =
        numerics::product(function(numerics::dequantize(int32_t(x), input.scale, input.zeroPoint)), reciprocal);
    int64_t rounded = ties == numerics::Ties::Even ? numerics::roundHalfEven(scaled) : numerics::roundHalfAway(scaled);
    return numerics::clamp<int64_t>(rounded + output.zeroPoint, output.min, output.max);
  };
}

StoredFunction interpolated(Affine input, Affine output, std::function<float(float)> function) {
  std::vector<int16_t> table(numerics::interpolatedEntries16);
  numerics::fillInterpolated16<float>(input.scale, 0, output.scale, function, table.data());
  return [table](int64_t x) -> int64_t { return numerics::interpolate16(int32_t(x), table.data()); };
}

StoredFunction rescaled(Affine input, float ratio, numerics::QuantizedRange range) {
  numerics::FixedPointMultiplier multiplier = numerics::quantizeMultiplier(ratio);
  return [=](int64_t x) -> int64_t {
    return numerics::FixedPointRequantizer{&multiplier, 0, range}(int32_t(x - input.zeroPoint), 0);
  };
}

namespace {

numerics::QuantizedRange fullRange(Affine output) { return {output.zeroPoint, output.min, output.max}; }

bool is16Bits(Affine output) { return output.max > 255; }

int64_t negate(int64_t x) { return int64_t(uint64_t(0) - uint64_t(x)); }

} // namespace

// Of the functions below, LiteRT has no uint8 forms, and XNNPACK takes none of them.

LogicalResult abs(const Call &call) {
  auto quantized = [](Affine in, Affine out) -> std::optional<StoredFunction> {
    if (out.min == 0)
      return std::nullopt;
    // Equal scales skip the multiplier, which would round 1 down.
    StoredFunction rescale = rescaled({in.scale, 0, in.min, in.max}, in.scale / out.scale, fullRange(out));
    return StoredFunction([=](int64_t x) -> std::optional<int64_t> {
      int64_t magnitude = std::abs(x - in.zeroPoint);
      if (in.scale == out.scale)
        return numerics::clamp<int64_t>(magnitude + out.zeroPoint, out.min, out.max);
      return rescale(magnitude);
    });
  };
  return unary(
      call, {[](double x) { return std::fabs(x); }, quantized, [](int64_t x) { return x < 0 ? negate(x) : x; }, true});
}

LogicalResult exp(const Call &call) {
  auto quantized = [](Affine in, Affine out) -> std::optional<StoredFunction> {
    if (out.min == 0)
      return std::nullopt;
    auto exp = [](float x) { return numerics::portableExp(x); };
    return is16Bits(out) ? interpolated(in, out, exp) : throughFloat(in, out, numerics::Ties::Away, exp);
  };
  return unary(call, {[](double x) { return std::exp(x); }, quantized, nullptr, true});
}

LogicalResult log(const Call &call) {
  auto quantized = [](Affine in, Affine out) -> std::optional<StoredFunction> {
    if (out.min == 0)
      return std::nullopt;
    // The lowest output stands for minus infinity and for what has no logarithm.
    float lowest = numerics::product(float(out.min - out.zeroPoint), out.scale);
    auto log = [=](float x) { return x <= 0 ? lowest : numerics::portableLog(x); };
    return is16Bits(out) ? interpolated(in, out, log) : throughFloat(in, out, numerics::Ties::Away, log);
  };
  return unary(call, {[](double x) { return std::log(x); }, quantized, nullptr, true});
}

LogicalResult sqrt(const Call &call) {
  auto quantized = [](Affine in, Affine out) -> std::optional<StoredFunction> {
    if (out.min == 0)
      return std::nullopt;
    return StoredFunction([=](int64_t x) -> std::optional<int64_t> {
      if (x < in.zeroPoint)
        return std::nullopt;
      // Truncated, not rounded.
      float root = std::sqrt(numerics::dequantize(int32_t(x), in.scale, in.zeroPoint)) / out.scale;
      return numerics::clamp<int64_t>(int64_t(std::min(root, 1e9f)) + out.zeroPoint, out.min, out.max);
    });
  };
  return unary(call, {[](double x) { return std::sqrt(x); }, quantized, nullptr, true});
}

LogicalResult rsqrt(const Call &call) {
  auto quantized = [](Affine in, Affine out) -> std::optional<StoredFunction> {
    if (out.min == 0)
      return std::nullopt;
    if (is16Bits(out)) {
      float most = numerics::product(32767.0f, out.scale);
      StoredFunction root = interpolated(in, out, [=](float x) { return x <= 0 ? most : 1.0f / std::sqrt(x); });
      return StoredFunction([=](int64_t x) { return x < 0 ? std::nullopt : root(x); });
    }
    numerics::FixedPointMultiplier back =
        numerics::quantizeMultiplier(1.0 / double(numerics::product(std::sqrt(in.scale), out.scale)));
    constexpr int shift = 20;
    back.shift -= shift;
    if (back.shift < -31)
      return std::nullopt;
    return StoredFunction([=](int64_t x) -> std::optional<int64_t> {
      if (x < in.zeroPoint)
        return std::nullopt;
      if (x == in.zeroPoint)
        return out.max;
      numerics::FixedPointMultiplier inverse = numerics::inverseSqrt(int32_t(x - in.zeroPoint));
      inverse.shift += shift;
      int32_t value = numerics::multiplyByQuantizedMultiplier(1, inverse);
      return fullRange(out).clamp(numerics::multiplyByQuantizedMultiplier(value, back) + out.zeroPoint);
    });
  };
  return unary(call, {[](double x) { return 1.0 / std::sqrt(x); }, quantized, nullptr, true});
}

LogicalResult neg(const Call &call) {
  // LiteRT negates what is stored, whatever the parameters, and wraps.
  auto stored = [](Affine, Affine out) -> std::optional<StoredFunction> {
    if (out.min == 0)
      return std::nullopt;
    return StoredFunction([](int64_t x) { return x == -128 ? x : -x; });
  };
  return unary(call, {[](double x) { return -x; }, stored, negate});
}

LogicalResult square(const Call &call) {
  return unary(call, {[](double x) { return x * x; }});
}

LogicalResult ceil(const Call &call) {
  return unary(call, {[](double x) { return std::ceil(x); }});
}

LogicalResult round(const Call &call) {
  return unary(call, {[](double x) { return std::remainder(x, 1.0) == 0 ? x : x - std::remainder(x, 1.0); }});
}

LogicalResult sign(const Call &call) {
  return unary(call, {[](double x) { return double((x > 0) - (x < 0)); }, nullptr,
                      [](int64_t x) { return int64_t((x > 0) - (x < 0)); }});
}

LogicalResult sin(const Call &call) {
  return unary(call, {[](double x) { return std::sin(x); }});
}

LogicalResult cos(const Call &call) {
  return unary(call, {[](double x) { return std::cos(x); }});
}

LogicalResult floor(const Call &call) {
  return unary(call, {[](double x) { return std::floor(x); }});
}

} // namespace mlir::vernier::reference
