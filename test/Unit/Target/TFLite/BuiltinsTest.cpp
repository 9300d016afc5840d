//===- BuiltinsTest.cpp - Every builtin operator keeps every option ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// For each operator of the format a file whose options table has no field at its default. It is filled by reflection of
// the schema, not by the code under test, and compared by the accessors that flatc writes.

#include "BuiltinOptions.h"
#include "TestModels.h"
#include "mlir/IR/BuiltinOps.h"
#include "vernier/Dialect/NN/NN.h"

using namespace mlir;

using namespace mlir::vernier::test;
using schema::BuiltinOperator;

namespace {

using Builder = flatbuffers::FlatBufferBuilder;
constexpr int32_t kCallee = 1;

/// A value for `field` that is not its default: enumerations their second value, subgraphs `kCallee`.
int64_t pickInteger(const reflection::Field &field) {
  if (vernier::tflite::refersToSubgraph(field))
    return kCallee;
  return field.default_integer() == 1 ? field.type()->base_type() == reflection::Bool ? 0 : 2 : 1;
}

uint32_t fillVector(Builder &builder, const reflection::Field &field) {
  switch (field.type()->element()) {
  case reflection::Bool:
  case reflection::UByte:
    return builder.CreateVector(std::vector<uint8_t>{1, 0, 1}).o;
  case reflection::Int:
  case reflection::UInt:
    return builder.CreateVector(std::vector<int32_t>{kCallee, kCallee}).o;
  case reflection::Long:
    return builder.CreateVector(std::vector<int64_t>{-5, int64_t(1) << 40}).o;
  case reflection::Float:
    return builder.CreateVector(std::vector<float>{0.5f, -2.0f}).o;
  default:
    ADD_FAILURE() << "no value for vector " << field.name()->c_str();
    return 0;
  }
}

/// A table of `type` without a field at its default.
flatbuffers::Offset<void> fillTable(Builder &builder, const reflection::Object &type) {
  std::vector<std::pair<uint16_t, uint32_t>> children;
  for (const reflection::Field *field : *type.fields()) {
    if (field->type()->base_type() == reflection::Vector)
      children.push_back({field->offset(), fillVector(builder, *field)});
    if (field->type()->base_type() == reflection::String)
      children.push_back({field->offset(), builder.CreateString(field->name()->str()).o});
  }
  uint32_t start = builder.StartTable();
  for (auto [offset, child] : children)
    builder.AddOffset(offset, flatbuffers::Offset<void>(child));
  for (const reflection::Field *field : *type.fields()) {
    int64_t value = pickInteger(*field);
    switch (field->type()->base_type()) {
    case reflection::Bool:
    case reflection::Byte:
    case reflection::UByte:
      builder.AddElement<int8_t>(field->offset(), value, field->default_integer());
      break;
    case reflection::Int:
    case reflection::UInt:
      builder.AddElement<int32_t>(field->offset(), value, field->default_integer());
      break;
    case reflection::Long:
      builder.AddElement<int64_t>(field->offset(), (int64_t(1) << 33) + value, field->default_integer());
      break;
    case reflection::Float:
      builder.AddElement<float>(field->offset(), 0.75f, field->default_real());
      break;
    case reflection::Vector:
    case reflection::String:
      break;
    default:
      ADD_FAILURE() << "no value for field " << field->name()->c_str();
    }
  }
  return builder.EndTable(start);
}

/// A file with one operator whose options are as above. Its tensors have no rank, so that no verifier can mind them.
std::string makeModel(BuiltinOperator code, const reflection::Object *options, unsigned operands,
                      schema::TensorType element, ArrayRef<schema::TensorType> results) {
  Builder builder;
  std::vector<flatbuffers::Offset<schema::Tensor>> tensors;
  std::vector<int32_t> inputs;
  for (unsigned i = 0; i < operands; ++i) {
    inputs.push_back(tensors.size());
    tensors.push_back(schema::CreateTensor(builder, 0, element));
  }
  std::vector<int32_t> outputs;
  for (schema::TensorType result : results) {
    outputs.push_back(tensors.size());
    tensors.push_back(schema::CreateTensor(builder, 0, result));
  }
  flatbuffers::Offset<void> table;
  uint8_t first = 0, second = 0;
  if (options) {
    table = fillTable(builder, *options);
    first = vernier::tflite::getUnionType("BuiltinOptions", *options);
    second = vernier::tflite::getUnionType("BuiltinOptions2", *options);
  }
  auto in = builder.CreateVector(inputs), out = builder.CreateVector(outputs);
  schema::OperatorBuilder opBuilder(builder);
  opBuilder.add_inputs(in);
  opBuilder.add_outputs(out);
  if (first) {
    opBuilder.add_builtin_options_type(schema::BuiltinOptions(first));
    opBuilder.add_builtin_options(table);
  }
  if (second) {
    opBuilder.add_builtin_options_2_type(schema::BuiltinOptions2(second));
    opBuilder.add_builtin_options_2(table);
  }
  std::vector<flatbuffers::Offset<schema::Operator>> operators = {opBuilder.Finish()};
  std::vector<flatbuffers::Offset<schema::SubGraph>> graphs = {
      schema::CreateSubGraphDirect(builder, &tensors, &inputs, &outputs, &operators, "main"),
      schema::CreateSubGraphDirect(builder, nullptr, nullptr, nullptr, nullptr, "callee")};
  std::vector<flatbuffers::Offset<schema::OperatorCode>> codes = {
      schema::CreateOperatorCode(builder, std::min<int>(int(code), 127), 0, 1, code)};
  schema::FinishModelBuffer(builder, schema::CreateModelDirect(builder, 3, &codes, &graphs));
  return std::string(reinterpret_cast<const char *>(builder.GetBufferPointer()), builder.GetSize());
}

/// The operator that `bytes` import to, or an empty name if they do not.
std::string importedName(const std::string &bytes) {
  MLIRContext context;
  std::string messages, name;
  OwningOpRef<ModuleOp> module = importBytes(context, bytes, &messages);
  if (module)
    module->walk([&](Operation *op) {
      if (op->getName().getDialectNamespace() == "nn")
        name = op->getName().getStringRef().str();
    });
  return name;
}

TEST(BuiltinOptionsTest, TablesOfOperators) {
  auto tableOf = [](StringRef name) -> std::string {
    const reflection::Object *table = vernier::tflite::getOptionsTable(name);
    return table ? vernier::tflite::getTableName(*table).str() : "";
  };
  EXPECT_EQ(tableOf("CONV_2D"), "Conv2DOptions");
  EXPECT_EQ(tableOf("CONV_3D_TRANSPOSE"), "Conv3DOptions");
  EXPECT_EQ(tableOf("L2_NORMALIZATION"), "L2NormOptions");
  EXPECT_EQ(tableOf("REDUCE_ANY"), "ReducerOptions");
  EXPECT_EQ(tableOf("BATCH_MATMUL"), "BatchMatMulOptions");
  EXPECT_EQ(tableOf("STABLEHLO_COMPOSITE"), "StableHLOCompositeOptions");
  EXPECT_EQ(tableOf("RELU"), "");
  EXPECT_EQ(tableOf("LOGISTIC"), "");
  // Every table of the two unions belongs to some operator.
  for (const reflection::Enum *options : *vernier::tflite::getSchema().enums()) {
    if (!vernier::tflite::getEnumName(*options).starts_with("BuiltinOptions"))
      continue;
    for (const reflection::EnumVal *value : *options->values()) {
      bool used = value->value() == 0;
      for (int code = 0; code <= int(BuiltinOperator::MAX); ++code)
        used |= tableOf(schema::EnumNameBuiltinOperator(BuiltinOperator(code))) == value->name()->str();
      EXPECT_TRUE(used) << value->name()->c_str();
    }
  }
}

class BuiltinsTest : public ::testing::TestWithParam<int> {};

TEST_P(BuiltinsTest, KeepsEveryOption) {
  auto code = BuiltinOperator(GetParam());
  std::string name = schema::EnumNameBuiltinOperator(code);
  const reflection::Object *options = vernier::tflite::getOptionsTable(name);
  MLIRContext context;
  context.loadDialect<vernier::nn::NNDialect>();
  std::string specific = "nn." + StringRef(name).lower();
  bool hasClass = RegisteredOperationName::lookup(specific, &context).has_value();
  bool imported = false;
  // What operands and results an operator has is its own affair: whichever makes it import will do.
  using Type = schema::TensorType;
  const std::vector<std::pair<Type, std::vector<Type>>> signatures = {
      {Type::FLOAT32, {Type::FLOAT32}},
      {Type::INT32, {Type::INT32}},
      {Type::FLOAT32, {Type::BOOL}},
      {Type::FLOAT32, {Type::FLOAT32, Type::INT32}},
      {Type::FLOAT32, {}},
  };
  for (const auto &[element, results] : signatures) {
    for (unsigned operands = 0; operands < 6 && !imported; ++operands) {
      std::string bytes = makeModel(code, options, operands, element, results);
      if (importedName(bytes) != (hasClass ? specific : "nn.generic"))
        continue;
      imported = true;
      schema::ModelT before = unpack(bytes), after = unpack(roundTripBytes(bytes));
      const schema::OperatorT &op = *before.subgraphs[0]->operators[0], &same = *after.subgraphs[0]->operators[0];
      EXPECT_TRUE(op.builtin_options == same.builtin_options);
      EXPECT_TRUE(op.builtin_options_2 == same.builtin_options_2);
      EXPECT_EQ(after.operator_codes[0]->builtin_code, code);
    }
  }
  EXPECT_TRUE(imported) << "no number of operands makes it " << specific;
}

/// Every number that stands for an operator with options of its own.
std::vector<int> getBuiltins() {
  std::vector<int> codes;
  for (int code = 0; code <= int(BuiltinOperator::MAX); ++code)
    if (*schema::EnumNameBuiltinOperator(BuiltinOperator(code)) && BuiltinOperator(code) != BuiltinOperator::CUSTOM &&
        BuiltinOperator(code) != BuiltinOperator::PLACEHOLDER_FOR_GREATER_OP_CODES)
      codes.push_back(code);
  return codes;
}

INSTANTIATE_TEST_SUITE_P(All, BuiltinsTest, ::testing::ValuesIn(getBuiltins()), [](const auto &info) {
  return std::string(schema::EnumNameBuiltinOperator(BuiltinOperator(info.param)));
});

} // namespace
