//===- Lifetimes.cpp - From calls to what must be in memory -----*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Lifetimes.h"

namespace mlir::vernier::kernel {

void Lifetimes::addStep(Operation *op) {
  for (Value operand : op->getOperands())
    if (auto found = indexOf.find(operand); found != indexOf.end()) {
      BufferLifetime &lifetime = lifetimes[found->second];
      // A buffer that nothing has named so far begins here.
      lifetime.first = uses[found->second]++ ? lifetime.first : steps.size();
      lifetime.last = steps.size();
    }
  steps.push_back(op);
}

void Lifetimes::visit(Block &block) {
  for (Operation &op : block) {
    if (auto buffer = dyn_cast<BufferOp>(op); buffer && !buffer.getState()) {
      indexOf[buffer.getMemory()] = buffers.size();
      buffers.push_back(buffer);
      lifetimes.push_back({bytesOf(cast<MemRefType>(buffer.getType())), 0, 0});
      uses.push_back(0);
    } else if (isa<CallOp>(op)) {
      addStep(&op);
    } else if (auto branch = dyn_cast<IfOp>(op)) {
      addStep(&op);
      visit(branch.getThenRegion().front());
      visit(branch.getElseRegion().front());
    } else if (auto loop = dyn_cast<WhileOp>(op)) {
      const unsigned outside = buffers.size(), begin = steps.size();
      visit(loop.getTest().front());
      addStep(&op);
      visit(loop.getBody().front());
      for (unsigned i = 0; i < outside; ++i)
        if (uses[i] && lifetimes[i].last >= begin) {
          lifetimes[i].first = std::min(lifetimes[i].first, begin);
          lifetimes[i].last = steps.size() - 1;
        }
    }
  }
}

SmallVector<BufferLifetime> Lifetimes::overlay(SmallVectorImpl<CallOp> &overlaid) const {
  SmallVector<BufferLifetime> result(lifetimes);
  for (Operation *step : steps) {
    auto call = dyn_cast<CallOp>(step);
    if (!call || !call.getOverlapping() || call.getReads().empty() || call.getWrites().empty())
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
