//===- FlatBufferModel.cpp - A verified .tflite file ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "vernier/Target/TFLite/FlatBufferModel.h"
#include "Reader/Verify.h"
#include "llvm/Support/Alignment.h"
#include "llvm/Support/MathExtras.h"

namespace mlir::vernier::tflite {

/// Offsets of 0 and 1 mean that nothing lies outside the flatbuffer.
static bool isOutside(uint64_t offset) { return offset > 1; }

/// Checks the flatbuffer's structure. The verifier stops below 2 GB, and so must the flatbuffer: what a larger file
/// holds lies behind it and is checked by itself.
static llvm::Expected<const schema::Model *> verifyStructure(llvm::StringRef name, llvm::ArrayRef<char> bytes) {
  constexpr size_t kHeader = 2 * sizeof(flatbuffers::uoffset_t);
  if (bytes.size() < kHeader)
    return makeError("{0}: expected a .tflite file, got {1} bytes, fewer than its header has", name, bytes.size());
  const auto *data = reinterpret_cast<const uint8_t *>(bytes.data());
  if (!schema::ModelBufferHasIdentifier(data))
    return makeError("{0}: expected a .tflite file, whose bytes 4 to 7 are '{1}'", name, schema::ModelIdentifier());
  size_t size = std::min<size_t>(bytes.size(), FLATBUFFERS_MAX_BUFFER_SIZE - 1);
  // A table takes four bytes, and four more where it is referred to: more tables than this are the same ones again.
  flatbuffers::Verifier::Options options;
  options.max_tables = size / 4 + 1024;
  flatbuffers::Verifier verifier(data, size, options);
  if (!schema::VerifyModelBuffer(verifier))
    return makeError("{0}: expected a well-formed flatbuffer of {1} bytes, but offsets in it lead outside it or to "
                     "misaligned data; the file is damaged or truncated",
                     name, bytes.size());
  return schema::GetModel(data);
}

llvm::Expected<std::shared_ptr<const FlatBufferModel>> FlatBufferModel::open(std::shared_ptr<const MappedFile> file) {
  return open(file->path(), file->bytes(), file);
}

llvm::Expected<std::shared_ptr<const FlatBufferModel>>
FlatBufferModel::openStructure(std::shared_ptr<const MappedFile> file) {
  return load(file->path(), file->bytes(), file);
}

llvm::Expected<std::shared_ptr<FlatBufferModel>> FlatBufferModel::load(llvm::StringRef name, llvm::ArrayRef<char> bytes,
                                                                       std::shared_ptr<const void> owner) {
  // Typed access reads whole words.
  if (!llvm::isAddrAligned(llvm::Align(alignof(uint64_t)), bytes.data())) {
    auto copy = std::make_shared<std::vector<uint64_t>>(bytes.size() / sizeof(uint64_t) + 1);
    std::memcpy(copy->data(), bytes.data(), bytes.size());
    bytes = {reinterpret_cast<const char *>(copy->data()), bytes.size()};
    owner = copy;
  }
  llvm::Expected<const schema::Model *> root = verifyStructure(name, bytes);
  if (!root)
    return root.takeError();
  size_t flatSize = std::min<size_t>(bytes.size(), FLATBUFFERS_MAX_BUFFER_SIZE - 1);
  llvm::Expected<Extent> extent = measureExtent(name, bytes.take_front(flatSize), **root);
  if (!extent)
    return extent.takeError();

  std::shared_ptr<FlatBufferModel> result(new FlatBufferModel);
  result->fileName = name.str();
  result->owner = std::move(owner);
  result->bytes = bytes;
  result->model = *root;
  result->flatEnd = extent->end;
  result->newer = std::move(extent->newer);
  return result;
}

llvm::Expected<std::shared_ptr<const FlatBufferModel>>
FlatBufferModel::open(llvm::StringRef name, llvm::ArrayRef<char> content, std::shared_ptr<const void> owner) {
  llvm::Expected<std::shared_ptr<FlatBufferModel>> loaded = load(name, content, std::move(owner));
  if (!loaded)
    return loaded.takeError();
  std::shared_ptr<FlatBufferModel> result = std::move(*loaded);
  if (!result->newer.empty())
    return makeError("{0}", result->newer);
  llvm::ArrayRef<char> bytes = result->bytes;
  const schema::Model &model = *result->model;
  Place place(result->fileName, model);
  if (llvm::Error error = verifyModel(place, model, bytes.size()))
    return error;
  auto data = [&](uint32_t buffer) { return result->bufferData(buffer); };
  for (uint32_t i = 0, e = model.subgraphs()->size(); i < e; ++i)
    if (llvm::Error error = verifySubGraph(place.atSubGraph(i), model, *model.subgraphs()->Get(i), data, bytes.size()))
      return error;
  if (llvm::Error error = verifyReferences(place, model))
    return error;

  // What lies behind the last byte in use, unless it is padding.
  uint64_t end = result->flatEnd, outsideBytes = 0;
  auto reachOutside = [&](uint64_t offset, uint64_t size) {
    if (!isOutside(offset))
      return;
    result->dataOutside = true;
    end = std::max(end, offset + size);
    outsideBytes = llvm::SaturatingAdd(outsideBytes, size);
  };
  if (model.buffers())
    for (const schema::Buffer *buffer : *model.buffers())
      if (!buffer->data())
        reachOutside(buffer->offset(), buffer->size());
  for (const schema::SubGraph *graph : *model.subgraphs())
    if (graph->operators())
      for (const schema::Operator *op : *graph->operators())
        reachOutside(op->large_custom_options_offset(), op->large_custom_options_size());
  // Custom options and misaligned constants are copied: a small file must not ask for many copies of itself.
  constexpr uint64_t kMostUses = 8;
  if (outsideBytes > kMostUses * bytes.size())
    return makeError(
        "{0}: the file refers to the same data behind its flatbuffer so often that reading them would take "
        "{1} bytes, for a file of {2}",
        name, outsideBytes, bytes.size());
  llvm::ArrayRef<char> rest = bytes.drop_front(std::min<uint64_t>(end, bytes.size()));
  if (llvm::any_of(rest, [](char byte) { return byte != 0; }))
    result->trailing = rest;
  return result;
}

llvm::ArrayRef<char> FlatBufferModel::bufferData(uint32_t buffer) const {
  const schema::Buffer &entry = *model->buffers()->Get(buffer);
  if (entry.data())
    return {reinterpret_cast<const char *>(entry.data()->data()), entry.data()->size()};
  return dataOutsideAt(entry.offset(), entry.size());
}

llvm::ArrayRef<char> FlatBufferModel::dataOutsideAt(uint64_t offset, uint64_t size) const {
  if (!isOutside(offset) || offset > bytes.size() || size > bytes.size() - offset)
    return {};
  return bytes.slice(offset, size);
}

llvm::ArrayRef<char> FlatBufferModel::customOptions(const schema::Operator &op) const {
  if (op.custom_options())
    return {reinterpret_cast<const char *>(op.custom_options()->data()), op.custom_options()->size()};
  return dataOutsideAt(op.large_custom_options_offset(), op.large_custom_options_size());
}

} // namespace mlir::vernier::tflite
