//===- ModelFacts.cpp - What can be read off a model ------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "ModelFacts.h"
#include "Command.h"
#include "mlir/IR/TypeUtilities.h"
#include "vernier/Dialect/Kernel/MemoryPlan.h"
#include "vernier/Dialect/NN/Macs.h"
#include "vernier/Dialect/NN/NN.h"
#include "vernier/Execution/ErrorSums.h"
#include "vernier/Execution/TensorIO.h"
#include "vernier/Interfaces/BlockwiseType.h"
#include "vernier/Interfaces/ConstantData.h"
#include "vernier/Interfaces/QuantTypeChecks.h"
#include <cmath>

namespace mlir::vernier {
namespace {

std::string nameElement(Type type) {
  if (FailureOr<ElementKind> kind = getElementKind(type); succeeded(kind))
    return name(*kind).str();
  if (auto quantized = dyn_cast<quant::QuantizedType>(type))
    return (quantized.isSigned() ? "int" : "uint") + std::to_string(quantized.getStorageTypeIntegralWidth());
  if (auto integer = dyn_cast<IntegerType>(type))
    return (integer.isUnsigned() ? "uint" : "int") + std::to_string(integer.getWidth());
  std::string text;
  llvm::raw_string_ostream(text) << type;
  return text;
}

/// The numbers of elements `from`, `from` + 1, ... of a constant, without its scales; false where it holds none.
bool readStored(Type element, ArrayRef<char> bytes, int64_t from, MutableArrayRef<double> values) {
  auto quantized = dyn_cast<quant::QuantizedType>(element);
  Type storage = quantized ? quantized.getStorageType() : element;
  if (succeeded(getElementKind(storage))) {
    const bool isUnsigned = quantized && !quantized.isSigned() && storage.isInteger(8);
    Type plain = isUnsigned ? IntegerType::get(storage.getContext(), 8, IntegerType::Unsigned) : storage;
    readReals({plain, {}, const_cast<char *>(bytes.data())}, from, values);
    return true;
  }
  // Several to a byte, the first in the lowest bits.
  auto integer = dyn_cast<IntegerType>(storage);
  if (!integer || (integer.getWidth() != 4 && integer.getWidth() != 2))
    return false;
  const unsigned width = integer.getWidth(), perByte = 8 / width;
  for (auto [i, value] : llvm::enumerate(values)) {
    const int64_t index = from + int64_t(i);
    const unsigned bits = uint8_t(bytes[index / perByte]) >> (index % perByte * width);
    value = double(llvm::SignExtend32(bits & ((1u << width) - 1), width));
  }
  return true;
}

} // namespace

bool isOperator(Operation *op) {
  return !isa<nn::ConstOp, nn::SparseConstOp, nn::NoValueOp, nn::VariableOp, func::FuncOp, ModuleOp>(op) &&
         !op->hasTrait<OpTrait::IsTerminator>();
}

TensorFacts TensorFacts::of(Value value) {
  TensorFacts facts;
  Type element = getElementTypeOrSelf(value);
  facts.element = nameElement(element);
  facts.isConstant = bool(getConstantElements(value));
  if (auto ranked = dyn_cast<RankedTensorType>(value.getType())) {
    facts.shape.emplace();
    for (int64_t size : ranked.getShape())
      facts.shape->push_back(ShapedType::isDynamic(size) ? -1 : size);
  }
  if (std::optional<SmallVector<int64_t>> shape = nn::getPlannedShape(value)) {
    int64_t elements = 1;
    bool overflows = false;
    for (int64_t size : *shape)
      overflows |= llvm::MulOverflow(elements, size, elements);
    if (!overflows)
      facts.bytes = nn::getStorageBytes(element, elements);
  }
  if (std::optional<QuantParameters> parameters = QuantParameters::of(value.getType())) {
    facts.scales = parameters->scales;
    facts.zeroPoints = parameters->zeroPoints;
    facts.axis = parameters->axis.value_or(0);
    return facts;
  }
  if (std::optional<BlockwiseParameters> blockwise = BlockwiseParameters::of(value.getType())) {
    facts.scales.assign(blockwise->scales.begin(), blockwise->scales.end());
    facts.zeroPoints.assign(facts.scales.size(), 0);
    facts.blockSize = blockwise->block;
    return facts;
  }
  // A bias has its scales in the file's record alone.
  nn::TensorAttr identity = nn::getTensorAttr(value);
  DictionaryAttr record = identity ? identity.getQuantization() : DictionaryAttr();
  auto scales = record ? record.getAs<DenseF32ArrayAttr>("scale") : DenseF32ArrayAttr();
  auto zeroPoints = record ? record.getAs<DenseI64ArrayAttr>("zero_point") : DenseI64ArrayAttr();
  if (scales)
    facts.scales.assign(scales.asArrayRef().begin(), scales.asArrayRef().end());
  if (zeroPoints)
    facts.zeroPoints.assign(zeroPoints.asArrayRef().begin(), zeroPoints.asArrayRef().end());
  if (auto axis = record ? record.getAs<IntegerAttr>("quantized_dimension") : IntegerAttr())
    facts.axis = unsigned(axis.getInt());
  return facts;
}

std::optional<std::pair<double, double>> findRange(Value value) {
  std::optional<ConstantData> data = getConstantData(value);
  auto type = dyn_cast<RankedTensorType>(value.getType());
  if (!data || !type || !type.hasStaticShape())
    return std::nullopt;
  const std::optional<int64_t> needed = nn::getStorageBytes(type.getElementType(), type.getNumElements());
  if (!needed || *needed > int64_t(data->bytes().size()))
    return std::nullopt;
  std::optional<QuantParameters> parameters = QuantParameters::of(type);
  std::optional<BlockwiseParameters> blockwise = BlockwiseParameters::of(type);
  int64_t inner = 1;
  if (parameters && parameters->axis)
    for (int64_t size : type.getShape().drop_front(*parameters->axis + 1))
      inner *= size;
  double low = std::numeric_limits<double>::infinity(), high = -low;
  constexpr int64_t block = 1024;
  double values[block];
  for (int64_t from = 0, end = type.getNumElements(); from < end; from += block) {
    const size_t count = std::min(block, end - from);
    if (!readStored(type.getElementType(), data->bytes(), from, {values, count}))
      return std::nullopt;
    for (size_t i = 0; i < count; ++i) {
      double real = values[i];
      if (blockwise) {
        real *= blockwise->scales[(from + int64_t(i)) / blockwise->block];
      } else if (parameters) {
        const size_t channel = (from + int64_t(i)) / inner % int64_t(parameters->scales.size());
        real = parameters->scales[channel] * (real - double(parameters->zeroPoints[channel]));
      }
      if (!std::isfinite(real))
        continue;
      low = std::min(low, real);
      high = std::max(high, real);
    }
  }
  if (low > high)
    return std::nullopt;
  return std::pair(low, high);
}

MemoryFacts MemoryFacts::of(func::FuncOp function) {
  MemoryFacts facts;
  std::vector<BufferLifetime> buffers;
  llvm::DenseMap<Operation *, unsigned> steps;
  unsigned step = 0;
  for (Operation &op : function.front())
    steps[&op] = step += isOperator(&op) || op.hasTrait<OpTrait::IsTerminator>();
  auto add = [&](Value value, unsigned born) {
    if (isa<NoneType>(value.getType()))
      return;
    std::optional<int64_t> bytes = TensorFacts::of(value).bytes;
    if (!bytes) {
      ++facts.unknown;
      return;
    }
    unsigned last = born;
    for (Operation *user : value.getUsers())
      last = std::max(last, steps.lookup(user));
    buffers.push_back({*bytes, born, last});
  };
  for (BlockArgument argument : function.getArguments())
    add(argument, 0);
  for (Operation &op : function.front())
    if (isOperator(&op))
      for (Value result : op.getResults())
        add(result, steps[&op]);
  SmallVector<int64_t> offsets;
  facts.arena = planMemory(buffers, std::numeric_limits<int64_t>::max() / 2, offsets).value_or(0);
  facts.bound = liveBytesBound(buffers);
  return facts;
}

ModelFacts ModelFacts::of(ModuleOp module) {
  ModelFacts facts;
  module.walk<WalkOrder::PreOrder>([&](Operation *op) {
    if (op->getNumResults() == 1)
      if (std::optional<ConstantData> data = getConstantData(op->getResult(0))) {
        facts.constants[nameElement(getElementTypeOrSelf(op->getResult(0)))] += data->bytes().size();
        facts.constantBytes += data->bytes().size();
      }
    if (!isOperator(op))
      return;
    ModelFacts::Kind &kind = facts.operators[getOperatorName(op)];
    const uint64_t macs = nn::countMacs(op);
    ++kind.count;
    kind.macs += macs;
    ++facts.operatorCount;
    facts.macs += macs;
  });
  return facts;
}

} // namespace mlir::vernier
