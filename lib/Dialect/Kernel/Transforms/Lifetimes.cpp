//===- Lifetimes.cpp - From calls to what must be in memory -----*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Lifetimes.h"

namespace mlir::vernier::kernel {

Lifetimes::Lifetimes(func::FuncOp function) {
  for (Operation &op : function.getBody().front()) {
    if (auto buffer = dyn_cast<BufferOp>(op); buffer && !buffer.getState()) {
      indexOf[buffer.getMemory()] = buffers.size();
      buffers.push_back(buffer);
      lifetimes.push_back({bytesOf(cast<MemRefType>(buffer.getType())), ~0u, 0});
    } else if (auto call = dyn_cast<CallOp>(op)) {
      for (Value operand : op.getOperands())
        if (auto found = indexOf.find(operand); found != indexOf.end()) {
          BufferLifetime &lifetime = lifetimes[found->second];
          lifetime.first = std::min<unsigned>(lifetime.first, calls.size());
          lifetime.last = calls.size();
        }
      calls.push_back(call);
    }
  }
  // A buffer that nothing names takes no room of others.
  for (BufferLifetime &lifetime : lifetimes)
    lifetime.first = std::min(lifetime.first, lifetime.last);
}

SmallVector<BufferLifetime> Lifetimes::overlay(SmallVectorImpl<CallOp> &overlaid) const {
  SmallVector<BufferLifetime> result(lifetimes);
  for (CallOp call : calls) {
    if (!call.getOverlapping() || call.getReads().empty() || call.getWrites().empty())
      continue;
    auto from = indexOf.find(call.getReads().front()), to = indexOf.find(call.getWrites().front());
    // What is written later, or read again, needs its own place.
    if (from == indexOf.end() || to == indexOf.end() || result[from->second].last != result[to->second].first)
      continue;
    result[to->second].over = from->second;
    result[to->second].distance = *call.getDistance();
    overlaid.push_back(call);
  }
  return result;
}

} // namespace mlir::vernier::kernel
