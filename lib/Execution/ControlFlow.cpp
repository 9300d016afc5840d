//===- ControlFlow.cpp - Operators that run functions, and variables ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "ControlFlow.h"
#include "Frame.h"
#include "vernier/Dialect/NN/NN.h"
#include "vernier/Interfaces/TensorIdentity.h"

namespace mlir::vernier {
namespace {

using ArgumentShape = ExecutionProgram::ArgumentShape;

InFlightDiagnostic emitError(Operation *op) {
  InFlightDiagnostic diagnostic = op->emitError();
  diagnostic << describe(op) << " ";
  return diagnostic;
}

ArgumentShape toArgument(const TensorShape &tensor) {
  return tensor.isKnown ? ArgumentShape(tensor.shape) : std::nullopt;
}

//===----------------------------------------------------------------------===//
// Calls
//===----------------------------------------------------------------------===//

/// Fails unless `plan` of `symbol` takes and returns elements of these types.
LogicalResult checkTypes(Operation *op, FlatSymbolRefAttr symbol, const Plan &plan, ArrayRef<TensorShape> arguments,
                         ArrayRef<TensorShape> results) {
  if (plan.results.size() != results.size())
    return emitError(op) << "expected " << results.size() << " results of " << symbol << ", got "
                         << plan.results.size();
  auto check = [&](StringRef what, ArrayRef<unsigned> tensors, ArrayRef<TensorShape> expected) -> LogicalResult {
    for (auto [index, tensor, shape] : llvm::enumerate(tensors, expected))
      if (plan.tensors[tensor].elementType != shape.elementType)
        return emitError(op) << "expected " << what << " " << index << " of " << symbol << " to have elements of type "
                             << shape.elementType << ", got " << plan.tensors[tensor].elementType;
    return success();
  };
  return failure(failed(check("argument", plan.arguments, arguments)) ||
                 failed(check("result", plan.results, results)));
}

/// Plans `symbol` for these operands, which become its arguments.
FailureOr<const Plan *> planCall(const ControlRequest &request, FlatSymbolRefAttr symbol,
                                 ArrayRef<TensorShape> operands, ArrayRef<TensorShape> results) {
  for (const TensorShape &operand : operands)
    if (!operand.elementType)
      return emitError(request.op) << "cannot be executed yet: an argument of " << symbol << " is absent";
  FailureOr<const Plan *> plan =
      request.program.planCallee(request.op, symbol, llvm::map_to_vector(operands, toArgument));
  if (failed(plan) || failed(checkTypes(request.op, symbol, **plan, operands, results)))
    return failure();
  return plan;
}

/// Runs `plan` on `arguments`.
FailureOr<Frame *> call(Frame &caller, Operation *op, const Plan &plan, ArrayRef<TensorRef> arguments) {
  Machine &machine = caller.getMachine();
  if (failed(machine.countCall(op)))
    return failure();
  FailureOr<Frame *> frame = machine.getFrame(plan, op);
  if (failed(frame) || failed((*frame)->run(arguments)))
    return failure();
  return frame;
}

LogicalResult callInto(Frame &caller, const Step &step, const Plan &plan, ArrayRef<TensorRef> arguments) {
  FailureOr<Frame *> frame = call(caller, step.op, plan, arguments);
  if (failed(frame))
    return failure();
  for (unsigned i = 0, e = step.results.size(); i < e; ++i)
    if (failed(caller.setResult(step, i, (*frame)->getResult(i))))
      return failure();
  return success();
}

/// The shape of result `index` becomes that of all `plans`, where they agree.
void takeShape(TensorShape &result, unsigned index, ArrayRef<const Plan *> plans) {
  const PlannedTensor &first = plans.front()->tensors[plans.front()->results[index]];
  if (result.isKnown)
    return;
  result.shape = first.shape;
  result.isKnown = llvm::all_of(plans, [&](const Plan *plan) {
    const PlannedTensor &tensor = plan->tensors[plan->results[index]];
    return tensor.isKnown && tensor.shape == first.shape;
  });
}

FailureOr<ControlStep> planCallOp(nn::CallOp op, const ControlRequest &request) {
  FailureOr<const Plan *> plan = planCall(request, op.getSubgraphAttr(), request.operands, request.results);
  if (failed(plan))
    return failure();
  for (auto [index, result] : llvm::enumerate(request.results))
    takeShape(result, index, *plan);
  const auto run = [plan = *plan](Frame &frame, const Step &step, ArrayRef<TensorRef> operands) {
    return callInto(frame, step, *plan, operands);
  };
  return ControlStep{run, ControlKind::Call, {*plan}};
}

FailureOr<ControlStep> planCallOnce(nn::CallOnceOp op, const ControlRequest &request) {
  FailureOr<const Plan *> plan = planCall(request, op.getInitSubgraphIndexAttr(), request.operands, request.results);
  if (failed(plan))
    return failure();
  const auto run = [plan = *plan, symbol = op.getInitSubgraphIndexAttr()](Frame &frame, const Step &step,
                                                                          ArrayRef<TensorRef> operands) {
    return frame.getMachine().isFirstCall(symbol) ? callInto(frame, step, *plan, operands) : success();
  };
  return ControlStep{run, ControlKind::CallOnce, {*plan}};
}

/// Fails unless `tensor` is one boolean.
LogicalResult checkCondition(Operation *op, const TensorShape &tensor) {
  if (!tensor.elementType || !tensor.elementType.isInteger(1))
    return emitError(op) << "expected a boolean as its condition, got elements of type " << tensor.elementType;
  return success();
}

FailureOr<bool> readCondition(Operation *op, const TensorRef &tensor) {
  if (tensor.elements() != 1)
    return emitError(op) << "expected one boolean as its condition, got shape " << formatDims(tensor.shape);
  return *tensor.as<const char>() != 0;
}

FailureOr<ControlStep> planIf(nn::IfOp op, const ControlRequest &request) {
  if (request.operands.empty() || failed(checkCondition(op, request.operands.front())))
    return emitError(op) << "expected a condition";
  ArrayRef<TensorShape> arguments = request.operands.drop_front();
  FailureOr<const Plan *> yes = planCall(request, op.getThenSubgraphIndexAttr(), arguments, request.results);
  FailureOr<const Plan *> no = planCall(request, op.getElseSubgraphIndexAttr(), arguments, request.results);
  if (failed(yes) || failed(no))
    return failure();
  for (auto [index, result] : llvm::enumerate(request.results))
    takeShape(result, index, {*yes, *no});
  const auto run = [yes = *yes, no = *no](Frame &frame, const Step &step,
                                          ArrayRef<TensorRef> operands) -> LogicalResult {
    FailureOr<bool> condition = readCondition(step.op, operands.front());
    if (failed(condition))
      return failure();
    return callInto(frame, step, *condition ? *yes : *no, operands.drop_front());
  };
  return ControlStep{run, ControlKind::If, {*yes, *no}};
}

//===----------------------------------------------------------------------===//
// Loops
//===----------------------------------------------------------------------===//

/// The values that go round, and the memory of those that the body computed.
class LoopValues {
public:
  explicit LoopValues(ArrayRef<TensorRef> operands) : owners(operands.size()) {
    for (const TensorRef &operand : operands) {
      shapes.push_back(std::make_shared<SmallVector<int64_t>>(operand.shape));
      values.push_back({operand.elementType, *shapes.back(), operand.data});
    }
  }

  ArrayRef<TensorRef> get() const { return values; }

  /// The results of `body`, which ran on these values, take their place.
  LogicalResult take(Operation *op, const Frame &body) {
    SmallVector<TensorRef> nextValues;
    std::vector<std::shared_ptr<std::vector<char>>> nextOwners;
    SmallVector<std::shared_ptr<SmallVector<int64_t>>> nextShapes;
    for (unsigned i = 0, e = values.size(); i < e; ++i) {
      TensorRef result = body.getResult(i);
      nextShapes.push_back(std::make_shared<SmallVector<int64_t>>(result.shape));
      std::shared_ptr<std::vector<char>> owner;
      if (std::optional<unsigned> argument = body.getArgumentOf(i)) {
        // What the body hands on stays where it is.
        owner = owners[*argument];
      } else {
        FailureOr<int64_t> bytes = getTensorBytes(op->getResult(i), result.elementType, result.shape);
        if (failed(bytes))
          return failure();
        owner = getMemory(*bytes);
        if (*bytes)
          std::memcpy(owner->data(), result.data, *bytes);
        result.data = owner->data();
      }
      nextValues.push_back({result.elementType, *nextShapes.back(), result.data});
      nextOwners.push_back(std::move(owner));
    }
    for (std::shared_ptr<std::vector<char>> &owner : owners)
      if (owner && owner.use_count() == 1)
        spare.push_back(std::move(owner));
    values = std::move(nextValues);
    owners = std::move(nextOwners);
    shapes = std::move(nextShapes);
    return success();
  }

private:
  /// Memory of exactly `bytes` bytes: of the round before last, as long as sizes do not change.
  std::shared_ptr<std::vector<char>> getMemory(size_t bytes) {
    for (auto &memory : spare)
      if (memory && memory->size() == bytes)
        return std::exchange(memory, nullptr);
    return std::make_shared<std::vector<char>>(bytes);
  }

  SmallVector<TensorRef> values;
  SmallVector<std::shared_ptr<SmallVector<int64_t>>> shapes;
  std::vector<std::shared_ptr<std::vector<char>>> owners, spare;
};

FailureOr<ControlStep> planWhile(nn::WhileOp op, const ControlRequest &request) {
  if (request.operands.size() != request.results.size())
    return emitError(op) << "expected as many results as operands, got " << request.results.size() << " and "
                         << request.operands.size();
  // A value whose shape one round changes has no shape that could be planned with.
  SmallVector<TensorShape> values(request.operands);
  FailureOr<const Plan *> body;
  for (bool isStable = false; !isStable;) {
    body = planCall(request, op.getBodySubgraphIndexAttr(), values, values);
    if (failed(body))
      return failure();
    isStable = true;
    for (auto [value, tensor] : llvm::zip_equal(values, (*body)->results)) {
      const PlannedTensor &result = (*body)->tensors[tensor];
      if (!value.isKnown || (result.isKnown && result.shape == value.shape))
        continue;
      value.isKnown = false;
      isStable = false;
    }
  }
  TensorShape verdict{IntegerType::get(op.getContext(), 1), {}};
  FailureOr<const Plan *> condition = planCall(request, op.getCondSubgraphIndexAttr(), values, verdict);
  if (failed(condition))
    return failure();
  for (auto [value, result] : llvm::zip_equal(values, request.results)) {
    if (value.elementType != result.elementType)
      return emitError(op) << "expected results with the types of its operands, got " << result.elementType << " and "
                           << value.elementType;
    if (!result.isKnown)
      result = value;
  }
  const auto run = [condition = *condition, body = *body](Frame &frame, const Step &step,
                                                          ArrayRef<TensorRef> operands) -> LogicalResult {
    LoopValues values(operands);
    for (;;) {
      FailureOr<Frame *> asked = call(frame, step.op, *condition, values.get());
      if (failed(asked))
        return failure();
      FailureOr<bool> goesOn = readCondition(step.op, (*asked)->getResult(0));
      if (failed(goesOn))
        return failure();
      if (!*goesOn)
        break;
      FailureOr<Frame *> ran = call(frame, step.op, *body, values.get());
      if (failed(ran) || failed(values.take(step.op, **ran)))
        return failure();
    }
    for (auto [index, value] : llvm::enumerate(values.get()))
      if (failed(frame.setResult(step, index, value)))
        return failure();
    return success();
  };
  return ControlStep{run, ControlKind::While, {*condition, *body}};
}

//===----------------------------------------------------------------------===//
// Variables
//===----------------------------------------------------------------------===//

/// A handle is the number of its variable.
FailureOr<ControlStep> planVarHandle(nn::VarHandleOp op, const ControlRequest &request) {
  if (!isa<nn::ResourceType>(request.results.front().elementType))
    return emitError(op) << "cannot be executed yet: a handle of type " << op.getType();
  TensorShape &handle = request.results.front();
  if (!llvm::all_of(handle.shape, [](int64_t size) { return size == 1; }))
    return emitError(op) << "expected one handle, got shape " << formatDims(handle.shape);
  handle.isKnown = true;
  const std::string name = (op.getContainer().value_or("") + "\n" + op.getSharedName().value_or("")).str();
  const int64_t number = request.program.getVariable(name);
  const auto run = [number, type = handle.elementType, shape = handle.shape](Frame &frame, const Step &step,
                                                                             ArrayRef<TensorRef>) {
    return frame.setResult(step, 0, {type, shape, const_cast<int64_t *>(&number)});
  };
  return ControlStep{run, ControlKind::Handle, {}, number};
}

/// The variable that `handle` names.
FailureOr<VariableValue *> findVariable(Frame &frame, Operation *op, const TensorRef &handle) {
  VariableValue *variable =
      handle.elements() == 1 ? frame.getMachine().findVariable(*handle.as<const int64_t>()) : nullptr;
  if (!variable)
    return emitError(op) << "expected the handle of a variable";
  return variable;
}

LogicalResult checkHandle(const ControlRequest &request) {
  if (isa_and_nonnull<nn::ResourceType>(request.operands.front().elementType))
    return success();
  return emitError(request.op) << "expected the handle of a variable, got elements of type "
                               << request.operands.front().elementType;
}

FailureOr<ControlStep> planReadVariable(nn::ReadVariableOp, const ControlRequest &request) {
  if (failed(checkHandle(request)))
    return failure();
  const auto run = [](Frame &frame, const Step &step, ArrayRef<TensorRef> operands) -> LogicalResult {
    FailureOr<VariableValue *> variable = findVariable(frame, step.op, operands[0]);
    if (failed(variable))
      return failure();
    VariableValue &value = **variable;
    Type expected = cast<TensorType>(step.op->getResult(0).getType()).getElementType();
    if (!value.elementType)
      return emitError(step.op) << "reads a variable that has no value yet";
    if (value.elementType != expected)
      return emitError(step.op) << "expected a variable with elements of type " << expected << ", got "
                                << value.elementType;
    return frame.setResult(step, 0, {value.elementType, value.shape, value.data.data()});
  };
  return ControlStep{run, ControlKind::Read};
}

FailureOr<ControlStep> planAssignVariable(nn::AssignVariableOp op, const ControlRequest &request) {
  if (failed(checkHandle(request)) || !request.operands[1].elementType)
    return failure();
  const auto run = [](Frame &frame, const Step &step, ArrayRef<TensorRef> operands) -> LogicalResult {
    FailureOr<VariableValue *> variable = findVariable(frame, step.op, operands[0]);
    if (failed(variable))
      return failure();
    const TensorRef &value = operands[1];
    std::optional<int64_t> bytes = nn::getStorageBytes(value.elementType, value.elements());
    if (!bytes)
      return emitError(step.op) << "cannot be executed yet: elements of type " << value.elementType;
    (*variable)->elementType = value.elementType;
    (*variable)->shape.assign(value.shape.begin(), value.shape.end());
    (*variable)->data.assign(value.as<const char>(), value.as<const char>() + *bytes);
    return success();
  };
  return ControlStep{run, ControlKind::Assign};
}

template <typename Op, FailureOr<ControlStep> (*plan)(Op, const ControlRequest &)>
std::pair<StringRef, ControlPlanner> row() {
  return {Op::getOperationName(), [](const ControlRequest &request) { return plan(cast<Op>(request.op), request); }};
}

} // namespace

ControlPlanner findControlPlanner(StringRef name) {
  static const std::pair<StringRef, ControlPlanner> rows[] = {
      row<nn::CallOp, planCallOp>(),
      row<nn::CallOnceOp, planCallOnce>(),
      row<nn::IfOp, planIf>(),
      row<nn::WhileOp, planWhile>(),
      row<nn::VarHandleOp, planVarHandle>(),
      row<nn::ReadVariableOp, planReadVariable>(),
      row<nn::AssignVariableOp, planAssignVariable>(),
  };
  const auto *found = llvm::find_if(rows, [&](const auto &row) { return row.first == name; });
  return found == std::end(rows) ? nullptr : found->second;
}

} // namespace mlir::vernier
