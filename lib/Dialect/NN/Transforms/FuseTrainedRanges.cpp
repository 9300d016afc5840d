//===- FuseTrainedRanges.cpp - What quantization-aware training left behind ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A network that was trained to be quantized rounds its values in float: FAKE_QUANT operators, or a
// QUANTIZE and a DEQUANTIZE in a row. The ranges are those that its weights were trained for. They move
// to the value that is rounded, where insertion finds them; constants are rounded here.

#include "FusePatterns.h"
#include "TrainedValues.h"
#include "vernier/Interfaces/ConstantData.h"
#include "vernier/Interfaces/FusedOperators.h"
#include "vernier/Interfaces/QuantTypeChecks.h"
#include "vernier/Interfaces/TensorIdentity.h"
#include "vernier/Interfaces/TrainedRange.h"
#include "vernier/Numerics/Rounding.h"
#include <cmath>

namespace mlir::vernier::nn {
namespace {

/// The parameters of a FAKE_QUANT: its range moved so that zero is in it and exact (TensorFlow,
/// "FakeQuantWithMinMaxVars").
std::optional<QuantParameters> parametersOf(GenericOp op) {
  DictionaryAttr options = op.getOptionsAttr();
  if (op.getBuiltin() != "FAKE_QUANT" || !options || op.getInputs().size() != 1)
    return std::nullopt;
  auto min = options.getAs<FloatAttr>("min"), max = options.getAs<FloatAttr>("max");
  auto bits = options.getAs<IntegerAttr>("num_bits");
  auto narrow = options.getAs<BoolAttr>("narrow_range");
  if (!min || !max || !bits || bits.getInt() < 2 || bits.getInt() > 16)
    return std::nullopt;
  QuantParameters parameters;
  parameters.storageMin = narrow && narrow.getValue() ? 1 : 0;
  parameters.storageMax = (int64_t(1) << bits.getInt()) - 1;
  double low = min.getValueAsDouble(), high = max.getValueAsDouble();
  if (!(low < high) || !std::isfinite(high - low))
    return std::nullopt;
  parameters.scales = {(high - low) / double(parameters.storageMax - parameters.storageMin)};
  int64_t zeroPoint = numerics::roundHalfAway64(double(parameters.storageMin) - low / parameters.scales.front());
  parameters.zeroPoints = {std::clamp(zeroPoint, parameters.storageMin, parameters.storageMax)};
  return parameters;
}

/// The quantized element type that stores what a FAKE_QUANT rounds to. Null beyond 8 bits: nothing stores such weights.
Type typeOf(Builder &builder, const QuantParameters &parameters) {
  unsigned bits = llvm::Log2_64_Ceil(uint64_t(parameters.storageMax) + 1);
  if (bits > 8 || float(parameters.scales.front()) < std::numeric_limits<float>::min())
    return {};
  return quant::UniformQuantizedType::get(0, builder.getIntegerType(8), builder.getF32Type(), parameters.scales.front(),
                                          parameters.zeroPoints.front(), parameters.storageMin, parameters.storageMax);
}

/// A float constant on the grid of `parameters`, or nothing where data is missing.
std::optional<std::vector<float>> roundToGrid(ConstOp constant, const QuantParameters &parameters) {
  auto type = cast<RankedTensorType>(constant.getType());
  std::optional<ConstantData> data = getConstantData(constant.getValue());
  if (!data || (parameters.axis && *parameters.axis >= type.getRank()))
    return std::nullopt;
  std::vector<float> values;
  for (auto [i, value] : llvm::enumerate(data->as<float>())) {
    size_t slice = sliceOf(parameters, type.getShape(), i);
    int64_t zeroPoint = parameters.zeroPoints[slice];
    int64_t steps = std::clamp(numerics::roundHalfAway64(value / parameters.scales[slice]),
                               parameters.storageMin - zeroPoint, parameters.storageMax - zeroPoint);
    values.push_back(float(parameters.scales[slice] * double(steps)));
  }
  return values;
}

/// Puts `values`, which lie on the grid of `trained`, in the place of `op`, under the name of the constant that it
/// read.
void replaceByValues(PatternRewriter &rewriter, Operation *op, ConstOp original, ArrayRef<float> values, Type trained) {
  rewriter.setInsertionPoint(op);
  rewriter.replaceOp(op, createTrainedConstant(rewriter, original, values, trained));
}

bool isReturned(Value value) {
  return llvm::any_of(value.getUsers(), [](Operation *user) { return user->hasTrait<OpTrait::IsTerminator>(); });
}

/// Drops the rounding `op` of the computed value `input`, which keeps the range. What a function returns
/// keeps its name.
LogicalResult recordRange(PatternRewriter &rewriter, Operation *op, Value input, const QuantParameters &parameters) {
  Value rounded = op->getResult(0);
  if (parameters.scales.size() != 1)
    return rewriter.notifyMatchFailure(op, "requires one scale");
  Operation *producer = input.getDefiningOp();
  if (isReturned(rounded)) {
    if (rounded.getType() != input.getType() || !producer || isa<ConstOp>(producer) || producer->getNumResults() != 1 ||
        isReturned(input))
      return rewriter.notifyMatchFailure(op, "requires a result whose name can move");
    recordFused(producer, producer);
    if (Attribute identity = op->getDiscardableAttr(NNDialect::getTensorsAttrName()))
      producer->setDiscardableAttr(NNDialect::getTensorsAttrName(), identity);
  }
  addTrainedRange(op, input, rangeOf(parameters));
  rewriter.replaceOp(op, input);
  return success();
}

/// nn.dequantize (nn.quantize %x)  ->  %x, with the range of the quantized type.
///
/// Of a constant, quantized or about to be, a float constant on the grid remains.
struct DropPair : OpRewritePattern<DequantizeOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(DequantizeOp op, PatternRewriter &rewriter) const override {
    std::optional<QuantParameters> parameters = QuantParameters::of(op.getInput().getType());
    if (!parameters || !isFloat32(op.getOutput()))
      return rewriter.notifyMatchFailure(op, "requires a quantized operand and a float32 result");
    if (auto stored = op.getInput().getDefiningOp<ConstOp>(); stored && !isReturned(op.getOutput())) {
      std::optional<std::vector<float>> values = dequantizeConstant(stored);
      if (!values)
        return rewriter.notifyMatchFailure(op, "requires data");
      return replaceByValues(rewriter, op, stored, *values, stored.getType().getElementType()), success();
    }
    auto quantize = op.getInput().getDefiningOp<QuantizeOp>();
    if (!quantize || !isFloat32(quantize.getInput()))
      return rewriter.notifyMatchFailure(op, "requires a float32 value that is quantized before");
    if (auto constant = quantize.getInput().getDefiningOp<ConstOp>(); constant && !isReturned(op.getOutput())) {
      std::optional<std::vector<float>> values = roundToGrid(constant, *parameters);
      if (!values)
        return rewriter.notifyMatchFailure(op, "requires data");
      return replaceByValues(rewriter, op, constant, *values, quantize.getType().getElementType()), success();
    }
    return recordRange(rewriter, op, quantize.getInput(), *parameters);
  }
};

/// The same for a FAKE_QUANT.
struct DropFakeQuant : OpRewritePattern<GenericOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(GenericOp op, PatternRewriter &rewriter) const override {
    std::optional<QuantParameters> parameters = parametersOf(op);
    if (!parameters || !isFloat32(op.getInputs()[0]))
      return rewriter.notifyMatchFailure(op, "requires a FAKE_QUANT with a range");
    auto constant = op.getInputs()[0].getDefiningOp<ConstOp>();
    if (!constant || isReturned(op->getResult(0)))
      return recordRange(rewriter, op, op.getInputs()[0], *parameters);
    std::optional<std::vector<float>> values = roundToGrid(constant, *parameters);
    if (!values)
      return rewriter.notifyMatchFailure(op, "requires data");
    return replaceByValues(rewriter, op, constant, *values, typeOf(rewriter, *parameters)), success();
  }
};

} // namespace

void populateFuseTrainedRangePatterns(RewritePatternSet &patterns) {
  patterns.add<DropPair, DropFakeQuant>(patterns.getContext());
}

} // namespace mlir::vernier::nn
