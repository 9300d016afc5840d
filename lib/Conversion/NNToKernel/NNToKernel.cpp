//===- NNToKernel.cpp - From operators to calls of kernels ------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Quant/IR/QuantTypes.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "vernier/Conversion/Passes.h"
#include "vernier/Dialect/Kernel/Kernel.h"
#include "vernier/Dialect/Kernel/Targets.h"
#include "vernier/Execution/NumericsNames.h"
#include "vernier/Execution/Program.h"
#include "vernier/Interfaces/TensorIdentity.h"
#include "vernier/Runtime/Integer/Packing.h"
#include "llvm/ADT/MapVector.h"

namespace mlir::vernier {

#define GEN_PASS_DEF_CONVERTNNTOKERNELPASS
#include "vernier/Conversion/Passes.h.inc"

namespace {

using kernel::KernelDialect;

/// What an element is in memory: a quantized one is the integer that stores it.
Type elementInMemory(Type type) {
  if (auto quantized = dyn_cast<quant::QuantizedType>(type))
    return IntegerType::get(type.getContext(), quantized.getStorageTypeIntegralWidth(),
                            quantized.isSigned() ? IntegerType::Signless : IntegerType::Unsigned);
  if (type.isInteger(1))
    return IntegerType::get(type.getContext(), 8);
  return type;
}

/// Writes one function.
class Writer {
public:
  Writer(func::FuncOp from, const Program &program, const kernel::Target &target)
      : from(from), program(program), target(target), builder(from.getContext()), values(program.memories.size()) {}
  func::FuncOp write();

private:
  MemRefType typeOf(unsigned memory);
  Value valueOf(unsigned memory);
  Value constant(ArrayRef<char> bytes, Type elementType, ArrayRef<int64_t> shape);
  void addArguments(func::FuncOp to);
  void addCall(const ProgramStep &step, KernelCall call);
  void startForSignedInputs(CallArgument &filter);
  void addOutputCopies();
  Attribute convert(const CallArgument &argument, function_ref<Attribute(const CallArgument &)> pointer);

  func::FuncOp from;
  const Program &program;
  const kernel::Target &target;
  OpBuilder builder;
  /// The value of each memory, once there is one.
  SmallVector<Value> values;
  /// Constants of calls, by their data and its size.
  llvm::DenseMap<std::pair<const char *, size_t>, Value> prepared;
  /// What was made for the target alone; `prepared` knows it by its place.
  SmallVector<std::shared_ptr<const void>> owned;
  unsigned numConstants = 0;
  Operation *lastConstant = nullptr;
};

} // namespace

MemRefType Writer::typeOf(unsigned index) {
  const ProgramMemory &memory = program.memories[index];
  Type element = memory.elementType ? elementInMemory(memory.elementType) : builder.getI8Type();
  MemRefType type = memory.elementType ? MemRefType::get(memory.shape, element) : MemRefType();
  // Scratch, and elements that share bytes, are bytes.
  if (!type || kernel::bytesOf(type) != memory.bytes)
    type = MemRefType::get({memory.bytes}, builder.getI8Type());
  return type;
}

/// Constants stand together, at the beginning.
Value Writer::constant(ArrayRef<char> bytes, Type elementType, ArrayRef<int64_t> shape) {
  OpBuilder::InsertionGuard guard(builder);
  if (lastConstant)
    builder.setInsertionPointAfter(lastConstant);
  else
    builder.setInsertionPointToStart(builder.getInsertionBlock());
  auto blob = HeapAsmResourceBlob::allocateAndCopyWithAlign(bytes, kernel::kAlignment, /*dataIsMutable=*/false);
  auto type = RankedTensorType::get(shape, elementType);
  auto elements = DenseResourceElementsAttr::get(type, ("kernel" + Twine(numConstants++)).str(), std::move(blob));
  auto op =
      kernel::ConstantOp::create(builder, from.getLoc(), MemRefType::get(shape, elementType), elements, IntegerAttr());
  lastConstant = op;
  return op.getMemory();
}

Value Writer::valueOf(unsigned index) {
  if (values[index])
    return values[index];
  const ProgramMemory &memory = program.memories[index];
  assert(memory.kind != ProgramMemory::Kind::Input && "inputs have values from the beginning");
  MemRefType type = typeOf(index);
  if (memory.kind == ProgramMemory::Kind::Constant)
    return values[index] = constant({memory.data, size_t(memory.bytes)}, type.getElementType(), type.getShape());
  // A state is known by what it starts with.
  IntegerAttr state =
      memory.kind == ProgramMemory::Kind::State ? builder.getI8IntegerAttr(memory.initial) : IntegerAttr();
  return values[index] = kernel::BufferOp::create(builder, from.getLoc(), type, IntegerAttr(), state).getMemory();
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

/// The executor's tiles take unsigned inputs.
void Writer::startForSignedInputs(CallArgument &filter) {
  assert(filter.fields.size() == 2 && "a packed filter has weights and start values");
  const CallArgument &weights = filter.fields[0].second;
  CallArgument &starts = filter.fields[1].second;
  auto shifted = std::make_shared<std::vector<int32_t>>(starts.data.size() / sizeof(int32_t));
  std::memcpy(shifted->data(), starts.data.data(), starts.data.size());
  runtime::startForSignedInputs(reinterpret_cast<const int8_t *>(weights.data.data()), weights.data.size(),
                                shifted->data(), shifted->size());
  starts.data = {reinterpret_cast<const char *>(shifted->data()), starts.data.size()};
  owned.push_back(shifted);
}

void Writer::addCall(const ProgramStep &step, KernelCall call) {
  // Wider inputs are signed already.
  const auto isByte = [](const CallArgument &argument) {
    return argument.kind == CallArgument::Kind::Operand && (argument.type == "int8_t" || argument.type == "uint8_t");
  };
  if (call.isa == KernelIsa::Integer && target.integer.signedInputs && llvm::any_of(call.arguments, isByte))
    for (CallArgument &argument : call.arguments)
      if (argument.type == "runtime::PackedIntegerFilter")
        startForSignedInputs(argument);
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
      return {false, place(reads, valueOf(*step.operands[argument.index]))};
    case CallArgument::Kind::State:
      return {true, place(writes, valueOf(*step.operands[argument.index]))};
    case CallArgument::Kind::Result:
      return {true, place(writes, valueOf(*step.results[argument.index]))};
    case CallArgument::Kind::Scratch:
      return {true, place(writes, valueOf(*step.scratch))};
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
        return kernel::PointerAttr::get(builder.getContext(), isWrite ? index + reads.size() : index, type, at.offset);
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
      call.overlapping.empty() ? IntegerAttr() : builder.getI64IntegerAttr(call.distance), call.byRows,
      /*rows=*/DenseI64ArrayAttr(), builder.getStringAttr(describe(step.op)));
}

void Writer::addArguments(func::FuncOp to) {
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
  for (auto [tensor, argument] : llvm::zip_equal(program.inputs, from.getArguments()))
    addArgument(tensor, argument, /*isOutput=*/false);
  for (const TensorInfo &tensor : program.outputs)
    addArgument(tensor, Value(), /*isOutput=*/true);
  for (auto [value, memory] : llvm::zip_equal(values, program.memories))
    if (memory.kind == ProgramMemory::Kind::Input)
      value = to.getArgument(memory.input);
  // What is computed for an output is computed in the caller's memory.
  for (auto [index, result] : llvm::enumerate(program.results))
    if (program.memories[result].kind == ProgramMemory::Kind::Arena && !values[result])
      values[result] = to.getArgument(program.inputs.size() + index);
}

/// Outputs that are inputs, constants or other outputs.
void Writer::addOutputCopies() {
  Block *block = builder.getInsertionBlock();
  for (auto [index, result] : llvm::enumerate(program.results)) {
    Value output = block->getArgument(program.inputs.size() + index), value = valueOf(result);
    if (value == output || program.memories[result].bytes == 0)
      continue;
    StringAttr type = builder.getStringAttr("uint8_t");
    const auto pointer = [&](unsigned at) { return kernel::PointerAttr::get(builder.getContext(), at, type, 0); };
    IntegerAttr one = builder.getI64IntegerAttr(1), bytes = builder.getI64IntegerAttr(program.memories[result].bytes);
    kernel::CallOp::create(builder, from.getLoc(), "runtime::copyBlocks",
                           builder.getArrayAttr({one, bytes, bytes, bytes, pointer(0), pointer(1)}), StringAttr(),
                           builder.getStrArrayAttr({"Runtime/StridedCopy.h"}), ValueRange{value}, ValueRange{output},
                           /*can_fail=*/false, /*macs=*/0, /*overlapping=*/StringAttr(), /*distance=*/IntegerAttr(),
                           /*by_rows=*/false, /*rows=*/DenseI64ArrayAttr(), builder.getStringAttr("the output"));
  }
}

func::FuncOp Writer::write() {
  auto to = func::FuncOp::create(from.getLoc(), from.getName(), builder.getFunctionType({}, {}));
  to.addEntryBlock();
  addArguments(to);
  builder.setInsertionPointToEnd(&to.getBody().front());
  for (const ProgramStep &step : program.steps)
    for (const KernelCall &call : step.calls)
      addCall(step, call);
  addOutputCopies();
  func::ReturnOp::create(builder, from.getLoc());
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
    FailureOr<Program> program = planProgram(functions.front(), options);
    if (failed(program))
      return signalPassFailure();
    func::FuncOp written = Writer(functions.front(), *program, *row).write();
    for (func::FuncOp function : functions)
      function.erase();
    module.push_back(written);
    module->setAttr(KernelDialect::getTargetAttrName(), StringAttr::get(&getContext(), row->name));
  }
};

} // namespace
} // namespace mlir::vernier
