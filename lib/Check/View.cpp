//===- View.cpp - A .tflite file as the rules see it ------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "View.h"
#include "Reader/TensorTypes.h"
#include "llvm/Support/Endian.h"

namespace mlir::vernier::check {

static void addTensors(const ModelView &model, GraphView &graph) {
  for (uint32_t i = 0, e = tflite::sizeOf(graph.table->tensors()); i < e; ++i) {
    const schema::Tensor &table = *graph.table->tensors()->Get(i);
    TensorView &tensor = graph.tensors.emplace_back();
    tensor.graph = &graph;
    tensor.index = i;
    tensor.table = &table;
    tensor.type = table.type();
    tensor.shape = tflite::toArrayRef(table.shape());
    if (const schema::QuantizationParameters *record = table.quantization()) {
      tensor.scales = tflite::toArrayRef(record->scale());
      tensor.zeroPoints = tflite::copyOf(record->zero_point());
      tensor.axis = record->quantized_dimension();
    }
    tensor.data = model.buffer(table.buffer());
  }
  for (int32_t input : tflite::toArrayRef(graph.table->inputs()))
    if (graph.tensor(input))
      graph.tensors[input].isInput = true;
}

static void addOperators(const ModelView &model, GraphView &graph) {
  for (uint32_t i = 0, e = tflite::sizeOf(graph.table->operators()); i < e; ++i) {
    OperatorView &op = graph.operators.emplace_back();
    op.graph = &graph;
    op.index = i;
    op.table = graph.table->operators()->Get(i);
    if (op.table->opcode_index() < tflite::sizeOf(model.root().operator_codes())) {
      op.code = &tflite::getOperatorCode(model.root(), *op.table);
      op.number = tflite::getBuiltinCode(*op.code);
      op.name = tflite::getBuiltinName(op.number);
      op.version = op.code->version();
    }
    auto find = [&](const flatbuffers::Vector<int32_t> *indices, auto &list) {
      for (int32_t index : tflite::toArrayRef(indices))
        list.push_back(graph.tensor(index));
    };
    find(op.table->inputs(), op.operands);
    find(op.table->outputs(), op.results);
    find(op.table->intermediates(), op.inner);
    for (int32_t index : tflite::toArrayRef(op.table->inputs()))
      if (graph.tensor(index))
        graph.tensors[index].readers.push_back(&op);
    for (int32_t index : tflite::toArrayRef(op.table->outputs()))
      if (graph.tensor(index) && !graph.tensors[index].producer)
        graph.tensors[index].producer = &op;
  }
}

ModelView::ModelView(std::shared_ptr<const tflite::FlatBufferModel> model) : file(std::move(model)) {
  for (uint32_t i = 0, e = tflite::sizeOf(root().subgraphs()); i < e; ++i) {
    GraphView &graph = graphs.emplace_back();
    graph.index = i;
    graph.table = root().subgraphs()->Get(i);
    addTensors(*this, graph);
    addOperators(*this, graph);
  }
}

ArrayRef<char> ModelView::buffer(uint64_t index) const {
  return index < tflite::sizeOf(root().buffers()) ? file->bufferData(index) : ArrayRef<char>();
}

uint64_t TensorView::numElements() const { return tflite::countElements(shape).value_or(0); }

bool TensorView::hasStaticShape() const {
  auto isDynamic = [](int32_t dim) { return dim < 0; };
  return llvm::none_of(shape, isDynamic) && llvm::none_of(tflite::toArrayRef(table->shape_signature()), isDynamic);
}

StringRef OperatorView::fullName() const {
  return is(Builtin::CUSTOM) ? tflite::toStringRef(code->custom_code()) : name;
}

bool isUnsigned(Element type) {
  return type == Element::UINT4 || type == Element::UINT8 || type == Element::UINT16 || type == Element::UINT32 ||
         type == Element::UINT64;
}

unsigned integerBits(Element type) {
  const bool isSigned = type == Element::INT2 || type == Element::INT4 || type == Element::INT8 ||
                        type == Element::INT16 || type == Element::INT32 || type == Element::INT64;
  return isSigned || isUnsigned(type) ? tflite::bitsPerElement(type) : 0;
}

bool isFloat(Element type) {
  return type == Element::FLOAT32 || type == Element::FLOAT16 || type == Element::BFLOAT16 || type == Element::FLOAT64;
}

StringRef nameOf(Element type) { return tflite::isKnown(type) ? schema::EnumNameTensorType(type) : "an unknown type"; }

int64_t integerAt(const TensorView &tensor, uint64_t i) {
  const char *at = tensor.data.data() + i * (integerBits(tensor.type) / 8);
  switch (tensor.type) {
  case Element::INT8:
    return static_cast<int8_t>(*at);
  case Element::UINT8:
    return static_cast<uint8_t>(*at);
  case Element::INT16:
    return static_cast<int16_t>(llvm::support::endian::read16le(at));
  case Element::INT32:
    return static_cast<int32_t>(llvm::support::endian::read32le(at));
  default:
    return static_cast<int64_t>(llvm::support::endian::read64le(at));
  }
}

} // namespace mlir::vernier::check
