//===- KernelDialect.cpp - The kernel dialect -------------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "vernier/Dialect/Kernel/Kernel.h"
#include "llvm/ADT/TypeSwitch.h"

#include "vernier/Dialect/Kernel/KernelDialect.cpp.inc"
#define GET_ATTRDEF_CLASSES
#include "vernier/Dialect/Kernel/KernelAttributes.cpp.inc"
#define GET_OP_CLASSES
#include "vernier/Dialect/Kernel/KernelOps.cpp.inc"

namespace mlir::vernier::kernel {

void KernelDialect::registerAttributes() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "vernier/Dialect/Kernel/KernelAttributes.cpp.inc"
      >();
}

void KernelDialect::initialize() {
  registerAttributes();
  addOperations<
#define GET_OP_LIST
#include "vernier/Dialect/Kernel/KernelOps.cpp.inc"
      >();
}

Attribute RecordAttr::parse(AsmParser &parser, Type) {
  std::string type;
  SmallVector<StringAttr> names;
  SmallVector<Attribute> fields;
  Builder &builder = parser.getBuilder();
  if (parser.parseLess() || parser.parseString(&type))
    return {};
  while (succeeded(parser.parseOptionalComma())) {
    StringRef name;
    if (succeeded(parser.parseOptionalKeyword(&name)) && parser.parseEqual())
      return {};
    names.push_back(builder.getStringAttr(name));
    if (parser.parseAttribute(fields.emplace_back()))
      return {};
  }
  if (parser.parseGreater())
    return {};
  return get(parser.getContext(), builder.getStringAttr(type), names, fields);
}

void RecordAttr::print(AsmPrinter &printer) const {
  printer << "<" << getType();
  for (auto [name, field] : llvm::zip_equal(getNames(), getFields())) {
    printer << ", ";
    if (!name.empty())
      printer << name.getValue() << " = ";
    printer << field;
  }
  printer << ">";
}

int64_t bytesOf(MemRefType type) { return type.getNumElements() * ((type.getElementTypeBitWidth() + 7) / 8); }

/// `attribute` with `by` added to the number at `path` within it; null where there is none.
static Attribute addWithin(Attribute attribute, StringRef path, int64_t by) {
  if (path.empty()) {
    auto integer = dyn_cast<IntegerAttr>(attribute);
    return integer ? IntegerAttr::get(integer.getType(), integer.getValue() + by) : Attribute();
  }
  auto record = dyn_cast<RecordAttr>(attribute);
  if (!record)
    return {};
  auto [member, rest] = path.split('.');
  SmallVector<Attribute> fields(record.getFields());
  for (auto [index, name] : llvm::enumerate(record.getNames()))
    if (name.empty() ? std::to_string(index) == member : name.getValue() == member) {
      fields[index] = addWithin(fields[index], rest, by);
      return fields[index] ? RecordAttr::get(record.getContext(), record.getType(), record.getNames(), fields)
                           : Attribute();
    }
  return {};
}

ArrayAttr addToNumber(ArrayAttr arguments, StringRef path, int64_t by) {
  auto [first, rest] = path.split('.');
  SmallVector<Attribute> changed(arguments.getValue());
  unsigned index = 0;
  if (first.getAsInteger(10, index) || index >= changed.size())
    return {};
  changed[index] = addWithin(changed[index], rest, by);
  return changed[index] ? ArrayAttr::get(arguments.getContext(), changed) : ArrayAttr();
}

int64_t weightBytes(Operation *program) {
  int64_t end = 0;
  program->walk([&](ConstantOp constant) {
    end = std::max<int64_t>(end, constant.getOffset().value_or(0) + bytesOf(cast<MemRefType>(constant.getType())));
  });
  return end;
}

/// Static shape, no layout, elements of known size.
static LogicalResult verifyMemory(Operation *op, Type type) {
  auto memory = cast<MemRefType>(type);
  if (!memory.hasStaticShape() || !memory.getLayout().isIdentity() || !memory.getElementType().isIntOrFloat())
    return op->emitOpError() << "expected memory of static shape with elements of known size, got " << type;
  return success();
}

static LogicalResult verifyOffset(Operation *op, std::optional<int64_t> offset) {
  if (offset && (*offset < 0 || *offset % kAlignment))
    return op->emitOpError() << "expected an offset that is a multiple of " << kAlignment << ", got " << *offset;
  return success();
}

LogicalResult ConstantOp::verify() {
  if (failed(verifyMemory(*this, getType())) || failed(verifyOffset(*this, getOffset())))
    return failure();
  auto memory = cast<MemRefType>(getType());
  auto elements = getValue().getShapedType();
  if (elements.getShape() != memory.getShape() || elements.getElementType() != memory.getElementType())
    return emitOpError() << "expected elements of " << memory << ", got " << elements;
  return success();
}

LogicalResult BufferOp::verify() {
  return failure(failed(verifyMemory(*this, getType())) || failed(verifyOffset(*this, getOffset())));
}

LogicalResult CallOp::verify() {
  WalkResult result = getArguments().walk([&](PointerAttr pointer) {
    if (pointer.getOperand() >= getNumOperands()) {
      emitOpError() << "expected a pointer into one of " << getNumOperands() << " operands, got " << pointer;
      return WalkResult::interrupt();
    }
    auto memory = cast<MemRefType>(getOperand(pointer.getOperand()).getType());
    if (pointer.getOffset() < 0 || pointer.getOffset() > bytesOf(memory)) {
      emitOpError() << "expected an offset within " << memory << ", got " << pointer;
      return WalkResult::interrupt();
    }
    if (!pointer.getUnsignedForm())
      return WalkResult::advance();
    if (pointer.getType() != "int8_t") {
      emitOpError() << "expected a pointer to int8_t that may be one to uint8_t, got " << pointer;
      return WalkResult::interrupt();
    }
    for (NamedAttribute number : pointer.getUnsignedForm())
      if (!isa<IntegerAttr>(number.getValue()) || !addToNumber(getArguments(), number.getName(), 0)) {
        emitOpError() << "expected a number among the arguments, got " << number.getName() << " of " << pointer;
        return WalkResult::interrupt();
      }
    return WalkResult::advance();
  });
  return failure(result.wasInterrupted());
}

/// An operator with two regions of one empty block each.
static void buildBranches(OpBuilder &builder, OperationState &state, Value condition, StringAttr origin) {
  state.addOperands(condition);
  if (origin)
    state.addAttribute("origin", origin);
  for (int i = 0; i < 2; ++i)
    state.addRegion()->push_back(new Block);
}

static LogicalResult verifyCondition(Operation *op, Value condition) {
  auto memory = cast<MemRefType>(condition.getType());
  if (failed(verifyMemory(op, memory)))
    return failure();
  if (bytesOf(memory) != 1)
    return op->emitOpError() << "expected one byte as its condition, got " << memory;
  return success();
}

void IfOp::build(OpBuilder &builder, OperationState &state, Value condition, StringAttr origin) {
  buildBranches(builder, state, condition, origin);
}
LogicalResult IfOp::verify() { return verifyCondition(*this, getCondition()); }

void WhileOp::build(OpBuilder &builder, OperationState &state, Value condition, StringAttr origin) {
  buildBranches(builder, state, condition, origin);
}
LogicalResult WhileOp::verify() { return verifyCondition(*this, getCondition()); }

} // namespace mlir::vernier::kernel
