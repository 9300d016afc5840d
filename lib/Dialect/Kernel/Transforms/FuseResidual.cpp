//===- FuseResidual.cpp - Sums within the calls before them -----*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Builders.h"
#include "vernier/Dialect/Kernel/Kernel.h"
#include "vernier/Dialect/Kernel/Transforms/Passes.h"

namespace mlir::vernier::kernel {

#define GEN_PASS_DEF_FUSERESIDUALPASS
#include "vernier/Dialect/Kernel/Transforms/Passes.h.inc"

namespace {

/// A pointer to all of some memory.
struct Elements {
  Value memory;
  StringRef type;

  static std::optional<Elements> of(CallOp call, Attribute argument) {
    auto pointer = dyn_cast<PointerAttr>(argument);
    if (!pointer || pointer.getOffset() != 0)
      return std::nullopt;
    return Elements{call.getOperand(pointer.getOperand()), pointer.getType().getValue()};
  }
  bool isLike(const Elements &other, int64_t size) const {
    return type == other.type && cast<MemRefType>(memory.getType()).getNumElements() == size;
  }
};

/// A call with `elementwise`: result[i] = function(operands[0][i], operands[1][i]), all of one type and size.
struct Elementwise {
  Elements operands[2], result;
  RecordAttr function;

  static std::optional<Elementwise> of(CallOp call) {
    const ArrayRef<Attribute> arguments = call.getArguments().getValue();
    if (!call.getElementwise() || arguments.size() != 5 || call.getWrites().size() != 1)
      return std::nullopt;
    auto size = dyn_cast<IntegerAttr>(arguments[0]);
    auto lhs = Elements::of(call, arguments[1]), rhs = Elements::of(call, arguments[2]),
         result = Elements::of(call, arguments[4]);
    auto function = dyn_cast<RecordAttr>(arguments[3]);
    // The function holds nothing of the call's own, and no operand is written over.
    if (!size || !lhs || !rhs || !result || !function || call.getReads().size() != 2 || lhs->memory == rhs->memory ||
        llvm::is_contained(call.getReads(), result->memory))
      return std::nullopt;
    for (const Elements &elements : {*lhs, *rhs, *result})
      if (!elements.isLike(*result, size.getInt()))
        return std::nullopt;
    return Elementwise{{*lhs, *rhs}, *result, function};
  }
};

/// Whether `op`, or what is in it, names `memory`; only as what it writes if `written`.
bool names(Operation &op, Value memory, bool written) {
  return op
      .walk([&](Operation *inner) {
        auto call = dyn_cast<CallOp>(inner);
        const bool found = written && call ? llvm::is_contained(call.getWrites(), memory)
                                           : !(written && !call) && llvm::is_contained(inner->getOperands(), memory);
        return found ? WalkResult::interrupt() : WalkResult::advance();
      })
      .wasInterrupted();
}

/// Whether a call of `op`, or of what is in it, can end the run.
bool canFail(Operation &op) {
  return op.walk([](CallOp call) { return call.getCanFail() ? WalkResult::interrupt() : WalkResult::advance(); })
      .wasInterrupted();
}

/// The call that computes `values` for nobody but `sum`, and can join `residual` to them and write to `result`; or
/// null.
CallOp findProducer(CallOp sum, const Elements &values, Value residual, Value result) {
  auto buffer = values.memory.getDefiningOp<BufferOp>();
  if (!buffer || buffer.getState() || llvm::range_size(values.memory.getUses()) != 2)
    return CallOp();
  CallOp producer;
  for (Operation *user : values.memory.getUsers())
    if (user != sum)
      producer = dyn_cast<CallOp>(user);
  if (!producer || !producer.getTakesResidual() || producer->getBlock() != sum->getBlock() ||
      !producer->isBeforeInBlock(sum) || producer.getWrites() != ValueRange(values.memory) ||
      llvm::is_contained(producer.getReads(), result))
    return CallOp();
  unsigned pointers = 0;
  for (Attribute argument : producer.getArguments()) {
    auto elements = Elements::of(producer, argument);
    pointers += elements && elements->memory == values.memory && elements->type == values.type;
  }
  // What is between the two neither changes the residual nor knows the result, nor ends the run where the function must
  // not be computed: a division by 0.
  for (Operation &op : llvm::make_range(std::next(producer->getIterator()), sum->getIterator()))
    if (names(op, residual, /*written=*/true) || names(op, result, /*written=*/false) || canFail(op))
      return CallOp();
  const auto isThere = [&](Value memory) {
    Operation *definition = memory.getDefiningOp();
    return !definition || definition->getBlock() != producer->getBlock() || definition->isBeforeInBlock(producer);
  };
  return pointers == 1 && isThere(residual) ? producer : CallOp();
}

/// Replaces `producer`, which computes operand `at` of `sum`, and `sum` by one call.
void fuse(CallOp producer, CallOp sum, const Elementwise &function, unsigned at) {
  OpBuilder builder(producer);
  Value values = function.operands[at].memory, residual = function.operands[1 - at].memory;
  if (Operation *definition = function.result.memory.getDefiningOp();
      definition && definition->getBlock() == producer->getBlock() && producer->isBeforeInBlock(definition))
    definition->moveBefore(producer);
  SmallVector<Value> reads(producer.getReads());
  const unsigned before = reads.size();
  auto found = llvm::find(reads, residual);
  const unsigned residualAt = found - reads.begin();
  if (found == reads.end())
    reads.push_back(residual);
  SmallVector<Attribute> arguments;
  for (Attribute argument : producer.getArguments()) {
    // Writes follow the reads.
    auto pointer = dyn_cast<PointerAttr>(argument);
    arguments.push_back(pointer && pointer.getOperand() >= before
                            ? PointerAttr::get(builder.getContext(), pointer.getOperand() - before + reads.size(),
                                               pointer.getType(), pointer.getOffset())
                            : argument);
  }
  arguments.push_back(
      PointerAttr::get(builder.getContext(), residualAt, builder.getStringAttr(function.result.type), 0));
  RecordAttr joined = function.function;
  if (at == 1)
    joined = RecordAttr::get(builder.getContext(),
                             builder.getStringAttr("runtime::Flipped<" + joined.getType().getValue() + ">"),
                             builder.getStringAttr("function"), {joined});
  arguments.push_back(joined);
  SmallVector<Attribute> headers(producer.getHeaders().getValue());
  for (Attribute header : sum.getHeaders())
    if (!llvm::is_contained(headers, header))
      headers.push_back(header);
  auto call = cast<CallOp>(builder.clone(*producer));
  call.setArgumentsAttr(builder.getArrayAttr(arguments));
  call.setHeadersAttr(builder.getArrayAttr(headers));
  call.getReadsMutable().assign(reads);
  call.getWritesMutable().assign(function.result.memory);
  call.removeTakesResidualAttr();
  call.setResidual(sum.getOrigin().value_or(""));
  sum.erase();
  producer.erase();
  values.getDefiningOp()->erase();
}

struct FuseResidualPass : impl::FuseResidualPassBase<FuseResidualPass> {
  void runOnOperation() override {
    SmallVector<CallOp> calls;
    getOperation().walk([&](CallOp call) { calls.push_back(call); });
    for (CallOp sum : calls) {
      // Only what an elementwise call names is erased, and never another one.
      std::optional<Elementwise> function = sum.getElementwise() ? Elementwise::of(sum) : std::nullopt;
      for (unsigned at = 0; function && at < 2; ++at)
        if (CallOp producer =
                findProducer(sum, function->operands[at], function->operands[1 - at].memory, function->result.memory)) {
          fuse(producer, sum, *function, at);
          break;
        }
    }
  }
};

} // namespace
} // namespace mlir::vernier::kernel
