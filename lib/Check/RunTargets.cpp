//===- RunTargets.cpp - Where the numerics of runtimes part -----*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "vernier/Check/RunTargets.h"
#include "vernier/Execution/TensorIO.h"
#include "vernier/IO/ElementKind.h"
#include "vernier/Interfaces/TensorIdentity.h"
#include "llvm/ADT/DenseSet.h"
#include <cmath>
#include <cstring>

namespace mlir::vernier::check {
namespace {

/// A copy of what an operator computed.
struct Snapshot {
  Type elementType;
  std::vector<char> bytes;
};

/// The results of each operator, each time that it ran.
using Recording = llvm::DenseMap<Operation *, std::vector<SmallVector<Snapshot, 1>>>;

size_t countBytes(const TensorRef &tensor) {
  FailureOr<ElementKind> kind = getElementKind(tensor.elementType);
  return tensor && succeeded(kind) ? tensor.elements() * byteSize(*kind) : 0;
}

template <typename T> void compareAs(ArrayRef<char> expected, const char *actual, Difference &difference) {
  for (size_t i = 0, e = expected.size() / sizeof(T); i < e; ++i) {
    T a, b;
    std::memcpy(&a, expected.data() + i * sizeof(T), sizeof(T));
    std::memcpy(&b, actual + i * sizeof(T), sizeof(T));
    ++difference.elements;
    if (a == b || (a != a && b != b))
      continue;
    ++difference.differing;
    difference.largest = std::max(difference.largest, std::abs(double(a) - double(b)));
  }
}

/// Adds what differs between two tensors; tensors of several sizes differ throughout.
Difference compare(const Snapshot &expected, const TensorRef &actual) {
  Difference difference;
  if (expected.bytes.size() != countBytes(actual)) {
    difference.elements = difference.differing = actual ? actual.elements() : 1;
    difference.largest = INFINITY;
    return difference;
  }
  FailureOr<ElementKind> kind = getElementKind(expected.elementType);
  if (failed(kind))
    return difference;
  const char *data = actual.as<const char>();
  switch (*kind) {
  case ElementKind::Float32:
    compareAs<float>(expected.bytes, data, difference);
    break;
  case ElementKind::Float64:
    compareAs<double>(expected.bytes, data, difference);
    break;
  case ElementKind::Int8:
    compareAs<int8_t>(expected.bytes, data, difference);
    break;
  case ElementKind::Int16:
    compareAs<int16_t>(expected.bytes, data, difference);
    break;
  case ElementKind::Int32:
    compareAs<int32_t>(expected.bytes, data, difference);
    break;
  case ElementKind::Int64:
    compareAs<int64_t>(expected.bytes, data, difference);
    break;
  default:
    compareAs<uint8_t>(expected.bytes, data, difference);
    break;
  }
  return difference;
}

void add(Difference &sum, const Difference &one) {
  sum.elements += one.elements;
  sum.differing += one.differing;
  sum.largest = std::max(sum.largest, one.largest);
}

} // namespace

FailureOr<TargetRunner> TargetRunner::create(func::FuncOp function, ArrayRef<SmallVector<int64_t>> shapes) {
  TargetRunner runner;
  runner.function = function;
  for (numerics::NumericsTarget target : {numerics::NumericsTarget::LiteRT, kOtherTargets[0], kOtherTargets[1]}) {
    ExecutionOptions options;
    options.target = target;
    FailureOr<std::unique_ptr<Executor>> executor = Executor::create(function, options, shapes);
    if (failed(executor))
      return failure();
    runner.executors.push_back(std::move(*executor));
  }
  for (const TensorInfo &output : runner.executors.front()->outputs())
    runner.outputs.push_back({"", output.name, {}});
  return runner;
}

LogicalResult TargetRunner::run(ArrayRef<ArrayRef<char>> inputs) {
  Recording recording;
  for (std::unique_ptr<Executor> &executor : executors)
    executor->resetState();
  auto record = [&](Operation *op, ArrayRef<TensorRef> results) {
    SmallVector<Snapshot, 1> &copies = recording[op].emplace_back();
    for (const TensorRef &result : results)
      copies.push_back(
          {result.elementType, std::vector<char>(result.as<char>(), result.as<char>() + countBytes(result))});
    return success();
  };
  if (failed(executors.front()->run(inputs, record)))
    return failure();
  std::vector<Snapshot> expectedOutputs;
  for (unsigned i = 0, e = executors.front()->outputs().size(); i < e; ++i) {
    TensorRef output = executors.front()->output(i);
    expectedOutputs.push_back(
        {output.elementType, std::vector<char>(output.as<char>(), output.as<char>() + countBytes(output))});
  }
  for (unsigned target = 0; target < std::size(kOtherTargets); ++target) {
    llvm::DenseSet<Value> differing;
    llvm::DenseMap<Operation *, size_t> rounds;
    auto observe = [&](Operation *op, ArrayRef<TensorRef> results) {
      auto &expected = recording[op];
      size_t round = rounds[op]++;
      bool isInherited = llvm::any_of(op->getOperands(), [&](Value operand) { return differing.contains(operand); });
      for (auto [i, result] : llvm::enumerate(results)) {
        if (round >= expected.size() || i >= expected[round].size())
          continue;
        Difference difference = compare(expected[round][i], result);
        if (difference.differing && i < op->getNumResults())
          differing.insert(op->getResult(i));
        if (isInherited)
          continue;
        auto [line, isNew] = operators.try_emplace(op);
        if (isNew)
          line->second = {op->getName().stripDialect().upper(),
                          op->getNumResults() ? getTensorName(op->getResult(0)).str() : "",
                          {}};
        add(line->second.differences[target], difference);
      }
      return success();
    };
    Executor &executor = *executors[target + 1];
    if (failed(executor.run(inputs, observe)))
      return failure();
    for (auto [i, output] : llvm::enumerate(expectedOutputs))
      add(outputs[i].differences[target], compare(output, executor.output(i)));
  }
  ++samples;
  return success();
}

PartingReport TargetRunner::report() const {
  PartingReport report{samples, {}, outputs};
  for (const auto &[op, parting] : operators)
    if (llvm::any_of(parting.differences, [](const Difference &difference) { return difference.differing > 0; }))
      report.operators.push_back(parting);
  return report;
}

} // namespace mlir::vernier::check
