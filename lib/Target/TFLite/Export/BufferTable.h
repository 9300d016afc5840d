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
#include "llvm/ADT/StringMap.h"
#include <optional>
#include <string>
#include <vector>

namespace mlir::vernier::tflite {

/// Where the data of a file lie. It follows from sizes that only a first round of the export finds out.
struct DataLayout {
  /// Constants and custom options lie behind the flatbuffer, which ends below 2 GB.
  bool isOutside = false;
  /// If they do: their places in the file, in the order in which they were added.
  std::vector<uint64_t> constants, customOptions;
  /// If not: what the flatbuffer takes, data included, so that it need not grow.
  uint64_t flatSize = 0;
};

/// Collects the data of a file. Equal resources, equal attributes and equal small data become one buffer; buffer 0 is
/// empty, as the format asks. Data are not copied: a flatbuffer gets holes in their place, and the file is written
/// around them.
class BufferTable {
public:
  /// Without a layout, the table only finds out how large everything is.
  explicit BufferTable(const DataLayout *layout) : layout(layout) {}

  /// The buffer that holds `elements`: 0 if they are none. `emitError` reports data that is missing.
  FailureOr<uint32_t> add(ElementsAttr elements, function_ref<InFlightDiagnostic()> emitError);

  /// As above for data that must lie inside the flatbuffer, such as metadata.
  FailureOr<uint32_t> addInline(ElementsAttr elements, function_ref<InFlightDiagnostic()> emitError);
  uint32_t addInline(std::string bytes);

  /// The place behind the flatbuffer of an operator's custom options, or nothing if they go into it. The bytes must
  /// outlive the table.
  std::optional<uint64_t> addCustomOptions(ArrayRef<char> bytes);

  /// Writes the table of buffers.
  flatbuffers::Offset<flatbuffers::Vector<flatbuffers::Offset<schema::Buffer>>>
  write(flatbuffers::FlatBufferBuilder &builder);

  /// The layout of a file whose flatbuffer takes `flatSize` bytes when all data that can lie outside do; they do
  /// if there are too many, or if `outside` says so. Nothing if even that flatbuffer is too large.
  std::optional<DataLayout> makeLayout(uint64_t flatSize, bool outside) const;

  /// Writes `flatbuffer`, with data in its holes, and what lies behind it.
  void writeFile(raw_ostream &os, ArrayRef<char> flatbuffer) const;

private:
  struct Entry {
    ConstantData data;
    std::string owned;
    bool isInline = false;

    ArrayRef<char> bytes() const { return owned.empty() ? data.bytes() : ArrayRef<char>(owned.data(), owned.size()); }
  };
  /// Where the bytes of an entry belong, counted from the flatbuffer's end.
  struct Hole {
    uint64_t fromEnd;
    ArrayRef<char> bytes;
  };

  bool isOutside(const Entry &entry) const { return !entry.isInline && (!layout || layout->isOutside); }
  FailureOr<uint32_t> addElements(ElementsAttr elements, bool isInline, function_ref<InFlightDiagnostic()> emitError);

  const DataLayout *layout;
  std::vector<Entry> entries;
  std::vector<ArrayRef<char>> customOptions;
  std::vector<Hole> holes;
  /// Entries by resource or attribute: those that may lie outside, and those that may not.
  DenseMap<const void *, uint32_t> known[2];
  /// The same by content.
  llvm::StringMap<uint32_t> small[2];
};

} // namespace mlir::vernier::tflite

#endif // VERNIER_LIB_TARGET_TFLITE_EXPORT_BUFFERTABLE_H
