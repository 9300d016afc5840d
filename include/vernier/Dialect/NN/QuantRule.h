//===- QuantRule.h - An operator's line in the TFLite quantization specification ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Data, not code: which operands are activations, weights, biases or indices, and which share
// their parameters. ODS names the rule of each operator, the interface reads it.

#ifndef VERNIER_DIALECT_NN_QUANTRULE_H
#define VERNIER_DIALECT_NN_QUANTRULE_H

#include "vernier/Interfaces/QuantSpec.h"
#include "llvm/ADT/STLExtras.h"
#include <algorithm>
#include <initializer_list>
#include <limits>
#include <string>

namespace mlir::vernier::nn {

/// One row of https://ai.google.dev/edge/litert "8-bit quantization specification", in general form.
class QuantRule {
public:
  /// Operands from `untouchedFrom` on are indices; all others, and all results, have parameters of their own.
  static QuantRule own(unsigned untouchedFrom = ~0u) {
    QuantRule rule(Result::Own);
    rule.untouchedFrom = untouchedFrom;
    return rule;
  }
  /// All operands and results share; with a list, only the operands in it, the others are indices.
  static QuantRule sharedAll() { return QuantRule(Result::Shared); }
  static QuantRule shared(std::initializer_list<unsigned> operands = {0}) {
    QuantRule rule(Result::Shared);
    rule.sharing.assign(operands);
    rule.listed = true;
    return rule;
  }
  /// Every result is fixed (int8 values of the specification; with 16 bits, 1/32768 and 0).
  static QuantRule fixed(double scale, int64_t zeroPoint) {
    QuantRule rule(Result::Fixed);
    rule.scale = scale;
    rule.zeroPoint = zeroPoint;
    return rule;
  }
  /// `input` and the result are activations, `weight` is symmetric with one scale for each slice of
  /// `axis`, `bias` is derived from both. Other operands are indices.
  static QuantRule weighted(unsigned input, unsigned weight, unsigned bias, unsigned axis) {
    QuantRule rule(Result::Own);
    rule.roles = Roles{input, weight, bias, axis};
    return rule;
  }
  /// The weights have no kernel that reads them with float activations: dynamic-range storage only.
  QuantRule withoutHybridKernel() const {
    QuantRule rule = *this;
    rule.hybrid = false;
    return rule;
  }
  /// Operand `operand` is a table, when it is constant: schemes that quantize constants alone store it in integers, and
  /// what the operator picks is dequantized after it.
  QuantRule tableIn(unsigned operand) const {
    QuantRule rule = *this;
    rule.table = operand;
    return rule;
  }
  /// An operand of an operator on activations that is a constant all the same: what schemes that quantize constants
  /// alone store in integers, with one scale for each slice of `axis`. `hybrid`: a kernel reads it as it is.
  struct ConstantWeight {
    unsigned operand, axis;
    bool hybrid;
  };
  /// For an operator that may have one.
  QuantRule withConstant(std::optional<ConstantWeight> weight) const {
    QuantRule rule = *this;
    rule.constant = weight;
    return rule;
  }
  /// LiteRT has no 16-bit kernel of the operator, or one that fails when it runs.
  QuantRule only8Bit() const {
    QuantRule rule = *this;
    rule.has16Bit = false;
    return rule;
  }
  /// LiteRT prepares the operands as multipliers below 1, and aborts on others (`QuantizeMultiplierSmallerThanOneExp`).
  QuantRule scalesBelowOne() const {
    QuantRule rule = *this;
    rule.maxOperandScale = 0x1.fffffep-1;
    return rule;
  }
  /// As `own`, for a sum: its kernels compute at 2^-20 of the larger operand's scale, doubled, and
  /// abort when the output is finer than that (LiteRT, `PrepareGeneralAddSub`).
  static QuantRule sum() {
    QuantRule rule = own();
    rule.limit = Limit::Sum;
    return rule;
  }
  /// As `sum`, for the square of a difference: 2^-14 of the larger operand's scale, doubled and squared
  /// (LiteRT, `SquaredDifferencePrepare`).
  static QuantRule squaredDifference() {
    QuantRule rule = own();
    rule.limit = Limit::Square;
    return rule;
  }
  /// The first operands are activations, all else are indices.
  static QuantRule index(unsigned activations = 1) {
    QuantRule rule(Result::Untouched);
    rule.untouchedFrom = activations;
    return rule;
  }
  /// This rule for the first `count` results; the others are indices.
  QuantRule results(unsigned count) const {
    QuantRule rule = *this;
    rule.untouchedResultsFrom = count;
    return rule;
  }

  QuantSource operandSource(unsigned index, const Scheme &scheme) const {
    if (!scheme.quantizesActivations()) {
      if (table == index && scheme.hasIntegers())
        return QuantSource::sharedWith(ValueSlot::result(0), scheme.activation());
      std::optional<ConstantWeight> weight = constant;
      if (roles)
        weight = ConstantWeight{roles->weight, roles->axis, hybrid};
      if (!weight || index != weight->operand)
        return QuantSource::untouched();
      QuantSpec spec = scheme.weight(weight->axis);
      return scheme.kind == Scheme::Kind::Dynamic && weight->hybrid ? QuantSource::own(spec)
                                                                    : QuantSource::stored(spec);
    }
    if (roles) {
      if (index == roles->input)
        return QuantSource::own(scheme.activation());
      if (index == roles->weight)
        return QuantSource::own(scheme.weight(roles->axis));
      if (index == roles->bias)
        return QuantSource::derived(scheme.bias(), {roles->input, roles->weight});
      return QuantSource::untouched();
    }
    if (result == Result::Shared) {
      if (listed && !llvm::is_contained(sharing, index))
        return QuantSource::untouched();
      return QuantSource::sharedWith(ValueSlot::result(0), scheme.activation());
    }
    if (index >= untouchedFrom)
      return QuantSource::untouched();
    QuantSource source = QuantSource::own(scheme.activation());
    source.maxScale = maxOperandScale;
    return source;
  }

  QuantSource resultSource(unsigned index, const Scheme &scheme) const {
    if (table && !scheme.quantizesActivations() && scheme.hasIntegers())
      return QuantSource::sharedWith(ValueSlot::operand(*table), scheme.activation());
    if (!scheme.quantizesActivations() || index >= untouchedResultsFrom)
      return QuantSource::untouched();
    switch (result) {
    case Result::Untouched:
      return QuantSource::untouched();
    case Result::Own:
      return QuantSource::own(scheme.activation());
    case Result::Fixed:
      if (scheme.kind == Scheme::Kind::Int16x8)
        return QuantSource::fixed(scheme.activation(), 1.0 / 32768, 0);
      return QuantSource::fixed(scheme.activation(), scale, zeroPoint);
    case Result::Shared:
      return QuantSource::sharedWith(ValueSlot::operand(listed ? sharing.front() : 0), scheme.activation());
    }
    return QuantSource::untouched();
  }

  /// Why the operator has no form under `scheme`, or nothing.
  std::optional<std::string> reasonToStayFloat(const Scheme &scheme) const {
    if (scheme.kind == Scheme::Kind::Int16x8 && !has16Bit)
      return "LiteRT has no int16 kernel for it";
    return std::nullopt;
  }

  /// The smallest result scale that LiteRT loads; see `QuantizableOpInterface::getMinResultScale`.
  double minResultScale(llvm::ArrayRef<double> operandScales) const {
    // XNNPACK refuses convolutions whose requantization factor reaches 256, and with it the model.
    if (roles && roles->weight < operandScales.size() && roles->input < operandScales.size())
      return operandScales[roles->input] * operandScales[roles->weight] / 255;
    if (limit == Limit::None || operandScales.size() != 2)
      return 0;
    double doubled = 2 * std::max(operandScales[0], operandScales[1]);
    return limit == Limit::Sum ? doubled / ((1 << 20) - 1) : doubled * doubled / ((1 << 14) - 1);
  }

private:
  enum class Result { Untouched, Own, Shared, Fixed };
  enum class Limit { None, Sum, Square };
  struct Roles {
    unsigned input, weight, bias, axis;
  };
  explicit QuantRule(Result result) : result(result) {}

  Result result;
  unsigned untouchedFrom = ~0u, untouchedResultsFrom = ~0u;
  bool listed = false;
  Limit limit = Limit::None;
  bool hybrid = true;
  bool has16Bit = true;
  llvm::SmallVector<unsigned, 2> sharing;
  double scale = 0, maxOperandScale = std::numeric_limits<double>::infinity();
  int64_t zeroPoint = 0;
  std::optional<Roles> roles;
  std::optional<unsigned> table;
  std::optional<ConstantWeight> constant;
};

} // namespace mlir::vernier::nn

#endif // VERNIER_DIALECT_NN_QUANTRULE_H
