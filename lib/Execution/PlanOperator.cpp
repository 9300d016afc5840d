//===- PlanOperator.cpp - A kernel for one operator -------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "PlanOperator.h"
#include "vernier/Interfaces/TensorIdentity.h"
#include "vernier/Reference/Evaluate.h"
#include "llvm/Support/MathExtras.h"

namespace mlir::vernier {

/// Kernels count elements in 32 bits.
static constexpr int64_t kMaxElements = std::numeric_limits<int32_t>::max();

InFlightDiagnostic emitTensorError(Value value) {
  if (Operation *op = value.getDefiningOp()) {
    InFlightDiagnostic diagnostic = op->emitError();
    diagnostic << describe(op) << " ";
    return diagnostic;
  }
  InFlightDiagnostic diagnostic = emitError(value.getLoc());
  diagnostic << "input " << cast<BlockArgument>(value).getArgNumber() << " (tensor '" << getTensorName(value) << "') ";
  return diagnostic;
}

TensorShape guessShape(Value value, ArrayRef<int64_t> like) {
  auto type = cast<TensorType>(value.getType());
  TensorShape tensor{type.getElementType(), SmallVector<int64_t>(like), /*isKnown=*/false};
  auto ranked = dyn_cast<RankedTensorType>(type);
  if (!ranked)
    return tensor;
  if (std::optional<SmallVector<int64_t>> recorded = nn::getPlannedShape(value)) {
    tensor.shape = *recorded;
  } else {
    tensor.shape.assign(ranked.getShape().begin(), ranked.getShape().end());
    std::replace(tensor.shape.begin(), tensor.shape.end(), ShapedType::kDynamic, int64_t(1));
  }
  tensor.isKnown = ranked.hasStaticShape();
  return tensor;
}

FailureOr<int64_t> getTensorBytes(Value value, Type elementType, ArrayRef<int64_t> shape) {
  int64_t elements = 1;
  for (int64_t size : shape)
    if (size < 0 || size > kMaxElements || llvm::MulOverflow(elements, std::max<int64_t>(size, 1), elements) ||
        elements > kMaxElements)
      return emitTensorError(value) << "cannot be executed yet: a tensor of shape " << formatDims(shape)
                                    << " is too large";
  if (llvm::is_contained(shape, 0))
    elements = 0;
  // A handle is a number.
  if (isa<nn::ResourceType>(elementType))
    return elements * int64_t(sizeof(int64_t));
  std::optional<int64_t> bytes;
  if (classify(elementType) != ElementClass::Other)
    bytes = nn::getStorageBytes(elementType, elements);
  if (!bytes)
    return emitTensorError(value) << "cannot be executed yet: elements of type " << elementType;
  return *bytes;
}

/// Makes the shape of result `index` known; fails with a diagnostic where its type says otherwise.
static LogicalResult setShape(Operation *op, unsigned index, ArrayRef<int64_t> shape, TensorShape &result) {
  if (auto type = dyn_cast<RankedTensorType>(op->getResult(index).getType()))
    if (failed(verifyCompatibleShape(type.getShape(), shape)))
      return emitTensorError(op->getResult(index))
             << "expected a result of shape " << formatDims(shape) << ", got " << type;
  if (failed(getTensorBytes(op->getResult(index), result.elementType, shape)))
    return failure();
  result.shape.assign(shape.begin(), shape.end());
  result.isKnown = true;
  return success();
}

/// The kernel of `options`, which is the planner's own or the reference.
static LogicalResult chooseKernel(Operation *op, const ExecutionOptions &options, PlannedKernel &kernel) {
  // What follows from shapes is the same for every kernel set.
  if (options.kernels != ExecutionOptions::KernelSet::Reference || kernel.isConstant || kernel.aliasOf)
    return success();
  if (!hasReference(op))
    return op->emitError() << describe(op) << " cannot be executed yet: there is no reference for this operator";
  kernel.scratchBytes = 0;
  kernel.run = [op, target = options.target](const KernelMemory &memory) {
    return evaluateReference(op, memory.operands, memory.results, target);
  };
  return success();
}

FailureOr<OperatorPlan> planOperator(Operation *op, ArrayRef<TensorRef> operands, MutableArrayRef<TensorShape> results,
                                     const ExecutionOptions &options) {
  KernelPlanner planner = findKernelPlanner(op->getName().getStringRef());
  if (!planner)
    return op->emitError() << describe(op) << " cannot be executed yet: there is no kernel for this operator";
  // Each round makes one more shape known.
  for (;;) {
    SmallVector<TensorRef> views;
    PlanningNeeds needs;
    needs.unknownResults.resize(results.size());
    for (auto [index, result] : llvm::enumerate(results)) {
      views.push_back({result.elementType, result.shape, nullptr});
      needs.unknownResults[index] = !result.isKnown;
    }
    OperatorPlan plan;
    FailureOr<PlannedKernel> kernel = planner({op, operands, views, options.target, &needs});
    if (succeeded(kernel)) {
      for (auto [index, result] : llvm::enumerate(results))
        if (!result.isKnown)
          return emitTensorError(op->getResult(index))
                 << "cannot be executed yet: the shape of " << op->getResult(index).getType() << " is not known";
      plan.kernel = std::move(*kernel);
      if (failed(chooseKernel(op, options, plan.kernel)))
        return failure();
      return plan;
    }
    if (needs.shape) {
      auto &[index, shape] = *needs.shape;
      if (failed(setShape(op, index, shape, results[index])))
        return failure();
      continue;
    }
    if (needs.value) {
      plan.missingValue = needs.value;
      return plan;
    }
    // Once more, aloud.
    if (succeeded(planner({op, operands, views, options.target})))
      return op->emitError() << describe(op) << " cannot be executed yet: the shape of its result is not known";
    return failure();
  }
}

} // namespace mlir::vernier
