//===- Quantization.cpp - Scales and zero points of tensors -----*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Rule.h"
#include "vernier/Interfaces/QuantTypeChecks.h"
#include "llvm/Support/FormatVariadic.h"
#include <cmath>

namespace mlir::vernier::check {
namespace {

using llvm::formatv;

void scaleValue(Context &context, const TensorView &tensor) {
  if (!tensor.isQuantized())
    return;
  for (auto [i, scale] : llvm::enumerate(tensor.scales))
    if (!(scale > 0) || !std::isnormal(scale)) {
      context.report(tensor, "positive scales, neither denormal nor infinite",
                     formatv("{0} as scale {1}", show(scale), i));
      return;
    }
}

void scaleCount(Context &context, const TensorView &tensor) {
  if (!tensor.isPerAxis() || !tensor.isQuantized())
    return;
  if (tensor.axis < 0 || tensor.axis >= int64_t(tensor.shape.size()))
    context.report(tensor, formatv("a quantized dimension below the rank, {0}", tensor.shape.size()),
                   formatv("dimension {0}", tensor.axis));
  else if (int32_t size = tensor.shape[tensor.axis]; int64_t(tensor.scales.size()) != size)
    context.report(tensor, formatv("1 scale, or {0} as dimension {1} has", size, tensor.axis),
                   formatv("{0} scales", tensor.scales.size()));
}

void zeroPointCount(Context &context, const TensorView &tensor) {
  if (tensor.isQuantized() && tensor.zeroPoints.size() != tensor.scales.size())
    context.report(tensor, formatv("as many zero points as scales, {0}", tensor.scales.size()),
                   formatv("{0}", tensor.zeroPoints.size()));
}

void zeroPointRange(Context &context, const TensorView &tensor) {
  unsigned bits = integerBits(tensor.type);
  if (!tensor.isQuantized() || bits == 0 || bits > 16)
    return;
  int64_t low = isUnsigned(tensor.type) ? 0 : -(int64_t(1) << (bits - 1)), high = low + (int64_t(1) << bits) - 1;
  for (int64_t zeroPoint : tensor.zeroPoints)
    if (zeroPoint < low || zeroPoint > high) {
      context.report(tensor, formatv("a zero point in {0} to {1}", low, high), formatv("{0}", zeroPoint));
      return;
    }
}

void int16ZeroPoint(Context &context, const TensorView &tensor) {
  if (tensor.type == Element::INT16 && tensor.isQuantized())
    for (int64_t zeroPoint : tensor.zeroPoints)
      if (zeroPoint != 0) {
        context.report(tensor, "zero point 0", formatv("{0}", zeroPoint));
        return;
      }
}

/// Biases and other wide integers.
void wideZeroPoint(Context &context, const TensorView &tensor) {
  if (integerBits(tensor.type) >= 32 && tensor.isQuantized())
    for (int64_t zeroPoint : tensor.zeroPoints)
      if (zeroPoint != 0) {
        context.report(tensor, "zero point 0", formatv("{0}", zeroPoint));
        return;
      }
}

/// Calls `visit` with each operand and result of an integer operator and what the contract says of it.
void forEachSlot(const OperatorView &op, llvm::function_ref<void(const QuantSource &, const TensorView &)> visit) {
  std::optional<Scheme> scheme = getScheme(op);
  QuantizableOpInterface contract = getContract(op);
  if (!contract)
    return;
  // Float activations on integer weights follow the rules of the dynamic scheme.
  if (!scheme)
    scheme.emplace().kind = Scheme::Kind::Dynamic;
  for (unsigned i = 0, e = op.operands.size(); i < e; ++i)
    if (op.operands[i])
      visit(contract.getOperandSource(i, *scheme), *op.operands[i]);
  for (unsigned i = 0, e = op.results.size(); i < e; ++i)
    if (op.results[i])
      visit(contract.getResultSource(i, *scheme), *op.results[i]);
}

bool isOwn(const QuantSource &source) { return source.kind == QuantSource::Kind::Own; }

void symmetricZeroPoint(Context &context, const OperatorView &op) {
  forEachSlot(op, [&](const QuantSource &source, const TensorView &tensor) {
    if (!isOwn(source) || !source.spec.symmetric || !tensor.isQuantized() || isUnsigned(tensor.type) ||
        tensor.type == Element::INT16)
      return;
    for (int64_t zeroPoint : tensor.zeroPoints)
      if (zeroPoint != 0)
        return context.report({op, &tensor}, "zero point 0", formatv("{0}", zeroPoint));
  });
}

void axis(Context &context, const OperatorView &op) {
  forEachSlot(op, [&](const QuantSource &source, const TensorView &tensor) {
    if (isOwn(source) && source.spec.axis && tensor.isQuantized() && tensor.isPerAxis() &&
        tensor.axis != int64_t(*source.spec.axis))
      context.report({op, &tensor}, formatv("scales on dimension {0}", *source.spec.axis),
                     formatv("dimension {0}", tensor.axis));
  });
}

void perAxisActivation(Context &context, const OperatorView &op) {
  if (!getScheme(op))
    return;
  forEachSlot(op, [&](const QuantSource &source, const TensorView &tensor) {
    bool isActivation = isOwn(source)
                            ? !source.spec.axis && !source.spec.symmetric
                            : source.kind == QuantSource::Kind::Shared || source.kind == QuantSource::Kind::Fixed;
    bool is16Bit = isOwn(source) && !source.spec.axis && tensor.type == Element::INT16;
    // Reshaping and transposing a constant in front of its user is no activation's business.
    if ((isActivation || is16Bit) && tensor.isQuantized() && tensor.isPerAxis() && integerBits(tensor.type) <= 16 &&
        !tensor.isConstant())
      context.report({op, &tensor}, "one scale", formatv("{0}", tensor.scales.size()));
  });
}

void missingScale(Context &context, const OperatorView &op) {
  if (!getScheme(op))
    return;
  bool anyScale = false;
  forEachSlot(op, [&](const QuantSource &, const TensorView &tensor) { anyScale |= tensor.isQuantized(); });
  forEachSlot(op, [&](const QuantSource &source, const TensorView &tensor) {
    bool isNeeded = isOwn(source) || source.kind == QuantSource::Kind::Fixed ||
                    (source.kind == QuantSource::Kind::Shared && anyScale);
    // Integers of 16 bits also come as plain numbers.
    if (tensor.type == Element::INT16 && !anyScale)
      isNeeded = false;
    unsigned bits = integerBits(tensor.type);
    if (isNeeded && bits > 0 && bits <= 16 && !tensor.isQuantized() && !tensor.hasDetails())
      context.report({op, &tensor}, "a scale and a zero point", "none");
  });
}

void missingWeightScale(Context &context, const OperatorView &op) {
  if (getScheme(op))
    return;
  forEachSlot(op, [&](const QuantSource &source, const TensorView &tensor) {
    unsigned bits = integerBits(tensor.type);
    if (isOwn(source) && bits > 0 && bits <= 8 && !tensor.isQuantized() && !tensor.hasDetails())
      context.report({op, &tensor}, "a scale", "none");
  });
}

void narrowRange(Context &context, const OperatorView &op) {
  forEachSlot(op, [&](const QuantSource &source, const TensorView &tensor) {
    if (!isOwn(source) || !source.spec.narrowRange || tensor.type != Element::INT8 || !tensor.isConstant() ||
        !tensor.isQuantized() || tensor.table->sparsity())
      return;
    if (uint64_t count = llvm::count(tensor.data, char(-128)))
      context.report({op, &tensor}, "values in -127 to 127", formatv("-128 in {0} places", count));
  });
}

/// Calls `visit` with each tensor inside a recurrent operator, what the contract says of it and its quantized type,
/// null where the file has none.
void forEachInternal(const OperatorView &op,
                     llvm::function_ref<void(const InternalTensor &, std::optional<QuantParameters>)> visit) {
  std::optional<Scheme> scheme = getScheme(op);
  QuantizableOpInterface contract = getContract(op);
  if (!scheme || scheme->kind != Scheme::Kind::Int8 || !contract)
    return;
  SmallVector<InternalTensor> tensors = contract.getInternalTensors(*scheme);
  SmallVector<Type> types = contract.getInternalTypes();
  for (auto [tensor, type] : llvm::zip(tensors, types))
    visit(tensor, type ? QuantParameters::of(type) : std::nullopt);
}

void innerScale(Context &context, const OperatorView &op) {
  forEachInternal(op, [&](const InternalTensor &tensor, std::optional<QuantParameters> found) {
    if (tensor.source.kind != QuantSource::Kind::Untouched && !found)
      context.report(op, formatv("parameters of '{0}'", tensor.name), "none");
  });
}

void innerShared(Context &context, const OperatorView &op) {
  forEachInternal(op, [&](const InternalTensor &tensor, std::optional<QuantParameters> found) {
    const TensorView *other = at(op, tensor.source.shared);
    if (tensor.source.kind != QuantSource::Kind::Shared || !found || !other || !other->isQuantized())
      return;
    // Where nothing is projected, kernels have been given other parameters of the hidden value than the output's.
    bool isState = op.inner.empty() || !StringRef(tensor.name).contains("intermediate");
    if (isState && (float(found->scales[0]) != float(other->scale()) || found->zeroPoints[0] != other->zeroPoint()))
      context.report(op,
                     formatv("'{0}' with {1}, as tensor {2} has", tensor.name, showParameters(*other), other->index),
                     formatv("scale {0}, zero point {1}", show(found->scales[0]), found->zeroPoints[0]));
  });
}

void powerOfTwo(Context &context, const OperatorView &op) {
  forEachInternal(op, [&](const InternalTensor &tensor, std::optional<QuantParameters> found) {
    int exponent;
    if (tensor.source.spec.powerOfTwo && found && std::frexp(found->scales[0], &exponent) != 0.5)
      context.report(op, formatv("a power of two as the scale of '{0}'", tensor.name), show(found->scales[0]));
  });
}

void storageWidth(Context &context, const OperatorView &op) {
  std::optional<Scheme> scheme = getScheme(op);
  QuantizableOpInterface contract = getContract(op);
  // Convolutions and dense layers have several forms (see weight-types), recurrent operators have one.
  if (!scheme || !contract || contract.getInternalTensors(*scheme).empty())
    return;
  forEachSlot(op, [&](const QuantSource &source, const TensorView &tensor) {
    unsigned bits = integerBits(tensor.type);
    if (source.kind != QuantSource::Kind::Untouched && bits != source.spec.bits)
      context.report({op, &tensor}, formatv("integers of {0} bits", source.spec.bits), nameOf(tensor.type).str());
  });
}

void valueBits(Context &context, const OperatorView &op) {
  if (!getScheme(op))
    return;
  forEachSlot(op, [&](const QuantSource &source, const TensorView &tensor) {
    if (!isOwn(source) || !source.spec.valueBits || !tensor.isConstant() || integerBits(tensor.type) < 8 ||
        tensor.table->sparsity())
      return;
    int64_t low = source.spec.storageMin(), high = source.spec.storageMax();
    for (uint64_t i = 0, e = tensor.numElements(); i < e; ++i)
      if (int64_t value = integerAt(tensor, i); value < low - 1 || value > high + 1)
        return context.report({op, &tensor}, formatv("values in {0} to {1}", low, high), formatv("{0}", value));
  });
}

const Rule kRules[] = {
    {"scale-value", Severity::Error, "scales are positive, neither denormal nor infinite",
     "multipliers become zero, infinite or NaN: garbage or an abort", "quantize the tensor again", scaleValue},
    {"scale-count", Severity::Error, "a tensor has one scale, or one for each slice of its quantized dimension",
     "the runtime refuses the file, or reads behind the scales",
     "write one scale, or as many as the dimension has slices", scaleCount},
    {"zero-point-count", Severity::Error, "there are as many zero points as scales", "LiteRT refuses the file",
     "write a zero point for each scale", zeroPointCount},
    {"zero-point-range", Severity::Error, "zero points are values of the element type",
     "LiteRT's delegate refuses the file, kernels clip everything", "quantize the tensor again", zeroPointRange},
    {"int16-zero-point", Severity::Error, "16-bit activations have zero point 0",
     "LiteRT refuses the file, TFLM ignores the zero point", "quantize the tensor symmetrically", int16ZeroPoint},
    {"bias-zero-point", Severity::Error, "biases and other wide integers have zero point 0",
     "kernels ignore it: the bias counts for something else", "quantize the bias again", wideZeroPoint},
    {"weight-zero-point", Severity::Error, "signed weights have zero point 0",
     "LiteRT's delegate and TFLM's kernels refuse or ignore it", "quantize the weights symmetrically",
     symmetricZeroPoint},
    {"weight-axis", Severity::Error,
     "weights have their scales on the dimension of output channels: 3 in depthwise convolutions, else 0",
     "the runtime refuses the file or takes the scales of other channels", "quantize along that dimension", axis},
    {"activation-scales", Severity::Error, "activations have one scale", "kernels use the first one for all channels",
     "quantize the activation per tensor", perAxisActivation},
    {"missing-scale", Severity::Error, "integer operands and results that stand for real values have a scale",
     "the scale counts as 0: garbage, a division by zero or an abort", "write the parameters", missingScale},
    {"missing-weight-scale", Severity::Error, "integer weights beside float activations have scales",
     "the runtime refuses the file or computes garbage", "write the scales", missingWeightScale},
    {"narrow-range", Severity::Warning, "weights stay in -127 to 127", "kernels that rely on it (NEON) may overflow",
     "quantize the weights in the narrow range", narrowRange},
    {"power-of-two", Severity::Error, "cell states have a scale that is a power of two", "the runtime refuses the file",
     "round the scale up to a power of two", powerOfTwo},
    {"state-parameters", Severity::Error, "the state that goes round has the output's parameters",
     "each step reads the last one's output at another scale", "give the state the output's parameters", innerShared},
    {"inner-parameters", Severity::Error, "recurrent operators have parameters for what is inside them",
     "the runtime refuses the file", "write the intermediate tensors", innerScale},
    {"storage-width", Severity::Error, "operands of recurrent operators have the widths that their kernels read",
     "the runtime refuses the file or reads other numbers", "quantize the operand to that width", storageWidth},
    {"value-bits", Severity::Error, "time weights of SVDF take 10 of their 16 bits", "sums overflow",
     "quantize the weights to 10 bits", valueBits},
};

} // namespace

ArrayRef<Rule> quantizationRules() { return kRules; }

} // namespace mlir::vernier::check
