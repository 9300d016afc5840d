//===- Recurrent.cpp - RNN, its sequences, and SVDF -------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Recurrent.h"
#include "vernier/Runtime/Svdf.h"

namespace mlir::vernier {

using runtime::RecurrentActivation;
using runtime::SequenceShape;

static_assert(int(RecurrentActivation::Tanh) == int(nn::Activation::TANH) &&
                  int(RecurrentActivation::SignBit) == int(nn::Activation::SIGN_BIT),
              "the kernels have the dialect's order");

LogicalResult expectConstant(const KernelRequest &request, unsigned index, ElementClass elements,
                             ArrayRef<int64_t> shape) {
  if (!request.has(index))
    return request.error() << "expected operand " << index << " of shape " << formatDims(shape) << ", got none";
  const TensorRef &tensor = request.operands[index];
  if (tensor.shape != shape)
    return request.error() << "expected operand " << index << " of shape " << formatDims(shape) << ", got "
                           << formatDims(tensor.shape);
  if (classify(tensor) != elements)
    return request.unsupported() << "operand " << index << " with elements of type " << tensor.elementType;
  if (!tensor.data)
    return request.unsupported() << "expected a constant for operand " << index;
  return success();
}

FailureOr<PackedDense> packDense(const KernelRequest &request, unsigned index, int64_t outputs, int64_t inputs) {
  if (failed(expectConstant(request, index, ElementClass::Float32, {outputs, inputs})))
    return failure();
  auto packed = std::make_shared<std::vector<float>>(runtime::packedFloatSize(inputs, outputs));
  runtime::packFloatFilter(inputs, outputs, request.operands[index].as<const float>(), packed->data());
  return PackedDense{std::move(packed), int32_t(inputs), int32_t(outputs)};
}

FailureOr<const float *> optionalFloats(const KernelRequest &request, unsigned index, int64_t size) {
  if (!request.has(index))
    return static_cast<const float *>(nullptr);
  if (failed(expectConstant(request, index, ElementClass::Float32, {size})))
    return failure();
  return request.operands[index].as<const float>();
}

LogicalResult expectState(const KernelRequest &request, unsigned index, ElementClass type, int64_t elements) {
  if (!request.has(index) || !request.op->getOperand(index).getDefiningOp<nn::VariableOp>())
    return request.error() << "expected operand " << index << ", its state, to be a variable";
  const TensorRef &tensor = request.operands[index];
  if (classify(tensor) != type)
    return request.unsupported() << "a state, operand " << index << ", with elements of type " << tensor.elementType;
  if (tensor.elements() != elements)
    return request.error() << "expected " << elements << " elements in its state, operand " << index << ", got "
                           << formatDims(tensor.shape);
  return success();
}

LogicalResult expectNotHybrid(const KernelRequest &request, unsigned weights) {
  if (request.has(weights) && isFloat(request.operands[0]) && !isFloat(request.operands[weights]))
    return request.unsupported() << "float activations with weights of type " << request.operands[weights].elementType;
  return success();
}

FailureOr<SequenceShape> sequenceShape(const KernelRequest &request, unsigned index, bool timeMajor,
                                       int64_t &features) {
  if (!request.has(index))
    return request.error() << "expected a sequence as operand " << index << ", got none";
  ArrayRef<int64_t> shape = request.operands[index].shape;
  if (shape.size() != 2 && shape.size() != 3)
    return request.error() << "expected a sequence of rank 2 or 3 as operand " << index << ", got "
                           << formatDims(shape);
  features = shape.back();
  if (shape.size() == 2)
    return SequenceShape{int32_t(shape[0]), 1, true};
  return SequenceShape{int32_t(shape[timeMajor ? 1 : 0]), int32_t(shape[timeMajor ? 0 : 1]), timeMajor};
}

SmallVector<int64_t> sequenceResult(const TensorRef &input, int64_t features) {
  SmallVector<int64_t> shape(input.shape);
  shape.back() = features;
  return shape;
}

LogicalResult expectDirections(const KernelRequest &request, int64_t forward, int64_t backward, bool merged) {
  SmallVector<int64_t, 2> features = {forward, backward};
  if (merged)
    features = {forward + backward};
  if (request.results.size() != features.size())
    return request.error() << "expected " << features.size() << " results, got " << request.results.size();
  for (auto [index, count] : llvm::enumerate(features))
    if (failed(expectResultShape(request, sequenceResult(request.operands[0], count), index)))
      return failure();
  return success();
}

namespace {

struct PlannedRnn {
  SequenceShape shape;
  runtime::Rnn<PackedDense> kernel;
  nn::RnnOperands at;
  /// The operands that it reads; nothing for an absent second input.
  unsigned input;
  std::optional<unsigned> auxiliary;

  int64_t scratchBytes() const { return int64_t(shape.batches) * kernel.units * 2 * int64_t(sizeof(float)); }
  void run(const KernelMemory &m, bool forward, float *y) const {
    kernel(shape, forward, m.operand<float>(input), auxiliary ? m.operand<float>(*auxiliary) : nullptr,
           m.operands[at.state].as<float>(), y, reinterpret_cast<float *>(m.scratch));
  }
};

FailureOr<PlannedRnn> planCell(const KernelRequest &request, const nn::RnnOperands &at, bool timeMajor,
                               nn::Activation activation) {
  // A second input without weights takes the place of the backward cell's.
  const bool hasSecond = at.auxiliary && request.has(*at.auxiliary);
  const bool isWeighted = hasSecond && request.has(*at.auxiliaryWeights);
  PlannedRnn cell;
  cell.at = at;
  cell.input = hasSecond && !isWeighted && at.isBackward ? *at.auxiliary : at.input;
  if (isWeighted)
    cell.auxiliary = at.auxiliary;
  int64_t inputs = 0, auxiliaryInputs = 0;
  auto shape = sequenceShape(request, cell.input, timeMajor, inputs);
  if (failed(shape) || failed(expectNotHybrid(request, at.weights)))
    return failure();
  cell.shape = *shape;
  if (!request.has(at.weights) || request.operands[at.weights].shape.size() != 2)
    return request.error() << "expected weights of rank 2 as operand " << at.weights;
  const int64_t units = request.operands[at.weights].shape[0];
  auto input = packDense(request, at.weights, units, inputs);
  auto recurrent = packDense(request, at.recurrentWeights, units, units);
  auto bias = optionalFloats(request, at.bias, units);
  if (failed(input) || failed(recurrent) || failed(bias) ||
      failed(expectState(request, at.state, ElementClass::Float32, units * shape->batches)))
    return failure();
  PackedDense auxiliary;
  if (isWeighted) {
    auto second = sequenceShape(request, *at.auxiliary, timeMajor, auxiliaryInputs);
    auto weights = packDense(request, *at.auxiliaryWeights, units, auxiliaryInputs);
    if (failed(second) || failed(weights))
      return failure();
    if (second->batches != shape->batches || second->times != shape->times)
      return request.error() << "expected two inputs of one length, got "
                             << formatDims(request.operands[at.input].shape) << " and "
                             << formatDims(request.operands[*at.auxiliary].shape);
    auxiliary = *weights;
  }
  cell.kernel = {
      int32_t(inputs), int32_t(auxiliaryInputs),       int32_t(units), int32_t(units), *input, *recurrent, auxiliary,
      *bias,           recurrentActivation(activation)};
  return cell;
}

FailureOr<PlannedKernel> planOneDirection(const KernelRequest &request, bool timeMajor, nn::Activation activation) {
  if (request.operands.size() != nn::RnnOperands::kOperands)
    return request.error() << "expected " << nn::RnnOperands::kOperands << " operands, got " << request.operands.size();
  auto cell = planCell(request, {}, timeMajor, activation);
  if (failed(cell) || failed(expectResultShape(request, sequenceResult(request.operands[0], cell->kernel.units))))
    return failure();
  return makeKernel([cell = *cell](const KernelMemory &m) { cell.run(m, true, m.result<float>()); },
                    cell->scratchBytes());
}

FailureOr<PlannedKernel> planRnn(nn::RnnOp op, const KernelRequest &request) {
  return planOneDirection(request, /*timeMajor=*/true, op.getFusedActivationFunction());
}

FailureOr<PlannedKernel> planSequenceRnn(nn::UnidirectionalSequenceRnnOp op, const KernelRequest &request) {
  return planOneDirection(request, op.getTimeMajor(), op.getFusedActivationFunction());
}

FailureOr<PlannedKernel> planBidirectionalRnn(nn::BidirectionalSequenceRnnOp op, const KernelRequest &request) {
  if (request.operands.size() != nn::RnnOperands::kBidirectionalOperands)
    return request.error() << "expected " << nn::RnnOperands::kBidirectionalOperands << " operands, got "
                           << request.operands.size();
  SmallVector<PlannedRnn, 2> cells;
  for (unsigned direction : {0, 1}) {
    auto cell =
        planCell(request, nn::RnnOperands::ofDirection(direction), op.getTimeMajor(), op.getFusedActivationFunction());
    if (failed(cell))
      return failure();
    cells.push_back(std::move(*cell));
  }
  const bool merged = op.getMergeOutputs();
  const int64_t forward = cells[0].kernel.units, backward = cells[1].kernel.units;
  if (failed(expectDirections(request, forward, backward, merged)))
    return failure();
  if (merged)
    cells[0].kernel.outputStride = cells[1].kernel.outputStride = int32_t(forward + backward);
  return makeKernel(
      [cells, merged, forward](const KernelMemory &m) {
        cells[0].run(m, true, m.result<float>());
        cells[1].run(m, false, merged ? m.result<float>() + forward : m.result<float>(1));
      },
      std::max(cells[0].scratchBytes(), cells[1].scratchBytes()));
}

//===----------------------------------------------------------------------===//
// SVDF
//===----------------------------------------------------------------------===//

template <typename State>
FailureOr<PlannedKernel> planIntegerSvdf(const KernelRequest &request, const runtime::SvdfShape &shape,
                                         ElementClass stateClass) {
  const TensorRef &input = request.operands[nn::svdf::Input], &state = request.operands[nn::svdf::State];
  auto in = affine(input, ElementClass::Int8);
  auto feature = affine(request.operands[nn::svdf::FeatureWeights], ElementClass::Int8);
  auto time = affine(request.operands[nn::svdf::TimeWeights], stateClass);
  auto held = affine(state, stateClass), out = affine(request.results[0], ElementClass::Int8);
  if (!in || !feature || !time || !held || !out)
    return request.unsupported() << "expected int8 with one scale around time weights and a state of one type, got "
                                 << input.elementType << ", " << request.operands[nn::svdf::TimeWeights].elementType
                                 << ", " << state.elementType << " and " << request.results[0].elementType;
  if (feature->zeroPoint != 0 || time->zeroPoint != 0 || (stateClass == ElementClass::Int16 && held->zeroPoint != 0))
    return request.unsupported() << "expected weights, and a state of int16, without zero points";
  if (failed(expectConstant(request, nn::svdf::FeatureWeights, ElementClass::Int8, {shape.filters, shape.inputs})) ||
      failed(expectConstant(request, nn::svdf::TimeWeights, stateClass, {shape.filters, shape.steps})) ||
      (request.has(nn::svdf::Bias) &&
       failed(expectConstant(request, nn::svdf::Bias, ElementClass::Int32, {shape.units()}))) ||
      failed(expectState(request, nn::svdf::State, stateClass, int64_t(shape.batches) * shape.filters * shape.steps)))
    return failure();
  runtime::SvdfInteger<State> kernel;
  kernel.shape = shape;
  kernel.inputZeroPoint = in->zeroPoint;
  kernel.stateZeroPoint = held->zeroPoint;
  kernel.outputZeroPoint = out->zeroPoint;
  kernel.toState = numerics::quantizeMultiplier(numerics::product(in->scale, feature->scale) / held->scale);
  kernel.toOutput = numerics::quantizeMultiplier(numerics::product(held->scale, time->scale) / out->scale);
  kernel.featureWeights = request.operands[nn::svdf::FeatureWeights].as<const int8_t>();
  kernel.timeWeights = request.operands[nn::svdf::TimeWeights].as<const State>();
  kernel.bias = request.has(nn::svdf::Bias) ? request.operands[nn::svdf::Bias].as<const int32_t>() : nullptr;
  return makeKernel([kernel](const KernelMemory &m) {
    kernel(m.operand<int8_t>(nn::svdf::Input), m.operands[nn::svdf::State].as<State>(), m.result<int8_t>());
  });
}

FailureOr<PlannedKernel> planSvdf(nn::SvdfOp op, const KernelRequest &request) {
  namespace at = nn::svdf;
  if (request.operands.size() != at::Operands)
    return request.error() << "expected " << unsigned(at::Operands) << " operands, got " << request.operands.size();
  for (unsigned index : {at::Input, at::FeatureWeights, at::TimeWeights, at::State})
    if (!request.has(index) || request.operands[index].shape.size() != 2)
      return request.error() << "expected operand " << index << " of rank 2";
  const TensorRef &input = request.operands[at::Input], &time = request.operands[at::TimeWeights];
  const runtime::SvdfShape shape{int32_t(input.shape[0]), int32_t(input.shape[1]), int32_t(time.shape[0]),
                                 int32_t(time.shape[1]), int32_t(op.getRank())};
  if (shape.rank <= 0 || shape.filters % shape.rank != 0 || shape.steps <= 0)
    return request.error() << "expected a rank that divides " << shape.filters << " filters and time weights for some "
                           << "steps, got rank " << shape.rank << " and " << shape.steps << " steps";
  if (failed(expectNotHybrid(request, at::FeatureWeights)) ||
      failed(expectResultShape(request, {shape.batches, shape.units()})))
    return failure();
  if (isQuantized(input)) {
    // Its state decides: LiteRT has int16 alone, and would take any other for it.
    const bool isNarrow = classify(request.operands[at::State]) == ElementClass::Int8;
    if (isNarrow && request.target != numerics::NumericsTarget::TFLM)
      return request.unsupported() << "LiteRT has no kernel for a state of int8";
    return isNarrow ? planIntegerSvdf<int8_t>(request, shape, ElementClass::Int8)
                    : planIntegerSvdf<int16_t>(request, shape, ElementClass::Int16);
  }
  auto feature = packDense(request, at::FeatureWeights, shape.filters, shape.inputs);
  auto bias = optionalFloats(request, at::Bias, shape.units());
  if (failed(feature) || failed(bias) ||
      failed(expectConstant(request, at::TimeWeights, ElementClass::Float32, {shape.filters, shape.steps})) ||
      failed(
          expectState(request, at::State, ElementClass::Float32, int64_t(shape.batches) * shape.filters * shape.steps)))
    return failure();
  PlannedKernel kernel;
  kernel.scratchBytes = int64_t(shape.batches) * shape.filters * int64_t(sizeof(float));
  kernel.run = [=, feature = *feature, bias = *bias, time = time.as<const float>(),
                activation = recurrentActivation(op.getFusedActivationFunction())](const KernelMemory &m) {
    float *state = m.operands[at::State].as<float>();
    runtime::svdf(shape, m.operand<float>(at::Input), feature, time, bias, activation, state, m.result<float>(),
                  reinterpret_cast<float *>(m.scratch));
    return m.watch ? m.watch(0, {state, size_t(shape.batches) * shape.filters * shape.steps}) : success();
  };
  return kernel;
}

} // namespace

ArrayRef<KernelRow> recurrentKernels() {
  static const KernelRow rows[] = {
      row<nn::RnnOp, planRnn>(),
      row<nn::UnidirectionalSequenceRnnOp, planSequenceRnn>(),
      row<nn::BidirectionalSequenceRnnOp, planBidirectionalRnn>(),
      row<nn::SvdfOp, planSvdf>(),
  };
  return rows;
}

} // namespace mlir::vernier
