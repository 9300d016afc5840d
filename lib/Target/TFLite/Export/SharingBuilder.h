//===- SharingBuilder.h - A flatbuffer that says nothing twice ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_LIB_TARGET_TFLITE_EXPORT_SHARINGBUILDER_H
#define VERNIER_LIB_TARGET_TFLITE_EXPORT_SHARINGBUILDER_H

#include "mlir/Support/LLVM.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringMap.h"
#include <flatbuffers/flatbuffers.h>

namespace mlir::vernier::tflite {

/// A builder that writes equal vectors of numbers, strings and, where their writer asks, tables once: whoever needs
/// them again refers to the first. Shapes, options and the zero points of a channel-wise scheme repeat with every
/// operator.
class SharingBuilder : public flatbuffers::FlatBufferBuilder {
public:
  using FlatBufferBuilder::FlatBufferBuilder;

  /// The vector of `bytes.size() / width` numbers of `width` bytes each, in the file's byte order. Its first number is
  /// aligned to `alignment` at least.
  flatbuffers::uoffset_t shareNumbers(ArrayRef<char> bytes, size_t width, size_t alignment = 1) {
    auto [place, isNew] = vectors.try_emplace((Twine(width) + "/" + Twine(alignment) + "/" + toText(bytes)).str(), 0);
    if (isNew) {
      ForceVectorAlignment(bytes.size() / width, width, alignment);
      StartVector(bytes.size() / width, width);
      PushBytes(reinterpret_cast<const uint8_t *>(bytes.data()), bytes.size());
      place->second = EndVector(bytes.size() / width);
    }
    return place->second;
  }

  flatbuffers::Offset<flatbuffers::Vector<int32_t>> shareVector(ArrayRef<int32_t> values) {
    return shareNumbers({reinterpret_cast<const char *>(values.data()), values.size() * sizeof(int32_t)},
                        sizeof(int32_t));
  }

  flatbuffers::Offset<flatbuffers::String> shareString(StringRef text) {
    auto [place, isNew] = strings.try_emplace(text, 0);
    if (isNew)
      place->second = CreateString(text.data(), text.size()).o;
    return place->second;
  }

  /// The place of the table that holds `content`, which its writer chooses; 0 where there is none yet.
  flatbuffers::uoffset_t &findTable(ArrayRef<const void *> content) {
    return tables[toText({reinterpret_cast<const char *>(content.data()), content.size() * sizeof(const void *)})];
  }

private:
  static StringRef toText(ArrayRef<char> bytes) { return {bytes.data(), bytes.size()}; }

  llvm::StringMap<flatbuffers::uoffset_t> vectors, strings, tables;
};

} // namespace mlir::vernier::tflite

#endif // VERNIER_LIB_TARGET_TFLITE_EXPORT_SHARINGBUILDER_H
