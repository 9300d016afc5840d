//===- Reduction.cpp - How a module that shows a bug may shrink ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "vernier/Pipelines/Reduction.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/Reducer/ReductionPatternInterface.h"
#include "mlir/Reducer/Tester.h"
#include "vernier/Dialect/NN/NN.h"

namespace mlir::vernier {
namespace {

/// %1 = op(%0, ...) : (T, ...) -> T    becomes    %0    wherever the module still shows the bug.
struct LeaveOut : RewritePattern {
  LeaveOut(MLIRContext *context, Tester &tester)
      : RewritePattern(MatchAnyOpTypeTag(), /*benefit=*/1, context), tester(tester) {}

  LogicalResult matchAndRewrite(Operation *op, PatternRewriter &rewriter) const override {
    if (op->getNumResults() != 1 || op->getNumRegions() != 0)
      return failure();
    for (Value operand : op->getOperands())
      if (operand.getType() == op->getResult(0).getType() && showsBugWithout(op, operand)) {
        rewriter.replaceOp(op, operand);
        return success();
      }
    return failure();
  }

private:
  /// Tries it on the module itself and puts everything back: a rewrite that turns out to hide the
  /// bug would end the reducer's search.
  bool showsBugWithout(Operation *op, Value replacement) const {
    auto module = op->getParentOfType<ModuleOp>();
    Block *block = op->getBlock();
    Block::iterator next = std::next(op->getIterator());
    SmallVector<OpOperand *> readers =
        llvm::map_to_vector(op->getResult(0).getUses(), [](OpOperand &use) { return &use; });
    for (OpOperand *reader : readers)
      reader->set(replacement);
    op->remove();
    bool shown = tester.isInteresting(module).first == Tester::Interestingness::True;
    block->getOperations().insert(next, op);
    for (OpOperand *reader : readers)
      reader->set(op->getResult(0));
    return shown;
  }

  Tester &tester;
};

/// The pattern takes operators of any dialect, but the reducer collects patterns from dialects.
struct LeaveOutOperators : DialectReductionPatternInterface {
  LeaveOutOperators(Dialect *dialect) : DialectReductionPatternInterface(dialect) {}

  void populateReductionPatterns(RewritePatternSet &) const override {}
  void populateReductionPatternsWithTester(RewritePatternSet &patterns, Tester &tester) const override {
    patterns.add<LeaveOut>(patterns.getContext(), tester);
  }
};

} // namespace

void registerReductionPatterns(DialectRegistry &registry) {
  registry.addExtension(+[](MLIRContext *, nn::NNDialect *dialect) { dialect->addInterfaces<LeaveOutOperators>(); });
}

} // namespace mlir::vernier
