//===- Integers.cpp - Multipliers, accumulators and biases ------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "FusedActivation.h"
#include "Weighted.h"
#include "vernier/Interfaces/QuantTypeChecks.h"
#include "llvm/Support/FormatVariadic.h"
#include <cmath>

namespace mlir::vernier::check {
namespace {

using llvm::formatv;

void biasScale(Context &context, const OperatorView &op) {
  std::optional<Weighted> sum = Weighted::of(op);
  if (!sum || !sum->bias || !sum->bias->isQuantized())
    return;
  const TensorView &bias = *sum->bias;
  if (bias.scales.size() != 1 && bias.scales.size() != sum->weight->scales.size()) {
    context.report({op, &bias}, formatv("as many scales as the weight, {0}", sum->weight->scales.size()),
                   formatv("{0}", bias.scales.size()));
    return;
  }
  for (size_t i = 0, e = std::max(bias.scales.size(), sum->weight->scales.size()); i < e; ++i) {
    double expected = sum->input->scale() * sum->weight->scale(i);
    if (std::abs(bias.scale(i) - expected) > 1e-5 * expected) {
      context.report({op, &bias}, formatv("scale {0} in channel {1}: input times weight", show(expected), i),
                     show(bias.scale(i)));
      return;
    }
  }
}

void multiplierRange(Context &context, const OperatorView &op) {
  std::optional<Weighted> sum = Weighted::of(op);
  if (!sum || !sum->output->isQuantized())
    return;
  for (size_t i = 0, e = sum->weight->scales.size(); i < e; ++i) {
    double ratio = sum->input->scale() * sum->weight->scale(i) / sum->output->scale();
    if (!(ratio < 256))
      return context.report({op, sum->output}, "input x weight / output scale below 256",
                            formatv("{0} in channel {1}", show(ratio), i));
  }
}

/// QuantizeMultiplier makes 0 of what needs a shift beyond 31.
constexpr double kLeastMultiplier = 0x1p-32;
/// Kernels shift left by what is above 1.
constexpr double kGreatestMultiplier = 0x1p30;

void multiplierVanishes(Context &context, const OperatorView &op) {
  std::optional<Weighted> sum = Weighted::of(op);
  if (!sum || !sum->output->isQuantized())
    return;
  // A channel whose weights are nearly nothing may have any scale: no sum of 32 bits would reach half a step.
  double largest = *llvm::max_element(sum->weight->scales);
  double ratio = sum->input->scale() * largest / sum->output->scale();
  if (ratio < kLeastMultiplier)
    context.report({op, sum->output}, "input x weight / output scale of 2^-32 or more in some channel", show(ratio));
}

/// Integer activations with one scale each: what the other operators rescale.
bool isPlain(const TensorView *tensor) {
  return tensor && tensor->isQuantized() && !tensor->isPerAxis() && integerBits(tensor->type) >= 8 &&
         integerBits(tensor->type) <= 16;
}

void sumMultiplier(Context &context, const OperatorView &op) {
  if (!op.is(Builtin::ADD) || op.operands.size() != 2 || !isPlain(op.operands[0]) || !isPlain(op.operands[1]) ||
      !isPlain(op.result(0)))
    return;
  int left = integerBits(op.results[0]->type) == 8 ? 20 : 15;
  double ratio =
      2 * std::max(op.operands[0]->scale(), op.operands[1]->scale()) / std::ldexp(op.results[0]->scale(), left);
  if (!(ratio < 1))
    context.report({op, op.results[0]},
                   formatv("twice the larger operand's scale / (2^{0} x the result's scale) below 1", left),
                   show(ratio));
}

void rescaleRange(Context &context, const OperatorView &op) {
  const TensorView *output = op.result(0);
  if (!isPlain(output) || Weighted::of(op))
    return;
  auto look = [&](double ratio, StringRef what) {
    if (!(ratio >= kLeastMultiplier && ratio < kGreatestMultiplier))
      context.report({op, output}, (what + " / the result's scale in 2^-32 to 2^30").str(), show(ratio));
  };
  if (op.is(Builtin::MUL) && isPlain(op.operand(0)) && isPlain(op.operand(1)))
    look(op.operands[0]->scale() * op.operands[1]->scale() / output->scale(), "the product of the operands' scales");
  else if (op.isAny(Builtin::QUANTIZE, Builtin::MEAN, Builtin::SUM, Builtin::LEAKY_RELU, Builtin::PRELU,
                    Builtin::HARD_SWISH, Builtin::RELU, Builtin::RELU6, Builtin::SUB) &&
           isPlain(op.operand(0)))
    look(op.operands[0]->scale() / output->scale(), "the operand's scale");
}

void softmaxInput(Context &context, const OperatorView &op) {
  const auto *options = op.options<schema::SoftmaxOptions>();
  if (!op.is(Builtin::SOFTMAX) || !isPlain(op.operand(0)) || integerBits(op.operands[0]->type) != 8)
    return;
  double factor = (options ? options->beta() : 0) * op.operands[0]->scale() * 0x1p26;
  if (!(factor > 1))
    context.report({op, op.operands[0]}, "beta x scale x 2^26 above 1", show(factor));
}

void activationRange(Context &context, const OperatorView &op) {
  const TensorView *output = op.result(0);
  const auto fused = fusedActivation(op);
  if (!isPlain(output) || !fused)
    return;
  // Clamps are 32-bit integers: the end of the activation / scale + zero point.
  const int end = *fused == schema::ActivationFunctionType::RELU6          ? 6
                  : *fused == schema::ActivationFunctionType::RELU_N1_TO_1 ? 1
                                                                           : 0;
  if (!(end / output->scale() + std::abs(double(output->zeroPoint())) < 0x1p31))
    context.report({op, output}, formatv("{0} / scale that 32 bits hold", end), show(end / output->scale()));
}

/// What the sum of each output channel can reach at most, products and bias, and for the first that may not fit the
/// accumulator's `limit` the channel and the value.
std::optional<std::pair<uint64_t, double>> findOverflow(const Weighted &sum, double limit) {
  const TensorView &weight = *sum.weight;
  if (!weight.isConstant() || integerBits(weight.type) != 8 || weight.table->sparsity() || sum.channels() == 0)
    return std::nullopt;
  std::vector<double> reach(sum.channels(), 0);
  uint64_t inner = 1;
  for (size_t d = sum.axis + 1; d < weight.shape.size(); ++d)
    inner *= weight.shape[d];
  for (uint64_t i = 0, e = weight.numElements(); i < e; ++i) {
    uint64_t channel = i / inner % sum.channels();
    reach[channel] += std::abs(double(integerAt(weight, i) - weight.zeroPoint(channel)));
  }
  int64_t bits = integerBits(sum.input->type), low = isUnsigned(sum.input->type) ? 0 : -(int64_t(1) << (bits - 1)),
          high = low + (int64_t(1) << bits) - 1;
  double largest =
      std::max(std::abs(double(low - sum.input->zeroPoint())), std::abs(double(high - sum.input->zeroPoint())));
  bool hasBias = sum.bias && sum.bias->isConstant() && sum.bias->numElements() == sum.channels() &&
                 integerBits(sum.bias->type) >= 32;
  for (uint64_t channel = 0; channel < reach.size(); ++channel) {
    double total = reach[channel] * largest + (hasBias ? std::abs(double(integerAt(*sum.bias, channel))) : 0);
    if (total > limit)
      return std::pair(channel, total);
  }
  return std::nullopt;
}

/// Sums are 32 bits wide, except for 16-bit activations without a bias or with a wide one.
bool hasNarrowSum(const Weighted &sum) {
  return integerBits(sum.input->type) == 8 || (sum.bias && sum.bias->type == Element::INT32);
}

void accumulator(Context &context, const OperatorView &op) {
  std::optional<Weighted> sum = Weighted::of(op);
  if (!sum)
    return;
  double limit = hasNarrowSum(*sum) ? 0x1p31 - 1 : 0x1p47;
  if (auto overflow = findOverflow(*sum, limit))
    context.report({op, sum->weight}, formatv("sums below {0} for any input", show(limit)),
                   formatv("{0} in channel {1}", show(overflow->second), overflow->first));
}

void depth(Context &context, const OperatorView &op) {
  std::optional<Weighted> sum = Weighted::of(op);
  if (!sum || !hasNarrowSum(*sum))
    return;
  // 2^16 products of 8 x 8 bits fill 32 bits; of 16 x 8 bits, 2^8.
  uint64_t limit = integerBits(sum->input->type) == 8 ? 1u << 16 : 1u << 8;
  if (uint64_t products = sum->depth(); products > limit)
    context.report({op, sum->weight}, formatv("at most {0} products in a sum of 32 bits", limit),
                   std::to_string(products));
}

void biasOverflow(Context &context, const OperatorView &op) {
  std::optional<Weighted> sum = Weighted::of(op);
  if (!sum || !sum->bias || !sum->bias->isConstant() || sum->bias->type != Element::INT32)
    return;
  // Half of the range is for the products. Converters compute the limit in float32.
  constexpr int64_t kLargest = (INT32_MAX / 2) + 1024;
  for (uint64_t i = 0, e = sum->bias->numElements(); i < e; ++i)
    if (int64_t value = integerAt(*sum->bias, i); std::abs(value) > kLargest)
      return context.report({op, sum->bias}, formatv("values up to {0}", kLargest),
                            formatv("{0} in channel {1}", value, i));
}

void biasDimension(Context &context, const OperatorView &op) {
  std::optional<Weighted> sum = Weighted::of(op);
  if (sum && sum->bias && sum->bias->isQuantized() && sum->bias->axis != 0)
    context.report({op, sum->bias}, "quantized dimension 0", formatv("dimension {0}", sum->bias->axis));
}

void biasUnquantized(Context &context, const OperatorView &op) {
  std::optional<Weighted> sum = Weighted::of(op);
  if (sum && sum->bias && integerBits(sum->bias->type) >= 32 && !sum->bias->isQuantized())
    context.report({op, sum->bias}, "the scale input x weight", "none");
}

/// The biases of recurrent operators, whose scales have other factors.
void innerBias(Context &context, const OperatorView &op) {
  std::optional<Scheme> scheme = getScheme(op);
  QuantizableOpInterface contract = getContract(op);
  if (!scheme || !contract || contract.getInternalTensors(*scheme).empty())
    return;
  SmallVector<Type> inner = contract.getInternalTypes();
  for (unsigned i = 0, e = op.operands.size(); i < e; ++i) {
    QuantSource source = contract.getOperandSource(i, *scheme);
    const TensorView *bias = op.operands[i];
    if (source.kind != QuantSource::Kind::Derived || !bias || !bias->isQuantized())
      continue;
    double expected = source.multiplier;
    for (unsigned factor : source.factors)
      expected *= op.operand(factor) && op.operand(factor)->isQuantized() ? op.operand(factor)->scale() : NAN;
    if (source.internalFactor) {
      Type type = *source.internalFactor < inner.size() ? inner[*source.internalFactor] : Type();
      std::optional<QuantParameters> parameters = type ? QuantParameters::of(type) : std::nullopt;
      expected *= parameters ? parameters->scales[0] : NAN;
    }
    if (!std::isnan(expected) && std::abs(bias->scale() - expected) > 1e-5 * expected)
      context.report({op, bias}, "scale " + show(expected), show(bias->scale()));
  }
}

const Rule kRules[] = {
    {"bias-scale", Severity::Error, "a bias has the scale input x weight, channel by channel",
     "the bias counts for more or less than it should", "requantize the bias", biasScale},
    {"recurrent-bias-scale", Severity::Error, "biases of recurrent operators have the scales that their kernels assume",
     "the bias counts for more or less than it should", "requantize the bias", innerBias},
    {"bias-dimension", Severity::Error, "the quantized dimension of a bias is 0", "LiteRT refuses the file",
     "write quantized_dimension 0", biasDimension},
    {"bias-unquantized", Severity::Warning, "a bias has a scale",
     "LiteRT's delegate leaves the operator to slower kernels", "write the scale input x weight", biasUnquantized},
    {"bias-overflow", Severity::Error, "a bias takes half of its 32 bits at most", "sums wrap around",
     "raise the scale of the channel's weights until the bias fits", biasOverflow},
    {"multiplier-range", Severity::Error, "input x weight / output scale of a convolution or dense layer is below 256",
     "LiteRT with its default delegate does not build the interpreter", "widen the output's range", multiplierRange},
    {"multiplier-zero", Severity::Error, "input x weight / output scale is at least 2^-32 in some channel",
     "all multipliers become 0: every output is the zero point", "raise the scale of the weights", multiplierVanishes},
    {"sum-multiplier", Severity::Error,
     "2 x the larger operand's scale of ADD / (2^20 x the result's scale) is below 1 (2^15 for 16 bits)",
     "the process aborts when the file is loaded", "widen the result's range", sumMultiplier},
    {"rescale-range", Severity::Error, "other operators rescale by 2^-32 to 2^30",
     "the multiplier becomes 0 or its shift overflows: garbage", "correct the scales", rescaleRange},
    {"softmax-input", Severity::Error, "beta x input scale x 2^26 of an 8-bit softmax is above 1",
     "the process aborts, or every output is the same", "widen the input's range", softmaxInput},
    {"activation-range", Severity::Error,
     "6 / output scale of what fuses RELU6 fits 32 bits, and 1 / output scale of RELU_N1_TO_1",
     "fused clamps overflow: LiteRT refuses the file", "widen the output's range", activationRange},
    {"accumulator-depth", Severity::Warning, "a sum of 32 bits has at most 2^16 products of 8 bits (2^8 of 16 x 8)",
     "it may overflow, and no kernel looks", "split the operator, or use wider accumulators", depth},
    {"accumulator-overflow", Severity::Error, "no input can make a sum of products and bias overflow",
     "the sum wraps around and changes its sign", "split the operator, or scale the channel's weights up", accumulator},
};

} // namespace

ArrayRef<Rule> integerRules() { return kRules; }

} // namespace mlir::vernier::check
