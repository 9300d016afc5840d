//===- BufferTable.h - The constant data of a file to be written ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef VERNIER_LIB_TARGET_TFLITE_EXPORT_BUFFERTABLE_H
#define VERNIER_LIB_TARGET_TFLITE_EXPORT_BUFFERTABLE_H

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/Diagnostics.h"
#include "tflite_generated.h"
#include "vernier/Interfaces/ConstantData.h"
#include "llvm/ADT/DenseMap.h"
#include <string>
#include <vector>

namespace mlir::vernier::tflite {

/// Collects the buffers of a file. Equal resources, and equal attributes, become one buffer; buffer 0 is empty, as the
/// format asks.
class BufferTable {
public:
  /// The buffer that holds `elements`: 0 if they are none. `emitError` reports data that is missing.
  FailureOr<uint32_t> add(ElementsAttr elements, function_ref<InFlightDiagnostic()> emitError);

  /// As above for data that must lie inside the flatbuffer, such as metadata.
  FailureOr<uint32_t> addInline(ElementsAttr elements, function_ref<InFlightDiagnostic()> emitError);
  uint32_t addInline(std::string bytes);

  /// The number of buffers, without the empty one.
  size_t size() const { return entries.size(); }

  /// The bytes of all buffers.
  uint64_t getTotalBytes() const;

  /// Writes the table. With `outside`, constants get their places from it, one for each buffer, instead of being
  /// copied.
  flatbuffers::Offset<flatbuffers::Vector<flatbuffers::Offset<schema::Buffer>>>
  write(flatbuffers::FlatBufferBuilder &builder, const std::vector<uint64_t> *outside) const;

  /// The places of constants behind a flatbuffer of `flatSize` bytes, each aligned to 16; 0 for those inside it.
  std::vector<uint64_t> placeOutside(uint64_t flatSize) const;

  /// Writes the constants that lie outside, at `places`, to `os`, which has received `written` bytes.
  void writeOutside(raw_ostream &os, uint64_t written, const std::vector<uint64_t> &places) const;

private:
  struct Entry {
    ConstantData data;
    std::string owned;
    bool isInline = false;

    ArrayRef<char> bytes() const { return owned.empty() ? data.bytes() : ArrayRef<char>(owned.data(), owned.size()); }
  };

  std::vector<Entry> entries;
  /// Entries by resource or attribute: those that may lie outside, and those that may not.
  DenseMap<const void *, uint32_t> known[2];

  FailureOr<uint32_t> addElements(ElementsAttr elements, bool isInline, function_ref<InFlightDiagnostic()> emitError);
};

} // namespace mlir::vernier::tflite

#endif // VERNIER_LIB_TARGET_TFLITE_EXPORT_BUFFERTABLE_H
