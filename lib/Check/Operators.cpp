//===- Operators.cpp - What operators ask of their tensors ------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The answers that the quantizer gets when it asks where parameters come from, compared with what a file has.

#include "BuiltinOptions.h"
#include "FusedActivation.h"
#include "Rule.h"
#include "vernier/Dialect/NN/NN.h"
#include "llvm/Support/FormatVariadic.h"
#include <cmath>

namespace mlir::vernier::check {
namespace {

using llvm::formatv;

/// Calls `visit` with each operand and result of `op`, what the contract says of it and its tensor.
void forEachSlot(const OperatorView &op, const Scheme &scheme,
                 llvm::function_ref<void(ValueSlot, const QuantSource &, const TensorView &)> visit) {
  QuantizableOpInterface contract = getContract(op);
  for (unsigned i = 0, e = op.operands.size(); i < e; ++i)
    if (op.operands[i])
      visit(ValueSlot::operand(i), contract.getOperandSource(i, scheme), *op.operands[i]);
  for (unsigned i = 0, e = op.results.size(); i < e; ++i)
    if (op.results[i])
      visit(ValueSlot::result(i), contract.getResultSource(i, scheme), *op.results[i]);
}

void sameScale(Context &context, const OperatorView &op) {
  std::optional<Scheme> scheme = getScheme(op);
  if (!scheme || !getContract(op))
    return;
  // Kernels of the old unsigned type rescale each operand.
  if (op.is(Builtin::CONCATENATION) && op.results[0]->type == Element::UINT8)
    return;
  llvm::SmallVector<std::pair<int32_t, int32_t>> seen;
  forEachSlot(op, *scheme, [&](ValueSlot, const QuantSource &source, const TensorView &tensor) {
    if (source.kind != QuantSource::Kind::Shared)
      return;
    const TensorView *other = at(op, source.shared);
    if (!other || other->index == tensor.index || !tensor.isQuantized() || !other->isQuantized() ||
        integerBits(tensor.type) > 16 || integerBits(other->type) > 16)
      return;
    auto pair = std::minmax(tensor.index, other->index);
    if (llvm::is_contained(seen, std::pair<int32_t, int32_t>(pair)))
      return;
    seen.push_back(pair);
    if (tensor.scales != other->scales || tensor.zeroPoint() != other->zeroPoint())
      context.report({op, &tensor}, formatv("{0}, as tensor {1} has", showParameters(*other), other->index),
                     showParameters(tensor));
  });
}

void fixedOutput(Context &context, const OperatorView &op) {
  std::optional<Scheme> scheme = getScheme(op);
  if (!scheme || !getContract(op))
    return;
  forEachSlot(op, *scheme, [&](ValueSlot, const QuantSource &source, const TensorView &tensor) {
    if (source.kind != QuantSource::Kind::Fixed || !tensor.isQuantized())
      return;
    int64_t zeroPoint = source.zeroPoint + (tensor.type == Element::UINT8 ? 128 : 0);
    // 16-bit kernels round the scale themselves; 8-bit ones want it exactly.
    double tolerance = scheme->kind == Scheme::Kind::Int16x8 ? 1e-3 : 0;
    if (tensor.isPerAxis() || std::abs(tensor.scale() - source.scale) > tolerance * source.scale ||
        tensor.zeroPoint() != zeroPoint)
      context.report({op, &tensor}, formatv("scale {0}, zero point {1}", show(source.scale), zeroPoint),
                     showParameters(tensor));
  });
}

/// Tensors whose records make no sense lose their quantized type, and with it the operator its form; that is a finding
/// of its own.
bool hasBrokenRecord(const OperatorView &op) {
  auto isBroken = [](const TensorView *tensor) {
    if (!tensor || !tensor->isQuantized() || integerBits(tensor->type) == 0 || integerBits(tensor->type) > 16)
      return false;
    bool hasAxis = !tensor->isPerAxis() || (tensor->axis >= 0 && tensor->axis < int64_t(tensor->shape.size()) &&
                                            int64_t(tensor->scales.size()) == tensor->shape[tensor->axis]);
    return !hasAxis || tensor->zeroPoints.size() != tensor->scales.size() ||
           !llvm::all_of(tensor->scales, [](float s) { return s > 0 && std::isnormal(s); }) ||
           !llvm::all_of(tensor->zeroPoints, [&](int64_t z) {
             int64_t low = isUnsigned(tensor->type) ? 0 : -(int64_t(1) << (integerBits(tensor->type) - 1));
             return z >= low && z < low + (int64_t(1) << integerBits(tensor->type));
           });
  };
  return llvm::any_of(op.operands, isBroken) || llvm::any_of(op.results, isBroken);
}

void form(Context &context, const OperatorView &op) {
  if (!op.nn)
    return;
  if (!op.problem.empty() && !op.contradictsShapes && !hasBrokenRecord(op))
    context.report(op, "operands, options and results that fit each other", op.problem);
  // An operator with a class of its own that could not take this many operands or results.
  if (isa<nn::GenericOp>(op.nn) && RegisteredOperationName::lookup("nn." + op.name.lower(), op.nn->getContext()))
    context.report(op, "as many operands and results as the operator has",
                   formatv("{0} operands, {1} results", op.operands.size(), op.results.size()));
}

void recordedShape(Context &context, const OperatorView &op) {
  if (op.contradictsShapes)
    context.report(op, "the shape that it computes", op.problem);
}

void optionValues(Context &context, const GraphView &graph) {
  for (const OperatorView &op : graph.operators)
    if (!op.isSound && !op.problem.empty())
      context.report(op, "options that the format names", op.problem);
}

void optionsTable(Context &context, const OperatorView &op) {
  StringRef expected;
  if (const reflection::Object *table = op.is(Builtin::CUSTOM) ? nullptr : tflite::getOptionsTable(op.name))
    expected = tflite::getTableName(*table);
  if (op.table->builtin_options_type() == schema::BuiltinOptions::NONE)
    return;
  StringRef found = schema::EnumNameBuiltinOptions(op.table->builtin_options_type());
  if (!expected.empty() && found != expected)
    context.report(op, expected.str(), found.str());
}

/// Numbers that kernels divide by or step with: missing options are zeros.
void positiveOptions(Context &context, const OperatorView &op) {
  auto look = [&](StringRef what, int64_t value) {
    if (value < 1)
      context.report(op, (what + " of 1 or more").str(), std::to_string(value));
  };
  auto steps = [&](const auto *options) {
    look("stride_h", options ? options->stride_h() : 0);
    look("stride_w", options ? options->stride_w() : 0);
  };
  auto dilations = [&](const auto *options) {
    look("dilation_h_factor", options ? options->dilation_h_factor() : 1);
    look("dilation_w_factor", options ? options->dilation_w_factor() : 1);
  };
  if (op.is(Builtin::CONV_2D)) {
    steps(op.options<schema::Conv2DOptions>());
    dilations(op.options<schema::Conv2DOptions>());
  } else if (op.is(Builtin::DEPTHWISE_CONV_2D)) {
    steps(op.options<schema::DepthwiseConv2DOptions>());
    dilations(op.options<schema::DepthwiseConv2DOptions>());
  } else if (op.is(Builtin::TRANSPOSE_CONV)) {
    steps(op.options<schema::TransposeConvOptions>());
  } else if (op.isAny(Builtin::AVERAGE_POOL_2D, Builtin::MAX_POOL_2D, Builtin::L2_POOL_2D)) {
    const auto *options = op.options<schema::Pool2DOptions>();
    steps(options);
    look("filter_height", options ? options->filter_height() : 0);
    look("filter_width", options ? options->filter_width() : 0);
  } else if (op.is(Builtin::SPACE_TO_DEPTH)) {
    look("block_size",
         op.options<schema::SpaceToDepthOptions>() ? op.options<schema::SpaceToDepthOptions>()->block_size() : 0);
  } else if (op.is(Builtin::DEPTH_TO_SPACE)) {
    look("block_size",
         op.options<schema::DepthToSpaceOptions>() ? op.options<schema::DepthToSpaceOptions>()->block_size() : 0);
  } else if (op.is(Builtin::SPLIT)) {
    const auto *options = op.options<schema::SplitOptions>();
    if (int64_t splits = options ? options->num_splits() : 0; splits != int64_t(op.results.size()))
      context.report(op, formatv("num_splits {0}, as it has results", op.results.size()), std::to_string(splits));
  }
}

void channels(Context &context, const OperatorView &op) {
  if (!op.isAny(Builtin::CONV_2D, Builtin::DEPTHWISE_CONV_2D) || !op.operand(0) || !op.operand(1) ||
      op.operand(0)->shape.size() != 4 || op.operand(1)->shape.size() != 4)
    return;
  int32_t input = op.operand(0)->shape[3], weight = op.operand(1)->shape[3];
  if (op.is(Builtin::CONV_2D) ? weight < 1 || input % weight != 0 || op.operand(1)->shape[0] % (input / weight) != 0
                              : input < 1 || weight % input != 0)
    context.report({op, op.operand(1)},
                   op.is(Builtin::CONV_2D) ? formatv("input channels a multiple of the filter's {0}", weight).str()
                                           : formatv("a multiple of {0} channels", input).str(),
                   std::to_string(op.is(Builtin::CONV_2D) ? input : weight));
}

void activation(Context &context, const OperatorView &op) {
  auto fused = fusedActivation(op);
  if (!fused || !getScheme(op))
    return;
  using Function = schema::ActivationFunctionType;
  if (*fused != Function::NONE && *fused != Function::RELU && *fused != Function::RELU6 &&
      *fused != Function::RELU_N1_TO_1)
    context.report(op, "a fused activation that clamps, or none", schema::EnumNameActivationFunctionType(*fused));
  else if (*fused != Function::NONE && op.isAny(Builtin::CONCATENATION, Builtin::L2_NORMALIZATION))
    context.report(op, "no fused activation", schema::EnumNameActivationFunctionType(*fused));
}

void resizeOptions(Context &context, const OperatorView &op) {
  auto look = [&](const auto *options) {
    if (options && options->align_corners() && options->half_pixel_centers())
      context.report(op, "align_corners or half_pixel_centers", "both");
  };
  look(op.options<schema::ResizeBilinearOptions>());
  look(op.options<schema::ResizeNearestNeighborOptions>());
}

void shuffledWeights(Context &context, const OperatorView &op) {
  const auto *options = op.options<schema::FullyConnectedOptions>();
  if (options && options->weights_format() != schema::FullyConnectedOptionsWeightsFormat::DEFAULT)
    context.report(op, "weights in the DEFAULT format",
                   schema::EnumNameFullyConnectedOptionsWeightsFormat(options->weights_format()));
}

void powerOfTwoSums(Context &context, const OperatorView &op) {
  bool flag = op.options<schema::AddOptions>()
                  ? op.options<schema::AddOptions>()->pot_scale_int16()
                  : op.options<schema::SubOptions>() && op.options<schema::SubOptions>()->pot_scale_int16();
  std::optional<Scheme> scheme = getScheme(op);
  if (!op.isAny(Builtin::ADD, Builtin::SUB) || !flag || !scheme || scheme->kind != Scheme::Kind::Int16x8 ||
      op.operands.size() != 2)
    return;
  for (const TensorView *tensor : {op.operands[0], op.operands[1], op.result(0)}) {
    int exponent;
    if (tensor && tensor->isQuantized() && std::frexp(tensor->scale(), &exponent) != 0.5)
      return context.report(op, "pot_scale_int16 false, or scales that are powers of two",
                            "pot_scale_int16 true, scale " + show(tensor->scale()));
  }
}

/// Operands that are shapes, axes and the like.
void indexTypes(Context &context, const OperatorView &op) {
  constexpr struct {
    Builtin builtin;
    unsigned first, last;
  } kIndices[] = {
      {Builtin::RESHAPE, 1, 1},
      {Builtin::PAD, 1, 1},
      {Builtin::PADV2, 1, 1},
      {Builtin::MIRROR_PAD, 1, 1},
      {Builtin::TRANSPOSE, 1, 1},
      {Builtin::SLICE, 1, 2},
      {Builtin::STRIDED_SLICE, 1, 3},
      {Builtin::GATHER, 1, 1},
      {Builtin::GATHER_ND, 1, 1},
      {Builtin::SPLIT, 0, 0},
      {Builtin::SPLIT_V, 1, 2},
      {Builtin::MEAN, 1, 1},
      {Builtin::SUM, 1, 1},
      {Builtin::REDUCE_MAX, 1, 1},
      {Builtin::REDUCE_MIN, 1, 1},
      {Builtin::REDUCE_PROD, 1, 1},
      {Builtin::RESIZE_BILINEAR, 1, 1},
      {Builtin::RESIZE_NEAREST_NEIGHBOR, 1, 1},
      {Builtin::TRANSPOSE_CONV, 0, 0},
      {Builtin::BATCH_TO_SPACE_ND, 1, 2},
      {Builtin::SPACE_TO_BATCH_ND, 1, 2},
      {Builtin::ARG_MAX, 1, 1},
      {Builtin::ARG_MIN, 1, 1},
      {Builtin::TILE, 1, 1},
      {Builtin::EXPAND_DIMS, 1, 1},
      {Builtin::BROADCAST_TO, 1, 1},
      {Builtin::TOPK_V2, 1, 1},
      {Builtin::FILL, 0, 0},
      {Builtin::REVERSE_V2, 1, 1},
      {Builtin::EMBEDDING_LOOKUP, 0, 0},
      {Builtin::ONE_HOT, 0, 1},
  };
  for (const auto &row : kIndices)
    if (op.is(row.builtin))
      for (unsigned i = row.first; i <= row.last; ++i)
        if (const TensorView *tensor = op.operand(i))
          if (tensor->type != Element::INT32 && tensor->type != Element::INT64 &&
              !(tensor->type == Element::INT16 && op.isAny(Builtin::GATHER, Builtin::GATHER_ND, Builtin::TOPK_V2)) &&
              !(tensor->type == Element::UINT8 && op.is(Builtin::ONE_HOT)))
            context.report({op, tensor}, "INT32 or INT64 numbers", nameOf(tensor->type).str());
}

void subgraphInterface(Context &context, const OperatorView &op) {
  auto look = [&](int64_t index, ArrayRef<const TensorView *> given, bool areInputs, StringRef what) {
    if (index < 0 || index >= int64_t(context.model.graphs.size()))
      return;
    const GraphView &graph = context.model.graphs[index];
    ArrayRef<int32_t> inside = tflite::toArrayRef(areInputs ? graph.table->inputs() : graph.table->outputs());
    if (inside.size() != given.size())
      return context.report(op, formatv("{0} {1} of subgraph {2}", given.size(), what, index),
                            std::to_string(inside.size()));
    for (auto [number, tensor] : llvm::zip_equal(inside, given)) {
      const TensorView *other = graph.tensor(number);
      if (!tensor || !other)
        continue;
      if (tensor->type != other->type)
        context.report({op, tensor},
                       formatv("the type of tensor {0} of subgraph {1}, {2}", number, index, nameOf(other->type)),
                       nameOf(tensor->type).str());
      else if (tensor->isQuantized() && other->isQuantized() && integerBits(tensor->type) <= 16 &&
               (tensor->scales != other->scales || tensor->zeroPoint() != other->zeroPoint()))
        context.report({op, tensor},
                       formatv("{0}, as tensor {1} of subgraph {2} has", showParameters(*other), number, index),
                       showParameters(*tensor));
    }
  };
  if (const auto *branch = op.options<schema::IfOptions>(); branch && !op.operands.empty())
    for (int64_t graph : {branch->then_subgraph_index(), branch->else_subgraph_index()}) {
      look(graph, ArrayRef(op.operands).drop_front(), true, "inputs");
      look(graph, op.results, false, "outputs");
    }
  if (const auto *loop = op.options<schema::WhileOptions>()) {
    look(loop->cond_subgraph_index(), op.operands, true, "inputs");
    look(loop->body_subgraph_index(), op.operands, true, "inputs");
    look(loop->body_subgraph_index(), op.results, false, "outputs");
  }
}

const Rule kRules[] = {
    {"same-scale", Severity::Error,
     "operators that only move or compare values have one scale and zero point throughout",
     "kernels copy the stored integers: the real values change in silence; concatenation fails at load",
     "requantize the operand in front (QUANTIZE), or give both the same parameters", sameScale},
    {"fixed-output", Severity::Error,
     "softmax, logistic, tanh and the like have the output parameters that their kernels assume",
     "LiteRT refuses the file, TFLM computes on other parameters", "write the fixed parameters and requantize behind",
     fixedOutput},
    {"operator-form", Severity::Error, "operands, results and options of an operator fit each other",
     "the runtime refuses the file, fails when it runs, or reads outside its memory",
     "write the operator as its specification has it", form},
    {"recorded-shape", Severity::Warning, "the recorded shape of a result is the one that the operator computes",
     "the runtime computes the shape itself; tools that believe the file plan wrong memory",
     "write the shape that the operator computes", recordedShape},
    {"option-value", Severity::Error, "enumerations in options have values that the format names",
     "the runtime refuses the file, or takes a default", "write a value of the enumeration", optionValues},
    {"options-table", Severity::Error, "an operator has the options table of its kind",
     "the runtime reads the options as zeros or as another table", "write the operator's own table", optionsTable},
    {"option-range", Severity::Error,
     "strides, dilations, windows and block sizes are 1 or more, and SPLIT counts its results",
     "kernels divide by zero, or do not end", "write the option", positiveOptions},
    {"channels", Severity::Error, "the channels of input and filter divide each other",
     "kernels divide by zero or read behind the filter", "correct the filter's shape", channels},
    {"fused-activation", Severity::Error, "integer operators fuse RELU, RELU6, RELU_N1_TO_1 or nothing",
     "integer kernels leave the activation out in silence", "make the activation an operator of its own", activation},
    {"resize-options", Severity::Error, "a resize aligns corners or has half-pixel centers, not both",
     "LiteRT refuses the file", "clear one of the options", resizeOptions},
    {"weights-format", Severity::Warning, "dense layers have weights in the default format",
     "only old kernels for ARM read shuffled weights", "write the weights in rows", shuffledWeights},
    {"power-of-two-sum", Severity::Warning, "16-bit sums say that their scales are general (pot_scale_int16 false)",
     "runtimes that believe the option shift instead of rescaling; the version hides that general scales are needed",
     "clear pot_scale_int16 and raise the version", powerOfTwoSums},
    {"index-type", Severity::Error, "shapes, axes, paddings and indices are INT32 or INT64",
     "the runtime refuses the file, or takes real values for numbers",
     "leave the operand as it was before quantization", indexTypes},
    {"subgraph-interface", Severity::Error,
     "what an operator gives to and takes from its subgraphs has their types and parameters",
     "the runtime refuses the file, or values change their meaning at the border",
     "give both sides the same types and parameters", subgraphInterface},
};

} // namespace

ArrayRef<Rule> operatorRules() { return kRules; }

} // namespace mlir::vernier::check
