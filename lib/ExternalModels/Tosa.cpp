//===- Tosa.cpp - What TOSA's operators answer ------------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The quantized forms are those of the TOSA 1.0 specification (https://www.mlplatform.org/tosa/tosa_spec.html):
// zero points are operands; what computes wider than 8 bits gives i32, and a rescale brings that to
// the result's parameters; sums and products take the zero points off first, by a rescale to i32; a
// function without an integer form is a table of 256 values.

#include "vernier/ExternalModels/Tosa.h"
#include "mlir/Dialect/Quant/IR/Quant.h"
#include "mlir/Dialect/Tosa/IR/TosaOps.h"
#include "mlir/Dialect/Tosa/Utils/ConversionUtils.h"
#include "mlir/IR/DialectRegistry.h"
#include "vernier/Interfaces/QuantDialectInterface.h"
#include "vernier/Interfaces/QuantInterfaces.h"
#include "vernier/Interfaces/QuantTypeChecks.h"
#include "vernier/Numerics/Elementary.h"
#include "vernier/Numerics/ErrorFunction.h"
#include "vernier/Numerics/FixedPoint.h"

namespace mlir::vernier {
namespace {

//===----------------------------------------------------------------------===//
// Parts of quantized forms
//===----------------------------------------------------------------------===//

SmallVector<double> scalesOf(Value value) { return QuantParameters::of(value.getType())->scales; }
double scaleOf(Value value) { return scalesOf(value).front(); }

Type withElement(Value value, Type element) { return cast<ShapedType>(value.getType()).clone(element); }

/// A constant of one dimension.
Value buildIntegers(OpBuilder &builder, Location loc, Type element, ArrayRef<int64_t> values) {
  SmallVector<APInt> integers = llvm::map_to_vector(values, [&](int64_t value) {
    return APInt(element.getIntOrFloatBitWidth(), uint64_t(value), /*isSigned=*/true, /*implicitTrunc=*/true);
  });
  auto type = RankedTensorType::get(int64_t(values.size()), element);
  return tosa::ConstOp::create(builder, loc, type, DenseElementsAttr::get(type, integers));
}

/// The integers that a tensor of `type` consists of.
Type storageOf(Type type) {
  auto quantized = quant::QuantizedType::getQuantizedElementType(type);
  return quantized ? quantized.getStorageType() : getElementTypeOrSelf(type);
}

/// The zero point of a tensor of `type` as TOSA wants it: one element of the storage type. Tensors with several
/// scales, weights, have none.
Value buildZeroPoint(OpBuilder &builder, Location loc, Type type) {
  auto quantized = dyn_cast<quant::UniformQuantizedType>(getElementTypeOrSelf(type));
  return buildIntegers(builder, loc, storageOf(type), quantized ? quantized.getZeroPoint() : 0);
}

bool isUnsigned(Type type) {
  auto quantized = quant::QuantizedType::getQuantizedElementType(type);
  return quantized && !quantized.isSigned();
}

/// The integers of `input` times `factors` (one, or one for each slice of the last dimension), as `type`.
/// Its zero points move to those of `type`, or are scaled like everything else.
Value buildRescale(OpBuilder &builder, Location loc, Value input, Type type, ArrayRef<double> factors,
                   bool movesZeroPoints = true) {
  SmallVector<int64_t> multipliers, shifts;
  for (double factor : factors) {
    numerics::FixedPointMultiplier fixed = numerics::quantizeMultiplier(factor);
    // TOSA divides by 2^shift, 2 to 62. Where a factor is too large for it, all but zero saturates.
    bool fits = fixed.shift <= 29;
    multipliers.push_back(fits ? fixed.multiplier : std::numeric_limits<int32_t>::max());
    shifts.push_back(fits ? 31 - fixed.shift : 2);
  }
  auto zeroPoint = [&](Type of) {
    return movesZeroPoints ? buildZeroPoint(builder, loc, of) : buildIntegers(builder, loc, storageOf(of), 0);
  };
  // One after the other: a call may evaluate its arguments in any order.
  Value multiplier = buildIntegers(builder, loc, builder.getI32Type(), multipliers);
  Value shift = buildIntegers(builder, loc, builder.getI8Type(), shifts);
  Value inputZeroPoint = zeroPoint(input.getType());
  Value outputZeroPoint = zeroPoint(type);
  return tosa::RescaleOp::create(builder, loc, type, input, multiplier, shift, inputZeroPoint, outputZeroPoint,
                                 /*scale32=*/true, tosa::RoundingMode::SINGLE_ROUND,
                                 /*per_channel=*/factors.size() > 1, isUnsigned(input.getType()), isUnsigned(type));
}

/// Operand `zeroPoint` of `op` becomes the zero point of `value`.
void setZeroPoint(Operation *op, unsigned zeroPoint, Value value) {
  OpBuilder builder(op);
  op->setOperand(zeroPoint, buildZeroPoint(builder, op->getLoc(), value.getType()));
}

/// Operand `index` of `op` becomes i32 without a zero point, in steps of `scale`.
void widenOperand(Operation *op, unsigned index, double scale) {
  OpBuilder builder(op);
  Value value = op->getOperand(index);
  op->setOperand(index, buildRescale(builder, op->getLoc(), value, withElement(value, builder.getI32Type()),
                                     scaleOf(value) / scale));
}

/// `from` gives up its place to `to`, and the tensor's identity with it.
void moveIdentity(Operation *from, Operation *to) {
  to->setDiscardableAttrs(from->getDiscardableAttrDictionary());
  from->setDiscardableAttrs(DictionaryAttr::get(from->getContext()));
}

/// The result of `op` becomes i32 in steps of `scales`; returns it rescaled to the type that it had.
Value narrowResult(Operation *op, SmallVector<double> scales, bool movesZeroPoints = true) {
  Value accumulator = op->getResult(0);
  Type type = accumulator.getType();
  for (double &scale : scales)
    scale /= scaleOf(accumulator);
  OpBuilder builder(op->getContext());
  builder.setInsertionPointAfter(op);
  accumulator.setType(withElement(accumulator, builder.getI32Type()));
  Value narrow = buildRescale(builder, op->getLoc(), accumulator, type, scales, movesZeroPoints);
  moveIdentity(op, narrow.getDefiningOp());
  return narrow;
}

/// The integer that stands for the real number `value` in a tensor of the type of `like`.
int64_t storedValue(double value, Value like) {
  QuantParameters parameters = *QuantParameters::of(like.getType());
  double low = double(parameters.storageMin), high = double(parameters.storageMax);
  double steps = value / parameters.scales.front() + double(parameters.zeroPoints.front());
  return numerics::roundHalfAway64(steps < low ? low : steps > high ? high : steps);
}

//===----------------------------------------------------------------------===//
// Families of operators
//===----------------------------------------------------------------------===//

template <typename Model, typename Op> struct TosaModel : QuantizableOpInterface::ExternalModel<Model, Op> {
  std::optional<std::string> getReasonToStayFloat(Operation *, const Scheme &scheme) const {
    if (scheme.kind != Scheme::Kind::Int8)
      return "its quantized form in TOSA is int8";
    return std::nullopt;
  }
};

/// Input, weights, bias, and the zero points of the first two.
template <typename Op> struct Convolution : TosaModel<Convolution<Op>, Op> {
  QuantSource getOperandSource(Operation *op, unsigned index, const Scheme &scheme) const {
    switch (index) {
    case 0:
      return QuantSource::own(scheme.activation());
    case 1:
      return QuantSource::own(scheme.weight(channelAxis(op)));
    case 2:
      return QuantSource::derived(scheme.bias(), {0, 1});
    default:
      return QuantSource::untouched();
    }
  }
  QuantSource getResultSource(Operation *, unsigned, const Scheme &scheme) const {
    return QuantSource::own(scheme.activation());
  }
  SmallVector<Value> finalizeQuantized(Operation *op, const Scheme &) const {
    setZeroPoint(op, 3, op->getOperand(0));
    setZeroPoint(op, 4, op->getOperand(1));
    cast<Op>(op).setAccType(IntegerType::get(op->getContext(), 32));
    SmallVector<double> scales = scalesOf(op->getOperand(1));
    for (double &scale : scales)
      scale *= scaleOf(op->getOperand(0));
    return {narrowResult(op, scales)};
  }

private:
  /// The dimension of the weights that is the output's last one, or nothing: depthwise weights spread it
  /// over two dimensions, and a bias of one element is one for all channels.
  static std::optional<unsigned> channelAxis(Operation *op) {
    auto weights = dyn_cast<RankedTensorType>(op->getOperand(1).getType());
    auto bias = dyn_cast<RankedTensorType>(op->getOperand(2).getType());
    if (!weights || !bias)
      return std::nullopt;
    unsigned axis = 0;
    if (std::is_same_v<Op, tosa::DepthwiseConv2DOp>) {
      axis = weights.getDimSize(3) == 1 ? 2 : 3;
      if (weights.getDimSize(5 - axis) != 1)
        return std::nullopt;
    }
    return bias.getDimSize(0) == weights.getDimSize(axis) ? std::optional<unsigned>(axis) : std::nullopt;
  }
};

struct MatMul : TosaModel<MatMul, tosa::MatMulOp> {
  QuantSource getOperandSource(Operation *, unsigned index, const Scheme &scheme) const {
    return index < 2 ? QuantSource::own(scheme.activation()) : QuantSource::untouched();
  }
  QuantSource getResultSource(Operation *, unsigned, const Scheme &scheme) const {
    return QuantSource::own(scheme.activation());
  }
  SmallVector<Value> finalizeQuantized(Operation *op, const Scheme &) const {
    setZeroPoint(op, 2, op->getOperand(0));
    setZeroPoint(op, 3, op->getOperand(1));
    return {narrowResult(op, {scaleOf(op->getOperand(0)) * scaleOf(op->getOperand(1))})};
  }
};

/// Operators that compute on i32 without zero points: sums, products and the larger of two, the sum along an axis.
template <typename Op> struct Arithmetic : TosaModel<Arithmetic<Op>, Op> {
  static constexpr bool isProduct = std::is_same_v<Op, tosa::MulOp>;
  static constexpr bool isReduction = std::is_same_v<Op, tosa::ReduceSumOp>;

  QuantSource getOperandSource(Operation *, unsigned index, const Scheme &scheme) const {
    // The third operand of a product is a shift.
    return index < 2 ? QuantSource::own(scheme.activation()) : QuantSource::untouched();
  }
  QuantSource getResultSource(Operation *, unsigned, const Scheme &scheme) const {
    return QuantSource::own(scheme.activation());
  }
  SmallVector<Value> finalizeQuantized(Operation *op, const Scheme &) const {
    double first = scaleOf(op->getOperand(0));
    if constexpr (isReduction) {
      widenOperand(op, 0, first);
      return {narrowResult(op, {first})};
    } else {
      double second = scaleOf(op->getOperand(1));
      // Sums and comparisons need steps in common: 2^-19 of the larger operand's keep the sum below 2^28.
      double common = std::max(first, second) / (1 << 19);
      widenOperand(op, 0, isProduct ? first : common);
      widenOperand(op, 1, isProduct ? second : common);
      return {narrowResult(op, {isProduct ? first * second : common})};
    }
  }
};

/// Operators that only choose or move elements. `operands` are those of the result's kind; none means all.
template <typename Op, unsigned... operands> struct Movement : TosaModel<Movement<Op, operands...>, Op> {
  QuantSource getOperandSource(Operation *, unsigned index, const Scheme &scheme) const {
    bool shares = sizeof...(operands) == 0 || ((index == operands) || ...);
    return shares ? QuantSource::sharedWith(ValueSlot::result(0), scheme.activation()) : QuantSource::untouched();
  }
  QuantSource getResultSource(Operation *, unsigned, const Scheme &scheme) const {
    unsigned sharing[] = {operands..., 0};
    return QuantSource::sharedWith(ValueSlot::operand(sharing[0]), scheme.activation());
  }
};

/// The mean of elements has their parameters, and takes its zero points as operands.
struct AveragePool : TosaModel<AveragePool, tosa::AvgPool2dOp> {
  QuantSource getOperandSource(Operation *, unsigned index, const Scheme &scheme) const {
    return index == 0 ? QuantSource::sharedWith(ValueSlot::result(0), scheme.activation()) : QuantSource::untouched();
  }
  QuantSource getResultSource(Operation *, unsigned, const Scheme &scheme) const {
    return QuantSource::sharedWith(ValueSlot::operand(0), scheme.activation());
  }
  SmallVector<Value> finalizeQuantized(Operation *op, const Scheme &) const {
    setZeroPoint(op, 1, op->getOperand(0));
    setZeroPoint(op, 2, op->getResult(0));
    cast<tosa::AvgPool2dOp>(op).setAccType(IntegerType::get(op->getContext(), 32));
    return {op->getResult(0)};
  }
};

/// The nearest element, or a mean of four that TOSA leaves larger by the numerators of its two scales.
struct Resize : TosaModel<Resize, tosa::ResizeOp> {
  QuantSource getOperandSource(Operation *, unsigned index, const Scheme &scheme) const {
    return index == 0 ? QuantSource::sharedWith(ValueSlot::result(0), scheme.activation()) : QuantSource::untouched();
  }
  QuantSource getResultSource(Operation *, unsigned, const Scheme &scheme) const {
    return QuantSource::sharedWith(ValueSlot::operand(0), scheme.activation());
  }
  std::optional<std::string> getReasonToStayFloat(Operation *op, const Scheme &scheme) const {
    if (!getDivisor(op))
      return "its scales are no tosa.const_shape";
    return TosaModel::getReasonToStayFloat(op, scheme);
  }
  SmallVector<Value> finalizeQuantized(Operation *op, const Scheme &) const {
    int64_t divisor = *getDivisor(op);
    if (divisor == 1)
      return {op->getResult(0)};
    // A mean keeps the zero point.
    return {narrowResult(op, {scaleOf(op->getResult(0)) / double(divisor)}, /*movesZeroPoints=*/false)};
  }

private:
  static std::optional<int64_t> getDivisor(Operation *op) {
    if (cast<tosa::ResizeOp>(op).getMode() == tosa::ResizeMode::NEAREST_NEIGHBOR)
      return 1;
    SmallVector<int64_t> scales;
    if (!tosa::getConstShapeValues(op->getOperand(1).getDefiningOp(), scales))
      return std::nullopt;
    return scales[0] * scales[2];
  }
};

/// Cuts the operand off at the bounds: whatever lies outside the result's range need not be kept.
struct Clamp : TosaModel<Clamp, tosa::ClampOp> {
  QuantSource getOperandSource(Operation *, unsigned, const Scheme &scheme) const {
    return QuantSource::sharedWith(ValueSlot::result(0), scheme.activation());
  }
  QuantSource getResultSource(Operation *, unsigned, const Scheme &scheme) const {
    return QuantSource::own(scheme.activation());
  }
  SmallVector<Value> finalizeQuantized(Operation *op, const Scheme &) const {
    auto clamp = cast<tosa::ClampOp>(op);
    Type storage = quant::QuantizedType::getQuantizedElementType(clamp.getType()).getStorageType();
    auto stored = [&](Attribute bound) {
      double value = cast<FloatAttr>(bound).getValueAsDouble();
      return IntegerAttr::get(storage, storedValue(value, clamp.getOutput()));
    };
    clamp.setMinValAttr(stored(clamp.getMinValAttr()));
    clamp.setMaxValAttr(stored(clamp.getMaxValAttr()));
    return {clamp.getOutput()};
  }
};

double errorFunction(double x) { return 1 - numerics::portableErfc(x); }

/// A function of one element whose values lie in [-1, 1], or in [0, 1] where `isPositive`.
template <typename Op, double (*function)(double), bool isPositive>
struct Table : TosaModel<Table<Op, function, isPositive>, Op> {
  QuantSource getOperandSource(Operation *, unsigned, const Scheme &scheme) const {
    return QuantSource::own(scheme.activation());
  }
  QuantSource getResultSource(Operation *, unsigned, const Scheme &scheme) const {
    return QuantSource::fixed(scheme.activation(), isPositive ? 1.0 / 256 : 1.0 / 128, isPositive ? -128 : 0);
  }
  SmallVector<Value> finalizeQuantized(Operation *op, const Scheme &) const {
    Value input = op->getOperand(0), result = op->getResult(0);
    QuantParameters parameters = *QuantParameters::of(input.getType());
    SmallVector<int64_t> values;
    for (int64_t stored = -128; stored < 128; ++stored)
      values.push_back(
          storedValue(function(double(stored - parameters.zeroPoints.front()) * parameters.scales.front()), result));
    OpBuilder builder(op);
    Value table = buildIntegers(builder, op->getLoc(), builder.getI8Type(), values);
    Value looked = tosa::TableOp::create(builder, op->getLoc(), result.getType(), input, table);
    moveIdentity(op, looked.getDefiningOp());
    op->erase();
    return {looked};
  }
};

struct ArgMax : TosaModel<ArgMax, tosa::ArgMaxOp> {
  QuantSource getOperandSource(Operation *, unsigned, const Scheme &scheme) const {
    return QuantSource::own(scheme.activation());
  }
  QuantSource getResultSource(Operation *, unsigned, const Scheme &) const { return QuantSource::untouched(); }
};

//===----------------------------------------------------------------------===//
// The border
//===----------------------------------------------------------------------===//

/// TOSA rescales integers and holds constants of quantized type; between float and integers it has
/// nothing, so that upstream's casts stand there.
class TosaSpelling : public QuantDialectInterface {
public:
  using QuantDialectInterface::QuantDialectInterface;

  Value buildQuantize(OpBuilder &builder, Location loc, Value input, Type resultType) const final {
    if (!QuantParameters::of(input.getType()))
      return quant::QuantizeCastOp::create(builder, loc, resultType, input);
    double factor = scaleOf(input) / QuantParameters::of(resultType)->scales.front();
    return buildRescale(builder, loc, input, resultType, factor);
  }
  Value buildDequantize(OpBuilder &builder, Location loc, Value input, Type resultType) const final {
    return quant::DequantizeCastOp::create(builder, loc, resultType, input);
  }
  Value buildConstant(OpBuilder &builder, Operation *original, ShapedType type, ArrayRef<char> data) const final {
    auto quantized = quant::QuantizedType::getQuantizedElementType(type);
    ShapedType storage = quantized ? type.clone(quantized.getStorageType()) : type;
    auto constant =
        tosa::ConstOp::create(builder, original->getLoc(), type, DenseElementsAttr::getFromRawBuffer(storage, data));
    constant->setDiscardableAttrs(original->getDiscardableAttrDictionary());
    return constant;
  }
  Type getConstantElementType(Type quantized, const QuantSpec &spec) const final {
    return spec.bits > 8 ? cast<quant::QuantizedType>(quantized).getStorageType() : quantized;
  }
};

template <typename Op> using MovesFirst = Movement<Op, 0>;
template <template <typename> class Model, typename... Ops> void attachFamily(MLIRContext &context) {
  (Ops::template attachInterface<Model<Ops>>(context), ...);
}

} // namespace

void registerTosaExternalModels(DialectRegistry &registry) {
  registry.addExtension(+[](MLIRContext *context, tosa::TosaDialect *dialect) {
    using namespace tosa;
    dialect->addInterfaces<TosaSpelling>();
    attachFamily<Convolution, Conv2DOp, Conv3DOp, DepthwiseConv2DOp, TransposeConv2DOp>(*context);
    attachFamily<Arithmetic, AddOp, MaximumOp, MinimumOp, MulOp, ReduceSumOp, SubOp>(*context);
    attachFamily<MovesFirst, GatherOp, IdentityOp, MaxPool2dOp, ReduceMaxOp, ReduceMinOp, ReshapeOp, ReverseOp, SliceOp,
                 TileOp, TransposeOp>(*context);
    ConcatOp::attachInterface<Movement<ConcatOp>>(*context);
    PadOp::attachInterface<Movement<PadOp, 0, 2>>(*context);
    SelectOp::attachInterface<Movement<SelectOp, 1, 2>>(*context);
    MatMulOp::attachInterface<MatMul>(*context);
    AvgPool2dOp::attachInterface<AveragePool>(*context);
    ResizeOp::attachInterface<Resize>(*context);
    ClampOp::attachInterface<Clamp>(*context);
    ErfOp::attachInterface<Table<ErfOp, errorFunction, /*isPositive=*/false>>(*context);
    SigmoidOp::attachInterface<Table<SigmoidOp, numerics::portableLogistic, /*isPositive=*/true>>(*context);
    TanhOp::attachInterface<Table<TanhOp, numerics::portableTanh, /*isPositive=*/false>>(*context);
    ArgMaxOp::attachInterface<ArgMax>(*context);
  });
}

} // namespace mlir::vernier
