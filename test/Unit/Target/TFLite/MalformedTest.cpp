//===- MalformedTest.cpp - Damaged and hostile files ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One file for each class of damage that TFLite readers have fallen for: the advisories of TensorFlow Lite, and what a
// fuzzer finds first. Each starts from a good model, breaks one thing, and must get an error that says where.

#include "TestModels.h"
#include <cmath>

using namespace mlir;

using namespace mlir::vernier::test;
using schema::BuiltinOperator;
using Element = schema::TensorType;

namespace {

/// The reader's error for the model that `change` makes of `makeAddModel()`.
template <typename Change> std::string errorAfter(Change change) {
  schema::ModelT model = makeAddModel();
  change(model);
  return getReaderError(pack(model));
}

schema::TensorT &tensorOf(schema::ModelT &model, size_t index) { return *model.subgraphs[0]->tensors[index]; }
schema::OperatorT &operatorOf(schema::ModelT &model) { return *model.subgraphs[0]->operators[0]; }

TEST(MalformedTest, TheModelIsGoodBeforeItIsBroken) {
  EXPECT_EQ(errorAfter([](schema::ModelT &) {}), "");
}

// Root or vtable outside the file.

TEST(MalformedTest, TruncatedAnywhere) {
  std::string bytes = pack(makeAddModel());
  for (size_t size = 0; size < bytes.size(); ++size)
    EXPECT_NE(getReaderError(bytes.substr(0, size)), "") << size;
}

TEST(MalformedTest, EightBytes) {
  EXPECT_CONTAINS(getReaderError(std::string("\x08\0\0\0TFL3", 8)), "damaged or truncated");
}

TEST(MalformedTest, RootOutside) {
  std::string bytes = pack(makeAddModel());
  bytes.replace(0, 4, "\xf0\xff\xff\x7f");
  EXPECT_CONTAINS(getReaderError(bytes), "damaged or truncated");
}

TEST(MalformedTest, OtherFile) {
  EXPECT_CONTAINS(getReaderError("GIF89a, a picture"), "expected a .tflite file, whose bytes 4 to 7 are 'TFL3'");
}

TEST(MalformedTest, AnyByteMayChange) {
  // No assertion but that nothing crashes: the address sanitizer listens.
  std::string bytes = pack(makeAddModel());
  for (size_t at = 0; at < bytes.size(); ++at)
    for (char value : {'\0', '\1', '\x7f', '\xff'}) {
      std::string broken = bytes;
      broken[at] = value;
      if (!getReaderError(broken).empty())
        continue;
      MLIRContext context(MLIRContext::Threading::DISABLED);
      std::string messages;
      if (OwningOpRef<ModuleOp> module = importBytes(context, broken, &messages))
        exportBytes(*module, &messages);
    }
}

// Numbers that lead nowhere.

TEST(MalformedTest, SchemaVersion) {
  EXPECT_EQ(errorAfter([](schema::ModelT &model) { model.version = 4; }),
            "test.tflite: expected a model of schema version 3, got version 4");
}

TEST(MalformedTest, NoSubGraph) {
  EXPECT_CONTAINS(errorAfter([](schema::ModelT &model) { model.subgraphs.clear(); }), "at least one subgraph");
}

TEST(MalformedTest, TensorIndex) {
  EXPECT_EQ(errorAfter([](schema::ModelT &model) { operatorOf(model).inputs = {0, 7}; }),
            "test.tflite: subgraph 0 'main': operator 0 (ADD): expected operand tensors in -1 to 2, got 7");
  EXPECT_CONTAINS(errorAfter([](schema::ModelT &model) { operatorOf(model).inputs = {0, -2}; }), "got -2");
  EXPECT_CONTAINS(errorAfter([](schema::ModelT &model) { operatorOf(model).outputs = {-1}; }), "got -1");
  EXPECT_CONTAINS(errorAfter([](schema::ModelT &model) { operatorOf(model).intermediates = {99}; }), "got 99");
  EXPECT_CONTAINS(errorAfter([](schema::ModelT &model) { model.subgraphs[0]->inputs = {3}; }), "input tensors");
  EXPECT_CONTAINS(errorAfter([](schema::ModelT &model) { model.subgraphs[0]->outputs = {-1}; }), "output tensors");
}

TEST(MalformedTest, BufferIndex) {
  EXPECT_EQ(errorAfter([](schema::ModelT &model) { tensorOf(model, 1).buffer = 1000; }),
            "test.tflite: subgraph 0 'main': tensor 1 'c': expected one of 2 buffers, got buffer 1000");
  EXPECT_CONTAINS(errorAfter([](schema::ModelT &model) { model.metadata_buffer = {-5}; }), "got buffer -5");
}

TEST(MalformedTest, OperatorCode) {
  EXPECT_CONTAINS(errorAfter([](schema::ModelT &model) { operatorOf(model).opcode_index = 3; }),
                  "operator 0 (unknown operator): expected one of 1 operator codes, got code 3");
  EXPECT_CONTAINS(
      errorAfter([](schema::ModelT &model) { model.operator_codes[0]->builtin_code = BuiltinOperator(5000); }),
      "knows, got number 5000");
  EXPECT_CONTAINS(errorAfter([](schema::ModelT &model) {
                    model.operator_codes[0]->builtin_code = BuiltinOperator(-7);
                    model.operator_codes[0]->deprecated_builtin_code = -3;
                  }),
                  "got number -3");
}

TEST(MalformedTest, ElementType) {
  EXPECT_CONTAINS(errorAfter([](schema::ModelT &model) { tensorOf(model, 0).type = Element(99); }),
                  "tensor 0 'x': expected an element type that this version of Vernier knows, got number 99");
}

TEST(MalformedTest, SignatureIndices) {
  auto withSignature = [](uint32_t graph, uint32_t tensor) {
    return errorAfter([&](schema::ModelT &model) {
      model.signature_defs.push_back(std::make_unique<schema::SignatureDefT>());
      model.signature_defs[0]->signature_key = "serve";
      model.signature_defs[0]->subgraph_index = graph;
      model.signature_defs[0]->inputs.push_back(std::make_unique<schema::TensorMapT>());
      model.signature_defs[0]->inputs[0]->tensor_index = tensor;
    });
  };
  EXPECT_EQ(withSignature(0, 0), "");
  EXPECT_CONTAINS(withSignature(3, 0), "signature 'serve' to name one of 1 subgraphs, got 3");
  EXPECT_CONTAINS(withSignature(0, 8), "one of 3 tensors, got 8");
}

// Shapes and sizes.

TEST(MalformedTest, DataOfAnotherSize) {
  EXPECT_EQ(errorAfter([](schema::ModelT &model) { model.buffers[1]->data.resize(12); }),
            "test.tflite: subgraph 0 'main': tensor 1 'c': expected 16 bytes of data for 1x4xFLOAT32, got 12");
}

TEST(MalformedTest, PackedDataOfAnotherSize) {
  auto withBytes = [](size_t bytes) {
    schema::ModelT model = makeAddModel();
    addTensor(model, {5}, "packed", Element::INT4, std::vector<uint8_t>(bytes));
    return getReaderError(pack(model));
  };
  EXPECT_EQ(withBytes(3), "");
  EXPECT_CONTAINS(withBytes(2), "expected 3 bytes of data for 5xINT4, got 2");
}

TEST(MalformedTest, SizeOverflow) {
  EXPECT_CONTAINS(errorAfter([](schema::ModelT &model) { tensorOf(model, 2).shape = {65536, 65536, 65536, 65536}; }),
                  "expected a size that can be addressed");
}

TEST(MalformedTest, SignatureSizeOverflow) {
  EXPECT_CONTAINS(errorAfter([](schema::ModelT &model) {
                    tensorOf(model, 2).shape = {1, 1, 1, 1};
                    tensorOf(model, 2).shape_signature = {-1, 65536, 1 << 30, 1 << 30};
                  }),
                  "expected a shape signature whose size can be addressed, got 1x65536x1073741824x1073741824xFLOAT32");
}

TEST(MalformedTest, NegativeDimension) {
  EXPECT_CONTAINS(errorAfter([](schema::ModelT &model) { tensorOf(model, 2).shape = {1, -4}; }),
                  "expected non-negative dimensions, got -4 as dimension 1");
  EXPECT_CONTAINS(errorAfter([](schema::ModelT &model) { tensorOf(model, 2).shape_signature = {-1, -2}; }),
                  "dimensions of -1 or more, got -2");
}

TEST(MalformedTest, SignatureRank) {
  EXPECT_CONTAINS(errorAfter([](schema::ModelT &model) { tensorOf(model, 2).shape_signature = {-1}; }),
                  "expected a shape signature of the shape's rank 2, got rank 1");
}

TEST(MalformedTest, StringTable) {
  auto withData = [](std::vector<int32_t> words) {
    schema::ModelT model = makeAddModel();
    std::vector<uint8_t> data(words.size() * 4);
    memcpy(data.data(), words.data(), data.size());
    addTensor(model, {1}, "text", Element::STRING, data);
    return getReaderError(pack(model));
  };
  EXPECT_EQ(withData({1, 12, 16, 0x61616161}), "");
  EXPECT_CONTAINS(withData({1000, 12, 16}), "offsets of 1000 strings");
  EXPECT_CONTAINS(withData({-1, 12, 16}), "offsets of 4294967295 strings");
  EXPECT_CONTAINS(withData({1, 12, 99}), "string offset 1 between 12 and 12, got 99");
}

// Who computes what.

TEST(MalformedTest, TwoProducers) {
  EXPECT_CONTAINS(errorAfter([](schema::ModelT &model) { addOperator(model, BuiltinOperator::RELU, {0}, {2}); }),
                  "operator 1 (RELU): tensor 2 'y': expected each tensor to be computed once, but this one is also "
                  "the result of operator 0");
  EXPECT_CONTAINS(errorAfter([](schema::ModelT &model) { operatorOf(model).outputs = {1}; }), "also a constant");
  EXPECT_CONTAINS(errorAfter([](schema::ModelT &model) { operatorOf(model).outputs = {0}; }),
                  "also an input of the subgraph");
  EXPECT_CONTAINS(errorAfter([](schema::ModelT &model) { model.subgraphs[0]->inputs = {0, 0}; }),
                  "also an input of the subgraph");
}

TEST(MalformedTest, OperatorsInACircle) {
  EXPECT_CONTAINS(errorAfter([](schema::ModelT &model) {
                    int32_t z = addTensor(model, {1, 4}, "z");
                    operatorOf(model).inputs = {0, z};
                    addOperator(model, BuiltinOperator::RELU, {2}, {z});
                  }),
                  "waits for a result that depends on its own");
}

TEST(MalformedTest, SubGraphsInACircle) {
  auto withCallee = [](int32_t callee) {
    schema::ModelT model = makeAddModel();
    schema::WhileOptionsT options;
    options.cond_subgraph_index = options.body_subgraph_index = callee;
    int32_t z = addTensor(model, {1, 4}, "z");
    addOperator(model, BuiltinOperator::WHILE, {2}, {z}).builtin_options.Set(std::move(options));
    return getReaderError(pack(model));
  };
  EXPECT_CONTAINS(withCallee(0), "subgraph 0 'main': expected no subgraph to call itself");
  EXPECT_CONTAINS(withCallee(5), "operator 1 (WHILE): expected body_subgraph_index to name one of 1 subgraphs, got 5");
  EXPECT_CONTAINS(withCallee(-1), "got -1");
}

TEST(MalformedTest, VariableWithData) {
  EXPECT_CONTAINS(errorAfter([](schema::ModelT &model) { tensorOf(model, 1).is_variable = true; }),
                  "expected a variable tensor without data, got 16 bytes");
}

// Sparse tensors.

/// The reader's error for a sparse 2x3 tensor with one compressed dimension, whose lists are as given.
std::string errorOfSparse(std::vector<int32_t> segments, std::vector<uint8_t> indices,
                          std::vector<int32_t> order = {0, 1}, std::vector<int32_t> blocks = {}) {
  schema::ModelT model = makeAddModel();
  int32_t index = addTensor(model, {2, 3}, "sparse", Element::INT8, std::vector<uint8_t>(2, 1));
  auto sparsity = std::make_unique<schema::SparsityParametersT>();
  sparsity->traversal_order = std::move(order);
  sparsity->block_map = std::move(blocks);
  for (int i = 0; i < 2; ++i)
    sparsity->dim_metadata.push_back(std::make_unique<schema::DimensionMetadataT>());
  sparsity->dim_metadata[0]->dense_size = 2;
  sparsity->dim_metadata[1]->format = schema::DimensionType::SPARSE_CSR;
  schema::Int32VectorT segmentList;
  segmentList.values = std::move(segments);
  sparsity->dim_metadata[1]->array_segments.Set(std::move(segmentList));
  schema::Uint8VectorT indexList;
  indexList.values = std::move(indices);
  sparsity->dim_metadata[1]->array_indices.Set(std::move(indexList));
  model.subgraphs[0]->tensors[index]->sparsity = std::move(sparsity);
  return getReaderError(pack(model));
}

TEST(MalformedTest, SparseLists) {
  EXPECT_EQ(errorOfSparse({0, 1, 2}, {2, 0}), "");
  EXPECT_CONTAINS(errorOfSparse({0, 1, 2}, {2, 3}), "rising indices below 3 in compressed dimension 1, got 3");
  EXPECT_CONTAINS(errorOfSparse({0, 2, 2}, {1, 1}), "rising indices");
  EXPECT_CONTAINS(errorOfSparse({0, 9, 2}, {2, 0}), "rising segments");
  EXPECT_CONTAINS(errorOfSparse({0, -1, 2}, {2, 0}), "rising segments");
  EXPECT_CONTAINS(errorOfSparse({0, 2}, {2, 0}), "the 2 segments");
  EXPECT_CONTAINS(errorOfSparse({0, 1, 1000}, {2, 0}), "to cover its 2 indices");
  EXPECT_CONTAINS(errorOfSparse({}, {}), "segments");
  EXPECT_CONTAINS(errorOfSparse({0, 1, 1}, {2}), "expected 1 stored elements of type INT8");
  EXPECT_CONTAINS(errorOfSparse({0, 1, 2}, {2, 0}, {0, 0}), "list each dimension once");
  EXPECT_CONTAINS(errorOfSparse({0, 1, 2}, {2, 0}, {0, 7}), "list each dimension once");
  EXPECT_CONTAINS(errorOfSparse({0, 1, 2}, {2, 0}, {0, 1}, {1}), "to traverse 3 dimensions");
}

// Data behind the flatbuffer and in other files.

TEST(MalformedTest, DataOutside) {
  auto withPlace = [](uint64_t offset, uint64_t size) {
    return errorAfter([&](schema::ModelT &model) {
      model.buffers[1]->data.clear();
      model.buffers[1]->offset = offset;
      model.buffers[1]->size = size;
    });
  };
  EXPECT_CONTAINS(withPlace(uint64_t(1) << 40, 16), "expected buffer 1 to lie within the file's");
  EXPECT_CONTAINS(withPlace(8, UINT64_MAX), "expected buffer 1 to lie within the file's");
  EXPECT_CONTAINS(errorAfter([](schema::ModelT &model) {
                    operatorOf(model).large_custom_options_offset = UINT64_MAX - 4;
                    operatorOf(model).large_custom_options_size = 16;
                  }),
                  "expected custom options within the file's");
}

TEST(MalformedTest, DataOutsideManyTimes) {
  // Each operator would copy the same bytes.
  auto withUses = [](unsigned uses) {
    schema::ModelT model = makeAddModel();
    for (unsigned i = 0; i < uses; ++i) {
      schema::OperatorT &op = addOperator(model, BuiltinOperator::ABS, {0}, {addTensor(model, {1, 4}, "")});
      op.large_custom_options_offset = 16;
      op.large_custom_options_size = 1 << 20;
    }
    return getReaderError(pack(model) + std::string(1 << 20, 'x'));
  };
  EXPECT_EQ(withUses(2), "");
  EXPECT_CONTAINS(withUses(100), "test.tflite: the file refers to the same data behind its flatbuffer so often");
}

TEST(MalformedTest, DataInAnotherFile) {
  EXPECT_CONTAINS(errorAfter([](schema::ModelT &model) {
                    model.external_buffer_groups.push_back(std::make_unique<schema::ExternalBufferGroupT>());
                    model.external_buffer_groups[0]->name = "../../etc/passwd";
                    model.external_buffers.push_back(std::make_unique<schema::ExternalBufferT>());
                  }),
                  "refers to 1 parts of other files ('../../etc/passwd'), which is not supported");
}

TEST(MalformedTest, ScalesInATensorThatIsNone) {
  EXPECT_CONTAINS(errorAfter([](schema::ModelT &model) {
                    auto record = std::make_unique<schema::QuantizationParametersT>();
                    schema::BlockwiseQuantizationT details;
                    details.scales = 12;
                    record->details.Set(std::move(details));
                    tensorOf(model, 1).quantization = std::move(record);
                  }),
                  "tensor 1 'c': expected one of 3 tensors for its scales, got 12");
}

// What would be lost, and what would exhaust memory.

TEST(MalformedTest, FieldsOfTheFuture) {
  flatbuffers::FlatBufferBuilder builder;
  auto start = builder.StartTable();
  constexpr flatbuffers::voffset_t kEleventhField = 4 + 2 * 11;
  builder.AddElement<int32_t>(kEleventhField, 5, 0);
  builder.AddElement<uint32_t>(schema::Model::VT_VERSION, 3, 0);
  schema::FinishModelBuffer(builder, flatbuffers::Offset<schema::Model>(builder.EndTable(start)));
  std::string bytes(reinterpret_cast<const char *>(builder.GetBufferPointer()), builder.GetSize());
  EXPECT_CONTAINS(getReaderError(bytes), "Model has a field number 11 that is newer than this version");
}

TEST(MalformedTest, OneVectorInManyTables) {
  // 2000 tensors share a shape of 100000 dimensions: 400 kB in the file, 800 MB once it is read.
  flatbuffers::FlatBufferBuilder builder;
  auto shape = builder.CreateVector(std::vector<int32_t>(100000, 1));
  std::vector<flatbuffers::Offset<schema::Tensor>> tensors;
  for (int i = 0; i < 2000; ++i)
    tensors.push_back(schema::CreateTensor(builder, shape));
  auto graph = schema::CreateSubGraph(builder, builder.CreateVector(tensors));
  auto graphs = builder.CreateVector(std::vector<flatbuffers::Offset<schema::SubGraph>>{graph});
  schema::FinishModelBuffer(builder, schema::CreateModel(builder, 3, 0, graphs));
  std::string bytes(reinterpret_cast<const char *>(builder.GetBufferPointer()), builder.GetSize());
  EXPECT_CONTAINS(getReaderError(bytes), "refer to the same data so often");
}

TEST(MalformedTest, OneTableInManyTables) {
  flatbuffers::FlatBufferBuilder builder;
  auto tensor = schema::CreateTensor(builder);
  auto tensors = builder.CreateVector(std::vector<flatbuffers::Offset<schema::Tensor>>(30000, tensor));
  auto graph = schema::CreateSubGraph(builder, tensors);
  auto graphs = builder.CreateVector(std::vector<flatbuffers::Offset<schema::SubGraph>>(30000, graph));
  schema::FinishModelBuffer(builder, schema::CreateModel(builder, 3, 0, graphs));
  std::string bytes(reinterpret_cast<const char *>(builder.GetBufferPointer()), builder.GetSize());
  EXPECT_CONTAINS(getReaderError(bytes), "damaged");
}

// What the reader cannot know: options. The dialect's verifiers do.

/// The import's diagnostics for an operator with one input of rank 4 and the given options.
template <typename Options> std::string importErrorOf(BuiltinOperator code, Options options) {
  schema::ModelT model = makeEmptyModel();
  addTensor(model, {1, 4, 4, 4}, "x");
  addTensor(model, {1, 4, 4, 4}, "w", Element::FLOAT32, std::vector<uint8_t>(256));
  addTensor(model, {1, 4, 4, 1}, "y");
  std::vector<int32_t> inputs = code == BuiltinOperator::CONV_2D ? std::vector<int32_t>{0, 1} : std::vector<int32_t>{0};
  addOperator(model, code, inputs, {2}).builtin_options.Set(std::move(options));
  model.subgraphs[0]->inputs = {0};
  model.subgraphs[0]->outputs = {2};
  MLIRContext context;
  std::string messages;
  EXPECT_FALSE(importBytes(context, pack(model), &messages));
  return messages;
}

TEST(MalformedTest, DivisionByZero) {
  std::string message = importErrorOf(BuiltinOperator::CONV_2D, schema::Conv2DOptionsT());
  EXPECT_CONTAINS(message, "expected positive strides, got [0, 0]");
  EXPECT_CONTAINS(message, "test.tflite: subgraph 0 'main': operator 0 (CONV_2D)");
  EXPECT_CONTAINS(importErrorOf(BuiltinOperator::MAX_POOL_2D, schema::Pool2DOptionsT()), "expected positive");
  EXPECT_CONTAINS(importErrorOf(BuiltinOperator::SPACE_TO_DEPTH, schema::SpaceToDepthOptionsT()),
                  "expected a positive block size, got 0");
}

TEST(MalformedTest, OptionWithoutAName) {
  schema::Conv2DOptionsT options;
  options.padding = schema::Padding(9);
  EXPECT_CONTAINS(importErrorOf(BuiltinOperator::CONV_2D, options), "expected padding to be a value of Padding, got 9");
}

// Quantization records that make no sense stay as they are, and are not believed.

TEST(MalformedTest, WildQuantization) {
  struct Case {
    std::vector<float> scale;
    std::vector<int64_t> zeroPoint;
    int32_t dimension;
  };
  const Case cases[] = {
      {{0.0f}, {0}, 0},          {{INFINITY}, {0}, 0},       {{-1.0f}, {0}, 0},       {{1.0f}, {0, 0}, 0},
      {{1.0f, 2.0f}, {0}, 1},    {{1.0f}, {999}, 0},         {{1.0f}, {}, 0},         {{1.0f, 1.0f}, {0, 0}, 1},
      {{1.0f, 1.0f}, {0, 0}, 9}, {{1.0f, 1.0f}, {0, 0}, -1}, {{1.0f}, {INT64_MIN}, 0}};
  for (const Case &test : cases) {
    schema::ModelT model = makeAddModel();
    tensorOf(model, 2).type = Element::INT8;
    auto record = std::make_unique<schema::QuantizationParametersT>();
    record->scale = test.scale;
    record->zero_point = test.zeroPoint;
    record->quantized_dimension = test.dimension;
    tensorOf(model, 2).quantization = std::make_unique<schema::QuantizationParametersT>(*record);
    MLIRContext context;
    std::string messages;
    OwningOpRef<ModuleOp> module = importBytes(context, pack(model), &messages);
    ASSERT_TRUE(module) << messages;
    SCOPED_TRACE("case " + std::to_string(&test - cases));
    EXPECT_CONTAINS(messages, "tensor 2 'y'");
    EXPECT_CONTAINS(messages, "its quantization record is kept but cannot be used");
    schema::ModelT written = unpack(exportBytes(*module));
    EXPECT_TRUE(*written.subgraphs[0]->tensors[2]->quantization == *record) << messages;
  }
}

} // namespace
