//===- BufferTable.cpp - The constant data of a file to be written ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Export/BufferTable.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "llvm/Support/MathExtras.h"

namespace mlir::vernier::tflite {

static constexpr uint64_t kAlignment = 16;

FailureOr<uint32_t> BufferTable::addElements(ElementsAttr elements, bool isInline,
                                             function_ref<InFlightDiagnostic()> emitError) {
  auto resource = dyn_cast<DenseResourceElementsAttr>(elements);
  const void *key =
      resource ? static_cast<const void *>(resource.getRawHandle().getResource()) : elements.getAsOpaquePointer();
  auto [slot, isNew] = known[isInline].try_emplace(key, 0);
  if (!isNew)
    return slot->second;
  std::optional<ConstantData> data = getConstantData(elements);
  if (!data)
    return emitError() << "has no data to write; text with elided weights cannot be used, write bytecode (.mlirbc) "
                          "instead";
  if (data->bytes().empty())
    return 0;
  entries.push_back({std::move(*data), {}, isInline});
  slot->second = entries.size();
  return slot->second;
}

FailureOr<uint32_t> BufferTable::add(ElementsAttr elements, function_ref<InFlightDiagnostic()> emitError) {
  return addElements(elements, /*isInline=*/false, emitError);
}

FailureOr<uint32_t> BufferTable::addInline(ElementsAttr elements, function_ref<InFlightDiagnostic()> emitError) {
  return addElements(elements, /*isInline=*/true, emitError);
}

uint32_t BufferTable::addInline(std::string bytes) {
  entries.push_back({ConstantData(), std::move(bytes), /*isInline=*/true});
  return entries.size();
}

uint64_t BufferTable::getTotalBytes() const {
  uint64_t total = 0;
  for (const Entry &entry : entries)
    total += llvm::alignTo(entry.bytes().size(), kAlignment);
  return total;
}

flatbuffers::Offset<flatbuffers::Vector<flatbuffers::Offset<schema::Buffer>>>
BufferTable::write(flatbuffers::FlatBufferBuilder &builder, const std::vector<uint64_t> *outside) const {
  std::vector<flatbuffers::Offset<schema::Buffer>> buffers = {schema::CreateBuffer(builder)};
  for (auto [index, entry] : llvm::enumerate(entries)) {
    ArrayRef<char> bytes = entry.bytes();
    if (outside && !entry.isInline) {
      buffers.push_back(schema::CreateBuffer(builder, 0, (*outside)[index], bytes.size()));
      continue;
    }
    builder.ForceVectorAlignment(bytes.size(), sizeof(uint8_t), kAlignment);
    auto data = builder.CreateVector(reinterpret_cast<const uint8_t *>(bytes.data()), bytes.size());
    buffers.push_back(schema::CreateBuffer(builder, data));
  }
  return builder.CreateVector(buffers);
}

std::vector<uint64_t> BufferTable::placeOutside(uint64_t flatSize) const {
  std::vector<uint64_t> places;
  uint64_t end = flatSize;
  for (const Entry &entry : entries) {
    places.push_back(entry.isInline ? 0 : llvm::alignTo(end, kAlignment));
    if (!entry.isInline)
      end = places.back() + entry.bytes().size();
  }
  return places;
}

void BufferTable::writeOutside(raw_ostream &os, uint64_t written, const std::vector<uint64_t> &places) const {
  for (auto [entry, place] : llvm::zip_equal(entries, places)) {
    if (entry.isInline)
      continue;
    os.write_zeros(place - written);
    os << StringRef(entry.bytes().data(), entry.bytes().size());
    written = place + entry.bytes().size();
  }
}

} // namespace mlir::vernier::tflite
