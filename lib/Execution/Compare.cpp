//===- Compare.cpp - Runs two forms of a network side by side ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "vernier/Execution/Compare.h"
#include "mlir/Dialect/Quant/IR/QuantTypes.h"
#include "mlir/IR/SymbolTable.h"
#include "vernier/Execution/RunSamples.h"
#include "vernier/Execution/TensorIO.h"
#include "vernier/Numerics/Affine.h"

namespace mlir::vernier {
namespace {

int64_t bytesOf(const TensorRef &tensor) { return tensor.elements() * byteSize(*getElementKind(tensor.elementType)); }

/// Writes the real values of `from` in the type of `to`: as they are, or on its scale.
void convert(const TensorRef &from, const TensorRef &to) {
  if (from.elementType == to.elementType) {
    std::memcpy(to.data, from.data, bytesOf(from));
    return;
  }
  auto quantized = dyn_cast<quant::UniformQuantizedType>(to.elementType);
  constexpr int64_t block = 1024;
  double values[block];
  for (int64_t start = 0, end = from.elements(); start < end; start += block) {
    const int64_t count = std::min(block, end - start);
    readReals(from, start, {values, size_t(count)});
    for (int64_t i = 0; i < count; ++i) {
      if (!quantized) {
        to.as<float>()[start + i] = float(values[i]);
        continue;
      }
      const numerics::QuantizedRange range{int32_t(quantized.getZeroPoint()), int32_t(quantized.getStorageTypeMin()),
                                           int32_t(quantized.getStorageTypeMax())};
      const int32_t value = numerics::quantizeByDivision(float(values[i]), float(quantized.getScale()), range);
      if (quantized.getStorageTypeIntegralWidth() == 8)
        to.as<int8_t>()[start + i] = int8_t(value);
      else
        to.as<int16_t>()[start + i] = int16_t(value);
    }
  }
}

/// Index of the largest element; of equal ones the first.
int64_t findLargest(const TensorRef &tensor) {
  int64_t largest = 0;
  double best, value;
  readReals(tensor, 0, best);
  for (int64_t i = 1, e = tensor.elements(); i < e; ++i) {
    readReals(tensor, i, value);
    if (value > best) {
      best = value;
      largest = i;
    }
  }
  return largest;
}

bool isVector(ArrayRef<int64_t> shape) {
  return llvm::count_if(shape, [](int64_t size) { return size != 1; }) == 1 && !llvm::is_contained(shape, 0);
}

/// What one worker needs to run both networks on one sample.
struct Worker {
  std::unique_ptr<Executor> own;
  Executor *actual = nullptr;
  std::unique_ptr<TensorBuffers> inputs;
  /// For each pair: what the second network made of it, and how far the first is from that.
  struct Slot {
    std::vector<char> data;
    TensorRef tensor;
    SmallVector<int64_t> shape;
    bool isThere = false;
    ErrorSums errors;
  };
  std::vector<Slot> slots;
};

class Comparer {
public:
  Comparer(const ComparedFunctions &functions, Executor &expected, Executor &actual)
      : functions(functions), expected(expected), actual(actual) {
    match();
    for (auto [ours, theirs] : functions.outputs)
      result.outputs.push_back({ours, theirs, {}, {}});
  }

  /// Up to `count`, as memory allows.
  void addWorkers(unsigned count) {
    for (unsigned i = 0; i < count; ++i) {
      Worker worker;
      if (i > 0 && !(worker.own = actual.share()))
        break;
      worker.actual = worker.own ? worker.own.get() : &actual;
      worker.inputs = std::make_unique<TensorBuffers>(actual.inputs());
      worker.slots.resize(result.tensors.size());
      workers.push_back(std::move(worker));
    }
  }
  unsigned numWorkers() const { return workers.size(); }

  /// Runs the second network and keeps its tensors.
  LogicalResult begin(const SampleRun &run, ArrayRef<ArrayRef<char>> inputs);
  /// Compares what the first network computes.
  LogicalResult observe(const SampleRun &run, Operation *op, ArrayRef<TensorRef> results);
  /// Adds a sample to the result; called in their order.
  LogicalResult finish(const SampleRun &run, ArrayRef<TensorRef> outputs);

  Comparison result;

private:
  void match();
  void addPairs(func::FuncOp expected, func::FuncOp actual, ArrayRef<unsigned> arguments,
                ArrayRef<std::pair<unsigned, unsigned>> results, bool isEntry);
  void see(Worker &worker, unsigned slot, const TensorRef &tensor);

  const ComparedFunctions &functions;
  Executor &expected, &actual;
  std::vector<Worker> workers;
  /// Pairs by the operators that compute them, with the number of the result; and by the arguments that they are.
  using Places = llvm::DenseMap<Operation *, SmallVector<std::pair<unsigned, unsigned>>>;
  Places expectedPlaces, actualPlaces;
  SmallVector<std::pair<unsigned, unsigned>> expectedArguments, actualArguments;
};

void Comparer::addPairs(func::FuncOp expected, func::FuncOp actual, ArrayRef<unsigned> arguments,
                        ArrayRef<std::pair<unsigned, unsigned>> results, bool isEntry) {
  TensorMatch match = matchTensors(expected, actual, arguments, results);
  // Arguments of called functions are seen where they come from.
  llvm::SmallDenseMap<unsigned, unsigned> kept;
  auto isSeen = [&](Value value) { return isEntry || isa<OpResult>(value); };
  for (auto [index, pair] : llvm::enumerate(match.pairs)) {
    if (!isSeen(pair.expected) || !isSeen(pair.actual))
      continue;
    const unsigned slot = result.tensors.size();
    kept[index] = slot;
    TensorComparison tensor{pair, {}, {}};
    for (unsigned input : match.inputs[index])
      if (auto place = kept.find(input); place != kept.end())
        tensor.inputs.push_back(place->second);
    result.tensors.push_back(std::move(tensor));
    auto note = [&](Value value, Places &places, SmallVector<std::pair<unsigned, unsigned>> &ofArguments) {
      if (auto argument = dyn_cast<BlockArgument>(value))
        ofArguments.push_back({argument.getArgNumber(), slot});
      else
        places[value.getDefiningOp()].push_back({cast<OpResult>(value).getResultNumber(), slot});
    };
    note(pair.expected, expectedPlaces, expectedArguments);
    note(pair.actual, actualPlaces, actualArguments);
  }
  result.onlyExpected += match.onlyExpected;
  result.onlyActual += match.onlyActual;
}

void Comparer::match() {
  addPairs(functions.expected, functions.actual, functions.inputs, functions.outputs, /*isEntry=*/true);
  auto others = functions.actual->getParentOfType<ModuleOp>();
  for (auto function : functions.expected->getParentOfType<ModuleOp>().getOps<func::FuncOp>()) {
    auto other = SymbolTable(others).lookup<func::FuncOp>(function.getName());
    if (!other || function == functions.expected || other == functions.actual || function.isExternal() ||
        other.isExternal() || function.getNumArguments() != other.getNumArguments())
      continue;
    addPairs(function, other, llvm::to_vector(llvm::seq(other.getNumArguments())), {}, /*isEntry=*/false);
  }
}

LogicalResult Comparer::begin(const SampleRun &run, ArrayRef<ArrayRef<char>> inputs) {
  Worker &worker = workers[run.worker];
  for (Worker::Slot &slot : worker.slots)
    slot.isThere = false;
  auto keep = [&](unsigned index, const TensorRef &tensor) {
    Worker::Slot &slot = worker.slots[index];
    if (slot.isThere)
      return;
    slot.isThere = true;
    slot.data.assign(tensor.as<const char>(), tensor.as<const char>() + bytesOf(tensor));
    slot.shape.assign(tensor.shape.begin(), tensor.shape.end());
    slot.tensor = {tensor.elementType, slot.shape, slot.data.data()};
  };
  auto inputOf = [](const TensorInfo &info, const char *data) {
    return TensorRef{info.elementType, info.shape, const_cast<char *>(data)};
  };
  for (auto [index, info, buffer, source] :
       llvm::enumerate(actual.inputs(), worker.inputs->writable(), functions.inputs))
    convert(inputOf(expected.inputs()[source], inputs[source].data()), inputOf(info, buffer.data()));
  for (auto [argument, slot] : actualArguments)
    keep(slot, inputOf(actual.inputs()[argument], worker.inputs->readable()[argument].data()));
  worker.actual->resetState();
  auto observer = [&](Operation *op, ArrayRef<TensorRef> results) {
    if (auto places = actualPlaces.find(op); places != actualPlaces.end())
      for (auto [result, slot] : places->second)
        keep(slot, results[result]);
    return success();
  };
  if (failed(worker.actual->run(worker.inputs->readable(), observer)))
    return failure();
  for (auto [argument, slot] : expectedArguments)
    see(worker, slot, inputOf(expected.inputs()[argument], inputs[argument].data()));
  return success();
}

void Comparer::see(Worker &worker, unsigned index, const TensorRef &tensor) {
  Worker::Slot &slot = worker.slots[index];
  // Shapes that follow from data may differ: then there is nothing to compare.
  if (slot.isThere && slot.tensor.elements() == tensor.elements())
    slot.errors.add(tensor, slot.tensor);
  slot.isThere = false;
}

LogicalResult Comparer::observe(const SampleRun &run, Operation *op, ArrayRef<TensorRef> results) {
  if (auto places = expectedPlaces.find(op); places != expectedPlaces.end())
    for (auto [result, slot] : places->second)
      see(workers[run.worker], slot, results[result]);
  return success();
}

LogicalResult Comparer::finish(const SampleRun &run, ArrayRef<TensorRef> outputs) {
  Worker &worker = workers[run.worker];
  for (auto [tensor, slot] : llvm::zip_equal(result.tensors, worker.slots)) {
    tensor.errors.merge(slot.errors);
    slot.errors = {};
  }
  for (OutputComparison &output : result.outputs) {
    const TensorRef ours = outputs[output.expected], theirs = worker.actual->output(output.actual);
    if (ours.elements() != theirs.elements())
      return functions.actual->emitError() << "expected output " << output.actual << " to have " << ours.elements()
                                           << " elements, as in the first network, found " << theirs.elements();
    ErrorSums errors;
    errors.add(ours, theirs);
    if (errors.sqnr() < output.worstSqnr) {
      output.worstSqnr = errors.sqnr();
      output.worstSample = run.sample;
    }
    output.errors.merge(errors);
    if (!isVector(ours.shape))
      continue;
    if (!output.agreement)
      output.agreement.emplace();
    if (findLargest(ours) == findLargest(theirs))
      ++output.agreement->same;
    else if (output.agreement->differing.size() < Agreement::kShown)
      output.agreement->differing.push_back(run.sample);
  }
  return success();
}

} // namespace

FailureOr<Comparison> compare(const ComparedFunctions &functions, Executor &expected, Executor &actual,
                              SampleStream &samples, unsigned threads, std::function<void(uint64_t done)> progress) {
  Comparer comparer(functions, expected, actual);
  comparer.addWorkers(std::min<uint64_t>(std::max(1u, threads), samples.numSamples()));
  SampleActions actions;
  actions.begin = [&](const SampleRun &run, ArrayRef<ArrayRef<char>> inputs) { return comparer.begin(run, inputs); };
  actions.observe = [&](const SampleRun &run, Operation *op, ArrayRef<TensorRef> results) {
    return comparer.observe(run, op, results);
  };
  actions.finish = [&](const SampleRun &run, ArrayRef<TensorRef> outputs) { return comparer.finish(run, outputs); };
  actions.progress = std::move(progress);
  FailureOr<uint64_t> count = runSamples(functions.expected, expected, samples, comparer.numWorkers(), actions);
  if (failed(count))
    return failure();
  comparer.result.samples = *count;
  return std::move(comparer.result);
}

} // namespace mlir::vernier
