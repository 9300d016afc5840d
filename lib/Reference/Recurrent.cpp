//===- Recurrent.cpp - RNN, its sequences, and SVDF -------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Recurrent.h"
#include "Families.h"
#include "vernier/Interfaces/ConstantData.h"
#include "vernier/Numerics/Elementary.h"
#include "vernier/Numerics/FixedPoint.h"
#include <cmath>

namespace mlir::vernier::reference {

Matrix Matrix::of(const TensorRef &tensor, RowKernel rounding) {
  Matrix matrix;
  if (!tensor)
    return matrix;
  if (isFloat(tensor)) {
    matrix.values = readReals(tensor);
  } else {
    for (int64_t value : readIntegers(tensor))
      matrix.values.push_back(double(value));
    matrix.hybrid = rounding;
    matrix.scale = affine(tensor)->scale;
  }
  matrix.rows = tensor.shape.empty() ? 0 : tensor.shape[0];
  matrix.columns = tensor.shape.size() == 2 ? tensor.shape[1] : 0;
  return matrix;
}

double Matrix::dot(int64_t row, ArrayRef<double> vector) const {
  if (values.empty())
    return 0;
  if (columns == 0)
    return values[row] * vector[row];
  double sum = 0;
  if (hybrid) {
    std::vector<double> narrow;
    for (double value : vector.take_front(columns))
      narrow.push_back(float(value));
    QuantizedRows stored = quantizeRows(*hybrid, narrow, columns);
    for (int64_t i = 0; i < columns; ++i)
      sum += values[row * columns + i] * double(stored.values[i]);
    return scaleSum(SumOrder::ScalesFirst, int64_t(sum), stored.scales[0], scale, 0);
  }
  for (int64_t i = 0; i < columns; ++i)
    sum += values[row * columns + i] * vector[i];
  return sum;
}

std::vector<double> realsOf(const TensorRef &tensor) {
  if (!tensor || isFloat(tensor))
    return tensor ? readReals(tensor) : std::vector<double>();
  std::vector<double> reals;
  for (int64_t value : readIntegers(tensor))
    reals.push_back(numerics::product(float(value), affine(tensor)->scale));
  return reals;
}

FailureOr<Sequence> Sequence::of(const Call &call, const TensorRef &tensor, bool timeMajor) {
  if (!tensor || (tensor.shape.size() != 2 && tensor.shape.size() != 3))
    return call.error() << "expected a sequence of rank 2 or 3, got " << (tensor ? describe(tensor.shape) : "none");
  if (tensor.shape.size() == 2)
    return Sequence{tensor.shape[0], 1, tensor.shape[1], true};
  return Sequence{tensor.shape[timeMajor ? 1 : 0], tensor.shape[timeMajor ? 0 : 1], tensor.shape[2], timeMajor};
}

double applyRecurrentActivation(nn::Activation activation, double value) {
  switch (activation) {
  case nn::Activation::NONE:
    return value;
  case nn::Activation::RELU:
    return std::max(value, 0.0);
  case nn::Activation::RELU_N1_TO_1:
    return std::min(std::max(value, -1.0), 1.0);
  case nn::Activation::RELU6:
    return std::min(std::max(value, 0.0), 6.0);
  case nn::Activation::TANH:
    return numerics::portableTanh(value);
  case nn::Activation::SIGN_BIT:
    return std::signbit(value) ? 1.0 : 0.0;
  }
  return value;
}

LogicalResult expectFloats(const Call &call, ArrayRef<unsigned> operands) {
  auto isWeight = [&](unsigned index, const TensorRef &tensor) {
    std::optional<Affine> parameters = affine8(tensor);
    return parameters && parameters->min < 0 && parameters->zeroPoint == 0 &&
           getConstantElements(call.op->getOperand(index));
  };
  for (unsigned index : operands)
    if (TensorRef tensor = call.operand(index); tensor && !isFloat(tensor) && !isWeight(index, tensor))
      return call.noForm();
  return success();
}

namespace {

/// One direction: `result` gets its units at feature `offset`.
template <typename Op>
LogicalResult runRnn(const Call &call, Op op, const nn::RnnOperands &at, bool timeMajor, unsigned result = 0,
                     int64_t offset = 0) {
  const nn::Activation activation = op.getFusedActivationFunction();
  const RowKernel rounding = vectorRounding(op.getAsymmetricQuantizeInputs());
  SmallVector<unsigned> operands = {at.input, at.weights, at.recurrentWeights, at.bias, at.state};
  TensorRef second = at.auxiliary ? call.operand(*at.auxiliary) : TensorRef();
  TensorRef secondWeights = at.auxiliary ? call.operand(*at.auxiliaryWeights) : TensorRef();
  if (at.auxiliary)
    operands.append({*at.auxiliary, *at.auxiliaryWeights});
  if (failed(expectFloats(call, operands)))
    return failure();
  TensorRef input = second && !secondWeights && at.isBackward ? second : call.operand(at.input);
  auto sequence = Sequence::of(call, input, timeMajor);
  if (failed(sequence))
    return failure();
  if (result >= call.results.size() || call.results[result].shape.empty())
    return call.error() << "expected result " << result << ", got " << call.results.size() << " results";
  Matrix weights = Matrix::of(call.operand(at.weights), rounding),
         recurrent = Matrix::of(call.operand(at.recurrentWeights), rounding);
  Matrix auxiliaryWeights = Matrix::of(secondWeights, rounding);
  const int64_t units = weights.rows;
  if (failed(expectShape(call, call.operand(at.weights), {units, sequence->features}, "weights")) ||
      failed(expectShape(call, call.operand(at.recurrentWeights), {units, units}, "recurrent weights")) ||
      failed(expectShape(call, call.operand(at.bias), {units}, "a bias")) ||
      failed(expectShape(call, call.operand(at.state), {sequence->batches, units}, "a state")))
    return failure();
  std::vector<double> x = realsOf(input), bias = realsOf(call.operand(at.bias));
  std::vector<double> state = readReals(call.operand(at.state)), auxiliary;
  if (auxiliaryWeights)
    auxiliary = realsOf(second);
  Elements held(call.operand(at.state)), output(call.results[result]);
  const int64_t width = call.results[result].shape.back();
  for (int64_t b = 0; b < sequence->batches; ++b)
    for (int64_t step = 0; step < sequence->times; ++step) {
      const int64_t t = at.isBackward ? sequence->times - 1 - step : step;
      ArrayRef<double> now = ArrayRef(x).drop_front(sequence->at(b, t, sequence->features));
      ArrayRef<double> before = ArrayRef(state).slice(b * units, units);
      std::vector<double> next(units);
      for (int64_t u = 0; u < units; ++u) {
        double sum = bias[u] + weights.dot(u, now) + recurrent.dot(u, before);
        if (auxiliaryWeights)
          sum += auxiliaryWeights.dot(u, ArrayRef(auxiliary).drop_front(sequence->at(b, t, auxiliaryWeights.columns)));
        next[u] = applyRecurrentActivation(activation, sum);
      }
      for (int64_t u = 0; u < units; ++u) {
        state[b * units + u] = next[u];
        held.setReal(b * units + u, next[u]);
        output.setReal(sequence->at(b, t, width) + offset + u, next[u]);
      }
    }
  return success();
}

} // namespace

LogicalResult rnn(const Call &call) { return runRnn(call, llvm::cast<nn::RnnOp>(call.op), {}, /*timeMajor=*/true); }

LogicalResult unidirectionalSequenceRnn(const Call &call) {
  auto op = llvm::cast<nn::UnidirectionalSequenceRnnOp>(call.op);
  return runRnn(call, op, {}, op.getTimeMajor());
}

LogicalResult bidirectionalSequenceRnn(const Call &call) {
  auto op = llvm::cast<nn::BidirectionalSequenceRnnOp>(call.op);
  const auto forward = nn::RnnOperands::ofDirection(0), backward = nn::RnnOperands::ofDirection(1);
  const bool merged = op.getMergeOutputs();
  const int64_t units = Matrix::of(call.operand(forward.weights)).rows;
  if (failed(runRnn(call, op, forward, op.getTimeMajor())))
    return failure();
  return runRnn(call, op, backward, op.getTimeMajor(), merged ? 0 : 1, merged ? units : 0);
}

//===----------------------------------------------------------------------===//
// SVDF
//===----------------------------------------------------------------------===//

/// Moves each window of `steps` by one and puts `newest(window)` at its end, then gives `finish` the sum over the
/// windows of each unit.
template <typename T, typename Newest, typename Product, typename Finish>
static void slideWindows(std::vector<T> &state, int64_t windows, int64_t filters, int64_t steps, int64_t rank,
                         Newest newest, Product product, Finish finish) {
  for (int64_t w = 0; w < windows; ++w) {
    std::rotate(state.begin() + w * steps, state.begin() + w * steps + 1, state.begin() + (w + 1) * steps);
    state[(w + 1) * steps - 1] = newest(w);
  }
  for (int64_t first = 0; first < windows; first += rank) {
    T sum = 0;
    for (int64_t w = first; w < first + rank; ++w)
      for (int64_t t = 0; t < steps; ++t)
        sum += product(w % filters, t, state[w * steps + t]);
    finish(first / rank, sum);
  }
}

LogicalResult svdf(const Call &call) {
  namespace at = nn::svdf;
  auto op = llvm::cast<nn::SvdfOp>(call.op);
  if (call.operands.size() != at::Operands || call.results.size() != 1)
    return call.error() << "expected " << unsigned(at::Operands) << " operands and a result, got "
                        << call.operands.size() << " and " << call.results.size();
  if (failed(expectRank(call, call.operand(at::Input), 2, "an input")) ||
      failed(expectRank(call, call.operand(at::TimeWeights), 2, "time weights")))
    return failure();
  TensorRef x = call.operand(at::Input), features = call.operand(at::FeatureWeights);
  TensorRef times = call.operand(at::TimeWeights), bias = call.operand(at::Bias), state = call.operand(at::State);
  const int64_t rank = op.getRank(), batches = x.shape[0], inputs = x.shape[1];
  const int64_t filters = times.shape[0], steps = times.shape[1];
  if (rank <= 0 || filters % rank != 0 || steps == 0)
    return call.error() << "expected a rank that divides " << filters << " filters, got " << rank;
  const int64_t units = filters / rank;
  if (failed(expectShape(call, features, {filters, inputs}, "feature weights")) ||
      failed(expectShape(call, state, {batches, filters * steps}, "a state")) ||
      (bias && failed(expectShape(call, bias, {units}, "a bias"))) ||
      failed(expectShape(call, call.results[0], {batches, units})))
    return failure();
  Elements held(state), output(call.results[0]);
  if (isFloat(x)) {
    if (failed(expectFloats(call, {at::FeatureWeights, at::TimeWeights, at::State})))
      return failure();
    std::vector<double> input = readReals(x), start = realsOf(bias), windows = readReals(state);
    std::vector<double> timeWeights = realsOf(times);
    Matrix weights = Matrix::of(features, vectorRounding(op.getAsymmetricQuantizeInputs()));
    slideWindows(
        windows, batches * filters, filters, steps, rank,
        [&](int64_t w) { return weights.dot(w % filters, ArrayRef(input).drop_front(w / filters * inputs)); },
        [&](int64_t f, int64_t t, double value) { return timeWeights[f * steps + t] * value; },
        [&](int64_t i, double sum) {
          output.setReal(
              i, applyRecurrentActivation(op.getFusedActivationFunction(), sum + (bias ? start[i % units] : 0)));
        });
    for (auto [i, value] : llvm::enumerate(windows))
      held.setReal(i, value);
    return success();
  }
  std::optional<Affine> in = affine8(x), weight = affine8(features), time = affine(times), kept = affine(state);
  std::optional<Affine> out = affine8(call.results[0]);
  if (!in || !weight || !time || !kept || !out || in->min == 0 || weight->min == 0 || out->min == 0)
    return call.noForm();
  std::vector<int64_t> input = readIntegers(x), weights = readIntegers(features), timeWeights = readIntegers(times);
  std::vector<int64_t> start = bias ? readIntegers(bias) : std::vector<int64_t>(units, 0),
                       windows = readIntegers(state);
  // Products of scales are of floats, in float.
  auto toState = numerics::quantizeMultiplier(numerics::product(in->scale, weight->scale) / kept->scale);
  auto toOutput = numerics::quantizeMultiplier(numerics::product(kept->scale, time->scale) / out->scale);
  slideWindows(
      windows, batches * filters, filters, steps, rank,
      [&](int64_t w) {
        int64_t sum = 0;
        for (int64_t i = 0; i < inputs; ++i)
          sum += weights[w % filters * inputs + i] * (input[w / filters * inputs + i] - in->zeroPoint);
        int64_t value = int64_t(numerics::multiplyByQuantizedMultiplier(int32_t(sum), toState)) + kept->zeroPoint;
        return std::clamp<int64_t>(value, kept->min, kept->max);
      },
      [&](int64_t f, int64_t t, int64_t value) { return timeWeights[f * steps + t] * (value - kept->zeroPoint); },
      [&](int64_t i, int64_t sum) {
        int64_t value = int64_t(numerics::multiplyByQuantizedMultiplier(int32_t(sum + start[i % units]), toOutput));
        output.setInteger(i, std::clamp<int64_t>(value + out->zeroPoint, out->min, out->max));
      });
  for (auto [i, value] : llvm::enumerate(windows))
    held.setInteger(i, value);
  return success();
}

} // namespace mlir::vernier::reference
