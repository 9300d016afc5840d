//===- NNToKernel.cpp - From operators to calls of kernels ------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "UpdateLists.h"
#include "Writer.h"
#include "mlir/Dialect/Quant/IR/QuantTypes.h"
#include "vernier/Conversion/Passes.h"
#include "vernier/Execution/NumericsNames.h"
#include "vernier/Interfaces/TensorIdentity.h"
#include "vernier/Runtime/Integer/PairedWeights.h"

namespace mlir::vernier {

#define GEN_PASS_DEF_CONVERTNNTOKERNELPASS
#include "vernier/Conversion/Passes.h.inc"

using kernel::KernelDialect;

/// What an element is in memory: a quantized one is the integer that stores it.
static Type elementInMemory(Type type) {
  if (auto quantized = dyn_cast<quant::QuantizedType>(type))
    return IntegerType::get(type.getContext(), quantized.getStorageTypeIntegralWidth(),
                            quantized.isSigned() ? IntegerType::Signless : IntegerType::Unsigned);
  if (type.isInteger(1))
    return IntegerType::get(type.getContext(), 8);
  return type;
}

MemRefType Writer::typeOf(const ProgramMemory &memory) {
  Type element = memory.elementType ? elementInMemory(memory.elementType) : builder.getI8Type();
  MemRefType type = memory.elementType ? MemRefType::get(memory.shape, element) : MemRefType();
  // Scratch, and elements that share bytes, are bytes.
  if (!type || kernel::bytesOf(type) != memory.bytes)
    type = MemRefType::get({memory.bytes}, builder.getI8Type());
  return type;
}

/// What all parts of the program share stands together, at the beginning.
static void setInsertionPoint(OpBuilder &builder, Block *entry, Operation *last) {
  if (last)
    builder.setInsertionPointAfter(last);
  else
    builder.setInsertionPointToStart(entry);
}

Value Writer::constant(ArrayRef<char> bytes, Type elementType, ArrayRef<int64_t> shape) {
  OpBuilder::InsertionGuard guard(builder);
  setInsertionPoint(builder, entry, lastShared);
  auto blob = HeapAsmResourceBlob::allocateAndCopyWithAlign(bytes, kernel::kAlignment, /*dataIsMutable=*/false);
  auto type = RankedTensorType::get(shape, elementType);
  auto elements = DenseResourceElementsAttr::get(type, ("kernel" + Twine(numConstants++)).str(), std::move(blob));
  auto op =
      kernel::ConstantOp::create(builder, from.getLoc(), MemRefType::get(shape, elementType), elements, IntegerAttr());
  lastShared = op;
  return op.getMemory();
}

Value Writer::state(MemRefType type, int8_t initial) {
  OpBuilder::InsertionGuard guard(builder);
  setInsertionPoint(builder, entry, lastShared);
  auto op = kernel::BufferOp::create(builder, from.getLoc(), type, IntegerAttr(), builder.getI8IntegerAttr(initial));
  lastShared = op;
  return op.getMemory();
}

Value Writer::valueOf(Scope &scope, unsigned index) {
  Value &value = scope.places[index].memory;
  if (value)
    return value;
  const ProgramMemory &memory = scope.function.memories[index];
  assert(memory.kind != ProgramMemory::Kind::Input && "inputs have values from the beginning");
  MemRefType type = typeOf(memory);
  if (memory.kind == ProgramMemory::Kind::Arena)
    return value = kernel::BufferOp::create(builder, from.getLoc(), type, IntegerAttr(), IntegerAttr()).getMemory();
  Value &common = shared[&memory];
  if (!common)
    common = memory.kind == ProgramMemory::Kind::State
                 ? state(type, memory.initial)
                 : constant({memory.data, size_t(memory.bytes)}, type.getElementType(), type.getShape());
  return value = common;
}

Attribute Writer::convert(const CallArgument &argument, function_ref<Attribute(const CallArgument &)> pointer) {
  const auto fields = [&] {
    return llvm::map_to_vector(argument.fields, [&](const auto &field) { return convert(field.second, pointer); });
  };
  switch (argument.kind) {
  case CallArgument::Kind::Boolean:
    return builder.getBoolAttr(argument.integer);
  case CallArgument::Kind::Integer: {
    StringRef type = argument.type;
    const bool isUnsigned = type.consume_front("u");
    unsigned width = 64;
    type.drop_front(3).drop_back(2).getAsInteger(10, width);
    auto integer =
        IntegerType::get(builder.getContext(), width, isUnsigned ? IntegerType::Unsigned : IntegerType::Signless);
    return IntegerAttr::get(integer, APInt(width, uint64_t(argument.integer), !isUnsigned, /*implicitTrunc=*/true));
  }
  case CallArgument::Kind::Float:
    return argument.type == "float" ? builder.getF32FloatAttr(float(argument.real))
                                    : builder.getF64FloatAttr(argument.real);
  case CallArgument::Kind::Record: {
    auto names =
        llvm::map_to_vector(argument.fields, [&](const auto &field) { return builder.getStringAttr(field.first); });
    return kernel::RecordAttr::get(builder.getContext(), builder.getStringAttr(argument.type), names, fields());
  }
  case CallArgument::Kind::List:
    return builder.getArrayAttr(fields());
  default:
    return pointer(argument);
  }
}

/// Weights are packed for products that are summed by fours.
void Writer::orderWeights(CallArgument &weights) {
  if (!target.integer.pairedWeights)
    return;
  std::vector<int8_t> &paired = pairedWeights[weights.data.data()];
  if (paired.empty()) {
    paired.resize(weights.data.size());
    runtime::pairWeights(reinterpret_cast<const int8_t *>(weights.data.data()), weights.data.size(), paired.data());
  }
  weights.data = {reinterpret_cast<const char *>(paired.data()), weights.data.size()};
}

/// Filters are packed for unsigned inputs.
void Writer::adaptFilter(CallArgument &filter) {
  assert(filter.fields.size() == 2 && "a packed filter has weights and start values");
  CallArgument &weights = filter.fields[0].second;
  CallArgument &starts = filter.fields[1].second;
  orderWeights(weights);
  if (!target.integer.signedInputs)
    return;
  std::vector<int32_t> &shifted = shiftedStarts[starts.data.data()];
  if (shifted.empty()) {
    shifted.resize(starts.data.size() / sizeof(int32_t));
    std::memcpy(shifted.data(), starts.data.data(), starts.data.size());
    runtime::startForSignedInputs(reinterpret_cast<const int8_t *>(weights.data.data()), weights.data.size(),
                                  shifted.data(), shifted.size());
  }
  starts.data = {reinterpret_cast<const char *>(shifted.data()), starts.data.size()};
}

void Writer::addCall(Scope &scope, const ProgramStep &step, KernelCall call) {
  // Wider inputs are signed already.
  const auto isByte = [](const CallArgument &argument) {
    return argument.kind == CallArgument::Kind::Operand && (argument.type == "int8_t" || argument.type == "uint8_t");
  };
  if (call.isa == KernelIsa::Integer && llvm::any_of(call.arguments, isByte))
    for (CallArgument &argument : call.arguments)
      if (argument.type == "runtime::PackedIntegerFilter")
        adaptFilter(argument);
  for (CallArgument &argument : call.arguments)
    if (argument.type == "runtime::PackedHybridFilter")
      orderWeights(argument.fields.front().second);
  SmallVector<Value> reads, writes;
  // Places among the writes follow all reads, whose number is known at the end.
  const auto place = [&](SmallVector<Value> &list, Value value) {
    auto found = llvm::find(list, value);
    if (found == list.end())
      found = list.insert(list.end(), value);
    return unsigned(found - list.begin());
  };
  const auto locate = [&](const CallArgument &argument) -> std::pair<bool, unsigned> {
    switch (argument.kind) {
    case CallArgument::Kind::Operand:
      return {false, place(reads, valueOf(scope, *step.operands[argument.index]))};
    case CallArgument::Kind::State:
      return {true, place(writes, valueOf(scope, *step.operands[argument.index]))};
    case CallArgument::Kind::Result:
      return {true, place(writes, valueOf(scope, *step.results[argument.index]))};
    case CallArgument::Kind::Scratch:
      return {true, place(writes, valueOf(scope, *step.scratch))};
    default: {
      Value &value = prepared[{argument.data.data(), argument.data.size()}];
      if (!value)
        value = constant(argument.data, builder.getI8Type(), {int64_t(argument.data.size())});
      return {false, place(reads, value)};
    }
    }
  };
  const auto isAbsent = [&](const CallArgument &argument) {
    // A kernel that asked for no bytes of scratch is called without.
    if (argument.kind == CallArgument::Kind::Scratch)
      return !step.scratch;
    if (argument.kind == CallArgument::Kind::Constant)
      return !argument.data.data();
    return argument.kind == CallArgument::Kind::Operand &&
           (argument.index >= step.operands.size() || !step.operands[argument.index]);
  };
  const auto unsignedForm = [&](const CallArgument &argument) {
    auto numbers = llvm::map_to_vector(argument.fields, [&](const auto &number) {
      return builder.getNamedAttr(number.first, builder.getI64IntegerAttr(number.second.integer));
    });
    return numbers.empty() ? DictionaryAttr() : builder.getDictionaryAttr(numbers);
  };
  const auto convertAll = [&] {
    return llvm::map_to_vector(call.arguments, [&](const CallArgument &argument) {
      return convert(argument, [&](const CallArgument &at) -> Attribute {
        // Operands are read: their pointers are to constants. Scratch is written.
        if (isAbsent(at))
          return kernel::NullAttr::get(
              builder.getContext(),
              builder.getStringAttr((at.kind == CallArgument::Kind::Scratch ? "" : "const ") + at.type));
        StringAttr type = builder.getStringAttr(at.type);
        auto [isWrite, index] = locate(at);
        return kernel::PointerAttr::get(builder.getContext(), isWrite ? index + reads.size() : index, type, at.offset,
                                        unsignedForm(at));
      });
    });
  };
  // Once to find the reads, once to count with all of them.
  (void)convertAll();
  SmallVector<Attribute> arguments = convertAll();
  StringRef isa;
  SmallVector<StringRef> headers(call.headers.begin(), call.headers.end());
  if (call.isa != KernelIsa::None) {
    const kernel::InstructionSet &set = call.isa == KernelIsa::Integer ? target.integer : target.floating;
    isa = set.type;
    headers.push_back(set.header);
  }
  kernel::CallOp::create(
      builder, step.op->getLoc(), call.callee, builder.getArrayAttr(arguments),
      isa.empty() ? StringAttr() : builder.getStringAttr(isa), builder.getStrArrayAttr(headers), reads, writes,
      call.canFail, call.macs, call.overlapping.empty() ? StringAttr() : builder.getStringAttr(call.overlapping),
      call.overlapping.empty() ? IntegerAttr() : builder.getI64IntegerAttr(call.distance),
      call.traits & KernelCall::ByRows, call.traits & KernelCall::TakesResidual, call.traits & KernelCall::Elementwise,
      /*rows=*/DenseI64ArrayAttr(), builder.getStringAttr(describe(step.op)),
      /*residual=*/StringAttr());
}

void Writer::addArguments(func::FuncOp to, Scope &scope) {
  const auto addArgument = [&](const TensorInfo &tensor, Value of, bool isOutput) {
    Type element = elementInMemory(tensor.elementType);
    MemRefType type = MemRefType::get(tensor.shape, element);
    if (kernel::bytesOf(type) != tensor.bytes)
      type = MemRefType::get({tensor.bytes}, builder.getI8Type());
    SmallVector<NamedAttribute> attributes = {
        builder.getNamedAttr(KernelDialect::getNameAttrName(), builder.getStringAttr(tensor.name)),
        builder.getNamedAttr(KernelDialect::getTypeAttrName(),
                             TypeAttr::get(RankedTensorType::get(tensor.shape, tensor.elementType)))};
    if (isOutput)
      attributes.push_back(builder.getNamedAttr(KernelDialect::getOutputAttrName(), builder.getUnitAttr()));
    unsigned index = to.getNumArguments();
    (void)to.insertArgument(index, type, builder.getDictionaryAttr(attributes), of ? of.getLoc() : to.getLoc());
  };
  const ProgramFunction &function = scope.function;
  for (auto [tensor, argument] : llvm::zip_equal(function.inputs, from.getArguments()))
    addArgument(tensor, argument, /*isOutput=*/false);
  for (const TensorInfo &tensor : function.outputs)
    addArgument(tensor, Value(), /*isOutput=*/true);
  for (auto [place, memory] : llvm::zip_equal(scope.places, function.memories))
    if (memory.kind == ProgramMemory::Kind::Input)
      place.memory = to.getArgument(memory.input);
  // What is computed for an output is computed in the caller's memory.
  for (auto [index, result] : llvm::enumerate(function.results))
    if (Value &memory = scope.places[result].memory;
        function.memories[result].kind == ProgramMemory::Kind::Arena && !memory)
      memory = to.getArgument(function.inputs.size() + index);
}

void Writer::addCall(Location location, StringRef callee, StringRef header, ArrayRef<Attribute> arguments,
                     ValueRange reads, ValueRange writes, StringRef origin, bool canFail) {
  kernel::CallOp::create(builder, location, callee, builder.getArrayAttr(arguments), StringAttr(),
                         builder.getStrArrayAttr({header}), reads, writes, canFail, /*macs=*/0,
                         /*overlapping=*/StringAttr(), /*distance=*/IntegerAttr(), /*by_rows=*/false,
                         /*takes_residual=*/false, /*elementwise=*/false, /*rows=*/DenseI64ArrayAttr(),
                         builder.getStringAttr(origin), /*residual=*/StringAttr());
}

void Writer::addCopy(Operation *op, Value source, Value to, StringRef origin) {
  IntegerAttr one = builder.getI64IntegerAttr(1),
              bytes = builder.getI64IntegerAttr(kernel::bytesOf(cast<MemRefType>(source.getType())));
  if (source == to || bytes.getInt() == 0)
    return;
  StringAttr type = builder.getStringAttr("uint8_t");
  const auto pointer = [&](unsigned at) { return kernel::PointerAttr::get(builder.getContext(), at, type, 0); };
  addCall(op->getLoc(), "runtime::copyBlocks", "Runtime/StridedCopy.h",
          {one, bytes, bytes, bytes, pointer(0), pointer(1)}, source, to, origin);
}

/// Outputs that are inputs, constants or other outputs.
void Writer::addOutputCopies(Scope &scope) {
  for (auto [index, result] : llvm::enumerate(scope.function.results))
    addCopy(from, valueOf(scope, result), entry->getArgument(scope.function.inputs.size() + index), "the output");
}

LogicalResult Writer::addSteps(Scope &scope) {
  // A few functions that run each other twice would be any number.
  constexpr unsigned maxSteps = 1 << 18;
  LogicalResult result = success();
  for (const ProgramStep &step : scope.function.steps) {
    if (numSteps > maxSteps)
      return failure();
    if (++numSteps > maxSteps)
      return refuse(step.op, "expected at most " + Twine(maxSteps) +
                                 " operators, those of functions counted wherever they are run");
    if (step.control)
      result = failure(failed(addControl(scope, step)) || failed(result));
    for (const KernelCall &call : step.calls)
      addCall(scope, step, call);
  }
  return result;
}

FailureOr<func::FuncOp> Writer::write() {
  auto to = func::FuncOp::create(from.getLoc(), from.getName(), builder.getFunctionType({}, {}));
  entry = to.addEntryBlock();
  Scope scope{program.functions.front(), SmallVector<Place>(program.functions.front().memories.size())};
  addArguments(to, scope);
  builder.setInsertionPointToEnd(entry);
  if (failed(addSteps(scope))) {
    to.erase();
    return failure();
  }
  addOutputCopies(scope);
  func::ReturnOp::create(builder, from.getLoc());
  dropUnasked();
  return to;
}

namespace {

struct ConvertNNToKernelPass : impl::ConvertNNToKernelPassBase<ConvertNNToKernelPass> {
  using ConvertNNToKernelPassBase::ConvertNNToKernelPassBase;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    const kernel::Target *row = kernel::findTarget(target);
    if (!row) {
      module.emitError() << "expected target " << kernel::targetNames() << ", got '" << target << "'";
      return signalPassFailure();
    }
    const auto reproduced = symbolizeNumerics(numerics);
    if (!reproduced) {
      module.emitError() << "expected numerics " << listNumerics() << ", got '" << numerics << "'";
      return signalPassFailure();
    }
    ExecutionOptions options;
    options.target = *reproduced;
    auto functions = llvm::to_vector(module.getOps<func::FuncOp>());
    if (functions.empty())
      return;
    updateLists(module);
    FailureOr<Program> program = planProgram(functions.front(), options);
    if (failed(program))
      return signalPassFailure();
    FailureOr<func::FuncOp> written = Writer(functions.front(), *program, *row).write();
    if (failed(written))
      return signalPassFailure();
    for (func::FuncOp function : functions)
      function.erase();
    module.push_back(*written);
    module->setAttr(KernelDialect::getTargetAttrName(), StringAttr::get(&getContext(), row->name));
  }
};

} // namespace
} // namespace mlir::vernier
