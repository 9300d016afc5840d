//===- TestModels.cpp - Small .tflite files to break and to keep ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "TestModels.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/Parser/Parser.h"
#include "vernier/Target/TFLite/TFLite.h"

namespace mlir::vernier::test {

int32_t addTensor(schema::ModelT &model, std::vector<int32_t> shape, std::string name, schema::TensorType type,
                  std::vector<uint8_t> data, size_t graph) {
  auto tensor = std::make_unique<schema::TensorT>();
  tensor->shape = std::move(shape);
  tensor->name = std::move(name);
  tensor->type = type;
  tensor->has_rank = true;
  if (!data.empty()) {
    tensor->buffer = model.buffers.size();
    model.buffers.push_back(std::make_unique<schema::BufferT>());
    model.buffers.back()->data = std::move(data);
  }
  auto &tensors = model.subgraphs[graph]->tensors;
  tensors.push_back(std::move(tensor));
  return tensors.size() - 1;
}

schema::OperatorT &addOperator(schema::ModelT &model, schema::BuiltinOperator code, std::vector<int32_t> inputs,
                               std::vector<int32_t> outputs, size_t graph) {
  auto op = std::make_unique<schema::OperatorT>();
  op->inputs = std::move(inputs);
  op->outputs = std::move(outputs);
  for (; op->opcode_index < model.operator_codes.size(); ++op->opcode_index)
    if (model.operator_codes[op->opcode_index]->builtin_code == code)
      break;
  if (op->opcode_index == model.operator_codes.size()) {
    model.operator_codes.push_back(std::make_unique<schema::OperatorCodeT>());
    model.operator_codes.back()->builtin_code = code;
    model.operator_codes.back()->deprecated_builtin_code = std::min<int>(static_cast<int>(code), 127);
  }
  auto &operators = model.subgraphs[graph]->operators;
  operators.push_back(std::move(op));
  return *operators.back();
}

schema::ModelT makeEmptyModel() {
  schema::ModelT model;
  model.version = 3;
  model.buffers.push_back(std::make_unique<schema::BufferT>());
  model.subgraphs.push_back(std::make_unique<schema::SubGraphT>());
  model.subgraphs[0]->name = "main";
  return model;
}

schema::ModelT makeAddModel() {
  schema::ModelT model = makeEmptyModel();
  addTensor(model, {1, 4}, "x");
  addTensor(model, {1, 4}, "c", schema::TensorType::FLOAT32, std::vector<uint8_t>(16, 1));
  addTensor(model, {1, 4}, "y");
  addOperator(model, schema::BuiltinOperator::ADD, {0, 1}, {2}).builtin_options.Set(schema::AddOptionsT());
  model.subgraphs[0]->inputs = {0};
  model.subgraphs[0]->outputs = {2};
  return model;
}

std::string pack(const schema::ModelT &model) {
  flatbuffers::FlatBufferBuilder builder;
  schema::FinishModelBuffer(builder, schema::Model::Pack(builder, &model));
  return std::string(reinterpret_cast<const char *>(builder.GetBufferPointer()), builder.GetSize());
}

schema::ModelT unpack(const std::string &bytes) {
  schema::ModelT model;
  schema::GetModel(bytes.data())->UnPackTo(&model);
  return model;
}

static auto open(const std::string &bytes) {
  auto owner = std::make_shared<std::string>(bytes);
  return tflite::FlatBufferModel::open("test.tflite", {owner->data(), owner->size()}, owner);
}

std::string getReaderError(const std::string &bytes) {
  auto file = open(bytes);
  return file ? "" : llvm::toString(file.takeError());
}

OwningOpRef<ModuleOp> importBytes(MLIRContext &context, const std::string &bytes, std::string *messages) {
  auto file = open(bytes);
  if (!file) {
    ADD_FAILURE() << llvm::toString(file.takeError());
    return {};
  }
  std::string text;
  ScopedDiagnosticHandler handler(&context, [&](Diagnostic &diagnostic) {
    llvm::raw_string_ostream(text) << diagnostic.getLocation() << ": " << diagnostic << "\n";
    return success();
  });
  OwningOpRef<ModuleOp> module = importTFLite(*file, &context);
  if (!module && !messages)
    ADD_FAILURE() << text;
  if (messages)
    *messages = text;
  return module;
}

std::string exportBytes(ModuleOp module, std::string *messages) {
  std::string text, bytes;
  ScopedDiagnosticHandler handler(module.getContext(), [&](Diagnostic &diagnostic) {
    llvm::raw_string_ostream(text) << diagnostic << "\n";
    return success();
  });
  llvm::raw_string_ostream os(bytes);
  if (failed(exportTFLite(module, os))) {
    EXPECT_TRUE(bytes.empty()) << "a failed export must not write";
    if (!messages)
      ADD_FAILURE() << text;
  }
  if (messages)
    *messages = text;
  return bytes;
}

std::string print(ModuleOp module) {
  std::string text;
  llvm::raw_string_ostream os(text);
  module.print(os);
  return text;
}

std::string roundTripBytes(const std::string &bytes) {
  MLIRContext context;
  OwningOpRef<ModuleOp> module = importBytes(context, bytes);
  if (!module)
    return {};
  std::string direct = exportBytes(*module);
  MLIRContext fresh;
  // A context of its own, with the dialects that any import loads: resources must come from the text.
  importBytes(fresh, pack(makeEmptyModel()));
  OwningOpRef<ModuleOp> parsed = parseSourceString<ModuleOp>(print(*module), &fresh);
  EXPECT_TRUE(parsed) << print(*module);
  if (parsed)
    EXPECT_EQ(exportBytes(*parsed), direct) << "text must keep what the import knows";
  return direct;
}

schema::ModelT roundTrip(const schema::ModelT &model) {
  std::string written = roundTripBytes(pack(model));
  // A failure has been reported; what follows in the test should not crash over it.
  return unpack(written.empty() ? pack(model) : written);
}

} // namespace mlir::vernier::test
