//===- Lstm.cpp - LSTM, its sequences, and its basic cell -------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One batch, one step and one gate at a time.

#include "Families.h"
#include "Recurrent.h"
#include "vernier/Numerics/Elementary.h"
#include "vernier/Numerics/FixedPoint16.h"
#include "vernier/Numerics/FixedPointFunctions.h"
#include <cmath>

namespace mlir::vernier::reference {
namespace {

using nn::LstmOperands;
using numerics::FixedPointMultiplier;

struct Options {
  nn::Activation activation;
  double cellClip, projectionClip;
  bool timeMajor;
  /// Of vectors that meet integer weights.
  RowKernel rounding;
};

template <typename Op> Options optionsOf(Op op, bool timeMajor) {
  return {op.getFusedActivationFunction(), op.getCellClip().convertToDouble(), op.getProjClip().convertToDouble(),
          timeMajor, vectorRounding(op.getAsymmetricQuantizeInputs())};
}

double clip(double value, double limit) { return limit > 0 ? std::min(std::max(value, -limit), limit) : value; }

/// Fails unless weights and states have the sizes that the output gate's weights and `inputs` give.
LogicalResult checkShapes(const Call &call, const LstmOperands &at, const Sequence &sequence) {
  TensorRef weights = call.operand(at.inputWeights + nn::OutputGate);
  TensorRef recurrent = call.operand(at.recurrentWeights + nn::OutputGate);
  if (!weights || !recurrent || weights.shape.size() != 2 || recurrent.shape.empty())
    return call.error() << "expected weights of the output gate";
  const int64_t cells = weights.shape[0], outputs = recurrent.shape.back();
  auto check = [&](unsigned index, ArrayRef<int64_t> shape, StringRef what) {
    TensorRef tensor = call.operand(index);
    return tensor && failed(expectShape(call, tensor, shape, what));
  };
  for (unsigned gate = 0; gate < nn::kLstmGates; ++gate) {
    TensorRef matrix = call.operand(at.recurrentWeights + gate);
    const bool isDiagonal = matrix && matrix.shape.size() == 1;
    if (check(at.inputWeights + gate, {cells, sequence.features}, "weights") ||
        (isDiagonal ? check(at.recurrentWeights + gate, {cells}, "recurrent weights")
                    : check(at.recurrentWeights + gate, {cells, outputs}, "recurrent weights")) ||
        check(at.biases + gate, {cells}, "a bias") || check(at.normalization + gate, {cells}, "coefficients") ||
        (gate != nn::CellGate && check(at.peephole(gate), {cells}, "peepholes")))
      return failure();
  }
  if (check(at.projectionWeights, {outputs, cells}, "a projection") || check(at.projectionBias, {outputs}, "a bias") ||
      check(at.outputState, {sequence.batches, outputs}, "an output state") ||
      check(at.cellState, {sequence.batches, cells}, "a cell state"))
    return failure();
  if (!call.operand(at.projectionWeights) && cells != outputs)
    return call.error() << "expected as many outputs as cells, got " << outputs << " and " << cells;
  return success();
}

//===----------------------------------------------------------------------===//
// Float
//===----------------------------------------------------------------------===//

class FloatCell {
public:
  FloatCell(const Call &call, const LstmOperands &at, const Options &options) : options(options) {
    for (unsigned gate = 0; gate < nn::kLstmGates; ++gate) {
      weights[gate] = Matrix::of(call.operand(at.inputWeights + gate), options.rounding);
      recurrent[gate] = Matrix::of(call.operand(at.recurrentWeights + gate), options.rounding);
      if (at.auxiliary)
        auxiliary[gate] = Matrix::of(call.operand(*at.auxiliaryWeights + gate), options.rounding);
      if (gate != nn::CellGate)
        peephole[gate] = realsOf(call.operand(at.peephole(gate)));
      bias[gate] = realsOf(call.operand(at.biases + gate));
      normalization[gate] = realsOf(call.operand(at.normalization + gate));
    }
    projection = Matrix::of(call.operand(at.projectionWeights), options.rounding);
    projectionBias = realsOf(call.operand(at.projectionBias));
  }

  /// Advances `h` and `c` by one step.
  void step(ArrayRef<double> x, ArrayRef<double> second, std::vector<double> &h, std::vector<double> &c) const {
    std::vector<double> forget = gate(nn::ForgetGate, x, second, h, c), update = gate(nn::CellGate, x, second, h, c);
    std::vector<double> enter;
    if (weights[nn::InputGate])
      enter = gate(nn::InputGate, x, second, h, c);
    for (size_t i = 0; i < c.size(); ++i)
      c[i] = clip(forget[i] * c[i] + (enter.empty() ? 1 - forget[i] : enter[i]) * update[i], options.cellClip);
    std::vector<double> hidden = gate(nn::OutputGate, x, second, h, c);
    for (size_t i = 0; i < c.size(); ++i)
      hidden[i] *= applyRecurrentActivation(options.activation, c[i]);
    if (!projection) {
      h = hidden;
      return;
    }
    for (size_t o = 0; o < h.size(); ++o)
      h[o] = clip(projection.dot(o, hidden) + (projectionBias.empty() ? 0 : projectionBias[o]), options.projectionClip);
  }

private:
  std::vector<double> gate(unsigned g, ArrayRef<double> x, ArrayRef<double> second, ArrayRef<double> h,
                           ArrayRef<double> c) const {
    std::vector<double> values(c.size());
    for (size_t i = 0; i < c.size(); ++i) {
      values[i] = weights[g].dot(i, x) + recurrent[g].dot(i, h);
      if (auxiliary[g])
        values[i] += auxiliary[g].dot(i, second);
      if (!peephole[g].empty())
        values[i] += peephole[g][i] * c[i];
    }
    if (!normalization[g].empty()) {
      double mean = 0, variance = 0;
      for (double value : values)
        mean += value / double(c.size());
      for (double value : values)
        variance += (value - mean) * (value - mean) / double(c.size());
      for (size_t i = 0; i < c.size(); ++i)
        values[i] = (values[i] - mean) / std::sqrt(variance + 1e-8) * normalization[g][i];
    }
    for (size_t i = 0; i < c.size(); ++i) {
      values[i] += bias[g].empty() ? 0 : bias[g][i];
      values[i] = g == nn::CellGate ? applyRecurrentActivation(options.activation, values[i])
                                    : numerics::portableLogistic(values[i]);
    }
    return values;
  }

  Options options;
  Matrix weights[4], recurrent[4], auxiliary[4], projection;
  std::vector<double> peephole[4], bias[4], normalization[4], projectionBias;
};

/// One direction: `result` gets the outputs at feature `offset`.
LogicalResult runFloat(const Call &call, const LstmOperands &at, const Options &options, unsigned result,
                       int64_t offset) {
  for (unsigned i = 0; i < call.operands.size(); ++i)
    if (failed(expectFloats(call, i)))
      return failure();
  TensorRef second = at.auxiliary ? call.operand(*at.auxiliary) : TensorRef();
  const bool isWeighted = second && call.operand(*at.auxiliaryWeights + nn::ForgetGate);
  TensorRef input = second && !isWeighted && at.isBackward ? second : call.operand(at.input);
  auto sequence = Sequence::of(call, input, options.timeMajor);
  if (failed(sequence) || failed(checkShapes(call, at, *sequence)))
    return failure();
  if (result >= call.results.size() || call.results[result].shape.empty() || !call.operand(at.outputState) ||
      !call.operand(at.cellState))
    return call.error() << "expected states and result " << result;
  FloatCell cell(call, at, options);
  std::vector<double> x = realsOf(input), y = isWeighted ? realsOf(second) : std::vector<double>();
  TensorRef outputState = call.operand(at.outputState), cellState = call.operand(at.cellState);
  std::vector<double> allH = readReals(outputState), allC = readReals(cellState);
  const int64_t outputs = outputState.shape.back(), cells = cellState.shape.back();
  const int64_t width = call.results[result].shape.back(), secondWidth = isWeighted ? second.shape.back() : 0;
  Elements heldH(outputState), heldC(cellState), output(call.results[result]);
  for (int64_t b = 0; b < sequence->batches; ++b) {
    std::vector<double> h(allH.begin() + b * outputs, allH.begin() + (b + 1) * outputs);
    std::vector<double> c(allC.begin() + b * cells, allC.begin() + (b + 1) * cells);
    for (int64_t step = 0; step < sequence->times; ++step) {
      const int64_t t = at.isBackward ? sequence->times - 1 - step : step;
      cell.step(ArrayRef(x).drop_front(sequence->at(b, t, sequence->features)),
                ArrayRef(y).drop_front(isWeighted ? sequence->at(b, t, secondWidth) : 0), h, c);
      for (int64_t o = 0; o < outputs; ++o)
        output.setReal(sequence->at(b, t, width) + offset + o, h[o]);
    }
    for (int64_t o = 0; o < outputs; ++o)
      heldH.setReal(b * outputs + o, h[o]);
    for (int64_t i = 0; i < cells; ++i)
      heldC.setReal(b * cells + i, c[i]);
  }
  return success();
}

//===----------------------------------------------------------------------===//
// int8 with a state of int16
//===----------------------------------------------------------------------===//

constexpr int64_t kMin16 = -32768, kMax16 = 32767;

class IntegerCell {
public:
  IntegerCell(const Call &call, const LstmOperands &at, const Options &options) : call(call), at(at), options(options) {
    input = affine8(call.operand(at.input));
    state = affine8(call.operand(at.outputState));
    result = affine8(call.results[0]);
    cell = affine(call.operand(at.cellState));
    for (unsigned i = 0; i < nn::kLstmIntermediates; ++i)
      if (auto type = dyn_cast_or_null<TensorType>(nn::getIntermediateType(call.op, i)))
        if (isa<quant::UniformQuantizedType>(type.getElementType()))
          intermediates[i] = affine(TensorRef{type.getElementType(), {}, nullptr});
    isNormalized = bool(call.operand(at.normalization + nn::ForgetGate));
    isProjected = bool(call.operand(at.projectionWeights));
    hasInputGate = bool(call.operand(at.inputWeights));
  }

  /// Whether types and parameters have a form.
  bool isSound() const {
    if (!input || !state || !result || !cell || !intermediates[nn::kHiddenIntermediate] || cell->max != kMax16 ||
        options.activation != nn::Activation::TANH)
      return false;
    for (unsigned gate = hasInputGate ? 0 : 1; gate < nn::kLstmGates; ++gate)
      if (isNormalized && !intermediates[gate])
        return false;
    int exponent = 0;
    return std::frexp(cell->scale, &exponent) == 0.5f && exponent >= -14 && exponent <= -8;
  }

  /// Advances the states of `rows` batches side by side by one step: peepholes look across batches.
  void step(ArrayRef<int64_t> x, std::vector<int64_t> &h, std::vector<int64_t> &c) const {
    const int bits = 15 + std::ilogb(cell->scale);
    std::vector<int64_t> enter;
    if (hasInputGate)
      enter = gate(nn::InputGate, x, h, c);
    std::vector<int64_t> forget = gate(nn::ForgetGate, x, h, c), update = gate(nn::CellGate, x, h, c);
    const int64_t limit = int64_t(std::min(float(options.cellClip) / cell->scale, float(kMax16)));
    for (size_t i = 0; i < c.size(); ++i) {
      const int64_t open = hasInputGate ? enter[i] : kMax16 - forget[i];
      const int64_t sum = numerics::roundingDivideByPOT(int32_t(forget[i] * c[i]), 15) +
                          numerics::roundingDivideByPOT(int32_t(open * update[i]), 15 + bits);
      c[i] = std::clamp(sum, kMin16, kMax16);
      if (limit > 0)
        c[i] = std::clamp(c[i], -limit, limit);
    }
    std::vector<int64_t> hidden = gate(nn::OutputGate, x, h, c);
    const Affine &kept = *intermediates[nn::kHiddenIntermediate];
    auto scale = numerics::quantizeMultiplier(float(std::pow(2, -15) / double(kept.scale) * std::pow(2, -15)));
    const int64_t zeroPoint = isProjected ? -kept.zeroPoint : kept.zeroPoint;
    for (size_t i = 0; i < c.size(); ++i) {
      const int64_t product = hidden[i] * numerics::tanh16(int16_t(c[i]), bits);
      hidden[i] = std::clamp<int64_t>(rescale(product, scale) + zeroPoint, -128, 127);
    }
    if (!isProjected) {
      h = hidden;
      return;
    }
    h.assign(h.size(), 0);
    // The projected vector is stored without its zero point, twice over: adding it brings the real value.
    multiply(at.projectionWeights, call.operand(at.projectionBias), hidden, -kept.zeroPoint, kept.scale, state->scale,
             state->zeroPoint, -128, 127, h);
    const int64_t bound = int64_t(std::min(float(options.projectionClip) / result->scale, 127.0f));
    for (int64_t &value : h)
      value = bound > 0 ? std::clamp(value, -bound, bound) : value;
  }

private:
  static int64_t rescale(int64_t value, FixedPointMultiplier m) {
    return numerics::multiplyByQuantizedMultiplier(int32_t(value), m);
  }

  /// values += rescaled (W (x - zero point) + bias), for each batch.
  void multiply(unsigned weights, const TensorRef &bias, ArrayRef<int64_t> x, int64_t zeroPoint, float scale,
                float resultScale, int64_t resultZeroPoint, int64_t low, int64_t high,
                std::vector<int64_t> &values) const {
    TensorRef tensor = call.operand(weights);
    const int64_t rows = tensor.shape[0], columns = tensor.shape[1];
    std::vector<int64_t> matrix = readIntegers(tensor);
    std::vector<int64_t> start(rows, 0);
    if (bias)
      start = readIntegers(bias);
    auto m = numerics::quantizeMultiplier(numerics::product(affine8(tensor)->scale, scale) / resultScale);
    for (size_t i = 0; i < values.size(); ++i) {
      const int64_t batch = i / rows, row = i % rows;
      int64_t sum = start[row];
      for (int64_t k = 0; k < columns; ++k)
        sum += matrix[row * columns + k] * (x[batch * columns + k] - zeroPoint);
      values[i] = std::clamp(rescale(sum, m) + resultZeroPoint + values[i], low, high);
    }
  }

  std::vector<int64_t> gate(unsigned g, ArrayRef<int64_t> x, ArrayRef<int64_t> h, ArrayRef<int64_t> c) const {
    std::vector<int64_t> values(c.size(), 0);
    const float scale = isNormalized ? intermediates[g]->scale : 0x1p-12f;
    const TensorRef bias = isNormalized ? TensorRef() : call.operand(at.biases + g);
    multiply(at.inputWeights + g, bias, x, input->zeroPoint, input->scale, scale, 0, kMin16, kMax16, values);
    multiply(at.recurrentWeights + g, TensorRef(), h, state->zeroPoint, state->scale, scale, 0, kMin16, kMax16, values);
    if (g != nn::CellGate && call.operand(at.peephole(g))) {
      TensorRef tensor = call.operand(at.peephole(g));
      std::vector<int64_t> weights = readIntegers(tensor);
      auto m = numerics::quantizeMultiplier(float(double(cell->scale) * double(affine(tensor)->scale) / double(scale)));
      // As many for each batch as there are outputs, not cells.
      for (size_t i = 0; i < h.size(); ++i)
        values[i] = std::clamp(rescale(weights[i % outputs()] * c[i], m) + values[i], kMin16, kMax16);
    }
    if (isNormalized)
      for (size_t first = 0; first < values.size(); first += cells())
        normalize(g, MutableArrayRef(values).slice(first, cells()));
    for (int64_t &value : values)
      value = g == nn::CellGate ? numerics::tanh16(int16_t(value), 3) : numerics::logistic16(int16_t(value));
    return values;
  }

  void normalize(unsigned g, MutableArrayRef<int64_t> values) const {
    TensorRef coefficients = call.operand(at.normalization + g);
    std::vector<int64_t> weights = readIntegers(coefficients), bias = readIntegers(call.operand(at.biases + g));
    const float scale = affine(coefficients)->scale;
    const int64_t count = values.size();
    int64_t sum = 0, squares = 0;
    for (int64_t value : values) {
      sum += value;
      squares += value * value;
    }
    const int64_t mean = sum * 1024 / count;
    int64_t variance = (squares * ((1 << 20) / count) - mean * mean) / (1 << 20);
    if (variance < 1)
      variance = std::max<int64_t>(1, int64_t(10000 * scale));
    FixedPointMultiplier toResult = numerics::quantizeMultiplier(scale);
    toResult.shift += 12;
    for (int64_t i = 0; i < count; ++i) {
      const int64_t normal = rescale(1024 * values[i] - mean, numerics::inverseSqrt(int32_t(variance)));
      // In 32 bits, where it wraps.
      const int64_t weighted = int32_t(uint32_t(normal * weights[i] + bias[i]));
      values[i] = std::clamp(rescale((weighted + (weighted > 0 ? 512 : -512)) / 1024, toResult), kMin16, kMax16);
    }
  }

  int64_t cells() const { return call.operand(at.cellState).shape.back(); }
  int64_t outputs() const { return call.operand(at.outputState).shape.back(); }

  const Call &call;
  LstmOperands at;
  Options options;
  std::optional<Affine> input, state, result, cell, intermediates[nn::kLstmIntermediates];
  bool isNormalized, isProjected, hasInputGate;
};

LogicalResult runInteger(const Call &call, const Options &options) {
  const LstmOperands at;
  auto sequence = Sequence::of(call, call.operand(at.input), options.timeMajor);
  if (failed(sequence) || failed(checkShapes(call, at, *sequence)))
    return failure();
  if (!call.operand(at.outputState) || !call.operand(at.cellState))
    return call.error() << "expected states";
  IntegerCell cell(call, at, options);
  if (!cell.isSound())
    return call.noForm();
  TensorRef outputState = call.operand(at.outputState), cellState = call.operand(at.cellState);
  std::vector<int64_t> x = readIntegers(call.operand(at.input));
  std::vector<int64_t> allH = readIntegers(outputState), allC = readIntegers(cellState);
  const int64_t outputs = outputState.shape.back(), cells = cellState.shape.back();
  Elements heldH(outputState), heldC(cellState), output(call.results[0]);
  // Batches go side by side where time is first, as LiteRT takes them.
  const int64_t rows = sequence->timeMajor ? sequence->batches : 1;
  for (int64_t b = 0; b < sequence->batches; b += rows) {
    std::vector<int64_t> h(allH.begin() + b * outputs, allH.begin() + (b + rows) * outputs);
    std::vector<int64_t> c(allC.begin() + b * cells, allC.begin() + (b + rows) * cells);
    for (int64_t t = 0; t < sequence->times; ++t) {
      cell.step(ArrayRef(x).drop_front(sequence->at(b, t, sequence->features)), h, c);
      for (auto [i, value] : llvm::enumerate(h))
        output.setInteger(sequence->at(b, t, outputs) + i, value);
    }
    for (auto [i, value] : llvm::enumerate(h))
      heldH.setInteger(b * outputs + i, value);
    for (auto [i, value] : llvm::enumerate(c))
      heldC.setInteger(b * cells + i, value);
  }
  return success();
}

LogicalResult runFull(const Call &call, const Options &options) {
  if (call.operands.size() < 20)
    return call.error() << "expected 20 or 24 operands, got " << call.operands.size();
  return isFloat(call.operand(0)) ? runFloat(call, {}, options, 0, 0) : runInteger(call, options);
}

LogicalResult runBasic(const Call &call) {
  namespace at = nn::basic_lstm;
  for (unsigned index : {at::Input, at::PreviousOutput, at::Weights, at::Biases, at::PreviousCell})
    if (TensorRef tensor = call.operand(index); tensor && !isFloat(tensor))
      return call.noForm();
  if (call.operands.size() != at::Operands || call.results.size() != at::Results)
    return call.error() << "expected " << unsigned(at::Operands) << " operands and " << unsigned(at::Results)
                        << " results, got " << call.operands.size() << " and " << call.results.size();
  if (failed(expectRank(call, call.operand(at::Input), 2, "an input")) ||
      failed(expectRank(call, call.operand(at::PreviousCell), 2, "a cell state")))
    return failure();
  const int64_t batches = call.operand(at::Input).shape[0], inputs = call.operand(at::Input).shape[1];
  const int64_t cells = call.operand(at::PreviousCell).shape[1];
  if (failed(expectShape(call, call.operand(at::PreviousOutput), {batches, cells}, "an output state")) ||
      failed(expectShape(call, call.operand(at::PreviousCell), {batches, cells}, "a cell state")) ||
      failed(expectShape(call, call.operand(at::Weights), {4 * cells, inputs + cells}, "weights")) ||
      failed(expectShape(call, call.operand(at::Biases), {4 * cells}, "a bias")) ||
      failed(expectShape(call, call.results[at::Output], {batches, cells})) ||
      failed(expectShape(call, call.results[at::Cell], {batches, cells})) ||
      failed(expectShape(call, call.results[at::Concatenated], {batches, inputs + cells})) ||
      failed(expectShape(call, call.results[at::Gates], {batches, 4 * cells})))
    return failure();
  Matrix weights = Matrix::of(call.operand(at::Weights));
  std::vector<double> x = readReals(call.operand(at::Input)), h = readReals(call.operand(at::PreviousOutput));
  std::vector<double> c = readReals(call.operand(at::PreviousCell)), bias = readReals(call.operand(at::Biases));
  Elements output(call.results[at::Output]), state(call.results[at::Cell]);
  Elements joined(call.results[at::Concatenated]), gates(call.results[at::Gates]);
  for (int64_t b = 0; b < batches; ++b) {
    std::vector<double> both(x.begin() + b * inputs, x.begin() + (b + 1) * inputs);
    both.insert(both.end(), h.begin() + b * cells, h.begin() + (b + 1) * cells);
    for (auto [i, value] : llvm::enumerate(both))
      joined.setReal(b * int64_t(both.size()) + i, value);
    for (int64_t i = 0; i < cells; ++i) {
      double values[4];
      for (int64_t g = 0; g < 4; ++g) {
        values[g] = weights.dot(g * cells + i, both) + bias[g * cells + i];
        gates.setReal((b * 4 + g) * cells + i, values[g]);
      }
      const double next = numerics::portableLogistic(values[0]) * numerics::portableTanh(values[1]) +
                          numerics::portableLogistic(values[2]) * c[b * cells + i];
      state.setReal(b * cells + i, next);
      output.setReal(b * cells + i, numerics::portableLogistic(values[3]) * numerics::portableTanh(next));
    }
  }
  // What is a variable keeps what came out.
  for (auto [operand, result] : {std::pair<unsigned, unsigned>(at::PreviousOutput, at::Output),
                                 std::pair<unsigned, unsigned>(at::PreviousCell, at::Cell)})
    if (call.op->getOperand(operand).getDefiningOp<nn::VariableOp>())
      for (int64_t i = 0, e = call.results[result].elements(); i < e; ++i)
        Elements(call.operand(operand)).setReal(i, Elements(call.results[result]).real(i));
  return success();
}

} // namespace

LogicalResult unidirectionalSequenceLstm(const Call &call) {
  auto op = llvm::cast<nn::UnidirectionalSequenceLstmOp>(call.op);
  return runFull(call, optionsOf(op, op.getTimeMajor()));
}

LogicalResult lstm(const Call &call) {
  auto op = llvm::cast<nn::LstmOp>(call.op);
  return op.getKernelType() == 1 ? runBasic(call) : runFull(call, optionsOf(op, /*timeMajor=*/true));
}

LogicalResult bidirectionalSequenceLstm(const Call &call) {
  auto op = llvm::cast<nn::BidirectionalSequenceLstmOp>(call.op);
  const auto forward = LstmOperands::ofDirection(0), backward = LstmOperands::ofDirection(1);
  const bool merged = op.getMergeOutputs();
  const Options options = optionsOf(op, op.getTimeMajor());
  if (failed(runFloat(call, forward, options, 0, 0)))
    return failure();
  const int64_t outputs = call.operand(forward.outputState).shape.back();
  return runFloat(call, backward, options, merged ? 0 : 1, merged ? outputs : 0);
}

} // namespace mlir::vernier::reference
