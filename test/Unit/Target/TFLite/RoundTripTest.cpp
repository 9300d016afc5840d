//===- RoundTripTest.cpp - What import and export must keep ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "TestModels.h"
#include "mlir/IR/AsmState.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "mlir/Parser/Parser.h"
#include "vernier/Dialect/NN/NN.h"
#include "vernier/Target/TFLite/TFLite.h"

using namespace mlir;

using namespace mlir::vernier::test;
using mlir::vernier::nn::ConstOp;
using schema::BuiltinOperator;
using Element = schema::TensorType;

namespace {

const schema::TensorT &tensorOf(const schema::ModelT &model, size_t index, size_t graph = 0) {
  return *model.subgraphs[graph]->tensors[index];
}
const schema::OperatorT &operatorOf(const schema::ModelT &model, size_t index = 0) {
  return *model.subgraphs[0]->operators[index];
}
const std::vector<uint8_t> &dataOf(const schema::ModelT &model, size_t tensor) {
  return model.buffers[tensorOf(model, tensor).buffer]->data;
}

TEST(RoundTripTest, TheSmallestModel) {
  schema::ModelT model = makeAddModel();
  EXPECT_TRUE(roundTrip(model) == model);
}

TEST(RoundTripTest, ShapesAndRanks) {
  schema::ModelT model = makeAddModel();
  auto &tensors = model.subgraphs[0]->tensors;
  tensors[0]->shape_signature = {-1, 4};
  tensors[2]->shape = {};
  tensors[2]->has_rank = false;
  schema::ModelT written = roundTrip(model);
  EXPECT_EQ(tensorOf(written, 0).shape_signature, (std::vector<int32_t>{-1, 4}));
  EXPECT_EQ(tensorOf(written, 0).shape, (std::vector<int32_t>{1, 4}));
  EXPECT_FALSE(tensorOf(written, 2).has_rank);
  EXPECT_TRUE(tensorOf(written, 1).has_rank);
  // Older files do not state ranks at all.
  for (auto &tensor : tensors)
    tensor->has_rank = false;
  EXPECT_FALSE(tensorOf(roundTrip(model), 0).has_rank);
}

TEST(RoundTripTest, EveryElementType) {
  for (int type = 0; type <= int(Element::MAX); ++type) {
    schema::ModelT model = makeAddModel();
    addTensor(model, {2, 3}, "t", Element(type));
    EXPECT_EQ(tensorOf(roundTrip(model), 3).type, Element(type));
  }
}

TEST(RoundTripTest, ConstantsOfEveryStorage) {
  schema::ModelT model = makeAddModel();
  addTensor(model, {5}, "int4", Element::INT4, {0x21, 0x43, 0x05});
  addTensor(model, {3}, "bool", Element::BOOL, {1, 0, 1});
  addTensor(model, {1}, "text", Element::STRING, {1, 0, 0, 0, 12, 0, 0, 0, 14, 0, 0, 0, 'h', 'i'});
  addTensor(model, {1}, "complex", Element::COMPLEX64, {1, 2, 3, 4, 5, 6, 7, 8});
  addTensor(model, {2}, "half", Element::FLOAT16, {0, 0x3c, 0, 0x40});
  schema::ModelT written = roundTrip(model);
  for (size_t i = 3; i < 8; ++i)
    EXPECT_EQ(dataOf(written, i), dataOf(model, i)) << tensorOf(model, i).name;
}

TEST(RoundTripTest, EmptyConstants) {
  schema::ModelT model = makeAddModel();
  int32_t shape = addTensor(model, {0}, "shape", Element::INT32);
  int32_t scalar = addTensor(model, {}, "scalar");
  model.subgraphs[0]->inputs.push_back(addTensor(model, {1, 1}, "one"));
  addOperator(model, BuiltinOperator::RESHAPE, {model.subgraphs[0]->inputs.back(), shape}, {scalar});
  schema::ModelT written = roundTrip(model);
  EXPECT_EQ(operatorOf(written, 1).inputs, operatorOf(model, 1).inputs);
  EXPECT_EQ(tensorOf(written, shape).shape, (std::vector<int32_t>{0}));
}

TEST(RoundTripTest, BuffersStayShared) {
  schema::ModelT model = makeAddModel();
  int32_t twin = addTensor(model, {4, 1}, "twin");
  model.subgraphs[0]->tensors[twin]->buffer = tensorOf(model, 1).buffer;
  schema::ModelT written = roundTrip(model);
  EXPECT_EQ(tensorOf(written, twin).buffer, tensorOf(written, 1).buffer);
  EXPECT_EQ(written.buffers.size(), 2u);
}

TEST(RoundTripTest, ConstantsAreNotCopied) {
  auto bytes = std::make_shared<std::string>(pack(makeAddModel()));
  auto file = llvm::cantFail(vernier::tflite::FlatBufferModel::open("f", {bytes->data(), bytes->size()}, bytes));
  MLIRContext context;
  OwningOpRef<ModuleOp> module = vernier::importTFLite(file, &context);
  module->walk([&](ConstOp constant) {
    const char *data = cast<DenseResourceElementsAttr>(constant.getValue()).getRawHandle().getBlob()->getData().data();
    EXPECT_TRUE(data >= bytes->data() && data < bytes->data() + bytes->size());
  });
}

TEST(RoundTripTest, ConstantsOutliveTheFileHandle) {
  MLIRContext context;
  OwningOpRef<ModuleOp> module = importBytes(context, pack(makeAddModel()));
  module->walk([&](ConstOp constant) {
    auto blob = cast<DenseResourceElementsAttr>(constant.getValue()).getRawHandle().getBlob();
    EXPECT_EQ(blob->getData().front(), 1);
  });
}

TEST(RoundTripTest, MisalignedData) {
  // Drop the alignment that writers give to data: shift the flatbuffer's bytes in memory.
  std::string bytes = pack(makeAddModel());
  for (size_t shift = 1; shift < 8; ++shift) {
    auto moved = std::make_shared<std::vector<char>>(bytes.size() + shift);
    memcpy(moved->data() + shift, bytes.data(), bytes.size());
    auto file =
        llvm::cantFail(vernier::tflite::FlatBufferModel::open("f", {moved->data() + shift, bytes.size()}, moved));
    MLIRContext context;
    OwningOpRef<ModuleOp> module = vernier::importTFLite(file, &context);
    ASSERT_TRUE(module);
    EXPECT_EQ(exportBytes(*module), roundTripBytes(bytes));
  }
}

TEST(RoundTripTest, OptionalOperands) {
  schema::ModelT model = makeEmptyModel();
  addTensor(model, {1, 4}, "x");
  addTensor(model, {2, 4}, "w", Element::FLOAT32, std::vector<uint8_t>(32));
  addTensor(model, {1, 2}, "y");
  addTensor(model, {1, 2}, "z");
  addOperator(model, BuiltinOperator::FULLY_CONNECTED, {0, 1, -1}, {2});
  addOperator(model, BuiltinOperator::FULLY_CONNECTED, {0, 1}, {3});
  model.subgraphs[0]->inputs = {0};
  model.subgraphs[0]->outputs = {2, 3};
  schema::ModelT written = roundTrip(model);
  EXPECT_EQ(operatorOf(written, 0).inputs, (std::vector<int32_t>{0, 1, -1}));
  EXPECT_EQ(operatorOf(written, 1).inputs, (std::vector<int32_t>{0, 1}));
}

TEST(RoundTripTest, OperatorsOutOfOrder) {
  schema::ModelT model = makeAddModel();
  int32_t z = addTensor(model, {1, 4}, "z");
  addOperator(model, BuiltinOperator::RELU, {2}, {z});
  std::swap(model.subgraphs[0]->operators[0], model.subgraphs[0]->operators[1]);
  schema::ModelT written = roundTrip(model);
  EXPECT_EQ(operatorOf(written, 0).outputs, (std::vector<int32_t>{2}));
  EXPECT_EQ(operatorOf(written, 1).inputs, (std::vector<int32_t>{2}));
}

TEST(RoundTripTest, CustomOperators) {
  schema::ModelT model = makeAddModel();
  int32_t z = addTensor(model, {1, 4}, "z"), inner = addTensor(model, {0}, "inner"),
          state = addTensor(model, {3}, "state");
  model.subgraphs[0]->tensors[state]->is_variable = true;
  schema::OperatorT &op = addOperator(model, BuiltinOperator::CUSTOM, {2, state}, {z});
  op.custom_options = {1, 2, 0xff};
  op.mutating_variable_inputs = {false, true};
  op.intermediates = {inner, -1};
  op.debug_metadata_index = 5;
  op.custom_options_format = schema::CustomOptionsFormat(1);
  model.operator_codes.back()->custom_code = "Mystery";
  model.operator_codes.back()->version = 7;
  schema::ModelT written = roundTrip(model);
  EXPECT_TRUE(operatorOf(written, 1) == op);
  EXPECT_EQ(written.operator_codes.back()->custom_code, "Mystery");
  EXPECT_EQ(written.operator_codes.back()->version, 7);
  EXPECT_TRUE(tensorOf(written, state).is_variable);
  EXPECT_EQ(tensorOf(written, inner).name, "inner");
}

TEST(RoundTripTest, OptionsThatAreAbsentOrForeign) {
  schema::ModelT model = makeAddModel();
  int32_t z = addTensor(model, {1, 4}, "z"), u = addTensor(model, {1, 4}, "u");
  addOperator(model, BuiltinOperator::MUL, {0, 1}, {z});
  schema::SoftmaxOptionsT options;
  options.beta = 0.5f;
  addOperator(model, BuiltinOperator::SUB, {0, 1}, {u}).builtin_options.Set(std::move(options));
  schema::ModelT written = roundTrip(model);
  EXPECT_EQ(operatorOf(written, 1).builtin_options.type, schema::BuiltinOptions::NONE);
  ASSERT_EQ(operatorOf(written, 2).builtin_options.type, schema::BuiltinOptions::SoftmaxOptions);
  EXPECT_EQ(operatorOf(written, 2).builtin_options.AsSoftmaxOptions()->beta, 0.5f);
}

TEST(RoundTripTest, Quantization) {
  schema::ModelT model = makeAddModel();
  auto record = [&](size_t tensor) -> schema::QuantizationParametersT & {
    auto &record = model.subgraphs[0]->tensors[tensor]->quantization;
    if (!record)
      record = std::make_unique<schema::QuantizationParametersT>();
    return *record;
  };
  record(0).min = {-1.5f};
  record(0).max = {2.5f};
  int32_t w = addTensor(model, {2, 3}, "w", Element::INT8, std::vector<uint8_t>(6));
  record(w).scale = {0.1f, 0.3f, 0.7f};
  record(w).zero_point = {0, 0, 0};
  record(w).quantized_dimension = 1;
  int32_t a = addTensor(model, {2}, "a", Element::UINT8);
  record(a).scale = {0.1f};
  record(a).zero_point = {128};
  record(a).min = {-12.8f};
  int32_t b = addTensor(model, {2}, "b", Element::INT32, std::vector<uint8_t>(8));
  record(b).scale = {0.01f};
  record(b).zero_point = {0};
  schema::ModelT written = roundTrip(model);
  for (int32_t tensor : {0, w, a, b})
    EXPECT_TRUE(*tensorOf(written, tensor).quantization == *tensorOf(model, tensor).quantization) << tensor;
  MLIRContext context;
  std::string text = print(*importBytes(context, pack(model)));
  EXPECT_CONTAINS(text, "as tensor<2x3x!quant.uniform<i8:f32:1");
}

TEST(RoundTripTest, BlockwiseQuantization) {
  schema::ModelT model = makeAddModel();
  int32_t scales = addTensor(model, {2, 2}, "scales", Element::FLOAT16, {1, 2, 3, 4, 5, 6, 7, 8});
  int32_t w = addTensor(model, {2, 4}, "w", Element::INT4, {1, 2, 3, 4});
  auto record = std::make_unique<schema::QuantizationParametersT>();
  schema::BlockwiseQuantizationT details;
  details.scales = scales;
  details.zero_points = -1;
  details.block_size = 2;
  record->details.Set(std::move(details));
  model.subgraphs[0]->tensors[w]->quantization = std::move(record);
  schema::ModelT written = roundTrip(model);
  EXPECT_TRUE(*tensorOf(written, w).quantization == *tensorOf(model, w).quantization);
  EXPECT_EQ(dataOf(written, scales), dataOf(model, scales));

  // The scales survive although no operator reads them: the record holds them.
  MLIRContext context;
  OwningOpRef<ModuleOp> module = importBytes(context, pack(model));
  module->walk([&](ConstOp constant) {
    if (vernier::nn::getTensorAttr(constant.getOutput()).getName() == "scales")
      constant.erase();
  });
  written = unpack(exportBytes(*module));
  ASSERT_EQ(written.subgraphs[0]->tensors.size(), 5u);
  int32_t found = tensorOf(written, w).quantization->details.AsBlockwiseQuantization()->scales;
  EXPECT_EQ(dataOf(written, found), dataOf(model, scales));
}

TEST(RoundTripTest, SparseAndVariantTensors) {
  schema::ModelT model = makeAddModel();
  int32_t sparse = addTensor(model, {2, 3}, "sparse", Element::INT8, {7, 8});
  auto sparsity = std::make_unique<schema::SparsityParametersT>();
  sparsity->traversal_order = {0, 1};
  for (int i = 0; i < 2; ++i)
    sparsity->dim_metadata.push_back(std::make_unique<schema::DimensionMetadataT>());
  sparsity->dim_metadata[0]->dense_size = 2;
  sparsity->dim_metadata[1]->format = schema::DimensionType::SPARSE_CSR;
  schema::Uint16VectorT segments;
  segments.values = {0, 1, 2};
  sparsity->dim_metadata[1]->array_segments.Set(std::move(segments));
  schema::Uint8VectorT indices;
  indices.values = {2, 0};
  sparsity->dim_metadata[1]->array_indices.Set(std::move(indices));
  model.subgraphs[0]->tensors[sparse]->sparsity = std::move(sparsity);
  int32_t variant = addTensor(model, {}, "list", Element::VARIANT);
  model.subgraphs[0]->tensors[variant]->variant_tensors.push_back(std::make_unique<schema::VariantSubTypeT>());
  model.subgraphs[0]->tensors[variant]->variant_tensors[0]->shape = {-1, 8};
  schema::ModelT written = roundTrip(model);
  EXPECT_TRUE(*tensorOf(written, sparse).sparsity == *tensorOf(model, sparse).sparsity);
  EXPECT_EQ(dataOf(written, sparse), dataOf(model, sparse));
  ASSERT_EQ(tensorOf(written, variant).variant_tensors.size(), 1u);
  EXPECT_TRUE(*tensorOf(written, variant).variant_tensors[0] == *tensorOf(model, variant).variant_tensors[0]);
}

TEST(RoundTripTest, InputsWithData) {
  schema::ModelT model = makeAddModel();
  model.subgraphs[0]->inputs = {0, 1};
  EXPECT_EQ(dataOf(roundTrip(model), 1), std::vector<uint8_t>(16, 1));
}

TEST(RoundTripTest, SubGraphsAndControlFlow) {
  schema::ModelT model = makeAddModel();
  for (int graph = 1; graph < 3; ++graph) {
    model.subgraphs.push_back(std::make_unique<schema::SubGraphT>());
    model.subgraphs[graph]->name = "branch"; // twice
    addTensor(model, {1, 4}, "in", Element::FLOAT32, {}, graph);
    addTensor(model, {1, 4}, "out", Element::FLOAT32, {}, graph);
    addOperator(model, BuiltinOperator::NEG, {0}, {1}, graph);
    model.subgraphs[graph]->inputs = {0};
    model.subgraphs[graph]->outputs = {1};
  }
  int32_t condition = addTensor(model, {1}, "condition", Element::BOOL), z = addTensor(model, {1, 4}, "z");
  model.subgraphs[0]->inputs = {0, condition};
  schema::IfOptionsT options;
  options.then_subgraph_index = 2;
  options.else_subgraph_index = 1;
  addOperator(model, BuiltinOperator::IF, {condition, 2}, {z}).builtin_options.Set(std::move(options));
  schema::StablehloCaseOptionsT branches;
  branches.branch_subgraph_indices = {1, 2, 1};
  int32_t u = addTensor(model, {1, 4}, "u");
  addOperator(model, BuiltinOperator::STABLEHLO_CASE, {condition, 2}, {u}).builtin_options_2.Set(std::move(branches));
  schema::ModelT written = roundTrip(model);
  ASSERT_EQ(written.subgraphs.size(), 3u);
  EXPECT_TRUE(operatorOf(written, 1).builtin_options == operatorOf(model, 1).builtin_options);
  EXPECT_TRUE(operatorOf(written, 2).builtin_options_2 == operatorOf(model, 2).builtin_options_2);
  EXPECT_EQ(written.subgraphs[1]->name, "branch");
  EXPECT_EQ(written.subgraphs[2]->name, "branch");
}

TEST(RoundTripTest, DescriptionSignaturesAndMetadata) {
  schema::ModelT model = makeAddModel();
  model.description = "a test";
  for (const char *key : {"serve", "train"}) {
    auto signature = std::make_unique<schema::SignatureDefT>();
    signature->signature_key = key;
    for (auto *list : {&signature->inputs, &signature->outputs}) {
      list->push_back(std::make_unique<schema::TensorMapT>());
      list->back()->name = "t";
      list->back()->tensor_index = list == &signature->inputs ? 0 : 1;
    }
    model.signature_defs.push_back(std::move(signature));
  }
  model.metadata.push_back(std::make_unique<schema::MetadataT>());
  model.metadata[0]->name = "notes";
  model.metadata[0]->buffer = model.buffers.size();
  model.buffers.push_back(std::make_unique<schema::BufferT>());
  model.buffers.back()->data = {'o', 'k'};
  model.metadata_buffer = {2};
  schema::ModelT written = roundTrip(model);
  EXPECT_EQ(written.description, "a test");
  ASSERT_EQ(written.signature_defs.size(), 2u);
  for (size_t i = 0; i < 2; ++i)
    EXPECT_TRUE(*written.signature_defs[i] == *model.signature_defs[i]);
  ASSERT_EQ(written.metadata.size(), 1u);
  EXPECT_EQ(written.buffers[written.metadata[0]->buffer]->data, (std::vector<uint8_t>{'o', 'k'}));
  ASSERT_EQ(written.metadata_buffer.size(), 1u);
  EXPECT_EQ(written.buffers[written.metadata_buffer[0]]->data, (std::vector<uint8_t>{'o', 'k'}));
}

TEST(RoundTripTest, BytesBehindTheModel) {
  std::string bytes = pack(makeAddModel()) + "PK\5\6 a zip for people";
  EXPECT_TRUE(StringRef(roundTripBytes(bytes)).ends_with("PK\5\6 a zip for people"));
}

TEST(RoundTripTest, DataBehindTheFlatBuffer) {
  schema::ModelT model = makeAddModel();
  model.buffers[1]->data.clear();
  model.buffers[1]->offset = 2;
  model.buffers[1]->size = 16;
  std::string flat = pack(model);
  flat.resize((flat.size() + 15) / 16 * 16);
  model.buffers[1]->offset = flat.size();
  std::string padded = pack(model);
  padded.resize(flat.size());
  std::string written = roundTripBytes(padded + "sixteen bytes !!" + "tail");
  const schema::Buffer &buffer = *schema::GetModel(written.data())->buffers()->Get(1);
  EXPECT_EQ(buffer.data(), nullptr);
  EXPECT_EQ(buffer.offset() % 16, 0u);
  EXPECT_EQ(written.substr(buffer.offset(), buffer.size()), "sixteen bytes !!");
  EXPECT_TRUE(StringRef(written).ends_with("tail"));
  EXPECT_EQ(getReaderError(written), "");
}

TEST(RoundTripTest, CustomOptionsBehindTheFlatBuffer) {
  schema::ModelT model = makeAddModel();
  schema::OperatorT &op = addOperator(model, BuiltinOperator::CUSTOM, {0}, {addTensor(model, {1, 4}, "z")});
  model.operator_codes.back()->custom_code = "Mine";
  op.large_custom_options_offset = 2;
  op.large_custom_options_size = 16;
  std::string flat = pack(model);
  flat.resize((flat.size() + 15) / 16 * 16);
  op.large_custom_options_offset = flat.size();
  std::string padded = pack(model);
  padded.resize(flat.size());
  std::string written = roundTripBytes(padded + "sixteen bytes !!");
  const schema::Operator &again = *schema::GetModel(written.data())->subgraphs()->Get(0)->operators()->Get(1);
  EXPECT_EQ(again.custom_options(), nullptr);
  EXPECT_EQ(written.substr(again.large_custom_options_offset(), again.large_custom_options_size()), "sixteen bytes !!");
  EXPECT_EQ(getReaderError(written), "");
}

TEST(RoundTripTest, OperatorCodesAbove127) {
  schema::ModelT model = makeAddModel();
  int32_t z = addTensor(model, {1, 4}, "z");
  addOperator(model, BuiltinOperator::GELU, {2}, {z});
  schema::ModelT written = roundTrip(model);
  EXPECT_EQ(written.operator_codes.back()->builtin_code, BuiltinOperator::GELU);
  EXPECT_EQ(written.operator_codes.back()->deprecated_builtin_code, 127);
  // Files older than schema version 3a have the byte only.
  model = makeAddModel();
  model.operator_codes[0]->builtin_code = BuiltinOperator::ADD;
  model.operator_codes[0]->deprecated_builtin_code = int8_t(BuiltinOperator::SUB);
  EXPECT_EQ(roundTrip(model).operator_codes[0]->builtin_code, BuiltinOperator::SUB);
}

// Modules that did not come from a file.

std::string exportText(StringRef text, std::string *messages = nullptr) {
  MLIRContext context;
  importBytes(context, pack(makeEmptyModel()));
  OwningOpRef<ModuleOp> module = parseSourceString<ModuleOp>(text, &context);
  EXPECT_TRUE(module);
  return module ? exportBytes(*module, messages) : "";
}

TEST(ExportTest, BiasScaleIsTheProduct) {
  schema::ModelT model = unpack(exportText(R"(
    func.func @main(%x: tensor<1x2x!quant.uniform<i8:f32, 0.5:3>>) -> tensor<1x2x!quant.uniform<i8:f32, 1.0>> {
      %w = nn.const dense<1> : tensor<2x2xi8> as tensor<2x2x!quant.uniform<i8<-127:127>:f32:0, {0.25,0.75}>>
      %b = nn.const dense<7> : tensor<2xi32>
      %y = nn.fully_connected %x, %w, %b : (tensor<1x2x!quant.uniform<i8:f32, 0.5:3>>,
          tensor<2x2x!quant.uniform<i8<-127:127>:f32:0, {0.25,0.75}>>, tensor<2xi32>)
          -> tensor<1x2x!quant.uniform<i8:f32, 1.0>>
      return %y : tensor<1x2x!quant.uniform<i8:f32, 1.0>>
    })"));
  const schema::QuantizationParametersT &bias = *tensorOf(model, 2).quantization;
  EXPECT_EQ(bias.scale, (std::vector<float>{0.125f, 0.375f}));
  EXPECT_EQ(bias.zero_point, (std::vector<int64_t>{0, 0}));
  EXPECT_EQ(bias.quantized_dimension, 0);
  EXPECT_EQ(tensorOf(model, 0).quantization->zero_point, (std::vector<int64_t>{3}));
}

// What repeats is written once: names, shapes, zero points, quantization records, small constants, options.
TEST(ExportTest, EqualPartsAreShared) {
  std::string bytes = exportText(R"(
    !w = !quant.uniform<i8<-127:127>:f32:0, {0.25,0.75}>
    func.func @main(%x: tensor<1x2x!quant.uniform<i8:f32, 1.0>>) -> tensor<1x2x!quant.uniform<i8:f32, 1.0>> {
      %w = nn.const dense<1> : tensor<2x2xi8> as tensor<2x2x!w> {nn.tensors = [#nn.tensor<name = "w">]}
      %b = nn.const dense<7> : tensor<2xi32>
      %c = nn.const dense<7> : tensor<2xi32> {nn.tensors = [#nn.tensor<name = "w">]}
      %y = nn.fully_connected %x, %w, %b : (tensor<1x2x!quant.uniform<i8:f32, 1.0>>, tensor<2x2x!w>, tensor<2xi32>)
          -> tensor<1x2x!quant.uniform<i8:f32, 1.0>>
      %z = nn.fully_connected %y, %w, %c : (tensor<1x2x!quant.uniform<i8:f32, 1.0>>, tensor<2x2x!w>, tensor<2xi32>)
          -> tensor<1x2x!quant.uniform<i8:f32, 1.0>>
      return %z : tensor<1x2x!quant.uniform<i8:f32, 1.0>>
    })");
  EXPECT_EQ(getReaderError(bytes), "");
  const schema::SubGraph &graph = *schema::GetModel(bytes.data())->subgraphs()->Get(0);
  auto tensor = [&](unsigned index) { return graph.tensors()->Get(index); };
  constexpr unsigned x = 0, w = 1, b = 2, c = 3, y = 4;
  EXPECT_EQ(tensor(x)->shape(), tensor(y)->shape());
  EXPECT_EQ(tensor(x)->quantization(), tensor(y)->quantization());
  EXPECT_NE(tensor(w)->quantization()->scale(), tensor(x)->quantization()->scale());
  EXPECT_EQ(tensor(w)->quantization()->zero_point(), tensor(b)->quantization()->zero_point());
  EXPECT_EQ(tensor(b)->buffer(), tensor(c)->buffer());
  EXPECT_EQ(tensor(w)->name(), tensor(c)->name());
  EXPECT_EQ(graph.operators()->Get(0)->builtin_options(), graph.operators()->Get(1)->builtin_options());
}

TEST(ExportTest, NewOperatorsGetVersionsAndARuntime) {
  schema::ModelT model = unpack(exportText(R"(
    func.func @main(%x: tensor<2x!quant.uniform<i8:f32, 0.5>>) -> tensor<2x!quant.uniform<i8:f32, 0.00390625:-128>> {
      %y = nn.logistic %x : (tensor<2x!quant.uniform<i8:f32, 0.5>>) -> tensor<2x!quant.uniform<i8:f32, 0.00390625:-128>>
      return %y : tensor<2x!quant.uniform<i8:f32, 0.00390625:-128>>
    })"));
  EXPECT_EQ(model.operator_codes[0]->version, 2);
  ASSERT_EQ(model.metadata.size(), 1u);
  EXPECT_EQ(model.metadata[0]->name, "min_runtime_version");
  std::vector<uint8_t> expected = {'1', '.', '1', '4', '.', '0'};
  expected.resize(16);
  EXPECT_EQ(model.buffers[model.metadata[0]->buffer]->data, expected);
}

TEST(ExportTest, OneCodeInTheLargestVersion) {
  schema::ModelT model = unpack(exportText(R"(
    func.func @main(%x: tensor<2x!quant.uniform<i8:f32, 0.5>>, %f: tensor<2xf32>) -> tensor<2xf32> {
      %y = nn.dequantize %x {nn.version = 1 : i32} : (tensor<2x!quant.uniform<i8:f32, 0.5>>) -> tensor<2xf32>
      %z = nn.add %f, %y {nn.version = 1 : i32} : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
      %u = nn.add %z, %y {nn.version = 4 : i32} : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
      return %u : tensor<2xf32>
    })"));
  ASSERT_EQ(model.operator_codes.size(), 2u);
  EXPECT_EQ(model.operator_codes[0]->version, 2) << "int8 input";
  EXPECT_EQ(model.operator_codes[1]->version, 4) << "the most that any instance asks for";
}

TEST(ExportTest, AnOldVersionStaysUntilTheOperatorChanges) {
  schema::ModelT model = makeAddModel();
  for (auto &tensor : model.subgraphs[0]->tensors)
    tensor->type = Element::INT8;
  model.buffers[1]->data.resize(4);
  EXPECT_EQ(roundTrip(model).operator_codes[0]->version, 1) << "the file's own, although int8 is version 2";
}

TEST(ExportTest, WhatTheFormatCannotHold) {
  std::string messages;
  exportText("func.func @main(%x: tensor<2xf32>) -> tensor<2xf32> {\n"
             "  %y = func.call @main(%x) : (tensor<2xf32>) -> tensor<2xf32>\n  return %y : tensor<2xf32>\n}",
             &messages);
  EXPECT_CONTAINS(messages, "holds operators of the nn dialect only");
  exportText("func.func @main(%x: tensor<2xi7>) -> tensor<2xi7> {\n  return %x : tensor<2xi7>\n}", &messages);
  EXPECT_CONTAINS(messages, "a .tflite file has no element type for 'tensor<2xi7>'");
  exportText("func.func @main(%x: tensor<2xf32>) {\n  nn.generic \"NOT_AN_OPERATOR\" (%x) : (tensor<2xf32>) -> ()\n  "
             "return\n}",
             &messages);
  EXPECT_CONTAINS(messages, "no builtin operator 'NOT_AN_OPERATOR'");
  exportText("func.func @main(%x: tensor<2xf32>) {\n"
             "  nn.generic \"CUMSUM\" (%x) {options = {exclusiv = true}} : (tensor<2xf32>) -> ()\n  return\n}",
             &messages);
  EXPECT_CONTAINS(messages, "CumsumOptions has no field 'exclusiv'");
  exportText("func.func @main(%x: tensor<2xf32>) {\n"
             "  nn.generic \"CUMSUM\" (%x) {options = {exclusive = 1 : i32}} : (tensor<2xf32>) -> ()\n  return\n}",
             &messages);
  EXPECT_CONTAINS(messages, "cannot write option 'exclusive'");
  exportText("func.func @main(%x: tensor<2xf32>) {\n"
             "  nn.generic \"CALL_ONCE\" () {options = {init_subgraph_index = @gone}} : () -> ()\n  return\n}",
             &messages);
  EXPECT_CONTAINS(messages, "calls @gone, but the module has no such function");
}

TEST(ExportTest, ElidedWeights) {
  MLIRContext context;
  importBytes(context, pack(makeEmptyModel()));
  std::string messages;
  ScopedDiagnosticHandler handler(&context, [&](Diagnostic &diagnostic) {
    messages += diagnostic.str();
    return success();
  });
  EXPECT_FALSE(parseSourceString<ModuleOp>(
      "func.func @main() -> tensor<2xf32> {\n  %0 = nn.const dense_resource<__elided__> : tensor<2xf32>\n"
      "  return %0 : tensor<2xf32>\n}",
      &context));
  EXPECT_CONTAINS(messages, "text with elided weights cannot be used, write bytecode");
  exportText("module attributes {nn.metadata = [{name = \"m\", value = dense_resource<__elided__> : tensor<2xi8>}]} {\n"
             "func.func @main() {\n  return\n}\n}",
             &messages);
  EXPECT_CONTAINS(messages, "metadata 'm' has no data to write; text with elided weights cannot be used");
}

} // namespace
