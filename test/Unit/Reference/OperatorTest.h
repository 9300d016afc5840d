//===- OperatorTest.h - One operator on arrays ------------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_TEST_UNIT_REFERENCE_OPERATORTEST_H
#define VERNIER_TEST_UNIT_REFERENCE_OPERATORTEST_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Quant/IR/Quant.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Parser/Parser.h"
#include "vernier/Dialect/NN/NN.h"
#include "vernier/Dialect/QuantX/QuantX.h"
#include "vernier/Reference/Evaluate.h"
#include "gtest/gtest.h"
#include <string>
#include <vector>

namespace mlir::vernier {

/// The elements of one operand, as bytes.
struct Data {
  std::vector<char> bytes;
};
template <typename T> Data data(std::vector<T> values) {
  const char *first = reinterpret_cast<const char *>(values.data());
  return {{first, first + values.size() * sizeof(T)}};
}
inline Data i8(std::vector<int8_t> values) { return data(std::move(values)); }
inline Data u8(std::vector<uint8_t> values) { return data(std::move(values)); }
inline Data i32(std::vector<int32_t> values) { return data(std::move(values)); }
inline Data f32(std::vector<float> values) { return data(std::move(values)); }

class OperatorTest : public ::testing::Test {
protected:
  using Target = numerics::NumericsTarget;
  static constexpr Target LiteRT = Target::LiteRT, LiteRTRef = Target::LiteRTRef, TFLM = Target::TFLM;

  OperatorTest() {
    context.loadDialect<func::FuncDialect, quant::QuantDialect, nn::NNDialect, quantx::QuantXDialect>();
  }

  /// Evaluates one operator on `inputs`, whose types and those of its results are `types`, as in
  /// `(tensor<2xf32>) -> tensor<2xf32>`. In `op`, operands are %a, %b, ... The elements of its first result;
  /// all results are in `results`. Nothing, and `diagnostic`, on an error.
  template <typename T>
  std::vector<T> evaluate(StringRef op, StringRef types, std::vector<Data> inputs, Target target = LiteRT) {
    results.clear();
    diagnostic.clear();
    if (!run(op, types, inputs, target))
      return {};
    return result<T>(0);
  }
  /// Fails unless the evaluation of an operator of dynamic `types` on zeros of `shapes` (operands, then results) is
  /// refused with a message that contains `text`.
  void expectRefused(StringRef op, StringRef types, std::vector<std::vector<int64_t>> shapes, const std::string &text) {
    results.clear();
    diagnostic.clear();
    std::vector<Data> none;
    dynamicShapes = std::move(shapes);
    EXPECT_FALSE(run(op, types, none, LiteRT));
    dynamicShapes.clear();
    expectDiagnostic(text);
  }

  /// The elements of one result of the last evaluation.
  template <typename T> std::vector<T> result(unsigned index) {
    const T *first = reinterpret_cast<const T *>(results[index].data());
    return {first, first + results[index].size() / sizeof(T)};
  }

  /// The last evaluation failed with a message that contains `text`.
  void expectDiagnostic(const std::string &text) { EXPECT_NE(diagnostic.find(text), std::string::npos) << diagnostic; }

  std::vector<std::vector<char>> results;
  std::string diagnostic;

private:
  bool run(StringRef op, StringRef types, std::vector<Data> &inputs, Target target) {
    ScopedDiagnosticHandler handler(&context, [&](Diagnostic &d) {
      if (diagnostic.empty())
        diagnostic = d.str();
      return success();
    });
    std::string text = ("func.func private @types" + types + "\n").str();
    OwningOpRef<ModuleOp> declared = parseSourceString<ModuleOp>(text, &context);
    if (!declared)
      return false;
    auto type = cast<func::FuncOp>(declared->getBody()->front()).getFunctionType();
    std::string body;
    llvm::raw_string_ostream os(body);
    os << "func.func @f(";
    for (auto [i, input] : llvm::enumerate(type.getInputs()))
      os << (i ? ", %" : "%") << char('a' + i) << ": " << input;
    os << ") {\n  ";
    if (!type.getResults().empty())
      os << "%r" << (type.getNumResults() > 1 ? ":" + std::to_string(type.getNumResults()) : "") << " = ";
    os << op << " : " << type << "\n  return\n}\n";
    OwningOpRef<ModuleOp> module = parseSourceString<ModuleOp>(body, &context);
    if (!module)
      return false;
    Operation &operation = cast<func::FuncOp>(module->getBody()->front()).front().front();

    std::vector<TensorRef> operands, outputs;
    if (!dynamicShapes.empty()) {
      results.assign(dynamicShapes.size(), std::vector<char>(1 << 12));
      for (auto [i, shape] : llvm::enumerate(dynamicShapes)) {
        bool isOperand = i < operation.getNumOperands();
        Type of = isOperand ? operation.getOperand(i).getType()
                            : operation.getResult(i - operation.getNumOperands()).getType();
        (isOperand ? operands : outputs)
            .push_back({cast<RankedTensorType>(of).getElementType(), shape, results[i].data()});
      }
      return succeeded(evaluateReference(&operation, operands, outputs, target));
    }
    for (Value value : operation.getOperands()) {
      if (isa<NoneType>(value.getType())) {
        operands.push_back({});
        continue;
      }
      auto tensor = cast<RankedTensorType>(value.getType());
      Data &input = inputs[cast<BlockArgument>(value).getArgNumber()];
      EXPECT_EQ(int64_t(input.bytes.size()), *nn::getStorageBytes(tensor.getElementType(), tensor.getNumElements()));
      operands.push_back({tensor.getElementType(), tensor.getShape(), input.bytes.data()});
    }
    // Weights are constants in every file; computed ones round differently.
    OpBuilder builder(&operation);
    for (OpOperand &operand : operation.getOpOperands())
      if (auto argument = dyn_cast<BlockArgument>(operand.get()); argument && isa<RankedTensorType>(argument.getType()))
        operand.set(nn::ConstOp::create(builder, operation.getLoc(), cast<RankedTensorType>(argument.getType()),
                                        ArrayRef<char>(inputs[argument.getArgNumber()].bytes), "operand"));
    for (Type resultType : operation.getResultTypes())
      results.emplace_back(*nn::getStorageBytes(cast<RankedTensorType>(resultType).getElementType(),
                                                cast<RankedTensorType>(resultType).getNumElements()));
    for (auto [resultType, buffer] : llvm::zip_equal(operation.getResultTypes(), results))
      outputs.push_back({cast<RankedTensorType>(resultType).getElementType(),
                         cast<RankedTensorType>(resultType).getShape(), buffer.data()});
    return succeeded(evaluateReference(&operation, operands, outputs, target));
  }

  MLIRContext context;
  std::vector<std::vector<int64_t>> dynamicShapes;
};

} // namespace mlir::vernier

#endif // VERNIER_TEST_UNIT_REFERENCE_OPERATORTEST_H
