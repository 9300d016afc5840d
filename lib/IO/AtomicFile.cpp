//===- AtomicFile.cpp - output that appears whole or not at all -------------===//
// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "vernier/IO/AtomicFile.h"
#include "vernier/IO/Error.h"
#include "llvm/Support/Path.h"
#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <unistd.h>

using namespace mlir::vernier;
namespace fs = llvm::sys::fs;

static std::error_code lastError() { return std::error_code(errno, std::generic_category()); }

/// Where the system shows an open file, so that it can be given a name.
static std::string linkOf(int handle) { return "/proc/self/fd/" + std::to_string(handle); }

/// A new file in `folder` that has no name and vanishes with the process, or -1 where there is no such thing.
static int openUnnamed(llvm::StringRef folder) {
#ifdef O_TMPFILE
  constexpr int kAnyoneAsked = 0666;
  int handle = ::open(folder.empty() ? "." : folder.str().c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, kAnyoneAsked);
  if (handle < 0 || fs::exists(linkOf(handle)))
    return handle;
  ::close(handle);
#endif
  return -1;
}

/// Gives the file `handle` the name `target`, whatever has it now.
static std::error_code giveName(int handle, const std::string &target) {
  llvm::SmallString<128> name;
  do {
    // A name that exists cannot be given, but a new one can be moved over it.
    fs::createUniquePath(target + ".%%%%%%%%.tmp", name, /*MakeAbsolute=*/false);
    if (::linkat(AT_FDCWD, linkOf(handle).c_str(), AT_FDCWD, name.c_str(), AT_SYMLINK_FOLLOW) == 0)
      break;
    if (errno != EEXIST)
      return lastError();
  } while (true);
  std::error_code error = fs::rename(name, target);
  if (error)
    fs::remove(name);
  return error;
}

AtomicFile::AtomicFile(llvm::StringRef path, int unnamed, std::optional<fs::TempFile> temp)
    : destination(path), unnamed(unnamed), temp(std::move(temp)),
      stream(std::make_unique<llvm::raw_fd_ostream>(handle(), /*shouldClose=*/false)) {}

AtomicFile::AtomicFile(AtomicFile &&other)
    : destination(std::move(other.destination)), target(std::move(other.target)), copyToTarget(other.copyToTarget),
      unnamed(std::exchange(other.unnamed, -1)), temp(std::move(other.temp)), stream(std::move(other.stream)) {
  other.temp.reset();
}

AtomicFile::~AtomicFile() {
  if (stream) {
    // A stream that dies with an unread error ends the process; what is being discarded cannot fail usefully.
    stream->flush();
    stream->clear_error();
    stream.reset();
  }
  if (unnamed >= 0)
    ::close(unnamed);
  if (temp)
    llvm::consumeError(temp->discard());
}

llvm::Expected<AtomicFile> AtomicFile::create(llvm::StringRef path) {
  if (path.empty())
    return makeError("expected the path of a file to write, found an empty one");
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
  llvm::StringRef folder = llvm::sys::path::parent_path(model);
  int unnamed = openUnnamed(folder);
  std::optional<fs::TempFile> temp;
  if (unnamed < 0) {
    llvm::Expected<fs::TempFile> named = fs::TempFile::create(model);
    if (!named)
      return makeError("{0}: cannot create a file in '{1}': {2}", path, folder.empty() ? "." : folder,
                       llvm::toString(named.takeError()));
    temp = std::move(*named);
  }
  AtomicFile file(path, unnamed, std::move(temp));
  file.target = target.str().str();
  file.copyToTarget = copy;
  if (exists && !copy)
    fs::setPermissions(file.handle(), status.permissions());
  return file;
}

/// Copies the content to what is no regular file.
llvm::Error AtomicFile::copyTo(llvm::StringRef device) {
  int to;
  std::error_code error = fs::openFileForWrite(device, to, fs::CD_OpenExisting, fs::OF_Append);
  if (!error) {
    error = fs::copy_file(temp ? temp->TmpName : linkOf(handle()), to);
    ::close(to);
  }
  return llvm::errorCodeToError(error);
}

llvm::Error AtomicFile::publish() {
  stream->flush();
  if (std::error_code error = stream->error())
    return llvm::errorCodeToError(error);
  if (copyToTarget)
    return copyTo(target);
  // Data first, then the name: after a power cut there is the old file or the new one.
  if (::fsync(handle()) != 0)
    return llvm::errorCodeToError(lastError());
  if (unnamed >= 0)
    return llvm::errorCodeToError(giveName(unnamed, target));
  stream.reset();
  llvm::Error error = temp->keep(target);
  temp.reset();
  return error;
}

llvm::Error AtomicFile::commit() {
  llvm::Error error = publish();
  if (error)
    return makeError("{0}: cannot write: {1}", destination, llvm::toString(std::move(error)));
  return error;
}
