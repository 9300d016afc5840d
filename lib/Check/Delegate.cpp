//===- Delegate.cpp - What LiteRT's default delegate takes ------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The conditions of LiteRT 2.3.0's XNNPACK delegate, operator by operator. test/E2E/check_kernels.py holds them to what
// the delegate does with single operators.

#include "Delegate.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include <cmath>

namespace mlir::vernier::check {
namespace {

using llvm::formatv;
using Reason = std::optional<std::string>;

constexpr int kMostDimensions = 6;

/// Element types that an operator's activations may have.
enum class Types { Float, FloatOrInt8, FloatOrInteger };

Reason checkType(const TensorView *tensor, Types types) {
  if (!tensor)
    return "an operand is absent";
  switch (tensor->type) {
  case Element::FLOAT32:
  case Element::FLOAT16:
    return std::nullopt;
  case Element::UINT8:
    if (types == Types::FloatOrInt8)
      break;
    [[fallthrough]];
  case Element::INT8:
    if (types == Types::Float)
      break;
    if (!tensor->isQuantized() || tensor->isPerAxis() || tensor->axis != 0)
      return ("it takes " + nameOf(tensor->type) + " with one scale only").str();
    return std::nullopt;
  default:
    break;
  }
  return ("it has no " + nameOf(tensor->type) + " form").str();
}

Reason checkTypes(const OperatorView &op, unsigned operands, Types types) {
  for (unsigned i = 0; i < operands; ++i)
    if (Reason reason = checkType(op.operand(i), types))
      return reason;
  for (const TensorView *result : op.results)
    if (Reason reason = checkType(result, types))
      return reason;
  return std::nullopt;
}

/// A constant, or what the delegate unpacks into one when it is built.
bool isStatic(const TensorView *tensor) {
  if (!tensor)
    return false;
  if (tensor->isConstant())
    return !tensor->table->sparsity();
  const OperatorView *producer = tensor->producer;
  return producer && producer->is(Builtin::DEQUANTIZE) && producer->operand(0) && producer->operand(0)->isConstant() &&
         (producer->operand(0)->type == Element::FLOAT16 || producer->operand(0)->type == Element::INT8);
}

Reason checkStatic(const TensorView *tensor, StringRef what) {
  if (isStatic(tensor))
    return std::nullopt;
  return ("its " + what + " is no constant").str();
}

Reason checkRatio(double ratio, double least, double limit) {
  if (ratio >= least && ratio < limit)
    return std::nullopt;
  return formatv("its scales have the ratio {0:e2}, which is not in {1:e1} to {2}", ratio, least, limit).str();
}

Reason checkActivation(schema::ActivationFunctionType function) {
  if (function == schema::ActivationFunctionType::TANH || function == schema::ActivationFunctionType::SIGN_BIT)
    return formatv("it does not fuse {0}", schema::EnumNameActivationFunctionType(function)).str();
  return std::nullopt;
}

bool isEightBit(const TensorView &tensor) { return tensor.type == Element::INT8 || tensor.type == Element::UINT8; }

/// Convolutions and dense layers.
Reason checkWeights(const OperatorView &op) {
  bool isDense = op.is(Builtin::FULLY_CONNECTED), isTransposed = op.is(Builtin::TRANSPOSE_CONV);
  const TensorView *input = op.operand(isTransposed ? 2 : 0), *weight = op.operand(1), *output = op.result(0);
  const TensorView *bias = op.operand(isTransposed ? 3 : 2);
  if (!input || !weight || !output)
    return "an operand is absent";
  if (Reason reason = checkType(input, Types::FloatOrInteger))
    return reason;
  if (!bias && op.isAny(Builtin::CONV_2D, Builtin::DEPTHWISE_CONV_2D))
    return "it wants a bias";
  if (weight->type != Element::FLOAT32 && weight->type != Element::FLOAT16 && !isEightBit(*weight) &&
      !(isDense && (weight->type == Element::INT4 || weight->type == Element::INT2)))
    return ("it has no form with " + nameOf(weight->type) + " weights").str();
  if (isDense && op.version == 8)
    return "version 8 stands for sparse weights";
  bool isDynamic = input->type == Element::FLOAT32 && (isDense || op.is(Builtin::CONV_2D)) &&
                   (weight->type == Element::INT8 || weight->type == Element::INT4 || weight->type == Element::INT2);
  bool isNarrow =
      isDense && input->type == Element::INT8 && (weight->type == Element::INT4 || weight->type == Element::INT2);
  if (input->type != output->type || (input->type != weight->type && !isDynamic && !isNarrow))
    return formatv("it has no form for {0} input and {1} weights", nameOf(input->type), nameOf(weight->type)).str();
  bool mayBeComputed = isDense && isFloat(weight->type);
  if (!mayBeComputed)
    if (Reason reason = checkStatic(weight, "weight"))
      return reason;
  if (weight->type == Element::INT8 && !isDynamic && weight->zeroPoint() != 0)
    return "its weights have a zero point";
  if (isDense && weight->shape.size() == 2 &&
      ((weight->type == Element::INT4 && weight->shape[1] % 2 != 0) ||
       (weight->type == Element::INT2 && weight->shape[1] % 4 != 0)))
    return formatv("rows of {0} weights of {1} do not end on a byte", weight->shape[1], nameOf(weight->type)).str();
  if (bias) {
    if (bias->type == Element::INT32 && (!bias->isQuantized() || bias->axis != 0))
      return "its bias has no quantization parameters";
    if (bias->type != Element::INT32 && bias->type != Element::FLOAT32 && bias->type != Element::FLOAT16)
      return ("it has no form with " + nameOf(bias->type) + " biases").str();
    if (!(isDense && bias->type == Element::FLOAT32))
      if (Reason reason = checkStatic(bias, "bias"))
        return reason;
  }
  if (const auto *options = op.options<schema::TransposeConvOptions>()) {
    bool skips =
        weight->shape.size() == 4 && (weight->shape[1] < options->stride_h() || weight->shape[2] < options->stride_w());
    if (skips && options->padding() == schema::Padding::SAME)
      return "its strides are larger than its filter";
    return checkActivation(options->fused_activation_function());
  }
  if (const auto *options = op.options<schema::DepthwiseConv2DOptions>()) {
    int32_t outputs = weight->shape.size() == 4 ? weight->shape[3] : 0;
    if (options->depth_multiplier() <= 0 || outputs % options->depth_multiplier() != 0)
      return formatv("its depth_multiplier, {0}, does not divide {1} channels", options->depth_multiplier(), outputs)
          .str();
    return checkActivation(options->fused_activation_function());
  }
  if (const auto *options = op.options<schema::Conv2DOptions>())
    return checkActivation(options->fused_activation_function());
  if (const auto *options = op.options<schema::FullyConnectedOptions>()) {
    if (options->weights_format() != schema::FullyConnectedOptionsWeightsFormat::DEFAULT)
      return "its weights are shuffled";
    return checkActivation(options->fused_activation_function());
  }
  return std::nullopt;
}

Reason checkSum(const OperatorView &op) {
  if (Reason reason = checkTypes(op, 2, Types::FloatOrInteger))
    return reason;
  const TensorView &a = *op.operands[0], &b = *op.operands[1], &y = *op.results[0];
  if (a.type != b.type || a.type != y.type)
    return "its operands and result have several types";
  if (op.is(Builtin::MUL))
    return isEightBit(y) ? checkRatio(float(a.scale()) * float(b.scale()) / float(y.scale()), 0x1p-16, 256)
                         : std::nullopt;
  if (!isEightBit(y))
    return std::nullopt;
  if (Reason reason = checkRatio(a.scale() / y.scale(), 0x1p-10, 256))
    return reason;
  return checkRatio(b.scale() / y.scale(), 0x1p-10, 256);
}

Reason checkPool(const OperatorView &op) {
  if (Reason reason = checkTypes(op, 1, op.is(Builtin::AVERAGE_POOL_2D) ? Types::Float : Types::FloatOrInteger))
    return reason;
  const auto *options = op.options<schema::Pool2DOptions>();
  if (!options || options->stride_w() > options->filter_width() || options->stride_h() > options->filter_height())
    return "its strides are larger than its window";
  return checkActivation(options->fused_activation_function());
}

Reason checkQuantize(const OperatorView &op) {
  if (Reason reason = checkTypes(op, 1, Types::FloatOrInteger))
    return reason;
  const TensorView &x = *op.operands[0], &y = *op.results[0];
  if (isFloat(x.type))
    return std::nullopt;
  if (x.type != y.type)
    return formatv("it does not turn {0} into {1}", nameOf(x.type), nameOf(y.type)).str();
  return checkRatio(x.scale() / y.scale(), 0x1p-8, 128.0000001);
}

Reason checkLeakyRelu(const OperatorView &op) {
  if (Reason reason = checkTypes(op, 1, Types::FloatOrInteger))
    return reason;
  const auto *options = op.options<schema::LeakyReluOptions>();
  double alpha = options ? options->alpha() : 0;
  if (!std::isnormal(alpha))
    return "its alpha is 0";
  if (!isEightBit(*op.operands[0]))
    return std::nullopt;
  double positive = op.operands[0]->scale() / op.results[0]->scale();
  if (Reason reason = checkRatio(positive, 0x1p-8, 128.0000001))
    return reason;
  return checkRatio(std::abs(positive * alpha), 0x1p-8, 127.997);
}

Reason checkStridedSlice(const OperatorView &op) {
  if (Reason reason = checkTypes(op, 1, Types::FloatOrInteger))
    return reason;
  const auto *options = op.options<schema::StridedSliceOptions>();
  if (options && (options->ellipsis_mask() || options->new_axis_mask() || options->shrink_axis_mask()))
    return "it has an ellipsis, adds an axis or drops one";
  for (unsigned i = 1; i < 4; ++i)
    if (Reason reason = checkStatic(op.operand(i), "begin, end or stride"))
      return reason;
  const TensorView &strides = *op.operands[3];
  for (uint64_t i = 0, e = strides.type == Element::INT32 ? strides.numElements() : 0; i < e; ++i)
    if (integerAt(strides, i) != 1)
      return "it skips elements";
  return std::nullopt;
}

Reason checkConcatenation(const OperatorView &op) {
  if (op.operands.size() < 2 || op.operands.size() > 5)
    return formatv("it joins 2 to 5 operands, not {0}", op.operands.size()).str();
  if (Reason reason = checkTypes(op, op.operands.size(), Types::FloatOrInteger))
    return reason;
  for (const TensorView *operand : op.operands)
    if (isEightBit(*operand) &&
        (operand->scales != op.results[0]->scales || operand->zeroPoint() != op.results[0]->zeroPoint()))
      return "its operands have several scales";
  return std::nullopt;
}

Reason checkReshape(const OperatorView &op) {
  if (Reason reason = checkTypes(op, 1, Types::FloatOrInteger))
    return reason;
  const TensorView &x = *op.operands[0], &y = *op.results[0];
  if (isEightBit(x) && (x.scales != y.scales || x.zeroPoint() != y.zeroPoint()))
    return "operand and result have several scales";
  return op.operand(1) ? checkStatic(op.operand(1), "shape") : std::nullopt;
}

Reason checkBatchMatMul(const OperatorView &op) {
  if (Reason reason = checkTypes(op, 1, Types::FloatOrInteger))
    return reason;
  const TensorView &a = *op.operands[0];
  const TensorView *b = op.operand(1);
  bool isDynamic = b && isFloat(a.type) && b->type == Element::INT8;
  if (!b || (a.type != b->type && !isDynamic))
    return "its operands have several types";
  if (b->type == Element::INT8 && !isDynamic && b->zeroPoint() != 0)
    return "its right operand has a zero point";
  if (a.shape.size() < 2 || b->shape.size() < 2)
    return "its operands have one dimension";
  return std::nullopt;
}

/// Operators that need their other operands constant, and nothing else.
struct Simple {
  StringLiteral builtins;
  Types types;
  StringLiteral constant;
};

constexpr Simple kSimple[] = {
    {"ABS CEIL COS EXP FLOOR GELU HARD_SWISH LOG NEG RELU RELU6 RELU_N1_TO_1 ROUND RSQRT SIN SQRT SQUARE", Types::Float,
     ""},
    {"ELU", Types::FloatOrInt8, ""},
    {"LOGISTIC TANH DEPTH_TO_SPACE SPACE_TO_DEPTH", Types::FloatOrInteger, ""},
    {"MEAN SUM REDUCE_MAX REDUCE_MIN", Types::FloatOrInteger, "list of axes"},
    {"PAD", Types::FloatOrInteger, "padding"},
    {"RESIZE_BILINEAR", Types::FloatOrInteger, "size"},
    {"SLICE", Types::FloatOrInteger, "begin"},
    {"TRANSPOSE", Types::FloatOrInteger, "permutation"},
};

} // namespace

std::optional<std::string> findReasonAgainstDelegate(const OperatorView &op) {
  if (op.results.empty())
    return "it has no result";
  for (const TensorView *tensor : op.operands)
    if (tensor && tensor->shape.size() > kMostDimensions)
      return formatv("it takes {0} dimensions at most", kMostDimensions).str();
  if (op.isAny(Builtin::CONV_2D, Builtin::DEPTHWISE_CONV_2D, Builtin::FULLY_CONNECTED, Builtin::TRANSPOSE_CONV))
    return checkWeights(op);
  if (op.isAny(Builtin::ADD, Builtin::SUB, Builtin::MUL))
    return checkSum(op);
  if (op.isAny(Builtin::DIV, Builtin::MAXIMUM, Builtin::MINIMUM, Builtin::SQUARED_DIFFERENCE))
    return checkTypes(op, 2, Types::Float);
  if (op.is(Builtin::PRELU)) {
    Reason reason = checkTypes(op, 2, Types::Float);
    return reason ? reason : checkStatic(op.operand(1), "slope");
  }
  if (op.isAny(Builtin::AVERAGE_POOL_2D, Builtin::MAX_POOL_2D))
    return checkPool(op);
  if (op.is(Builtin::QUANTIZE))
    return checkQuantize(op);
  if (op.is(Builtin::DEQUANTIZE)) {
    if (isStatic(op.result(0)))
      return std::nullopt;
    const TensorView *x = op.operand(0);
    return !x || !isEightBit(*x) ? Reason(("it has no " + (x ? nameOf(x->type) : "such") + " form").str())
                                 : checkType(x, Types::FloatOrInteger);
  }
  if (op.is(Builtin::LEAKY_RELU))
    return checkLeakyRelu(op);
  if (op.is(Builtin::STRIDED_SLICE))
    return checkStridedSlice(op);
  if (op.is(Builtin::CONCATENATION))
    return checkConcatenation(op);
  if (op.is(Builtin::RESHAPE))
    return checkReshape(op);
  if (op.is(Builtin::BATCH_MATMUL))
    return checkBatchMatMul(op);
  if (op.is(Builtin::SPLIT)) {
    if (op.results.size() < 2 || op.results.size() > 4)
      return formatv("it splits into 2 to 4 parts, not {0}", op.results.size()).str();
    if (Reason reason = checkType(op.operand(1), Types::FloatOrInteger))
      return reason;
    return checkStatic(op.operand(0), "axis");
  }
  if (op.is(Builtin::SOFTMAX)) {
    const auto *options = op.options<schema::SoftmaxOptions>();
    if (!options || options->beta() != 1)
      return "it takes a beta of 1 only";
    return checkTypes(op, 1, Types::Float);
  }
  if (op.isAny(Builtin::VAR_HANDLE, Builtin::READ_VARIABLE, Builtin::ASSIGN_VARIABLE))
    return "it takes no variables by default";
  for (const Simple &row : kSimple) {
    if (!llvm::is_contained(llvm::split(row.builtins, ' '), op.name))
      continue;
    if (Reason reason = checkTypes(op, 1, row.types))
      return reason;
    return row.constant.empty() ? std::nullopt : checkStatic(op.operand(1), row.constant);
  }
  return "it has no such operator";
}

} // namespace mlir::vernier::check
