//===- Npz.h - arrays in .npz archives and .npy files -----------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Arrays are read as streams and written as streams, so that memory does not grow with their length. An archive is a
// zip file with one .npy per array, stored or deflated, with 64-bit sizes where needed.

#ifndef VERNIER_IO_NPZ_H
#define VERNIER_IO_NPZ_H

#include "vernier/IO/AtomicFile.h"
#include "vernier/IO/Npy.h"
#include <memory>
#include <vector>

namespace mlir::vernier {

/// Reads the elements of one array, front to back, in this machine's byte order.
class ArrayReader {
public:
  virtual ~ArrayReader();

  const ArrayInfo &info() const { return arrayInfo; }

  /// Fills `bytes` with the next elements; a whole number of them, and no more than are left. Reading the last one also
  /// verifies the archive's checksum.
  llvm::Error read(llvm::MutableArrayRef<char> bytes);

protected:
  ArrayReader(std::string what) : what(std::move(what)) {}

  /// Reads the header, and refuses an array whose size differs from the `totalBytes` that the file has for it.
  llvm::Error readHeader(llvm::StringRef name, uint64_t totalBytes);

  /// Reads up to `bytes.size()` bytes from the file; fewer only at its end.
  virtual llvm::Expected<size_t> readRaw(llvm::MutableArrayRef<char> bytes) = 0;

  /// File and array, for messages.
  std::string what;

private:
  ArrayInfo arrayInfo;
  bool swapped = false;
  int64_t bytesLeft = 0;
};

/// An open `.npz` or `.npy` file, told apart by content. A `.npy` is an archive with one array, named as the file
/// without its extension.
class ArrayFile {
public:
  virtual ~ArrayFile();

  /// Opens `path`; reads names only. Errors: unreadable, neither format, a damaged or ambiguous directory.
  static llvm::Expected<std::unique_ptr<ArrayFile>> open(llvm::StringRef path);

  llvm::StringRef path() const { return filePath; }

  /// Names of the arrays (members without `.npy`), in the order of the file.
  llvm::ArrayRef<std::string> names() const { return arrayNames; }

  /// True for a `.npy`: its array has no name of its own.
  bool isBare() const { return bare; }

  /// Starts to read the array `name`, which must be one of `names()`. Several arrays may be read side by side; the file
  /// must outlive its readers.
  virtual llvm::Expected<std::unique_ptr<ArrayReader>> reader(llvm::StringRef name) const = 0;

protected:
  std::string filePath;
  std::vector<std::string> arrayNames;
  bool bare = false;
};

/// Writes an `.npz`. The bytes depend on names and arrays only (timestamps are those of the zip epoch).
///
/// Sizes of streamed arrays are known beforehand, so each gets its place in the file at once and rows may be appended
/// to several of them in any order: a model's outputs come sample by sample.
class NpzWriter {
public:
  static llvm::Expected<NpzWriter> create(llvm::StringRef path);

  /// Adds an array and returns its number for `append`. Its `numBytes()` are to follow.
  llvm::Expected<unsigned> addArray(const ArrayInfo &info);

  /// Appends elements, in this machine's byte order, to array `index`.
  void append(unsigned index, llvm::ArrayRef<char> bytes);

  /// Completes the archive and publishes it. Every array must be complete.
  llvm::Error commit();

private:
  struct Member {
    std::string name;
    uint64_t localOffset = 0;
    uint64_t dataOffset = 0;
    uint64_t size = 0;
    uint64_t written = 0;
    uint32_t crc = 0;
  };

  NpzWriter(AtomicFile file) : file(std::move(file)) {}
  llvm::Error checkNew(const ArrayInfo &info) const;
  void writeLocalHeader(const Member &member);
  void writeCentralDirectory();

  AtomicFile file;
  std::vector<Member> members;
  uint64_t end = 0;
};

} // namespace mlir::vernier

#endif // VERNIER_IO_NPZ_H
