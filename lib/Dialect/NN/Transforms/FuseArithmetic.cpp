//===- FuseArithmetic.cpp - Arithmetic on channels into filter and bias ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Batch normalization arrives as a chain of multiplications, additions and subtractions of
// constants. A chain is an affine function of each output channel, y = scale * x + shift, and so is
// what it does to the weights: filter' = scale * filter, bias' = scale * bias + shift.

#include "FusePatterns.h"
#include "vernier/Interfaces/ConstantData.h"
#include "vernier/Interfaces/TensorIdentity.h"
#include <cmath>

namespace mlir::vernier::nn {
namespace {

/// What a chain does to each output channel, in double precision.
struct ChannelFunction {
  explicit ChannelFunction(int64_t channels) : scale(channels, 1.0), shift(channels, 0.0) {}
  std::vector<double> scale, shift;
};

/// One value for each of `channels` from a constant that broadcasts along the last dimension only.
std::optional<std::vector<double>> getChannelConstant(Value value, int64_t channels, int64_t rank) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  if (!type || !type.hasStaticShape() || !type.getElementType().isF32() || type.getRank() > rank)
    return std::nullopt;
  int64_t elements = type.getNumElements();
  if (elements != 1 && (elements != channels || type.getShape().back() != channels))
    return std::nullopt;
  std::optional<ConstantData> data = getConstantData(value);
  if (!data)
    return std::nullopt;
  std::vector<double> values(channels);
  for (int64_t channel = 0; channel < channels; ++channel)
    values[channel] = data->as<float>()[elements == 1 ? 0 : channel];
  return values;
}

/// Composes `function` with `op`, an nn.mul, nn.add or nn.sub of `input` and a constant, and returns
/// that constant; nothing when `op` is something else.
Value compose(Operation *op, Value input, int64_t channels, ChannelFunction &function) {
  if (!isa<AddOp, MulOp, SubOp>(op))
    return {};
  bool constantFirst = op->getOperand(1) == input;
  Value constant = op->getOperand(constantFirst ? 0 : 1);
  auto type = dyn_cast<RankedTensorType>(input.getType());
  if (!type || op->getResult(0).getType() != type)
    return {};
  std::optional<std::vector<double>> values = getChannelConstant(constant, channels, type.getRank());
  if (!values)
    return {};
  for (int64_t channel = 0; channel < channels; ++channel) {
    double &scale = function.scale[channel], &shift = function.shift[channel], value = (*values)[channel];
    if (isa<MulOp>(op)) {
      scale *= value;
      shift *= value;
    } else if (isa<AddOp>(op)) {
      shift += value;
    } else if (constantFirst) {
      scale = -scale;
      shift = value - shift;
    } else {
      shift -= value;
    }
  }
  return constant;
}

/// `original` with new data: its type, place and name stay.
Value replaceData(PatternRewriter &rewriter, ConstOp original, ArrayRef<float> data) {
  ArrayRef<char> bytes(reinterpret_cast<const char *>(data.data()), data.size() * sizeof(float));
  rewriter.setInsertionPoint(original);
  auto constant = ConstOp::create(rewriter, original.getLoc(), cast<RankedTensorType>(original.getType()), bytes,
                                  getTensorName(original.getOutput()));
  constant->setDiscardableAttrs(original->getDiscardableAttrDictionary());
  return constant;
}

/// Rounds to float32; false when a value is no finite float32.
bool roundAll(ArrayRef<double> values, std::vector<float> &rounded) {
  rounded.reserve(values.size());
  for (double value : values) {
    rounded.push_back(float(value));
    if (!std::isfinite(rounded.back()))
      return false;
  }
  return true;
}

/// Folds the chain after an operator into its filter and bias. `channelDim` is the dimension of the
/// filter that counts output channels.
///
///   %0 = nn.conv_2d %x, %w, %b ...                     // "conv"
///   %1 = nn.mul %0, %scale                             // "mul"
///   %2 = nn.add %1, %shift activation RELU             // "add"
/// becomes
///   %2 = nn.conv_2d %x, %w', %b' ... activation RELU   // "add"
template <typename WeightedOp, unsigned channelDim> struct FuseArithmetic : OpRewritePattern<WeightedOp> {
  using OpRewritePattern<WeightedOp>::OpRewritePattern;

  LogicalResult matchAndRewrite(WeightedOp op, PatternRewriter &rewriter) const override {
    if (op.getFusedActivationFunction() != Activation::NONE)
      return rewriter.notifyMatchFailure(op, "requires no fused activation");
    if (!isFloat32(op.getInput()) || !isFloat32(op.getOutput()))
      return rewriter.notifyMatchFailure(op, "requires float32");
    if constexpr (std::is_same_v<WeightedOp, FullyConnectedOp>)
      if (op.getWeightsFormat() != 0)
        return rewriter.notifyMatchFailure(op, "requires weights in row-major order");
    auto filter = op.getFilter().template getDefiningOp<ConstOp>();
    if (!filter || !isFloat32(filter.getOutput()))
      return rewriter.notifyMatchFailure(op, "requires a constant float32 filter");
    auto filterType = cast<RankedTensorType>(filter.getType());
    int64_t channels = filterType.getDimSize(channelDim);
    std::optional<ConstantData> filterData = getConstantData(filter.getValue());

    bool hasBias = op.getBias() && !isa<NoneType>(op.getBias().getType());
    auto bias = hasBias ? op.getBias().template getDefiningOp<ConstOp>() : ConstOp();
    if (hasBias && (!bias || !isFloat32(bias.getOutput())))
      return rewriter.notifyMatchFailure(op, "requires a constant float32 bias");
    std::optional<ConstantData> biasData = bias ? getConstantData(bias.getValue()) : std::nullopt;
    if (!filterData || (bias && !biasData))
      return rewriter.notifyMatchFailure(op, "requires data");

    ChannelFunction function(channels);
    Operation *last = op;
    Value shiftedBy;
    while (last->getResult(0).hasOneUse() && getActivation(last) == Activation::NONE) {
      Operation *user = *last->getResult(0).user_begin();
      Value constant = compose(user, last->getResult(0), channels, function);
      if (!constant)
        break;
      if (!isa<MulOp>(user))
        shiftedBy = constant;
      last = user;
    }
    if (last == op)
      return rewriter.notifyMatchFailure(
          op, "requires a single user that is arithmetic with one constant for each channel");

    // The filter's elements of one channel are `inner` in a row, or every `channels`-th one.
    int64_t inner = channelDim == 0 && channels ? filterType.getNumElements() / channels : 1;
    std::vector<double> weights(filterData->as<float>().begin(), filterData->as<float>().end());
    for (size_t i = 0; i < weights.size(); ++i)
      weights[i] *= function.scale[(i / inner) % channels];
    std::vector<double> shifts = function.shift;
    if (bias)
      for (int64_t channel = 0; channel < channels; ++channel)
        shifts[channel] += function.scale[channel] * biasData->as<float>()[channel];
    std::vector<float> newWeights, newBias;
    if (!roundAll(weights, newWeights) || !roundAll(shifts, newBias))
      return rewriter.notifyMatchFailure(op, "requires products that float32 can hold");

    Value newFilter = replaceData(rewriter, filter, newWeights);
    Value newBiasValue = op.getBias();
    if (bias)
      newBiasValue = replaceData(rewriter, bias, newBias);
    else if (shiftedBy)
      newBiasValue = createConstant(rewriter, op, RankedTensorType::get({channels}, rewriter.getF32Type()), newBias,
                                    biasName(op, shiftedBy));
    rewriter.modifyOpInPlace(op, [&] {
      op.getFilterMutable().assign(newFilter);
      if (newBiasValue)
        op.getBiasMutable().assign(newBiasValue);
      if (auto activation = dyn_cast_or_null<ActivationAttr>(
              last->getInherentAttr("fused_activation_function").value_or(Attribute())))
        op.setFusedActivationFunction(activation.getValue());
    });
    replaceChain(rewriter, op, last);
    return success();
  }

private:
  static Activation getActivation(Operation *op) {
    auto attr =
        dyn_cast_or_null<ActivationAttr>(op->getInherentAttr("fused_activation_function").value_or(Attribute()));
    return attr ? attr.getValue() : Activation::NONE;
  }

  /// A bias that was not there takes the name of the constant that was added.
  static std::string biasName(WeightedOp op, Value shiftedBy) {
    StringRef name = getTensorName(shiftedBy);
    return name.empty() ? (getTensorName(op.getOutput()) + "/bias").str() : name.str();
  }
};

} // namespace

void populateFuseArithmeticPatterns(RewritePatternSet &patterns) {
  patterns.add<FuseArithmetic<Conv2DOp, 0>, FuseArithmetic<DepthwiseConv2DOp, 3>, FuseArithmetic<FullyConnectedOp, 0>>(
      patterns.getContext());
}

} // namespace mlir::vernier::nn
