//===- Lstm.cpp - LSTM, its sequences, and its basic cell -------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "vernier/Runtime/Lstm.h"
#include "Recurrent.h"
#include "vernier/Runtime/LstmInteger.h"
#include <cmath>

namespace mlir::vernier {
namespace {

using nn::LstmOperands;
using numerics::AffineParams;
using numerics::FixedPointMultiplier;
using runtime::SequenceShape;

/// Options that the LSTM operators have in common.
struct LstmOptions {
  nn::Activation activation;
  float cellClip, projectionClip;
  bool timeMajor, asymmetric;
};

template <typename Op> LstmOptions optionsOf(Op op, bool timeMajor) {
  return {op.getFusedActivationFunction(), op.getCellClip().convertToFloat(), op.getProjClip().convertToFloat(),
          timeMajor, op.getAsymmetricQuantizeInputs()};
}

/// Sizes that follow from the weights, and which optional parts there are.
struct LstmSizes {
  SequenceShape sequence;
  int64_t inputs, cells, outputs;
  bool hasInputGate, hasProjection, hasPeepholes, isNormalized;

  static FailureOr<LstmSizes> of(const KernelRequest &request, const LstmOperands &at, unsigned input,
                                 const LstmOptions &options);
};

FailureOr<LstmSizes> LstmSizes::of(const KernelRequest &request, const LstmOperands &at, unsigned input,
                                   const LstmOptions &options) {
  LstmSizes sizes;
  auto sequence = sequenceShape(request, input, options.timeMajor, sizes.inputs);
  if (failed(sequence))
    return failure();
  sizes.sequence = *sequence;
  const unsigned weights = at.inputWeights + nn::OutputGate, recurrent = at.recurrentWeights + nn::OutputGate;
  if (!request.has(weights) || !request.has(recurrent) || request.operands[weights].shape.empty() ||
      request.operands[recurrent].shape.empty() || request.operands[weights].shape[0] <= 0)
    return request.error() << "expected weights of the output gate as operands " << weights << " and " << recurrent;
  sizes.cells = request.operands[weights].shape[0];
  sizes.outputs = request.operands[recurrent].shape.back();
  sizes.hasInputGate = request.has(at.inputWeights);
  sizes.hasProjection = request.has(at.projectionWeights);
  sizes.hasPeepholes = request.has(at.peephole(nn::OutputGate));
  sizes.isNormalized = request.has(at.normalization + nn::ForgetGate);
  if (!sizes.hasProjection && sizes.outputs != sizes.cells)
    return request.error() << "expected as many outputs as cells without a projection, got " << sizes.outputs << " and "
                           << sizes.cells;
  if (options.cellClip < 0 || options.projectionClip < 0)
    return request.error() << "expected bounds of at least 0, got " << options.cellClip << " and "
                           << options.projectionClip;
  return sizes;
}

/// Gates that an operator has.
SmallVector<unsigned, 4> gatesOf(const LstmSizes &sizes) {
  if (sizes.hasInputGate)
    return {nn::InputGate, nn::ForgetGate, nn::CellGate, nn::OutputGate};
  return {nn::ForgetGate, nn::CellGate, nn::OutputGate};
}

//===----------------------------------------------------------------------===//
// Float
//===----------------------------------------------------------------------===//

struct PlannedLstm {
  runtime::Lstm kernel{};
  std::shared_ptr<PreparedArrays> arrays = std::make_shared<PreparedArrays>();
  SequenceShape sequence{};
  LstmOperands at;
  unsigned input = 0;
  std::optional<unsigned> auxiliary;
  DensePacking packing = DensePacking::Float;

  PlannedKernel call(bool forward, Out<float> y) const {
    const auto indexOf = [](runtime::LstmValue value) {
      return value == runtime::LstmValue::CellState
                 ? unsigned(nn::CellStateInternal)
                 : nn::FirstIntermediate + unsigned(value) - unsigned(runtime::LstmValue::Gate);
    };
    return withDense(packing, "Float/Dense.h,Lstm.h", "HybridDense.h,Lstm.h",
                     kernel.scratchFloats(sequence.batches) * int64_t(sizeof(float)),
                     std::max({kernel.inputs, kernel.auxiliaryInputs, kernel.outputs, kernel.cells}),
                     [&](auto function, auto... leading) {
                       return makeWatchedCall(
                           indexOf, function, leading..., PreparedObject<runtime::Lstm>{kernel, arrays}, sequence,
                           forward, In<float>{input}, In<float>{auxiliary.value_or(kNoOperand)},
                           State<float>{at.outputState}, State<float>{at.cellState}, y, Scratch<float>());
                     });
  }
};

static_assert(unsigned(runtime::LstmValue::Hidden) - unsigned(runtime::LstmValue::Gate) == nn::kHiddenIntermediate,
              "values are in the order of the flatbuffer's intermediates");

/// The parts of one gate.
LogicalResult planGate(const KernelRequest &request, PlannedLstm &cell, const LstmSizes &sizes, unsigned gate,
                       int64_t auxiliaryInputs) {
  const LstmOperands &at = cell.at;
  auto &kernel = cell.kernel;
  auto input = packDense(request, *cell.arrays, at.inputWeights + gate, sizes.cells, sizes.inputs, cell.packing);
  auto bias = optionalFloats(request, *cell.arrays, at.biases + gate, sizes.cells);
  if (failed(input) || failed(bias))
    return failure();
  kernel.input[gate] = std::move(*input);
  kernel.bias[gate] = *bias;
  const unsigned recurrent = at.recurrentWeights + gate;
  if (request.has(recurrent) && request.operands[recurrent].shape.size() == 1) {
    auto diagonal = optionalFloats(request, *cell.arrays, recurrent, sizes.cells);
    if (failed(diagonal))
      return failure();
    kernel.diagonal[gate] = *diagonal;
  } else {
    auto dense = packDense(request, *cell.arrays, recurrent, sizes.cells, sizes.outputs, cell.packing);
    if (failed(dense))
      return failure();
    kernel.recurrent[gate] = std::move(*dense);
  }
  if (cell.auxiliary) {
    auto dense =
        packDense(request, *cell.arrays, *at.auxiliaryWeights + gate, sizes.cells, auxiliaryInputs, cell.packing);
    if (failed(dense))
      return failure();
    kernel.auxiliary[gate] = std::move(*dense);
  }
  if (sizes.hasPeepholes && gate != nn::CellGate) {
    auto peephole = cell.packing == DensePacking::Float
                        ? optionalFloats(request, *cell.arrays, at.peephole(gate), sizes.cells)
                        : dequantizedFloats(request, *cell.arrays, at.peephole(gate), sizes.cells);
    if (failed(peephole))
      return failure();
    kernel.peephole[gate] = *peephole;
  }
  if (sizes.isNormalized) {
    auto normalization = optionalFloats(request, *cell.arrays, at.normalization + gate, sizes.cells);
    if (failed(normalization))
      return failure();
    kernel.normalization[gate] = *normalization;
    if (kernel.normalization[gate] && !kernel.bias[gate])
      return request.error() << "expected a bias of its normalized gate as operand " << at.biases + gate;
  }
  return success();
}

FailureOr<PlannedLstm> planCell(const KernelRequest &request, const LstmOperands &at, const LstmOptions &options) {
  PlannedLstm cell;
  cell.at = at;
  // A second input without weights takes the place of the backward cell's.
  const bool hasSecond = at.auxiliary && request.has(*at.auxiliary);
  const bool isWeighted = hasSecond && request.has(*at.auxiliaryWeights + nn::ForgetGate);
  cell.input = hasSecond && !isWeighted && at.isBackward ? *at.auxiliary : at.input;
  auto sizes = LstmSizes::of(request, at, cell.input, options);
  if (failed(sizes))
    return failure();
  cell.sequence = sizes->sequence;
  cell.packing = densePacking(request, at.inputWeights + nn::OutputGate, options.asymmetric);
  int64_t auxiliaryInputs = 0;
  if (isWeighted) {
    cell.auxiliary = at.auxiliary;
    auto second = sequenceShape(request, *at.auxiliary, options.timeMajor, auxiliaryInputs);
    if (failed(second))
      return failure();
    if (second->batches != cell.sequence.batches || second->times != cell.sequence.times)
      return request.error() << "expected two inputs of one length, got "
                             << formatDims(request.operands[at.input].shape) << " and "
                             << formatDims(request.operands[*at.auxiliary].shape);
  }
  auto &kernel = cell.kernel;
  kernel.inputs = sizes->inputs;
  kernel.auxiliaryInputs = auxiliaryInputs;
  kernel.cells = sizes->cells;
  kernel.outputs = kernel.outputStride = sizes->outputs;
  kernel.hasInputGate = sizes->hasInputGate;
  kernel.hasProjection = sizes->hasProjection;
  kernel.activation = recurrentActivation(options.activation);
  kernel.cellClip = options.cellClip;
  kernel.projectionClip = options.projectionClip;
  for (unsigned gate : gatesOf(*sizes))
    if (failed(planGate(request, cell, *sizes, gate, auxiliaryInputs)))
      return failure();
  if (sizes->hasProjection) {
    auto projection =
        packDense(request, *cell.arrays, at.projectionWeights, sizes->outputs, sizes->cells, cell.packing);
    auto bias = optionalFloats(request, *cell.arrays, at.projectionBias, sizes->outputs);
    if (failed(projection) || failed(bias))
      return failure();
    kernel.projection = std::move(*projection);
    kernel.projectionBias = *bias;
  }
  const int64_t batches = sizes->sequence.batches;
  if (failed(expectState(request, at.outputState, ElementClass::Float32, batches * sizes->outputs)) ||
      failed(expectState(request, at.cellState, ElementClass::Float32, batches * sizes->cells)))
    return failure();
  return cell;
}

//===----------------------------------------------------------------------===//
// int8 with a state of int16
//===----------------------------------------------------------------------===//

/// The planned kernel, and what it points to.
struct PlannedInteger {
  runtime::LstmInteger kernel{};
  std::shared_ptr<PreparedArrays> arrays = std::make_shared<PreparedArrays>();
};

/// Plans the matrix at operand `index`: its start is operand `bias`, if there is one, plus `zeroPoint` times each row.
FailureOr<runtime::LstmMatrix> planMatrix(const KernelRequest &request, PlannedInteger &planned, unsigned index,
                                          unsigned bias, int64_t rows, int64_t columns, int32_t zeroPoint) {
  if (failed(expectConstant(request, index, ElementClass::Int8, {rows, columns})))
    return failure();
  auto scale = affine(request.operands[index], ElementClass::Int8);
  if (!scale || scale->zeroPoint != 0)
    return request.unsupported() << "expected weights with one scale and no zero point as operand " << index << ", got "
                                 << request.operands[index].elementType;
  std::vector<int32_t> start(rows, 0);
  if (request.has(bias)) {
    if (failed(expectConstant(request, bias, ElementClass::Int32, {rows})))
      return failure();
    const int32_t *values = request.operands[bias].as<const int32_t>();
    start.assign(values, values + rows);
  }
  const int8_t *weights = request.operands[index].as<const int8_t>();
  for (int64_t r = 0; r < rows; ++r)
    for (int64_t c = 0; c < columns; ++c)
      start[r] = numerics::wrapAdd(start[r], numerics::wrapMul(weights[r * columns + c], zeroPoint));
  return runtime::LstmMatrix{
      planned.arrays->note(ArrayRef(weights, rows * columns)), planned.arrays->keep(std::move(start)), {}};
}

/// The scale of the int16 vector at operand `index`; sets `data`. An absent one has scale 1.
FailureOr<float> planVector(const KernelRequest &request, PreparedArrays &arrays, unsigned index, bool isPresent,
                            int64_t size, const int16_t *&data) {
  data = nullptr;
  if (!isPresent)
    return 1.0f;
  if (failed(expectConstant(request, index, ElementClass::Int16, {size})))
    return failure();
  auto scale = affine(request.operands[index], ElementClass::Int16);
  if (!scale || scale->zeroPoint != 0)
    return request.unsupported() << "expected one scale and no zero point for operand " << index << ", got "
                                 << request.operands[index].elementType;
  data = arrays.note(ArrayRef(request.operands[index].as<const int16_t>(), size));
  return scale->scale;
}

/// Scale and zero point of intermediate `index`.
FailureOr<AffineParams> intermediate(const KernelRequest &request, unsigned index, ElementClass storage) {
  Type type = nn::getIntermediateType(request.op, index);
  auto tensor = dyn_cast_or_null<TensorType>(type);
  std::optional<AffineParams> parameters;
  if (tensor)
    parameters = affine(TensorRef{tensor.getElementType(), {}, nullptr}, storage);
  if (!parameters)
    return request.unsupported() << "expected a quantized type for intermediate " << index << ", got " << type;
  return *parameters;
}

/// LiteRT computes effective scales in the order and precision that C gives its expressions: matrices in float, what
/// meets a power of two in double, both stored as float.
FixedPointMultiplier ofMatrix(float weights, float input, float result) {
  return numerics::quantizeMultiplier(numerics::product(weights, input) / result);
}

struct IntegerLstmPlanner {
  const KernelRequest &request;
  const LstmSizes &sizes;
  const LstmOptions &options;
  LstmOperands at{};
  AffineParams input{}, output{};
  float cellScale = 1;

  LogicalResult plan(PlannedInteger &planned);
  LogicalResult planGate(PlannedInteger &planned, unsigned gate);
  LogicalResult planHidden(PlannedInteger &planned);
};

LogicalResult IntegerLstmPlanner::planGate(PlannedInteger &planned, unsigned gate) {
  runtime::LstmIntegerGate &result = planned.kernel.gates[gate];
  // Q3.12 unless normalization follows.
  float resultScale = 0x1p-12f;
  if (sizes.isNormalized) {
    auto parameters = intermediate(request, gate, ElementClass::Int16);
    if (failed(parameters))
      return failure();
    resultScale = parameters->scale;
  }
  const unsigned weights = at.inputWeights + gate, recurrent = at.recurrentWeights + gate, bias = at.biases + gate;
  const unsigned foldedBias = sizes.isNormalized ? kNoOperand : bias;
  auto matrix = planMatrix(request, planned, weights, foldedBias, sizes.cells, sizes.inputs, -input.zeroPoint);
  auto recurrentMatrix =
      planMatrix(request, planned, recurrent, kNoOperand, sizes.cells, sizes.outputs, -output.zeroPoint);
  const bool hasPeephole = sizes.hasPeepholes && gate != nn::CellGate;
  auto peepholeScale =
      planVector(request, *planned.arrays, at.peephole(gate), hasPeephole, sizes.cells, result.peephole);
  auto normalizationScale = planVector(request, *planned.arrays, at.normalization + gate, sizes.isNormalized,
                                       sizes.cells, result.normalization);
  if (failed(matrix) || failed(recurrentMatrix) || failed(peepholeScale) || failed(normalizationScale))
    return failure();
  result.input = *matrix;
  result.recurrent = *recurrentMatrix;
  auto scaleOf = [&](unsigned index) { return affine(request.operands[index], ElementClass::Int8)->scale; };
  result.input.scale = ofMatrix(scaleOf(weights), input.scale, resultScale);
  result.recurrent.scale = ofMatrix(scaleOf(recurrent), output.scale, resultScale);
  result.peepholeScale =
      numerics::quantizeMultiplier(float(double(cellScale) * double(*peepholeScale) / double(resultScale)));
  result.normalizationScale = numerics::quantizeMultiplier(*normalizationScale);
  result.varianceGuard = std::max(1, int32_t(std::min(10000 * *normalizationScale, 2147483520.0f)));
  if (sizes.isNormalized) {
    if (failed(expectConstant(request, bias, ElementClass::Int32, {sizes.cells})))
      return failure();
    result.normalizationBias = planned.arrays->note(ArrayRef(request.operands[bias].as<const int32_t>(), sizes.cells));
  }
  return success();
}

LogicalResult IntegerLstmPlanner::planHidden(PlannedInteger &planned) {
  runtime::LstmInteger &kernel = planned.kernel;
  auto hidden = intermediate(request, nn::kHiddenIntermediate, ElementClass::Int8);
  if (failed(hidden))
    return failure();
  kernel.hiddenScale = numerics::quantizeMultiplier(float(0x1p-15 / double(hidden->scale) * 0x1p-15));
  kernel.hiddenZeroPoint = hidden->zeroPoint;
  kernel.outputZeroPoint = output.zeroPoint;
  if (!sizes.hasProjection)
    return success();
  auto matrix = planMatrix(request, planned, at.projectionWeights, at.projectionBias, sizes.outputs, sizes.cells,
                           hidden->zeroPoint);
  if (failed(matrix))
    return failure();
  kernel.projection = *matrix;
  kernel.projection.scale =
      ofMatrix(affine(request.operands[at.projectionWeights], ElementClass::Int8)->scale, hidden->scale, output.scale);
  return success();
}

LogicalResult IntegerLstmPlanner::plan(PlannedInteger &planned) {
  auto in = affine(request.operands[at.input], ElementClass::Int8);
  auto out = affine(request.results[0], ElementClass::Int8);
  if (!in || !out)
    return request.unsupported() << "expected an input and a result of int8 with one scale, got "
                                 << request.operands[at.input].elementType << " and " << request.results[0].elementType;
  const int64_t batches = sizes.sequence.batches;
  if (failed(expectState(request, at.outputState, ElementClass::Int8, batches * sizes.outputs)) ||
      failed(expectState(request, at.cellState, ElementClass::Int16, batches * sizes.cells)))
    return failure();
  auto state = affine(request.operands[at.outputState], ElementClass::Int8);
  auto cell = affine(request.operands[at.cellState], ElementClass::Int16);
  if (!state || !cell)
    return request.unsupported() << "expected states with one scale, got "
                                 << request.operands[at.outputState].elementType << " and "
                                 << request.operands[at.cellState].elementType;
  int exponent = 0;
  if (std::frexp(cell->scale, &exponent) != 0.5f || exponent - 1 < -15 || exponent - 1 > -9)
    return request.unsupported() << "expected a scale of 2^-15 to 2^-9 for the cell state, got " << cell->scale;
  if (options.activation != nn::Activation::TANH)
    return request.unsupported() << "int8 kernels compute TANH, got " << stringifyActivation(options.activation);
  if (sizes.hasPeepholes && sizes.outputs > sizes.cells)
    return request.unsupported() << "peepholes with more outputs than cells, which LiteRT reads out of bounds";
  input = *in;
  output = *state;
  cellScale = cell->scale;
  runtime::LstmInteger &kernel = planned.kernel;
  kernel.inputs = sizes.inputs;
  kernel.cells = sizes.cells;
  kernel.outputs = sizes.outputs;
  kernel.hasInputGate = sizes.hasInputGate;
  kernel.hasProjection = sizes.hasProjection;
  kernel.cellExponent = exponent - 1;
  kernel.cellClip = int32_t(std::min(options.cellClip / cellScale, 32767.0f));
  kernel.projectionClip = int32_t(std::min(options.projectionClip / out->scale, 127.0f));
  for (unsigned gate : gatesOf(sizes))
    if (failed(planGate(planned, gate)))
      return failure();
  return planHidden(planned);
}

FailureOr<PlannedKernel> planInteger(const KernelRequest &request, const LstmSizes &sizes, const LstmOptions &options) {
  if (classify(request.operands[0]) != ElementClass::Int8)
    return request.unsupported() << "activations with elements of type " << request.operands[0].elementType;
  PlannedInteger planned;
  IntegerLstmPlanner planner{request, sizes, options};
  if (failed(planner.plan(planned)))
    return failure();
  PlannedKernel kernel =
      makeCall(integerRecurrent("LstmInteger.h"), PreparedObject<runtime::LstmInteger>{planned.kernel, planned.arrays},
               sizes.sequence, In<int8_t>{planner.at.input}, State<int8_t>{planner.at.outputState},
               State<int16_t>{planner.at.cellState}, Out<int8_t>(), Scratch<char>());
  kernel.scratchBytes = planned.kernel.scratchBytes(sizes.sequence.batches);
  return kernel;
}

//===----------------------------------------------------------------------===//
// Operators
//===----------------------------------------------------------------------===//

FailureOr<PlannedKernel> planFull(const KernelRequest &request, const LstmOptions &options) {
  const size_t operands = request.operands.size();
  if ((operands != 20 && operands != 24) || request.results.size() != 1)
    return request.error() << "expected 20 or 24 operands and a result, got " << operands << " and "
                           << request.results.size();
  const LstmOperands at;
  auto sizes = LstmSizes::of(request, at, at.input, options);
  if (failed(sizes) || failed(expectResultShape(request, sequenceResult(request.operands[0], sizes->outputs))))
    return failure();
  if (!isFloat(request.operands[0]))
    return planInteger(request, *sizes, options);
  auto cell = planCell(request, at, options);
  if (failed(cell))
    return failure();
  return cell->call(/*forward=*/true, Out<float>());
}

FailureOr<PlannedKernel> planSequenceLstm(nn::UnidirectionalSequenceLstmOp op, const KernelRequest &request) {
  return planFull(request, optionsOf(op, op.getTimeMajor()));
}

FailureOr<PlannedKernel> planBasic(const KernelRequest &request) {
  namespace at = nn::basic_lstm;
  if (request.operands.size() != at::Operands || request.results.size() != at::Results)
    return request.error() << "expected " << unsigned(at::Operands) << " operands and " << unsigned(at::Results)
                           << " results, got " << request.operands.size() << " and " << request.results.size();
  for (unsigned index : {at::Input, at::PreviousOutput, at::PreviousCell})
    if (!request.has(index) || request.operands[index].shape.size() != 2)
      return request.error() << "expected operand " << index << " of rank 2";
  for (unsigned index : {at::Input, at::PreviousOutput, at::PreviousCell})
    if (!isFloat(request.operands[index]))
      return request.unsupported() << "a basic cell with elements of type " << request.operands[index].elementType;
  ArrayRef<int64_t> state = request.operands[at::PreviousOutput].shape;
  const int64_t batches = request.operands[at::Input].shape[0], inputs = request.operands[at::Input].shape[1];
  const int64_t cells = state[1];
  if (state[0] != batches || request.operands[at::PreviousCell].shape != state)
    return request.error() << "expected states of " << batches << " batches and one size, got " << formatDims(state)
                           << " and " << formatDims(request.operands[at::PreviousCell].shape);
  auto arrays = std::make_shared<PreparedArrays>();
  auto weights = packDense(request, *arrays, at::Weights, 4 * cells, inputs + cells);
  auto bias = optionalFloats(request, *arrays, at::Biases, 4 * cells);
  if (failed(weights) || failed(bias) || failed(expectResultShape(request, {batches, cells}, at::Output)) ||
      failed(expectResultShape(request, {batches, cells}, at::Cell)) ||
      failed(expectResultShape(request, {batches, inputs + cells}, at::Concatenated)) ||
      failed(expectResultShape(request, {batches, 4 * cells}, at::Gates)))
    return failure();
  // What LiteRT writes back into its operands is seen where these are variables.
  auto isState = [&](unsigned index) { return bool(request.op->getOperand(index).getDefiningOp<nn::VariableOp>()); };
  const runtime::BasicLstm cell{int32_t(batches), int32_t(inputs), int32_t(cells), *weights, *bias};
  std::vector<PlannedKernel> calls = {
      makeCall(floatRecurrent("Float/Dense.h,Lstm.h"), PreparedObject<runtime::BasicLstm>{cell, arrays},
               In<float>{at::Input}, In<float>{at::PreviousOutput}, In<float>{at::PreviousCell}, Out<float>{at::Output},
               Out<float>{at::Cell}, Out<float>{at::Concatenated}, Out<float>{at::Gates})};
  const auto keep = [&](unsigned result, unsigned state) {
    const int64_t size = batches * cells;
    if (isState(state))
      calls.push_back(makeCall(VERNIER_KERNEL("StridedCopy.h", runtime::copyBlocks), int64_t(1), size, size, size,
                               Out<float>{result}, State<float>{state}));
  };
  keep(at::Output, at::PreviousOutput);
  keep(at::Cell, at::PreviousCell);
  return inOrder(std::move(calls));
}

FailureOr<PlannedKernel> planLstm(nn::LstmOp op, const KernelRequest &request) {
  return op.getKernelType() == 1 ? planBasic(request) : planFull(request, optionsOf(op, /*timeMajor=*/true));
}

FailureOr<PlannedKernel> planBidirectionalLstm(nn::BidirectionalSequenceLstmOp op, const KernelRequest &request) {
  if (request.operands.size() != LstmOperands::kBidirectionalLstmOperands)
    return request.error() << "expected " << LstmOperands::kBidirectionalLstmOperands << " operands, got "
                           << request.operands.size();
  SmallVector<PlannedLstm, 2> cells;
  for (unsigned direction : {0, 1}) {
    auto cell = planCell(request, LstmOperands::ofDirection(direction), optionsOf(op, op.getTimeMajor()));
    if (failed(cell))
      return failure();
    cells.push_back(std::move(*cell));
  }
  const bool merged = op.getMergeOutputs();
  const int64_t forward = cells[0].kernel.outputs, backward = cells[1].kernel.outputs;
  if (failed(expectDirections(request, forward, backward, merged)))
    return failure();
  if (merged)
    cells[0].kernel.outputStride = cells[1].kernel.outputStride = int32_t(forward + backward);
  return inTurn(cells[0].call(/*forward=*/true, Out<float>()),
                cells[1].call(/*forward=*/false, merged ? Out<float>{0, forward} : Out<float>{1}));
}

} // namespace

ArrayRef<KernelRow> lstmKernels() {
  static const KernelRow rows[] = {
      row<nn::UnidirectionalSequenceLstmOp, planSequenceLstm>(),
      row<nn::LstmOp, planLstm>(),
      row<nn::BidirectionalSequenceLstmOp, planBidirectionalLstm>(),
  };
  return rows;
}

} // namespace mlir::vernier
