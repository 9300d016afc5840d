//===- MappedFile.h - a file's bytes, read only -----------------*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A whole input file as one array of bytes. Regular files are mapped, so weights that nobody touches cost no memory and
// constants can share ownership of the mapping; pipes are read into memory up to a bound.

#ifndef VERNIER_IO_MAPPEDFILE_H
#define VERNIER_IO_MAPPEDFILE_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include <memory>
#include <string>

namespace mlir::vernier {

/// The content of a file, for as long as anybody shares it.
class MappedFile {
public:
  /// The most that is read from what cannot be mapped (a pipe, a device).
  static constexpr size_t kMaxStreamedBytes = size_t(1) << 30;

  /// Opens `path`. Errors name the path: missing, a directory, unreadable, empty, or a stream longer than
  /// `kMaxStreamedBytes`.
  static llvm::Expected<std::shared_ptr<const MappedFile>> open(llvm::StringRef path);

  /// The content, never empty; the first byte is aligned to 16 bytes at least.
  llvm::ArrayRef<char> bytes() const { return content; }

  /// The path as it was given.
  llvm::StringRef path() const { return filePath; }

private:
  MappedFile() = default;

  std::string filePath;
  llvm::sys::fs::mapped_file_region region;
  std::unique_ptr<llvm::MemoryBuffer> buffer;
  llvm::ArrayRef<char> content;
};

} // namespace mlir::vernier

#endif // VERNIER_IO_MAPPEDFILE_H
