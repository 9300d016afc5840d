//===- Kernels.cpp - Kernels that a file asks for ---------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Types and forms that no kernel takes, or that load and then fail or compute garbage.

#include "Delegate.h"
#include "KernelTables.h"
#include "Rule.h"
#include "vernier/Numerics/Half.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/FormatVariadic.h"
#include <cmath>

namespace mlir::vernier::check {
namespace {

using llvm::formatv;

std::string titleOf(Runtime runtime) {
  return runtime == Runtime::TFLM ? "TFLite Micro" : runtime == Runtime::EdgeTPU ? "the Edge TPU's runtime" : "LiteRT";
}

void missingKernel(Context &context, const OperatorView &op) {
  if (op.is(Builtin::CUSTOM))
    return;
  if (std::optional<std::string> missing = findMissingKernel(context.options.runtime, op))
    context.report(op, "an operator and types that " + titleOf(context.options.runtime) + " has a kernel for",
                   titleOf(context.options.runtime) + " " + *missing);
}

void customOperator(Context &context, const OperatorView &op) {
  if (op.is(Builtin::CUSTOM) && !knowsCustom(context.options.runtime, op.fullName()))
    context.report(op, "custom operators that " + titleOf(context.options.runtime) + " brings along",
                   ("'" + op.fullName() + "'").str());
}

/// An operator with weights: the places of input and weight, and what LiteRT computes right.
struct WeightTypes {
  Builtin builtin;
  unsigned input, weight, bias;
  StringLiteral pairs;
};

constexpr WeightTypes kWeightTypes[] = {
    {Builtin::CONV_2D, 0, 1, 2,
     "FLOAT32xFLOAT32 FLOAT16xFLOAT16 UINT8xUINT8 INT8xINT8 INT8xINT4 INT16xINT8 FLOAT32xINT8 FLOAT32xUINT8 "
     "FLOAT32xINT4"},
    {Builtin::DEPTHWISE_CONV_2D, 0, 1, 2,
     "FLOAT32xFLOAT32 FLOAT16xFLOAT16 UINT8xUINT8 INT8xINT8 INT8xINT4 INT16xINT8 FLOAT32xINT8"},
    {Builtin::FULLY_CONNECTED, 0, 1, 2,
     "FLOAT32xFLOAT32 FLOAT16xFLOAT16 UINT8xUINT8 INT8xINT8 INT8xINT4 INT8xINT2 INT16xINT8 INT16xINT4 INT16xINT16 "
     "FLOAT32xINT8 FLOAT32xUINT8 "
     "FLOAT32xINT4 FLOAT32xINT2"},
    {Builtin::TRANSPOSE_CONV, 2, 1, 3, "FLOAT32xFLOAT32 FLOAT16xFLOAT16 UINT8xUINT8 INT8xINT8 INT16xINT8"},
};
/// TFLite Micro has neither the unsigned type nor float activations on integer weights.
constexpr StringLiteral kMicroPairs = "FLOAT32xFLOAT32 INT8xINT8 INT8xINT4 INT16xINT8";

const WeightTypes *findWeightTypes(const OperatorView &op) {
  const auto *row = llvm::find_if(kWeightTypes, [&](const WeightTypes &types) { return op.is(types.builtin); });
  return row == std::end(kWeightTypes) || !op.operand(row->input) || !op.operand(row->weight) ? nullptr : row;
}

void weightTypes(Context &context, const OperatorView &op) {
  const WeightTypes *row = findWeightTypes(op);
  if (!row)
    return;
  const TensorView &input = *op.operand(row->input), &weight = *op.operand(row->weight);
  std::string pair = formatv("{0}x{1}", nameOf(input.type), nameOf(weight.type));
  SmallVector<StringRef> pairs;
  row->pairs.split(pairs, ' ');
  if (context.options.runtime == Runtime::TFLM)
    llvm::erase_if(pairs, [](StringRef p) { return !llvm::is_contained(llvm::split(kMicroPairs, ' '), p); });
  if (!llvm::is_contained(pairs, pair))
    context.report({op, &weight}, "input x weight of " + llvm::join(pairs, " or "), pair);
  else if (const TensorView *output = op.result(0);
           output && output->type != input.type &&
           !(op.is(Builtin::FULLY_CONNECTED) && input.type == Element::UINT8 && output->type == Element::INT16))
    context.report({op, output}, ("a result of the input's type, " + nameOf(input.type)).str(),
                   nameOf(output->type).str());
}

void biasType(Context &context, const OperatorView &op) {
  const WeightTypes *row = findWeightTypes(op);
  const TensorView *bias = row ? op.operand(row->bias) : nullptr;
  if (!bias)
    return;
  Element input = op.operand(row->input)->type;
  SmallVector<Element, 2> allowed{Element::INT32};
  if (isFloat(input))
    allowed = {Element::FLOAT32, Element::FLOAT16};
  else if (input == Element::INT16)
    allowed = op.is(Builtin::DEPTHWISE_CONV_2D) ? SmallVector<Element, 2>{Element::INT64}
                                                : SmallVector<Element, 2>{Element::INT64, Element::INT32};
  if (!llvm::is_contained(allowed, bias->type))
    context.report({op, bias},
                   "a bias of " + llvm::join(llvm::map_range(allowed, [](Element e) { return nameOf(e); }), " or "),
                   nameOf(bias->type).str());
}

Element biasOption(const OperatorView &op) {
  if (const auto *options = op.options<schema::Conv2DOptions>())
    return options->quantized_bias_type();
  if (const auto *options = op.options<schema::FullyConnectedOptions>())
    return options->quantized_bias_type();
  if (const auto *options = op.options<schema::TransposeConvOptions>())
    return options->quantized_bias_type();
  return Element::FLOAT32;
}

void biasOptionAgrees(Context &context, const OperatorView &op) {
  const WeightTypes *row = findWeightTypes(op);
  if (!row || op.operand(row->input)->type != Element::INT16)
    return;
  Element option = biasOption(op);
  const TensorView *bias = op.operand(row->bias);
  // FLOAT32, the number 0, says that nobody chose: 64 bits without a bias, its type with one.
  if (bias && option != Element::FLOAT32 && option != bias->type)
    context.report({op, bias}, ("quantized_bias_type " + nameOf(bias->type) + ", as the bias is").str(),
                   nameOf(option).str());
  if (!bias && option != Element::FLOAT32 && option != Element::INT64)
    context.report(op, "quantized_bias_type INT64", nameOf(option).str());
}

void blockwise(Context &context, const OperatorView &op) {
  for (const TensorView *operand : op.operands) {
    if (!operand || !operand->hasDetails())
      continue;
    const auto *record = operand->table->quantization()->details_as_BlockwiseQuantization();
    constexpr StringLiteral kForm =
        "FULLY_CONNECTED of float input and INT4 weights in blocks of 32, 64, 128 or 256 with FLOAT16 scales";
    const TensorView *scales = record ? op.graph->tensor(record->scales()) : nullptr;
    int32_t block = record ? record->block_size() : 0;
    bool isRight = record && op.is(Builtin::FULLY_CONNECTED) && operand == op.operand(1) &&
                   operand->type == Element::INT4 && op.operand(0) && op.operand(0)->type == Element::FLOAT32 &&
                   scales && scales->type == Element::FLOAT16 &&
                   (block == 32 || block == 64 || block == 128 || block == 256);
    if (!isRight)
      context.report({op, operand}, kForm.str(),
                     record ? formatv("{0} of {1} weights in blocks of {2} with {3} scales", op.fullName(),
                                      nameOf(operand->type), block, scales ? nameOf(scales->type) : "no")
                                  .str()
                            : "another kind of record");
    else if (operand->shape.size() != 2 || operand->shape[1] % block != 0)
      context.report({op, operand}, formatv("rows of a multiple of {0} weights", block), showType(*operand));
    else if (scales->isSound && scales->numElements() != operand->numElements() / block)
      context.report({op, operand}, formatv("{0} scales", operand->numElements() / block),
                     formatv("{0}", scales->numElements()));
    else if (operand->table->quantization()->quantized_dimension() != 0)
      context.report({op, operand}, "blocks of rows: quantized_dimension 0",
                     formatv("{0}", operand->table->quantization()->quantized_dimension()));
    else if (record->zero_points() >= 0)
      context.report({op, operand}, "no zero points, which kernels do not read",
                     formatv("those of tensor {0}", record->zero_points()));
    else if (context.options.runtime == Runtime::TFLM)
      context.report({op, operand}, "one scale for each channel, as TFLite Micro has no kernel for blocks",
                     formatv("blocks of {0}", block));
    else if (std::optional<std::string> reason =
                 context.options.runtime == Runtime::LiteRT ? findReasonAgainstDelegate(op) : std::nullopt)
      context.report({op, operand}, "a form that XNNPACK takes, as other kernels compute garbage", *reason);
  }
}

/// float16 scales as XNNPACK takes them; it leaves the operator where it does not take one.
void blockScales(Context &context, const OperatorView &op) {
  for (const TensorView *operand : op.operands) {
    if (!operand || !operand->hasDetails())
      continue;
    const auto *record = operand->table->quantization()->details_as_BlockwiseQuantization();
    const TensorView *scales = record ? op.graph->tensor(record->scales()) : nullptr;
    if (!scales || !scales->isSound || scales->type != Element::FLOAT16)
      continue;
    for (uint64_t i = 0, e = scales->data.size() / sizeof(uint16_t); i < e; ++i) {
      const float scale = numerics::halfToFloat(llvm::support::endian::read16le(scales->data.data() + 2 * i));
      if (scale > 0 && std::isfinite(scale))
        continue;
      context.report({op, scales}, "positive, finite scales", formatv("{0} for block {1}", scale, i));
      break;
    }
  }
}

void hybridDepthwise(Context &context, const OperatorView &op) {
  if (!op.is(Builtin::DEPTHWISE_CONV_2D) || !op.operand(0) || !op.operand(1) ||
      op.operand(0)->type != Element::FLOAT32 || op.operand(1)->type != Element::INT8 ||
      op.operand(1)->shape.size() != 4)
    return;
  const TensorView &weight = *op.operand(1);
  if (int64_t(weight.scales.size()) != weight.shape[3])
    context.report({op, &weight}, formatv("a scale for each of {0} channels", weight.shape[3]),
                   formatv("{0}", weight.scales.size()));
}

void lowBitChannels(Context &context, const OperatorView &op) {
  if (!op.is(Builtin::FULLY_CONNECTED) || !op.operand(1) || op.operand(1)->hasDetails() ||
      op.operand(1)->type != Element::INT2 || op.operand(1)->shape.size() != 2)
    return;
  const TensorView &weight = *op.operand(1);
  if (int64_t(weight.scales.size()) != weight.shape[0])
    context.report({op, &weight}, formatv("a scale for each of {0} rows", weight.shape[0]),
                   formatv("{0}", weight.scales.size()));
}

void halfConstants(Context &context, const OperatorView &op) {
  if (!op.is(Builtin::DEQUANTIZE) || !op.operand(0) || !op.result(0) || op.operand(0)->type != Element::FLOAT16)
    return;
  if (op.result(0)->type != Element::FLOAT32)
    context.report({op, op.result(0)}, "a FLOAT32 result of a dequantized FLOAT16 constant",
                   nameOf(op.result(0)->type).str());
}

void dequantizeTypes(Context &context, const OperatorView &op) {
  if (!op.isAny(Builtin::QUANTIZE, Builtin::DEQUANTIZE) || !op.operand(0) || !op.result(0))
    return;
  const TensorView &integers = op.is(Builtin::QUANTIZE) ? *op.result(0) : *op.operand(0);
  if (integerBits(integers.type) == 0 ? integers.type != Element::FLOAT16
                                      : integers.scales.empty() && !integers.hasDetails())
    context.report({op, &integers}, "integers with a scale", showType(integers));
}

void dynamicShape(Context &context, const TensorView &tensor) {
  if (!tensor.hasStaticShape())
    context.report(tensor, "a shape without unknown dimensions", showType(tensor) + " with a shape signature");
}

void edgeTypes(Context &context, const TensorView &tensor) {
  if ((isFloat(tensor.type) || tensor.type == Element::INT16) && (tensor.producer || !tensor.readers.empty()))
    context.report(tensor, "8-bit integers", nameOf(tensor.type).str());
}

constexpr StringLiteral kNoLoad = "the runtime refuses the file, or fails when it runs";

const Rule kRules[] = {
    {"no-kernel", Severity::Error, "the runtime has a kernel for each operator and its element types", kNoLoad,
     "keep the operator in float or in a type that has a kernel, or replace it", missingKernel},
    {"custom-operator", Severity::Error, "custom operators come with the runtime",
     "the runtime refuses the file until the application registers them", "register the operator, or replace it",
     customOperator},
    {"weight-types", Severity::Error, "input, weights and result have types that kernels compute right",
     "the runtime refuses the file, fails when it runs, or returns garbage",
     "store the weights as INT8, or dequantize them in front", weightTypes},
    {"bias-type", Severity::Error,
     "a bias is INT32 beside 8-bit activations, INT64 (or INT32, if not depthwise) beside 16-bit ones, else float",
     kNoLoad, "requantize the bias", biasType},
    {"bias-type-option", Severity::Error, "quantized_bias_type is the bias' type, and INT64 or unset without a bias",
     "the accumulator has another width than the bias: it overflows, or the file is refused",
     "set the option to the bias' type, or INT64", biasOptionAgrees},
    {"blockwise-form", Severity::Error,
     "blockwise weights are INT4 of a float dense layer, with FLOAT16 scales for blocks of 32, 64, 128 or 256; "
     "TFLM has no kernel for any",
     "loading fails, or the result is garbage", "use that form, or one scale per channel", blockwise},
    {"block-scales", Severity::Error, "the scales of blockwise weights are positive and finite",
     "XNNPACK leaves the layer to kernels that compute garbage", "quantize the weights again", blockScales},
    {"hybrid-depthwise", Severity::Error,
     "a depthwise convolution of float input and INT8 weights has a scale for each channel", "LiteRT refuses the file",
     "quantize the weights per channel", hybridDepthwise},
    {"two-bit-rows", Severity::Error, "INT2 weights of a dense layer have a scale for each row", "no kernel reads them",
     "quantize the weights per channel", lowBitChannels},
    {"half-result", Severity::Error, "a FLOAT16 constant is dequantized to FLOAT32", kNoLoad, "make the result FLOAT32",
     halfConstants},
    {"cast-scale", Severity::Error, "QUANTIZE writes and DEQUANTIZE reads integers with a scale",
     "the scale counts as 0: garbage", "write the parameters", dequantizeTypes},
    {"dynamic-shape", Severity::Error, "all shapes are known",
     "TFLite Micro and the Edge TPU's compiler refuse unknown dimensions", "fix the shapes before conversion",
     dynamicShape, kTFLM | kEdgeTPU},
    {"float-on-edgetpu", Severity::Warning, "everything is in 8-bit integers",
     "the operator, and with it all behind it, runs on the CPU", "quantize to int8 or uint8 throughout", edgeTypes,
     kEdgeTPU},
};

} // namespace

ArrayRef<Rule> kernelRules() { return kRules; }

} // namespace mlir::vernier::check
