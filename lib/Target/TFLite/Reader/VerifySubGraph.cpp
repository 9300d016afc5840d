//===- VerifySubGraph.cpp - Indices, producers and order ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Reader/OperatorOrder.h"
#include "Reader/Verify.h"

namespace mlir::vernier::tflite {
namespace {

/// The checks of one subgraph, which share its list of tensors.
class SubGraphVerifier {
public:
  SubGraphVerifier(const Place &place, const schema::Model &model, const schema::SubGraph &graph, uint64_t fileSize)
      : place(place), model(model), graph(graph), fileSize(fileSize), writers(sizeOf(graph.tensors()), kNobody) {}

  llvm::Error verifyTensors(llvm::function_ref<llvm::ArrayRef<char>(uint32_t)> data) {
    for (uint32_t i = 0, e = sizeOf(graph.tensors()); i < e; ++i) {
      const schema::Tensor &tensor = *graph.tensors()->Get(i);
      Place here = place.atTensor(i);
      // Files without any buffer leave the index at 0, which then means none.
      uint32_t buffers = sizeOf(model.buffers());
      if (tensor.buffer() >= buffers && tensor.buffer() != 0)
        return here.error("expected one of {0} buffers, got buffer {1}", buffers, tensor.buffer());
      llvm::ArrayRef<char> bytes = tensor.buffer() < buffers ? data(tensor.buffer()) : llvm::ArrayRef<char>();
      if (llvm::Error error = verifyTensor(here, graph, tensor, bytes))
        return error;
      if (!bytes.empty())
        writers[i] = kFile;
    }
    return llvm::Error::success();
  }

  llvm::Error verifyInterface() {
    for (int32_t input : toArrayRef(graph.inputs())) {
      if (llvm::Error error = verifyIndex(place, "input", input, 0))
        return error;
      if (llvm::Error error = write(place, input, kCaller))
        return error;
    }
    for (int32_t output : toArrayRef(graph.outputs()))
      if (llvm::Error error = verifyIndex(place, "output", output, 0))
        return error;
    return llvm::Error::success();
  }

  llvm::Error verifyOperators() {
    for (uint32_t i = 0, e = sizeOf(graph.operators()); i < e; ++i)
      if (llvm::Error error = verifyOperator(place.atOperator(i), *graph.operators()->Get(i), i))
        return error;
    return llvm::Error::success();
  }

private:
  static constexpr int32_t kNobody = -1, kFile = -2, kCaller = -3;

  llvm::Error verifyOperator(const Place &here, const schema::Operator &op, int32_t index) {
    if (op.opcode_index() >= sizeOf(model.operator_codes()))
      return here.error("expected one of {0} operator codes, got code {1}", sizeOf(model.operator_codes()),
                        op.opcode_index());
    const schema::OperatorCode &code = getOperatorCode(model, op);
    if (llvm::Error error = verifyCode(here, code))
      return error;
    for (int32_t input : toArrayRef(op.inputs()))
      if (llvm::Error error = verifyIndex(here, "operand", input, kOptional))
        return error;
    for (int32_t intermediate : toArrayRef(op.intermediates()))
      if (llvm::Error error = verifyIndex(here, "intermediate", intermediate, kOptional))
        return error;
    for (int32_t output : toArrayRef(op.outputs())) {
      if (llvm::Error error = verifyIndex(here, "result", output, 0))
        return error;
      if (llvm::Error error = write(here, output, index))
        return error;
    }
    uint32_t flags = sizeOf(op.mutating_variable_inputs());
    if (flags != 0 && flags != sizeOf(op.inputs()))
      return here.error("expected as many flags for operands that change as operands, {0}, got {1}",
                        sizeOf(op.inputs()), flags);
    uint64_t offset = op.large_custom_options_offset(), size = op.large_custom_options_size();
    if (!op.custom_options() && offset > 1 && (offset > fileSize || size > fileSize - offset))
      return here.error("expected custom options within the file's {0} bytes, got {1} bytes at offset {2}", fileSize,
                        size, offset);
    return llvm::Error::success();
  }

  llvm::Error verifyCode(const Place &here, const schema::OperatorCode &code) {
    int32_t number = getBuiltinCode(code);
    if (getBuiltinName(number).empty() ||
        number == static_cast<int32_t>(schema::BuiltinOperator::PLACEHOLDER_FOR_GREATER_OP_CODES))
      return here.error("expected a builtin operator that this version of Vernier knows, got number {0}", number);
    if (number == static_cast<int32_t>(schema::BuiltinOperator::CUSTOM) && !code.custom_code())
      return here.error("expected a name for the custom operator, got none");
    return llvm::Error::success();
  }

  llvm::Error verifyIndex(const Place &here, llvm::StringRef what, int32_t index, int32_t least) {
    if (index >= least && index < int64_t(writers.size()))
      return llvm::Error::success();
    return here.error("expected {0} tensors in {1} to {2}, got {3}", what, least, int64_t(writers.size()) - 1, index);
  }

  /// Records that `writer` computes `tensor`; only one may.
  llvm::Error write(const Place &here, int32_t tensor, int32_t writer) {
    int32_t &current = writers[tensor];
    if (current == kNobody || (current == kFile && writer == kCaller)) {
      current = writer;
      return llvm::Error::success();
    }
    const char *format = "expected each tensor to be computed once, but this one is also {0}";
    if (current == kFile)
      return here.atTensor(tensor).error(format, "a constant");
    if (current == kCaller)
      return here.atTensor(tensor).error(format, "an input of the subgraph");
    return here.atTensor(tensor).error(format, llvm::formatv("the result of operator {0}", current).str());
  }

  static constexpr int32_t kOptional = -1;

  const Place &place;
  const schema::Model &model;
  const schema::SubGraph &graph;
  uint64_t fileSize;
  std::vector<int32_t> writers;
};

} // namespace

llvm::Error verifySubGraph(const Place &place, const schema::Model &model, const schema::SubGraph &graph,
                           llvm::function_ref<llvm::ArrayRef<char>(uint32_t)> data, uint64_t fileSize) {
  SubGraphVerifier verifier(place, model, graph, fileSize);
  if (llvm::Error error = verifier.verifyTensors(data))
    return error;
  if (llvm::Error error = verifier.verifyInterface())
    return error;
  if (llvm::Error error = verifier.verifyOperators())
    return error;
  return orderOperators(place, graph).takeError();
}

} // namespace mlir::vernier::tflite
