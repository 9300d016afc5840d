//===- Convolution.cpp - Operators with weights -----------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One loop nest for each operator, over doubles or over integers from which zero points are already taken off, so
// that padding is 0 in both.

#include "Blockwise.h"
#include "DynamicRange.h"
#include "Families.h"
#include "Requantize.h"
#include "Window.h"
#include "vernier/Interfaces/ConstantData.h"

namespace mlir::vernier::reference {
namespace {

/// The tensors of a convolution, whatever their order among the operands.
struct Parts {
  TensorRef input, filter, bias, output;
  /// The dimension of the filter that counts output channels.
  unsigned channelAxis;
  numerics::FusedActivation activation;
  /// How results of quantized types are rounded under `Call::target`.
  Arithmetic arithmetic;
  /// See `Requantizer`.
  bool floatProduct;
  /// `arithmetic` holds for channels in full groups of 8; those that are left over round half away.
  bool byGroups = false;
  /// How float activations over integer weights are rounded, and how many of them together: 0 for an image.
  Hybrid hybrid = {RowKernel::Asymmetric, SumOrder::WeightFirst};
  int64_t hybridRow = 0;
  bool isFullyConnected = false;
  /// Whether the operator's option says that its bias has 64 bits.
  bool asksForWideBias = false;
  /// Whether LiteRT's optimized kernels know 16 bits.
  bool isInOptimized16 = false;
};

/// Checks what every convolution has in common; `channels` is the number of output channels.
LogicalResult checkBias(const Call &call, const Parts &parts, int64_t channels) {
  if (!parts.bias || count(parts.bias.shape) == channels)
    return success();
  return call.error() << "expected a bias of " << channels << " elements, got shape " << describe(parts.bias.shape);
}

/// `convolve` for float activations over integer weights: rows of activations are quantized here.
template <typename Accumulate>
LogicalResult convolveHybrid(const Call &call, const Parts &parts, const Weights &filter, Accumulate accumulate) {
  int64_t channels = parts.output.shape.back(), size = count(parts.output.shape);
  if (!isFloat(parts.output) || (parts.bias && !isFloat(parts.bias)) ||
      llvm::any_of(filter.zeroPoints, [](int32_t zeroPoint) { return zeroPoint != 0; }))
    return call.noForm();
  int64_t inputs = count(parts.input.shape);
  if (inputs == 0 || size == 0)
    return success();
  int64_t row = parts.hybridRow ? parts.hybridRow : inputs / parts.input.shape[0];
  QuantizedRows rows = quantizeRows(parts.hybrid.rows, readReals(parts.input), row);
  std::vector<int64_t> sums(size);
  accumulate(rows.values, readIntegers(parts.filter), sums);
  std::vector<double> bias = parts.bias ? readReals(parts.bias) : std::vector<double>(channels);
  int64_t resultsOfRow = size / int64_t(rows.scales.size());
  Elements output(parts.output);
  for (int64_t i = 0; i < size; ++i) {
    int64_t channel = i % channels;
    SumOrder order = parts.hybrid.order;
    if (order == SumOrder::InGroups && channel >= channels / 4 * 4)
      order = SumOrder::RowFirst;
    float value = scaleSum(order, sums[i], rows.scales[i / resultsOfRow],
                           filter.scales[filter.scales.size() > 1 ? channel : 0], float(bias[channel]));
    output.setReal(i, applyActivation(parts.activation, value));
  }
  return success();
}

/// `convolve` for 16-bit activations: biases of 64 bits, or of 32. FULLY_CONNECTED multiplies in double, except TFLM's.
template <typename Accumulate>
LogicalResult convolve16(const Call &call, const Parts &parts, const Weights &filter, Accumulate accumulate) {
  std::optional<Affine> in = affine16(parts.input), out = affine16(parts.output);
  int64_t channels = parts.output.shape.back(), size = count(parts.output.shape);
  bool isWide = !parts.bias || parts.bias.elementType.isInteger(64);
  if (!in || !out || (!isWide && !parts.bias.elementType.isInteger(32)) ||
      llvm::any_of(filter.zeroPoints, [](int32_t zeroPoint) { return zeroPoint != 0; }))
    return call.noForm();
  std::vector<int64_t> sums(size);
  accumulate(readIntegers(parts.input), readIntegers(parts.filter), sums);
  std::vector<int64_t> bias = parts.bias ? readIntegers(parts.bias) : std::vector<int64_t>(channels);
  numerics::QuantizedRange range = activationRange(parts.activation, *out, numerics::Ties::Away);
  // With a bias of 32 bits the optimized kernels compute, where there are some; without any, where 64 are not asked
  // for.
  bool isHalfUp = call.isDefaultLiteRT() && parts.isInOptimized16 &&
                  (!isWide || (parts.isFullyConnected && !parts.bias && !parts.asksForWideBias));
  bool isDouble = parts.isFullyConnected && call.target != NumericsTarget::TFLM && !isHalfUp;
  Elements output(parts.output);
  for (int64_t i = 0; i < size; ++i) {
    int64_t channel = i % channels, sum = sums[i] + bias[channel];
    double scale =
        numerics::effectiveScale(in->scale, filter.scales[filter.scales.size() > 1 ? channel : 0], out->scale);
    numerics::FixedPointMultiplier multiplier = numerics::quantizeMultiplier(scale);
    int64_t value = isDouble ? numerics::roundHalfAway(double(isWide ? sum : int32_t(uint32_t(uint64_t(sum)))) * scale)
                    : isHalfUp
                        ? numerics::multiplyByQuantizedMultiplierHalfUp(int32_t(uint32_t(uint64_t(sum))), multiplier)
                    : isWide ? numerics::multiplyByQuantizedMultiplier64(sum, multiplier)
                             : numerics::multiplyByQuantizedMultiplier(int32_t(uint32_t(uint64_t(sum))), multiplier);
    output.setInteger(i, numerics::clamp<int64_t>(value, range.min, range.max));
  }
  return success();
}

/// Runs `accumulate(input, filter, sums)` on the values of one element class and stores the finished sums.
/// `channels` is the innermost dimension of the output.
template <typename Accumulate> LogicalResult convolve(const Call &call, const Parts &parts, Accumulate accumulate) {
  int64_t channels = parts.output.shape.back(), size = count(parts.output.shape);
  Elements output(parts.output);
  if (isFloat(parts.input) && isFloat(parts.filter) && isFloat(parts.output) && (!parts.bias || isFloat(parts.bias))) {
    std::vector<double> bias = parts.bias ? readReals(parts.bias) : std::vector<double>(channels);
    std::vector<double> sums(size);
    accumulate(readReals(parts.input), readReals(parts.filter), sums);
    for (int64_t i = 0; i < size; ++i)
      output.setReal(i, applyActivation(parts.activation, sums[i] + bias[i % channels]));
    return success();
  }

  std::optional<Weights> filter = weights(parts.filter, parts.channelAxis);
  if (isFloat(parts.input) && filter)
    return convolveHybrid(call, parts, *filter, accumulate);
  if (affine16(parts.input) && filter)
    return convolve16(call, parts, *filter, accumulate);
  std::optional<Affine> in = affine8(parts.input), out = affine8(parts.output);
  bool isSound = in && out && filter && sameStorage(parts.input, parts.output) &&
                 (!parts.bias || parts.bias.elementType.isInteger(32));
  if (!isSound)
    return call.noForm();

  std::vector<int64_t> x = readIntegers(parts.input), w = readIntegers(parts.filter);
  for (int64_t &value : x)
    value -= in->zeroPoint;
  int64_t slice = count(parts.filter.shape.drop_front(parts.channelAxis + 1));
  for (size_t i = 0; i < w.size(); ++i)
    w[i] -= filter->zeroPoints[filter->axis ? i / slice % filter->zeroPoints.size() : 0];
  std::vector<int64_t> bias = parts.bias ? readIntegers(parts.bias) : std::vector<int64_t>(channels);
  std::vector<int64_t> sums(size);
  accumulate(x, w, sums);

  bool isXnnpack = parts.arithmetic == Arithmetic::Float;
  auto range = activationRange(parts.activation, *out, isXnnpack ? numerics::Ties::Even : numerics::Ties::Away);
  Requantizer requantize(parts.arithmetic, in->scale, filter->scales, out->scale, range, parts.floatProduct);
  Requantizer left(Arithmetic::FixedHalfAway, in->scale, filter->scales, out->scale, range, parts.floatProduct);
  for (int64_t i = 0; i < size; ++i) {
    int64_t channel = i % channels;
    bool isLeft = parts.byGroups && channel >= channels / 8 * 8;
    output.setInteger(i, (isLeft ? left : requantize)(sums[i] + bias[channel], channel));
  }
  return success();
}

/// Whether an operand is a constant of the file.
bool isConstant(const Call &call, unsigned operand) { return bool(getConstantElements(call.op->getOperand(operand))); }

/// Whether XNNPACK takes an operator whose filter and bias are these operands: it packs constants, of 8 bits or
/// at least `bits`. Only that of FULLY_CONNECTED may have other than one dimension.
bool isInXnnpack(const Call &call, unsigned filter, unsigned bias, unsigned bits = 8) {
  const auto takesBias = [&] {
    return isConstant(call, bias) && (isa<nn::FullyConnectedOp>(call.op) || call.operands[bias].shape.size() == 1);
  };
  return call.isDefaultLiteRT() && Storage::of(call.operands[filter].elementType)->bits >= bits &&
         isConstant(call, filter) && (!call.operand(bias) || takesBias());
}

/// What LiteRT's optimized kernels do to channels in full groups of 8, and to the others.
enum class Optimized { HalfUp, HalfAway, ByGroupsOfChannels };

/// The fixed-point kernels of uint8 multiply the input scales in float.
void chooseArithmetic(const Call &call, Parts &parts, bool isXnnpack, Optimized optimized) {
  std::optional<Affine> input = affine8(parts.input);
  parts.floatProduct = input && input->min == 0;
  parts.byGroups = false;
  parts.arithmetic = Arithmetic::FixedHalfAway;
  if (isXnnpack) {
    parts.arithmetic = Arithmetic::Float;
  } else if (call.isDefaultLiteRT() && optimized != Optimized::HalfAway) {
    parts.arithmetic = Arithmetic::FixedHalfUp;
    parts.byGroups = optimized == Optimized::ByGroupsOfChannels;
  }
}

/// Whether there is one scale for each output channel.
bool isPerAxis(const Parts &parts) {
  std::optional<Weights> filter = weights(parts.filter, parts.channelAxis);
  return filter && filter->scales.size() > 1;
}

/// Rank 4 everywhere, and what attributes must obey for a window to make sense.
LogicalResult checkRanks(const Call &call, const Parts &parts, ArrayRef<int32_t> positive) {
  if (failed(expectRank(call, parts.input, 4, "an input")) || failed(expectRank(call, parts.filter, 4, "a filter")))
    return failure();
  for (int32_t value : positive)
    if (value <= 0)
      return call.error() << "expected positive strides and dilations, got " << value;
  return success();
}

} // namespace

LogicalResult conv2D(const Call &call) {
  auto op = llvm::cast<nn::Conv2DOp>(call.op);
  FailureOr<numerics::FusedActivation> activation = clampingActivation(call, op.getFusedActivationFunction());
  if (failed(activation))
    return failure();
  Parts parts{
      call.operand(0), call.operand(1), call.operand(2), call.results[0], 0, *activation, Arithmetic::Float, false};
  int32_t strideH = op.getStrideH(), strideW = op.getStrideW();
  int32_t dilationH = op.getDilationHFactor(), dilationW = op.getDilationWFactor();
  if (failed(checkRanks(call, parts, {strideH, strideW, dilationH, dilationW})))
    return failure();
  ArrayRef<int64_t> in = parts.input.shape, filter = parts.filter.shape;
  int64_t channels = filter[0], perGroup = filter[3];
  if (perGroup == 0 || in[3] % perGroup || in[3] == 0 || channels % (in[3] / perGroup))
    return call.error() << "expected a filter whose groups fit the input " << describe(in) << ", got "
                        << describe(filter);
  int64_t groups = in[3] / perGroup;
  chooseArithmetic(call, parts, isInXnnpack(call, 1, 2) && call.operand(2),
                   groups > 1 ? Optimized::HalfAway : Optimized::HalfUp);
  parts.isInOptimized16 = groups == 1;
  if (isInXnnpack(call, 1, 2) && call.operand(2)) {
    parts.hybrid = {RowKernel::Xnnpack, SumOrder::Fused};
    // A product of matrices to XNNPACK: each pixel is a row.
    if (groups == 1 && filter[1] == 1 && filter[2] == 1 && strideH == 1 && strideW == 1)
      parts.hybridRow = in[3];
  } else if (groups == 1) {
    bool perAxis = isPerAxis(parts);
    parts.hybrid = {perAxis ? RowKernel::Asymmetric : RowKernel::Symmetric,
                    perAxis && !call.isDefaultLiteRT() ? SumOrder::WeightFirst : SumOrder::ScalesFirst};
  }
  Window y(in[1], filter[1], strideH, dilationH, op.getPadding()),
      x(in[2], filter[2], strideW, dilationW, op.getPadding());
  Shape out = {in[0], y.output, x.output, channels};
  if (failed(expectShape(call, parts.output, out)) || failed(checkBias(call, parts, channels)))
    return failure();
  if (channels == 0)
    return success();
  return convolve(call, parts, [&](const auto &input, const auto &weights, auto &sums) {
    forEachIndex(out, [&](ArrayRef<int64_t> o) {
      auto &sum = sums[position(out, o)];
      int64_t firstChannel = o[3] / (channels / groups) * perGroup;
      y.forEachTap(o[1], [&](int64_t ky, int64_t iy) {
        x.forEachTap(o[2], [&](int64_t kx, int64_t ix) {
          int64_t i = position(in, {o[0], iy, ix, firstChannel}), w = position(filter, {o[3], ky, kx, 0});
          for (int64_t c = 0; c < perGroup; ++c)
            sum += input[i + c] * weights[w + c];
        });
      });
    });
  });
}

LogicalResult depthwiseConv2D(const Call &call) {
  auto op = llvm::cast<nn::DepthwiseConv2DOp>(call.op);
  FailureOr<numerics::FusedActivation> activation = clampingActivation(call, op.getFusedActivationFunction());
  if (failed(activation))
    return failure();
  Parts parts{
      call.operand(0), call.operand(1), call.operand(2), call.results[0], 3, *activation, Arithmetic::Float, false};
  int32_t strideH = op.getStrideH(), strideW = op.getStrideW();
  int32_t dilationH = op.getDilationHFactor(), dilationW = op.getDilationWFactor();
  if (failed(checkRanks(call, parts, {strideH, strideW, dilationH, dilationW})))
    return failure();
  ArrayRef<int64_t> in = parts.input.shape, filter = parts.filter.shape;
  int64_t channels = filter[3];
  if (filter[0] != 1 || in[3] == 0 || channels % in[3])
    return call.error() << "expected a filter of shape 1xHxWx(multiple of " << in[3] << "), got " << describe(filter);
  int64_t multiplier = channels / in[3];
  bool isUnsigned = Storage::of(parts.input.elementType)->kind == Storage::Kind::Unsigned;
  chooseArithmetic(call, parts, isInXnnpack(call, 1, 2) && call.operand(2),
                   isUnsigned ? Optimized::HalfAway : Optimized::ByGroupsOfChannels);
  parts.hybrid.order = call.isDefaultLiteRT() ? SumOrder::InGroups : SumOrder::ScalesFirst;
  Window y(in[1], filter[1], strideH, dilationH, op.getPadding()),
      x(in[2], filter[2], strideW, dilationW, op.getPadding());
  Shape out = {in[0], y.output, x.output, channels};
  if (failed(expectShape(call, parts.output, out)) || failed(checkBias(call, parts, channels)))
    return failure();
  if (channels == 0)
    return success();
  return convolve(call, parts, [&](const auto &input, const auto &weights, auto &sums) {
    forEachIndex(out, [&](ArrayRef<int64_t> o) {
      auto &sum = sums[position(out, o)];
      y.forEachTap(o[1], [&](int64_t ky, int64_t iy) {
        x.forEachTap(o[2], [&](int64_t kx, int64_t ix) {
          sum += input[position(in, {o[0], iy, ix, o[3] / multiplier})] * weights[position(filter, {0, ky, kx, o[3]})];
        });
      });
    });
  });
}

/// TRANSPOSE_CONV of LiteRT's own kernels with dynamic range: each product becomes a float, and floats are summed as
/// the input is walked.
static LogicalResult transposeConvInFloat(const Call &call, const Parts &parts, const Weights &filterScales,
                                          const Window &y, const Window &x) {
  ArrayRef<int64_t> in = parts.input.shape, filter = parts.filter.shape, out = parts.output.shape;
  if (!isFloat(parts.output) || (parts.bias && !isFloat(parts.bias)) ||
      llvm::any_of(filterScales.zeroPoints, [](int32_t zeroPoint) { return zeroPoint != 0; }))
    return call.noForm();
  if (count(in) == 0)
    return success();
  QuantizedRows rows = quantizeRows(parts.hybrid.rows, readReals(parts.input), count(in) / in[0]);
  std::vector<int64_t> weights = readIntegers(parts.filter);
  std::vector<float> sums(count(out));
  forEachIndex(in, [&](ArrayRef<int64_t> i) {
    y.forEachTap(i[1], [&](int64_t ky, int64_t oy) {
      x.forEachTap(i[2], [&](int64_t kx, int64_t ox) {
        for (int64_t channel = 0; channel < out[3]; ++channel) {
          int64_t product = rows.values[position(in, i)] * weights[position(filter, {channel, ky, kx, i[3]})];
          float scale = filterScales.scales[filterScales.scales.size() > 1 ? channel : 0];
          sums[position(out, {i[0], oy, ox, channel})] +=
              scaleSum(SumOrder::WeightFirst, product, rows.scales[i[0]], scale, 0);
        }
      });
    });
  });
  std::vector<double> bias = parts.bias ? readReals(parts.bias) : std::vector<double>(out[3]);
  Elements output(parts.output);
  for (int64_t i = 0, e = count(out); i < e; ++i)
    output.setReal(i, applyActivation(parts.activation, float(sums[i] + bias[i % out[3]])));
  return success();
}

LogicalResult transposeConv(const Call &call) {
  auto op = llvm::cast<nn::TransposeConvOp>(call.op);
  FailureOr<numerics::FusedActivation> activation = clampingActivation(call, op.getFusedActivationFunction());
  if (failed(activation))
    return failure();
  Parts parts{
      call.operand(2), call.operand(1), call.operand(3), call.results[0], 0, *activation, Arithmetic::Float, false};
  int32_t strideH = op.getStrideH(), strideW = op.getStrideW();
  if (failed(checkRanks(call, parts, {strideH, strideW})))
    return failure();
  FailureOr<SmallVector<int64_t>> outputShape = readIndices(call, call.operand(0), "output shape");
  if (failed(outputShape) || failed(expectShape(call, parts.output, *outputShape)) ||
      failed(expectRank(call, parts.output, 4, "a result")))
    return failure();
  ArrayRef<int64_t> in = parts.input.shape, filter = parts.filter.shape, out = parts.output.shape;
  if (out[0] != in[0] || out[3] != filter[0] || filter[3] != in[3])
    return call.error() << "expected a filter and a result that fit the input " << describe(in) << ", got "
                        << describe(filter) << " and " << describe(out);
  if (failed(checkBias(call, parts, out[3])))
    return failure();
  // XNNPACK wants SAME windows that meet and whose number is the input's, and VALID ones that fit the result.
  auto isInXnnpackAlong = [&](unsigned d, int64_t stride) {
    if (op.getPadding() == nn::Padding::VALID)
      return filter[d] <= out[d];
    return filter[d] >= stride && (out[d] + stride - 1) / stride == in[d];
  };
  chooseArithmetic(call, parts, isInXnnpack(call, 1, 3) && isInXnnpackAlong(1, strideH) && isInXnnpackAlong(2, strideW),
                   Optimized::ByGroupsOfChannels);
  if (parts.arithmetic == Arithmetic::Float)
    parts.hybrid = {RowKernel::Xnnpack, SumOrder::Fused};
  if (out[3] == 0)
    return success();
  // The windows of the convolution that this is the gradient of: from the output here to the input here. Input
  // positions beyond its last window scatter too, as far as they reach the output.
  Window y(out[1], filter[1], strideH, 1, op.getPadding()), x(out[2], filter[2], strideW, 1, op.getPadding());
  if (std::optional<Weights> scales = weights(parts.filter, 0);
      scales && isFloat(parts.input) && parts.hybrid.rows != RowKernel::Xnnpack)
    return transposeConvInFloat(call, parts, *scales, y, x);
  return convolve(call, parts, [&](const auto &input, const auto &weights, auto &sums) {
    forEachIndex(in.drop_back(), [&](ArrayRef<int64_t> i) {
      int64_t from = position(in, {i[0], i[1], i[2], 0});
      y.forEachTap(i[1], [&](int64_t ky, int64_t oy) {
        x.forEachTap(i[2], [&](int64_t kx, int64_t ox) {
          for (int64_t channel = 0; channel < out[3]; ++channel) {
            auto &sum = sums[position(out, {i[0], oy, ox, channel})];
            int64_t w = position(filter, {channel, ky, kx, 0});
            for (int64_t c = 0; c < in[3]; ++c)
              sum += input[from + c] * weights[w + c];
          }
        });
      });
    });
  });
}

LogicalResult fullyConnected(const Call &call) {
  auto op = llvm::cast<nn::FullyConnectedOp>(call.op);
  FailureOr<numerics::FusedActivation> activation = clampingActivation(call, op.getFusedActivationFunction());
  if (failed(activation))
    return failure();
  Parts parts{
      call.operand(0), call.operand(1), call.operand(2), call.results[0], 0, *activation, Arithmetic::Float, false};
  if (op.getWeightsFormat() != 0)
    return call.error() << "has no reference form for shuffled weights";
  if (failed(expectRank(call, parts.filter, 2, "a filter")))
    return failure();
  int64_t channels = parts.filter.shape[0], columns = parts.filter.shape[1], size = count(parts.input.shape);
  if (columns == 0 || size % columns)
    return call.error() << "expected an input that flattens to rows of " << columns << " elements, got shape "
                        << describe(parts.input.shape);
  int64_t rows = size / columns;
  if (parts.output.shape.empty() || parts.output.shape.back() != channels ||
      count(parts.output.shape) != rows * channels)
    return call.error() << "expected a result of " << rows << " rows of " << channels << " elements, got shape "
                        << describe(parts.output.shape);
  if (failed(checkBias(call, parts, channels)))
    return failure();
  if (channels == 0)
    return success();
  if (auto blockwise = BlockwiseParameters::of(parts.filter.elementType))
    return evaluateBlockwise(call, *blockwise, *activation);
  parts.hybridRow = columns;
  parts.isFullyConnected = parts.isInOptimized16 = true;
  constexpr int kInt64 = 4;
  parts.asksForWideBias = int(op.getQuantizedBiasType()) == kInt64;
  parts.hybrid = {op.getAsymmetricQuantizeInputs() ? RowKernel::Asymmetric : RowKernel::Symmetric,
                  SumOrder::ScalesFirst};
  // Here alone XNNPACK takes narrower integers too, in whole bytes.
  bool takes2Bits = columns % 4 == 0 && (channels == 1 || isPerAxis(parts));
  if (isInXnnpack(call, 1, 2, /*bits=*/takes2Bits ? 2 : columns % 2 == 0 ? 4 : 8))
    parts.hybrid = {RowKernel::Xnnpack, SumOrder::Fused};
  if (call.isDefaultLiteRT()) {
    if (!isInXnnpack(call, 1, 2, /*bits=*/columns % 2 == 0 ? 4 : 8))
      parts.arithmetic = Arithmetic::FixedHalfUp;
  } else if (call.target == NumericsTarget::LiteRTRef) {
    parts.arithmetic = Arithmetic::Double;
  } else if (call.target == NumericsTarget::TFLM) {
    parts.arithmetic = Arithmetic::FixedHalfAway;
    std::optional<Weights> filter = weights(parts.filter, 0);
    parts.floatProduct = filter && !filter->axis;
  }
  return convolve(call, parts, [&](const auto &input, const auto &weights, auto &sums) {
    for (int64_t row = 0; row < rows; ++row)
      for (int64_t channel = 0; channel < channels; ++channel)
        for (int64_t c = 0; c < columns; ++c)
          sums[row * channels + channel] += input[row * columns + c] * weights[channel * columns + c];
  });
}

} // namespace mlir::vernier::reference
