//===- BufferTable.cpp - The constant data of a file to be written ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Export/BufferTable.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "llvm/Support/MathExtras.h"

namespace mlir::vernier::tflite {

static constexpr uint64_t kAlignment = 16;

/// A flatbuffer ends below 2 GB. Where little is missing, an option that a runtime adds on its way may be too much.
static constexpr uint64_t kLargestFlatBuffer = uint64_t(1900) << 20;

/// Constants up to this size are compared with each other: shapes, axes and the like repeat, weights hardly ever do.
static constexpr size_t kLargestCompared = 4096;

/// Integers of a quantized weight mean other values on other scales, and runtimes know packed weights by their place.
static bool canBeCompared(Type element) { return element.isIntOrFloat() && element.getIntOrFloatBitWidth() >= 32; }

/// Stands for a place while there is no layout: any number above 1 takes the same room.
static constexpr uint64_t kSomewhere = 2;

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
  if (canBeCompared(elements.getElementType()) && data->bytes().size() <= kLargestCompared) {
    uint32_t &same = small[isInline][StringRef(data->bytes().data(), data->bytes().size())];
    if (same)
      return slot->second = same;
    same = entries.size() + 1;
  }
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

std::optional<uint64_t> BufferTable::addCustomOptions(ArrayRef<char> bytes) {
  if (bytes.empty() || (layout && !layout->isOutside))
    return std::nullopt;
  customOptions.push_back(bytes);
  return layout ? layout->customOptions[customOptions.size() - 1] : kSomewhere;
}

flatbuffers::Offset<flatbuffers::Vector<flatbuffers::Offset<schema::Buffer>>>
BufferTable::write(flatbuffers::FlatBufferBuilder &builder) {
  std::vector<flatbuffers::Offset<schema::Buffer>> buffers = {schema::CreateBuffer(builder)};
  for (auto [index, entry] : llvm::enumerate(entries)) {
    ArrayRef<char> bytes = entry.bytes();
    if (isOutside(entry)) {
      buffers.push_back(schema::CreateBuffer(builder, 0, layout ? layout->constants[index] : kSomewhere, bytes.size()));
      continue;
    }
    builder.ForceVectorAlignment(bytes.size(), sizeof(uint8_t), kAlignment);
    uint8_t *unused;
    flatbuffers::Offset<flatbuffers::Vector<uint8_t>> data(
        builder.CreateUninitializedVector(bytes.size(), sizeof(uint8_t), &unused));
    holes.push_back({data.o - sizeof(flatbuffers::uoffset_t), bytes});
    buffers.push_back(schema::CreateBuffer(builder, data));
  }
  return builder.CreateVector(buffers);
}

std::optional<DataLayout> BufferTable::makeLayout(uint64_t flatSize, bool outside) const {
  DataLayout result;
  uint64_t end = flatSize;
  auto place = [&](ArrayRef<char> bytes) {
    uint64_t start = llvm::alignTo(end, kAlignment);
    end = start + bytes.size();
    return start;
  };
  for (const Entry &entry : entries)
    result.constants.push_back(entry.isInline ? 0 : place(entry.bytes()));
  for (ArrayRef<char> options : customOptions)
    result.customOptions.push_back(place(options));
  result.isOutside = outside || end > kLargestFlatBuffer;
  // Inside, each is a vector with a length and padding.
  result.flatSize = result.isOutside ? flatSize : end + 2 * kAlignment * (entries.size() + customOptions.size());
  if (result.isOutside && flatSize > kLargestFlatBuffer)
    return std::nullopt;
  return result;
}

void BufferTable::writeFile(raw_ostream &os, ArrayRef<char> flatbuffer) const {
  uint64_t written = 0;
  auto write = [&](ArrayRef<char> bytes) {
    os << StringRef(bytes.data(), bytes.size());
    written += bytes.size();
  };
  // Flatbuffers grow downwards: what was made first lies last.
  for (const Hole &hole : llvm::reverse(holes)) {
    write(flatbuffer.slice(written, flatbuffer.size() - hole.fromEnd - written));
    write(hole.bytes);
  }
  write(flatbuffer.drop_front(written));
  if (!layout->isOutside)
    return;
  auto writeAt = [&](uint64_t place, ArrayRef<char> bytes) {
    os.write_zeros(place - written);
    written = place;
    write(bytes);
  };
  for (auto [entry, place] : llvm::zip_equal(entries, layout->constants))
    if (!entry.isInline)
      writeAt(place, entry.bytes());
  for (auto [options, place] : llvm::zip_equal(customOptions, layout->customOptions))
    writeAt(place, options);
}

} // namespace mlir::vernier::tflite
