//===- Elementwise.cpp - Arithmetic on two tensors that broadcast ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// An operator is a function on reals, one on integers, and one that its quantization parameters determine.

#include "Families.h"
#include "Requantize.h"
#include "vernier/Numerics/FixedPointFunctions.h"
#include <cmath>

namespace mlir::vernier::reference {
namespace {

using Real = std::function<double(double, double)>;
/// Nothing where the operator is not defined.
using Integer = std::function<std::optional<int64_t>(int64_t, int64_t)>;
using Quantized = Integer;
/// Nothing where the parameters have no form.
using MakeQuantized = std::function<std::optional<Quantized>(Affine lhs, Affine rhs, Affine output)>;

struct Forms {
  Real real;
  Integer integer;
  MakeQuantized quantized = nullptr;
  numerics::FusedActivation activation = numerics::FusedActivation::None;
  /// `quantized` knows 16 bits, too.
  bool on16Bits = false;
  /// On 16 bits and equal shapes, instead of `quantized`, for as many elements as fill groups of 16.
  MakeQuantized inGroups = nullptr;
};

/// Calls `visit(output position, lhs position, rhs position)` for every element.
template <typename Visit> void forEachPair(const Call &call, Visit visit) {
  ArrayRef<int64_t> lhs = call.operands[0].shape, rhs = call.operands[1].shape, out = call.results[0].shape;
  forEachIndex(
      out, [&](ArrayRef<int64_t> o) { visit(position(out, o), broadcastPosition(lhs, o), broadcastPosition(rhs, o)); });
}

LogicalResult binary(const Call &call, const Forms &forms) {
  TensorRef lhs = call.operands[0], rhs = call.operands[1], output = call.results[0];
  std::optional<Shape> shape = broadcastShapes(lhs.shape, rhs.shape);
  if (!shape)
    return call.error() << "expected operands that broadcast, got shapes " << describe(lhs.shape) << " and "
                        << describe(rhs.shape);
  if (failed(expectShape(call, output, *shape)))
    return failure();
  Elements elements(output);

  if (isFloat(lhs) && isFloat(rhs) && isFloat(output) && forms.real) {
    std::vector<double> a = readReals(lhs), b = readReals(rhs);
    forEachPair(call, [&](int64_t o, int64_t l, int64_t r) {
      elements.setReal(o, applyActivation(forms.activation, forms.real(a[l], b[r])));
    });
    return success();
  }

  if (!sameStorage(lhs, rhs) || !sameStorage(lhs, output))
    return call.noForm();
  std::vector<int64_t> a = readIntegers(lhs), b = readIntegers(rhs);
  auto setAll = [&](const Integer &function) {
    LogicalResult result = success();
    forEachPair(call, [&](int64_t o, int64_t l, int64_t r) {
      std::optional<int64_t> value = function(a[l], b[r]);
      if (!value && succeeded(result))
        result = call.error() << "is not defined on " << a[l] << " and " << b[r];
      elements.setInteger(o, value.value_or(0));
    });
    return result;
  };
  if (isInteger(lhs) && isInteger(rhs) && isInteger(output) && !isBoolean(lhs)) {
    numerics::FloatRange range = numerics::activationRange(forms.activation);
    return setAll([&](int64_t x, int64_t y) {
      std::optional<int64_t> value = forms.integer ? forms.integer(x, y) : std::nullopt;
      if (value && std::isfinite(range.min))
        value = std::max(*value, int64_t(range.min));
      if (value && std::isfinite(range.max))
        value = std::min(*value, int64_t(range.max));
      return value;
    });
  }

  std::optional<Affine> left = affine8(lhs), right = affine8(rhs), out = affine8(output);
  if (!left && forms.on16Bits) {
    left = affine16(lhs);
    right = affine16(rhs);
    out = affine16(output);
  }
  std::optional<Quantized> function;
  if (left && right && out && forms.quantized)
    function = forms.quantized(*left, *right, *out);
  if (!function)
    return call.noForm();
  if (forms.inGroups && affine16(lhs) && lhs.shape == rhs.shape)
    if (std::optional<Quantized> grouped = forms.inGroups(*left, *right, *out)) {
      const size_t whole = a.size() / 16 * 16;
      for (size_t i = 0; i < a.size(); ++i)
        elements.setInteger(i, (i < whole ? *grouped : *function)(a[i], b[i]).value_or(0));
      return success();
    }
  return setAll(*function);
}

// Integers wrap.
int64_t wrapSub(int64_t a, int64_t b) { return int64_t(uint64_t(a) - uint64_t(b)); }
int64_t wrapMul(int64_t a, int64_t b) { return int64_t(uint64_t(a) * uint64_t(b)); }

/// No kernel of XNNPACK's has 16 bits.
bool is16Bits(const Affine &output) { return output.max > 255; }

/// What XNNPACK accepts, as the ratio of scales.
bool within(float ratio, float low, float high) { return ratio >= low && ratio < high; }

/// One rounding: y = (a * x1 + b * x2 + half) >> shift, with multipliers that have 20 bits or a few more.
Quantized sumInXnnpack(Affine lhs, Affine rhs, Affine out, numerics::QuantizedRange range, int sign) {
  float left = lhs.scale / out.scale, right = rhs.scale / out.scale;
  int shift = 20 - std::ilogb(std::max(left, right));
  int64_t a = numerics::roundHalfEven64(std::ldexp(left, shift));
  int64_t b = numerics::roundHalfEven64(std::ldexp(right, shift)) * sign;
  return [=](int64_t x, int64_t y) {
    int64_t sum = a * (x - lhs.zeroPoint) + b * (y - rhs.zeroPoint) + (int64_t(1) << (shift - 1));
    return numerics::clamp<int64_t>((sum >> shift) + out.zeroPoint, range.min, range.max);
  };
}

/// Three roundings: both inputs are brought to twice the larger scale with 20 bits to spare (16-bit inputs: 15), then
/// the sum to the output's.
Quantized sumInFixedPoint(Affine lhs, Affine rhs, Affine out, numerics::QuantizedRange range, int sign) {
  const int leftShift = is16Bits(out) ? 15 : 20;
  double twiceMax = 2.0 * std::max(lhs.scale, rhs.scale);
  auto left = numerics::quantizeMultiplier(lhs.scale / twiceMax),
       right = numerics::quantizeMultiplier(rhs.scale / twiceMax);
  auto back = numerics::quantizeMultiplier(twiceMax / (double(1 << leftShift) * out.scale));
  return [=](int64_t x, int64_t y) -> int64_t {
    int32_t a = numerics::multiplyByQuantizedMultiplier(int32_t(x - lhs.zeroPoint) * (1 << leftShift), left);
    int32_t b = numerics::multiplyByQuantizedMultiplier(int32_t(y - rhs.zeroPoint) * (1 << leftShift), right);
    return range.clamp(numerics::multiplyByQuantizedMultiplier(a + sign * b, back) + out.zeroPoint);
  };
}

/// The sum in 16 bits of LiteRT's optimized kernel: an input is shifted once, by 15 and the multiplier's exponent
/// together, and rounded once: (x << n) * multiplier in units of 2^31, halves up.
std::optional<Quantized> wideSumInGroups(Affine lhs, Affine rhs, Affine out, numerics::QuantizedRange range) {
  double twiceMax = 2.0 * std::max(lhs.scale, rhs.scale);
  auto left = numerics::quantizeMultiplier(lhs.scale / twiceMax),
       right = numerics::quantizeMultiplier(rhs.scale / twiceMax);
  auto back = numerics::quantizeMultiplier(twiceMax / (double(1 << 15) * out.scale));
  auto scaled = [](int64_t value, numerics::FixedPointMultiplier by) {
    int shift = std::max(15 + by.shift, -31);
    int64_t shifted = shift >= 0 ? value * (int64_t(1) << shift) : value >> -shift;
    return (shifted * by.multiplier + (int64_t(1) << 30)) >> 31;
  };
  return [=](int64_t x, int64_t y) -> int64_t {
    int32_t sum = int32_t(scaled(x, left) + scaled(y, right));
    return range.clamp(numerics::multiplyByQuantizedMultiplier(sum, back));
  };
}

/// ADD (`sign` 1) and SUB (-1). XNNPACK takes scales that are not too far apart.
MakeQuantized quantizedSum(const Call &call, numerics::FusedActivation activation, int sign) {
  return [=](Affine lhs, Affine rhs, Affine out) -> std::optional<Quantized> {
    bool isXnnpack = call.isDefaultLiteRT() && !is16Bits(out) && within(lhs.scale / out.scale, 0x1p-10f, 256.0f) &&
                     within(rhs.scale / out.scale, 0x1p-10f, 256.0f);
    if (isXnnpack)
      return sumInXnnpack(lhs, rhs, out, activationRange(activation, out, numerics::Ties::Even), sign);
    return sumInFixedPoint(lhs, rhs, out, activationRange(activation, out, numerics::Ties::Away), sign);
  };
}

MakeQuantized quantizedProduct(const Call &call, numerics::FusedActivation activation) {
  return [=](Affine lhs, Affine rhs, Affine out) -> std::optional<Quantized> {
    // Both round the ratio to float twice; the fixed-point kernels then take it for a double.
    float scale = numerics::effectiveScaleFloat(lhs.scale, rhs.scale, out.scale);
    if (call.isDefaultLiteRT() && !is16Bits(out) && within(scale, 0x1p-16f, 256.0f)) {
      numerics::QuantizedRange range = activationRange(activation, out, numerics::Ties::Even);
      return Quantized([=](int64_t x, int64_t y) -> int64_t {
        return numerics::FloatRequantizer{&scale, 0, range}(int32_t((x - lhs.zeroPoint) * (y - rhs.zeroPoint)), 0);
      });
    }
    numerics::QuantizedRange range = activationRange(activation, out, numerics::Ties::Away);
    auto multiplier = numerics::quantizeMultiplier(scale);
    return Quantized([=](int64_t x, int64_t y) -> int64_t {
      return numerics::FixedPointRequantizer{&multiplier, 0, range}(int32_t((x - lhs.zeroPoint) * (y - rhs.zeroPoint)),
                                                                    0);
    });
  };
}

/// As `sumInFixedPoint` with 7 bits to spare, in every kernel set. LiteRT has no uint8 form.
std::optional<Quantized> quantizedSquaredDifference(Affine lhs, Affine rhs, Affine out) {
  if (out.min == 0)
    return std::nullopt;
  constexpr int leftShift = 7;
  double twiceMax = 2.0 * std::max(lhs.scale, rhs.scale);
  auto left = numerics::quantizeMultiplier(lhs.scale / twiceMax),
       right = numerics::quantizeMultiplier(rhs.scale / twiceMax);
  auto back = numerics::quantizeMultiplier(twiceMax * twiceMax / (double(1 << 2 * leftShift) * out.scale));
  return Quantized([=](int64_t x, int64_t y) -> int64_t {
    int32_t a = numerics::multiplyByQuantizedMultiplier(int32_t(x - lhs.zeroPoint) * (1 << leftShift), left);
    int32_t b = numerics::multiplyByQuantizedMultiplier(int32_t(y - rhs.zeroPoint) * (1 << leftShift), right);
    int32_t product = numerics::multiplyByQuantizedMultiplier((a - b) * (a - b), back);
    return numerics::clamp(product + out.zeroPoint, out.min, out.max);
  });
}

/// LiteRT compares stored integers, whatever the parameters.
MakeQuantized onStored(Integer function) {
  return [=](Affine, Affine, Affine) -> std::optional<Quantized> { return Quantized(function); };
}

template <typename Op> FailureOr<numerics::FusedActivation> fused(const Call &call) {
  return clampingActivation(call, llvm::cast<Op>(call.op).getFusedActivationFunction());
}

} // namespace

LogicalResult add(const Call &call) {
  FailureOr<numerics::FusedActivation> activation = fused<nn::AddOp>(call);
  if (failed(activation))
    return failure();
  MakeQuantized inGroups;
  if (call.isDefaultLiteRT())
    inGroups = [&](Affine lhs, Affine rhs, Affine out) {
      return wideSumInGroups(lhs, rhs, out, activationRange(*activation, out, numerics::Ties::Away));
    };
  return binary(call, {[](double a, double b) { return a + b; }, wrapAdd, quantizedSum(call, *activation, 1),
                       *activation, true, inGroups});
}

LogicalResult sub(const Call &call) {
  FailureOr<numerics::FusedActivation> activation = fused<nn::SubOp>(call);
  if (failed(activation))
    return failure();
  return binary(call, {[](double a, double b) { return a - b; }, wrapSub, quantizedSum(call, *activation, -1),
                       *activation, true});
}

LogicalResult mul(const Call &call) {
  FailureOr<numerics::FusedActivation> activation = fused<nn::MulOp>(call);
  if (failed(activation))
    return failure();
  return binary(call, {[](double a, double b) { return a * b; }, wrapMul, quantizedProduct(call, *activation),
                       *activation, true});
}

namespace {

/// The quotient of two differences: LiteRT multiplies by a reciprocal of 31 bits, then rescales, in every kernel set.
MakeQuantized quantizedQuotient(numerics::FusedActivation activation) {
  return [=](Affine lhs, Affine rhs, Affine out) -> std::optional<Quantized> {
    numerics::QuantizedRange range = activationRange(activation, out, numerics::Ties::Away);
    auto multiplier = numerics::quantizeMultiplier(lhs.scale / numerics::product(rhs.scale, out.scale));
    if (multiplier.shift > (is16Bits(out) ? 15 : 22))
      return std::nullopt;
    return Quantized([=](int64_t x, int64_t y) -> std::optional<int64_t> {
      int32_t a = int32_t(x - lhs.zeroPoint), b = int32_t(y - rhs.zeroPoint);
      if (b == 0)
        return std::nullopt;
      if (b < 0) {
        a = -a;
        b = -b;
      }
      if (a == 0)
        return range.clamp(out.zeroPoint);
      // The dividend as far to the left as its sign allows, times 2^31 / b, and both shifts taken back at the end.
      int shift, headroom = llvm::countl_zero(uint32_t(a < 0 ? ~a : a)) - 1;
      int32_t inverse = numerics::reciprocal(b, 31, shift);
      int32_t quotient = numerics::saturatingRoundingDoublingHighMul(int32_t(uint32_t(a) << headroom), inverse);
      int32_t scaled = numerics::saturatingRoundingDoublingHighMul(quotient, multiplier.multiplier);
      int right = shift + headroom - multiplier.shift;
      return range.clamp((right > 31 ? 0 : numerics::roundingDivideByPOT(scaled, right)) + out.zeroPoint);
    });
  };
}

} // namespace

LogicalResult div(const Call &call) {
  FailureOr<numerics::FusedActivation> activation = fused<nn::DivOp>(call);
  if (failed(activation))
    return failure();
  Integer quotient = [](int64_t a, int64_t b) -> std::optional<int64_t> {
    if (b == 0)
      return std::nullopt;
    return b == -1 ? wrapSub(0, a) : a / b;
  };
  return binary(
      call, {[](double a, double b) { return a / b; }, quotient, quantizedQuotient(*activation), *activation, true});
}

LogicalResult maximum(const Call &call) {
  Integer larger = [](int64_t a, int64_t b) { return std::max(a, b); };
  return binary(call, {[](double a, double b) { return std::max(a, b); }, larger, onStored(larger),
                       numerics::FusedActivation::None, true});
}

LogicalResult minimum(const Call &call) {
  Integer smaller = [](int64_t a, int64_t b) { return std::min(a, b); };
  return binary(call, {[](double a, double b) { return std::min(a, b); }, smaller, onStored(smaller),
                       numerics::FusedActivation::None, true});
}

LogicalResult squaredDifference(const Call &call) {
  Integer square = [](int64_t a, int64_t b) { return wrapMul(wrapSub(a, b), wrapSub(a, b)); };
  return binary(call, {[](double a, double b) { return (a - b) * (a - b); }, square, quantizedSquaredDifference});
}

LogicalResult floorDiv(const Call &call) {
  Integer quotient = [](int64_t a, int64_t b) -> std::optional<int64_t> {
    if (b == 0)
      return std::nullopt;
    if (b == -1)
      return wrapSub(0, a);
    return a / b - (a % b != 0 && (a < 0) != (b < 0));
  };
  return binary(call, {[](double a, double b) { return std::floor(a / b); }, quotient, onStored(quotient)});
}

LogicalResult floorMod(const Call &call) {
  Integer remainder = [](int64_t a, int64_t b) -> std::optional<int64_t> {
    if (b == 0)
      return std::nullopt;
    int64_t r = b == -1 ? 0 : a % b;
    return r != 0 && (r < 0) != (b < 0) ? r + b : r;
  };
  Real realRemainder = [](double a, double b) {
    double r = std::fmod(a, b);
    return r != 0 && (r < 0) != (b < 0) ? r + b : r;
  };
  return binary(call, {realRemainder, remainder, onStored(remainder)});
}

LogicalResult pow(const Call &call) {
  Integer power = [](int64_t base, int64_t exponent) -> std::optional<int64_t> {
    if (exponent < 0)
      return std::nullopt;
    int64_t result = 1;
    for (; exponent; exponent >>= 1, base = wrapMul(base, base))
      if (exponent & 1)
        result = wrapMul(result, base);
    return result;
  };
  return binary(call, {[](double a, double b) { return std::pow(a, b); }, power});
}

LogicalResult atan2(const Call &call) {
  return binary(call, {[](double a, double b) { return std::atan2(a, b); }, nullptr});
}

LogicalResult bitwiseXor(const Call &call) {
  Integer different = [](int64_t a, int64_t b) { return a ^ b; };
  return binary(call, {nullptr, different, onStored(different)});
}

LogicalResult rightShift(const Call &call) {
  // Beyond the type's width nothing but the sign is left.
  int64_t most = Storage::of(call.operands[0].elementType)->bits - 1;
  Integer shifted = [=](int64_t a, int64_t b) { return a >> numerics::clamp<int64_t>(b, 0, most); };
  return binary(call, {nullptr, shifted, onStored(shifted)});
}

LogicalResult addN(const Call &call) {
  TensorRef output = call.results[0];
  for (const TensorRef &input : call.operands)
    if (failed(expectShape(call, input, output.shape, "inputs")))
      return failure();
    else if (input.elementType != output.elementType || !(isFloat(input) || isInteger(input)))
      return call.noForm();
  Elements results(output);
  for (int64_t i = 0, e = count(output.shape); i < e; ++i) {
    double real = 0;
    int64_t integer = 0;
    for (const TensorRef &input : call.operands)
      if (isFloat(input))
        real += Elements(input).real(i);
      else
        integer = wrapAdd(integer, Elements(input).integer(i));
    isFloat(output) ? results.setReal(i, real) : results.setInteger(i, integer);
  }
  return success();
}

} // namespace mlir::vernier::reference
