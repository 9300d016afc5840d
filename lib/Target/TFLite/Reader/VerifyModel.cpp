//===- VerifyModel.cpp - The tables that subgraphs refer to ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Reader/Verify.h"
#include "Reflection.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"

namespace mlir::vernier::tflite {

static llvm::Error verifyBuffers(const Place &place, const schema::Model &model, uint64_t fileSize) {
  for (uint32_t i = 0, e = sizeOf(model.buffers()); i < e; ++i) {
    const schema::Buffer &buffer = *model.buffers()->Get(i);
    if (buffer.data() || buffer.offset() <= 1)
      continue;
    if (buffer.offset() > fileSize || buffer.size() > fileSize - buffer.offset())
      return place.error("expected buffer {0} to lie within the file's {1} bytes, got {2} bytes at offset {3}", i,
                         fileSize, buffer.size(), buffer.offset());
  }
  return llvm::Error::success();
}

/// Weights in other files would make reading one file open others, named by it.
static llvm::Error verifyExternalFiles(const Place &place, const schema::Model &model) {
  if (sizeOf(model.external_buffers()) == 0 && sizeOf(model.external_buffer_groups()) == 0)
    return llvm::Error::success();
  llvm::StringRef file = "";
  if (sizeOf(model.external_buffer_groups()) > 0)
    file = toStringRef(model.external_buffer_groups()->Get(0)->name());
  return place.error(
      "expected all weights inside the file, but it refers to {0} parts of other files ('{1}'), which is "
      "not supported",
      sizeOf(model.external_buffers()), file);
}

llvm::Error verifyModel(const Place &place, const schema::Model &model, uint64_t fileSize) {
  constexpr uint32_t kSchemaVersion = 3;
  if (model.version() != kSchemaVersion)
    return place.error("expected a model of schema version {0}, got version {1}", kSchemaVersion, model.version());
  if (sizeOf(model.subgraphs()) == 0)
    return place.error("expected at least one subgraph, got none");
  if (llvm::Error error = verifyBuffers(place, model, fileSize))
    return error;
  if (llvm::Error error = verifyExternalFiles(place, model))
    return error;
  uint32_t buffers = sizeOf(model.buffers());
  if (model.metadata())
    for (const schema::Metadata *entry : *model.metadata())
      if (entry->buffer() >= buffers)
        return place.error("expected metadata '{0}' to name one of {1} buffers, got buffer {2}",
                           toStringRef(entry->name()), buffers, entry->buffer());
  for (int32_t buffer : toArrayRef(model.metadata_buffer()))
    if (buffer < 0 || static_cast<uint32_t>(buffer) >= buffers)
      return place.error("expected the metadata to name one of {0} buffers, got buffer {1}", buffers, buffer);
  return llvm::Error::success();
}

llvm::Error findCallees(const Place &place, const schema::Model &model, const schema::Operator &op,
                        llvm::SmallVectorImpl<uint32_t> &callees) {
  auto visit = [&](const reflection::Object &type, const flatbuffers::Table &table) -> llvm::Error {
    for (const reflection::Field *field : *type.fields()) {
      if (!refersToSubgraph(*field))
        continue;
      llvm::SmallVector<int64_t, 2> values;
      if (field->type()->base_type() != reflection::Vector)
        values.push_back(flatbuffers::GetAnyFieldI(table, *field));
      else
        llvm::append_range(values, toArrayRef(flatbuffers::GetFieldV<int32_t>(table, *field)));
      for (int64_t value : values) {
        if (value < 0 || value >= sizeOf(model.subgraphs()))
          return place.error("expected {0} to name one of {1} subgraphs, got {2}", toStringRef(field->name()),
                             sizeOf(model.subgraphs()), value);
        callees.push_back(value);
      }
    }
    return llvm::Error::success();
  };
  const reflection::Object &type = *findTable("Operator");
  const auto &table = reinterpret_cast<const flatbuffers::Table &>(op);
  for (const char *name : {"builtin_options", "builtin_options_2"}) {
    const reflection::Field &field = *type.fields()->LookupByKey(name);
    const reflection::Object *member = getUnionMember(field, readUnionType(type, field, table));
    const flatbuffers::Table *options = flatbuffers::GetFieldT(table, field);
    if (!member || !options)
      continue;
    if (llvm::Error error = visit(*member, *options))
      return error;
  }
  return llvm::Error::success();
}

/// Depth-first over the call graph with a stack of our own: a file may chain as many subgraphs as it likes.
llvm::Error verifyCallGraph(const Place &place, const schema::Model &model) {
  uint32_t count = model.subgraphs()->size();
  std::vector<llvm::SmallVector<uint32_t, 2>> callees(count);
  for (uint32_t graph = 0; graph < count; ++graph)
    for (uint32_t i = 0, e = sizeOf(model.subgraphs()->Get(graph)->operators()); i < e; ++i)
      if (llvm::Error error = findCallees(place.atSubGraph(graph).atOperator(i), model,
                                          *model.subgraphs()->Get(graph)->operators()->Get(i), callees[graph]))
        return error;
  enum class State : char { New, Open, Done };
  std::vector<State> states(count, State::New);
  for (uint32_t root = 0; root < count; ++root) {
    llvm::SmallVector<std::pair<uint32_t, size_t>> stack;
    auto enter = [&](uint32_t graph) {
      states[graph] = State::Open;
      stack.push_back({graph, 0});
    };
    if (states[root] == State::New)
      enter(root);
    while (!stack.empty()) {
      auto &[graph, next] = stack.back();
      if (next == callees[graph].size()) {
        states[graph] = State::Done;
        stack.pop_back();
        continue;
      }
      uint32_t callee = callees[graph][next++];
      if (states[callee] == State::Open)
        return place.atSubGraph(callee).error(
            "expected no subgraph to call itself, but this one does, through {0} others",
            llvm::count(states, State::Open) - 1);
      if (states[callee] == State::New)
        enter(callee);
    }
  }
  return llvm::Error::success();
}

static llvm::Error verifySignatures(const Place &place, const schema::Model &model) {
  if (!model.signature_defs())
    return llvm::Error::success();
  for (const schema::SignatureDef *signature : *model.signature_defs()) {
    llvm::StringRef key = toStringRef(signature->signature_key());
    if (signature->subgraph_index() >= model.subgraphs()->size())
      return place.error("expected signature '{0}' to name one of {1} subgraphs, got {2}", key,
                         model.subgraphs()->size(), signature->subgraph_index());
    uint32_t tensors = sizeOf(model.subgraphs()->Get(signature->subgraph_index())->tensors());
    for (const auto *maps : {signature->inputs(), signature->outputs()})
      for (uint32_t i = 0, e = sizeOf(maps); i < e; ++i)
        if (maps->Get(i)->tensor_index() >= tensors)
          return place.error("expected '{0}' of signature '{1}' to name one of {2} tensors, got {3}",
                             toStringRef(maps->Get(i)->name()), key, tensors, maps->Get(i)->tensor_index());
  }
  return llvm::Error::success();
}

llvm::Error verifyReferences(const Place &place, const schema::Model &model) {
  if (llvm::Error error = verifyCallGraph(place, model))
    return error;
  return verifySignatures(place, model);
}

} // namespace mlir::vernier::tflite
