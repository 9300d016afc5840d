//===- BalanceWeights.cpp - Rounding errors that cancel ---------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "BalancedRounding.h"
#include "ScaleClasses.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "vernier/Interfaces/ConstantData.h"
#include "vernier/Interfaces/QuantDialectInterface.h"
#include "vernier/Interfaces/QuantTypeChecks.h"
#include "vernier/Transforms/Passes.h"

namespace mlir::vernier {

#define GEN_PASS_DEF_BALANCEWEIGHTSPASS
#include "vernier/Transforms/Passes.h.inc"

namespace {

struct BalanceWeightsPass : impl::BalanceWeightsPassBase<BalanceWeightsPass> {
  using BalanceWeightsPassBase::BalanceWeightsPassBase;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    module.walk([&](QuantizableOpInterface op) {
      if (quantx::staysFloat(op))
        return;
      // Output channels are what per-axis scales would follow, whether the scheme uses them or not.
      Scheme perAxis = schemeOf(op);
      perAxis.perTensorWeights = false;
      for (unsigned i = 0, e = op->getNumOperands(); i < e; ++i) {
        QuantSource source = op.getOperandSource(i, perAxis);
        if (source.kind == QuantSource::Kind::Own && source.spec.axis)
          balanceOperand(op, i, *source.spec.axis);
      }
    });
  }

  void balanceOperand(QuantizableOpInterface op, unsigned index, unsigned channelAxis) {
    quantx::FakeQuantOp mark = getOperandMark(op, index);
    if (!mark || !mark.getParams())
      return;
    std::optional<ConstantData> data = getConstantData(mark.getInput());
    auto type = cast<RankedTensorType>(mark.getType());
    QuantParameters parameters = *QuantParameters::of(*mark.getParams());
    if (!data || (parameters.axis && *parameters.axis != channelAxis))
      return;
    std::vector<float> grid = roundBalanced(data->as<float>(), type.getShape(), parameters, channelAxis);
    Operation *constant = mark.getInput().getDefiningOp();
    OpBuilder builder(constant);
    ArrayRef<char> bytes(reinterpret_cast<const char *>(grid.data()), grid.size() * sizeof(float));
    mark.getInputMutable().assign(getQuantDialectInterface(constant).buildConstant(builder, constant, type, bytes));
    if (constant->use_empty())
      constant->erase();
  }
};

} // namespace
} // namespace mlir::vernier
