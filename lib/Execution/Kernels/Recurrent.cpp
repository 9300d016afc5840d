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

/// The one scale of operand `index`, constant weights of int8 without a zero point.
static FailureOr<float> hybridScale(const KernelRequest &request, unsigned index, ArrayRef<int64_t> shape) {
  if (failed(expectConstant(request, index, ElementClass::Int8, shape)))
    return failure();
  auto parameters = affine(request.operands[index], ElementClass::Int8);
  if (!parameters || parameters->zeroPoint != 0)
    return request.unsupported() << "expected weights with one scale and no zero point as operand " << index << ", got "
                                 << request.operands[index].elementType;
  return parameters->scale;
}

DensePacking densePacking(const KernelRequest &request, unsigned weights, bool asymmetric) {
  if (!request.has(weights) || !isFloat(request.operands[0]) || isFloat(request.operands[weights]))
    return DensePacking::Float;
  return asymmetric ? DensePacking::Asymmetric : DensePacking::Symmetric;
}

FailureOr<const float *> dequantizedFloats(const KernelRequest &request, PreparedArrays &arrays, unsigned index,
                                           ArrayRef<int64_t> shape) {
  if (!request.has(index))
    return static_cast<const float *>(nullptr);
  auto scale = hybridScale(request, index, shape);
  if (failed(scale))
    return failure();
  std::vector<float> values;
  for (int8_t weight : ArrayRef(request.operands[index].as<const int8_t>(), request.operands[index].elements()))
    values.push_back(numerics::product(float(weight), *scale));
  return arrays.keep(std::move(values));
}

FailureOr<runtime::DenseMatrix> packDense(const KernelRequest &request, PreparedArrays &arrays, unsigned index,
                                          int64_t outputs, int64_t inputs, DensePacking packing) {
  if (packing != DensePacking::Float) {
    auto scale = hybridScale(request, index, {outputs, inputs});
    if (failed(scale))
      return failure();
    std::vector<float> packed(runtime::packedHybridSize(inputs, outputs));
    runtime::packHybridMatrix(inputs, outputs, request.operands[index].as<const int8_t>(), *scale, packed.data());
    return runtime::DenseMatrix{arrays.keep(std::move(packed)), int32_t(inputs), int32_t(outputs)};
  }
  if (failed(expectConstant(request, index, ElementClass::Float32, {outputs, inputs})))
    return failure();
  std::vector<float> packed(runtime::packedFloatSize(inputs, outputs));
  runtime::packFloatFilter(inputs, outputs, request.operands[index].as<const float>(), packed.data());
  return runtime::DenseMatrix{arrays.keep(std::move(packed)), int32_t(inputs), int32_t(outputs)};
}

FailureOr<const float *> optionalFloats(const KernelRequest &request, PreparedArrays &arrays, unsigned index,
                                        int64_t size) {
  if (!request.has(index))
    return static_cast<const float *>(nullptr);
  if (failed(expectConstant(request, index, ElementClass::Float32, {size})))
    return failure();
  return arrays.note(ArrayRef(request.operands[index].as<const float>(), size));
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
  runtime::Rnn kernel{};
  std::shared_ptr<PreparedArrays> arrays = std::make_shared<PreparedArrays>();
  nn::RnnOperands at;
  /// The operands that it reads; nothing for an absent second input.
  unsigned input;
  std::optional<unsigned> auxiliary;
  DensePacking packing = DensePacking::Float;

  PlannedKernel call(bool forward, Out<float> y) const {
    const int64_t floatBytes = int64_t(shape.batches) * kernel.units * 2 * int64_t(sizeof(float));
    return withDense(packing, "Float/Dense.h", "HybridDense.h", floatBytes,
                     std::max({kernel.inputs, kernel.auxiliaryInputs, kernel.units}),
                     [&](auto function, auto... leading) {
                       return makeCall(function, leading..., PreparedObject<runtime::Rnn>{kernel, arrays}, shape,
                                       forward, In<float>{input}, In<float>{auxiliary.value_or(kNoOperand)},
                                       State<float>{at.state}, y, Scratch<float>());
                     });
  }
};

FailureOr<PlannedRnn> planCell(const KernelRequest &request, const nn::RnnOperands &at, bool timeMajor,
                               nn::Activation activation, bool asymmetric) {
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
  if (failed(shape))
    return failure();
  cell.shape = *shape;
  cell.packing = densePacking(request, at.weights, asymmetric);
  if (!request.has(at.weights) || request.operands[at.weights].shape.size() != 2)
    return request.error() << "expected weights of rank 2 as operand " << at.weights;
  const int64_t units = request.operands[at.weights].shape[0];
  auto input = packDense(request, *cell.arrays, at.weights, units, inputs, cell.packing);
  auto recurrent = packDense(request, *cell.arrays, at.recurrentWeights, units, units, cell.packing);
  auto bias = optionalFloats(request, *cell.arrays, at.bias, units);
  if (failed(input) || failed(recurrent) || failed(bias) ||
      failed(expectState(request, at.state, ElementClass::Float32, units * shape->batches)))
    return failure();
  runtime::DenseMatrix auxiliary{};
  if (isWeighted) {
    auto second = sequenceShape(request, *at.auxiliary, timeMajor, auxiliaryInputs);
    auto weights = packDense(request, *cell.arrays, *at.auxiliaryWeights, units, auxiliaryInputs, cell.packing);
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

FailureOr<PlannedKernel> planOneDirection(const KernelRequest &request, bool timeMajor, nn::Activation activation,
                                          bool asymmetric) {
  if (request.operands.size() != nn::RnnOperands::kOperands)
    return request.error() << "expected " << nn::RnnOperands::kOperands << " operands, got " << request.operands.size();
  auto cell = planCell(request, {}, timeMajor, activation, asymmetric);
  if (failed(cell) || failed(expectResultShape(request, sequenceResult(request.operands[0], cell->kernel.units))))
    return failure();
  return cell->call(/*forward=*/true, Out<float>());
}

FailureOr<PlannedKernel> planRnn(nn::RnnOp op, const KernelRequest &request) {
  return planOneDirection(request, /*timeMajor=*/true, op.getFusedActivationFunction(),
                          op.getAsymmetricQuantizeInputs());
}

FailureOr<PlannedKernel> planSequenceRnn(nn::UnidirectionalSequenceRnnOp op, const KernelRequest &request) {
  return planOneDirection(request, op.getTimeMajor(), op.getFusedActivationFunction(),
                          op.getAsymmetricQuantizeInputs());
}

FailureOr<PlannedKernel> planBidirectionalRnn(nn::BidirectionalSequenceRnnOp op, const KernelRequest &request) {
  if (request.operands.size() != nn::RnnOperands::kBidirectionalOperands)
    return request.error() << "expected " << nn::RnnOperands::kBidirectionalOperands << " operands, got "
                           << request.operands.size();
  SmallVector<PlannedRnn, 2> cells;
  for (unsigned direction : {0, 1}) {
    auto cell = planCell(request, nn::RnnOperands::ofDirection(direction), op.getTimeMajor(),
                         op.getFusedActivationFunction(), op.getAsymmetricQuantizeInputs());
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
  return inTurn(cells[0].call(/*forward=*/true, Out<float>()),
                cells[1].call(/*forward=*/false, merged ? Out<float>{0, forward} : Out<float>{1}));
}

//===----------------------------------------------------------------------===//
// SVDF
//===----------------------------------------------------------------------===//

template <typename StateType>
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
  auto arrays = std::make_shared<PreparedArrays>();
  const auto constant = [&](unsigned index, auto element) -> const decltype(element) * {
    if (!request.has(index))
      return nullptr;
    const TensorRef &tensor = request.operands[index];
    return arrays->note(ArrayRef(tensor.as<const decltype(element)>(), tensor.elements()));
  };
  runtime::SvdfInteger<StateType> kernel;
  kernel.shape = shape;
  kernel.inputZeroPoint = in->zeroPoint;
  kernel.stateZeroPoint = held->zeroPoint;
  kernel.outputZeroPoint = out->zeroPoint;
  kernel.toState = numerics::quantizeMultiplier(numerics::product(in->scale, feature->scale) / held->scale);
  kernel.toOutput = numerics::quantizeMultiplier(numerics::product(held->scale, time->scale) / out->scale);
  kernel.featureWeights = constant(nn::svdf::FeatureWeights, int8_t());
  kernel.timeWeights = constant(nn::svdf::TimeWeights, StateType());
  kernel.bias = constant(nn::svdf::Bias, int32_t());
  return makeCall(integerRecurrent("Svdf.h"), PreparedObject<runtime::SvdfInteger<StateType>>{kernel, arrays},
                  In<int8_t>{nn::svdf::Input}, State<StateType>{nn::svdf::State}, Out<int8_t>());
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
  if (failed(expectResultShape(request, {shape.batches, shape.units()})))
    return failure();
  if (isQuantized(input)) {
    // Its state decides: LiteRT has int16 alone, and would take any other for it.
    const bool isNarrow = classify(request.operands[at::State]) == ElementClass::Int8;
    if (isNarrow && request.target != numerics::NumericsTarget::TFLM)
      return request.unsupported() << "LiteRT has no kernel for a state of int8";
    return isNarrow ? planIntegerSvdf<int8_t>(request, shape, ElementClass::Int8)
                    : planIntegerSvdf<int16_t>(request, shape, ElementClass::Int16);
  }
  auto arrays = std::make_shared<PreparedArrays>();
  const DensePacking packing = densePacking(request, at::FeatureWeights, op.getAsymmetricQuantizeInputs());
  const bool isHybrid = packing != DensePacking::Float;
  auto feature = packDense(request, *arrays, at::FeatureWeights, shape.filters, shape.inputs, packing);
  auto bias = optionalFloats(request, *arrays, at::Bias, shape.units());
  if (failed(feature) || failed(bias) ||
      failed(expectConstant(request, at::TimeWeights, isHybrid ? ElementClass::Int8 : ElementClass::Float32,
                            {shape.filters, shape.steps})) ||
      failed(
          expectState(request, at::State, ElementClass::Float32, int64_t(shape.batches) * shape.filters * shape.steps)))
    return failure();
  FailureOr<const float *> timeWeights = arrays->note(ArrayRef(time.as<const float>(), isHybrid ? 0 : time.elements()));
  if (isHybrid)
    timeWeights = dequantizedFloats(request, *arrays, at::TimeWeights, {shape.filters, shape.steps});
  if (failed(timeWeights))
    return failure();
  const runtime::SvdfFloat svdf{shape, *feature, *timeWeights, *bias,
                                recurrentActivation(op.getFusedActivationFunction())};
  return withDense(packing, "Float/Dense.h,Svdf.h", "HybridDense.h,Svdf.h",
                   int64_t(shape.batches) * shape.filters * int64_t(sizeof(float)), shape.inputs,
                   [&](auto function, auto... leading) {
                     return makeWatchedCall([](unsigned index) { return index; }, function, leading...,
                                            PreparedObject<runtime::SvdfFloat>{svdf, arrays}, In<float>{at::Input},
                                            State<float>{at::State}, Out<float>(), Scratch<float>());
                   });
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
