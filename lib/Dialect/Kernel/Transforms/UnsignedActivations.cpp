//===- UnsignedActivations.cpp - Bytes that products take as they are -------===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "vernier/Dialect/Kernel/Kernel.h"
#include "vernier/Dialect/Kernel/Targets.h"
#include "vernier/Dialect/Kernel/Transforms/Passes.h"

namespace mlir::vernier::kernel {

#define GEN_PASS_DEF_UNSIGNEDACTIVATIONSPASS
#include "vernier/Dialect/Kernel/Transforms/Passes.h.inc"

namespace {

/// Whether all that `call` knows of `memory` may be unsigned.
bool takesUnsigned(CallOp call, Value memory) {
  bool takes = true;
  call.getArguments().walk([&](PointerAttr pointer) {
    takes &= call.getOperand(pointer.getOperand()) != memory || pointer.getUnsignedForm();
  });
  return takes;
}

/// Whether `buffer` is the program's own and holds int8, and all calls that name it take uint8.
bool takesUnsigned(BufferOp buffer) {
  return !buffer.getState() && cast<MemRefType>(buffer.getType()).getElementType().isSignlessInteger(8) &&
         llvm::all_of(buffer->getUsers(), [&](Operation *user) {
           auto call = dyn_cast<CallOp>(user);
           return call && takesUnsigned(call, buffer.getMemory());
         });
}

/// Makes the pointers of `call` for which `chosen` holds ones to uint8, and leaves no choice of the others.
void rewrite(CallOp call, llvm::function_ref<bool(Value)> chosen) {
  ArrayAttr arguments = call.getArguments();
  for (auto [index, argument] : llvm::enumerate(call.getArguments())) {
    auto pointer = dyn_cast<PointerAttr>(argument);
    if (!pointer || !pointer.getUnsignedForm())
      continue;
    StringAttr type = pointer.getType();
    if (chosen(call.getOperand(pointer.getOperand()))) {
      type = StringAttr::get(call.getContext(), "uint8_t");
      for (NamedAttribute number : pointer.getUnsignedForm())
        arguments = addToNumber(arguments, number.getName(), cast<IntegerAttr>(number.getValue()).getInt());
    }
    SmallVector<Attribute> changed(arguments.getValue());
    changed[index] = PointerAttr::get(call.getContext(), pointer.getOperand(), type, pointer.getOffset());
    arguments = ArrayAttr::get(call.getContext(), changed);
  }
  call.setArgumentsAttr(arguments);
}

struct UnsignedActivationsPass : impl::UnsignedActivationsPassBase<UnsignedActivationsPass> {
  void runOnOperation() override {
    auto name = getOperation()->getAttrOfType<StringAttr>(KernelDialect::getTargetAttrName());
    const Target *target = name ? findTarget(name) : nullptr;
    llvm::DenseSet<Value> chosen;
    if (target && target->integer.unsignedActivations)
      getOperation()->walk([&](BufferOp buffer) {
        if (takesUnsigned(buffer))
          chosen.insert(buffer.getMemory());
      });
    for (Value memory : chosen) {
      auto type = cast<MemRefType>(memory.getType());
      memory.setType(MemRefType::get(type.getShape(), IntegerType::get(&getContext(), 8, IntegerType::Unsigned)));
    }
    getOperation()->walk([&](CallOp call) { rewrite(call, [&](Value memory) { return chosen.contains(memory); }); });
  }
};

} // namespace
} // namespace mlir::vernier::kernel
