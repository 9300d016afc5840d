//===- AtomicFile.cpp - output that appears whole or not at all -------------===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "vernier/IO/AtomicFile.h"
#include "vernier/IO/Error.h"
#include "llvm/Support/Path.h"
#include <cerrno>
#include <unistd.h>

using namespace mlir::vernier;
namespace fs = llvm::sys::fs;

AtomicFile::AtomicFile(llvm::StringRef path, fs::TempFile file)
    : destination(path), temp(std::move(file)),
      stream(std::make_unique<llvm::raw_fd_ostream>(temp->FD, /*shouldClose=*/false)) {}

AtomicFile::AtomicFile(AtomicFile &&other)
    : destination(std::move(other.destination)), target(std::move(other.target)), copyToTarget(other.copyToTarget),
      temp(std::move(other.temp)), stream(std::move(other.stream)) {
  other.temp.reset();
}

AtomicFile::~AtomicFile() {
  if (!temp)
    return;
  // A stream that dies with an unread error ends the process; what is being discarded cannot fail usefully.
  stream->flush();
  stream->clear_error();
  stream.reset();
  llvm::consumeError(temp->discard());
}

llvm::Expected<AtomicFile> AtomicFile::create(llvm::StringRef path) {
  if (path.empty())
    return makeError("the output path is empty");
  fs::file_status status;
  std::error_code statusError = fs::status(path, status);
  bool exists = !statusError && fs::exists(status);
  if (exists && fs::is_directory(status))
    return makeError("{0}: expected a file to write, found a directory", path);
  if (exists && !fs::can_write(path))
    return makeError("{0}: the file is read-only", path);

  bool copy = exists && !fs::is_regular_file(status);
  // A symbolic link stays: what it points to is replaced.
  llvm::SmallString<128> target(path);
  if (exists && !copy)
    if (std::error_code error = fs::real_path(path, target))
      return makeError("{0}: {1}", path, error.message());
  llvm::SmallString<128> model;
  if (copy) {
    llvm::sys::path::system_temp_directory(/*ErasedOnReboot=*/true, model);
    llvm::sys::path::append(model, "vernier-%%%%%%%%.tmp");
  } else {
    model = target;
    model += ".%%%%%%%%.tmp";
  }
  llvm::Expected<fs::TempFile> temp = fs::TempFile::create(model);
  if (!temp) {
    llvm::StringRef folder = llvm::sys::path::parent_path(model);
    return makeError("{0}: cannot create a file in '{1}': {2}", path, folder.empty() ? "." : folder,
                     llvm::toString(temp.takeError()));
  }
  AtomicFile file(path, std::move(*temp));
  file.target = target.str().str();
  file.copyToTarget = copy;
  if (exists && !copy)
    fs::setPermissions(file.temp->FD, status.permissions());
  return file;
}

llvm::Error AtomicFile::commit() {
  stream->flush();
  std::error_code error = stream->error();
  // Data first, then the name: after a power cut there is the old file or the new one.
  if (!error && !copyToTarget && ::fsync(temp->FD) != 0)
    error = std::error_code(errno, std::generic_category());
  if (!error && copyToTarget) {
    int handle;
    error = fs::openFileForWrite(target, handle, fs::CD_OpenExisting, fs::OF_Append);
    if (!error) {
      error = fs::copy_file(temp->TmpName, handle);
      ::close(handle);
    }
  }
  if (error)
    return makeError("{0}: cannot write: {1}", destination, error.message());

  stream.reset();
  llvm::Error published = copyToTarget ? temp->discard() : temp->keep(target);
  temp.reset();
  if (published)
    return makeError("{0}: cannot write: {1}", destination, llvm::toString(std::move(published)));
  return llvm::Error::success();
}
