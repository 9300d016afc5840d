//===- KernelToEmitC.cpp - From planned calls to C++ ------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Spelling.h"
#include "mlir/Dialect/EmitC/IR/EmitC.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Builders.h"
#include "vernier/Conversion/Passes.h"
#include "vernier/Dialect/Kernel/ProgramName.h"
#include "vernier/Dialect/Kernel/Targets.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include <map>
#include <set>

namespace mlir::vernier {

#define GEN_PASS_DEF_CONVERTKERNELTOEMITCPASS
#include "vernier/Conversion/Passes.h.inc"

namespace {

/// What every generated program has before its layers. {0}: prefix of names, {1}: bytes of weights.
constexpr llvm::StringLiteral kPrelude = R"(
#if {1}
// Packed weights, multipliers and tables; {0}.cpp ends with their definition.
extern "C" const std::uint64_t {0}_weights[];
#endif

namespace {{
namespace numerics = mlir::vernier::numerics;
namespace runtime = mlir::vernier::runtime;

#if {1}
/// Constant elements, `offset` bytes into the weights.
template <class T> inline const T *constant(std::size_t offset) {{
  return reinterpret_cast<const T *>(reinterpret_cast<const unsigned char *>({0}_weights) + offset);
}
#endif
/// An input or an output.
template <class T> inline T element(T const *array, std::size_t index) {{ return array[index]; }
/// Elements at `offset` bytes of the arena, of an input or of an output.
template <class T> inline T *at(void *memory, std::size_t offset) {{
  return reinterpret_cast<T *>(static_cast<unsigned char *>(memory) + offset);
}
template <class T> inline T *at(const void *memory, std::size_t offset) {{
  return reinterpret_cast<T *>(static_cast<const unsigned char *>(memory) + offset);
}
)";

class Writer {
public:
  Writer(ModuleOp module, func::FuncOp from, StringRef name, const kernel::Target *target, bool isPart)
      : module(module), from(from), name(name), target(target), isPart(isPart), builder(module.getContext()),
        location(from.getLoc()) {}
  LogicalResult write();

private:
  /// A pointer that a layer takes, and how the caller gets it.
  struct Parameter {
    Value memory;
    std::string type;
    int64_t offset;
    bool isConst;
  };
  struct Layer {
    std::string name;
    SmallVector<Parameter> parameters;
    bool canFail;
  };

  void addFileHead();
  LogicalResult addLayer(kernel::CallOp call, unsigned index);
  void addReset();
  void addSizes();
  void addRun();
  void addStatements(Block &block, ArrayRef<Layer> &remaining);
  void addLayerCall(const Layer &layer);
  void addBranch(kernel::IfOp branch, ArrayRef<Layer> &remaining);
  void addLoop(kernel::WhileOp loop, ArrayRef<Layer> &remaining);
  Value isSet(Value condition);
  Value pointerInRun(Value memory, StringRef type, int64_t offset, bool isConst);

  Type pointerTo(const Twine &type) {
    return emitc::PointerType::get(emitc::OpaqueType::get(builder.getContext(), type.str()));
  }
  Attribute opaque(const Twine &text) { return emitc::OpaqueAttr::get(builder.getContext(), text.str()); }
  void verbatim(const Twine &text, ValueRange arguments = {}) {
    emitc::VerbatimOp::create(builder, location, builder.getStringAttr(text), arguments);
  }

  ModuleOp module;
  func::FuncOp from;
  StringRef name;
  /// May be null.
  const kernel::Target *target;
  /// One target's part of a program for several: another file has the interface.
  bool isPart;
  OpBuilder builder;
  Location location;
  SmallVector<Layer> layers;
  /// Names of functions by what they do: the same on several pointers is one function.
  llvm::DenseMap<Attribute, StringAttr> written;
  /// In the function that runs.
  Value arena, inputs, outputs;
  /// Memory whose every use has one form is named once, where it is used first; a block's names end with it.
  std::map<std::tuple<void *, StringRef, int64_t, bool>, Value> pointers;
};

} // namespace

/// A comment's text must not end the comment or the line.
static std::string inComment(StringRef text) {
  std::string clean;
  for (char c : text)
    clean += llvm::isPrint(c) && c != '\\' ? c : '?';
  return clean;
}

void Writer::addFileHead() {
  std::set<std::string> headers;
  from.walk([&](kernel::CallOp call) {
    for (auto header : call.getHeaders().getAsRange<StringAttr>())
      headers.insert("vernier/" + header.str());
  });
  from.walk([&](Operation *op) {
    if (isa<kernel::IfOp, kernel::WhileOp>(op))
      headers.insert("vernier/Runtime/IsSet.h");
  });
  // Functions that are not inlined must not be shared with a program that was compiled for another processor.
  verbatim("// This program's own copy of Runtime, whatever else is linked beside it.");
  verbatim("#define vernier vernier_" + name + (target ? "_" + target->identifier() : ""));
  emitc::IncludeOp::create(builder, location, (name + ".h").str(), false);
  for (const std::string &header : headers)
    emitc::IncludeOp::create(builder, location, header, false);
  for (StringRef header : {"cstddef", "cstdint", "cstring", "limits"})
    emitc::IncludeOp::create(builder, location, header, true);
  verbatim("");
  if (target)
    for (StringRef macro : target->macros)
      verbatim("#ifndef " + macro + "\n#error \"compile this file with " + target->flags + "\"\n#endif");
  // Braces mean arguments to emitc.verbatim only where it has some.
  verbatim(llvm::formatv(kPrelude.data(), name, kernel::weightBytes(from)).str());
}

LogicalResult Writer::addLayer(kernel::CallOp call, unsigned index) {
  Layer layer{"layer" + std::to_string(index), {}, call.getCanFail()};
  const auto find = [&](kernel::PointerAttr pointer) {
    Value memory = call.getOperand(pointer.getOperand());
    const bool isConst = pointer.getOperand() < call.getReads().size();
    auto same = llvm::find_if(layer.parameters, [&](const Parameter &parameter) {
      return parameter.memory == memory && parameter.type == pointer.getType().getValue() &&
             parameter.offset == pointer.getOffset() && parameter.isConst == isConst;
    });
    if (same == layer.parameters.end())
      same = layer.parameters.insert(same, {memory, pointer.getType().str(), pointer.getOffset(), isConst});
    return same - layer.parameters.begin();
  };
  const auto constantOf = [&](kernel::PointerAttr pointer) {
    return call.getOperand(pointer.getOperand()).getDefiningOp<kernel::ConstantOp>();
  };
  bool hasNested = false;
  SmallVector<Attribute> arguments;
  for (Attribute argument : call.getArguments()) {
    if (auto pointer = dyn_cast<kernel::PointerAttr>(argument); pointer && !constantOf(pointer)) {
      arguments.push_back(builder.getIndexAttr(find(pointer)));
      continue;
    }
    arguments.push_back(opaque(spell(argument, [&](kernel::PointerAttr pointer) -> std::string {
      if (kernel::ConstantOp constant = constantOf(pointer))
        return llvm::formatv("constant<{0}>({1})", pointer.getType().getValue(),
                             *constant.getOffset() + pointer.getOffset());
      hasNested = true;
      return "";
    })));
  }
  if (hasNested)
    return call.emitOpError() << "expected pointers within a record to be into constants";

  auto types = llvm::map_to_vector(layer.parameters, [&](const Parameter &parameter) {
    return pointerTo((parameter.isConst ? "const " : "") + Twine(parameter.type));
  });
  Type boolean = builder.getI1Type();
  SmallVector<Attribute> templates;
  if (auto isa = call.getIsa())
    templates.push_back(opaque(*isa));
  StringAttr &name = written[builder.getArrayAttr({builder.getTypeArrayAttr(types), call.getCalleeAttr(),
                                                   builder.getArrayAttr(templates), builder.getArrayAttr(arguments),
                                                   builder.getStringAttr(call.getOrigin().value_or("")),
                                                   builder.getStringAttr(call.getResidual().value_or(""))})];
  if (name) {
    layer.name = name.str();
    layers.push_back(std::move(layer));
    return success();
  }
  name = builder.getStringAttr(layer.name);
  verbatim("");
  if (auto origin = call.getOrigin())
    verbatim("// " + inComment(*origin));
  if (auto residual = call.getResidual())
    verbatim("// with " + inComment(*residual));
  auto function = emitc::FuncOp::create(
      builder, location, layer.name, builder.getFunctionType(types, layer.canFail ? TypeRange(boolean) : TypeRange()));
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(function.addEntryBlock());
  auto made = emitc::CallOpaqueOp::create(builder, location, layer.canFail ? TypeRange(boolean) : TypeRange(),
                                          call.getCallee(), function.getArguments(), builder.getArrayAttr(arguments),
                                          templates.empty() ? ArrayAttr() : builder.getArrayAttr(templates));
  emitc::ReturnOp::create(builder, location, layer.canFail ? made.getResult(0) : Value());
  layers.push_back(std::move(layer));
  return success();
}

Value Writer::pointerInRun(Value memory, StringRef type, int64_t offset, bool isConst) {
  if (auto constant = memory.getDefiningOp<kernel::ConstantOp>())
    return emitc::CallOpaqueOp::create(
               builder, location, TypeRange(pointerTo("const " + type)), "constant", ValueRange(),
               builder.getArrayAttr(opaque(Twine(offset + *constant.getOffset()))), builder.getArrayAttr(opaque(type)))
        .getResult(0);
  Value base = arena;
  if (auto argument = dyn_cast<BlockArgument>(memory)) {
    const bool isOutput = bool(from.getArgAttr(argument.getArgNumber(), kernel::KernelDialect::getOutputAttrName()));
    unsigned index = 0;
    for (unsigned i = 0; i < argument.getArgNumber(); ++i)
      index += bool(from.getArgAttr(i, kernel::KernelDialect::getOutputAttrName())) == isOutput;
    base = emitc::CallOpaqueOp::create(builder, location, TypeRange(pointerTo(isOutput ? "void" : "const void")),
                                       "element", ValueRange{isOutput ? outputs : inputs},
                                       builder.getArrayAttr({builder.getIndexAttr(0), opaque(Twine(index))}))
               .getResult(0);
  } else {
    offset += *memory.getDefiningOp<kernel::BufferOp>().getOffset();
  }
  std::string element = ((isConst ? "const " : "") + type).str();
  return emitc::CallOpaqueOp::create(builder, location, TypeRange(pointerTo(element)), "at", ValueRange{base},
                                     builder.getArrayAttr({builder.getIndexAttr(0), opaque(Twine(offset))}),
                                     builder.getArrayAttr({opaque(element)}))
      .getResult(0);
}

/// The function that gives states their first values, where there are any.
void Writer::addReset() {
  std::string body;
  from.walk([&](kernel::BufferOp buffer) {
    if (buffer.getState())
      body += llvm::formatv("  std::memset(at<unsigned char>(arena, {0}), {1}, {2});\n", *buffer.getOffset(),
                            int(*buffer.getState()), kernel::bytesOf(cast<MemRefType>(buffer.getType())));
  });
  if (!body.empty())
    verbatim("void " + name + "_reset(void *arena) {\n" + body + "}");
}

/// What the caller has to know of the arena.
void Writer::addSizes() {
  Type size = emitc::OpaqueType::get(builder.getContext(), "size_t");
  auto arenaBytes = module->getAttrOfType<IntegerAttr>(kernel::KernelDialect::getArenaBytesAttrName());
  const auto constantFunction = [&](const Twine &suffix, int64_t value) {
    auto function =
        emitc::FuncOp::create(builder, location, (name + suffix).str(), builder.getFunctionType({}, {size}));
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(function.addEntryBlock());
    auto literal = emitc::LiteralOp::create(builder, location, size, builder.getStringAttr(Twine(value)));
    emitc::ReturnOp::create(builder, location, literal.getResult());
  };
  constantFunction("_arena_bytes", arenaBytes ? arenaBytes.getInt() : 0);
  constantFunction("_arena_alignment", kernel::kAlignment);
}

Value Writer::isSet(Value condition) {
  Value pointer = pointerInRun(condition, "uint8_t", /*offset=*/0, /*isConst=*/true);
  return emitc::CallOpaqueOp::create(builder, location, TypeRange(builder.getI1Type()), "runtime::isSet", pointer)
      .getResult(0);
}

void Writer::addLayerCall(const Layer &layer) {
  SmallVector<Value> arguments;
  for (const Parameter &parameter : layer.parameters) {
    Value &pointer =
        pointers[{parameter.memory.getAsOpaquePointer(), parameter.type, parameter.offset, parameter.isConst}];
    if (!pointer)
      pointer = pointerInRun(parameter.memory, parameter.type, parameter.offset, parameter.isConst);
    arguments.push_back(pointer);
  }
  auto call = emitc::CallOpaqueOp::create(
      builder, location, layer.canFail ? TypeRange(builder.getI1Type()) : TypeRange(), layer.name, arguments);
  if (layer.canFail)
    verbatim("if (!{})\n    return 1;", call.getResult(0));
}

void Writer::addBranch(kernel::IfOp branch, ArrayRef<Layer> &remaining) {
  verbatim("// " + inComment(branch.getOrigin().value_or("")));
  Block &otherwise = branch.getElseRegion().front();
  auto made =
      emitc::IfOp::create(builder, location, isSet(branch.getCondition()), /*withElseRegion=*/!otherwise.empty());
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(&made.getThenRegion().front());
  addStatements(branch.getThenRegion().front(), remaining);
  emitc::YieldOp::create(builder, location);
  if (otherwise.empty())
    return;
  builder.setInsertionPointToStart(&made.getElseRegion().front());
  addStatements(otherwise, remaining);
  emitc::YieldOp::create(builder, location);
}

/// do { test; more = ...; if (more) { body } } while (more);
void Writer::addLoop(kernel::WhileOp loop, ArrayRef<Layer> &remaining) {
  verbatim("// " + inComment(loop.getOrigin().value_or("")));
  Type boolean = builder.getI1Type();
  Value more = emitc::VariableOp::create(builder, location, emitc::LValueType::get(boolean), builder.getBoolAttr(true));
  auto made = emitc::DoOp::create(builder, location);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(&made.getBodyRegion().emplaceBlock());
  const auto outside = pointers;
  addStatements(loop.getTest().front(), remaining);
  Value goesOn = isSet(loop.getCondition());
  emitc::AssignOp::create(builder, location, more, goesOn);
  auto branch = emitc::IfOp::create(builder, location, goesOn, /*withElseRegion=*/false);
  {
    OpBuilder::InsertionGuard inBody(builder);
    builder.setInsertionPointToStart(&branch.getThenRegion().front());
    addStatements(loop.getBody().front(), remaining);
    emitc::YieldOp::create(builder, location);
  }
  pointers = outside;
  builder.setInsertionPointToStart(&made.getConditionRegion().emplaceBlock());
  auto again = emitc::ExpressionOp::create(builder, location, boolean, ValueRange{more});
  emitc::YieldOp::create(builder, location, again.getResult());
  builder.setInsertionPointToStart(&again.createBody());
  Value loaded = emitc::LoadOp::create(builder, location, boolean, again.getBody()->getArgument(0));
  emitc::YieldOp::create(builder, location, loaded);
}

void Writer::addStatements(Block &block, ArrayRef<Layer> &remaining) {
  const auto outside = pointers;
  for (Operation &op : block) {
    if (isa<kernel::CallOp>(op)) {
      addLayerCall(remaining.front());
      remaining = remaining.drop_front();
    } else if (auto branch = dyn_cast<kernel::IfOp>(op)) {
      addBranch(branch, remaining);
    } else if (auto loop = dyn_cast<kernel::WhileOp>(op)) {
      addLoop(loop, remaining);
    }
  }
  pointers = outside;
}

void Writer::addRun() {
  verbatim("} // namespace\n");
  Type status = emitc::OpaqueType::get(builder.getContext(), "int");
  std::string runs = (name + "_run").str();
  if (isPart) {
    runs = (name + "_" + target->identifier() + "_run").str();
    verbatim("extern \"C\" int " + runs + "(void *, const void *const *, void *const *);");
  } else {
    addSizes();
    addReset();
  }

  Type parameters[] = {pointerTo("void"), pointerTo("const void *const"), pointerTo("void *const")};
  auto function = emitc::FuncOp::create(builder, location, runs, builder.getFunctionType(parameters, {status}));
  builder.setInsertionPointToStart(function.addEntryBlock());
  arena = function.getArgument(0);
  inputs = function.getArgument(1);
  outputs = function.getArgument(2);
  for (Value argument : function.getArguments())
    verbatim("(void){};", argument);
  ArrayRef<Layer> remaining(layers);
  addStatements(from.getBody().front(), remaining);
  auto done = emitc::LiteralOp::create(builder, location, status, builder.getStringAttr("0"));
  emitc::ReturnOp::create(builder, location, done.getResult());
}

LogicalResult Writer::write() {
  const auto unplanned = from.walk([&](Operation *op) {
    if (auto buffer = dyn_cast<kernel::BufferOp>(op); buffer && !buffer.getOffset())
      return WalkResult::interrupt();
    if (auto constant = dyn_cast<kernel::ConstantOp>(op); constant && !constant.getOffset())
      return WalkResult::interrupt();
    return WalkResult::advance();
  });
  if (unplanned.wasInterrupted())
    return from.emitError() << "expected memory with offsets; 'kernel-plan-memory' gives them";
  builder.setInsertionPoint(from);
  addFileHead();
  const auto refused = from.walk([&](kernel::CallOp call) {
    return failed(addLayer(call, layers.size())) ? WalkResult::interrupt() : WalkResult::advance();
  });
  if (refused.wasInterrupted())
    return failure();
  addRun();
  from.erase();
  return success();
}

namespace {

struct ConvertKernelToEmitCPass : impl::ConvertKernelToEmitCPassBase<ConvertKernelToEmitCPass> {
  using ConvertKernelToEmitCPassBase::ConvertKernelToEmitCPassBase;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    if (!kernel::isProgramName(name)) {
      module.emitError() << "expected a name that is an identifier and free in C++, its library and CMake, got '"
                         << name << "'";
      return signalPassFailure();
    }
    auto targetName = module->getAttrOfType<StringAttr>(kernel::KernelDialect::getTargetAttrName());
    const kernel::Target *target = targetName ? kernel::findTarget(targetName.getValue()) : nullptr;
    if (part && !target) {
      module.emitError() << "expected a target, whose part of the program this is to be";
      return signalPassFailure();
    }
    auto functions = llvm::to_vector(module.getOps<func::FuncOp>());
    if (functions.size() > 1) {
      module.emitError() << "expected one function, got " << functions.size();
      return signalPassFailure();
    }
    if (!functions.empty() && failed(Writer(module, functions.front(), name, target, part).write()))
      signalPassFailure();
  }
};

} // namespace
} // namespace mlir::vernier
