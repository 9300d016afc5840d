//===- EvaluateTest.cpp - What holds for every operator ---------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "OperatorTest.h"

using namespace mlir;
using namespace mlir::vernier;

namespace {

class EvaluateTest : public ::testing::Test {
protected:
  EvaluateTest() {
    context.loadDialect<func::FuncDialect, nn::NNDialect, quantx::QuantXDialect>();
    module = parseSourceString<ModuleOp>(R"(
      func.func @f(%a: tensor<2xf32>) {
        %0 = nn.relu %a : (tensor<2xf32>) -> tensor<2xf32>
        %1 = nn.generic "CEIL" (%a) : (tensor<2xf32>) -> tensor<2xf32>
        return
      })",
                                         &context);
    Block &body = cast<func::FuncOp>(module->getBody()->front()).front();
    relu = &body.front();
    generic = relu->getNextNode();
  }
  /// The first diagnostic of an evaluation that must fail.
  std::string refused(ArrayRef<TensorRef> operands, ArrayRef<TensorRef> results) {
    std::string text;
    ScopedDiagnosticHandler handler(&context, [&](Diagnostic &d) { text = d.str(); });
    EXPECT_TRUE(failed(evaluateReference(relu, operands, results, numerics::NumericsTarget::LiteRT)));
    return text;
  }

  MLIRContext context;
  OwningOpRef<ModuleOp> module;
  Operation *relu, *generic;
  float values[2] = {-1, 1}, sums[2];
  const int64_t two[1] = {2};
  TensorRef input{Float32Type::get(&context), two, values}, output{Float32Type::get(&context), two, sums};
};

TEST_F(EvaluateTest, KnowsEveryOperatorWithAClassOfItsOwn) {
  for (RegisteredOperationName name : context.getRegisteredOperationsByDialect("nn")) {
    StringRef text = name.getStringRef();
    // Values that the executor provides, and operators that have no one meaning.
    // The rank follows from the type alone.
    bool isStructure = text.contains("const") || text == "nn.no_value" || text == "nn.generic" ||
                       text.contains("var") || text == "nn.while" || text == "nn.if" || text.starts_with("nn.call") ||
                       text == "nn.rank";
    OperationState state(UnknownLoc::get(&context), name);
    Operation *op = Operation::create(state);
    EXPECT_EQ(hasReference(op), !isStructure) << text.str();
    op->destroy();
  }
  EXPECT_FALSE(hasReference(generic));
}

TEST_F(EvaluateTest, RefusesTensorsThatAreNotSound) {
  TensorRef missing, withoutData = input, huge = input, negative = input, odd = input;
  withoutData.data = nullptr;
  const int64_t tooMany[] = {1 << 30, 1 << 30, 0, 1 << 30}, below[] = {-2};
  huge.shape = tooMany;
  negative.shape = below;
  odd.elementType = IntegerType::get(&context, 5);
  EXPECT_NE(refused({missing}, {output}).find("operand 0 has no tensor"), std::string::npos);
  EXPECT_NE(refused({withoutData}, {output}).find("operand 0 has no data"), std::string::npos);
  EXPECT_NE(refused({huge}, {output}).find("a shape that no tensor can have"), std::string::npos);
  EXPECT_NE(refused({negative}, {output}).find("a shape that no tensor can have"), std::string::npos);
  EXPECT_NE(refused({odd}, {output}).find("elements of 'i5'"), std::string::npos);
  EXPECT_NE(refused({input}, {missing}).find("result 0 has no tensor"), std::string::npos);
  EXPECT_NE(refused({}, {output}).find("expected 1 operands and 1 results, got 0 and 1"), std::string::npos);
}

TEST_F(EvaluateTest, ResultsHaveTheOperatorsShape) {
  const int64_t three[] = {3};
  TensorRef wide = output;
  wide.shape = three;
  EXPECT_NE(refused({input}, {wide}).find("expected a result of shape 2, got 3"), std::string::npos);
}

} // namespace
