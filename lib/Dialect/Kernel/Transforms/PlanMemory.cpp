//===- PlanMemory.cpp - Where buffers and constants lie ---------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Lifetimes.h"
#include "mlir/IR/Builders.h"
#include "vernier/Dialect/Kernel/Transforms/Passes.h"
#include "llvm/Support/MathExtras.h"

namespace mlir::vernier::kernel {

#define GEN_PASS_DEF_PLANMEMORYPASS
#include "vernier/Dialect/Kernel/Transforms/Passes.h.inc"

namespace {

constexpr int64_t kMaxArenaBytes = int64_t(16) << 30;

struct PlanMemoryPass : impl::PlanMemoryPassBase<PlanMemoryPass> {
  void runOnOperation() override {
    Builder builder(&getContext());
    int64_t arena = 0, bound = 0, weights = 0, states = 0;
    for (auto function : getOperation().getOps<func::FuncOp>()) {
      if (!function.getBody().hasOneBlock())
        continue;
      function.walk([&](BufferOp buffer) {
        if (!buffer.getState())
          return;
        buffer.setOffset(states);
        states += llvm::alignTo(bytesOf(cast<MemRefType>(buffer.getType())), kAlignment);
      });
      if (failed(planArena(function, states, arena, bound)))
        return signalPassFailure();
      function.walk([&](ConstantOp constant) {
        constant.setOffset(weights);
        weights += llvm::alignTo(bytesOf(cast<MemRefType>(constant.getType())), kAlignment);
      });
    }
    getOperation()->setAttr(KernelDialect::getArenaBytesAttrName(), builder.getI64IntegerAttr(arena));
    getOperation()->setAttr(KernelDialect::getArenaBoundAttrName(), builder.getI64IntegerAttr(bound));
    if (states)
      getOperation()->setAttr(KernelDialect::getStateBytesAttrName(), builder.getI64IntegerAttr(states));
  }

  /// Functions run one at a time, in one arena, of which `states` bytes are taken.
  LogicalResult planArena(func::FuncOp function, int64_t states, int64_t &arena, int64_t &bound) {
    Lifetimes uses(function);
    SmallVector<BufferLifetime> &lifetimes = uses.lifetimes;
    SmallVector<CallOp> overlaid = allowOverlaps(uses);
    SmallVector<int64_t> offsets;
    std::optional<int64_t> bytes = planMemory(lifetimes, kMaxArenaBytes, offsets);
    if (!bytes)
      return function.emitError() << "expected activations that fit " << (kMaxArenaBytes >> 30) << " GiB";
    for (CallOp call : overlaid) {
      const unsigned from = uses.indexOf[call.getReads().front()], to = uses.indexOf[call.getWrites().front()];
      if (offsets[to] < offsets[from] + lifetimes[from].bytes && offsets[from] < offsets[to] + lifetimes[to].bytes)
        call.setCallee(*call.getOverlapping());
    }
    for (Operation *step : uses.steps)
      if (auto call = dyn_cast<CallOp>(step)) {
        call.removeOverlappingAttr();
        call.removeDistanceAttr();
        call.removeByRowsAttr();
        call.removeTakesResidualAttr();
        call.removeElementwiseAttr();
      }
    for (auto [buffer, offset] : llvm::zip_equal(uses.buffers, offsets))
      buffer.setOffset(states + offset);
    arena = std::max(arena, states + *bytes);
    bound = std::max(bound, states + liveBytesBound(lifetimes));
    return success();
  }

  /// Lets results lie over operands at the steps that need the most memory, and nowhere else: kernels that can be
  /// overlapped are slower. Returns the calls.
  static SmallVector<CallOp> allowOverlaps(Lifetimes &uses) {
    SmallVector<CallOp> calls;
    const SmallVector<BufferLifetime> overlaid = uses.overlay(calls);
    SmallVector<BufferLifetime> &lifetimes = uses.lifetimes;
    const int64_t bound = liveBytesBound(overlaid);
    llvm::erase_if(calls, [&](CallOp call) {
      const unsigned to = uses.indexOf.lookup(call.getWrites().front());
      if (liveBytes(lifetimes, lifetimes[to].first) <= bound)
        return true;
      lifetimes[to] = overlaid[to];
      return false;
    });
    return calls;
  }
};

} // namespace
} // namespace mlir::vernier::kernel
