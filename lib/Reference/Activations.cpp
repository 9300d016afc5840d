//===- Activations.cpp - Activation functions -------------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// XNNPACK takes LOGISTIC, TANH, ELU and LEAKY_RELU in 8 bits; the others run in the built-in kernels everywhere.

#include "Families.h"
#include "Unary.h"
#include "vernier/Numerics/Elementary.h"
#include "vernier/Numerics/Tables16.h"
#include <cmath>

namespace mlir::vernier::reference {
namespace {

numerics::Ties tiesOf(const Call &call) { return call.isDefaultLiteRT() ? numerics::Ties::Even : numerics::Ties::Away; }

LogicalResult clamped(const Call &call, numerics::FusedActivation activation) {
  auto quantized = [=](Affine in, Affine out) -> std::optional<StoredFunction> {
    return rescaled(in, in.scale / out.scale, activationRange(activation, out, numerics::Ties::Away));
  };
  return unary(call, {[=](double x) { return applyActivation(activation, x); }, quantized, nullptr, true});
}

/// LOGISTIC and TANH: 16 bits go through a table that is interpolated.
template <typename Function16>
LogicalResult sigmoid(const Call &call, int largestShift, std::function<double(double)> function) {
  bool isOptimized = call.isDefaultLiteRT();
  auto quantized = [=](Affine in, Affine out) -> std::optional<StoredFunction> {
    if (out.max <= 255)
      return throughFloat(in, out, tiesOf(call), [=](float x) { return float(function(x)); });
    if (out.scale != 1.0f / 32768)
      return std::nullopt;
    numerics::TableInput16 input = numerics::makeTableInput16(in.scale, largestShift);
    if (isOptimized && numerics::isExact(input))
      return StoredFunction([=](int64_t x) -> int64_t {
        int16_t value = int16_t(numerics::clamp<int64_t>(x * input.multiplier / 3, -32768, 32767));
        return std::is_same_v<Function16, numerics::Tanh16> ? numerics::tanh16(value, 3) : numerics::logistic16(value);
      });
    Function16 table{input};
    return StoredFunction([=](int64_t x) -> int64_t { return table(int32_t(x)); });
  };
  return unary(call, {function, quantized, nullptr, true});
}

/// A table in every kernel set, filled with `function`, or on 16 bits, if there are such, with `on16Bits`.
LogicalResult tabled(const Call &call, numerics::Ties ties, std::function<double(double)> function,
                     std::function<float(float)> on16Bits = nullptr) {
  auto quantized = [=](Affine in, Affine out) -> std::optional<StoredFunction> {
    auto rounded = [=](float x) { return float(function(x)); };
    return out.max > 255 ? interpolated(in, out, on16Bits) : throughFloat(in, out, ties, rounded);
  };
  return unary(call, {function, quantized, nullptr, bool(on16Bits)});
}

/// A Q0.31 multiplier in 16 bits.
int16_t narrow(int32_t multiplier) {
  if (multiplier >= std::numeric_limits<int32_t>::max() - (1 << 15))
    return std::numeric_limits<int16_t>::max();
  return int16_t((multiplier + (1 << 15)) >> 16);
}

int16_t saturate16(int64_t value) { return int16_t(numerics::clamp<int64_t>(value, -32768, 32767)); }

/// LiteRT's 16-bit pipeline, in every kernel set; nothing where it refuses the scales.
std::optional<StoredFunction> quantizedHardSwish(Affine in, Affine out) {
  using namespace numerics;
  float hires = product(1.0f / 128.0f, in.scale);
  FixedPointMultiplier output = quantizeMultiplier(hires / out.scale),
                       reluish = quantizeMultiplier(hires / (3.0f / 32768.0f));
  if (output.shift > 0 || reluish.shift > 31)
    return std::nullopt;
  int16_t outputMultiplier = narrow(output.multiplier), reluishMultiplier = narrow(reluish.multiplier);
  return StoredFunction([=](int64_t stored) -> int64_t {
    int16_t x = int16_t((stored - in.zeroPoint) * 128);
    int16_t preshift = saturatingRoundingDoublingHighMul16(x, outputMultiplier);
    // relu6(x + 3) / 6 in Q0.15: x / 3 saturated to [-1, 1], then halved about 1/2.
    int16_t gate = x;
    if (reluish.shift > 0)
      gate = saturate16(int64_t(gate) << (reluish.shift - 1));
    gate = saturatingRoundingDoublingHighMul16(gate, reluishMultiplier);
    if (reluish.shift > 0)
      gate = saturate16(int64_t(gate) * 2);
    if (reluish.shift < 0)
      gate = int16_t(roundingDivideByPOT(gate, -reluish.shift));
    gate = int16_t((gate + (1 << 15)) >> 1);
    // Truncated, to cancel the bias of the rounded product above; `gate` is never negative, so nothing overflows.
    int16_t product = int16_t(int32_t(gate) * preshift / (1 << 15));
    int16_t result = int16_t(roundingDivideByPOT(product, -output.shift) + out.zeroPoint);
    return clamp<int64_t>(result, out.min, out.max);
  });
}

/// XNNPACK: eight fractional bits, half up.
StoredFunction leakyInXnnpack(Affine in, Affine out, float positive, float negative) {
  int64_t p = numerics::roundHalfEven(256.0f * positive), n = numerics::roundHalfEven(256.0f * negative);
  return [=](int64_t x) -> int64_t {
    int64_t difference = x - in.zeroPoint;
    int64_t scaled = (difference * (difference >= 0 ? p : n) + 128) >> 8;
    return numerics::clamp<int64_t>(scaled + out.zeroPoint, out.min, out.max);
  };
}

/// What XNNPACK takes of LEAKY_RELU.
bool isLeakyInXnnpack(float alpha, float positive, float negative) {
  return std::isnormal(alpha) && positive >= 1.0f / 256 && positive <= 128.0f && negative >= -127.99609375f &&
         negative <= 128.0f && std::fabs(negative) >= 1.0f / 256;
}

} // namespace

LogicalResult relu(const Call &call) { return clamped(call, numerics::FusedActivation::Relu); }
LogicalResult relu6(const Call &call) { return clamped(call, numerics::FusedActivation::Relu6); }
LogicalResult reluN1To1(const Call &call) { return clamped(call, numerics::FusedActivation::ReluN1To1); }
LogicalResult relu0To1(const Call &call) { return clamped(call, numerics::FusedActivation::Relu0To1); }

LogicalResult logistic(const Call &call) {
  return sigmoid<numerics::Logistic16>(call, 0, [](double x) { return numerics::portableLogistic(x); });
}
LogicalResult tanh(const Call &call) {
  return sigmoid<numerics::Tanh16>(call, 1, [](double x) { return numerics::portableTanh(x); });
}
LogicalResult elu(const Call &call) {
  return tabled(call, tiesOf(call), [](double x) { return x < 0 ? std::expm1(x) : x; });
}

LogicalResult gelu(const Call &call) {
  std::function<double(double)> function = [](double x) { return 0.5 * x * std::erfc(-x * M_SQRT1_2); };
  // LiteRT fills its table in float.
  std::function<float(float)> inFloat = [](float x) {
    return numerics::product(0.5f * x, float(std::erfc(double(numerics::product(x, float(-M_SQRT1_2))))));
  };
  if (llvm::cast<nn::GeluOp>(call.op).getApproximate()) {
    function = [](double x) { return 0.5 * x * (1 + std::tanh(M_2_SQRTPI * M_SQRT1_2 * (x + 0.044715 * x * x * x))); };
    inFloat = function;
  }
  return tabled(call, numerics::Ties::Away, function, inFloat);
}

LogicalResult hardSwish(const Call &call) {
  return unary(call, {[](double x) { return x * numerics::clamp(x + 3, 0.0, 6.0) / 6; }, quantizedHardSwish});
}

LogicalResult leakyRelu(const Call &call) {
  float alpha = llvm::cast<nn::LeakyReluOp>(call.op).getAlpha().convertToFloat();
  auto quantized = [&](Affine in, Affine out) -> std::optional<StoredFunction> {
    float positive = in.scale / out.scale, negative = numerics::product(positive, alpha);
    if (call.isDefaultLiteRT() && out.max <= 255 && isLeakyInXnnpack(alpha, positive, negative))
      return leakyInXnnpack(in, out, positive, negative);
    auto identity = numerics::quantizeMultiplier(positive);
    auto slope = numerics::quantizeMultiplier(numerics::product(in.scale, alpha) / out.scale);
    bool isNegative = slope.multiplier < 0;
    if (isNegative)
      slope.multiplier = -slope.multiplier;
    return StoredFunction([=](int64_t x) -> int64_t {
      int32_t difference = int32_t(x - in.zeroPoint);
      int32_t scaled = numerics::multiplyByQuantizedMultiplier(difference, difference >= 0 ? identity : slope);
      if (difference < 0 && isNegative)
        scaled = numerics::wrapSub(0, scaled);
      return numerics::clamp<int64_t>(int64_t(scaled) + out.zeroPoint, out.min, out.max);
    });
  };
  return unary(call, {[=](double x) { return x > 0 ? x : double(alpha) * x; }, quantized, nullptr, true});
}

LogicalResult prelu(const Call &call) {
  TensorRef input = call.operands[0], alpha = call.operands[1], output = call.results[0];
  std::optional<Shape> shape = broadcastShapes(input.shape, alpha.shape);
  if (!shape || ArrayRef<int64_t>(*shape) != input.shape)
    return call.error() << "expected a slope that broadcasts to " << describe(input.shape) << ", got shape "
                        << describe(alpha.shape);
  if (failed(expectShape(call, output, input.shape)))
    return failure();
  Elements values(input), slopes(alpha), results(output);
  if (isFloat(input) && isFloat(alpha) && isFloat(output)) {
    forEachIndex(input.shape, [&](ArrayRef<int64_t> i) {
      double x = values.real(position(input.shape, i));
      results.setReal(position(input.shape, i), x >= 0 ? x : x * slopes.real(broadcastPosition(alpha.shape, i)));
    });
    return success();
  }
  std::optional<Affine> in = affine8(input), slope = affine8(alpha), out = affine8(output);
  if (!in || !slope || !out || !sameStorage(input, alpha) || !sameStorage(input, output))
    return call.noForm();
  auto identity = numerics::quantizeMultiplier(in->scale / out->scale);
  auto sloped = numerics::quantizeMultiplier(numerics::product(in->scale, slope->scale) / out->scale);
  forEachIndex(input.shape, [&](ArrayRef<int64_t> i) {
    int32_t x = int32_t(values.integer(position(input.shape, i)) - in->zeroPoint);
    int32_t a = int32_t(slopes.integer(broadcastPosition(alpha.shape, i)) - slope->zeroPoint);
    int32_t scaled = x >= 0 ? numerics::multiplyByQuantizedMultiplier(x, identity)
                            : numerics::multiplyByQuantizedMultiplier(x * a, sloped);
    results.setInteger(position(input.shape, i),
                       numerics::clamp<int64_t>(int64_t(scaled) + out->zeroPoint, out->min, out->max));
  });
  return success();
}

} // namespace mlir::vernier::reference
