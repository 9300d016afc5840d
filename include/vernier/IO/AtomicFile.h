//===- AtomicFile.h - output that appears whole or not at all ---*- C++ -*-===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Output goes to a file without a name in the destination's directory, which gets the destination's once every byte is
// known to be on disk. So the destination never holds half a file, it may be the very file that is being read, and a
// process that is killed leaves nothing behind. Where a file system has no files without names, a temporary name stands
// in, which is removed at the end, also when that comes by a signal that can be caught.

#ifndef VERNIER_IO_ATOMICFILE_H
#define VERNIER_IO_ATOMICFILE_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/raw_ostream.h"
#include <memory>
#include <optional>
#include <string>

namespace mlir::vernier {

/// One output file. Without `commit` the destination stays as it was. A destination that is no regular file
/// (`/dev/null`, a pipe) receives a copy of the finished content.
class AtomicFile {
public:
  /// Prepares to write `path`. Errors name the path: a directory, read-only, or in a directory that is missing or
  /// cannot be written.
  static llvm::Expected<AtomicFile> create(llvm::StringRef path);

  AtomicFile(AtomicFile &&other);
  AtomicFile &operator=(AtomicFile &&) = delete;
  ~AtomicFile();

  /// Where the content goes; seekable.
  llvm::raw_fd_ostream &os() { return *stream; }

  /// The path as it was given.
  llvm::StringRef path() const { return destination; }

  /// Publishes the content at the destination. Fails, and leaves the destination as it was, if anything could not be
  /// written (a full disk, for example). Call once.
  llvm::Error commit();

private:
  AtomicFile(llvm::StringRef path, int unnamed, std::optional<llvm::sys::fs::TempFile> temp);
  int handle() const { return temp ? temp->FD : unnamed; }
  llvm::Error copyTo(llvm::StringRef device);
  llvm::Error publish();

  std::string destination;
  /// What is replaced: `destination` with symbolic links resolved.
  std::string target;
  bool copyToTarget = false;
  /// The handle of a file without a name, or -1; else a file with a temporary one. Neither once it is done.
  int unnamed = -1;
  std::optional<llvm::sys::fs::TempFile> temp;
  std::unique_ptr<llvm::raw_fd_ostream> stream;
};

} // namespace mlir::vernier

#endif // VERNIER_IO_ATOMICFILE_H
