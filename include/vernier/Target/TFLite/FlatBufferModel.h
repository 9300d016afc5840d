//===- FlatBufferModel.h - A verified .tflite file --------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The bytes of a `.tflite` file behind typed accessors. All checking happens once, when it is opened: the structure of
// the flatbuffer, then what it means. After that every table, vector and index that the accessors hand out is in
// bounds.

#ifndef VERNIER_TARGET_TFLITE_FLATBUFFERMODEL_H
#define VERNIER_TARGET_TFLITE_FLATBUFFERMODEL_H

#include "vernier/IO/MappedFile.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <memory>
#include <string>

namespace mlir::vernier::tflite {

namespace schema {
struct Model;
struct Operator;
} // namespace schema

/// A model file that passed verification; shares ownership of its bytes.
class FlatBufferModel {
public:
  /// Verifies `file`. An error names the file and, where they apply, subgraph, operator and tensor.
  static llvm::Expected<std::shared_ptr<const FlatBufferModel>> open(std::shared_ptr<const MappedFile> file);

  /// As above for `bytes`, called `name` in messages and kept alive by `owner`. Bytes that are not aligned to eight are
  /// copied.
  static llvm::Expected<std::shared_ptr<const FlatBufferModel>> open(llvm::StringRef name, llvm::ArrayRef<char> bytes,
                                                                     std::shared_ptr<const void> owner);

  /// Checks the structure of the flatbuffer alone, for those who look for what else is wrong with it: every table,
  /// vector and string is in bounds, but no number in them has been checked.
  static llvm::Expected<std::shared_ptr<const FlatBufferModel>> openStructure(std::shared_ptr<const MappedFile> file);

  const schema::Model &root() const { return *model; }
  llvm::StringRef name() const { return fileName; }

  /// The first field that our schema does not know, as a message, or an empty string. `open` refuses such files.
  llvm::StringRef newerField() const { return newer; }

  /// The data of entry `buffer` of the model's buffers, wherever in the file it lies; may be empty and need not be
  /// aligned. Empty, too, if it leads outside the file, which `open` refuses.
  llvm::ArrayRef<char> bufferData(uint32_t buffer) const;

  /// True if any buffer or custom option lies behind the flatbuffer.
  bool hasDataOutside() const { return dataOutside; }

  /// The custom options of `op`, inside the flatbuffer or behind it.
  llvm::ArrayRef<char> customOptions(const schema::Operator &op) const;

  /// What follows the flatbuffer and all data that it refers to: by convention a zip of files for people. Often empty.
  llvm::ArrayRef<char> trailingData() const { return trailing; }

private:
  FlatBufferModel() = default;
  static llvm::Expected<std::shared_ptr<FlatBufferModel>> load(llvm::StringRef name, llvm::ArrayRef<char> bytes,
                                                               std::shared_ptr<const void> owner);
  llvm::ArrayRef<char> dataOutsideAt(uint64_t offset, uint64_t size) const;

  std::string fileName;
  std::shared_ptr<const void> owner;
  llvm::ArrayRef<char> bytes;
  const schema::Model *model = nullptr;
  uint64_t flatEnd = 0;
  std::string newer;
  bool dataOutside = false;
  llvm::ArrayRef<char> trailing;
};

} // namespace mlir::vernier::tflite

#endif // VERNIER_TARGET_TFLITE_FLATBUFFERMODEL_H
