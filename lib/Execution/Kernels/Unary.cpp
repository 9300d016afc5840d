//===- Unary.cpp - Functions of one element ---------------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A quantized value of 8 bits has 256 values, so every function of one is a table that is filled while planning.
//===----------------------------------------------------------------------===//

#include "Call.h"
#include "ElementTypes.h"
#include "vernier/Numerics/Tables16.h"
#include "vernier/Runtime/Activation.h"
#include "vernier/Runtime/Elementwise.h"
#include "vernier/Runtime/ExponentialUnits.h"
#include "vernier/Runtime/IntegerArithmetic.h"
#include "vernier/Runtime/Interpolate16.h"

namespace mlir::vernier {
namespace {

using numerics::AffineParams;
using numerics::FusedActivation;
using numerics::QuantizedRange;
using numerics::Ties;

/// The parameters of an 8-bit function.
struct QuantizedUnary {
  ElementClass storage;
  AffineParams input, output;
  QuantizedRange range() const { return {output.zeroPoint, lowest(storage), highest(storage)}; }
};
std::optional<QuantizedUnary> quantizedUnary(const KernelRequest &request) {
  const ElementClass storage = classify(request.operands[0]);
  auto input = affine(request.operands[0], storage), output = affine(request.results[0], storage);
  if (!input || !output || (storage != ElementClass::Int8 && storage != ElementClass::UInt8))
    return std::nullopt;
  return QuantizedUnary{storage, *input, *output};
}

/// The same on 16 bits, which have no zero point.
std::optional<QuantizedUnary> quantizedUnary16(const KernelRequest &request) {
  auto input = affine(request.operands[0], ElementClass::Int16),
       output = affine(request.results[0], ElementClass::Int16);
  if (!input || !output || input->zeroPoint || output->zeroPoint)
    return std::nullopt;
  return QuantizedUnary{ElementClass::Int16, *input, *output};
}

bool isFloatUnary(const KernelRequest &request) { return isFloat(request.operands[0]) && isFloat(request.results[0]); }

template <typename T, typename Function>
PlannedKernel makeUnary(const KernelRequest &request, const Function &function) {
  return makeCall(VERNIER_KERNEL("Elementwise.h,Activation.h,ExponentialUnits.h,IntegerArithmetic.h,Softmax16.h",
                                 runtime::mapElements),
                  request.operands[0].elements(), In<T>{0}, function, Out<T>());
}

/// A kernel that looks up; `fill(T(), table)` fills the 256 entries.
template <typename Fill> PlannedKernel makeTable(const KernelRequest &request, ElementClass storage, const Fill &fill) {
  const auto build = [&](auto element) {
    using T = decltype(element);
    std::vector<T> table(256);
    fill(table.data());
    return makeCall(VERNIER_KERNEL("Elementwise.h", runtime::lookUp), request.operands[0].elements(), In<T>{0},
                    Prepared<T>(std::move(table)), Out<T>());
  };
  return storage == ElementClass::UInt8 ? build(uint8_t()) : build(int8_t());
}

/// The table of a function on stored integers.
template <typename Function>
PlannedKernel makeStoredTable(const KernelRequest &request, const QuantizedUnary &q, const Function &function) {
  return makeTable(request, q.storage,
                   [&](auto *table) { runtime::tabulate<std::remove_pointer_t<decltype(table)>>(function, table); });
}

/// The table of a function on real values.
template <Ties ties, typename Function>
PlannedKernel makeRealTable(const KernelRequest &request, const QuantizedUnary &q, const Function &function) {
  return makeTable(request, q.storage, [&](auto *table) {
    numerics::fillLookupTable<std::remove_pointer_t<decltype(table)>, ties>(q.input, q.output, function, table);
  });
}

/// The table of a function on real values of 16 bits.
template <typename Function>
FailureOr<PlannedKernel> makeInterpolated(const KernelRequest &request, const QuantizedUnary &q,
                                          const Function &function) {
  if (failed(expectResultShape(request, request.operands[0].shape)))
    return failure();
  std::vector<int16_t> table(numerics::interpolatedEntries16);
  numerics::fillInterpolated16<float>(q.input.scale, 0, q.output.scale, function, table.data());
  return makeCall(VERNIER_KERNEL("Interpolate16.h", runtime::lookUp16), request.operands[0].elements(), In<int16_t>{0},
                  Prepared<int16_t>(std::move(table)), Out<int16_t>());
}

/// A rescale by the float ratio of scales, as the built-in kernels of RELU and ABS have it; nothing beyond the range
/// of its sums.
std::optional<runtime::RequantizeFixedPoint> rescale(const QuantizedUnary &q, const QuantizedRange &range) {
  runtime::RequantizeFixedPoint result{q.input.zeroPoint, numerics::quantizeMultiplier(q.input.scale / q.output.scale),
                                       range};
  if (result.multiplier.shift > 22)
    return std::nullopt;
  return result;
}

FailureOr<PlannedKernel> planClamp(const KernelRequest &request, FusedActivation activation) {
  if (failed(expectResultShape(request, request.operands[0].shape)))
    return failure();
  if (isFloatUnary(request))
    return makeUnary<float>(request, runtime::Relu{numerics::activationRange(activation)});
  if (auto q = quantizedUnary(request))
    if (auto f = rescale(*q, activationRange(activation, q->output, q->storage, /*xnnpack=*/false)))
      return makeStoredTable(request, *q, *f);
  if (auto q = quantizedUnary16(request))
    if (auto f = rescale(*q, activationRange(activation, q->output, q->storage, /*xnnpack=*/false));
        f && f->multiplier.shift <= 15)
      return makeUnary<int16_t>(request, *f);
  return unsupportedTypes(request);
}
FailureOr<PlannedKernel> planRelu(nn::ReluOp, const KernelRequest &r) { return planClamp(r, FusedActivation::Relu); }
FailureOr<PlannedKernel> planRelu6(nn::Relu6Op, const KernelRequest &r) { return planClamp(r, FusedActivation::Relu6); }
FailureOr<PlannedKernel> planReluN1To1(nn::ReluN1To1Op, const KernelRequest &r) {
  return planClamp(r, FusedActivation::ReluN1To1);
}
FailureOr<PlannedKernel> planRelu0To1(nn::Relu0To1Op, const KernelRequest &r) {
  return planClamp(r, FusedActivation::Relu0To1);
}

/// Who fills the table of an 8-bit function.
enum class Table {
  Xnnpack,  ///< LiteRT's default interpreter leaves it to XNNPACK, which rounds half to even
  BuiltIn,  ///< built-in kernels everywhere; 16 bits have a table that is interpolated
  Int8Only, ///< the same, and there is no uint8 form
  None,     ///< no 8-bit form
};

/// A function of a real value.
template <typename Op, typename Function, Table kind>
FailureOr<PlannedKernel> planReal(Op, const KernelRequest &request) {
  if (failed(expectResultShape(request, request.operands[0].shape)))
    return failure();
  if (isFloatUnary(request))
    return makeUnary<float>(request, Function());
  if constexpr (kind != Table::None) {
    auto q = quantizedUnary(request);
    if (q && kind == Table::Xnnpack && request.isLiteRT())
      return makeRealTable<Ties::Even>(request, *q, Function());
    if (q && (kind != Table::Int8Only || q->storage == ElementClass::Int8))
      return makeRealTable<Ties::Away>(request, *q, Function());
    if constexpr (kind != Table::Xnnpack)
      if (auto q16 = quantizedUnary16(request))
        return makeInterpolated(request, *q16, Function());
  }
  return unsupportedTypes(request);
}

/// LOGISTIC and TANH, whose 16-bit results are in Q0.15.
template <typename Op, typename Function, typename Function16, int largestShift>
FailureOr<PlannedKernel> planSigmoid(Op op, const KernelRequest &request) {
  auto q = quantizedUnary16(request);
  if (!q)
    return planReal<Op, Function, Table::Xnnpack>(op, request);
  if (failed(expectResultShape(request, request.operands[0].shape)))
    return failure();
  if (q->output.scale != 1.0f / 32768 || q->input.scale >= 1.0f)
    return unsupportedTypes(request);
  const numerics::TableInput16 input = numerics::makeTableInput16(q->input.scale, largestShift);
  if (request.isLiteRT() && numerics::isExact(input)) {
    if constexpr (std::is_same_v<Op, nn::TanhOp>)
      return makeUnary<int16_t>(request, numerics::TanhExact16{input.multiplier == 6});
    return makeUnary<int16_t>(request, numerics::LogisticExact16());
  }
  return makeUnary<int16_t>(request, Function16{input});
}

FailureOr<PlannedKernel> planGelu(nn::GeluOp op, const KernelRequest &request) {
  if (op.getApproximate())
    return planReal<nn::GeluOp, runtime::GeluTanh, Table::BuiltIn>(op, request);
  // The entries of a table of 16 bits show each rounding to float.
  if (auto q = quantizedUnary16(request))
    return makeInterpolated(request, *q, [](float x) {
      const float tail = float(numerics::portableErfc(numerics::product(x, -0.707106781f)));
      return numerics::product(0.5f * x, tail);
    });
  return planReal<nn::GeluOp, runtime::Gelu, Table::BuiltIn>(op, request);
}

FailureOr<PlannedKernel> planLog(nn::LogOp op, const KernelRequest &request) {
  const auto q16 = quantizedUnary16(request);
  auto q = q16 ? q16 : quantizedUnary(request);
  if (!q || q->storage == ElementClass::UInt8)
    return planReal<nn::LogOp, runtime::Log, Table::None>(op, request);
  if (failed(expectResultShape(request, request.operands[0].shape)))
    return failure();
  // The lowest output stands for minus infinity and for what has no logarithm.
  const float least = numerics::product(float(q->range().min - q->output.zeroPoint), q->output.scale);
  const auto log = [=](float x) { return x <= 0 ? least : runtime::Log()(x); };
  return q16 ? makeInterpolated(request, *q, log) : makeRealTable<Ties::Away>(request, *q, log);
}

/// Magnitude and negation also take integers that stand for themselves.
template <typename Op, typename Float, template <typename> class Integer>
FailureOr<PlannedKernel> planSigned(Op op, const KernelRequest &request) {
  if (failed(expectResultShape(request, request.operands[0].shape)))
    return failure();
  const TensorRef &input = request.operands[0];
  if (!isQuantized(input) && input.elementType == request.results[0].elementType) {
    if (classify(input) == ElementClass::Int32)
      return makeUnary<int32_t>(request, Integer<int32_t>());
    if (classify(input) == ElementClass::Int64)
      return makeUnary<int64_t>(request, Integer<int64_t>());
  }
  return planReal<Op, Float, Table::None>(op, request);
}
using runtime::AbsInteger;
using runtime::NegInteger;
using runtime::SignInteger;

/// LiteRT negates what is stored, whatever the parameters, and wraps.
FailureOr<PlannedKernel> planNeg(nn::NegOp op, const KernelRequest &request) {
  const TensorRef &input = request.operands[0];
  if (classify(input) == ElementClass::Int8 && classify(request.results[0]) == ElementClass::Int8 &&
      succeeded(expectResultShape(request, input.shape)))
    return makeUnary<int8_t>(request, NegInteger<int8_t>());
  return planSigned<nn::NegOp, runtime::Neg, NegInteger>(op, request);
}

FailureOr<PlannedKernel> planAbs(nn::AbsOp op, const KernelRequest &request) {
  const auto q16 = quantizedUnary16(request);
  auto q = q16 ? q16 : quantizedUnary(request);
  if (!q || q->storage == ElementClass::UInt8)
    return planSigned<nn::AbsOp, runtime::Abs, AbsInteger>(op, request);
  if (failed(expectResultShape(request, request.operands[0].shape)))
    return failure();
  auto f = rescale(*q, q->range());
  if (!f || (q16 && f->multiplier.shift > 15))
    return unsupportedTypes(request);
  if (q16)
    return makeUnary<int16_t>(request, runtime::AbsFixedPoint{*f});
  return makeStoredTable(request, *q, runtime::AbsFixedPoint{*f});
}

/// Fails a run at the first element below the zero point: a root that is not real, which is an error to LiteRT.
template <typename T = int8_t>
PlannedKernel refuseNegative(const KernelRequest &request, PlannedKernel kernel, int32_t zeroPoint) {
  const int64_t size = request.operands[0].elements();
  const auto report = [=](InFlightDiagnostic error, const KernelMemory &m) -> LogicalResult {
    const T *begin = m.operand<T>(0);
    const T *at = std::find_if(begin, begin + size, [=](T x) { return x < zeroPoint; });
    return error << "is not defined on " << int(*at) << ", element " << (at - begin) << ", with zero point "
                 << zeroPoint;
  };
  return inOrder({makeFallibleCall(request, report, VERNIER_KERNEL("Activation.h", runtime::allAtLeast), size,
                                   zeroPoint, In<T>{0}),
                  std::move(kernel)});
}

FailureOr<PlannedKernel> planSqrt(nn::SqrtOp op, const KernelRequest &request) {
  if (auto q = quantizedUnary16(request)) {
    if (failed(expectResultShape(request, request.operands[0].shape)))
      return failure();
    return refuseNegative<int16_t>(
        request, makeUnary<int16_t>(request, runtime::SqrtQuantized{q->input, q->output.scale, q->range()}), 0);
  }
  auto q = quantizedUnary(request);
  if (!q || q->storage != ElementClass::Int8)
    return planReal<nn::SqrtOp, runtime::Sqrt, Table::None>(op, request);
  if (failed(expectResultShape(request, request.operands[0].shape)))
    return failure();
  PlannedKernel kernel = makeStoredTable(request, *q, runtime::SqrtQuantized{q->input, q->output.scale, q->range()});
  return refuseNegative(request, std::move(kernel), q->input.zeroPoint);
}

FailureOr<PlannedKernel> planRsqrt(nn::RsqrtOp op, const KernelRequest &request) {
  if (auto q = quantizedUnary16(request)) {
    // The highest output stands for infinity.
    const float most = numerics::product(32767.0f, q->output.scale);
    auto kernel = makeInterpolated(request, *q, [=](float x) { return x <= 0 ? most : runtime::Rsqrt()(x); });
    if (failed(kernel))
      return failure();
    return refuseNegative<int16_t>(request, std::move(*kernel), 0);
  }
  auto q = quantizedUnary(request);
  if (!q || q->storage != ElementClass::Int8)
    return planReal<nn::RsqrtOp, runtime::Rsqrt, Table::None>(op, request);
  if (failed(expectResultShape(request, request.operands[0].shape)))
    return failure();
  auto f = runtime::makeRsqrtFixedPoint(q->input, q->output.scale, q->range());
  if (f.back.shift < -31 || f.back.shift > 22)
    return unsupportedTypes(request);
  return refuseNegative(request, makeStoredTable(request, *q, f), q->input.zeroPoint);
}

FailureOr<PlannedKernel> planHardSwish(nn::HardSwishOp op, const KernelRequest &request) {
  auto q = quantizedUnary(request);
  if (!q)
    return planReal<nn::HardSwishOp, runtime::HardSwish, Table::None>(op, request);
  if (failed(expectResultShape(request, request.operands[0].shape)))
    return failure();
  auto f = runtime::makeHardSwishFixedPoint(q->input, q->output.scale, q->range());
  // What LiteRT refuses too.
  if (f.outputExponent > 0 || f.outputExponent < -31 || f.reluExponent > 31 || f.reluExponent < -31)
    return request.unsupported() << "input scale over output scale is out of range";
  return makeStoredTable(request, *q, f);
}

FailureOr<PlannedKernel> planLeakyRelu(nn::LeakyReluOp op, const KernelRequest &request) {
  if (failed(expectResultShape(request, request.operands[0].shape)))
    return failure();
  const float alpha = op.getAlpha().convertToFloat();
  if (isFloatUnary(request))
    return makeUnary<float>(request, runtime::LeakyRelu{alpha});
  if (!std::isfinite(alpha))
    return unsupportedTypes(request);
  if (auto q = quantizedUnary16(request)) {
    const auto f = runtime::makeLeakyReluFixedPoint(q->input, alpha, q->output.scale, q->range());
    if (f.positive.shift > 15 || f.negative.shift > 15)
      return unsupportedTypes(request);
    return makeUnary<int16_t>(request, f);
  }
  auto q = quantizedUnary(request);
  if (!q)
    return unsupportedTypes(request);
  const float positive = q->input.scale / q->output.scale, negative = numerics::product(positive, alpha);
  const bool xnnpack = request.isLiteRT() && std::isnormal(alpha) && positive >= 1.0f / 256 && positive <= 128.0f &&
                       negative >= -127.99609375f && negative <= 128.0f && std::fabs(negative) >= 1.0f / 256;
  if (xnnpack)
    return makeStoredTable(request, *q, runtime::makeLeakyReluXnnpack(q->input, alpha, q->output.scale, q->range()));
  return makeStoredTable(request, *q, runtime::makeLeakyReluFixedPoint(q->input, alpha, q->output.scale, q->range()));
}

} // namespace

ArrayRef<KernelRow> unaryKernels() {
  static const KernelRow rows[] = {
      row<nn::ReluOp, planRelu>(),
      row<nn::Relu6Op, planRelu6>(),
      row<nn::ReluN1To1Op, planReluN1To1>(),
      row<nn::Relu0To1Op, planRelu0To1>(),
      row<nn::LogisticOp, planSigmoid<nn::LogisticOp, runtime::Logistic, numerics::Logistic16, 0>>(),
      row<nn::TanhOp, planSigmoid<nn::TanhOp, runtime::Tanh, numerics::Tanh16, 1>>(),
      row<nn::EluOp, planReal<nn::EluOp, runtime::Elu, Table::Xnnpack>>(),
      row<nn::ExpOp, planReal<nn::ExpOp, runtime::Exp, Table::Int8Only>>(),
      row<nn::SquareOp, planReal<nn::SquareOp, runtime::Square, Table::None>>(),
      row<nn::FloorOp, planReal<nn::FloorOp, runtime::Floor, Table::None>>(),
      row<nn::CeilOp, planReal<nn::CeilOp, runtime::Ceil, Table::None>>(),
      row<nn::RoundOp, planReal<nn::RoundOp, runtime::Round, Table::None>>(),
      row<nn::SinOp, planReal<nn::SinOp, runtime::Sin, Table::None>>(),
      row<nn::CosOp, planReal<nn::CosOp, runtime::Cos, Table::None>>(),
      row<nn::SignOp, planSigned<nn::SignOp, runtime::Sign, SignInteger>>(),
      row<nn::NegOp, planNeg>(),
      row<nn::AbsOp, planAbs>(),
      row<nn::LogOp, planLog>(),
      row<nn::SqrtOp, planSqrt>(),
      row<nn::RsqrtOp, planRsqrt>(),
      row<nn::GeluOp, planGelu>(),
      row<nn::HardSwishOp, planHardSwish>(),
      row<nn::LeakyReluOp, planLeakyRelu>(),
  };
  return rows;
}

} // namespace mlir::vernier
